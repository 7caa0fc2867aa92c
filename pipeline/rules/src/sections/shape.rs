//! What lines without a heading say that they are, only where it is clear.

use super::Kind;
use super::heading::{is_item, read};

/// Most items of a list that are looked at.
const ITEMS: usize = 12;

/// Fewest items that show what a list is.
const FEWEST: usize = 3;

/// Words that items of a list of duties begin with.
const DUTY_VERBS: &[&str] = &[
    "act",
    "analyze",
    "architect",
    "assist",
    "attend",
    "be",
    "build",
    "champion",
    "coach",
    "collaborate",
    "communicate",
    "conduct",
    "contribute",
    "coordinate",
    "create",
    "define",
    "deliver",
    "design",
    "determine",
    "develop",
    "document",
    "drive",
    "engage",
    "ensure",
    "establish",
    "evaluate",
    "execute",
    "facilitate",
    "guide",
    "help",
    "identify",
    "implement",
    "improve",
    "integrate",
    "lead",
    "maintain",
    "manage",
    "mentor",
    "monitor",
    "negotiate",
    "operate",
    "optimize",
    "optimise",
    "oversee",
    "own",
    "participate",
    "partner",
    "perform",
    "plan",
    "prepare",
    "produce",
    "provide",
    "recruit",
    "research",
    "resolve",
    "review",
    "run",
    "scale",
    "serve",
    "set",
    "shape",
    "ship",
    "solve",
    "support",
    "test",
    "track",
    "train",
    "translate",
    "troubleshoot",
    "work",
    "write",
];

/// Marks of an item that asks for something, after a space in front.
const ASKS: &[&str] = &[
    " years",
    "+ years",
    " experience",
    " proficien",
    " knowledge of",
    " ability to",
    " degree",
    " familiar",
    " fluen",
    " understanding of",
    " skills",
    " track record",
    " background in",
    " comfortable ",
    " expertise in",
    " kenntnisse",
    " erfahrung",
    " expérience",
    " experiencia",
    " ervaring",
    " you have",
    " you've",
    " passion",
    " strong ",
    " excellent ",
];

/// Marks of an item that gives something.
const GIVES: &[&str] = &[
    "insurance",
    "401k",
    "401(k)",
    "paid time off",
    " pto",
    "pension",
    "stipend",
    "parental leave",
    "equity",
    "stock option",
    "vacation",
    "health",
    "dental",
    "holiday",
    "allowance",
    "home office",
    "gym",
    "free lunch",
    "bonus",
    "urlaub",
    "flexible hours",
    "retirement",
    "reimbursement",
    "offsite",
    "company retreat",
    "competitive salary",
    "competitive pay",
    "salary",
    "paid leave",
    "days off",
    "learning budget",
    "congés",
    "vacaciones",
];

/// What the list that `lines` begin with is, by most of its items.
pub(super) fn list(lines: &[(usize, &str)]) -> Option<Kind> {
    let items = lines
        .iter()
        .map(|(_, line)| line.trim())
        .filter(|line| !line.is_empty())
        .take_while(|line| is_item(line))
        .take(ITEMS);
    let (mut count, mut duties, mut asks, mut gives) = (0, 0, 0, 0);
    for item in items {
        count += 1;
        match one(item) {
            Some(Kind::Duties) => duties += 1,
            Some(Kind::Requirements) => asks += 1,
            Some(Kind::Benefits) => gives += 1,
            _ => {}
        }
    }
    let most = [(duties, Kind::Duties), (asks, Kind::Requirements), (gives, Kind::Benefits)]
        .into_iter()
        .max_by_key(|(votes, _)| *votes)?;
    // Two of three items, so that the others are few.
    (count >= FEWEST && most.0 * 3 >= count * 2).then_some(most.1)
}

fn one(item: &str) -> Option<Kind> {
    let item = crate::html::prefix(item, 200);
    let body = item.trim_start_matches(|c: char| !c.is_alphanumeric());
    let lower = format!(" {}", body.to_lowercase());
    let first = lower.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty())?;
    if DUTY_VERBS.contains(&first) {
        return Some(Kind::Duties);
    }
    let has = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    let (asks, gives) = (has(ASKS), has(GIVES));
    match (asks, gives) {
        (true, false) => Some(Kind::Requirements),
        (false, true) => Some(Kind::Benefits),
        _ => None,
    }
}

/// Marks of a notice.
const NOTICES: &[&str] = &[
    "equal opportunity",
    "equal employment",
    "equal-opportunity",
    "without regard to",
    "regardless of race",
    "e-verify",
    "reasonable accommodation",
    "protected veteran",
    "background check",
    "privacy notice",
    "privacy policy",
    "unsolicited resumes",
    "chancengleichheit",
    "unabhängig von geschlecht",
    "ungeachtet",
    "égalité des chances",
    "igualdad de oportunidades",
    "fair chance",
    "criminal histor",
    "on the basis of race",
    "discriminat",
    "personal data",
    "protected characteristic",
    "protected by law",
    "of any race",
    "different backgrounds",
    "variety of backgrounds",
    "diverse backgrounds",
    "visa sponsorship",
    "sponsor visas",
    "provide sponsorship",
    "export regulations",
    "we celebrate diversity",
    "we value diversity",
    "workforce that reflects",
];

/// Marks of a paragraph on pay, which also needs a number.
const PAYS: &[&str] = &[
    "salary range",
    "pay range",
    "base salary",
    "compensation range",
    "base pay",
    "annual salary",
    "hourly rate",
    "salary for this",
    "target earnings",
    "compensation for this",
    "gehaltsspanne",
    "jahresgehalt",
    "fourchette",
    "expected salary",
    "starting salary",
];

/// Marks of a paragraph on the employer.
const ABOUTS: &[&str] = &[
    "our mission",
    "we're building",
    "we are building",
    "we’re building",
    "backed by",
    "founded in",
    "is a leading",
    "is the leading",
    "we're on a mission",
    "we are on a mission",
    "we’re on a mission",
    "our customers",
    "our platform",
    "headquartered in",
    "series a",
    "series b",
    "series c",
    "we are a ",
    "our team is",
    "wir sind ein",
    "nous sommes une",
    "somos una",
    "y combinator",
    "our vision",
    "on a mission",
    "join us",
    "we believe",
    "is building",
    "we've raised",
    "we’ve raised",
];

/// Marks of a paragraph on applying.
const APPLIES: &[&str] = &[
    "to apply,",
    "apply at",
    "apply here",
    "send your resume",
    "send your cv",
    "send us your",
    "please apply",
    "submit your",
    "email us",
    "e-mail us",
    "to apply:",
];

/// Marks of a paragraph that says whom the employer looks for.
const SEARCHES: &[&str] = &[
    "looking for a ",
    "looking for an ",
    "seeking a ",
    "seeking an ",
    "hiring a ",
    "hiring an ",
    "wir suchen ",
    "nous recherchons ",
    "buscamos ",
];

/// Marks of a paragraph on the role.
const ROLES: &[&str] = &[
    "you’ll ",
    "you'll ",
    "you will ",
    "this role ",
    "the role ",
    "this position ",
    "join us as ",
    "we need a ",
    "to join our team as",
];

/// Whether a paragraph speaks of the role rather than of the employer.
pub(super) fn is_role(line: &str) -> bool {
    let lower = crate::html::prefix(line, 400).to_lowercase();
    let opens = lower.starts_with("as a ") || lower.starts_with("as an ") || lower.starts_with("as the ");
    opens && lower.contains(" you") || is_search(line) || ROLES.iter().any(|mark| lower.contains(mark))
}

/// Whether a paragraph says whom the employer looks for.
pub(super) fn is_search(line: &str) -> bool {
    let lower = crate::html::prefix(line, 160).to_lowercase();
    SEARCHES.iter().any(|mark| lower.contains(mark))
}

/// What a paragraph that is no heading and no item says.
pub(super) fn paragraph(line: &str) -> Option<Kind> {
    let lower = crate::html::prefix(line, 4_000).to_lowercase();
    let has = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    if has(NOTICES) {
        return Some(Kind::Legal);
    }
    if has(PAYS) && line.len() < 1_200 && lower.contains(|c: char| c.is_ascii_digit()) {
        return Some(Kind::Pay);
    }
    if has(APPLIES) && line.len() < 300 {
        return Some(Kind::Process);
    }
    // A short line may be anything.
    (line.len() >= 80 && has(ABOUTS) && read(line).is_none()).then_some(Kind::About)
}
