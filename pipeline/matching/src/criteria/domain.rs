//! Domain: whether the role is in a field of work that the person asked for.

use super::{Criterion, Explanation};
use crate::profile::{Prepared, Wanted};
use crate::vacancy::Vacancy;
use crate::words::{names, stems};

pub(super) const CRITERION: Criterion = Criterion { name: "domain", weight: 5.0, score, explain };

/// Where a wanted field is named, the field of the posting that names it, and its words.
type Found<'a> = (&'a Wanted, &'static str, &'a str);

fn found<'a>(prepared: &'a Prepared, vacancy: &Vacancy<'a>) -> Option<Found<'a>> {
    let by_stems = |field: &'static str, text: Option<&'a str>| {
        let text = text?;
        let there = stems(&text.replace(['_', '-'], " "));
        let wanted = prepared.domains.iter().find(|wanted| wanted.stems.iter().all(|stem| there.contains(stem)))?;
        Some((wanted, field, text))
    };
    let in_excerpt = || {
        let wanted = prepared.domains.iter().find(|wanted| names(vacancy.excerpt, &wanted.words))?;
        let quote = crate::words::enclosing(vacancy.excerpt, &[wanted.words.as_str()])?;
        Some((wanted, "excerpt", quote))
    };
    by_stems("domain", vacancy.domain).or_else(|| by_stems("title", Some(vacancy.title))).or_else(in_excerpt)
}

fn score(prepared: &Prepared, vacancy: &Vacancy) -> Option<f64> {
    if prepared.domains.is_empty() {
        return None;
    }
    match found(prepared, vacancy) {
        Some(_) => Some(1.0),
        None => vacancy.domain.map(|_| 0.0),
    }
}

fn explain(prepared: &Prepared, vacancy: &Vacancy, score: Option<f64>) -> Explanation {
    if score.is_none() {
        let side = if prepared.domains.is_empty() { "The profile" } else { "The posting" };
        return Explanation::of(format!("{side} names no field of work."));
    }
    match found(prepared, vacancy) {
        Some((wanted, field, quote)) => Explanation::of(format!("It is in {}, as wanted.", wanted.words)).with(
            format!("wants {}", wanted.words),
            &wanted.words,
            field,
            quote,
        ),
        None => Explanation::of(format!("Its field, {}, is not among those wanted.", vacancy.domain.unwrap_or_default())),
    }
}
