//! Words of place texts: regions of several countries, directions, noise.

/// Regions whose members are agreed upon.
pub(super) const CLOSED_REGIONS: &[(&str, &[&str])] = &[
    ("eu", EU),
    ("european union", EU),
    ("eea", EEA),
    ("european economic area", EEA),
    ("dach", &["DE", "AT", "CH"]),
    ("nordics", &["DK", "FI", "IS", "NO", "SE"]),
    ("nordic countries", &["DK", "FI", "IS", "NO", "SE"]),
    ("north america", &["US", "CA", "MX"]),
];

pub(super) const EU: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];
pub(super) const EEA: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Regions whose names are directions first: they place nothing by themselves.
pub(super) const VAGUE_REGIONS: &[&str] = &[
    "Eastern",
    "Western",
    "Northern",
    "Southern",
    "Central",
    "North",
    "South",
    "East",
    "West",
    "North East",
    "North West",
    "South East",
    "South West",
    "Upper",
    "Lower",
    "Capital",
    "Center",
    "Centre",
    "Metro",
    "National",
    "Coast",
];

/// Regions of which it is not agreed who belongs to them, and the whole world.
pub(super) const OPEN_REGIONS: &[&str] = &[
    "europe",
    "emea",
    "apac",
    "asia",
    "africa",
    "latam",
    "latin america",
    "south america",
    "americas",
    "amer",
    "worldwide",
    "global",
    "globally",
    "world",
    "middle east",
    "oceania",
    "international",
    "cet",
    "utc",
    "gmt",
    "timezone",
    "time zone",
];

/// Whether `word` before a name makes it the name of another place.
pub(super) fn is_direction(word: &str) -> bool {
    let words = ["new", "north", "south", "east", "west", "northern", "southern", "eastern", "western", "central"];
    words.iter().any(|direction| word.eq_ignore_ascii_case(direction))
}

pub(super) fn is_continent(folded: &str) -> bool {
    OPEN_REGIONS.contains(&folded) || CLOSED_REGIONS.iter().any(|(name, _)| *name == folded)
}

/// Words that say how or where in a place, not which place.
pub(super) const NOISE: &[&str] = &[
    "remote",
    "remotely",
    "hybrid",
    "onsite",
    "on-site",
    "site",
    "in-office",
    "in-person",
    "office",
    "offices",
    "hq",
    "headquarters",
    "headquarter",
    "area",
    "metro",
    "metropolitan",
    "greater",
    "region",
    "based",
    "only",
    "anywhere",
    "in",
    "the",
    "hub",
    "campus",
    "downtown",
    "central",
    "or",
    "and",
    "city",
    "within",
    "home",
    "fully",
    "100%",
    "first",
    "flexible",
    "work",
    "from",
    "near",
    "state",
    "of",
    "multiple",
    "locations",
    "location",
    "various",
    "several",
    "wfh",
    "preferred",
];

pub(super) fn strip_noise(written: &str) -> String {
    let kept = written.split_whitespace().filter(|word| {
        let plain = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%' && c != '.');
        let digits = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        !digits && !plain.is_empty() && !NOISE.iter().any(|noise| plain.eq_ignore_ascii_case(noise))
    });
    kept.collect::<Vec<_>>().join(" ")
}

/// Words before the name of a large city that make it another place: "Port Hamburg", "Little Rome".
pub(super) const BEFORE_OTHER: &[&str] = &[
    "port",
    "lake",
    "fort",
    "mount",
    "little",
    "great",
    "upper",
    "lower",
    "old",
    "saint",
    "st",
    "st.",
    "san",
    "santa",
    "la",
    "el",
    "los",
    "las",
    "de",
    "del",
    "di",
    "da",
    "of",
    "the",
    "not",
    "outside",
    "except",
    "excluding",
    "nova",
    "nueva",
    "near",
    "university",
    "inner",
    "outer",
    "cape",
    "villa",
    "ciudad",
    "via",
    "from",
    "and",
    "al",
    "bad",
    "le",
];

/// Words after the name of a large city that make it another place: "Paris Hills".
pub(super) const AFTER_OTHER: &[&str] = &[
    "hill",
    "hills",
    "height",
    "heights",
    "township",
    "city",
    "park",
    "spring",
    "springs",
    "county",
    "beach",
    "village",
    "mills",
    "junction",
    "falls",
    "lake",
    "lakes",
    "valley",
    "grove",
    "town",
    "creek",
    "point",
    "ridge",
    "island",
    "islands",
    "bay",
    "river",
    "rapids",
    "harbor",
    "harbour",
    "station",
    "corner",
    "corners",
    "bridge",
    "wells",
    "del",
    "de",
    "do",
    "da",
    "des",
    "di",
    "province",
    "state",
    "region",
    "time",
    "hours",
    "group",
    "labs",
    "inc",
    "gmbh",
    "ltd",
    "llc",
    "school",
    "university",
];
