//! Conversion of pay into euros by dated reference rates. The original amounts always stay beside it.

use std::collections::BTreeMap;

use pipeline_core::money::minor_digits;
use pipeline_core::{Error, Result};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use schemas::Day;
use schemas::tables::{RateRow, RoleRow};

/// Rates of one day, for a lake without any.
const SAMPLE: &str = include_str!("../../../data-samples/reference/fx.csv");

/// The provider of all rates: the European Central Bank's euro foreign exchange reference rates.
pub const PROVIDER: &str = "ecb";

/// Largest rate that is taken for one, in units per euro.
const LARGEST: f64 = 1e9;

/// Rates by currency and day.
#[derive(Clone, Debug, Default)]
pub struct Rates(BTreeMap<String, BTreeMap<Day, Decimal>>);

impl Rates {
    /// The rates of `rows`.
    pub fn new(rows: Vec<RateRow>) -> Self {
        let mut rates = Self::default();
        for row in rows {
            if let Ok(rate) = Decimal::try_from(row.per_euro) {
                rates.0.entry(row.currency).or_default().insert(row.day, rate);
            }
        }
        rates
    }

    /// The bundled rates of one day.
    ///
    /// # Errors
    /// When the bundled file is broken.
    pub fn sample() -> Result<Self> {
        read(SAMPLE).map(Self::new)
    }

    /// `minor` units of `currency` in euro cents, rounded half to even, by the rate of `day` or else of the latest day before it,
    /// with that day. `None` for a currency without such a rate. Euros are themselves.
    pub fn to_euro_cents(&self, minor: i64, currency: &str, day: Day) -> Option<(i64, Day)> {
        if currency == "EUR" {
            return Some((minor, day));
        }
        let (rate_day, rate) = self.0.get(currency)?.range(..=day).next_back()?;
        let amount = Decimal::try_from_i128_with_scale(i128::from(minor), minor_digits(currency)).ok()?;
        let cents = amount.checked_div(*rate)?.checked_mul(Decimal::ONE_HUNDRED)?.round();
        Some((cents.to_i64()?, *rate_day))
    }

    /// Fills the columns for pay in euros, by the rate of the day on which the role was published or else first seen.
    pub fn convert(&self, role: &mut RoleRow) {
        let Some(currency) = role.pay_currency.clone() else { return };
        let day = role.posted_at.unwrap_or(role.first_seen_at).day();
        let euros = |minor: Option<i64>| self.to_euro_cents(minor?, &currency, day);
        let (min, max) = (euros(role.pay_annual_min_minor), euros(role.pay_annual_max_minor));
        role.pay_annual_min_euro_cents = min.map(|(cents, _)| cents);
        role.pay_annual_max_euro_cents = max.map(|(cents, _)| cents);
        role.pay_rate_day = min.or(max).map(|(_, day)| day);
    }
}

/// The rates in a file of the European Central Bank: `eurofxref*.csv` or `eurofxref*.xml`, of one day or of many.
///
/// # Errors
/// `Invalid` when it is neither, or a day or rate in it is none.
pub fn read(text: &str) -> Result<Vec<RateRow>> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let rows = if text.starts_with('<') { read_xml(text) } else { read_csv(text) }?;
    if rows.is_empty() {
        return Err(Error::invalid("the file holds no rates"));
    }
    Ok(rows)
}

fn read_csv(text: &str) -> Result<Vec<RateRow>> {
    let broken = |error: csv::Error| Error::invalid("the rates are no CSV file").because(error);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let currencies = reader.headers().map_err(broken)?.clone();
    if currencies.get(0) != Some("Date") {
        return Err(Error::invalid("the first column of the rates is not Date").hint(
            "the file is https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.xml, or the CSV beside it, unzipped",
        ));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let mut fields = record.iter();
        let day = day(fields.next().unwrap_or_default())?;
        for (currency, rate) in currencies.iter().skip(1).zip(fields) {
            if !matches!(rate, "" | "N/A") {
                rows.push(row(currency, day, rate)?);
            }
        }
    }
    Ok(rows)
}

fn read_xml(text: &str) -> Result<Vec<RateRow>> {
    let mut reader = Reader::from_str(text);
    let (mut rows, mut today) = (Vec::new(), None);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) if element.local_name().as_ref() == "Cube" => {
                if let Some(time) = attribute(&element, "time")? {
                    today = Some(day(&time)?);
                }
                if let (Some(currency), Some(rate)) = (attribute(&element, "currency")?, attribute(&element, "rate")?) {
                    let day = today.ok_or_else(|| Error::invalid(format!("the rate of {currency} has no day")))?;
                    rows.push(row(&currency, day, &rate)?);
                }
            }
            Ok(Event::Eof) => return Ok(rows),
            Ok(_) => {}
            Err(error) => return Err(Error::invalid("the rates are no XML file").because(error)),
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>> {
    let found = element.try_get_attribute(name);
    let found = found.map_err(|error| Error::invalid("an element of the rates is broken").because(error))?;
    Ok(found.map(|found| found.value.into_owned()))
}

/// `2024-11-25`, or `25 November 2024` as the daily CSV has it.
fn day(text: &str) -> Result<Day> {
    text.parse()
        .or_else(|_| jiff::civil::Date::strptime("%d %B %Y", text).map(Day::from_date))
        .map_err(|error| Error::invalid(format!("{text:?} is no day of rates")).because(error))
}

fn row(currency: &str, day: Day, rate: &str) -> Result<RateRow> {
    let is_code = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
    let per_euro = rate.parse::<f64>().ok().filter(|rate| *rate > 0.0 && *rate < LARGEST);
    match (is_code, per_euro) {
        (true, Some(per_euro)) => {
            Ok(RateRow { provider: PROVIDER.to_owned(), currency: currency.to_owned(), day, per_euro })
        }
        _ => Err(Error::invalid(format!("{rate:?} is no rate of {currency:?} on {day}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(text: &str) -> Rates {
        Rates::new(read(text).unwrap())
    }

    fn on(day: &str) -> Day {
        day.parse().unwrap()
    }

    const HISTORY: &str = "Date,USD,JPY,CYP,\n2024-11-25,1.0495,161.64,N/A,\n2024-11-22,1.0412,161.04,N/A,\n";

    #[test]
    fn an_amount_is_converted_by_the_rate_of_its_day_or_the_last_before_it() {
        let rates = rates(HISTORY);
        assert_eq!(rates.to_euro_cents(10_000_000, "USD", on("2024-11-25")), Some((9_528_347, on("2024-11-25"))));
        assert_eq!(rates.to_euro_cents(10_000_000, "USD", on("2024-11-24")), Some((9_604_303, on("2024-11-22"))));
        assert_eq!(
            rates.to_euro_cents(16_164, "JPY", on("2025-01-01")),
            Some((10_000, on("2024-11-25"))),
            "yen have no minor units"
        );
        assert_eq!(rates.to_euro_cents(5, "EUR", on("1990-01-01")), Some((5, on("1990-01-01"))));
    }

    #[test]
    fn without_a_rate_nothing_is_converted() {
        let rates = rates(HISTORY);
        assert_eq!(rates.to_euro_cents(1, "USD", on("2024-11-21")), None, "a later rate is none of its time");
        assert_eq!(rates.to_euro_cents(1, "CYP", on("2024-11-25")), None);
        assert_eq!(rates.to_euro_cents(1, "XXX", on("2024-11-25")), None);
        assert_eq!(rates.to_euro_cents(i64::MAX, "JPY", on("2024-11-25")).map(|(_, day)| day), Some(on("2024-11-25")));
    }

    #[test]
    fn every_form_of_the_file_gives_the_same_rates() {
        let daily = "Date, USD, JPY, \n25 November 2024, 1.0495, 161.64, \n";
        let xml = "<?xml version=\"1.0\"?><gesmes:Envelope xmlns:gesmes=\"g\" xmlns=\"e\"><Cube><Cube time='2024-11-25'>\
            <Cube currency='USD' rate='1.0495'/><Cube currency='JPY' rate='161.64'/></Cube></Cube></gesmes:Envelope>";
        let csv = "Date,USD,JPY\n2024-11-25,1.0495,161.64\n";
        assert_eq!(read(daily).unwrap(), read(csv).unwrap());
        assert_eq!(read(xml).unwrap(), read(csv).unwrap());
    }

    #[test]
    fn what_is_no_file_of_rates_is_refused_by_what_is_wrong_with_it() {
        for (text, wrong) in [
            ("", "Date"),
            ("Day,USD\n2024-11-25,1\n", "Date"),
            ("Date,USD\n", "no rates"),
            ("Date,USD\nyesterday,1\n", "yesterday"),
            ("Date,USD\n2024-11-25,-1\n", "-1"),
            ("Date,dollar\n2024-11-25,1\n", "dollar"),
            ("<Cube currency='USD' rate='1'/>", "no day"),
            ("<Cube", "XML"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.chain().contains(wrong), "{text:?}: {}", error.chain());
        }
    }

    #[test]
    fn the_sample_has_the_currencies_of_the_bank_and_a_role_keeps_its_own_pay() {
        let mut role = RoleRow {
            pay_currency: Some("GBP".to_owned()),
            pay_annual_min_minor: Some(5_000_000),
            first_seen_at: "2026-11-20T06:00:00Z".parse().unwrap(),
            ..RoleRow::default()
        };
        Rates::sample().unwrap().convert(&mut role);
        assert_eq!(role.pay_annual_min_minor, Some(5_000_000));
        assert_eq!(role.pay_annual_min_euro_cents, Some(5_990_535));
        assert_eq!((role.pay_annual_max_euro_cents, role.pay_rate_day), (None, Some(on("2024-11-25"))));
    }
}
