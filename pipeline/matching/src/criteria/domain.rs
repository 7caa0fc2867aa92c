//! Domain: whether the role is in a field of work that the person asked for.

use super::{Criterion, Explanation};
use crate::profile::{Prepared, Wanted};
use crate::vacancy::Vacancy;
use crate::words::{enclosing, names, stems, weight};

pub(super) const CRITERION: Criterion = Criterion { name: "domain", weight: 5.0, score, explain };

/// What people call the fields of work that postings are sorted into, as stems.
const CALLED: &[(&str, &[&str])] = &[
    ("ai", &["ai", "intelligenc", "ml", "nlp"]),
    ("construction", &["build", "civil", "construction", "trad"]),
    ("data", &["analy", "bi", "data", "databas", "etl", "warehous"]),
    ("design", &["creativ", "design", "ui", "ux"]),
    ("education", &["education", "educational", "school", "teach", "tutor"]),
    ("finance", &["account", "audit", "bank", "financ", "financial", "tax"]),
    ("hardware", &["electrical", "embedd", "firmwar", "hardwar", "mechanical", "robotic"]),
    ("health", &["car", "clinical", "health", "healthcar", "medical", "medicin", "nurs", "patient"]),
    ("hospitality", &["cook", "hospitality", "hotel", "kitchen", "restaurant"]),
    ("infrastructure", &["cloud", "devop", "infrastructur", "network", "platform", "sre"]),
    ("legal", &["complianc", "law", "legal"]),
    ("logistics", &["logistic", "supply", "transport", "warehous"]),
    ("marketing", &["brand", "content", "market", "seo"]),
    ("operations", &["operation", "operational"]),
    ("people", &["hr", "peopl", "recruit", "recruitment", "talent"]),
    ("product", &["product"]),
    ("sales", &["sale", "sell"]),
    ("science", &["biology", "chemistry", "laboratory", "research", "scienc"]),
    ("security", &["cybersecurity", "infosec", "security"]),
    (
        "software",
        &["android", "app", "backend", "engineer", "frontend", "fullstack", "io", "mobil", "program", "softwar", "web"],
    ),
    ("support", &["customer", "support"]),
];

/// Where a wanted field is named: the wish, the column of the posting that names it, and its words.
type Found<'a> = (&'a Wanted, &'static str, &'a str);

fn found<'a>(prepared: &'a Prepared, vacancy: &Vacancy<'a>) -> Option<Found<'a>> {
    let title = stems(vacancy.title);
    let in_title = prepared.domains.iter().find(|wanted| wanted.stems.iter().all(|stem| title.contains(stem)));
    if let Some(wanted) = in_title {
        return Some((wanted, "title", vacancy.title));
    }
    let sorted_into = vacancy.domain.and_then(|domain| {
        let wanted = prepared.domains.iter().find(|wanted| is_called(domain, wanted))?;
        Some((wanted, "domain", domain))
    });
    sorted_into.or_else(|| {
        let wanted = prepared.domains.iter().find(|wanted| names(vacancy.excerpt, &wanted.words))?;
        Some((wanted, "excerpt", enclosing(vacancy.excerpt, &[wanted.words.as_str()])?))
    })
}

/// Whether people who want `wanted` mean the field `domain`; words that many professions share decide only alone.
fn is_called(domain: &str, wanted: &Wanted) -> bool {
    let calls = |stem: &str| {
        let called = CALLED.iter().find(|(name, _)| *name == domain).is_some_and(|(_, stems)| stems.contains(&stem));
        called || stems(&domain.replace('_', " ")).iter().any(|own| own == stem)
    };
    let telling = |stem: &&String| weight(stem) == 1.0;
    if wanted.stems.iter().any(|stem| telling(&stem)) {
        wanted.stems.iter().filter(telling).any(|stem| calls(stem))
    } else {
        wanted.stems.iter().any(|stem| calls(stem))
    }
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
        None => {
            Explanation::of(format!("Its field, {}, is not among those wanted.", vacancy.domain.unwrap_or_default()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_recognised_by_what_people_call_them() {
        for (domain, words) in [
            ("data", "Data Engineering"),
            ("software", "web development"),
            ("software", "engineering"),
            ("health", "nursing"),
            ("health", "Healthcare"),
            ("ai", "machine learning"),
            ("infrastructure", "DevOps"),
            ("customer_success", "customer success"),
        ] {
            let wanted = Wanted { words: words.to_owned(), stems: stems(words) };
            assert!(is_called(domain, &wanted), "{words} is {domain}: {:?}", wanted.stems);
        }
        let data = Wanted { words: "data engineering".to_owned(), stems: stems("data engineering") };
        assert!(!is_called("software", &data), "a shared word does not decide");
    }
}
