//! How well pay is read from real labelled texts, which are not part of the project.

#![expect(clippy::print_stderr, reason = "a measurement is read by people")]

use pipeline_core::money::Period;
use pipeline_rules::{PayHints, Readers, read_pay_text};
use serde_json::Value;

#[test]
#[ignore = "needs ../shared/data"]
#[expect(clippy::disallowed_methods, reason = "the labels lie outside the project")]
fn pay_labels_are_read_exactly_or_not_at_all() {
    let path = "../../../shared/data/labels/salary/ashby_pairs_dev.jsonl";
    let labels = std::fs::read_to_string(path).expect("the labels");
    let readers = Readers::new();
    let (mut n, mut exact, mut wrong, mut missed) = (0, 0, 0, 0);
    for line in labels.lines() {
        let label: Value = serde_json::from_str(line).expect("a label");
        let text = label["text_tier"].as_str().unwrap_or_default();
        let place = readers.places.read_text(label["location"].as_str().unwrap_or_default());
        let hints = PayHints { country: place.country, currency: None, dedicated: true };
        let reading = read_pay_text(text, &hints);
        let gold = &label["gold"][0];
        let period = if gold["interval"] == "1 HOUR" { Period::Hour } else { Period::Year };
        n += 1;
        match reading {
            Some(reading) if reading.currency.is_some() && reading.period.is_some() => {
                let near = |read: Option<rust_decimal::Decimal>, gold: &Value| {
                    let read: Option<f64> = read.and_then(|read| read.to_string().parse().ok());
                    read.zip(gold.as_f64()).is_some_and(|(read, gold)| (read - gold).abs() <= gold * 0.005)
                };
                let same = near(reading.min, &gold["min"]) && near(reading.max, &gold["max"]);
                if same && reading.currency.as_deref() == gold["currency"].as_str() && reading.period == Some(period) {
                    exact += 1;
                } else {
                    wrong += 1;
                    eprintln!("wrong: {} | {text} | {reading:?} | {gold}", label["location"]);
                }
            }
            other => {
                missed += 1;
                eprintln!("missed: {} | {text} | {other:?}", label["location"]);
            }
        }
    }
    eprintln!("n {n}, exact {exact}, silently wrong {wrong}, missed {missed}");
    assert!(wrong * 100 <= n, "{wrong} of {n} are silently wrong");
}
