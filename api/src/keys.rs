//! Keys of documents, made from the patterns that `schemas` declares.

use pipeline_core::ports::Key;
use pipeline_core::{Error, Micros, Result};
use schemas::documents::KEYS;

/// The key of a document of `kind` whose pattern is filled from `values`.
///
/// # Errors
/// `Internal` when no such kind or value is declared.
pub fn key(kind: &str, values: &[(&str, &str)]) -> Result<Key> {
    let declared = declared(kind)?;
    Ok(Key::new(fill(declared.pk, values)?, fill(declared.sk, values)?))
}

/// When a document of `kind` that is written `now` expires.
///
/// # Errors
/// `Internal` when no such kind is declared.
pub fn expiry(kind: &str, now: Micros) -> Result<Option<Micros>> {
    let days = declared(kind)?.ttl_days;
    Ok(days.map(|days| now.plus_seconds(i64::from(days) * 86_400)))
}

fn declared(kind: &str) -> Result<&'static schemas::documents::DocumentKey> {
    KEYS.iter()
        .find(|declared| declared.kind == kind)
        .ok_or_else(|| Error::internal(format!("no kind of document is called {kind}")))
}

/// `pattern` with its `{names}` replaced in one pass, so that a value cannot bring a name along.
fn fill(pattern: &str, values: &[(&str, &str)]) -> Result<String> {
    let mut filled = String::new();
    let mut rest = pattern;
    while let Some((before, name, after)) =
        rest.split_once('{').and_then(|(before, tail)| tail.split_once('}').map(|(name, after)| (before, name, after)))
    {
        let (_, value) = values
            .iter()
            .find(|(given, _)| *given == name)
            .ok_or_else(|| Error::internal(format!("the key {pattern} lacks its {name}")))?;
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_looks_like_a_name_stays_a_value() {
        let key = key("market", &[("domain", "{level}"), ("country", "*"), ("level", "senior")]).expect("a key");
        assert_eq!(key, Key::new("MARKET", "{level}#*#senior"));
    }

    #[test]
    fn a_search_is_kept_for_ninety_days() {
        assert_eq!(expiry("search", Micros(0)).expect("declared"), Some(Micros(90 * 86_400_000_000)));
        assert_eq!(expiry("user", Micros(0)).expect("declared"), None);
    }
}
