//! Addresses with query parameters, built from a board's parameters.

use pipeline_core::source::Board;
use pipeline_core::{Error, Result};
use url::Url;

/// `base` with the query parameters of `pairs`, encoded.
pub(super) fn with_query<'p>(base: &str, pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    match query.finish() {
        query if query.is_empty() => base.to_owned(),
        query => format!("{base}?{query}"),
    }
}

/// `url` with its query parameter `name` set to `value`; `None` when it is no web address.
pub(super) fn with_parameter(url: &str, name: &str, value: &str) -> Option<String> {
    let mut url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let pairs: Vec<(String, String)> =
        url.query_pairs().filter(|(key, _)| key != name).map(|(key, value)| (key.into(), value.into())).collect();
    url.query_pairs_mut().clear().extend_pairs(pairs).append_pair(name, value);
    Some(url.into())
}

/// The parameters of `board` under the names that the source's own query has: `known` pairs ours with theirs.
///
/// # Errors
/// When the board has a parameter that is not `known`.
pub(super) fn parameters<'b>(
    board: &'b Board,
    known: &[(&'static str, &'static str)],
) -> Result<Vec<(&'static str, &'b str)>> {
    let find = |name: &String| known.iter().find(|(ours, _)| ours == name);
    board
        .parameters
        .iter()
        .map(|(name, value)| match find(name) {
            Some((_, theirs)) => Ok((*theirs, value.as_str())),
            None => {
                let names: Vec<&str> = known.iter().map(|(ours, _)| *ours).collect();
                Err(Error::config(format!("board {} has the unknown parameter {name}", board.name))
                    .hint(format!("known are: {}", names.join(", "))))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_replaced_and_the_others_stay() {
        let url = with_parameter("https://a.example/s?page=1&what=c%2B%2B+dev", "page", "2");
        assert_eq!(url.as_deref(), Some("https://a.example/s?what=c%2B%2B+dev&page=2"));
        assert_eq!(with_parameter("file:x.json", "page", "2"), None);
    }

    #[test]
    fn an_unknown_parameter_is_named() {
        let board = Board { name: "x".to_owned(), parameters: [("qery".to_owned(), "rust".to_owned())].into() };
        let error = parameters(&board, &[("query", "what")]).expect_err("is unknown");
        assert!(error.message().contains("qery") && error.hint_text().is_some_and(|hint| hint.contains("query")));
    }
}
