//! How words on cards are read.

use serde_json::json;

use super::stated::days_ago;
use super::*;
use crate::sources::sample::posting_of;

static CARDS: LazyLock<Cards> = LazyLock::new(|| {
    Cards::new(&super::cards::Markers {
        card: "li.card",
        title: "a",
        parts: &[("company", ".who")],
        ids: &["data-id"],
        detail: &[],
        place_unmarked: false,
    })
});

static SITE: Site = Site {
    brand: "dice",
    id_of: |url| url.path_segments()?.next_back().map(str::to_owned),
    cards: &CARDS,
    data: |_, _| None,
    lists: &["jobs"],
};

fn card(card: &Value) -> RawPosting {
    let answer = Answer {
        board: "",
        url: "",
        context: &std::collections::BTreeMap::new(),
        content_type: None,
        fetched_at: schemas::Micros(1_795_176_000_000_000),
        body: b"",
    };
    posting_of(&SITE.cards(std::slice::from_ref(card), &answer).expect("is read"), 0).clone()
}

#[test]
fn days_are_counted_back_in_every_language_and_never_guessed() {
    for (words, days) in [
        ("3d", Some(3)),
        ("24h", Some(1)),
        ("5 hours ago", Some(0)),
        ("Posted 2 weeks ago", Some(14)),
        ("Today", Some(0)),
        ("vor 3 Tagen", Some(3)),
        ("il y a 4 jours", Some(4)),
        ("hace 2 días", Some(2)),
        ("Gestern", Some(1)),
        ("30+ days ago", None),
        ("30d+", None),
        ("3 openings", None),
        ("Java 8", None),
        ("", None),
        ("99999999999d", None),
    ] {
        assert_eq!(days_ago(words), days, "{words}");
    }
}

#[test]
fn a_rating_glued_to_an_employer_is_taken_off_and_a_version_is_not() {
    for (text, name) in [
        ("Saltmarsh\n3.8", "Saltmarsh"),
        ("Saltmarsh 3.8 ★", "Saltmarsh"),
        ("Saltmarsh3,8", "Saltmarsh"),
        ("Saltmarsh 3.8★", "Saltmarsh"),
        ("Studio 3.8", "Studio 3.8"),
        ("Saltmarsh", "Saltmarsh"),
        ("3.8", "3.8"),
        ("Area 51", "Area 51"),
        ("é", "é"),
        ("", ""),
    ] {
        assert_eq!(employer(text).0, name, "{text}");
    }
}

#[test]
fn a_place_is_read_without_its_manner_and_nothing_else_is_a_place() {
    let long = "We are looking for an engineer who loves data. You will build pipelines. ".repeat(3);
    for (words, places, remote, warning) in [
        ("Hybrid in Austin, Texas", vec!["Austin, Texas"], Some("hybrid"), None),
        ("Remote", vec![], Some("remote"), None),
        ("Remote or Jacksonville, Florida", vec!["Jacksonville, Florida"], Some("remote"), None),
        ("Berlin (Remote)", vec!["Berlin"], Some("remote"), None),
        ("St. Louis, MO", vec!["St. Louis, MO"], None, None),
        ("No location provided", vec![], None, None),
        ("Austin, NULL", vec!["Austin"], None, Some("place-part-missing")),
        (long.as_str(), vec![], None, Some("place-not-a-place")),
    ] {
        let posting = card(&json!({"id": "1", "title": "T", "location": words}));
        let found: Vec<&str> = posting.places.iter().filter_map(|place| place.text.as_deref()).collect();
        assert_eq!(found, places, "{words}");
        assert_eq!(posting.remote.map(|remote| remote.value.name()), remote, "{words}");
        assert_eq!(posting.warnings.first().copied(), warning, "{words}");
    }
    let posting = card(&json!({"id": "1", "title": "T", "location": "NULL, IL"}));
    assert_eq!(posting.places[0].region.as_deref(), Some("IL"));
    assert_eq!((&posting.places[0].text, &posting.places[0].city), (&None, &None));
}

#[test]
fn only_https_pages_of_the_site_itself_can_be_asked() {
    let start = |name: &str| SITE.start(&Board { name: name.to_owned(), ..Board::default() });
    assert!(start("https://www.dice.com/jobs?q=rust").is_ok());
    for name in [
        "",
        "http://www.dice.com/",
        "https://dice.com.evil.example/",
        "https://u:p@www.dice.com/",
        "https://www.dice.com:8443/",
        "file:///x",
        "dice",
    ] {
        assert!(start(name).is_err(), "{name}");
    }
}

#[test]
fn the_data_of_scripts_is_found_in_every_way_that_pages_carry_it() {
    let page = r#"<html><script id="__NEXT_DATA__" type="application/json">{"a":1}</script>
      <script>window.x = 1; window.data={"b":[2]};var y = [3]; z = {broken</script>
      <script>self.__next_f.push([1,"5:[\"$\",{\"c\":"])</script><script>self.__next_f.push([1,"4}]\n6:{\"d\":5}\n"])</script></html>"#;
    let found = texts_of(&Html::parse_document(page));
    assert_eq!(found, [json!({"a":1}), json!({"b":[2]}), json!([3]), json!(["$", {"c": 4}]), json!({"d": 5})]);
}

/// What the site called `brand` reads of `body`.
fn read_of(
    source: &dyn pipeline_core::source::Source,
    body: &[u8],
    url: &str,
) -> std::result::Result<Reading, Rejection> {
    source.read(&Answer {
        board: "",
        url,
        context: &BTreeMap::new(),
        content_type: None,
        fetched_at: schemas::Micros(1_795_176_000_000_000),
        body,
    })
}

#[test]
fn an_alert_means_the_same_when_all_about_its_recipient_is_gone() {
    let alerts: [(&dyn pipeline_core::source::Source, &[u8]); 3] = [
        (&crate::sources::glassdoor::SOURCE, include_bytes!("../../../../../data-samples/glassdoor/alert.input.eml")),
        (&crate::sources::dice::SOURCE, include_bytes!("../../../../../data-samples/dice/alert.input.eml")),
        (&crate::sources::monster::SOURCE, include_bytes!("../../../../../data-samples/monster/alert.input.eml")),
    ];
    for (source, alert) in alerts {
        let name = source.describe().name;
        assert_eq!(crate::mail::parse(alert).as_ref().and_then(crate::mail::source_of), Some(name));
        let received = [b"To: Anna Muster <anna@example.org>\n", alert].concat();
        let stored = crate::mail::reduced(&received).expect("is a mail");
        let whole = read_of(source, alert, "").expect("is read");
        let reduced = read_of(source, &stored, "").expect("is read");
        assert_eq!(json!(whole.records), json!(reduced.records), "{name}");
        assert_eq!(whole.records.len(), 2, "{name}");
    }
}

#[test]
fn a_page_saved_as_one_file_is_a_page_and_not_a_mail() {
    let saved = b"From: <Saved by Blink>\nSubject: Jobs\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"b\"\n\n--b\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<html><body><div data-testid=3D\"job-card\" data-job-guid=3D\"0a1b2c3d-0000-4000-8000-000000000001\"><a data-testid=3D\"job-search-job-detail-link\">Welder</a></div></body></html>\n--b--\n";
    let reading = read_of(&crate::sources::dice::SOURCE, saved, "").expect("is read");
    assert_eq!(posting_of(&reading, 0).title, "Welder");
}

#[test]
fn a_list_with_one_posting_open_beside_it_and_a_wall_are_no_postings() {
    let wall = b"<html><body><h1>Verify that you are human</h1></body></html>";
    let refused = read_of(
        &crate::sources::dice::SOURCE,
        wall,
        "https://www.dice.com/job-detail/0a1b2c3d-0000-4000-8000-000000000001",
    );
    assert_eq!(refused.map_err(|rejection| rejection.rule).err(), Some(NO_KNOWN_FORM));
    let list = include_bytes!("../../../../../data-samples/glassdoor/cards.input.html");
    let reading =
        read_of(&crate::sources::glassdoor::SOURCE, list, "https://www.glassdoor.com/Job/jobs.htm?jl=1009000000011");
    assert_eq!(reading.expect("is a list").records.len(), 2);
}

#[test]
fn hostile_nesting_is_refused_before_a_tree_is_built() {
    for unit in ["<div>", "<div></x>", "<b>", "<table><div></div>", "<a href=x><div>"] {
        let page = format!("<html><body>{}</body></html>", unit.repeat(200_000));
        let refused = read_of(&crate::sources::monster::SOURCE, page.as_bytes(), "");
        assert_eq!(refused.map_err(|rejection| rejection.rule).err(), Some("too-deep"), "{unit}");
    }
    for unit in ["<p>", "<li>x", "<a href='/job-openings/x--0a1b2c3d-0000'>x</a>", "<p><b>x</b>"] {
        let page = format!("<html><body>{}</body></html>", unit.repeat(20_000));
        let _ = read_of(&crate::sources::monster::SOURCE, page.as_bytes(), "");
    }
}

#[test]
fn every_selector_can_be_written() {
    for cards in [&crate::sources::glassdoor::CARDS, &crate::sources::dice::CARDS, &crate::sources::monster::CARDS] {
        assert!(cards.is_whole());
    }
}
