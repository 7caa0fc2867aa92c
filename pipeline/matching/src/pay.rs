//! What a person expects to be paid, read from their own words.

use pipeline_core::money::Period;

/// Pay that a person expects.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// Major units of `currency` per year; of a range the lower end.
    pub amount: f64,
    /// ISO 4217 code.
    pub currency: String,
    /// What was assumed to read it, as a clause; null when nothing was.
    pub assumption: Option<String>,
}

/// From this amount on, a number without a period is yearly pay; below it could be anything.
const YEARLY_FROM: f64 = 10_000.0;

/// Signs and words that mean one currency. Longer ones first: `US$` must not be read as a bare dollar.
const SIGNS: &[(&str, &str)] = &[
    ("us$", "USD"),
    ("ca$", "CAD"),
    ("au$", "AUD"),
    ("nz$", "NZD"),
    ("hk$", "HKD"),
    ("s$", "SGD"),
    ("r$", "BRL"),
    ("c$", "CAD"),
    ("a$", "AUD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₪", "ILS"),
    ("₺", "TRY"),
    ("₴", "UAH"),
    ("zł", "PLN"),
    ("euro", "EUR"),
];

/// Countries and their currencies, for expectations that name none.
const CURRENCIES: &[(&str, &[&str])] = &[
    ("USD", &["US", "PR", "EC", "SV"]),
    (
        "EUR",
        &[
            "AT", "BE", "BG", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE", "IT", "LT", "LU", "LV", "MT", "NL",
            "PT", "SI", "SK",
        ],
    ),
    ("GBP", &["GB"]),
    ("CHF", &["CH", "LI"]),
    ("CAD", &["CA"]),
    ("AUD", &["AU"]),
    ("NZD", &["NZ"]),
    ("SEK", &["SE"]),
    ("NOK", &["NO"]),
    ("DKK", &["DK"]),
    ("PLN", &["PL"]),
    ("CZK", &["CZ"]),
    ("HUF", &["HU"]),
    ("RON", &["RO"]),
    ("UAH", &["UA"]),
    ("TRY", &["TR"]),
    ("ILS", &["IL"]),
    ("AED", &["AE"]),
    ("INR", &["IN"]),
    ("JPY", &["JP"]),
    ("CNY", &["CN"]),
    ("KRW", &["KR"]),
    ("SGD", &["SG"]),
    ("HKD", &["HK"]),
    ("BRL", &["BR"]),
    ("MXN", &["MX"]),
    ("ZAR", &["ZA"]),
];

/// Words for a period. `pm` and the like are left out: they are as often something else.
const PERIODS: &[(Period, &[&str])] = &[
    (Period::Hour, &["hour", "hourly", "hr", "h"]),
    (Period::Day, &["day", "daily"]),
    (Period::Week, &["week", "weekly"]),
    (Period::Month, &["month", "monthly", "mo"]),
    (Period::Year, &["year", "yearly", "annual", "annually", "annum", "yr", "pa"]),
];

impl Expectation {
    /// The pay that `words` of a person living in `country` state; `None` when amount, currency or period stay unclear.
    pub fn read(words: &str, country: Option<&str>) -> Option<Self> {
        let text = words.to_lowercase();
        let amount = first_amount(&text)?;
        let (currency, guessed) = currency(&text, country)?;
        let period = PERIODS.iter().find(|(_, names)| names.iter().any(|name| crate::words::names(&text, name)));
        let period = match period {
            Some((period, _)) => *period,
            None if amount >= YEARLY_FROM => Period::Year,
            None => return None,
        };
        let mut assumptions = Vec::new();
        if guessed {
            assumptions.push(format!("taken as {currency}, the currency of {}", country.unwrap_or_default()));
        }
        if period != Period::Year {
            assumptions.push(format!("at {} {}s a year", period.per_year(), period.name()));
        }
        Some(Self {
            amount: amount * period.per_year() as f64,
            currency: currency.to_owned(),
            assumption: (!assumptions.is_empty()).then(|| assumptions.join(", ")),
        })
    }
}

/// The currency of lower-case `text`, and whether it was taken from the country.
fn currency(text: &str, country: Option<&str>) -> Option<(&'static str, bool)> {
    let coded = CURRENCIES.iter().find(|(code, _)| has_code(text, &code.to_lowercase()));
    if let Some((code, _)) = coded {
        return Some((code, false));
    }
    if let Some((_, code)) = SIGNS.iter().find(|(sign, _)| text.contains(sign)) {
        return Some((code, false));
    }
    let country = country?;
    let (local, _) = CURRENCIES.iter().find(|(_, countries)| countries.contains(&country))?;
    let fits = match text {
        text if text.contains('$') => local.ends_with('D') && *local != "AED",
        text if text.contains('¥') => matches!(*local, "JPY" | "CNY"),
        _ => true,
    };
    fits.then_some((*local, true))
}

/// Whether `code` stands in `text` with no letter beside it; digits may touch it, as in `eur80k`.
fn has_code(text: &str, code: &str) -> bool {
    text.match_indices(code).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + code.len()..].chars().next();
        [before, after].into_iter().flatten().all(|sign| !sign.is_alphabetic())
    })
}

/// The first amount in `text`; in `80-90k` both ends are thousands.
fn first_amount(text: &str) -> Option<f64> {
    let start = text.find(|sign: char| sign.is_ascii_digit())?;
    let (amount, rest) = number(&text[start..])?;
    let thousands = |rest: &str| {
        let after = rest.trim_start().strip_prefix(['k', 't']);
        after.is_some_and(|after| !after.starts_with(char::is_alphabetic) || after.starts_with("sd"))
    };
    if thousands(rest) {
        return Some(amount * 1_000.0);
    }
    let upper = rest.trim_start().strip_prefix(['-', '–', '—']).map(str::trim_start).and_then(number);
    match upper {
        Some((upper, rest)) if thousands(rest) && amount < 1_000.0 && amount <= upper => Some(amount * 1_000.0),
        _ => Some(amount),
    }
}

/// The number that `text` begins with, and what follows. A separator before exactly three digits groups, any other is
/// a decimal mark.
fn number(text: &str) -> Option<(f64, &str)> {
    let mut digits = String::new();
    let mut rest = text;
    loop {
        let end = rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len());
        digits.push_str(&rest[..end]);
        rest = &rest[end..];
        let Some(after) = rest.strip_prefix([',', '.', '\'', '’', ' ', '\u{a0}', '\u{202f}']) else { break };
        let group = after.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(after.len());
        match group {
            3 => rest = after,
            1 | 2 if rest.starts_with([',', '.']) && !digits.contains('.') => {
                digits.push('.');
                rest = after;
            }
            _ => break,
        }
    }
    digits.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0).map(|number| (number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str, country: Option<&str>) -> Option<(f64, String)> {
        Expectation::read(words, country).map(|expectation| (expectation.amount, expectation.currency))
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for words in
            ["EUR 80k", "80.000 €", "€80,000", "80 000 eur", "80k-90k EUR", "80-90k EUR", "80’000 EUR per year"]
        {
            assert_eq!(read(words, None), Some((80_000.0, "EUR".to_owned())), "{words}");
        }
        assert_eq!(read("C$ 92,5k", None), Some((92_500.0, "CAD".to_owned())));
    }

    #[test]
    fn a_dollar_without_a_place_stays_ambiguous() {
        assert_eq!(read("$120,000", None), None);
        assert_eq!(read("$120,000", Some("DE")), None);
        assert_eq!(read("$120,000", Some("CA")), Some((120_000.0, "CAD".to_owned())));
    }

    #[test]
    fn a_currency_taken_from_the_country_is_said() {
        let expectation = Expectation::read("120000", Some("US")).expect("an expectation");
        assert_eq!(expectation.assumption.as_deref(), Some("taken as USD, the currency of US"));
        assert_eq!(Expectation::read("120000", None), None);
    }

    #[test]
    fn shorter_periods_become_a_year_by_a_stated_convention() {
        let hourly = Expectation::read("$50 per hour", Some("US")).expect("an expectation");
        assert_eq!(hourly.amount, 104_000.0);
        assert!(hourly.assumption.is_some_and(|text| text.contains("2080 hours")));
        assert_eq!(read("4500 EUR/month", None), Some((54_000.0, "EUR".to_owned())));
    }

    #[test]
    fn a_small_number_without_a_period_means_nothing() {
        assert_eq!(read("EUR 50", None), None);
        assert_eq!(read("negotiable", Some("US")), None);
        assert_eq!(read("", Some("US")), None);
    }

    #[test]
    fn any_words_are_read_without_panic() {
        for words in ["1.", "9".repeat(400).as_str(), "€", "1..2", "١٢٣", "80,", "1,2,3,4", "0k", "İ80k eur"] {
            let _ = Expectation::read(words, Some("US"));
        }
    }
}
