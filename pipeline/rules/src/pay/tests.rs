//! The rules of pay reading, one by one.

mod laws;
mod parts;
mod writings;

use pipeline_core::source::PayConvention;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;

fn hints(country: &str) -> PayHints {
    PayHints { country: (!country.is_empty()).then(|| country.to_owned()), ..PayHints::default() }
}

fn shown(reading: Option<PayReading>) -> String {
    let Some(reading) = reading else { return "none".to_owned() };
    let amount = |amount: Option<Decimal>| amount.map_or("?".to_owned(), |amount| amount.normalize().to_string());
    let period = reading.period.map_or("?", Period::name);
    format!("{}-{} {} {period}", amount(reading.min), amount(reading.max), reading.currency.as_deref().unwrap_or("?"))
}

fn read_in(text: &str, country: &str) -> String {
    shown(read_pay_text(text, &hints(country)))
}

fn field(min: i64, max: i64, currency: &str, period: Option<Period>) -> RawPay {
    RawPay {
        field: "pay".to_owned(),
        min: Some(Decimal::from(min)),
        max: Some(Decimal::from(max)),
        currency: Some(currency.to_owned()),
        period,
        ..RawPay::default()
    }
}

fn pay_of(fields: &[RawPay], text: &str) -> (Pay, Warnings) {
    let mut warnings = Warnings::new();
    let pay = read(fields, "", text, &hints("US"), &mut warnings).unwrap_or_default();
    (pay, warnings)
}

#[test]
fn ranges_are_read_in_every_usual_form() {
    for (text, country, expected) in [
        ("Salary: €80k–€100k per year", "", "80000-100000 EUR year"),
        ("$120-150k", "US", "120000-150000 USD year"),
        ("The salary for this position ranges from $220,000 to $250,000 per year", "US", "220000-250000 USD year"),
        ("Base salary: between $90,000 and $110,000", "CA", "90000-110000 CAD year"),
        ("CA$78.5K – CA$102K", "", "78500-102000 CAD year"),
        ("Gehalt: 60.000 € – 75.000 € brutto/Jahr", "DE", "60000-75000 EUR year"),
        ("Gehalt 60 000 bis 70 000 € im Jahr", "DE", "60000-70000 EUR year"),
        ("Salaire : 45 000 € à 55 000 € par an", "FR", "45000-55000 EUR year"),
        ("Salary 60\u{a0}000 – 70\u{202f}000 €", "DE", "60000-70000 EUR year"),
        ("Wynagrodzenie: 15 000 - 20 000 PLN / month", "PL", "15000-20000 PLN month"),
        ("£45,000 - £55,000 p.a.", "GB", "45000-55000 GBP year"),
        ("$82.00/hr - $95.00/hr", "US", "82-95 USD hour"),
        ("Pay: $26.08 per hour", "US", "26.08-26.08 USD hour"),
        ("hourly rate for this role ranges from $20 to $27", "US", "20-27 USD hour"),
        ("Rate: 50 EUR / hour", "", "50-50 EUR hour"),
        ("Vergütung 1.200,50 € monatlich", "DE", "1200.5-1200.5 EUR month"),
        ("Salary: ₹8-12 LPA", "IN", "800000-1200000 INR year"),
        ("CHF 110'000 – 130'000 per annum", "CH", "110000-130000 CHF year"),
        ("Compensation: USD 120k - 150k", "", "120000-150000 USD year"),
        ("Salary $120,000 - $150,000 USD", "", "120000-150000 USD year"),
        ("lön 45 000 - 55 000 kr/månad", "SE", "45000-55000 SEK month"),
        ("17–23K PLN per month net on B2B", "PL", "17000-23000 PLN month"),
    ] {
        assert_eq!(read_in(text, country), expected, "{text}");
    }
}

#[test]
fn open_ends_stay_open() {
    assert_eq!(read_in("Salary up to £60,000", "GB"), "?-60000 GBP year");
    assert_eq!(read_in("Salary from €50.000 per year", "DE"), "50000-? EUR year");
    assert_eq!(read_in("Base pay: $120k+", "US"), "120000-? USD year");
}

#[test]
fn a_dollar_without_a_place_stays_ambiguous() {
    assert_eq!(read_in("Compensation range: $120k-$150k", ""), "120000-150000 ? year");
    assert_eq!(read_in("Compensation range: $120k-$150k", "DE"), "120000-150000 ? year");
    assert_eq!(read_in("Compensation range: $120k-$150k and a 401(k)", ""), "120000-150000 USD year");
    let mut warnings = Warnings::new();
    let pay = super::read(&[], "", "Salary: $120k-$150k", &hints(""), &mut warnings).expect("a quote");
    assert_eq!((pay.min_minor, pay.currency, pay.quote.as_deref()), (None, None, Some("$120k-$150k")));
    assert!(warnings.contains("currency-ambiguous"));
}

#[test]
fn a_sign_that_one_of_several_places_has_is_that_currency() {
    let in_all = |countries: [&str; 2]| {
        let hints = PayHints { countries: countries.map(str::to_owned).to_vec(), ..PayHints::default() };
        shown(read_pay_text("Compensation range: $120k-$150k", &hints))
    };
    assert_eq!(in_all(["US", "GB"]), "120000-150000 USD year");
    assert_eq!(in_all(["US", "CA"]), "120000-150000 ? year");
}

#[test]
fn what_is_no_base_pay_is_refused() {
    for text in [
        "We just raised $50M in funding.",
        "post-money valuation of $1.7bn",
        "surpassed $200 million ARR",
        "We have a $100/month education budget",
        "a signing bonus of $10,000",
        "$20,000 sign-on bonus",
        "401k match up to $5,000",
        "equity worth $50,000 - $100,000",
        "5-10 years of experience",
        "Our company has over 50000 users worldwide.",
        "founded in 2015 - 2020",
        "0.5% - 1.5% equity",
        "$160K - $300K OTE",
        "On-target earnings: $160,000 - $200,000",
        "$1-500M in revenue run rate",
        "Additional Scripts: £75 for each additional script",
        "401(k) with 4% match",
        "a $1,000 annual learning stipend",
        "managing $250,000 - $500,000 deals",
        "call 555-123-4567",
        "Pay CA$30.00 – CA$450,000.00",
    ] {
        assert_eq!(read_in(text, "US"), "none", "{text}");
    }
}

#[test]
fn base_pay_is_told_from_what_comes_on_top() {
    assert_eq!(read_in("$250K – $275K • $50K – $75K Bonus", "US"), "250000-275000 USD year");
    assert_eq!(read_in("Base salary $80k - $100k, OTE $160k - $200k", "US"), "80000-100000 USD year");
    assert_eq!(read_in("$200,000 - $250,000 base + Equity", "US"), "200000-250000 USD year");
}

#[test]
fn several_ranges_are_joined_with_a_stated_assumption() {
    let text = "Salary ranges: NY: $171,500 - $250,000. All other states: salary $146,000 - $215,000";
    let reading = read_pay_text(text, &hints("US")).expect("pay");
    assert_eq!(shown(Some(reading.clone())), "146000-250000 USD year");
    assert!(reading.assumptions.iter().any(|assumption| assumption.contains("several")));
}

#[test]
fn pay_without_a_period_is_kept_as_a_quote_only() {
    let (pay, warnings) = pay_of(&[], "Salary: €2,500 - €3,000");
    assert_eq!((pay.min_minor, pay.quote.as_deref()), (None, Some("€2,500 - €3,000")));
    assert!(warnings.contains("pay-period-unknown"));
}

#[test]
fn fields_come_before_words() {
    let (pay, _) = pay_of(&[field(100, 120, "USD", Some(Period::Hour))], "Salary: $90,000 - $95,000 per year");
    assert_eq!((pay.min_minor, pay.annual_min_minor), (Some(10_000), Some(20_800_000)));
    assert_eq!(pay.assumption.as_deref(), Some("2,080 hours a year"));
}

#[test]
fn predicted_pay_is_taken_only_for_want_of_stated_pay() {
    let guess = RawPay { predicted: true, ..field(50_000, 60_000, "USD", Some(Period::Year)) };
    let (pay, _) = pay_of(std::slice::from_ref(&guess), "Salary: $90,000 - $95,000 per year");
    assert_eq!((pay.predicted, pay.min_minor), (Some(false), Some(9_000_000)));
    let (pay, _) = pay_of(&[guess], "Nice team");
    assert_eq!((pay.predicted, pay.min_minor), (Some(true), Some(5_000_000)));
}

#[test]
fn zeros_are_nothing_and_swapped_ends_are_put_in_order() {
    assert_eq!(pay_of(&[field(0, 0, "USD", None)], "").0, Pay::default());
    let (pay, warnings) = pay_of(&[field(90_000, 80_000, "USD", Some(Period::Year))], "");
    assert_eq!((pay.min_minor, pay.max_minor), (Some(8_000_000), Some(9_000_000)));
    assert!(warnings.contains("pay-min-above-max"));
}

#[test]
fn pay_zones_are_joined_and_other_currencies_left_out() {
    let zones = [
        field(100_000, 120_000, "USD", Some(Period::Year)),
        field(90_000, 110_000, "USD", Some(Period::Year)),
        field(10, 20, "CAD", Some(Period::Year)),
    ];
    let (pay, _) = pay_of(&zones, "");
    assert_eq!((pay.min_minor, pay.max_minor), (Some(9_000_000), Some(12_000_000)));
    assert!(pay.assumption.expect("an assumption").contains("several pay zones"));
}

#[test]
fn thousands_are_restored_only_where_the_source_warned() {
    let mut warnings = Warnings::from(["pay-maybe-thousands"]);
    let fields = [field(90, 120, "USD", Some(Period::Year))];
    let pay = super::read(&fields, "", "", &hints("US"), &mut warnings).expect("pay");
    assert_eq!((pay.min_minor, pay.max_minor), (Some(9_000_000), Some(12_000_000)));
    let (pay, warnings) = pay_of(&fields, "");
    assert_eq!(pay.min_minor, None);
    assert!(warnings.contains("pay-implausible"));
}

proptest! {
    #[test]
    fn quotes_are_the_words_at_their_offsets(
        text in "(\\PC|[0-9]{1,6}|[$€£,. –-]|k |CA\\$|per hour|salary |to |\n|lakh|401\\(k\\)| |zł|%){0,40}",
        country in prop_oneof![Just(""), Just("US"), Just("SE")],
    ) {
        if let Some(reading) = read_pay_text(&text, &hints(country)) {
            prop_assert_eq!(text.get(reading.start..reading.end), Some(reading.quote.as_str()));
            prop_assert!(reading.min.is_some() || reading.max.is_some());
        }
    }
}

#[test]
fn a_source_that_writes_other_dollars_with_letters_means_usd_by_the_bare_sign() {
    let hints = PayHints { dedicated: true, convention: Some(PayConvention::EnglishUs), ..hints("CA") };
    let read = |text: &str| {
        let reading = read_pay_text(text, &hints)?;
        Some((reading.currency?, reading.period?, reading.max?.to_string()))
    };
    assert_eq!(read("$143K – $246K • Offers Equity"), Some(("USD".to_owned(), Period::Year, "246000".to_owned())));
    assert_eq!(read("CA$150K – CA$200K"), Some(("CAD".to_owned(), Period::Year, "200000".to_owned())));
    assert_eq!(read("$45.00 – $50.00 per hour"), Some(("USD".to_owned(), Period::Hour, "50.00".to_owned())));
    assert_eq!(read("$150.00"), None, "no pay for a year");
}

#[test]
fn where_pay_is_stated_per_month_its_size_says_so_and_what_could_be_either_stays_open() {
    let period = |text: &str| read_pay_text(text, &PayHints::default()).unwrap().period;
    assert_eq!(period("Wynagrodzenie: 9 500 zł — 11 000 zł"), Some(Period::Month));
    assert_eq!(period("Salary: 180 000 – 240 000 PLN"), Some(Period::Year));
    assert_eq!(period("Salary: 40 000 – 90 000 PLN"), None);
    assert_eq!(period("Salary: 45 000 Kč"), Some(Period::Month));
    assert_eq!(period("Salary: 12,00,000 - 18,00,000 INR"), Some(Period::Year));
}
