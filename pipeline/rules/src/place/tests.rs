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
fn areas_hours_and_what_is_unstated_have_a_kind() {
    let kind = |text: &str| {
        let place = BOOK.read_text(text);
        format!("{}|{}|{}", place.kind.name(), place.area.unwrap_or_default(), place.country.unwrap_or_default())
    };
    for (text, expected) in [
        ("Remote - EMEA", "area|EMEA|"),
        ("Europe, Remote", "area|Europe|"),
        ("US East Coast Remote", "area|East Coast|US"),
        ("SF Bay Area, CA", "area|Bay Area|US"),
        ("Remote (CET ±3 hour)", "area|CET ±3 hour|"),
        ("Remote (US time zones only)", "area|US time zones only|"),
        ("Worldwide", "anywhere||"),
        ("Remote", "unstated||"),
        ("2 Locations", "unstated||"),
        ("Remote - US", "country||US"),
        ("Remote - Ohio", "region||US"),
        ("Apex Systems", "unknown||"),
        ("Podcast empire", "unknown||"),
        ("Remote - NA, APAC, EMEA", "area|North America|"),
    ] {
        assert_eq!(kind(text), expected, "{text}");
    }
}

#[test]
fn lists_are_read_as_lists() {
    let list = |text: &str| {
        let places = BOOK.read_list(text);
        let name = |place: &Place| {
            place.city.clone().or(place.region.clone()).or(place.area.clone()).or(place.country.clone())
        };
        places.iter().filter_map(name).collect::<Vec<_>>().join("; ")
    };
    for (text, expected) in [
        ("SF, NY, SEA, Remote-US", "San Francisco; New York; Seattle; US"),
        ("California; Oregon; Washington", "California; Oregon; Washington"),
        ("Bulgaria, Georgia, Poland", "BG; GE; PL"),
        ("Palo Alto, San Francisco", "Palo Alto; San Francisco"),
        ("Portland, OR, Arlington, VA, Dayton, OH", "Portland; Arlington; Dayton"),
        ("Minneapolis/St Paul, MN", "Minneapolis; Saint Paul"),
        ("Americas, Europe, Israel", "Americas; Europe; IL"),
        ("London, England, United Kingdom", "London"),
        ("Denver, Colorado, United States, AMER", "Denver"),
    ] {
        let mut found: Vec<String> = list(text).split("; ").map(str::to_owned).collect();
        let mut wanted: Vec<String> = expected.split("; ").map(str::to_owned).collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn names_of_one_country_are_not_taken_for_another() {
    for (text, expected) in [
        ("Delanco, NJ", "Delanco|New Jersey|US"),
        ("Lebanon, NH", "Lebanon|New Hampshire|US"),
        ("Tbilisi, Georgia", "Tbilisi|Tbilisi|GE"),
        ("Basel, BS", "Basel|Basel-City|CH"),
        ("Barcelona, CT, Spain", "Barcelona|Catalonia|ES"),
        ("CA-Ontario-Toronto", "Toronto|Ontario|CA"),
        ("Columbia, MD", "Columbia|Maryland|US"),
        ("Quincy, Washington, United States", "Quincy|Washington|US"),
        ("Luxembourg, Luxembourg", "Luxembourg|Luxembourg|LU"),
        ("Second Dinner (US Remote)", "||US"),
        ("Southwest - United States", "||US"),
        ("United States - Remote Opportunity", "||US"),
        ("Vancouver or SF", "Vancouver|British Columbia|CA"),
        ("Barcelona", "Barcelona|Catalonia|ES"),
        ("東京都", "Tokyo|Tokyo|JP"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
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
