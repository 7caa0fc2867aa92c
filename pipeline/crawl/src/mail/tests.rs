//! What mails are, what is kept of them, and what of their recipient is not.

use super::*;

const ALERT: &str = "Delivered-To: anna.muster@example.org\r\n\
Received: from mail.example (mail.example [203.0.113.7]) by mx.example.org; Fri, 20 Nov 2026 05:00:00 +0000\r\n\
Authentication-Results: mx.example.org; dkim=pass header.d=dice.com; dmarc=pass (p=REJECT) header.from=dice.com\r\n\
From: Dice <alerts@mail.dice.com>\r\n\
To: \"Anna Muster\" <anna.muster@example.org>\r\n\
Subject: =?UTF-8?Q?Anna=2C_3_new_jobs_in_K=C3=B6ln?=\r\n\
Date: Fri, 20 Nov 2026 04:59:58 +0000\r\n\
Message-ID: <secret-9f8e7d6c5b4a@mail.dice.com>\r\n\
List-Unsubscribe: <https://www.dice.com/unsubscribe?u=SECRETTOKEN>\r\n\
MIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n\
--outer\r\n\
Content-Type: multipart/alternative; boundary=\"inner\"\r\n\r\n\
--inner\r\n\
Content-Type: text/plain; charset=iso-8859-1\r\n\
Content-Transfer-Encoding: quoted-printable\r\n\r\n\
Hi Anna,\r\nPr=FCfer https://www.dice.com/job-detail/0a1b2c3d-0000-4000-8000-00000000abcd?utm=SECRETTOKEN\r\n\
--inner\r\n\
Content-Type: text/html; charset=utf-8\r\n\
Content-Transfer-Encoding: 8bit\r\n\r\n\
<html><head><style>.x{background:url(https://t.example/SECRETTOKEN)}</style></head><body>\
<img src=\"https://t.example/open?SECRETTOKEN\" alt=\"Saltmarsh Studio\">\
<p>Hi <b>Anna</b>, hello Anna Muster! We wrote to anna.muster@example.org, ask alerts@mail.dice.com.</p>\
<!-- SECRETTOKEN --><p>For anna.muster%40example.org</p>\
<a data-user=\"SECRETTOKEN\" href=\"https://www.dice.com/job-detail/0a1b2c3d-0000-4000-8000-00000000abcd?utm_source=x&amp;token=SECRETTOKEN\">Anna Karenina Reader</a>\
<a href=\"https://click.dice.example/f/a/SECRETTOKENabcdef0123456789ABCDEF~~/AAQRxRA\">More</a>\
<a href=\"https://l.example/r?u=https%3A%2F%2Fwww.indeed.com%2Frc%2Fclk%3Fjk%3D0a1b2c3d4e5f6a7b%26tk%3DSECRETTOKEN&amp;s=SECRETTOKEN\">Other</a>\
<a href=\"https://www.glassdoor.com/partner/jobListing.htm?pos=101&amp;guid=SECRETTOKEN&amp;jobListingId=1009876543210\">Third</a>\
<a href=\"https://www.dice.com/unsubscribe?u=SECRETTOKEN\">Unsubscribe</a>\
<a href=\"mailto:anna.muster@example.org\">Mail</a><a href=\"javascript:alert(1)\">J</a>\
</body></html>\r\n\
--inner--\r\n\
--outer\r\n\
Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nU0VDUkVUVE9LRU4=\r\n\
--outer--\r\n";

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("is UTF-8")
}

#[test]
fn nested_parts_and_character_sets_are_decoded() {
    let mail = parse(ALERT.as_bytes()).expect("is a mail");
    assert_eq!((mail.from.as_str(), mail.subject.as_str()), ("alerts@mail.dice.com", "Anna, 3 new jobs in Köln"));
    assert_eq!(mail.date.map(|date| date.to_string()).as_deref(), Some("2026-11-20T04:59:58Z"));
    assert!(mail.text.contains("Prüfer"), "{}", mail.text);
    assert!(mail.html.contains("Anna Karenina Reader"));
    assert_eq!(source_of(&mail), Some("dice"));
    let base64 = b"From: a@dice.com\nContent-Type: text/html; charset=shift_jis\nContent-Transfer-Encoding: base64\n\nPHA+k/qWezwvcD4=\n";
    assert_eq!(parse(base64).map(|mail| mail.html.trim().to_owned()).as_deref(), Some("<p>日本</p>"));
}

#[test]
fn pages_data_and_letters_without_a_header_are_no_mails() {
    let bodies: [&[u8]; 8] = [
        b"",
        b"<!doctype html><html>From: x</html>",
        b"{\"From\": \"a@b.example\"}",
        b"<?xml version=\"1.0\"?><a/>",
        b"Subject: x\n\nwords",
        b"From: a@dice.com\n",
        b"From: a@dice.com\n\n \n",
        b"Dear all\nFrom: a@dice.com\n\nwords",
    ];
    for body in bodies {
        assert_eq!(parse(body), None, "{}", String::from_utf8_lossy(body));
    }
    assert!(parse(b"From: a@dice.com\n\nwords").is_some());
}

#[test]
fn a_mail_of_too_many_parts_or_bytes_is_none() {
    let many = |parts: usize| {
        let mut mail = "From: a@dice.com\nContent-Type: multipart/mixed; boundary=b\n\n".to_owned();
        (0..parts).for_each(|_| mail.push_str("--b\nContent-Type: text/plain\n\nwords\n"));
        mail + "--b--\n"
    };
    assert!(parse(many(10).as_bytes()).is_some());
    assert_eq!(parse(many(100).as_bytes()), None);
    assert_eq!(parse(many(100_000).as_bytes()), None);
    let large = format!("From: a@dice.com\n\n{}", "x".repeat(MOST_BYTES));
    assert_eq!(parse(large.as_bytes()), None);
}

#[test]
fn nothing_of_the_recipient_survives() {
    let kept = text(&reduced(ALERT.as_bytes()).expect("is a mail"));
    for gone in [
        "SECRETTOKEN",
        "secret-9f8e",
        "anna.muster",
        "Muster",
        "Hi <b>Anna",
        "Anna,",
        "203.0.113.7",
        "U0VDUkVU",
        "javascript",
    ] {
        assert!(!kept.contains(gone), "{gone} is in\n{kept}");
    }
    for header in ["to:", "delivered-to:", "received:", "message-id:", "list-unsubscribe:", "authentication-results:"] {
        assert!(!kept.lines().any(|line| line.to_lowercase().starts_with(header)), "{header} is in\n{kept}");
    }
    let links = [
        "\"https://www.dice.com/job-detail/0a1b2c3d-0000-4000-8000-00000000abcd\"",
        "\"https://www.indeed.com/rc/clk?jk=0a1b2c3d4e5f6a7b\"",
        "\"https://www.glassdoor.com/partner/jobListing.htm?jobListingId=1009876543210\"",
    ];
    for there in
        links.into_iter().chain(["alerts@mail.dice.com", "Anna Karenina Reader", "Saltmarsh Studio", "Hi <b>***"])
    {
        assert!(kept.contains(there), "{there} is not in\n{kept}");
    }
}

#[test]
fn a_reduced_mail_is_a_mail_that_is_reduced_no_further() {
    let once = reduced(ALERT.as_bytes()).expect("is a mail");
    assert_eq!(text(&reduced(&once).expect("is a mail")), text(&once));
    let mail = parse(&once).expect("is a mail");
    assert_eq!((mail.from.as_str(), mail.subject.as_str()), ("alerts@mail.dice.com", "***, 3 new jobs in Köln"));
    assert_eq!(mail.date, parse(ALERT.as_bytes()).expect("is a mail").date);
    assert_eq!(reduced(b"<html></html>"), None);
}

#[test]
fn a_plain_mail_keeps_its_lines_and_loses_its_tokens() {
    let mail = "From: b+anna=example.org@monster.de\nTo: anna@example.org\n\nHallo Anna!\nhttps://www.monster.de/job-openings/pflege--0a1b2c3d-0000-4000-8000-00000000abcd?mescoid=T0KEN\nhttps://www.monster.de/settings?u=T0KEN\n";
    let kept = text(&reduced(mail.as_bytes()).expect("is a mail"));
    assert!(kept.starts_with("From: ***@monster.de\n"), "{kept}");
    assert!(
        kept.ends_with(
            "\nHallo ***!\nhttps://www.monster.de/job-openings/pflege--0a1b2c3d-0000-4000-8000-00000000abcd\n#\n"
        ),
        "{kept}"
    );
}

#[test]
fn an_mbox_is_taken_apart_and_its_quoted_lines_restored() {
    let mbox = b"From - Fri Nov 20 05:00:00 2026\nFrom: a@dice.com\nSubject: 1\n\nwords\n>From here\n>>From there\n\nFrom now on, no.\n\nFrom x@y Fri Nov 20 05:00:00 2026\nFrom: b@dice.com\n\nmore\n";
    let mails: Vec<String> = mailbox(mbox).map(|mail| text(&mail)).collect();
    assert_eq!(mails.len(), 2, "{mails:?}");
    assert!(mails[0].starts_with("From: a@dice.com\n"));
    assert!(mails[0].contains("\nFrom here\n>From there\n\nFrom now on, no.\n"), "{}", mails[0]);
    assert_eq!(parse(mails[1].as_bytes()).map(|mail| mail.from).as_deref(), Some("b@dice.com"));
    assert_eq!(mailbox(ALERT.as_bytes()).collect::<Vec<_>>(), [ALERT.as_bytes().to_vec()]);
    assert_eq!(mailbox(b" \n").count(), 0);
}

#[test]
fn a_sender_belongs_to_the_board_of_its_registered_domain_only() {
    for (from, source) in [
        ("alert@indeed.com", Some("indeed")),
        ("x@match.indeed.com", Some("indeed")),
        ("x@indeedemail.com", Some("indeed")),
        ("jobs@e.linkedin.com", Some("linkedin")),
        ("noreply@glassdoor.de", Some("glassdoor")),
        ("noreply@mail.glassdoor.co.uk", Some("glassdoor")),
        ("x@monster.co.uk", Some("monster")),
        ("x@dice.com.evil.example", None),
        ("x@notdice.com", None),
        ("x@dice.xyz", None),
        ("dice.com", None),
        ("x@com", None),
        ("", None),
    ] {
        assert_eq!(source_of(&Mail { from: from.to_owned(), ..Mail::default() }), source, "{from}");
    }
}

#[test]
fn a_failed_check_of_the_sender_makes_a_mail_not_authentic() {
    for (results, authentic) in [
        ("", true),
        ("Authentication-Results: mx; dkim=pass header.d=dice.com; dmarc=pass\n", true),
        ("Authentication-Results: mx; dkim=fail (bad; body) header.d=dice.com; spf=pass\n", false),
        ("Authentication-Results: mx;\n dkim=fail header.d=relay.example;\n dkim=pass header.i=@mail.dice.com\n", true),
        ("Authentication-Results: mx; dkim=pass header.d=evil.example;\n DMARC=fail (p=NONE)\n", false),
        ("Authentication-Results: mx; dkim=fail header.d=dice.com\nAuthentication-Results: evil; dmarc=pass\n", false),
        ("Authentication-Results: mx; dkim=fail; dkim=pass header.d=evil.example\n", false),
    ] {
        let mail = format!("{results}From: a@dice.com\n\nwords\n");
        assert_eq!(is_authentic(mail.as_bytes()), authentic, "{results}");
    }
    assert!(!is_authentic(b"{}"));
}

#[test]
fn a_mail_cut_or_garbled_anywhere_is_read_without_a_panic() {
    let bytes = ALERT.as_bytes();
    for at in 0..bytes.len() {
        let _ = reduced(&bytes[..at]);
        let mut garbled = bytes.to_vec();
        garbled[at] = garbled[at].wrapping_mul(31).wrapping_add(133);
        let _ = reduced(&garbled).map(|kept| reduced(&kept));
        let _ = is_authentic(&garbled);
        let _ = mailbox(&garbled[at..]).count();
    }
}

#[test]
fn repeated_signs_take_no_longer_than_their_number() {
    for unit in ["@", "http", "https://", "<a href=x@", "Anna ", "--b\n", "&#64;"] {
        let mail = format!(
            "From: a@dice.com\nTo: Anna A <anna@example.org>\nContent-Type: text/html\n\nx{}",
            unit.repeat(200_000)
        );
        let _ = reduced(mail.as_bytes());
    }
}

#[test]
fn a_link_is_kept_for_the_posting_that_it_names_and_for_nothing_else() {
    for (link, kept) in [
        (
            "https://www.monster.com/job-openings/account-manager-resume-writer--0a1b2c3d-0000-4000-8000-00000000abcd?u=1",
            Some(
                "https://www.monster.com/job-openings/account-manager-resume-writer--0a1b2c3d-0000-4000-8000-00000000abcd",
            ),
        ),
        (
            "https://www.linkedin.com/comm/jobs/view/4012345678/?trackingId=abc&midToken=SECRET",
            Some("https://www.linkedin.com/comm/jobs/view/4012345678/"),
        ),
        (
            "https://de.indeed.com/viewjob?jk=0a1b2c3d4e5f6a7b&from=ja&alid=SECRET#x",
            Some("https://de.indeed.com/viewjob?jk=0a1b2c3d4e5f6a7b"),
        ),
        ("https://www.linkedin.com/comm/in/anna-muster-12345678", None),
        ("https://www.linkedin.com/jobs/alerts/unsubscribe?jobId=4012345678", None),
        ("https://www.glassdoor.com/profile/unsubscribeEmail.htm?jobListingId=1009000000001", None),
        ("https://cts.indeed.com/v3/H4sIAAAAAAAA_1VQy27CMBD8l5xJ8sMTEST0", None),
        ("https://www.indeed.com/viewjob?jk=anna%40example.org", None),
        (
            "https://user:word@www.dice.com/job-detail/0a1b2c3d-0000-4000-8000-00000000abcd",
            Some("https://www.dice.com/job-detail/0a1b2c3d-0000-4000-8000-00000000abcd"),
        ),
        ("ftp://x.example/jobs/12345678", None),
        ("", None),
    ] {
        assert_eq!(links::cleaned(link), kept.unwrap_or(links::NOWHERE), "{link}");
    }
}
