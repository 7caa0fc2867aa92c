//! Real titles labelled by reading (`tests/labels/TITLES.md`): bounds below which nothing lands.

use pipeline_rules::{Readers, eval};

#[test]
fn titles_of_postings_are_linked_to_their_occupations() {
    let found =
        eval::title::evaluate(&Readers::new(), include_str!("../../../tests/labels/titles.jsonl")).expect("labels");
    assert_eq!(found.n, 318);
    assert!(found.metrics["mrr"].value >= 0.7, "{:#?}", found.metrics);
    assert!(found.metrics["link_precision"].value >= 0.9, "{:#?}", found.metrics);
    assert!(found.metrics["linked"].value >= 0.33, "{:#?}", found.metrics);
}
