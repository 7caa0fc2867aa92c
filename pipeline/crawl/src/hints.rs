//! What the header fields of an answer ask of whoever asks: patience, slower requests, or to leave it alone.

use pipeline_core::{Micros, read};

/// Header fields of an answer, names in lower case.
pub(crate) type Headers<'a> = &'a [(String, String)];

fn values<'a>(headers: Headers<'a>, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
}

/// Until when `Retry-After` asks for patience, in seconds or as a date (RFC 9110 section 10.2.3). A time that has passed asks
/// for none, and what cannot be read is not guessed.
pub(crate) fn retry_after(headers: Headers<'_>, now: Micros) -> Option<Micros> {
    let text = values(headers, "retry-after").next()?;
    let until = match text.parse::<u32>() {
        Ok(seconds) => now.plus_seconds(i64::from(seconds)),
        Err(_) => read::instant(text)?,
    };
    Some(until.max(now))
}

/// Until when nothing more may be asked because the limit is used up: `RateLimit` of the IETF draft in its forms
/// (`limit=10, remaining=0, reset=5` and `"default";r=0;t=5`), `RateLimit-Remaining` with `RateLimit-Reset`, and the
/// same with `X-` before them, whose reset may be a moment since the epoch.
pub(crate) fn used_up(headers: Headers<'_>, now: Micros) -> Option<Micros> {
    let combined = values(headers, "ratelimit").find_map(|text| {
        let part = |names: &[&str]| {
            text.split([',', ';']).find_map(|part| {
                let (name, value) = part.trim().split_once('=')?;
                names.contains(&name.trim()).then(|| value.trim().parse::<u64>().ok()).flatten()
            })
        };
        (part(&["remaining", "r"])? == 0).then(|| part(&["reset", "t"])).flatten()
    });
    let apart = ["ratelimit", "x-ratelimit", "x-rate-limit"].into_iter().find_map(|prefix| {
        let number =
            |end: &str| values(headers, &format!("{prefix}-{end}")).next().and_then(|text| text.parse::<f64>().ok());
        let used = number("remaining")? <= 0.0;
        let reset = number("reset").filter(|reset| *reset >= 0.0 && reset.is_finite());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is finite and not negative; more is cut"
        )]
        reset.filter(|_| used).map(|reset| reset.ceil() as u64)
    });
    let reset = i64::try_from(combined.or(apart)?).ok()?;
    // What is longer than a year from now is a moment, not a span.
    let until = if reset > 31_536_000 { Micros(reset.checked_mul(1_000_000)?) } else { now.plus_seconds(reset) };
    Some(until.max(now))
}

/// Why the words of an answer are not ours to keep: its publisher reserved them from mining (TDM reservation protocol, W3C
/// community report of 2024), or excludes them from collections (`X-Robots-Tag`). `token` is our name.
pub(crate) fn reserved(headers: Headers<'_>, body: &[u8], token: &str) -> Option<String> {
    if values(headers, "tdm-reservation").any(|value| value == "1") {
        let policy = values(headers, "tdm-policy").next().map(|policy| format!(", see {policy}")).unwrap_or_default();
        return Some(format!("its publisher reserves it from text and data mining (tdm-reservation: 1{policy})"));
    }
    let page = values(headers, "content-type").any(|kind| kind.to_ascii_lowercase().contains("html"));
    if let Some(tag) = values(headers, "x-robots-tag").find_map(|value| excluded(value, token, page)) {
        return Some(format!("X-Robots-Tag says {tag}"));
    }
    let head = String::from_utf8_lossy(&body[..body.len().min(16 * 1024)]).to_ascii_lowercase();
    let metas = head.split("<meta").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let reserved = metas.filter(|meta| meta.contains("tdm-reservation")).any(|meta| {
        let value = meta.split("content").nth(1).unwrap_or_default();
        value.trim_start_matches(['=', ' ', '"', '\'']).starts_with('1')
    });
    reserved.then(|| "the page reserves itself from text and data mining (meta tdm-reservation)".to_owned())
}

/// The rule of an `X-Robots-Tag` that keeps the answer from being collected, when it is for everyone or for us: `none`,
/// `noai`, and `noindex` on a `page`. On interfaces made to be read by programs, `noindex` keeps their raw answers out of
/// search results and is no word on the postings in them.
fn excluded(value: &str, token: &str, page: bool) -> Option<String> {
    let (agent, rules) = match value.split_once(':') {
        // `unavailable_after: DATE` is a rule with a colon of its own.
        Some((name, _)) if name.trim().eq_ignore_ascii_case("unavailable_after") => ("", value),
        Some((agent, rules)) => (agent.trim(), rules),
        None => ("", value),
    };
    if !(agent.is_empty() || agent == "*" || agent.eq_ignore_ascii_case(token)) {
        return None;
    }
    let named = !agent.is_empty() && agent != "*";
    let mut rules = rules.split(',').map(|rule| rule.trim().to_ascii_lowercase());
    rules.find(|rule| matches!(rule.as_str(), "none" | "noai") || ((named || page) && rule == "noindex"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Micros = Micros(1_795_154_400_000_000);

    fn headers(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn seconds(until: Option<Micros>) -> Option<i64> {
        until.map(|until| (until.0 - NOW.0) / 1_000_000)
    }

    #[test]
    fn patience_is_read_in_seconds_and_as_a_date_and_never_reaches_into_the_past() {
        for (text, due) in [
            ("30", Some(30)),
            ("Fri, 20 Nov 2026 06:01:00 GMT", Some(60)),
            ("Fri, 20 Nov 2020 06:01:00 GMT", Some(0)),
            ("-5", None),
            ("soon", None),
        ] {
            assert_eq!(seconds(retry_after(&headers(&[("retry-after", text)]), NOW)), due, "{text}");
        }
    }

    #[test]
    fn a_limit_that_is_used_up_is_read_in_every_writing() {
        for (list, due) in [
            (vec![("ratelimit", "limit=100, remaining=0, reset=7")], Some(7)),
            (vec![("ratelimit", "\"default\";r=0;t=9")], Some(9)),
            (vec![("ratelimit", "\"default\";r=3;t=9")], None),
            (vec![("ratelimit-remaining", "0"), ("ratelimit-reset", "12")], Some(12)),
            (vec![("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795154460")], Some(60)),
            (vec![("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "0.4")], Some(1)),
            (vec![("x-ratelimit-remaining", "8"), ("x-ratelimit-reset", "12")], None),
            (vec![("x-ratelimit-remaining", "0")], None),
            (vec![("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "NaN")], None),
        ] {
            assert_eq!(seconds(used_up(&headers(&list), NOW)), due, "{list:?}");
        }
    }

    #[test]
    fn a_reservation_is_respected_in_header_and_page() {
        let told = |list: &[(&str, &str)], body: &str| reserved(&headers(list), body.as_bytes(), "Waypost").is_some();
        assert!(told(&[("tdm-reservation", "1")], ""));
        assert!(!told(&[("tdm-reservation", "0")], ""));
        assert!(told(&[], "<html><META name=\"tdm-reservation\" content=\"1\">"));
        assert!(!told(&[], "<html><meta name=\"tdm-reservation\" content=\"0\">"));
    }

    #[test]
    fn a_robots_tag_counts_when_it_is_for_us() {
        for (value, due) in [
            ("none", true),
            ("noai, noimageai", true),
            ("waypost: noindex", true),
            ("googlebot: none", false),
            ("noindex", false),
            ("unavailable_after: 25 Jun 2030 15:00:00 PST", false),
            ("all", false),
        ] {
            assert_eq!(reserved(&headers(&[("x-robots-tag", value)]), b"", "Waypost").is_some(), due, "{value}");
        }
        let page = headers(&[("x-robots-tag", "noindex"), ("content-type", "text/html; charset=utf-8")]);
        assert!(reserved(&page, b"", "Waypost").is_some(), "a page that nobody shall index");
    }
}
