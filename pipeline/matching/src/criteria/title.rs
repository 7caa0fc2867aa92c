//! Title: how many of the wanted title's words the role's title has, and how little else it says.

use super::{Criterion, Explanation};
use crate::profile::{Prepared, Wanted};
use crate::vacancy::Vacancy;
use crate::words::{are_related, enclosing, stems, weight, written};

pub(super) const CRITERION: Criterion = Criterion { name: "title", weight: 20.0, score, explain };

/// How much of the wanted being there counts beside nothing else being there.
const RECALL: f64 = 0.75;
/// What a wanted field of work counts for where a title was wanted.
const DOMAIN_INSTEAD: f64 = 0.5;
/// What a word of a neighbouring profession counts for, as `Infrastructure` where `Platform` was wanted.
const RELATED: f64 = 0.5;
/// What a title word that names one of the person's skills counts for, as in `Rust Engineer`.
const SKILL_WORD: f64 = 0.4;

fn likeness(prepared: &Prepared, wanted: &Wanted, title: &[String]) -> f64 {
    let of_wanted: f64 = wanted.stems.iter().map(|stem| weight(stem)).sum();
    let of_title: f64 = title.iter().map(|stem| weight(stem)).sum();
    let found: f64 = wanted.stems.iter().map(|stem| weight(stem) * credit(stem, title)).sum();
    if found <= 0.0 {
        return 0.0;
    }
    let others = title.iter().filter(|stem| credit(stem, &wanted.stems) == 0.0);
    let skilled = SKILL_WORD * others.filter(|stem| prepared.skills.contains_key(*stem)).count() as f64;
    let fitting: f64 = title.iter().map(|stem| weight(stem) * credit(stem, &wanted.stems)).sum();
    let share = |part: f64, whole: f64| ((part + skilled) / whole).min(1.0);
    RECALL * share(found, of_wanted) + (1.0 - RECALL) * share(fitting, of_title)
}

/// How far `stem` stands among `others`: itself, a neighbour, or not at all.
fn credit(stem: &String, others: &[String]) -> f64 {
    if others.contains(stem) {
        1.0
    } else if others.iter().any(|other| are_related(stem, other)) {
        RELATED
    } else {
        0.0
    }
}

/// The wanted title or field that the role's title is most like, and how much.
fn best<'a>(prepared: &'a Prepared, title: &[String]) -> Option<(&'a Wanted, f64)> {
    let titles = prepared.title.iter().map(|wanted| (wanted, 1.0));
    let share = if prepared.title.is_some() { DOMAIN_INSTEAD } else { 1.0 };
    let domains = prepared.domains.iter().map(|wanted| (wanted, share));
    let scored = titles.chain(domains).map(|(wanted, share)| (wanted, share * likeness(prepared, wanted, title)));
    // The first of equals stays: the title before the domains, each in the person's order.
    scored.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

fn score(prepared: &Prepared, vacancy: &Vacancy) -> Option<f64> {
    let title = stems(vacancy.title);
    if title.is_empty() {
        return None;
    }
    best(prepared, &title).map(|(_, score)| score)
}

fn explain(prepared: &Prepared, vacancy: &Vacancy, score: Option<f64>) -> Explanation {
    let title = stems(vacancy.title);
    let Some((wanted, likeness)) = best(prepared, &title).filter(|_| score.is_some()) else {
        let side = if title.is_empty() { "The posting's title" } else { "The profile" };
        return Explanation::of(format!("{side} names no work to compare."));
    };
    let shared = written(vacancy.title, &wanted.stems);
    if shared.is_empty() {
        let how = if likeness > 0.0 { "is related to" } else { "has nothing of" };
        return Explanation::of(format!("\u{201c}{}\u{201d} {how} \u{201c}{}\u{201d}.", vacancy.title, wanted.words));
    }
    let how = match likeness {
        likeness if likeness >= 0.9 => "is",
        likeness if likeness >= 0.5 => "is close to",
        _ => "has little of",
    };
    let reason = format!("\u{201c}{}\u{201d} {how} the wanted \u{201c}{}\u{201d}.", vacancy.title, wanted.words);
    let quote = enclosing(vacancy.title, &shared).unwrap_or(vacancy.title);
    Explanation::of(reason).with(format!("wants {}", wanted.words), &wanted.words, "title", quote)
}
