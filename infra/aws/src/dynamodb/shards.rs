//! The shards of a stream against a position: what is new, what is gone, and what may be read now.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodbstreams::types::Shard;

use super::position::{At, Position};

/// Brings `position` up to date with the `shards` that the stream has now; true when changes may have been missed. A shard
/// that is new begins at its beginning.
pub(super) fn follow(position: &mut Position, shards: &[Shard]) -> bool {
    let there: BTreeSet<&str> = shards.iter().filter_map(Shard::shard_id).collect();
    let mut gap = false;
    let known: BTreeSet<String> = position.shards.keys().cloned().collect();
    position.shards.retain(|id, at| {
        let kept = there.contains(id.as_str());
        // A shard is forgotten a day after its last record; what of it was not read by then is lost.
        gap |= !kept && *at != At::End;
        kept
    });
    for shard in shards {
        let Some(id) = shard.shard_id() else { continue };
        if known.contains(id) {
            continue;
        }
        let parent = shard.parent_shard_id();
        gap |= parent.is_some_and(|parent| !there.contains(parent) && !known.contains(parent));
        position.shards.insert(id.to_owned(), At::Unread);
    }
    gap
}

/// The shards that may be read: not at their end, and their parent at its own, because a document's changes go on in the
/// children of a shard that was split.
pub(super) fn readable(position: &Position, shards: &[Shard]) -> Vec<String> {
    let parents: BTreeMap<&str, &str> =
        shards.iter().filter_map(|shard| Some((shard.shard_id()?, shard.parent_shard_id()?))).collect();
    let unread = |id: &str| position.shards.get(id).is_some_and(|at| *at != At::End);
    let ids = position.shards.keys().filter(|id| unread(id));
    ids.filter(|id| !parents.get(id.as_str()).is_some_and(|parent| unread(parent))).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(id: &str, parent: Option<&str>) -> Shard {
        Shard::builder().shard_id(id).set_parent_shard_id(parent.map(str::to_owned)).build()
    }

    #[test]
    fn children_are_read_after_their_parent() {
        let shards = [shard("a", None), shard("a1", Some("a")), shard("a2", Some("a")), shard("b", None)];
        let mut position = Position::default();
        assert!(!follow(&mut position, &shards));
        assert_eq!(readable(&position, &shards), ["a", "b"]);
        position.shards.insert("a".to_owned(), At::End);
        assert_eq!(readable(&position, &shards), ["a1", "a2", "b"]);
    }

    #[test]
    fn a_shard_that_was_read_to_its_end_goes_without_a_gap() {
        let mut position = Position::default();
        follow(&mut position, &[shard("a", None), shard("a1", Some("a"))]);
        position.shards.insert("a".to_owned(), At::End);
        assert!(!follow(&mut position, &[shard("a1", Some("a")), shard("a11", Some("a1"))]));
        assert_eq!(position.shards.keys().collect::<Vec<_>>(), ["a1", "a11"]);
    }

    #[test]
    fn a_shard_that_went_unread_leaves_a_gap() {
        let mut position = Position::default();
        follow(&mut position, &[shard("a", None)]);
        assert!(follow(&mut position, &[shard("a1", Some("a"))]));
    }

    #[test]
    fn a_shard_whose_parents_were_never_seen_leaves_a_gap() {
        let mut position = Position::default();
        follow(&mut position, &[shard("a", None)]);
        assert!(follow(&mut position, &[shard("a", None), shard("c", Some("b"))]));
        assert!(follow(&mut Position::default(), &[shard("c", Some("b"))]), "the beginning is not remembered");
    }
}
