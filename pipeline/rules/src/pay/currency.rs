//! Currencies: how they are written, and what pay in them can plausibly be.

use pipeline_core::money::Period;
use rust_decimal::Decimal;

/// A currency as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Certain.
    Code(&'static str),
    /// `$`: some dollar or peso.
    Dollar,
    /// `kr`: some krone.
    Krone,
    /// `¥`: yen or yuan.
    Yen,
}

/// Signs that stand for one currency, longest first where one begins another.
pub const SIGNS: &[(&str, Sign)] = &[
    ("US$", Sign::Code("USD")),
    ("USD$", Sign::Code("USD")),
    ("CAD$", Sign::Code("CAD")),
    ("AUD$", Sign::Code("AUD")),
    ("NZD$", Sign::Code("NZD")),
    ("SGD$", Sign::Code("SGD")),
    ("CA$", Sign::Code("CAD")),
    ("AU$", Sign::Code("AUD")),
    ("NZ$", Sign::Code("NZD")),
    ("HK$", Sign::Code("HKD")),
    ("NT$", Sign::Code("TWD")),
    ("MX$", Sign::Code("MXN")),
    ("SG$", Sign::Code("SGD")),
    ("C$", Sign::Code("CAD")),
    ("A$", Sign::Code("AUD")),
    ("S$", Sign::Code("SGD")),
    ("R$", Sign::Code("BRL")),
    ("$", Sign::Dollar),
    ("€", Sign::Code("EUR")),
    ("£", Sign::Code("GBP")),
    ("₹", Sign::Code("INR")),
    ("₪", Sign::Code("ILS")),
    ("₩", Sign::Code("KRW")),
    ("₺", Sign::Code("TRY")),
    ("₴", Sign::Code("UAH")),
    ("₱", Sign::Code("PHP")),
    ("₫", Sign::Code("VND")),
    ("₦", Sign::Code("NGN")),
    ("฿", Sign::Code("THB")),
    ("zł", Sign::Code("PLN")),
    ("Kč", Sign::Code("CZK")),
    ("¥", Sign::Yen),
    ("￥", Sign::Yen),
];

/// ISO 4217 codes that postings state pay in.
const CODES: &[&str] = &[
    "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "SGD", "HKD", "CHF", "SEK", "NOK", "DKK", "ISK", "PLN", "CZK", "HUF",
    "RON", "BGN", "TRY", "UAH", "RUB", "ILS", "AED", "SAR", "QAR", "KWD", "EGP", "ZAR", "NGN", "KES", "GHS", "MAD",
    "INR", "PKR", "BDT", "LKR", "IDR", "MYR", "THB", "PHP", "VND", "CNY", "JPY", "KRW", "TWD", "BRL", "MXN", "ARS",
    "CLP", "COP", "PEN", "UYU", "CRC", "GEL", "KZT", "RSD",
];

/// The currency that `word` names; codes count in capitals only, since `all`, `try` and `cad` are words.
pub fn word(word: &str) -> Option<Sign> {
    if let Some(code) = CODES.iter().find(|code| **code == word) {
        return Some(Sign::Code(code));
    }
    Some(match word {
        "euro" | "euros" | "Euro" | "Euros" | "EURO" | "eur" | "Eur" => Sign::Code("EUR"),
        "usd" | "Usd" => Sign::Code("USD"),
        "gbp" | "pounds" | "Pounds" => Sign::Code("GBP"),
        "pln" | "zloty" | "złotych" | "zl" => Sign::Code("PLN"),
        "inr" | "Rs" | "rs" | "INRs" => Sign::Code("INR"),
        "chf" | "Fr" | "SFr" => Sign::Code("CHF"),
        "RM" => Sign::Code("MYR"),
        "kr" | "Kr" | "kronor" | "kroner" => Sign::Krone,
        "dollars" | "Dollars" => Sign::Dollar,
        _ => return None,
    })
}

/// The ISO code called `code` in any case.
pub fn code(code: &str) -> Option<&'static str> {
    CODES.iter().copied().find(|known| code.trim().eq_ignore_ascii_case(known))
}

/// The currency that an ambiguous `sign` stands for in a country.
pub fn in_country(sign: Sign, country: &str) -> Option<&'static str> {
    Some(match (sign, country) {
        (Sign::Code(code), _) => code,
        (Sign::Dollar, "US" | "PR") => "USD",
        (Sign::Dollar, "CA") => "CAD",
        (Sign::Dollar, "AU") => "AUD",
        (Sign::Dollar, "NZ") => "NZD",
        (Sign::Dollar, "SG") => "SGD",
        (Sign::Dollar, "HK") => "HKD",
        (Sign::Dollar, "MX") => "MXN",
        (Sign::Krone, "SE") => "SEK",
        (Sign::Krone, "NO") => "NOK",
        (Sign::Krone, "DK") => "DKK",
        (Sign::Krone, "IS") => "ISK",
        (Sign::Yen, "JP") => "JPY",
        (Sign::Yen, "CN") => "CNY",
        _ => return None,
    })
}

/// Whether `code` may be written with the ambiguous `sign`.
pub fn may_write(code: &str, sign: Sign) -> bool {
    match sign {
        Sign::Code(other) => other == code,
        Sign::Dollar => {
            matches!(code, "USD" | "CAD" | "AUD" | "NZD" | "SGD" | "HKD" | "TWD" | "MXN" | "CLP" | "COP" | "ARS")
        }
        Sign::Krone => matches!(code, "SEK" | "NOK" | "DKK" | "ISK"),
        Sign::Yen => matches!(code, "JPY" | "CNY"),
    }
}

/// How many units of a currency weigh as much as one dollar, in order of magnitude alone.
fn scale(code: Option<&str>) -> i64 {
    match code {
        Some(
            "INR" | "JPY" | "RUB" | "PKR" | "BDT" | "LKR" | "ISK" | "KES" | "ARS" | "RSD" | "HUF" | "NGN" | "KZT"
            | "CRC",
        ) => 100,
        Some("KRW" | "CLP") => 1_000,
        Some("IDR" | "VND" | "COP") => 5_000,
        Some(
            "SEK" | "NOK" | "DKK" | "CZK" | "CNY" | "HKD" | "TWD" | "MXN" | "ZAR" | "TRY" | "UAH" | "PHP" | "THB"
            | "EGP" | "MAD" | "UYU" | "GHS",
        ) => 10,
        _ => 1,
    }
}

/// Whether amounts of about `amount` in this currency are read as yearly or hourly pay when no period is stated.
pub fn speaks_for_itself(code: Option<&str>) -> bool {
    matches!(code, None | Some("USD" | "EUR" | "GBP" | "CAD" | "AUD" | "NZD" | "CHF" | "SGD"))
}

/// For currencies in whose countries pay is stated per month: the least and the greatest of a month, and the least of a year. Between the
/// two lies what could be either. Chosen so that a month's least is below the legal minimum of 2025 where there is one (PLN 4,666,
/// CZK 20,800, HUF 290,800, RON 4,050, BRL 1,518, MXN 8,475, ILS 6,248), and a year's least above any common month.
const MONTHLY: &[(&str, i64, i64, i64)] = &[
    ("PLN", 3_500, 50_000, 80_000),
    ("CZK", 18_000, 240_000, 400_000),
    ("HUF", 250_000, 3_000_000, 4_500_000),
    ("RON", 2_500, 40_000, 60_000),
    ("SEK", 18_000, 150_000, 250_000),
    ("NOK", 20_000, 120_000, 250_000),
    ("DKK", 18_000, 120_000, 200_000),
    ("BRL", 1_400, 40_000, 60_000),
    ("MXN", 7_000, 150_000, 250_000),
    ("ILS", 5_500, 80_000, 120_000),
    ("AED", 2_000, 80_000, 120_000),
    ("SAR", 2_000, 80_000, 120_000),
    ("JPY", 150_000, 1_500_000, 2_500_000),
    ("INR", 8_000, 150_000, 300_000),
];

/// The period for which pay from `low` to `top` is stated where no word says it, in the currencies of [`MONTHLY`].
pub fn by_size(code: Option<&str>, low: Decimal, top: Decimal) -> Option<Period> {
    let (_, month_low, month_top, year_low) = MONTHLY.iter().find(|(known, ..)| code == Some(*known))?;
    if low >= Decimal::from(*month_low) && top <= Decimal::from(*month_top) {
        Some(Period::Month)
    } else if low >= Decimal::from(*year_low) {
        Some(Period::Year)
    } else {
        None
    }
}

/// Whether `amount` can be base pay for `period`. The bounds are wide: they catch what is no pay at all, such as
/// stipends and funding rounds, not what is unusual.
pub fn plausible(amount: Decimal, code: Option<&str>, period: Period) -> bool {
    let (low, high) = match period {
        Period::Hour => (2, 1_500),
        Period::Day => (20, 10_000),
        Period::Week => (80, 40_000),
        Period::Month => (200, 150_000),
        Period::Year => (3_000, 3_000_000),
    };
    let scale = scale(code);
    amount >= Decimal::from(low * scale.min(100)) && amount <= Decimal::from(high * scale)
}
