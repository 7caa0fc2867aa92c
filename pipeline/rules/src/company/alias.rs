//! Other names of employers that no rule of spelling finds: from a table with reasons.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::letters::spelled;

/// `other name, name, reason`, separated by tabs.
const TABLE: &str = include_str!("../../../../data-samples/reference/employers.tsv");

static ALIASES: LazyLock<HashMap<String, String>> =
    LazyLock::new(|| rows().map(|[other, name, _]| (spelled(other), spelled(name))).collect());

fn rows() -> impl Iterator<Item = [&'static str; 3]> {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

/// The name by which the table knows the employer that is also called `name`.
pub(super) fn employer(name: &str) -> Option<String> {
    ALIASES.get(name).cloned()
}

#[cfg(test)]
mod tests {
    use super::super::{Hints, identity, identity_without, key};
    use super::*;

    #[test]
    fn every_alias_has_a_reason_and_leads_to_a_name_that_stays() {
        assert!(rows().count() > 40);
        for [other, name, reason] in rows() {
            assert!(reason.len() > 5, "{other}");
            assert_eq!(key(Some(name)), spelled(name), "{name}");
            assert_eq!(key(Some(other)), spelled(name), "{other}: found without the table");
        }
    }

    #[test]
    fn an_alias_can_be_taken_back() {
        let known = identity("Facebook, Inc.", Hints::default());
        assert_eq!(known.key, "meta");
        assert!(known.steps.iter().any(|step| step.rule == "alias" && step.from == "facebook"));
        assert_eq!(identity_without("Facebook, Inc.", Hints::default(), &["alias"]).key, "facebook");
    }
}
