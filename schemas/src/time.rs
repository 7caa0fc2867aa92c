//! The two forms of time that tables hold: an instant and a calendar day, both UTC.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant as microseconds since the Unix epoch, UTC. Its text form is RFC 3339 with a `Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub i64);

/// A calendar day in UTC, as days since 1970-01-01. Its text form is `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Micros {
    /// The instant of `timestamp`, cut to whole microseconds.
    pub fn from_timestamp(timestamp: Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }

    /// The same instant for arithmetic; out-of-range values are clamped to the years 0 to 9999.
    pub fn timestamp(self) -> Timestamp {
        const LOW: i64 = -62_167_219_200_000_000;
        const HIGH: i64 = 253_402_207_200_000_000;
        Timestamp::from_microsecond(self.0.clamp(LOW, HIGH)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The day on which this instant falls in UTC.
    pub fn day(self) -> Day {
        Day(self.0.div_euclid(86_400_000_000) as i32)
    }

    /// This instant moved by `seconds`.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Milliseconds since the Unix epoch.
    pub fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }
}

impl Day {
    /// The day of a civil date.
    pub fn from_date(date: Date) -> Self {
        let start = date.to_zoned_datetime(TimeZone::UTC).map(|zoned| zoned.timestamp()).unwrap_or_default();
        Micros::from_timestamp(start).day()
    }

    /// The civil date of this day.
    pub fn date(self) -> Date {
        self.start().timestamp().to_zoned_datetime(TimeZone::UTC).date()
    }

    /// The first instant of this day.
    pub fn start(self) -> Micros {
        Micros(i64::from(self.0) * 86_400_000_000)
    }

    /// The day `days` later (earlier when negative).
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Every day from `self` to `last`, both included, in order.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        (self.0..=last.0).map(Self)
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl FromStr for Micros {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Timestamp>().map(Self::from_timestamp)
    }
}

impl FromStr for Day {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Date>().map(Self::from_date)
    }
}

macro_rules! as_text {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                String::schema()
            }
        }

        impl utoipa::ToSchema for $type {}
    };
}

as_text!(Micros);
as_text!(Day);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_survives_its_text_form() {
        for text in ["1969-12-31", "1970-01-01", "2024-02-29", "2026-11-23"] {
            assert_eq!(text.parse::<Day>().expect("a date").to_string(), text);
        }
    }

    #[test]
    fn the_last_microsecond_of_a_day_belongs_to_it() {
        let day: Day = "2026-11-23".parse().expect("a date");
        assert_eq!(Micros(day.plus(1).start().0 - 1).day(), day);
        assert_eq!(Micros(-1).day().to_string(), "1969-12-31");
    }
}
