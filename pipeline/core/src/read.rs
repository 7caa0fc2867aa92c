//! Reading of fields that sources have in common: instants, numbers, texts. Unknown stays unknown.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use schemas::Micros;
use serde_json::Value;

/// An instant from RFC 3339, RFC 2822, `YYYY-MM-DD HH:MM:SS UTC`, a date-time without a zone (read as UTC) or a date.
pub fn instant(text: &str) -> Option<Micros> {
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(Micros::from_timestamp(timestamp));
    }
    if let Ok(timestamp) = Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text) {
        return Some(Micros::from_timestamp(timestamp));
    }
    if let Ok(timestamp) = rfc2822::parse(text).map(|zoned| zoned.timestamp()) {
        return Some(Micros::from_timestamp(timestamp));
    }
    let local = text.strip_suffix("UTC").map_or(text, str::trim_end);
    let datetime = local
        .parse::<DateTime>()
        .or_else(|_| local.parse::<Date>().map(|date| date.at(0, 0, 0, 0)))
        .or_else(|_| Date::strptime("%m/%d/%Y", local).map(|date| date.at(0, 0, 0, 0)))
        .ok()?;
    TimeZone::UTC.to_timestamp(datetime).ok().map(Micros::from_timestamp)
}

/// An instant from seconds or milliseconds since the epoch, told apart by size (milliseconds from 10^11 on, which as
/// seconds would lie beyond the year 5138).
pub fn epoch(number: i64) -> Option<Micros> {
    let factor = if number.abs() >= 100_000_000_000 { 1_000 } else { 1_000_000 };
    let micros = number.checked_mul(factor)?;
    Timestamp::from_microsecond(micros).ok().map(Micros::from_timestamp)
}

/// An instant from any JSON value that states one.
pub fn instant_of(value: &Value) -> Option<Micros> {
    match value {
        Value::String(text) => {
            instant(text).or_else(|| text.trim().parse::<i64>().ok().filter(|n| *n > 100_000_000).and_then(epoch))
        }
        Value::Number(number) => {
            number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)).filter(|n| *n > 0).and_then(epoch)
        }
        _ => None,
    }
}

/// A number from a JSON number or a text that is nothing but a plain number with a decimal point.
pub fn decimal_of(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
        }
        Value::String(text) => Decimal::from_str_exact(text.trim()).ok(),
        _ => None,
    }
}

/// A text that is not empty, trimmed; numbers are taken as their digits.
pub fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => filled(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A truth value from a JSON boolean or its usual writings.
pub fn bool_of(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// `text` trimmed, unless nothing is left or it is a spelling of "nothing" (`null`, `none`, `n/a`).
pub fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    let nothing = ["", "null", "none", "n/a", "nan"].iter().any(|word| text.eq_ignore_ascii_case(word));
    (!nothing).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_in_every_form_that_sources_use() {
        for text in [
            "2026-08-10T15:13:59Z",
            "2026-08-10T15:13:59.000+00:00",
            "2026-08-10T17:13:59+02:00",
            "2026-08-10T17:13:59+0200",
            "2026-08-10 15:13:59 UTC",
            "2026-08-10T15:13:59",
            "Mon, 10 Aug 2026 15:13:59 +0000",
        ] {
            assert_eq!(instant(text).map(|time| time.to_string()).as_deref(), Some("2026-08-10T15:13:59Z"), "{text}");
        }
        assert_eq!(instant("2026-08-10").map(|time| time.to_string()).as_deref(), Some("2026-08-10T00:00:00Z"));
        assert_eq!(instant("3 days ago"), None);
    }

    #[test]
    fn seconds_and_milliseconds_are_told_apart() {
        assert_eq!(epoch(1_754_838_839), epoch(1_754_838_839_000));
    }

    #[test]
    fn a_number_with_other_words_is_not_a_number() {
        assert_eq!(decimal_of(&Value::from("12.50")), Some(Decimal::new(1250, 2)));
        assert_eq!(decimal_of(&Value::from("12 to 15")), None);
    }
}
