//! What every form of Indeed means.

use std::collections::BTreeMap;

use super::*;
use crate::sources::sample::{posting_of, read, read_with, rejected_by, rule_of};

const KEY: &str = "0123456789abcdef";

fn board(name: &str) -> Board {
    Board { name: name.to_owned(), ..Board::default() }
}

fn mail(html: &str) -> String {
    format!(
        "From: Indeed <alert@indeed.com>\nDate: Wed, 18 Nov 2026 06:00:00 +0000\nSubject: Jobs\nMIME-Version: 1.0\n\
         Content-Type: text/html; charset=utf-8\n\n{html}\n"
    )
}

#[test]
fn a_board_is_an_address_on_indeeds_own_hosts() {
    for name in ["https://de.indeed.com/jobs?q=rust", "https://www.indeed.com/viewjob?jk=0123456789abcdef"] {
        assert_eq!(SOURCE.start(&board(name)).expect(name)[0].url, name);
    }
    for name in [
        "",
        "rust",
        "http://www.indeed.com/jobs",
        "https://indeed.com.evil.example/",
        "https://notindeed.com/",
        "https://user:secret@www.indeed.com/",
        "https://www.indeed.com:8443/",
        "file:///etc/passwd",
    ] {
        assert!(SOURCE.start(&board(name)).is_err_and(|error| error.hint_text().is_some()), "{name}");
    }
}

#[test]
fn of_a_link_only_the_key_and_the_national_site_are_kept() {
    for (link, page) in [
        ("https://www.indeed.com/rc/clk/dl?jk=0123456789abcdef&tk=s", Some("www")),
        ("https://de.indeed.com/viewjob?jk=0123456789ABCDEF&from=s", Some("de")),
        ("/rc/clk?jk=0123456789abcdef", Some("www")),
        ("https://cts.indeed.com/x?jk=0123456789abcdef", Some("www")),
        ("https://fr.indeed.com/jobs?q=x&vjk=0123456789abcdef", Some("fr")),
        ("https://mail.example/r?u=https%3A%2F%2Fuk.indeed.com%2Fviewjob%3Fjk%3D0123456789abcdef", Some("uk")),
        ("https://indeed.com.evil.example/viewjob?jk=0123456789abcdef", None),
        ("https://www.indeed.com/pagead/clk/dl?ad=secret", None),
        ("javascript:alert(1)?jk=0123456789abcdef", None),
    ] {
        let expected = page.map(|site| (KEY.to_owned(), format!("https://{site}.indeed.com/viewjob?jk={KEY}")));
        assert_eq!(posting_link(link), expected, "{link}");
    }
}

#[test]
fn nothing_of_a_mail_tells_whom_it_was_sent_to() {
    let body = mail(
        "<html><table><tr><td><a href='https://www.indeed.com/rc/clk/dl?jk=0123456789abcdef&tk=secret&alid=secret'>Nurse\
         </a><p>Acme</p><p>Oslo</p></td></tr><tr><td><a href='https://www.indeed.com/pagead/clk/dl?ad=secret'>Cook</a>\
         <p>Beta</p><p>Bergen</p></td></tr></table><a href='https://www.indeed.com/unsubscribe?t=secret'>Stop</a></html>",
    );
    let reading = read(&SOURCE, &body);
    let told = serde_json::to_string(&reading).expect("can be written");
    assert!(!told.contains("secret"), "{told}");
    assert_eq!(posting_of(&reading, 0).company.as_deref(), Some("Acme"));
    assert_eq!(rejected_by(&reading, 1), "id-missing");
    let rejection = read_with(&SOURCE, "x", "file:x", &BTreeMap::new(), &mail("<html>Dear Jo Doe</html>"));
    let rejection = rejection.expect_err("names no posting");
    assert!(rejection.rule == "no-known-form" && rejection.payload.is_empty());
}

#[test]
fn what_is_estimated_is_predicted_and_comes_after_what_is_stated() {
    let row = r#"{"jobkey":"0123456789abcdef","title":"T","extractedSalary":{"min":-1,"max":50,"type":"HOURLY"},
        "salarySnippet":{"currency":"USD","text":"Up to $50"},"estimatedSalary":{"min":30,"max":40,"type":"HOURLY"},
        "remoteLocation":false}"#;
    let body = format!(r#"{{"metaData":{{"mosaicProviderJobCardsModel":{{"results":[{row}]}}}}}}"#);
    let reading = read(&SOURCE, &body);
    let posting = posting_of(&reading, 0);
    let pay: Vec<_> = posting.pay.iter().map(|pay| (pay.min.is_some(), pay.predicted)).collect();
    assert_eq!(pay, [(false, false), (true, true)]);
    assert!(posting.remote.is_none());
}

#[test]
fn a_page_that_shows_nothing_of_indeed_is_no_empty_success() {
    for body in ["<html><body>Please sign in</body></html>", "{\"a\":1}", "plain words", "[1]"] {
        assert!(["no-known-form", "truncated-html", "not-json"].contains(&rule_of(&SOURCE, body)), "{body}");
    }
    let empty = r#"<html><script>window.mosaic.providerData["mosaic-provider-jobcards"]=
        {"metaData":{"mosaicProviderJobCardsModel":{"results":[]}}};</script></html>"#;
    assert!(read(&SOURCE, empty).records.is_empty());
}

#[test]
fn a_saved_body_tells_its_board() {
    let page = "<html><head><link rel=\"canonical\" href=\"https://de.indeed.com/jobs?q=rust&amp;l=Berlin&amp;tk=s\"></head></html>";
    assert_eq!(SOURCE.board_of(page.as_bytes()).as_deref(), Some("https://de.indeed.com/jobs?q=rust&l=Berlin"));
    assert_eq!(SOURCE.board_of(mail("<p>x</p>").as_bytes()).as_deref(), Some("alerts"));
    assert_eq!(SOURCE.board_of(b"\xff\x00"), None);
}

#[test]
fn a_large_hostile_page_ends_soon() {
    let nested: String = (0..30_000).map(|n| format!("<div><a href='/viewjob?jk=abcdef{n:06}'>x</a>")).collect();
    assert_eq!(rule_of(&SOURCE, &format!("<html>{nested}</html>")), "too-deep");
    let flat = |open: &str| -> String {
        (0..30_000).map(|n| format!("{open}<a href='/viewjob?jk=abcdef{n:06}'>x</a>")).collect()
    };
    for page in [
        format!("<table><tr>{}</tr></table>", flat("<td>")),
        format!("<li>{}</li>", flat("<p>")),
        format!("<div class='job_seen_beacon'>{}</div>", "<div class='job_seen_beacon'>x</div>".repeat(30_000)),
        format!("{}{}", "<div>".repeat(900), "<p>x".repeat(30_000)),
    ] {
        let reading = SOURCE.read(&Answer {
            board: "x",
            url: "file:x",
            context: &BTreeMap::new(),
            content_type: None,
            fetched_at: schemas::Micros(0),
            body: format!("<html>{page}</html>").as_bytes(),
        });
        assert!(reading.map_or(0, |reading| reading.records.len()) <= 2_000);
    }
}
