//! What of a title tells vacancies of one employer apart: its words without places, ways of working and decoration.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use schemas::tables::PostingRow;

use super::stated::Places;
use crate::place::fold;

/// Country names in English, with their codes in the first column.
const COUNTRIES: &str = include_str!("../../../../data-samples/reference/countries.tsv");

/// Parts of the world and short names of places, as they stand in titles.
const PARTS: &[&str] = &[
    "emea",
    "apac",
    "latam",
    "amer",
    "americas",
    "america",
    "north america",
    "south america",
    "latin america",
    "central america",
    "north to south america",
    "europe",
    "eu",
    "asia",
    "africa",
    "oceania",
    "middle east",
    "mena",
    "dach",
    "benelux",
    "nordics",
    "nordic",
    "iberia",
    "baltics",
    "anz",
    "cee",
    "uk",
    "us",
    "usa",
    "u s",
    "uae",
    "au",
    "nyc",
    "sf",
    "bay area",
    "worldwide",
    "global remote",
    "anywhere",
    "united states",
    "united kingdom",
];

/// What says how or where the work is done, or whom the law asks to address.
const DECORATION: &[&str] = &[
    "100 remote",
    "fully remote",
    "remote first",
    "remote",
    "hybrid",
    "on site",
    "onsite",
    "in office",
    "full time",
    "fulltime",
    "time zones",
    "time zone",
    "timezone",
    "timezones",
    "based",
    "m w d",
    "m f d",
    "w m d",
    "f m d",
    "d m w",
    "m w x",
    "m f x",
    "f m x",
    "d f m",
    "m d f",
    "d w m",
    "m w",
    "m f",
    "f m",
    "h f",
    "f h",
    "h f x",
    "gn",
    "mwd",
    "fmd",
    "all genders",
    "all gender",
    "urgent",
    "now hiring",
    "we re hiring",
    "hiring",
];

/// Phrases of several words or one, the longest first, as words.
static STRIPPED: LazyLock<BTreeSet<Vec<String>>> = LazyLock::new(|| {
    let countries = COUNTRIES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.split(['\t', '|']))
        .filter(|name| name.chars().count() > 3);
    countries.chain(PARTS.iter().copied()).chain(DECORATION.iter().copied()).map(plain).collect()
});

/// The phrases that name no place.
static DECORATED: LazyLock<BTreeSet<Vec<String>>> = LazyLock::new(|| DECORATION.iter().copied().map(plain).collect());

/// Longest phrase that is looked for.
const LONGEST: usize = 5;

/// Words in lower case without accents.
fn plain(text: &str) -> Vec<String> {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The words of a title, with one spelling for each level and for what is written in one word or two.
fn words(title: &str) -> Vec<String> {
    let folded = fold(title).to_lowercase();
    let mut out: Vec<String> = Vec::new();
    for word in folded.split(|c: char| !(c.is_alphanumeric() || matches!(c, '+' | '#'))) {
        let word = match word.trim_matches('+').len() {
            0 => continue,
            _ => word,
        };
        let word = match word {
            "sr" | "snr" => "senior",
            "jr" | "jnr" => "junior",
            "i" => "1",
            "ii" => "2",
            "iii" => "3",
            "iv" => "4",
            "mgr" => "manager",
            "eng" | "engr" => "engineer",
            "dev" => "developer",
            "and" => continue,
            other => other,
        };
        if matches!(word, "end" | "stack")
            && let Some(last) = out.last_mut().filter(|last| matches!(last.as_str(), "front" | "back" | "full"))
        {
            last.push_str(word);
            continue;
        }
        out.push(word.to_owned());
    }
    out
}

/// What of a title is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Title {
    /// The words that distinguish it, joined; empty when there is no title. When nothing else remains, all words count.
    pub(super) core: String,
    /// The places that it names: those that the posting itself names, countries and parts of the world.
    pub(super) places: BTreeSet<String>,
    /// Whether one of those is none of the posting's own places.
    pub(super) territory: bool,
}

/// Points of the compass that make a part of the world of one: `South East Asia`.
const COMPASS: &[&str] = &[
    "north",
    "south",
    "east",
    "west",
    "central",
    "northern",
    "southern",
    "eastern",
    "western",
    "southeast",
    "northeast",
    "southwest",
    "northwest",
];

/// Countries by their names as words, with their codes.
static COUNTRY_CODES: LazyLock<BTreeMap<Vec<String>, &str>> = LazyLock::new(|| {
    let lines = COUNTRIES.lines().filter(|line| !line.starts_with('#'));
    let named = lines.filter_map(|line| line.split_once('\t'));
    named.flat_map(|(code, names)| names.split(['\t', '|']).map(move |name| (plain(name), code))).collect()
});

/// The phrases of the places that `posting` itself names.
fn own_places(posting: &PostingRow) -> BTreeSet<Vec<String>> {
    let mut own = BTreeSet::new();
    let named = [&posting.place_text, &posting.city, &posting.region];
    for text in posting.places.iter().chain(named.into_iter().flatten()) {
        let parts = text.split([',', ';', '/', '|', '(', ')', '-', '–']).filter(|part| part.trim().len() > 1);
        own.extend(parts.map(words).filter(|phrase| (1..=LONGEST).contains(&phrase.len())));
    }
    own
}

/// Reads the title of `posting`, which is at `places`.
pub(super) fn read(posting: &PostingRow, places: &Places) -> Title {
    let mut all = words(&posting.title);
    without_company(&mut all, &words(&posting.company_key), &words(posting.company.as_deref().unwrap_or_default()));
    let own = own_places(posting);
    let is_place = |phrase: &[String]| {
        let compass = phrase.iter().take_while(|word| COMPASS.contains(&word.as_str())).count();
        let rest = &phrase[compass..];
        STRIPPED.contains(phrase)
            || own.contains(phrase)
            || compass > 0 && !rest.is_empty() && STRIPPED.contains(rest) && !DECORATED.contains(rest)
    };
    let mut title = Title::default();
    let mut kept: Vec<&str> = Vec::with_capacity(all.len());
    let mut at = 0;
    while at < all.len() {
        let found = (1..=LONGEST.min(all.len() - at)).rev().find(|length| is_place(&all[at..at + length]));
        let Some(length) = found else {
            kept.push(&all[at]);
            at += 1;
            continue;
        };
        let phrase = &all[at..at + length];
        if !DECORATED.contains(phrase) {
            let here = COUNTRY_CODES.get(phrase).is_some_and(|code| places.countries.contains(*code));
            title.territory |= !here && !own.contains(phrase);
            title.places.insert(phrase.join(" "));
        }
        at += length;
    }
    undecorate(&mut kept);
    title.core = if kept.is_empty() { all.join(" ") } else { kept.join(" ") };
    title
}

/// Takes the employer's name from either end: `Data Engineer at Acme, Inc.`, `Acme - Data Engineer`. A title of the name and one
/// word more keeps both.
fn without_company(title: &mut Vec<String>, key: &[String], published: &[String]) {
    if key.is_empty() || title.len() < key.len() + 2 {
        return;
    }
    // The name ends in what the key lacks: a legal form.
    let ends = (2..=title.len() - key.len()).find(|&at| {
        title[at..].starts_with(key) && title[at + key.len()..].iter().all(|word| published.contains(word))
    });
    if let Some(at) = ends {
        title.truncate(at);
    } else if title.starts_with(key) {
        title.drain(..key.len());
    }
}

/// Takes away requisition numbers and words that then hang loose.
fn undecorate(kept: &mut Vec<&str>) {
    let mut at = 0;
    while at < kept.len() {
        if !is_code(kept[at]) {
            at += 1;
            continue;
        }
        kept.remove(at);
        while at > 0
            && matches!(kept[at - 1], "req" | "ref" | "id" | "job" | "jr" | "no" | "nr" | "requisition" | "reference")
        {
            at -= 1;
            kept.remove(at);
        }
    }
    while kept.len() > 1
        && kept.last().is_some_and(|word| matches!(*word, "at" | "in" | "for" | "the" | "or" | "from" | "of" | "via"))
    {
        kept.pop();
    }
}

/// Whether two cores differ by one letter of one long word: one of them is misspelled, or in the plural.
pub(super) fn misspelled(left: &str, right: &str) -> bool {
    let mut words = left.split(' ').zip(right.split(' ')).filter(|(a, b)| a != b);
    let (Some((a, b)), None) = (words.next(), words.next()) else { return false };
    let lettered = |word: &str| word.chars().count() >= 6 && word.chars().all(char::is_alphabetic);
    left.split(' ').count() == right.split(' ').count() && lettered(a) && lettered(b) && one_letter_apart(a, b)
}

/// Whether one letter is other, missing, too many, or in its neighbour's place.
fn one_letter_apart(left: &str, right: &str) -> bool {
    let (mut a, mut b): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if a.len() < b.len() {
        std::mem::swap(&mut a, &mut b);
    }
    let from = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[from..], &b[from..]);
    match a.len() - b.len() {
        0 => a.get(1..) == b.get(1..) || a.len() > 1 && (a[0], a[1]) == (b[1], b[0]) && a[2..] == b[2..],
        1 => a[1..] == *b,
        _ => false,
    }
}

/// Whether a word is a requisition number such as `r12345`.
fn is_code(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    digits >= 4 && word.len() - digits <= 3
}

/// Whether one of two cores holds all words of the other.
pub(super) fn one_holds_other(left: &str, right: &str) -> bool {
    let words =
        |core: &str| core.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<BTreeSet<_>>();
    let (left, right) = (words(left), words(right));
    left.is_empty() || right.is_empty() || left.is_subset(&right) || right.is_subset(&left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core_of(title: &str, place: &str) -> String {
        let places = vec![place.to_owned()];
        let posting =
            PostingRow { title: title.to_owned(), company_key: "acme".to_owned(), places, ..PostingRow::default() };
        read(&posting, &Places::of(&posting)).core
    }

    #[test]
    fn places_and_decoration_do_not_distinguish() {
        for (title, place) in [
            ("Senior Data Engineer", ""),
            ("Sr. Data Engineer (m/f/d)", ""),
            ("Senior Data Engineer - Berlin", "Berlin, Germany"),
            ("Senior Data Engineer, New York", "New York, NY"),
            ("Senior Data Engineer (Remote, EMEA)", ""),
            ("Senior Data Engineer - India", "Bengaluru"),
            ("Senior Data Engineer at Acme", ""),
            ("Senior Data Engineer (100% Remote - Canada)", ""),
            ("Senior Data Engineer R12345", ""),
            ("Senior Data Engineer (Req ID: 12345)", ""),
            ("Acme | Senior Data Engineer", ""),
            ("Senior Data Engineer | Acme", ""),
            ("[Remote] Senior Data Engineer, South East Asia", ""),
        ] {
            assert_eq!(core_of(title, place), "senior data engineer", "{title}");
        }
        assert_eq!(core_of("Front-End Engineer", ""), core_of("Frontend Engineer", ""));
    }

    #[test]
    fn levels_teams_shifts_and_fields_do() {
        for (left, right) in [
            ("Engineer I", "Engineer II"),
            ("Backend Engineer", "Frontend Engineer"),
            ("Software Engineer - Payments", "Software Engineer - Search"),
            ("Operations Manager (Days)", "Operations Manager (Nights)"),
            ("QA Engineer (Growth)", "QA Engineer (Mobile)"),
            ("Sr Engineer", "Jr Engineer"),
            ("C Developer", "C++ Developer"),
        ] {
            assert_ne!(core_of(left, ""), core_of(right, ""), "{left}");
        }
    }

    #[test]
    fn a_title_of_nothing_but_places_keeps_its_words() {
        assert_eq!(core_of("Germany", ""), "germany");
        assert_eq!(core_of("", ""), "");
    }

    #[test]
    fn a_letter_astray_is_a_misspelling_and_a_number_is_none() {
        for (left, right) in [
            ("machine learning engeneer", "machine learning engineer"),
            ("data engineers", "data engineer"),
            ("data enigneer", "data engineer"),
        ] {
            assert!(misspelled(left, right), "{left}");
        }
        for (left, right) in [
            ("engineer 1", "engineer 2"),
            ("data engineer", "date engineer"),
            ("inbound agent", "outbound agent"),
            ("data engineer", "data engineer"),
            ("a data engineer", "data engineers"),
            ("neurologist", "urologist"),
        ] {
            assert!(!misspelled(left, right), "{left}");
        }
    }

    #[test]
    fn what_a_title_names_beside_the_place_of_work_is_a_territory() {
        let territory = |title: &str, place: &str, country: &str| {
            let posting = PostingRow {
                title: title.to_owned(),
                places: vec![place.to_owned()],
                country: Some(country.to_owned()),
                ..PostingRow::default()
            };
            read(&posting, &Places::of(&posting)).territory
        };
        assert!(territory("Account Executive, France", "Dublin", "IE"));
        assert!(territory("Account Executive, Benelux", "Dublin", "IE"));
        assert!(!territory("Account Executive, Dublin", "Dublin, Ireland", "IE"));
        assert!(!territory("Account Executive - Ireland (Remote)", "Dublin", "IE"));
    }
}
