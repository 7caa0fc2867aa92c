//! Places in their usual forms, and what must not be made up.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static BOOK: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::new);

fn read(text: &str) -> String {
    let place = BOOK.read_text(text);
    [place.city, place.region, place.country].map(Option::unwrap_or_default).join("|")
}

#[test]
fn the_usual_forms_are_read() {
    for (text, expected) in [
        ("San Francisco, CA", "San Francisco|California|US"),
        ("Berlin, DE", "Berlin|State of Berlin|DE"),
        ("Berlin, Germany", "Berlin|State of Berlin|DE"),
        ("Toronto, ON, Canada", "Toronto|Ontario|CA"),
        ("London, United Kingdom", "London|England|GB"),
        ("London, ON", "London|Ontario|CA"),
        ("München", "Munich|Bavaria|DE"),
        ("Munich, Bavaria", "Munich|Bavaria|DE"),
        ("Bangalore, IN", "Bengaluru|Karnataka|IN"),
        ("Bengaluru, Karnataka, India", "Bengaluru|Karnataka|IN"),
        ("Indianapolis, IN", "Indianapolis|Indiana|US"),
        ("New York", "New York|New York|US"),
        ("New York, NY / San Francisco", "New York|New York|US"),
        ("New York City, NY", "New York|New York|US"),
        ("USA, NY, New York", "New York|New York|US"),
        ("US-CA-San Francisco", "San Francisco|California|US"),
        ("DE-Berlin", "Berlin|State of Berlin|DE"),
        ("Singapore", "Singapore||SG"),
        ("London or Remote", "London|England|GB"),
        ("Berlin Office", "Berlin|State of Berlin|DE"),
        ("NYC Headquarters", "New York|New York|US"),
        ("Frankfurt/Main", "Frankfurt am Main|Hesse|DE"),
        ("Atlanta, Georgia", "Atlanta|Georgia|US"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn a_country_is_read_without_a_city() {
    for (text, country) in [
        ("Remote - US", "||US"),
        ("US Remote", "||US"),
        ("Remote (UK)", "||GB"),
        ("US East Coast Remote", "||US"),
        ("NerdWallet US", "||US"),
        ("South Korea - Remote", "||KR"),
        ("Deutschland", "||DE"),
        ("Remote, Germany", "||DE"),
        ("Anywhere in the United States", "||US"),
    ] {
        assert_eq!(read(text), country, "{text}");
    }
}

#[test]
fn no_place_is_made_up() {
    for text in [
        "Remote",
        "2 Locations",
        "Multiple locations",
        "Worldwide",
        "Europe - Anywhere",
        "North to South America",
        "null",
        "",
        "Eastern",
    ] {
        assert_eq!(read(text), "||", "{text}");
    }
}

#[test]
fn context_decides_between_cities_of_one_name() {
    assert_eq!(read("Paris, TX"), "Paris|Texas|US");
    assert_eq!(read("Paris"), "Paris|Ile-de-France|FR");
    assert_eq!(read("Cambridge, MA"), "Cambridge|Massachusetts|US");
    assert_eq!(read("Cambridge, UK"), "Cambridge|England|GB");
}

#[test]
fn a_city_of_several_countries_has_no_country_without_context() {
    assert_eq!(read("Cambridge"), "Cambridge||");
    assert_eq!(read("Springfield"), "Springfield||US");
}

#[test]
fn a_state_without_a_city_is_a_state() {
    assert_eq!(read("NULL, IL"), "|Illinois|US");
    assert_eq!(read("Nowhereville, TX"), "Nowhereville|Texas|US");
    assert_eq!(read("Nowheredorf, DE"), "||");
}

#[test]
fn fields_come_before_text() {
    let raw = RawPlace {
        city: Some("Paris".to_owned()),
        region: Some("TX".to_owned()),
        country: Some("US".to_owned()),
        text: Some("Paris, France".to_owned()),
        ..RawPlace::default()
    };
    let place = BOOK.read(&raw);
    assert_eq!((place.city.as_deref(), place.country.as_deref()), (Some("Paris"), Some("US")));
}

#[test]
fn scopes_expand_only_where_members_are_agreed() {
    assert_eq!(BOOK.scope(&["US only"]), ["US"]);
    assert_eq!(BOOK.scope(&["UK & Ireland"]), ["GB", "IE"]);
    assert_eq!(BOOK.scope(&["Anywhere in the United States"]), ["US"]);
    assert_eq!(BOOK.scope(&["DACH"]), ["AT", "CH", "DE"]);
    assert_eq!(BOOK.scope(&["EU"]).len(), 27);
    assert!(BOOK.scope(&["Europe"]).is_empty());
    assert!(BOOK.scope(&["US or Europe"]).is_empty());
    assert!(BOOK.scope(&["Worldwide"]).is_empty());
}

proptest! {
    #[test]
    fn no_place_text_panics(text in "\\PC{0,80}", other in "([A-Z]{2}|[ ,/()-]|Paris|Remote|or){0,20}") {
        BOOK.read_all(&text);
        BOOK.read_all(&other);
        BOOK.scope(&[&text, &other]);
    }
}
