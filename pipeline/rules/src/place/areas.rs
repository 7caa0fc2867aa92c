//! Areas that are no city, state or country: regions of several countries, parts of one country, the whole world.

use super::load::fold;
use super::words::strip_noise;

/// A region of several countries, or a part of one country that is no state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Its usual English name.
    pub name: &'static str,
    /// ISO 3166-1 alpha-2 codes of its members, where it is agreed who belongs to it; empty otherwise.
    pub members: &'static [&'static str],
    /// The country that it is a part of, when no other is named.
    pub country: Option<&'static str>,
    /// What it is called, folded.
    words: &'static [&'static str],
}

const fn of(name: &'static str, members: &'static [&'static str], words: &'static [&'static str]) -> Area {
    Area { name, members, country: None, words }
}

const fn part(name: &'static str, words: &'static [&'static str]) -> Area {
    Area { name, members: &[], country: Some("US"), words }
}

const EU: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];
const EEA: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];
const GULF: &[&str] = &["AE", "BH", "KW", "OM", "QA", "SA"];

/// Every known area; longer names stand before those that they contain. Members are given only where they are agreed upon.
const AREAS: &[Area] = &[
    of("EEA", EEA, &["eea", "european economic area", "ewr"]),
    of(
        "EU",
        EU,
        &[
            "eu",
            "european union",
            "europaische union",
            "union europeenne",
            "union europea",
            "eu countries",
            "eu based",
            "eu member states",
            "eu member state",
        ],
    ),
    of("DACH", &["DE", "AT", "CH"], &["dach", "d a ch"]),
    of("Scandinavia", &["DK", "NO", "SE"], &["scandinavia"]),
    of("Nordics", &["DK", "FI", "IS", "NO", "SE"], &["nordics", "nordic", "nordic countries", "norden"]),
    of("Baltics", &["EE", "LT", "LV"], &["baltics", "baltic states", "baltic countries"]),
    of("Benelux", &["BE", "LU", "NL"], &["benelux"]),
    of("Iberia", &["ES", "PT"], &["iberia"]),
    of("UK and Ireland", &["GB", "IE"], &["uk and ireland", "uk & ireland", "uk ireland", "uki", "uk&i"]),
    of("ANZ", &["AU", "NZ"], &["anz", "australia and new zealand"]),
    of("Gulf", GULF, &["gcc", "gulf states", "gulf countries"]),
    of("North America", &["CA", "MX", "US"], &["north america", "northern america", "noram", "namer", "nordamerika"]),
    of("Central America", &[], &["central america"]),
    of("LATAM", &[], &["latam", "latin america", "south america", "latinoamerica", "america latina", "latin american"]),
    of(
        "Americas",
        &[],
        &["americas", "amer", "western hemisphere", "north and south america", "north to south america"],
    ),
    of("Eastern Europe", &[], &["eastern europe", "cee", "central and eastern europe", "central europe", "osteuropa"]),
    of("Western Europe", &[], &["western europe", "west europe"]),
    of("Southern Europe", &[], &["southern europe"]),
    of("Northern Europe", &[], &["northern europe"]),
    of("Europe", &[], &["europe", "european", "european countries", "europa", "europaweit", "eur"]),
    of("EMEA", &[], &["emea", "eu mea"]),
    of("MENA", &[], &["mena"]),
    of("Middle East", &[], &["middle east", "naher osten"]),
    of("Southeast Asia", &[], &["southeast asia", "south east asia", "asean"]),
    of("APAC", &[], &["apac", "asia pacific", "asia pac", "apj", "japac"]),
    of("South Asia", &[], &["south asia"]),
    of("Asia", &[], &["asia", "asien", "asie"]),
    of("Africa", &[], &["africa", "sub saharan africa", "west africa", "east africa", "afrika", "afrique"]),
    of("Oceania", &[], &["oceania"]),
    of("Caribbean", &[], &["caribbean"]),
    of("Balkans", &[], &["balkans"]),
    part("West Coast", &["west coast", "us west", "western states", "western us", "western united states"]),
    part("East Coast", &["east coast", "us east", "eastern seaboard", "eastern us", "eastern united states"]),
    part("Northeast", &["northeast", "north east us", "us northeast"]),
    part("Southeast", &["southeast", "us southeast"]),
    part("Northwest", &["northwest", "pacific northwest", "pnw"]),
    part("Southwest", &["southwest", "us southwest"]),
    part("Midwest", &["midwest", "us midwest"]),
    part("Mid-Atlantic", &["mid atlantic"]),
    part("New England", &["new england"]),
    part("Mountain West", &["mountain west", "rocky mountains"]),
    part("Central", &["central us", "us central", "central united states", "us south"]),
    part(
        "Bay Area",
        &["bay area", "sf bay area", "san francisco bay area", "east bay", "south bay", "bay area california"],
    ),
    part("Silicon Valley", &["silicon valley"]),
    part("Research Triangle", &["research triangle", "research triangle park", "raleigh durham chapel hill"]),
    part("Southern California", &["southern california", "socal"]),
    part("Northern California", &["northern california", "norcal"]),
    part("Orange County", &["orange county"]),
    part("Tri-State Area", &["tri state area", "tristate area", "tri state"]),
    part("DMV", &["dmv area", "dc metro area", "washington dc metro area"]),
];

/// Words of the whole world.
const WORLD: &[&str] = &[
    "anywhere",
    "worldwide",
    "world wide",
    "global",
    "globally",
    "world",
    "international",
    "internationally",
    "earth",
    "weltweit",
    "international remote",
    "any country",
    "any location",
    "all locations worldwide",
    "mundial",
    "monde",
    "remote global",
    "planet earth",
];

/// Words that say how the work is done, or that places are many, without saying where.
const UNSTATED: &[&str] = &[
    "remote",
    "remotely",
    "hybrid",
    "onsite",
    "on site",
    "office",
    "in office",
    "in person",
    "distributed",
    "wfh",
    "home",
    "multiple",
    "various",
    "several",
    "locations",
    "location",
    "remota",
    "remoto",
    "telework",
    "telecommute",
    "teletravail",
    "homeoffice",
    "home office",
    "virtual",
    "flexible",
    "a distance",
    "fernarbeit",
    "relocation",
    "in house",
    "field",
    "field based",
    "headquarters",
    "client site",
    "customer site",
    "nationwide",
    "mobile",
];

/// Words of time zones, folded, which say when and not where.
const ZONES: &[&str] = &[
    "timezone",
    "timezones",
    "time zone",
    "time zones",
    "tz",
    "zeitzone",
    "working hours",
    "business hours",
    "overlap",
    "hours of overlap",
    "central time",
    "eastern time",
    "pacific time",
    "mountain time",
];

/// Codes of time zones that are nothing else, folded.
const ZONE_CODES: &[&str] = &[
    "utc", "gmt", "cet", "cest", "est", "edt", "pst", "pdt", "mst", "cst", "cdt", "eet", "bst", "ist", "aest", "jst",
    "et", "pt",
];

/// The area that `text` is a name of, alone or beside words such as "remote".
pub(crate) fn area(text: &str) -> Option<&'static Area> {
    let named = |folded: &str| AREAS.iter().find(|area| area.words.contains(&folded));
    let text = text.trim().trim_matches(|c: char| !c.is_alphanumeric());
    // Only in capitals is it short for North America.
    if text == "NA" {
        return named("north america");
    }
    named(&fold(text)).or_else(|| named(&fold(&strip_noise(text))))
}

/// The part of a country, such as its west coast, that `text` names among other words.
pub(crate) fn part_within(text: &str) -> Option<&'static Area> {
    let folded = padded(text);
    AREAS.iter().filter(|area| area.country.is_some()).find(|area| area.words.iter().any(|word| has(&folded, word)))
}

/// Every area of several countries that `text` names among other words, in the order of the text, once each; a name within a
/// longer one does not count.
pub(crate) fn areas_within(text: &str) -> Vec<&'static Area> {
    let folded = padded(text);
    let mut found: Vec<(usize, usize, &'static Area)> = Vec::new();
    for area in AREAS.iter().filter(|area| area.country.is_none()) {
        for word in area.words.iter().filter(|word| word.len() > 2 || **word == "eu") {
            let Some(at) = position(&folded, word) else { continue };
            found.push((at, at + word.len(), area));
        }
    }
    found.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
    let mut out: Vec<&'static Area> = Vec::new();
    let mut last = 0;
    for (start, end, area) in found {
        if start >= last {
            last = end;
            if !out.contains(&area) {
                out.push(area);
            }
        }
    }
    out
}

/// Whether `folded` is a name of an area or of the whole world, which no city is called by itself.
pub(super) fn is_area(folded: &str) -> bool {
    WORLD.contains(&folded) || AREAS.iter().any(|area| area.words.contains(&folded)) || ZONES.contains(&folded)
}

/// Whether `text` names the whole world.
pub(crate) fn says_world(text: &str) -> bool {
    let folded = padded(text);
    WORLD.iter().any(|word| has(&folded, word))
}

/// Whether `text` says how the work is done or that there are several places.
pub(super) fn says_unstated(text: &str) -> bool {
    let folded = padded(text);
    UNSTATED.iter().any(|word| has(&folded, word))
}

/// Whether `text` says at which hours the work is done rather than where.
pub(crate) fn says_zone(text: &str) -> bool {
    let folded = padded(text);
    if ZONES.iter().any(|word| has(&folded, word)) {
        return true;
    }
    let mut words = folded.split(' ').filter(|word| !word.is_empty());
    let code = |word: &str| {
        ZONE_CODES
            .iter()
            .any(|code| word.strip_prefix(code).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit())))
    };
    let beside = [
        "remote",
        "h",
        "hour",
        "hours",
        "hrs",
        "only",
        "to",
        "and",
        "or",
        "preferred",
        "m",
        "x",
        "in",
        "within",
        "of",
        "from",
        "the",
        "about",
        "close",
        "plus",
        "minus",
    ];
    let mut coded = false;
    words.all(|word| {
        coded |= code(word);
        code(word) || beside.contains(&word) || word.bytes().all(|b| b.is_ascii_digit())
    }) && coded
}

/// `text` folded, its words between single spaces, with one before the first and after the last.
pub(super) fn padded(text: &str) -> String {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric() && c != '&').filter(|word| !word.is_empty());
    words.fold(String::from(" "), |mut out, word| {
        out.push_str(word);
        out.push(' ');
        out
    })
}

fn has(padded: &str, words: &str) -> bool {
    position(padded, words).is_some()
}

/// Where whole `words` stand in `padded`.
fn position(padded: &str, words: &str) -> Option<usize> {
    padded.match_indices(words).map(|(at, _)| at).find(|at| {
        let bytes = padded.as_bytes();
        bytes.get(at.wrapping_sub(1)) == Some(&b' ') && bytes.get(at + words.len()) == Some(&b' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_found_alone_and_among_words_the_longest_first() {
        assert_eq!(area("Remote - EMEA").map(|area| area.name), Some("EMEA"));
        assert_eq!(area("NA").map(|area| area.name), Some("North America"));
        assert_eq!(area("na"), None);
        assert_eq!(area("UK & Ireland").map(|area| area.members), Some(&["GB", "IE"][..]));
        let names = |text: &str| areas_within(text).iter().map(|area| area.name).collect::<Vec<_>>();
        assert_eq!(names("Eastern Europe or Africa"), ["Eastern Europe", "Africa"]);
        assert_eq!(names("the European Union"), ["EU"]);
        assert!(names("neurology").is_empty());
    }

    #[test]
    fn hours_are_no_places() {
        for text in [
            "CET +/- 3",
            "GMT+-2 only",
            "US time zones only",
            "Remote (CET ±3 hour)",
            "UTC+8",
            "5-hour overlap with Pacific US",
        ] {
            assert!(says_zone(text), "{text}");
        }
        for text in ["Estonia", "East Coast", "Remote", "2 Locations", "PT, Lisbon"] {
            assert!(!says_zone(text), "{text}");
        }
    }
}
