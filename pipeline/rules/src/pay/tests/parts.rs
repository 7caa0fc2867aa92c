//! The parts of pay: kinds, zones, years.

use super::*;

fn parts_of(text: &str, country: &str) -> Vec<PayPart> {
    let mut warnings = Warnings::new();
    super::super::read(&[], "", text, &hints(country), &mut warnings).map(|pay| pay.parts).unwrap_or_default()
}

fn kinds(text: &str) -> Vec<(PartKind, Option<i64>, Option<i64>)> {
    parts_of(text, "US").into_iter().map(|part| (part.kind, part.min_minor, part.max_minor)).collect()
}

#[test]
fn every_amount_is_a_part_of_its_kind() {
    let text = "Base salary $90,000 - $110,000, OTE $180,000 - $220,000. Signing bonus of $10,000. Equity: 0.1% - 0.25%. \
                $1,500 annual learning stipend. Referral bonus: $5,000. We raised $30M.";
    let found = parts_of(text, "US");
    let kinds: Vec<PartKind> = found.iter().map(|part| part.kind).collect();
    use PartKind::{Allowance, Base, Equity, Ote, Referral, Signing};
    assert_eq!(kinds, [Base, Ote, Signing, Equity, Allowance, Referral]);
    assert_eq!((found[3].min_percent, found[3].max_percent, found[3].currency.clone()), (Some(0.1), Some(0.25), None));
    assert_eq!((found[2].min_minor, found[2].annual_min_minor), (Some(1_000_000), None));
    for part in &found {
        assert_eq!(text.get(part.start.unwrap()..part.end.unwrap()), Some(part.quote.as_str()));
    }
}

#[test]
fn what_is_on_top_never_becomes_base_pay() {
    assert_eq!(kinds("Sign-on bonus: $20,000 - $30,000"), [(PartKind::Signing, Some(2_000_000), Some(3_000_000))]);
    assert_eq!(kinds("OTE $150k-$200k"), [(PartKind::Ote, Some(15_000_000), Some(20_000_000))]);
    assert_eq!(kinds("Total compensation: $200k-$300k"), [(PartKind::Total, Some(20_000_000), Some(30_000_000))]);
    let mut warnings = Warnings::new();
    let pay = super::super::read(&[], "", "OTE $150k-$200k", &hints("US"), &mut warnings).expect("parts");
    assert_eq!((pay.quote, pay.min_minor, pay.parts.len()), (None, None, 1));
}

#[test]
fn zones_are_kept_apart_and_the_columns_span_them() {
    let text = "Salary ranges:\n- San Francisco: $150,000 - $180,000\n- Zone 2: $130,000 - $160,000\n- Denver ($120,000 - $150,000)";
    let mut warnings = Warnings::new();
    let pay = super::super::read(&[], "", text, &hints("US"), &mut warnings).expect("pay");
    assert_eq!((pay.min_minor, pay.max_minor), (Some(12_000_000), Some(18_000_000)));
    assert!(pay.assumption.expect("an assumption").contains("several pay ranges"));
    let zones: Vec<_> = pay.parts.iter().map(|part| (part.zone.as_deref(), part.min_minor)).collect();
    let expected = [("San Francisco", 15_000_000), ("Zone 2", 13_000_000), ("Denver", 12_000_000)];
    assert_eq!(zones, expected.map(|(zone, min)| (Some(zone), Some(min))));
}

#[test]
fn zones_that_fields_name_are_kept() {
    let zone = |min: i64, max: i64, zone: &str| RawPay {
        zone: Some(zone.to_owned()),
        ..field(min, max, "$", Some(Period::Year))
    };
    let fields = [zone(150_000, 180_000, "Zone 1"), zone(130_000, 160_000, "Zone 2")];
    let hints = PayHints { countries: vec!["US".to_owned(), "GB".to_owned()], ..PayHints::default() };
    let pay = super::super::read(&fields, "", "", &hints, &mut Warnings::new()).expect("pay");
    assert_eq!((pay.min_minor, pay.max_minor), (Some(13_000_000), Some(18_000_000)));
    assert_eq!(pay.currency.as_deref(), Some("USD"), "the pound has another sign");
    let zones: Vec<_> = pay.parts.iter().map(|part| (part.zone.as_deref(), part.min_minor)).collect();
    assert_eq!(zones, [(Some("Zone 1"), Some(15_000_000)), (Some("Zone 2"), Some(13_000_000))]);
    let hints = PayHints { countries: vec!["US".to_owned(), "CA".to_owned()], ..PayHints::default() };
    let open = super::super::read(&fields, "", "", &hints, &mut Warnings::new()).expect("a quote");
    assert_eq!(open.currency, None, "two countries have dollars");
}

#[test]
fn zones_are_named_before_or_after_the_amount() {
    for (text, zone) in [
        ("The base salary range for candidates in New York is $150,000 - $180,000", "New York"),
        ("Base pay: $150k - $180k (NYC & SF)", "NYC & SF"),
        ("Base pay is $170,000 - $200,000 for Tier 1", "Tier 1"),
        ("Salary: $100,000 - $120,000 in Colorado", "Colorado"),
    ] {
        assert_eq!(parts_of(text, "US")[0].zone.as_deref(), Some(zone), "{text}");
    }
    assert_eq!(parts_of("Base salary: $150,000 - $180,000 (base)", "US")[0].zone, None);
}

#[test]
fn years_are_as_long_as_the_posting_says() {
    let year = |text: &str| {
        let part = parts_of(text, "AT").remove(0);
        (part.annual_min_minor, part.assumption.unwrap_or_default())
    };
    let (annual, said) = year("Gehalt: 3.000 € brutto pro Monat (14 Gehälter)");
    assert_eq!(annual, Some(4_200_000));
    assert!(said.contains("14 monthly salaries"), "{said}");
    assert_eq!(year("Gehalt: 3.000 € pro Monat x 13").0, Some(3_900_000));
    assert_eq!(year("Gehalt: 3.000 € pro Monat").0, Some(3_600_000));
    let (annual, said) = year("Pay: 20 € per hour, 35 hours per week");
    assert_eq!(annual, Some(20 * 35 * 52 * 100));
    assert!(said.contains("35 hours a week"), "{said}");
    assert_eq!(year("Stundenlohn: 20 €. 38,5-Stunden-Woche").0, Some(20 * 2_002 * 100));
    assert_eq!(year("Pay: 20 € per hour").0, Some(20 * 2_080 * 100));
}

#[test]
fn fields_give_parts_too() {
    let equity = RawPay {
        field: "equity".to_owned(),
        min: Some(Decimal::new(1, 1)),
        max: Some(Decimal::new(5, 1)),
        kind: PayKind::Other,
        ..RawPay::default()
    };
    let zones =
        [field(100_000, 120_000, "USD", Some(Period::Year)), field(90_000, 110_000, "USD", Some(Period::Year)), equity];
    let (pay, _) = pay_of(&zones, "Salary: $100,000 - $120,000 per year");
    let found: Vec<_> =
        pay.parts.iter().map(|part| (part.kind, part.min_minor, part.min_percent, part.start)).collect();
    let base = |min| (PartKind::Base, Some(min), None, None);
    assert_eq!(found, [base(10_000_000), base(9_000_000), (PartKind::Other, None, Some(0.1), None)]);
}

#[test]
fn parts_are_bounded_in_number() {
    let text = "Salary: $100,000 in Rome.\n".repeat(500);
    assert!(parts_of(&text, "US").len() <= MOST_PARTS);
    let text: String = (0..500).map(|n| format!("Salary: ${} per year in Rome.\n", 50_000 + n)).collect();
    assert_eq!(parts_of(&text, "US").len(), MOST_PARTS);
}
