//! What pay in a currency can plausibly be, and which period its size leaves no doubt about.

use pipeline_core::money::Period;
use rust_decimal::Decimal;

/// How many units of a currency weigh as much as one dollar, in order of magnitude alone.
fn scale(code: Option<&str>) -> i64 {
    match code {
        Some(
            "INR" | "JPY" | "RUB" | "PKR" | "BDT" | "LKR" | "NPR" | "ISK" | "KES" | "ARS" | "RSD" | "HUF" | "NGN"
            | "KZT" | "CRC" | "ALL" | "AMD" | "DZD" | "ETB" | "JMD" | "DOP" | "MKD" | "AOA" | "VUV" | "XPF" | "KGS"
            | "HTG" | "AFN" | "SYP" | "YER" | "CVE" | "CLF",
        ) => 100,
        Some(
            "KRW" | "CLP" | "XAF" | "XOF" | "RWF" | "MWK" | "IQD" | "MNT" | "MMK" | "DJF" | "BIF" | "KMF" | "CDF"
            | "SOS",
        ) => 1_000,
        Some(
            "IDR" | "VND" | "COP" | "PYG" | "UGX" | "TZS" | "UZS" | "KHR" | "LAK" | "IRR" | "LBP" | "GNF" | "MGA"
            | "SLE",
        ) => 5_000,
        Some(
            "SEK" | "NOK" | "DKK" | "CZK" | "CNY" | "HKD" | "TWD" | "MXN" | "ZAR" | "TRY" | "UAH" | "PHP" | "THB"
            | "EGP" | "MAD" | "UYU" | "GHS" | "MDL" | "MUR" | "BWP" | "NAD" | "GTQ" | "HNL" | "NIO" | "BOB" | "ZMW"
            | "LSL" | "SZL" | "MZN" | "TTD" | "MOP" | "MVR" | "SRD" | "SCR" | "TJS" | "GMD" | "MRU" | "VES" | "ERN",
        ) => 10,
        _ => 1,
    }
}

/// Whether pay in this currency runs into millions.
pub fn counts_in_millions(code: Option<&str>) -> bool {
    scale(code) >= 10
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

/// Whether yearly amounts leave out their thousands, as in `75.00 – 95.00 per year`: such a year is no pay, a thousand times as much is.
pub fn reads_as_thousands(min: Option<Decimal>, max: Option<Decimal>, code: Option<&str>) -> bool {
    let scale = Decimal::from(scale(code));
    let small = |amount: Decimal| {
        amount < Decimal::ONE_THOUSAND && (Decimal::from(12)..Decimal::from(800)).contains(&(amount / scale))
    };
    code.is_some() && [min, max].into_iter().flatten().all(small)
}
