//! The degree that a posting asks for.

use std::sync::LazyLock;

use serde::Serialize;

use super::clauses::{Clauses, Phrases};
use super::{Found, Ground};
use crate::sections::Kind;

/// Levels of education, after ISCED 2011 groups 3 to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// High school, Abitur, baccalauréat.
    Secondary,
    /// Vocational training, apprenticeship.
    Vocational,
    /// A degree of two years.
    Associate,
    /// Bachelor or "a degree".
    Bachelor,
    /// Master, diploma of five years.
    Master,
    /// Doctorate.
    Doctorate,
}

impl Level {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Secondary => "secondary",
            Self::Vocational => "vocational",
            Self::Associate => "associate",
            Self::Bachelor => "bachelor",
            Self::Master => "master",
            Self::Doctorate => "doctorate",
        }
    }
}

/// What is asked: the lowest level that is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Education {
    /// The level.
    pub level: Level,
    /// Whether it is only preferred.
    pub preferred: bool,
    /// Whether experience may stand for it.
    pub equivalent: bool,
}

/// How sure a wording is by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sure {
    Yes,
    /// Only beside a word such as "degree" or "in".
    Beside,
}

static DEGREES: LazyLock<Phrases<(Level, Sure)>> = LazyLock::new(|| {
    use Level::{Associate, Bachelor, Doctorate, Master, Secondary, Vocational};
    Phrases::new(&[
        (
            (Secondary, Sure::Yes),
            &[
                "high school diploma",
                "high school degree",
                "high school education",
                "high school graduate",
                "ged",
                "secondary school diploma",
                "abitur",
                "baccalauréat",
                "fachabitur",
                "high school or",
                "secondary education",
            ],
        ),
        (
            (Vocational, Sure::Yes),
            &[
                "abgeschlossene ausbildung",
                "abgeschlossene berufsausbildung",
                "berufsausbildung",
                "kaufmännische ausbildung",
                "vocational training",
                "vocational degree",
                "trade school",
                "technical school",
                "completed apprenticeship",
                "mbo",
                "vocational school",
                "technical diploma",
                "technische ausbildung",
            ],
        ),
        (
            (Associate, Sure::Yes),
            &[
                "associate degree",
                "associates degree",
                "associate s degree",
                "associate of science",
                "associate of arts",
                "bac 2",
                "two year degree",
                "2 year degree",
                "bts",
                "dut",
            ],
        ),
        (
            (Bachelor, Sure::Yes),
            &[
                "bachelor",
                "bachelors",
                "bachelor s",
                "bsc",
                "b sc",
                "undergraduate degree",
                "college degree",
                "university degree",
                "four year degree",
                "4 year degree",
                "b tech",
                "btech",
                "beng",
                "bs ba",
                "ba bs",
                "b s b a",
                "b a b s",
                "abgeschlossenes studium",
                "hochschulstudium",
                "hochschulabschluss",
                "studium der",
                "studium im",
                "universitätsstudium",
                "abgeschlossenes hochschulstudium",
                "bac 3",
                "licence",
                "licenciatura",
                "grado universitario",
                "título universitario",
                "hbo",
                "laurea",
                "wykształcenie wyższe",
                "högskoleutbildning",
                "universitetsutbildning",
                "university graduate",
                "graduate degree or",
                "undergraduate or",
                "bachelorabschluss",
                "bachelorstudium",
                "degree qualified",
                "degree educated",
                "undergraduate",
            ],
        ),
        ((Bachelor, Sure::Beside), &["bs", "ba", "b s", "b a", "degree", "degrees", "diploma"]),
        (
            (Master, Sure::Yes),
            &[
                "master s",
                "masters degree",
                "master degree",
                "master of science",
                "master of arts",
                "masters in",
                "masters or",
                "msc",
                "m sc",
                "mba",
                "advanced degree",
                "graduate degree",
                "postgraduate degree",
                "bac 5",
                "diplôme d ingénieur",
                "école d ingénieur",
                "école d ingénieurs",
                "école de commerce",
                "laurea magistrale",
                "masterabschluss",
                "masterstudium",
                "m tech",
                "master in",
            ],
        ),
        ((Master, Sure::Beside), &["ms", "m s", "ma", "masters", "master"]),
        (
            (Doctorate, Sure::Yes),
            &[
                "phd",
                "ph d",
                "phds",
                "doctorate",
                "doctoral degree",
                "doctoral",
                "pharmd",
                "doctor of",
                "promotion in",
                "juris doctor",
                "j d",
            ],
        ),
    ])
});

/// Words that show that a doubtful wording is a degree.
const BESIDE: &[&str] = &[
    "degree",
    "degrees",
    "bachelor",
    "bachelors",
    "bs",
    "ba",
    "ms",
    "phd",
    "msc",
    "bsc",
    "diploma",
    "master",
    "masters",
];

const PREFERRED: &[&str] = &[
    "preferred",
    "plus",
    "nice",
    "ideally",
    "desirable",
    "desired",
    "bonus",
    "advantage",
    "advantageous",
    "vorteil",
    "wünschenswert",
    "idealerweise",
    "idéalement",
    "preferably",
    "helpful",
    "optional",
    "beneficial",
    "asset",
];

/// The degree that `clauses` ask for.
pub(super) fn education(clauses: &Clauses<'_>, ground: &Ground<'_>) -> Option<Found<Education>> {
    let mut best: Option<(bool, Found<Education>)> = None;
    let mut seen = 0;
    for ((level, sure), range) in DEGREES.find(clauses) {
        let (start, end) = clauses.span(range.clone());
        if start < seen {
            continue;
        }
        let kind = ground.kind(start);
        if matches!(kind, Kind::About | Kind::Benefits | Kind::Legal | Kind::Process | Kind::Pay | Kind::Place) {
            continue;
        }
        let sentence = clauses.sentence(range.start, 24);
        if !is_asked(clauses, sure, &range, &sentence, kind) {
            continue;
        }
        // Of "a Bachelor's or Master's degree" the lower is enough.
        let (mut lowest, mut last) = (level, (start, end));
        for at in range.end..sentence.end {
            if let Some(((other, other_sure), length)) = DEGREES.at(clauses, at) {
                // "a master's degree" asks for no less than a master's.
                let plain = matches!(clauses.word(at), "degree" | "degrees" | "diploma");
                let beside = other_sure == Sure::Yes || !plain && degree_beside(clauses, &(at..at + length), &sentence);
                if beside {
                    lowest = lowest.min(other);
                    last = clauses.span(at..at + length);
                }
            }
        }
        seen = last.1.max(end);
        let preferred_words =
            clauses.has(sentence.clone(), PREFERRED) || matches!(clauses.word(sentence.end), "preferred" | "desirable");
        let demanded =
            clauses.has(sentence.clone(), &["required", "requires", "must", "minimum", "erforderlich", "least"]);
        let preferred = kind == Kind::Preferred || preferred_words && !demanded;
        let value = Education { level: lowest, preferred, equivalent: equivalent(clauses, start) };
        let confidence = if kind == Kind::Requirements || kind == Kind::Preferred { 0.95 } else { 0.8 };
        let found = Found::in_text(value, "education-phrase", (start, end), confidence);
        // What is required before what is preferred, then what stands first.
        if best.as_ref().is_none_or(|(best_preferred, _)| *best_preferred && !preferred) {
            best = Some((preferred, found));
        }
    }
    best.map(|(_, found)| found)
}

fn is_asked(
    clauses: &Clauses<'_>,
    sure: Sure,
    range: &std::ops::Range<usize>,
    sentence: &std::ops::Range<usize>,
    kind: Kind,
) -> bool {
    if sure == Sure::Beside && !degree_beside(clauses, range, sentence) {
        return false;
    }
    let before = sentence.start..range.start;
    // "no degree required", "we don't care about degrees", "colleagues with PhDs from …", "pursuing a degree" asks for a student.
    if clauses.has(
        before.clone(),
        &[
            "no",
            "not",
            "don",
            "doesn",
            "without",
            "regardless",
            "our",
            "founders",
            "founder",
            "founded",
            "he",
            "she",
            "kein",
            "keine",
            "students",
            "student",
            "offer",
            "customers",
            "pursuing",
            "enrolled",
            "studying",
        ],
    ) && !clauses.has(before.clone(), &["if"])
    {
        return false;
    }
    // "PhD scientists", "PhD candidate"
    if clauses.has(
        range.end..sentence.end.min(range.end + 2),
        &["scientists", "researchers", "engineers", "students", "student", "colleagues", "teams"],
    ) {
        return false;
    }
    // In an account of the work, only what speaks of the applicant counts.
    let applicant = ["degree", "required", "preferred", "equivalent", "in", "or", "of", "field", "studium", "plus"];
    !matches!(kind, Kind::Duties) || clauses.has(sentence.clone(), &applicant)
}

/// Whether what stands around a doubtful wording shows that it is a degree.
fn degree_beside(clauses: &Clauses<'_>, range: &std::ops::Range<usize>, sentence: &std::ops::Range<usize>) -> bool {
    let word = clauses.word(range.start);
    let after = clauses.word(range.end);
    let inside = range.end < sentence.end;
    if matches!(word, "degree" | "degrees" | "diploma") {
        // "a high degree of ownership", "360 degrees"
        let subject = inside
            && matches!(
                after,
                "in" | "or" | "from" | "required" | "preferred" | "program" | "is" | "with" | "and" | "not" | "level"
            );
        let before = range.start.checked_sub(1).map_or("", |at| clauses.word(at));
        return (subject || !inside || before == "technical" || before == "relevant" || before == "engineering")
            && after != "of"
            && !matches!(before, "high" | "360" | "some" | "certain");
    }
    // Capitals tell "BS" and "MA" from words and places; a point tells "b.s.".
    let (start, end) = clauses.span(range.clone());
    let capital = clauses.text[start..end].chars().next().is_some_and(char::is_uppercase);
    let near = range.start.saturating_sub(4).max(sentence.start)..(range.end + 5).min(sentence.end);
    let others = near.clone().filter(|at| !range.contains(at)).any(|at| BESIDE.contains(&clauses.word(at)));
    capital && (inside && after == "in" && !matches!(word, "ma" | "master") || others || inside && after == "degree")
}

/// Whether experience may stand for the degree in the line of the byte `at`.
fn equivalent(clauses: &Clauses<'_>, at: usize) -> bool {
    let (_, line) = clauses.line(at);
    [
        "equivalent",
        "or relevant experience",
        "or related experience",
        "or comparable",
        "in lieu",
        "oder vergleichbar",
        "ou équivalent",
        "o equivalente",
        "oder eine vergleichbare",
        "or similar experience",
        "or demonstrated experience",
        "or practical experience",
        "of gelijkwaardig",
        "or work experience",
        "or commensurate",
    ]
    .iter()
    .any(|words| line.contains(words))
}
