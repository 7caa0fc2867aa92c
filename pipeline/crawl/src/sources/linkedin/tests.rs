//! What every form of LinkedIn means.

use super::*;
use crate::sources::sample::{posting_of, read, rejected_by, rule_of};

fn board(name: &str) -> Board {
    Board { name: name.to_owned(), ..Board::default() }
}

fn mail(html: &str) -> String {
    format!(
        "From: LinkedIn <jobalerts-noreply@linkedin.com>\nDate: Wed, 18 Nov 2026 06:00:00 +0000\nSubject: Jobs\n\
         MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{html}\n"
    )
}

#[test]
fn a_board_is_an_address_on_linkedins_own_hosts() {
    for name in ["https://www.linkedin.com/jobs/search/?keywords=rust", "https://de.linkedin.com/jobs/view/4000000001/"]
    {
        assert_eq!(SOURCE.start(&board(name)).expect(name)[0].url, name);
    }
    for name in
        ["", "rust", "http://www.linkedin.com/", "https://linkedin.com.evil.example/", "https://evillinkedin.com/"]
    {
        assert!(SOURCE.start(&board(name)).is_err_and(|error| error.hint_text().is_some()), "{name}");
    }
}

#[test]
fn every_form_of_link_gives_the_id_and_nothing_else() {
    for (link, id) in [
        ("https://www.linkedin.com/comm/jobs/view/4000000001/?midToken=s", Some("4000000001")),
        ("https://de.linkedin.com/jobs/view/rust-engineer-at-acme-4000000001?refId=s", Some("4000000001")),
        ("/jobs/view/4000000001/?eBP=s", Some("4000000001")),
        ("https://www.linkedin.com/jobs/search/?currentJobId=4000000001&keywords=x", Some("4000000001")),
        ("https://www.linkedin.com/jobs-guest/jobs/api/jobPosting/4000000001", Some("4000000001")),
        ("https://mail.example/r?u=https%3A%2F%2Fwww.linkedin.com%2Fjobs%2Fview%2F4000000001", Some("4000000001")),
        ("https://evil.example/jobs/view/4000000001", None),
        ("https://www.linkedin.com/in/somebody-4000000001", None),
        ("https://www.linkedin.com/jobs/view/latest", None),
    ] {
        assert_eq!(link_id(link).as_deref(), id, "{link}");
    }
}

#[test]
fn nothing_of_a_mail_tells_whom_it_was_sent_to() {
    let body = mail(
        "<html><table><tr><td><a href='https://www.linkedin.com/comm/jobs/view/4000000001/?midToken=secret'>Nurse</a>\
         <p>Acme · Oslo (Remote)</p></td></tr></table><a href='https://www.linkedin.com/comm/x?midToken=secret'>Stop</a></html>",
    );
    let reading = read(&SOURCE, &body);
    let told = serde_json::to_string(&reading).expect("can be written");
    assert!(!told.contains("secret"), "{told}");
    let posting = posting_of(&reading, 0);
    assert_eq!((posting.company.as_deref(), posting.places[0].text.as_deref()), (Some("Acme"), Some("Oslo")));
    assert_eq!(posting.url.as_deref(), Some("https://www.linkedin.com/jobs/view/4000000001/"));
    assert_eq!(rule_of(&SOURCE, &mail("<html><p>Hello</p></html>")), "no-known-form");
}

#[test]
fn a_card_that_is_empty_or_names_no_posting_is_rejected_and_not_lost() {
    let page = "<html><ul class='scaffold-layout__list'><li data-occludable-job-id='4000000001'></li>\
        <li><div class='job-card-container'><a class='job-card-list__title' href='#'>Cook</a></div></li>\
        <li data-occludable-job-id='4000000002'><a class='job-card-list__title' href='/jobs/view/4000000002/'>Nurse</a></li>\
        </ul></html>";
    let reading = read(&SOURCE, page);
    assert_eq!(rejected_by(&reading, 0), "title-missing");
    assert_eq!(posting_of(&reading, 1).title, "Nurse");
    assert_eq!(rejected_by(&reading, 2), "id-missing");
}

#[test]
fn criteria_in_an_unknown_language_are_told_by_their_places() {
    let item = |label: &str, words: &str| {
        format!("<li class='description__job-criteria-item'><h3>{label}</h3><span>{words}</span></li>")
    };
    let page = |items: &str| {
        format!(
            "<html><head><link rel='canonical' href='https://www.linkedin.com/jobs/view/4000000001'></head><h1>T</h1>\
            <div class='description__text'><p>x</p></div><ul>{items}</ul></html>"
        )
    };
    let four = ["a", "b", "c", "d"].map(|words| item("???", words)).concat();
    let reading = read(&SOURCE, &page(&four));
    let posting = posting_of(&reading, 0);
    assert_eq!(posting.level.as_ref().map(|level| level.value.as_str()), Some("a"));
    assert_eq!(posting.employment.as_ref().map(|kind| kind.value.as_str()), Some("b"));
    assert_eq!(posting.tags, ["c", "d"]);
    let reading = read(&SOURCE, &page(&item("???", "a")));
    assert!(posting_of(&reading, 0).level.is_none());
}

#[test]
fn a_saved_body_tells_its_board() {
    let page = "<html><head><link rel=\"canonical\" href=\"https://www.linkedin.com/jobs/search?keywords=rust&amp;trk=s\"></head></html>";
    let told = SOURCE.board_of(page.as_bytes());
    assert_eq!(told.as_deref(), Some("https://www.linkedin.com/jobs/search/?keywords=rust"));
    assert_eq!(SOURCE.board_of(mail("<p>x</p>").as_bytes()).as_deref(), Some("alerts"));
}
