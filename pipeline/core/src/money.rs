//! Money: integer minor units, an ISO 4217 code and a period.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Digits after the decimal mark of a currency's amounts, by ISO 4217.
pub fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// `amount` in minor units of `currency`, rounded half to even; `None` when it does not fit.
pub fn to_minor(amount: Decimal, currency: &str) -> Option<i64> {
    let factor = Decimal::from(10_i64.pow(minor_digits(currency)));
    amount.checked_mul(factor)?.round().to_i64()
}

/// `minor` units of `currency` in major units, for showing.
pub fn to_major(minor: i64, currency: &str) -> f64 {
    minor as f64 / 10_f64.powi(minor_digits(currency) as i32)
}

/// The span of time that an amount pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// A year.
    Year,
    /// A calendar month.
    Month,
    /// A week.
    Week,
    /// A working day.
    Day,
    /// An hour.
    Hour,
}

impl Period {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }

    /// The period called `name` in tables.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Year, Self::Month, Self::Week, Self::Day, Self::Hour].into_iter().find(|period| period.name() == name)
    }

    /// How many of it make a year of full-time work: 2,080 hours, 260 days, 52 weeks (US OPM's convention).
    pub fn per_year(self) -> i64 {
        match self {
            Self::Year => 1,
            Self::Month => 12,
            Self::Week => 52,
            Self::Day => 260,
            Self::Hour => 2_080,
        }
    }
}
