//! What of a title tells vacancies of one employer apart: its words without places, ways of working and decoration.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use schemas::tables::PostingRow;

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

/// The words of `posting`'s title that distinguish it, joined, and the places that it names; empty when there is no title.
///
/// Places are those that the posting itself names, countries and parts of the world. When nothing else remains, all words count.
pub(super) fn core(posting: &PostingRow) -> (String, BTreeSet<String>) {
    let mut named_places = BTreeSet::new();
    let all = words(&posting.title);
    let mut own: BTreeSet<Vec<String>> = BTreeSet::new();
    let named = [&posting.place_text, &posting.city, &posting.region];
    for text in posting.places.iter().chain(named.into_iter().flatten()) {
        for part in text.split([',', ';', '/', '|', '(', ')', '-', '–']) {
            let phrase = words(part);
            if (1..=LONGEST).contains(&phrase.len()) && part.trim().len() > 1 {
                own.insert(phrase);
            }
        }
    }
    let company = plain(&posting.company_key);
    let is_place = |phrase: &[String]| STRIPPED.contains(phrase) || own.contains(phrase);
    let mut kept: Vec<&str> = Vec::with_capacity(all.len());
    let mut at = 0;
    while at < all.len() {
        let longest = (1..=LONGEST.min(all.len() - at)).rev();
        let found = longest.into_iter().find(|length| is_place(&all[at..at + length]));
        match found {
            Some(length) => {
                let phrase = &all[at..at + length];
                if !DECORATED.contains(phrase) {
                    named_places.insert(phrase.join(" "));
                }
                at += length;
            }
            None => {
                kept.push(&all[at]);
                at += 1;
            }
        }
    }
    // The employer's name at the end, `Data Engineer at Acme`.
    let ends = kept.len() > company.len() && !company.is_empty() && kept[kept.len() - company.len()..] == company;
    if ends && kept.len() >= company.len() + 2 {
        kept.truncate(kept.len() - company.len());
    }
    while kept.len() > 1
        && kept.last().is_some_and(|word| matches!(*word, "at" | "in" | "for" | "the" | "or" | "from" | "of"))
    {
        kept.pop();
    }
    kept.retain(|word| !is_code(word));
    let core = if kept.is_empty() { all.join(" ") } else { kept.join(" ") };
    (core, named_places)
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
        core(&PostingRow { title: title.to_owned(), company_key: "acme".to_owned(), places, ..PostingRow::default() }).0
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
}
