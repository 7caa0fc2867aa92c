//! What a posting says about the permission to work: whether the employer sponsors a visa, and whose citizenship it asks for.

use std::ops::Range;
use std::sync::LazyLock;

use serde::Serialize;

use super::Found;
use super::clauses::{Clauses, Phrases};

/// Whether the employer sponsors a visa.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Visa {
    /// It does.
    Offered,
    /// It does not, or the applicant must need none.
    NotOffered,
    /// For some places, roles or people, or case by case.
    Considered,
}

impl Visa {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::NotOffered => "not_offered",
            Self::Considered => "considered",
        }
    }
}

/// Words for the act of sponsoring.
const SPONSOR: &[&str] = &["sponsor", "sponsors", "sponsorship", "sponsorships", "sponsoring", "sponsored"];

/// Words that show that the sponsoring is about permission to work.
const PERMISSION: &[&str] = &[
    "visa",
    "visas",
    "immigration",
    "h1b",
    "authorization",
    "authorisation",
    "authorized",
    "authorised",
    "permit",
    "permits",
    "employment",
    "work",
    "h",
    "citizens",
    "tn",
    "relocation",
    "candidates",
    "applicants",
    "green",
];

const DENIALS: &[&str] = &[
    "not",
    "unable",
    "cannot",
    "can",
    "without",
    "no",
    "nor",
    "don",
    "doesn",
    "won",
    "never",
    "unfortunately",
    "ineligible",
    "isn",
    "aren",
    "non",
];

const CONDITIONS: &[&str] = &[
    "case",
    "consider",
    "considered",
    "may",
    "might",
    "exceptional",
    "depending",
    "certain",
    "select",
    "some",
    "only",
    "limited",
    "possible",
    "potentially",
    "discuss",
    "open",
];

const OFFERS: &[&str] = &[
    "available",
    "offer",
    "offers",
    "offered",
    "provide",
    "provides",
    "provided",
    "can",
    "will",
    "happy",
    "able",
    "support",
    "supports",
    "willing",
    "yes",
    "do",
    "assist",
    "help",
    "assistance",
    "we",
    "including",
    "possible",
    "open",
    "cover",
    "eligible",
    "full",
];

/// What `clauses` say about sponsoring. A denial anywhere weighs more than an offer: who reads "available" where it is not loses more.
pub(super) fn visa(clauses: &Clauses<'_>) -> Option<Found<Visa>> {
    let mut best: Option<Found<Visa>> = None;
    let mut past = 0;
    for at in 0..clauses.len() {
        if at < past {
            continue;
        }
        let word = clauses.word(at);
        let is_sponsor = SPONSOR.contains(&word);
        if !is_sponsor && !matches!(word, "visa" | "visas" | "visum" | "visumsponsoring") {
            continue;
        }
        let sentence = clauses.sentence(at, 30);
        let Some(value) =
            (if is_sponsor { sponsoring(clauses, at, &sentence) } else { plain_visa(clauses, at, &sentence) })
        else {
            continue;
        };
        past = sentence.end;
        let found =
            Found::in_text(value, "visa-sentence", clauses.span(sentence), if is_sponsor { 0.95 } else { 0.85 });
        let stronger = best.as_ref().is_none_or(|best| rank(value) > rank(best.value));
        if stronger {
            best = Some(found);
        }
    }
    best
}

const fn rank(visa: Visa) -> u8 {
    match visa {
        Visa::Offered => 0,
        Visa::Considered => 1,
        Visa::NotOffered => 2,
    }
}

fn sponsoring(clauses: &Clauses<'_>, at: usize, sentence: &Range<usize>) -> Option<Visa> {
    let near = sentence.start.max(at.saturating_sub(14))..sentence.end.min(at + 14);
    let before = sentence.start.max(at.saturating_sub(12))..at;
    let word = clauses.word(at);
    let denied = denied(clauses, before.clone());
    let permission = clauses.has(near.clone(), PERMISSION);
    // "We do not sponsor." says it without the word visa; "company-sponsored plan" and "executive sponsor" never do.
    let bare = denied && matches!(word, "sponsor" | "sponsorship");
    if word == "sponsored" && !clauses.has(near.clone(), &["visa", "visas", "h1b", "immigration"]) {
        return None;
    }
    let strict = [
        "visa",
        "visas",
        "immigration",
        "h1b",
        "authorization",
        "authorisation",
        "authorized",
        "authorised",
        "permit",
        "citizens",
    ];
    let about = if word.starts_with("sponsorship") {
        permission
    } else {
        clauses.has(near.clone(), &strict) || bare && clauses.word(at.saturating_sub(1)) != "executive"
    };
    if !about && !bare {
        return None;
    }
    // A question to the applicant says nothing: "Will you require sponsorship?"
    let asks = clauses.behind(sentence.end.saturating_sub(1)).contains('?');
    let needs = ["require", "requires", "requiring", "need", "needs", "needing", "required"];
    if asks {
        return None;
    }
    let after = at + 1..sentence.end.min(at + 8);
    let after_denied = clauses.has(after.clone(), &["not", "unavailable", "isn", "cannot"])
        && !clauses.has(after.clone(), &["only", "if"]);
    if clauses.has(before.clone(), &["without"]) || clauses.has(before.clone(), &needs) && denied || after_denied {
        return Some(Visa::NotOffered);
    }
    if denied {
        // "We cannot sponsor visas for every role" is not a plain no.
        let partly = clauses.has(near.clone(), &["every", "all", "always"]) && !clauses.has(near.clone(), &["at"])
            || clauses.has(near, &["outside"]);
        return Some(if partly { Visa::Considered } else { Visa::NotOffered });
    }
    if clauses.has(before.clone(), &needs) {
        return None;
    }
    if clauses.has(near.clone(), CONDITIONS) {
        return Some(Visa::Considered);
    }
    clauses.has(near, OFFERS).then_some(Visa::Offered)
}

/// Whether one of the words of `range` denies; "can" denies only as "can't", "not only" does not.
fn denied(clauses: &Clauses<'_>, range: Range<usize>) -> bool {
    range.into_iter().any(|at| {
        let word = clauses.word(at);
        let next = clauses.word(at + 1);
        match word {
            "can" | "don" | "doesn" | "won" | "isn" | "aren" => next == "t",
            "not" => next != "only",
            "no" => next != "matter",
            word => DENIALS.contains(&word) && word != "can",
        }
    })
}

/// "Visa support", "we help with your visa", and `VISA` among the marks of a heading line such as "Acme | Berlin | ONSITE | VISA".
fn plain_visa(clauses: &Clauses<'_>, at: usize, sentence: &Range<usize>) -> Option<Visa> {
    let next = clauses.word(at + 1);
    let inside = at + 1 < sentence.end;
    if inside && SPONSOR.contains(&next) {
        // The word "sponsorship" says it.
        return if sentence.end - sentence.start <= 3
            && at == sentence.start
            && sentence.end == at + 2
            && !heads(clauses, at + 1)
        {
            Some(Visa::Offered)
        } else {
            None
        };
    }
    let before = sentence.start.max(at.saturating_sub(8))..at;
    if inside
        && matches!(next, "support" | "assistance" | "help")
        && !clauses.has(sentence.clone(), &["visiting", "travel"])
    {
        return Some(if denied(clauses, before) { Visa::NotOffered } else { Visa::Offered });
    }
    let word = clauses.at(at)?;
    let capitals = clauses.text[word.start..word.end].chars().all(char::is_uppercase);
    // The first line of a comment on Hacker News: "Acme | Berlin | Visa | ONSITE", "ONSITE, VISA, Full Time".
    let bars = clauses.line(word.start).1.matches('|').count();
    let length = sentence.end - sentence.start;
    let marked = capitals && bars >= 1 && length <= 4 || bars >= 2 && length <= 2;
    if marked {
        return Some(if denied(clauses, before) { Visa::NotOffered } else { Visa::Offered });
    }
    None
}

/// Whether the word numbered `at` ends a heading, which says nothing by itself.
fn heads(clauses: &Clauses<'_>, at: usize) -> bool {
    let behind = clauses.behind(at);
    behind.contains(['\n', ':']) || behind.is_empty()
}

/// A citizenship that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Citizenship {
    /// ISO 3166-1 alpha-2 code; `EU` for any country of the European Union.
    pub country: &'static str,
    /// Whether permanent residents, or "U.S. persons" under export rules, are accepted too.
    pub residents: bool,
}

static CITIZENS: LazyLock<Phrases<&'static str>> = LazyLock::new(|| {
    Phrases::new(&[
        (
            "US",
            &[
                "u s citizen",
                "us citizen",
                "u s citizens",
                "us citizens",
                "u s citizenship",
                "us citizenship",
                "united states citizen",
                "united states citizenship",
                "american citizen",
                "american citizenship",
                "citizen of the united states",
                "citizens of the united states",
                "u s person",
                "us person",
                "u s persons",
                "us persons",
                "u s national",
            ],
        ),
        (
            "GB",
            &[
                "british citizen",
                "british citizenship",
                "uk citizen",
                "uk citizens",
                "uk citizenship",
                "british national",
                "sole british",
                "uk national",
                "uk nationals",
            ],
        ),
        ("AU", &["australian citizen", "australian citizens", "australian citizenship"]),
        ("CA", &["canadian citizen", "canadian citizens", "canadian citizenship"]),
        ("NZ", &["new zealand citizen", "new zealand citizens"]),
        (
            "DE",
            &["deutsche staatsangehörigkeit", "deutsche staatsbürgerschaft", "german citizen", "german citizenship"],
        ),
        ("FR", &["nationalité française", "french citizen", "french nationality"]),
        ("EU", &["eu citizen", "eu citizens", "eu citizenship", "european citizen"]),
        ("SG", &["singapore citizen", "singapore citizens", "singaporean citizen"]),
        ("IN", &["indian citizen", "indian citizenship"]),
    ])
});

/// The citizenship that `clauses` ask for.
pub(super) fn citizenship(clauses: &Clauses<'_>) -> Option<Found<Citizenship>> {
    CITIZENS.find(clauses).find_map(|(country, range)| {
        let sentence = clauses.sentence(range.start, 24);
        let near = sentence.start.max(range.start.saturating_sub(14))..sentence.end.min(range.end + 10);
        let asks = [
            "must",
            "require",
            "required",
            "requires",
            "requirement",
            "only",
            "need",
            "muss",
            "voraussetzung",
            "exigée",
            "necessary",
            "mandatory",
            "eligible",
            "limited",
        ];
        let spares = [
            "regardless",
            "preferred",
            "discriminate",
            "preference",
            "without",
            "race",
            "origin",
            "protected",
            "not",
            "plus",
            "customers",
        ];
        if !clauses.has(near.clone(), &asks) || clauses.has(near.clone(), &spares) {
            return None;
        }
        let person = matches!(clauses.word(range.end - 1), "person" | "persons" | "national");
        let residents = person
            || clauses
                .has(near.clone(), &["resident", "residents", "residency", "card", "asylee", "refugee", "lawful"]);
        Some(Found::in_text(Citizenship { country, residents }, "citizenship-phrase", clauses.span(near), 0.9))
    })
}
