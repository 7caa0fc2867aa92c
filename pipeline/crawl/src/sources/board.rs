//! What the sources of employers' boards share: a board's name in an address and back, its employer, and pay periods.

use pipeline_core::money::Period;
use pipeline_core::source::{Board, PayKind, RawPosting, Remote};
use pipeline_core::{Error, Result};
use serde_json::Value;
use url::Url;

use super::{address, json};

/// The key of an ask's context that says that the answer was crawled, so that what a list lacks can be asked for.
pub(super) const CRAWL: &str = "crawl";
/// The warning on a posting whose source does not name the employer: its board's name stands in.
pub(super) const COMPANY_FROM_BOARD: &str = "company-from-board";
/// Longest name of a board, in bytes.
const NAME_LIMIT: usize = 200;

/// The name of `board`, to be one segment of an address; refuses parameters other than `known`.
///
/// # Errors
/// When the name is empty, too long or could be more than one segment, or when a parameter is not known.
pub(super) fn token<'b>(board: &'b Board, source: &str, known: &[&'static str]) -> Result<&'b str> {
    let known: Vec<_> = known.iter().map(|name| (*name, *name)).collect();
    address::parameters(board, &known)?;
    let name = board.name.trim();
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\' | '?' | '#');
    if name.is_empty() || name.len() > NAME_LIMIT || name.starts_with('.') || name.contains(odd) {
        return Err(Error::config(format!("`{}` cannot be the name of a {source} board", name.escape_debug())));
    }
    Ok(name)
}

/// Whether `text` can be one label of a host name.
pub(super) fn is_host_label(text: &str) -> bool {
    let inner = !text.starts_with('-') && !text.ends_with('-');
    (1..=63).contains(&text.len()) && inner && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The address `base` with `segments` added to its path, each escaped as one segment.
///
/// # Errors
/// When `base` is no address that can have a path.
pub(super) fn address_of(base: &str, segments: &[&str]) -> Result<Url> {
    let unusable = || Error::internal(format!("`{base}` cannot carry a path"));
    let mut url = Url::parse(base).map_err(|error| unusable().because(error))?;
    url.path_segments_mut().map_err(|()| unusable())?.pop_if_empty().extend(segments);
    Ok(url)
}

/// The `index`-th segment of the path of `url`, decoded, when its host is one of `hosts`.
pub(super) fn segment_of(url: &str, hosts: &[&str], index: usize) -> Option<String> {
    let url = Url::parse(url).ok()?;
    if !hosts.contains(&url.host_str()?) {
        return None;
    }
    let segment = url.path_segments()?.nth(index).filter(|segment| !segment.is_empty())?;
    let plain = segment.replace('+', "%2B");
    url::form_urlencoded::parse(plain.as_bytes()).next().map(|(key, _)| key.into_owned())
}

/// What `find` says of the first record of the JSON `body` that it can tell the board of; records are under `list`, or
/// the body is one.
pub(super) fn find_in(body: &[u8], list: &str, find: impl Fn(&Value) -> Option<String>) -> Option<String> {
    let body = json::parse(body).ok()?.value;
    match json::at(&body, list) {
        Some(Value::Array(records)) => records.iter().find_map(find),
        _ => find(&body),
    }
}

/// Names the employer of `posting` after its `board` when the source does not name one.
pub(super) fn name_company(posting: &mut RawPosting, board: &str) {
    if posting.company.is_none() && !board.trim().is_empty() {
        posting.company = Some(board.trim().to_owned());
        posting.warnings.push(COMPANY_FROM_BOARD);
    }
}

/// How the work is done, from a field's words such as `On-site`, `fully_remote` or `Hybrid`.
pub(crate) fn remote_of(words: &str) -> Option<Remote> {
    let letters: String = words.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    match letters.as_str() {
        "remote" | "fullyremote" | "fullremote" | "remoteonly" | "remotefirst" | "workfromhome" | "telecommute"
        | "virtual" => Some(Remote::Remote),
        "hybrid" | "partiallyremote" | "hybridremote" | "remotehybrid" | "flexible" | "flex" => Some(Remote::Hybrid),
        "onsite" | "inoffice" | "office" | "inperson" | "officebased" | "onpremise" | "notremote" => {
            Some(Remote::Onsite)
        }
        _ => None,
    }
}

/// The span that pay is for, from a field's words such as `1 YEAR`, `per-hour-wage` or `monthly`; `None` for other
/// spans, such as two weeks.
pub(crate) fn period_of(words: &str) -> Option<Period> {
    let words = words.to_lowercase();
    let mut tokens = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    if tokens.clone().any(|word| matches!(word, "bi" | "semi" | "biweekly" | "bimonthly" | "semimonthly" | "half")) {
        return None;
    }
    if tokens.clone().any(|word| word.parse::<u64>().is_ok_and(|count| count != 1)) {
        return None;
    }
    tokens.find_map(|word| match word {
        "year" | "years" | "yearly" | "annual" | "annually" | "annum" | "pa" | "yr" => Some(Period::Year),
        "month" | "months" | "monthly" | "mo" => Some(Period::Month),
        "week" | "weeks" | "weekly" | "wk" => Some(Period::Week),
        "day" | "days" | "daily" => Some(Period::Day),
        "hour" | "hours" | "hourly" | "hr" => Some(Period::Hour),
        _ => None,
    })
}

/// What is paid at an interval of these words: a sum paid once (`1 TIME`, `one-time`) is no base pay.
pub(super) fn kind_by_interval(words: &str) -> PayKind {
    let words = words.to_lowercase();
    let once = ["1 time", "one-time", "one time", "once", "none"].iter().any(|once| words.contains(once));
    if once { PayKind::Other } else { PayKind::Base }
}

/// Whether `words` name something paid on top of base pay, such as a bonus or equity.
pub(super) fn is_on_top(words: &str) -> bool {
    let words = words.to_lowercase();
    let mut tokens = words.split(|c: char| !c.is_alphanumeric());
    tokens.any(|word| {
        matches!(
            word,
            "bonus" | "bonuses" | "equity" | "commission" | "commissions" | "ote" | "stock" | "options" | "rsu"
        )
    }) || words.contains("on-target")
        || words.contains("on target")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(name: &str) -> Board {
        Board { name: name.to_owned(), ..Board::default() }
    }

    #[test]
    fn a_name_that_would_leave_its_segment_is_refused() {
        for name in ["", " ", "a/b", "..", "a?b", "a#b", "a\\b", "a\nb"] {
            assert!(token(&board(name), "test", &[]).is_err(), "{name:?}");
        }
        assert_eq!(token(&board("Some Labs"), "test", &[]).ok(), Some("Some Labs"));
    }

    #[test]
    fn a_parameter_that_a_source_lacks_is_refused() {
        let mut board = board("acme");
        board.parameters.insert("regoin".to_owned(), "eu".to_owned());
        assert!(token(&board, "test", &["region"]).is_err());
    }

    #[test]
    fn a_name_with_a_space_survives_the_way_into_an_address_and_back() {
        let url = address_of("https://jobs.ashbyhq.com", &["Some Labs", "1"]).expect("is an address");
        assert_eq!(url.as_str(), "https://jobs.ashbyhq.com/Some%20Labs/1");
        assert_eq!(segment_of(url.as_str(), &["jobs.ashbyhq.com"], 0).as_deref(), Some("Some Labs"));
        assert_eq!(segment_of(url.as_str(), &["example.com"], 0), None);
    }

    #[test]
    fn periods_are_read_in_every_vendors_words() {
        for (words, period) in [
            ("1 YEAR", Some(Period::Year)),
            ("per-hour-wage", Some(Period::Hour)),
            ("monthly", Some(Period::Month)),
            ("Annual Salary Range", Some(Period::Year)),
            ("2 WEEK", None),
            ("bi-weekly", None),
            ("1 TIME", None),
            ("NONE", None),
        ] {
            assert_eq!(period_of(words), period, "{words}");
        }
    }
}
