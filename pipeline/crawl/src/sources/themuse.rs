//! The Muse: postings of its member companies, twenty a page. "Flexible / Remote" stands among the places.

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, Quota, RawPlace, RawPosting, Reading, Rejection, Remote,
    Source, Stated,
};
use pipeline_core::{Error, Result};

use super::address;
use super::json::{self, Fields};
use super::markup::section_at;

/// The source.
pub static SOURCE: TheMuse = TheMuse;

/// The Muse's public interface.
#[derive(Debug)]
pub struct TheMuse;

static DESCRIPTION: Description = Description {
    name: "themuse",
    title: "The Muse",
    min_gap_ms: 2_000,
    min_interval_s: 21_600,
    // 500 an hour without a key.
    quotas: &[Quota { requests: 500, window_s: 3_600 }],
    terms: "Public interface, read without a key; link back to the posting on The Muse and name it as the source.",
    reference: "https://www.themuse.com/developers/api/v2",
    ..Description::BASE
};

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "number|string"),
        Field::essential("name", "string"),
        Field::expected("company", "object"),
        Field::expected("company.name", "string"),
        Field::expected("contents", "string"),
        Field::expected("publication_date", "string"),
        Field::expected("refs", "object"),
        Field::expected("refs.landing_page", "string"),
        Field::value("locations", "array"),
        Field::value("locations[].name", "string"),
        Field::value("categories", "array"),
        Field::value("categories[].name", "string"),
        Field::value("levels", "array"),
        Field::value("levels[].name", "string"),
        Field::value("levels[].short_name", "string"),
        Field::value("tags", "array"),
        Field::value("tags[].name", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &["short_name", "type", "model_type"],
};

const PARAMETERS: &[(&str, &str)] = &[
    ("category", "category"),
    ("company", "company"),
    ("level", "level"),
    ("location", "location"),
    ("max_pages", ""),
];
const ENDPOINT: &str = "https://www.themuse.com/api/public/jobs";
/// Pages that are asked for unless the board says otherwise.
const MAX_PAGES: u64 = 20;
/// The context that holds the number of the page asked.
const PAGE: &str = "page";
/// The context that holds how many pages are asked for.
const PAGES: &str = "pages";
/// The place that is none.
const REMOTE: &str = "Flexible / Remote";

impl Source for TheMuse {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let pages = match board.parameters.get("max_pages") {
            None => MAX_PAGES,
            Some(pages) => {
                pages.parse().map_err(|_| Error::config(format!("max_pages of themuse is no number: {pages}")))?
            }
        };
        let asked = address::parameters(board, PARAMETERS)?.into_iter().filter(|(name, _)| !name.is_empty());
        let url = address::with_query(ENDPOINT, asked.chain([(PAGE, "0")]));
        Ok(vec![Ask::get(url).with(PAGE, 0).with(PAGES, pages)])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        if body.value.get("results").is_none() && body.value.get("name").is_some() {
            let reading = json::contracted(&CONTRACT, std::slice::from_ref(&body.value), posting)?;
            return Ok(Reading { detail: true, ..reading });
        }
        let list = body.list("results")?;
        let number = |path: &str| json::at(&body.value, path).and_then(|number| number.as_u64());
        let reading = json::contracted(&CONTRACT, list, posting)?;
        let next = if list.is_empty() { None } else { next(answer, number("page_count")) };
        Ok(Reading { next: next.into_iter().collect(), announced: number("total"), ..reading })
    }

    fn board_of(&self, _body: &[u8]) -> Option<String> {
        Some(DESCRIPTION.name.to_owned())
    }
}

/// The page after that of `answer`; pages are counted from 0, and there are `count`.
fn next(answer: &Answer<'_>, count: Option<u64>) -> Option<Ask> {
    let number = |key: &str| answer.context.get(key)?.parse::<u64>().ok();
    let (page, pages) = (number(PAGE)?.checked_add(1)?, number(PAGES)?);
    if page >= pages.min(count?) {
        return None;
    }
    let url = address::with_parameter(answer.url, PAGE, &page.to_string())?;
    Some(Ask::get(url).with(PAGE, page).with(PAGES, pages))
}

fn posting(fields: Fields<'_>) -> Result<RawPosting, Rejection> {
    let names = |path: &str| -> Vec<String> {
        fields
            .objects(path)
            .into_iter()
            .filter_map(|item| item.text("name").or_else(|| item.text("short_name")))
            .collect()
    };
    let (remote, places): (Vec<String>, Vec<String>) =
        names("locations").into_iter().partition(|name| name.eq_ignore_ascii_case(REMOTE));
    let levels = names("levels");
    let mut tags = names("categories");
    tags.extend(names("tags"));
    Ok(RawPosting {
        external_id: fields.id("id")?,
        title: fields.title("name")?,
        company: fields.text("company.name"),
        places: places.into_iter().map(|place| RawPlace::text(place, "locations[].name")).collect(),
        remote: (!remote.is_empty()).then(|| Stated::new(Remote::Remote, "locations[].name")),
        posted_at: fields.instant("publication_date"),
        level: (!levels.is_empty()).then(|| Stated::new(levels.join(", "), "levels[].name")),
        tags,
        sections: section_at(fields, "contents", None).into_iter().collect(),
        url: fields.text("refs.landing_page"),
        ..RawPosting::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::sample::{posting_of, read, read_with};

    #[test]
    fn remote_is_told_by_a_place_that_is_none() {
        let body = r#"{"results":[{"id":1,"name":"A","locations":[{"name":"Flexible / Remote"},{"name":"Austin, TX"}]},
            {"id":2,"name":"B","locations":[{"name":"Austin, TX"}]}]}"#;
        let reading = read(&SOURCE, body);
        let (first, second) = (posting_of(&reading, 0), posting_of(&reading, 1));
        assert_eq!(first.remote.as_ref().map(|remote| remote.value), Some(Remote::Remote));
        assert_eq!(first.places.len(), 1);
        assert!(second.remote.is_none());
    }

    #[test]
    fn pages_end_at_the_last_one_and_at_the_boards_limit() {
        let ask = |pages: &str| {
            let parameters =
                [("max_pages".to_owned(), pages.to_owned()), ("category".to_owned(), "Data & IT".to_owned())];
            SOURCE.start(&Board { name: String::new(), parameters: parameters.into() }).expect("a board").remove(0)
        };
        let next = |ask: &Ask| {
            let body = r#"{"page":0,"page_count":3,"total":41,"results":[{"id":1,"name":"A"}]}"#;
            read_with(&SOURCE, "x", &ask.url, &ask.context, body).expect("reads").next
        };
        let second = next(&ask("9")).remove(0);
        assert_eq!(second.url, "https://www.themuse.com/api/public/jobs?category=Data+%26+IT&page=1");
        assert_eq!(next(&next(&second).remove(0)), []);
        assert_eq!(next(&ask("1")), []);
    }
}
