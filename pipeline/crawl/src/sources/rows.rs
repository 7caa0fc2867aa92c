//! Rows of lists that go with the ask for the page of their posting, which says what the row does not.

use pipeline_core::source::{Answer, Ask, POSTING, RawPlace, RawPosting, Record, Source};
use serde_json::Value;

use super::{board, jobposting, json, pages};

/// The key of an ask's context that holds the row.
const ROW: &str = "row";
/// Longest row that goes with an ask, in bytes.
const LONGEST: usize = 16 * 1024;
/// The warning on a posting whose page could not be read, so that it has its row alone.
pub(super) const DESCRIPTION_MISSING: &str = "description-missing";
/// The warning on a posting of which only the number of its places is known.
pub(super) const PLACES_COUNTED: &str = "places-only-counted";

/// Whether `answer` was crawled, so that what a list lacks can be asked for.
pub(super) fn is_crawled(answer: &Answer<'_>) -> bool {
    answer.context.get(board::CRAWL).is_some_and(|crawl| crawl == "1")
}

/// The ask for `url`, the page of the posting `id`, with its row unless that is too long.
pub(super) fn ask(url: impl Into<String>, id: &str, row: &Value) -> Ask {
    let ask = Ask::get(url).with(POSTING, id);
    let row = Some(row.to_string()).filter(|row| row.len() <= LONGEST);
    match row {
        Some(row) => ask.with(ROW, row),
        None => ask,
    }
}

/// The row that went with the ask for `answer`.
pub(super) fn of(answer: &Answer<'_>) -> Option<Value> {
    serde_json::from_str(answer.context.get(ROW)?).ok()
}

/// The posting that the page of `answer` describes as schema.org JobPosting.
pub(super) fn described(answer: &Answer<'_>) -> Option<RawPosting> {
    let records = jobposting::SOURCE.read(answer).ok()?.records;
    records.into_iter().find_map(|record| match record {
        Record::Posting(posting) => Some(*posting),
        Record::Rejected(_) => None,
    })
}

/// Fills and betters what the row says by what the page describes, which is more exact.
pub(super) fn complete(posting: &mut RawPosting, page: RawPosting) {
    let mut settled = Vec::new();
    if page.company.is_some() {
        posting.company = page.company;
        settled.push(board::COMPANY_FROM_BOARD);
    }
    let mut places: Vec<RawPlace> = page.places.into_iter().filter_map(settled_place).collect();
    if !places.is_empty() {
        // A page names the country of a place that the list calls remote, and says no more of that.
        let is_remote =
            |place: &RawPlace| place.text.as_ref().is_some_and(|text| text.to_lowercase().contains("remote"));
        if !places.iter().any(is_remote) {
            places.extend(std::mem::take(&mut posting.places).into_iter().filter(is_remote));
        }
        posting.places = places;
        settled.push(PLACES_COUNTED);
    }
    if page.posted_at.is_some() {
        posting.posted_at = page.posted_at;
        settled.extend([pages::DATE_RELATIVE, json::DATE_UNREADABLE]);
    }
    posting.warnings.retain(|warning| !settled.contains(warning));
    posting.remote = posting.remote.take().or(page.remote);
    posting.employment = posting.employment.take().or(page.employment);
    posting.department = posting.department.take().or(page.department);
    posting.closes_at = page.closes_at;
    posting.remote_scope = page.remote_scope;
    posting.pay = page.pay;
    posting.tags = page.tags;
    posting.sections = page.sections;
    let new = page.warnings.into_iter().filter(|warning| !posting.warnings.contains(warning)).collect::<Vec<_>>();
    posting.warnings.extend(new);
}

/// `place` without the words that pages put where they know no part of it; none when nothing is left.
fn settled_place(mut place: RawPlace) -> Option<RawPlace> {
    for part in [&mut place.city, &mut place.region, &mut place.country, &mut place.text] {
        part.take_if(|words| words.trim().eq_ignore_ascii_case("unavailable"));
    }
    if let Some(word) = place.city.take_if(|city| board::remote_of(city).is_some()) {
        place.text.get_or_insert(word);
    }
    let known = place.city.is_some() || place.region.is_some() || place.country.is_some() || place.text.is_some();
    (known || place.latitude.is_some()).then_some(place)
}

/// Whether `text` only counts places, as in `2 Locations` and `Multiple Locations`.
pub(super) fn is_count(text: &str) -> bool {
    let (count, word) = text.trim().split_once(' ').unwrap_or((text, ""));
    let counted = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    let many = ["multiple", "various", "several"].contains(&count.to_lowercase().as_str());
    (counted || many) && word.trim().to_lowercase().starts_with("location")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pipeline_core::source::Stated;
    use schemas::Micros;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_comes_back_with_the_page_of_its_posting_unless_it_is_too_long() {
        let row = json!({"id": "7", "title": "Nurse"});
        let context = ask("https://a.example/7", "7", &row).context;
        let of_context = |context: &BTreeMap<String, String>| {
            let answer = Answer { board: "a", url: "", context, content_type: None, fetched_at: Micros(0), body: b"" };
            of(&answer)
        };
        assert_eq!((context[POSTING].as_str(), of_context(&context)), ("7", Some(row)));
        let long = ask("https://a.example/7", "7", &json!({"title": "x".repeat(LONGEST)}));
        assert_eq!(of_context(&long.context), None);
    }

    #[test]
    fn what_the_page_settles_is_no_longer_warned_of() {
        let mut posting = RawPosting {
            title: "Nurse".to_owned(),
            warnings: vec![PLACES_COUNTED, pages::DATE_RELATIVE, board::COMPANY_FROM_BOARD],
            ..RawPosting::default()
        };
        let places = vec![RawPlace::text("Leeds", "jobLocation")];
        let posted_at = Some(Stated::new(Micros(0), "datePosted"));
        complete(&mut posting, RawPosting { places, posted_at, ..RawPosting::default() });
        assert_eq!(posting.warnings, [board::COMPANY_FROM_BOARD]);
        assert_eq!((posting.title.as_str(), posting.places.len()), ("Nurse", 1));
    }

    #[test]
    fn a_place_that_the_list_calls_remote_stays_beside_those_of_the_page() {
        let listed =
            |text: &str| RawPosting { places: vec![RawPlace::text(text, "location")], ..RawPosting::default() };
        let page = || RawPosting { places: vec![RawPlace::text("Leeds", "jobLocation")], ..RawPosting::default() };
        let count = |mut row: RawPosting| {
            complete(&mut row, page());
            row.places.len()
        };
        assert_eq!((count(listed("Remote - UK")), count(listed("Leeds, UK"))), (2, 1));
    }

    #[test]
    fn a_part_of_a_place_that_the_page_does_not_know_stays_open() {
        let parts = |city: &str, country: &str| {
            let some = |word: &str| Some(word.to_owned()).filter(|word| !word.is_empty());
            settled_place(RawPlace { city: some(city), country: some(country), ..RawPlace::default() })
        };
        assert_eq!(parts("UNAVAILABLE", ""), None);
        assert_eq!(
            parts("UNAVAILABLE", "US").map(|place| (place.city, place.country)),
            Some((None, Some("US".to_owned())))
        );
        assert_eq!(
            parts("Remote", "US").map(|place| (place.city, place.text)),
            Some((None, Some("Remote".to_owned())))
        );
    }

    #[test]
    fn a_count_of_places_is_no_place() {
        assert!(is_count("2 Locations") && is_count("Multiple Locations"));
        assert!(!is_count("Locations") && !is_count("2 Main Street") && !is_count("Leeds"));
    }
}
