//! Anybody's postings: JSON lines, one record each, read by the mapping that travels in the context of the exchange.
//! The format of mappings is documented in [`super::mapping`].

use pipeline_core::source::{Answer, Ask, Board, Description, Reading, Record, Rejection, Source};
use pipeline_core::{Error, Result};

use super::mapping::Mapping;

/// The source.
pub static SOURCE: Mapped = Mapped;

/// Files whose columns a mapping names.
#[derive(Debug)]
pub struct Mapped;

static DESCRIPTION: Description = Description {
    name: "mapped",
    title: "Files with a mapping",
    board: Some("name of the mapping"),
    ids_are_global: false,
    min_gap_ms: 0,
    min_interval_s: 0,
    secrets: &[],
    listing_is_complete: false,
    terms: "Those of whoever made the file.",
    reference: "the documentation of `waypost import --mapping`",
    ..Description::BASE
};

/// The key of the context under which the mapping travels, as TOML.
pub const MAPPING: &str = "mapping";

impl Source for Mapped {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        Err(Error::unsupported(format!("the mapped board {} is a file and cannot be crawled", board.name))
            .hint("use `waypost import --mapping MAPPING.toml FILE…`"))
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let reject = |rule, reason: String| Rejection::of_body(rule, reason, answer.body).field(MAPPING);
        let text = answer
            .context
            .get(MAPPING)
            .ok_or_else(|| reject("mapping-missing", "the exchange carries no mapping".to_owned()))?;
        let mapping = Mapping::parse(text).map_err(|error| reject("mapping-invalid", error.chain()))?;
        let body = answer.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(answer.body);
        let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        Ok(Reading { records: lines.map(|line| record(line, &mapping)).collect(), ..Reading::default() })
    }
}

fn record(line: &[u8], mapping: &Mapping) -> Record {
    let rejected = |rule, reason: String| Record::Rejected(Rejection::of_body(rule, reason, line));
    let Ok(text) = std::str::from_utf8(line) else {
        return rejected("not-utf8", "the line is not UTF-8".to_owned());
    };
    match serde_json::from_str(text) {
        Ok(value) => mapping.read(&value),
        Err(error) if error.is_eof() => {
            rejected("truncated-json", format!("the line ends before its JSON does: {error}"))
        }
        Err(error) => rejected("not-json", format!("the line is not JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::sample::{posting_of, read_with, rejected_by, rule_of};

    #[test]
    fn each_line_is_a_record_and_a_broken_one_leaves_its_neighbours_alone() {
        let context = [(MAPPING.to_owned(), "name = \"t\"\n[columns]\ntitle = \"t\"\n".to_owned())].into();
        let body = "{\"t\":\"A\"}\n\n<html>\n{\"t\":\"B\"}\r\n[1]\n{\"t\":";
        let reading = read_with(&SOURCE, "t", "file:t", &context, body).expect("reads");
        assert_eq!((posting_of(&reading, 0).title.as_str(), posting_of(&reading, 2).title.as_str()), ("A", "B"));
        assert_eq!(rejected_by(&reading, 1), "not-json");
        assert_eq!(rejected_by(&reading, 3), "not-an-object");
        assert_eq!(rejected_by(&reading, 4), "truncated-json");
    }

    #[test]
    fn a_body_without_mapping_cannot_be_read() {
        assert_eq!(rule_of(&SOURCE, "{}"), "mapping-missing");
    }
}
