//! Years of experience that a posting asks for, told from the years of companies, people and contracts.

use serde::Serialize;

use super::clauses::Clauses;

/// A number of years of experience, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Years {
    /// The least that is asked; `None` for "up to three years".
    pub min: Option<u8>,
    /// The most, where a range says so.
    pub max: Option<u8>,
    /// The first byte of the number.
    pub start: usize,
    /// Behind the last byte of the word for years.
    pub end: usize,
}

/// More years than that are no one's experience.
const MOST: u8 = 40;

/// Words for years.
const YEARS: &[&str] = &[
    "years", "year", "yrs", "yr", "yoe", "jahre", "jahren", "jahr", "ans", "années", "año", "años", "anni", "jaar",
    "jaren", "anos", "lat", "lata", "år",
];

/// Every number of years of experience that `text` asks for, in order. Years of a company, of age, of a contract or of study are none.
pub fn years(text: &str) -> Vec<Years> {
    in_clauses(&Clauses::new(text))
}

pub(super) fn in_clauses(clauses: &Clauses<'_>) -> Vec<Years> {
    (0..clauses.len()).filter_map(|at| read(clauses, at)).collect()
}

fn read(clauses: &Clauses<'_>, at: usize) -> Option<Years> {
    let word = clauses.word(at);
    let (first, last, open, next) = if YEARS.contains(&word) {
        let gap = clauses.gap(at);
        // "seven or more years"
        let more = at >= 3 && clauses.word(at - 1) == "more" && matches!(clauses.word(at - 2), "or" | "oder");
        if more && !clauses.at(at - 1).is_some_and(|word| word.first) {
            let min = number(clauses.word(at - 3))?;
            let sentence = clauses.sentence(at, 14);
            return speaks_of_experience(clauses, at - 3, at, &sentence).then_some(Years {
                min: Some(min),
                max: None,
                start: clauses.at(at - 3)?.start,
                end: clauses.at(at)?.end,
            });
        }
        let near =
            gap.len() <= 8 && gap.chars().all(|c| matches!(c, ' ' | '+' | '-' | ')' | '\u{a0}' | '‑' | '–' | '＋'));
        if !near || at == 0 {
            return None;
        }
        // "five (5) years" is one number, written twice.
        let twice = clauses.gap(at).contains(')') && clauses.gap(at - 1).trim() == "(";
        let end = if twice { at - 2 } else { at - 1 };
        (number(clauses.word(end))?, end, gap.contains(['+', '＋']), at)
    } else {
        // "5yrs", "3yoe"
        let digits = word.find(|c: char| !c.is_ascii_digit())?;
        if digits == 0 || !YEARS.contains(&&word[digits..]) {
            return None;
        }
        (number(&word[..digits])?, at, false, at)
    };
    let (low, start) = lower_end(clauses, last, first);
    if low.is_some_and(|low| low > first) || first > MOST {
        return None;
    }
    let sentence = clauses.sentence(at, 14);
    if !speaks_of_experience(clauses, start, next, &sentence) {
        return None;
    }
    let before = sentence.start.max(start.saturating_sub(3))..start;
    let at_most = clauses.has(before.clone(), &["maximum", "max", "maximal", "höchstens"])
        || clauses.has(before.clone(), &["up"]) && clauses.has(before.clone(), &["to"])
        || clauses.has(before.clone(), &["less", "fewer", "weniger"]) && clauses.has(before, &["than", "als"]);
    let (min, max) = match low {
        Some(low) if open => (Some(low), None),
        Some(low) => (Some(low), Some(first)),
        None if at_most && !open => (None, Some(first)),
        None => (Some(first), None),
    };
    Some(Years { min, max, start: clauses.at(start)?.start, end: clauses.at(next)?.end })
}

/// The lower end of a range whose upper end is the word numbered `last`, and the first word of the number.
fn lower_end(clauses: &Clauses<'_>, last: usize, upper: u8) -> (Option<u8>, usize) {
    let dashes =
        |gap: &str| gap.len() <= 8 && gap.contains(['-', '–', '—', '‑', '~', '−', '/']) && !gap.contains(['\n', ',']);
    let Some(before) = last.checked_sub(1) else { return (None, last) };
    if clauses.at(last).is_some_and(|word| word.first) {
        return (None, last);
    }
    if dashes(clauses.gap(last))
        && let Some(low) = number(clauses.word(before))
        && low < upper
    {
        return (Some(low), before);
    }
    let joined = ["to", "bis", "à", "a", "and", "y", "e", "tot", "do", "till", "och", "or", "til"]
        .contains(&clauses.word(before));
    if joined
        && let Some(at) = before.checked_sub(1)
        && let Some(low) = number(clauses.word(at))
        && low < upper
        && !clauses.at(before).is_some_and(|word| word.first)
    {
        return (Some(low), at);
    }
    (None, last)
}

fn number(word: &str) -> Option<u8> {
    if word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return word.parse().ok();
    }
    Some(match word {
        "one" | "ein" | "eine" | "einem" | "un" | "una" | "een" => 1,
        "two" | "zwei" | "deux" | "dos" | "due" | "twee" | "dois" => 2,
        "three" | "drei" | "trois" | "tres" | "tre" | "drie" | "três" => 3,
        "four" | "vier" | "quatre" | "cuatro" | "quattro" => 4,
        "five" | "fünf" | "cinq" | "cinco" | "cinque" | "vijf" => 5,
        "six" | "sechs" | "seis" | "sei" => 6,
        "seven" | "sieben" | "sept" | "siete" => 7,
        "eight" | "acht" | "huit" | "ocho" => 8,
        "nine" => 9,
        "ten" | "zehn" | "dix" | "diez" | "dieci" | "tien" => 10,
        "twelve" => 12,
        "fifteen" => 15,
        "twenty" => 20,
        _ => return None,
    })
}

/// Words that make a number of years experience wherever they stand in its sentence.
const EXPERIENCE: &[&str] = &[
    "experience",
    "experienced",
    "experiences",
    "exp",
    "yoe",
    "erfahrung",
    "berufserfahrung",
    "erfahrungen",
    "praxiserfahrung",
    "expérience",
    "expériences",
    "experiencia",
    "esperienza",
    "ervaring",
    "werkervaring",
    "experiência",
    "doświadczenia",
    "doświadczenie",
    "erfarenhet",
    "erfaring",
    "background",
    "expertise",
    "seniority",
    "tenure",
    "exposure",
];

/// Words that, right behind the number of years, say in what the years were spent.
const SPENT: &[&str] = &[
    "in",
    "with",
    "as",
    "working",
    "building",
    "managing",
    "leading",
    "developing",
    "designing",
    "selling",
    "writing",
    "shipping",
    "using",
    "running",
    "at",
    "practicing",
    "post",
    "hands",
    "doing",
    "programming",
    "coding",
    "supporting",
    "engineering",
    "creating",
    "industry",
    "relevant",
    "professional",
    "prior",
    "leadership",
    "management",
    "teaching",
    "operating",
    "owning",
    "driving",
    "closing",
    "recruiting",
    "sales",
    "software",
    "full",
    "development",
    "work",
    "practical",
];

/// Words in front that ask.
const ASKED: &[&str] = &[
    "least",
    "minimum",
    "min",
    "mindestens",
    "minimal",
    "mínimo",
    "minimaal",
    "moins",
    "almeno",
    "menos",
    "minst",
    "mindst",
    "co",
    "über",
];

fn speaks_of_experience(clauses: &Clauses<'_>, start: usize, last: usize, sentence: &std::ops::Range<usize>) -> bool {
    let before = sentence.start.max(start.saturating_sub(5))..start;
    let after = last + 1..sentence.end.min(last + 9);
    let next = clauses.word(last + 1);
    let inside = last + 1 < sentence.end;
    // "2 years ago", "18 years old", "a 4-year degree", "over the last 10 years", "within 2 years", "our 20 years".
    const AGES: &[&str] = &[
        "ago",
        "old",
        "older",
        "age",
        "alt",
        "vesting",
        "cliff",
        "contract",
        "warranty",
        "runway",
        "anniversary",
        "degree",
        "program",
        "programme",
        "track",
        "from",
        "olds",
        "duration",
        "befristet",
        "sabbatical",
    ];
    if inside && AGES.contains(&next) || inside && next == "of" && AGES.contains(&clauses.word(last + 2)) {
        return false;
    }
    let one_back = start.checked_sub(1).map_or("", |at| clauses.word(at));
    const SPANS: &[&str] = &[
        "last",
        "past",
        "next",
        "every",
        "first",
        "within",
        "coming",
        "previous",
        "after",
        "since",
        "letzten",
        "nächsten",
        "dernières",
        "prochaines",
        "últimos",
        "per",
        "each",
        "another",
    ];
    if start > sentence.start && SPANS.contains(&one_back) {
        return false;
    }
    let owned = clauses.has(
        sentence.start..start,
        &[
            "our",
            "we",
            "company",
            "founded",
            "founders",
            "founder",
            "ceo",
            "team",
            "combined",
            "collective",
            "collectively",
            "wir",
            "unser",
            "unsere",
            "unternehmen",
            "notre",
            "nous",
            "benji",
            "he",
            "she",
            "cofounder",
            "has",
            "vest",
            "visa",
            "remain",
            "valid",
            "exercise",
            "business",
            "sabbatical",
        ],
    ) && !clauses.has(
        sentence.clone(),
        &[
            "you",
            "your",
            "looking",
            "candidate",
            "candidates",
            "require",
            "required",
            "requires",
            "seeking",
            "du",
            "sie",
            "vous",
            "ideally",
            "must",
        ],
    );
    if owned {
        return false;
    }
    clauses.has(after.clone(), EXPERIENCE)
        || clauses.has(before.clone(), EXPERIENCE)
        || inside && SPENT.contains(&next)
        || inside
            && next == "of"
            && !clauses.has(
                after,
                &[
                    "growth",
                    "funding",
                    "history",
                    "service",
                    "profitability",
                    "age",
                    "innovation",
                    "operation",
                    "operations",
                ],
            )
            && !clauses.has(sentence.start..start, &["after", "for"])
        || clauses.has(before, ASKED) && !inside
        || one_back == "for" && !inside && start > sentence.start + 1
        || clauses.word(last).ends_with("yoe")
}
