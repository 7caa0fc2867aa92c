//! Laws: what is rendered is read back, hostile texts cost linear time and never panic, offsets are those of the text.

use std::time::Duration;

use cpu_time::ThreadTime;

use super::*;

/// How a locale writes thousands, and where it puts the currency.
#[derive(Clone, Copy, Debug)]
struct Writing {
    group: &'static str,
    before: &'static str,
    after: &'static str,
    joint: &'static str,
    country: &'static str,
    code: &'static str,
}

const WRITINGS: &[Writing] = &[
    Writing { group: ",", before: "$", after: "", joint: " - ", country: "US", code: "USD" },
    Writing { group: ",", before: "£", after: "", joint: " – ", country: "GB", code: "GBP" },
    Writing { group: ".", before: "", after: " €", joint: " bis ", country: "DE", code: "EUR" },
    Writing { group: "\u{202f}", before: "", after: "\u{a0}€", joint: " à ", country: "FR", code: "EUR" },
    Writing { group: "’", before: "CHF ", after: "", joint: "–", country: "CH", code: "CHF" },
    Writing { group: "\u{a0}", before: "", after: " zł", joint: " — ", country: "PL", code: "PLN" },
    Writing { group: " ", before: "", after: " Kč", joint: " až ", country: "CZ", code: "CZK" },
    Writing { group: " ", before: "", after: " kr", joint: " − ", country: "SE", code: "SEK" },
    Writing { group: ".", before: "R$ ", after: "", joint: " a ", country: "BR", code: "BRL" },
    Writing { group: ",", before: "¥", after: "", joint: "〜", country: "JP", code: "JPY" },
    Writing { group: ".", before: "Rp ", after: "", joint: " - ", country: "ID", code: "IDR" },
    Writing { group: ",", before: "AED ", after: "", joint: " to ", country: "AE", code: "AED" },
];

fn grouped(amount: u64, group: &str) -> String {
    let digits = amount.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push_str(group);
        }
        out.push(digit);
    }
    out
}

proptest! {
    #[test]
    fn what_a_locale_writes_is_read_back(which in 0..WRITINGS.len(), low in 60_u64..900, more in 0_u64..500, period in 0_usize..2) {
        let writing = WRITINGS[which];
        let (period, times) = [("per year", if writing.code == "IDR" { 500_000 } else { 1_000 }), ("per month", 1_000)][period];
        let (low, high) = (low * times, (low + more) * times);
        prop_assume!(high <= 150_000 || times == 1_000 && period == "per year" || writing.code == "IDR");
        let amount = |amount: u64| format!("{}{}{}", writing.before, grouped(amount, writing.group), writing.after);
        let text = format!("Salary: {}{}{} {period}", amount(low), writing.joint, amount(high));
        let named = if period == "per year" { Period::Year } else { Period::Month };
        let (low, high) = (Decimal::from(low), Decimal::from(high));
        if super::super::size::plausible(low, Some(writing.code), named) && super::super::size::plausible(high, Some(writing.code), named) {
            let reading = read_pay_text(&text, &hints(writing.country)).expect(&text);
            prop_assert_eq!((reading.min, reading.max), (Some(low), Some(high)), "{}", text);
            prop_assert_eq!((reading.currency.as_deref(), reading.period), (Some(writing.code), Some(named)), "{}", text);
        }
    }

    #[test]
    fn parts_quote_the_text_at_their_offsets(
        text in "(\\PC|[0-9]{1,6}|[$€£¥,.'% –-]|k |CA\\$|kr\\. |per hour|salary |bonus |equity |OTE |to |up to |\n|lakh|万円|\u{a0}|zł|x 14|hours per week|\\(|\\)){0,60}",
        country in prop_oneof![Just(""), Just("US"), Just("SE")],
    ) {
        let mut warnings = Warnings::new();
        let pay = super::super::read(&[], "", &text, &hints(country), &mut warnings).unwrap_or_default();
        prop_assert!(pay.parts.len() <= MOST_PARTS);
        for part in pay.parts {
            prop_assert_eq!(text.get(part.start.unwrap()..part.end.unwrap()), Some(part.quote.as_str()));
        }
    }
}

#[test]
fn hostile_texts_cost_linear_time() {
    let patterns = [
        "1 000 ",
        "1'000'",
        "1.2,",
        "$",
        "$1 - ",
        "(",
        "$1(",
        "salary ",
        "401k$1 ",
        "k€ ",
        "salary $1k – $2k\n",
        "€ € ",
        "9",
        "9,9",
        "万9",
        "US ",
        "up to ",
        "per ",
        "/hr ",
        "5 hours per week ",
        "- ",
        "x 14 ",
        "USD$",
        "F\u{a0}CFA ",
        "٫1",
        "日",
        "т.р.",
        "+ bonus $1 ",
        "$1\n- a: ",
    ];
    for pattern in patterns {
        let text = pattern.repeat(200_000 / pattern.len());
        let begun = ThreadTime::now();
        let _ = super::super::read(&[], "", &text, &hints(""), &mut Warnings::new());
        assert!(begun.elapsed() < Duration::from_secs(1), "{pattern:?} took {:?}", begun.elapsed());
    }
}
