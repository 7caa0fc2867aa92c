//! Licences that a posting asks for, only those that have one clear name.

use std::sync::LazyLock;

use super::Found;
use super::clauses::{Clauses, Phrases};

static LICENCES: LazyLock<Phrases<&'static str>> = LazyLock::new(|| {
    Phrases::new(&[
        (
            "commercial_driving",
            &[
                "commercial driver s license",
                "commercial drivers license",
                "cdl",
                "führerschein klasse c",
                "lkw führerschein",
            ],
        ),
        (
            "driving",
            &[
                "driver s license",
                "drivers license",
                "driver license",
                "driving licence",
                "driving license",
                "driver s licence",
                "drivers licence",
                "führerschein",
                "führerschein klasse b",
                "permis b",
                "permis de conduire",
                "rijbewijs",
                "patente b",
                "carnet de conducir",
                "carta de condução",
                "prawo jazdy",
                "körkort",
                "kørekort",
            ],
        ),
        (
            "nursing",
            &[
                "rn license",
                "registered nurse license",
                "nursing license",
                "rn licensure",
                "nursing licensure",
                "licensed registered nurse",
                "licensed practical nurse",
            ],
        ),
        ("pharmacist", &["pharmacist license", "pharmacist licensure", "licensed pharmacist"]),
        ("cpa", &["cpa license", "cpa required", "certified public accountant", "active cpa"]),
        (
            "law",
            &[
                "bar membership",
                "admitted to the bar",
                "bar admission",
                "admission to the bar",
                "licensed to practice law",
                "member of the bar",
            ],
        ),
        ("real_estate", &["real estate license"]),
        ("medical", &["medical license", "medical licensure", "board certified"]),
    ])
});

/// Every licence that `clauses` ask for, once each, in order.
pub(super) fn licences(clauses: &Clauses<'_>) -> Vec<Found<&'static str>> {
    let mut out: Vec<Found<&'static str>> = Vec::new();
    for (value, range) in LICENCES.find(clauses) {
        let sentence = clauses.sentence(range.start, 16);
        let denied = clauses.has(sentence.start..range.start, &["no", "not", "without", "or", "help", "employees"]);
        if !denied && out.iter().all(|found| found.value != value) {
            out.push(Found::in_text(value, "licence-phrase", clauses.span(range), 0.85));
        }
    }
    out
}
