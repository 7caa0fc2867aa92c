//! What postings state of who may take them, and what must not be read as that.

use std::sync::LazyLock;

use pipeline_core::source::{RawPlace, RawPosting, Remote, Stated};
use proptest::prelude::*;

use super::*;

static BOOK: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::new);

fn far() -> RawPosting {
    RawPosting { remote: Some(Stated::new(Remote::Remote, "isRemote")), ..RawPosting::default() }
}

fn of(text: &str) -> Eligibility {
    let raw = far();
    let remote = crate::work::remote(&raw, "Engineer", text);
    read(&BOOK, &raw, "Engineer", text, remote.as_ref())
}

#[test]
fn statements_of_residence_give_countries_states_and_areas() {
    for (text, countries) in [
        ("You must reside in the United States.", "US"),
        ("REMOTE (US Only)", "US"),
        ("US-ONLY REMOTE or ONSITE", "US"),
        ("This is a remote role open to US-based candidates with some travel.", "US"),
        ("Open to both Canadian and American applicants.", "CA US"),
        ("100% remote (UK residents only)", "GB"),
        ("you can work from anywhere in North America", "CA MX US"),
        ("onsite in our Berlin office OR remote from China or Israel.", "CN IL"),
        ("This role will be remote (based in the U.S.).", "US"),
        ("Candidates must be located in CA, NY or TX.", "US"),
        ("We can hire in Germany, Austria and Switzerland.", "AT CH DE"),
        ("Remote in DACH", "AT CH DE"),
        ("Currently based in the United States or Canada", "CA US"),
        ("located anywhere in Canada (with the exception of Quebec)", "CA"),
        ("must be authorized to work in the US", "US"),
    ] {
        assert_eq!(of(text).countries.join(" "), countries, "{text}");
    }
    assert_eq!(of("located anywhere in Canada (with the exception of Quebec)").regions_excluded, ["CA: Quebec"]);
    assert_eq!(of("Candidates must be located in CA or TX.").regions, ["US: California", "US: Texas"]);
    assert_eq!(of("Location: Remote across Europe").areas, ["Europe"]);
    assert!(of("You can be anywhere in the world.").anywhere);
    assert!(of("This role is remote and can be executed globally.").anywhere);
}

#[test]
fn what_a_company_says_of_itself_limits_nobody() {
    for text in [
        "We have offices in Germany and customers in 40 countries.",
        "Our team is fully remote across the United States.",
        "Headquartered in San Francisco, we serve users anywhere in Europe.",
        "We prefer candidates based in the UK or Ireland.",
        "Our only office is in Paris.",
        "For California residents: read our notice.",
        "Experience in the US market only helps.",
        "You get to work from anywhere for up to 4 weeks per year.",
    ] {
        let found = of(text);
        assert!(found.countries.is_empty() && !found.anywhere && found.areas.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn words_come_before_places_and_a_scope_field_before_both() {
    let mut raw = far();
    raw.places = vec![RawPlace::text("United Kingdom", "location"), RawPlace::text("Remote", "location")];
    let value = |raw: &RawPosting, text: &str| {
        read(&BOOK, raw, "Engineer", text, crate::work::remote(raw, "", "").as_ref()).countries
    };
    assert_eq!(value(&raw, ""), ["GB"]);
    assert_eq!(value(&raw, "Candidates must be based in France."), ["FR"]);
    raw.remote_scope = vec!["Spain".to_owned(), "Portugal".to_owned()];
    assert_eq!(value(&raw, "Candidates must be based in France."), ["ES", "PT"]);
    // A city is where the employer sits.
    raw = far();
    raw.places = vec![RawPlace::text("San Francisco", "location")];
    assert!(value(&raw, "").is_empty());
    raw.places = vec![RawPlace::text("Boston - Remote", "location")];
    assert_eq!(value(&raw, ""), ["US"]);
    raw.places = vec![RawPlace::text("Berlin or remote", "location")];
    assert!(value(&raw, "").is_empty());
}

#[test]
fn hours_become_ranges_from_utc() {
    for (text, from, to) in [
        ("Remote (UTC-3 to UTC+2)", -180, 120),
        ("Remote (CET ±2h)", -60, 180),
        ("CET +/- 3", -120, 240),
        ("Paris or Remote (CET -2 / +2)", -60, 180),
        ("GMT+-2 only", -120, 120),
        ("You are within 3 hours of EST.", -480, -120),
        ("at least 4 hours overlap with CET", -180, 300),
        ("Remote (US time zones only)", -480, -300),
        ("Preferred time zone: from EST to CET.", -300, 60),
        ("Remote friendly, Eastern/Central US timezone", -360, -300),
        ("located in the PST or MT timezone", -480, -420),
        ("hiring only within EU time zones", 0, 120),
    ] {
        assert_eq!(of(text).zones.first().copied(), Some(Zone { from, to }), "{text}");
    }
    for text in ["the best est. 1999", "Join the call at 9am EST", "across time zones", "It is the latest."] {
        assert!(of(text).zones.is_empty(), "{text}");
    }
}

#[test]
fn days_in_the_office_are_counted() {
    for (text, days) in [
        ("3 days a week in our office", Some((3, 3))),
        ("hybrid schedule (3 in-office days per week)", Some((3, 3))),
        ("This position will be onsite 2-3 times per week", Some((2, 3))),
        ("two to three days per week onsite", Some((2, 3))),
        ("we're 5 days a week in the office", Some((5, 5))),
        ("Tuesdays and Thursdays in the office", Some((2, 2))),
        ("40-60% in the office", Some((2, 3))),
        ("2x/week in the HQ", Some((2, 2))),
        ("at least 2 days per week in the office", Some((2, 5))),
        ("2 days per week remote", Some((3, 3))),
        ("2 Tage pro Woche im Büro", Some((2, 2))),
        ("We train 3 days a week", None),
        ("25 vacation days", None),
    ] {
        assert_eq!(of(text).office_days, days, "{text}");
    }
}

#[test]
fn travel_and_relocation_are_read_and_benefits_are_not() {
    for (text, percent) in [
        ("Willingness to travel up to 15 percent for QBRs", Some((0, 15))),
        ("travel (25-50%)", Some((25, 50))),
        ("Ability to travel at least 30%", Some((30, 100))),
        ("International travel will be required up to 25% of the time.", Some((0, 25))),
        ("No travel required.", Some((0, 0))),
        ("$4,000 annual travel stipend", None),
        ("the future of travel", None),
    ] {
        assert_eq!(of(text).travel_percent, percent, "{text}");
    }
    assert_eq!(of("We offer relocation assistance.").relocation, Some("offered"));
    assert_eq!(of("You must be willing to relocate to Austin.").relocation, Some("required"));
    assert_eq!(of("No relocation available.").relocation, Some("not-offered"));
    assert_eq!(of("Relocation of databases").relocation, None);
}

#[test]
fn quotes_stand_where_they_say() {
    let text =
        "Intro — naïve.\nYou must reside in the United States, 3 days a week in the office, within 3 hours of EST.";
    let found = of(text);
    assert!(found.facts.len() >= 3);
    for fact in &found.facts {
        let (start, end) = (fact.start.expect("a start"), fact.end.expect("an end"));
        assert_eq!(&text[start..end], fact.quote);
    }
}

/// Twice the text costs about twice the time, whatever it is made of: what a cue introduces is read within a bounded reach.
#[test]
fn long_texts_are_read_in_linear_time() {
    for unit in
        ["remote (US, CA, ", "UTC+1 to ", "only ", "must reside in ", "3 days a week office ", "travel 5% ", "US and "]
    {
        let time = |times: usize| {
            let text = unit.repeat(times);
            let start = cpu_time::ThreadTime::now();
            of(&text);
            start.elapsed()
        };
        time(100);
        let (short, long) = (time(500), time(2_000));
        assert!(long < short * 12 + std::time::Duration::from_millis(50), "{unit}: {short:?}, {long:?}");
        assert!(long < std::time::Duration::from_secs(3), "{unit}: {long:?}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,200}", other in "(remote|US|only|-based|UTC|±|[+-]|[0-9]|%|travel|days a week|in |must reside in |,|/|\\(|\\)|ü|é| |\\.|\n|CET|to|time zone){0,40}") {
        of(&text);
        of(&other);
    }
}
