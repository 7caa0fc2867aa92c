//! The people that the role manages.

use serde::Serialize;

use super::Found;
use super::clauses::Clauses;

/// How many people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reports {
    /// The least, where it is said.
    pub min: Option<u16>,
    /// The most, where it is said.
    pub max: Option<u16>,
}

const LEADS: &[&str] = &[
    "manage",
    "managing",
    "lead",
    "leading",
    "supervise",
    "supervising",
    "oversee",
    "overseeing",
    "coach",
    "coaching",
    "mentor",
    "direct",
    "leite",
    "leitest",
    "leiten",
    "führst",
    "führen",
    "encadrer",
    "manager",
];

/// Whether the role manages people: "manage a team of 8", "5 direct reports", "lead a team of engineers".
pub(super) fn management(clauses: &Clauses<'_>, ground: &super::Ground<'_>) -> Option<Found<Reports>> {
    (0..clauses.len()).find_map(|at| {
        let start = clauses.at(at)?.start;
        // What the applicant has done before is no work of this role.
        if !matches!(ground.kind(start), crate::sections::Kind::Duties | crate::sections::Kind::Other) {
            return None;
        }
        let sentence = clauses.sentence(at, 8);
        let led = clauses.has(sentence.start..at, LEADS);
        let experience = clauses.has(sentence.clone(), &["experience", "years", "reporting"]);
        if clauses.word(at) == "reports" && clauses.word(at.checked_sub(1)?) == "direct" && !experience {
            let count = at
                .checked_sub(2)
                .and_then(|before| clauses.word(before).parse::<u16>().ok())
                .filter(|count| *count < 1_000);
            return (led || count.is_some()).then(|| {
                Found::in_text(Reports { min: count, max: count }, "direct-reports", clauses.span(at - 1..at + 1), 0.85)
            });
        }
        if clauses.word(at) != "team" || !led || experience || clauses.word(at + 1) != "of" {
            return None;
        }
        // The verb must govern the team: "lead a (growing, small, global) team of …".
        let near = clauses.has(sentence.start.max(at.saturating_sub(4))..at, LEADS);
        let small = |word: &str| word.parse::<u16>().ok().filter(|count| *count < 1_000);
        let low = small(clauses.word(at + 2));
        let gap = clauses.gap(at + 3);
        let high = low.and_then(|low| {
            small(clauses.word(at + 3)).filter(|high| *high > low && gap.len() <= 5 && gap.contains(['-', '–', '—']))
        });
        let open = low.is_some() && high.is_none() && gap.starts_with('+');
        let value = Reports { min: low, max: if open { None } else { high.or(low) } };
        let end = at + 3 + usize::from(high.is_some());
        near.then(|| {
            Found::in_text(
                value,
                "team-of",
                clauses.span(at..end.min(clauses.len())),
                if low.is_some() { 0.9 } else { 0.75 },
            )
        })
    })
}
