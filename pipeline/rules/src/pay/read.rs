//! Pay as stated in free text: finds amounts, decides from the words around them whether they are base pay, and says
//! what it assumed.

use std::ops::Range;

use pipeline_core::money::Period;
use pipeline_core::source::PayConvention;
use rust_decimal::Decimal;

use super::currency::{Sign, by_size, in_country, may_write, plausible, speaks_for_itself};
use super::lex::{Amount, Kind, Times, Token, tokens};

/// What is known besides the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayHints {
    /// ISO 3166-1 alpha-2 code of the place of work, where known: decides which dollar, krone or yen is meant.
    pub country: Option<String>,
    /// Currency that the source states beside the text.
    pub currency: Option<String>,
    /// Whether the text is from a field for pay, so that no word has to say that it is about pay.
    pub dedicated: bool,
    /// How the source writes pay, where it has a way of its own.
    pub convention: Option<PayConvention>,
}

/// Pay as read from a text.
#[derive(Clone, Debug, PartialEq)]
pub struct PayReading {
    /// Lowest amount in major units; `None` for "up to".
    pub min: Option<Decimal>,
    /// Highest amount in major units; `None` for "from".
    pub max: Option<Decimal>,
    /// ISO 4217 code; `None` when the text leaves it open.
    pub currency: Option<String>,
    /// What the amounts pay for; `None` when the text leaves it open.
    pub period: Option<Period>,
    /// The words that state it: `text[start..end]`.
    pub quote: String,
    /// Where they start, in bytes.
    pub start: usize,
    /// Where they end, in bytes.
    pub end: usize,
    /// What was assumed, each in words.
    pub assumptions: Vec<String>,
    /// How sure the reading is, 0 to 1.
    pub confidence: f64,
}

/// Widest stretch of text that several pay ranges may be taken from together, in bytes.
const UNION_BYTES: usize = 400;

/// The base pay that `text` states; `None` when it states none, or nothing that is safe to read as one.
pub fn read_pay_text(text: &str, hints: &PayHints) -> Option<PayReading> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let tokens = tokens(text);
    let reader = Reader { text, tokens: &tokens, hints };
    let candidates = reader.candidates();
    let best_rank = candidates.iter().map(|candidate| candidate.rank).max()?;
    let best: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.rank == best_rank).collect();
    Some(reader.join(&best))
}

/// A span of amounts that is pay.
#[derive(Clone, Debug)]
struct Candidate {
    min: Option<Decimal>,
    max: Option<Decimal>,
    currency: Option<&'static str>,
    period: Option<Period>,
    /// What kind of statement it is: 0 without any word for pay, 1 total pay, 2 pay.
    rank: u8,
    bytes: Range<usize>,
    assumptions: Vec<String>,
    confidence: f64,
}

/// Amounts as they stand, before anything is known about them.
struct Span {
    min: Option<Decimal>,
    max: Option<Decimal>,
    money: Option<Sign>,
    thousands: bool,
    yearly: bool,
    range: bool,
    /// Tokens that it is made of.
    tokens: Range<usize>,
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    hints: &'a PayHints,
}

impl Reader<'_> {
    fn candidates(&self) -> Vec<Candidate> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let span = match &self.tokens[at].kind {
                Kind::Amount(amount) => match self.no_range(at, amount) {
                    Some(end) => {
                        at = end;
                        continue;
                    }
                    None => self.span(at, amount),
                },
                _ => None,
            };
            match span {
                Some(span) => {
                    at = span.tokens.end;
                    out.extend(self.judge(span));
                }
                None => at += 1,
            }
        }
        out
    }

    /// The end of two amounts of money that are written as a range but cannot be one, such as `$30 – $450,000`: one of
    /// them is a slip, and it is not known which.
    fn no_range(&self, at: usize, first: &Amount) -> Option<usize> {
        let (next, second) = self.second(at)?;
        let both_money = first.money.is_some() && first.money == second.money;
        (both_money && range(first, second, at..next + 1).is_none()).then_some(next + 1)
    }

    /// The amounts that begin at token `at`: a range, or one amount.
    fn span(&self, at: usize, first: &Amount) -> Option<Span> {
        if let Some((next, second)) = self.second(at)
            && let Some(span) = range(first, second, at..next + 1)
        {
            return Some(span);
        }
        let amount = scaled(first)?;
        let (min, max) = match self.one_sided(at, first) {
            Side::Both => (Some(amount), Some(amount)),
            Side::AtLeast => (Some(amount), None),
            Side::AtMost => (None, Some(amount)),
        };
        Some(Span {
            min,
            max,
            money: first.money,
            thousands: first.times == Some(Times::Thousand),
            yearly: first.yearly,
            range: false,
            tokens: at..at + 1,
        })
    }

    /// The amount that a dash or a word joins to the one at `at`.
    fn second(&self, at: usize) -> Option<(usize, &Amount)> {
        let mut next = at + 1;
        let mut joined = false;
        // `$82.00/hr – $95.00/hr`: a period may stand between.
        while next < self.tokens.len().min(at + 7) {
            match &self.tokens[next].kind {
                Kind::Amount(amount) if joined => return Some((next, amount)),
                Kind::Dash => joined = true,
                Kind::Word(word) if is_joint(word) => joined = true,
                Kind::Word(word) if is_and(word) && self.opens_range(at) => joined = true,
                Kind::Word(word) if !joined && (period_word(word).is_some() || is_filler(word) || is_per(word)) => {}
                Kind::Slash | Kind::Other if !joined => {}
                Kind::Open | Kind::Close | Kind::Money(_) => {}
                _ => return None,
            }
            next += 1;
        }
        None
    }

    fn opens_range(&self, at: usize) -> bool {
        self.before(at).take(4).any(|kind| matches!(kind, Kind::Word(word) if matches!(word.as_str(), "between" | "zwischen" | "entre" | "tussen" | "mellan" | "mellem" | "tra" | "pomiędzy")))
    }

    /// Tokens before `at`, nearest first.
    fn before(&self, at: usize) -> impl Iterator<Item = &Kind> {
        self.tokens[..at].iter().rev().map(|token| &token.kind)
    }

    /// Tokens from `at` on.
    fn after(&self, at: usize) -> impl Iterator<Item = &Kind> {
        self.tokens[at.min(self.tokens.len())..].iter().map(|token| &token.kind)
    }

    fn one_sided(&self, at: usize, amount: &Amount) -> Side {
        if amount.plus {
            return Side::AtLeast;
        }
        let words: Vec<&str> = self
            .before(at)
            .take(3)
            .map_while(|kind| match kind {
                Kind::Word(word) => Some(word.as_str()),
                _ => None,
            })
            .collect();
        match words.as_slice() {
            ["to", "up", ..]
            | ["zu", "bis", ..]
            | ["à", "jusqu", ..]
            | ["hasta", ..]
            | ["bis", ..]
            | ["maximum" | "max" | "under", ..] => Side::AtMost,
            ["from" | "ab" | "desde" | "dès" | "minimum" | "min" | "starting" | "vanaf" | "od", ..]
            | ["at", "starting" | "starts" | "start", ..]
            | ["least", "at", ..]
            | ["de", "partir", ..]
            | ["than", "more", ..] => Side::AtLeast,
            _ => Side::Both,
        }
    }

    /// Whether `span` is pay, and what it says then.
    fn judge(&self, span: Span) -> Option<Candidate> {
        let context = self.context_before(span.tokens.start);
        let (after, end) = self.period_after(span.tokens.end);
        if context == Context::Refused || self.refused_after(span.tokens.end, span.range) || after == After::PerOther {
            return None;
        }
        let about_pay = self.hints.dedicated || matches!(context, Context::Pay | Context::Total);
        let explicit = match after {
            After::Period(period) => Some(period),
            _ if span.yearly => Some(Period::Year),
            _ => self.period_before(span.tokens.start),
        };
        let top = span.max.or(span.min)?;
        if !self.accepted(&span, about_pay, explicit, top) {
            return None;
        }
        let mut assumptions = Vec::new();
        let currency = self.currency(span.money, &mut assumptions);
        let period = match (explicit, self.hints.convention) {
            (Some(period), _) => Some(period),
            (None, Some(PayConvention::EnglishUs)) => {
                assumptions.push("pay per year, as this source writes amounts without a unit".to_owned());
                Some(Period::Year)
            }
            (None, None) => infer_period(&span, top, currency, about_pay, &mut assumptions),
        };
        if let Some(period) = period
            && ![span.min, span.max].into_iter().flatten().all(|amount| plausible(amount, currency, period))
        {
            return None;
        }
        let bytes = self.tokens[span.tokens.start].start..self.tokens[end - 1].end;
        let rank = if context == Context::Total { 1 } else { u8::from(about_pay) * 2 };
        let confidence = confidence(about_pay, explicit.is_some(), &span, assumptions.len());
        Some(Candidate { min: span.min, max: span.max, currency, period, rank, bytes, assumptions, confidence })
    }

    fn accepted(&self, span: &Span, about_pay: bool, explicit: Option<Period>, top: Decimal) -> bool {
        let large = top >= Decimal::from(10_000);
        match (span.money.is_some() || self.hints.currency.is_some(), span.range) {
            (true, true) => about_pay || explicit.is_some() || large,
            (true, false) => about_pay || explicit == Some(Period::Hour) || explicit == Some(Period::Year) && large,
            (false, _) => about_pay && large && (span.thousands || span.yearly || top < Decimal::from(1_000_000)),
        }
    }

    /// What the words before token `at` say about it; the nearest word counts.
    fn context_before(&self, at: usize) -> Context {
        let mut found = Context::Silent;
        let mut lines = 0;
        let mut kinds = self.before(at).take(18).peekable();
        while let Some(kind) = kinds.next() {
            match kind {
                Kind::Line => lines += 1,
                Kind::Stop | Kind::Bullet => break,
                Kind::Amount(_) if lines > 0 => break,
                Kind::Word(word) => {
                    let earlier = kinds.peek().and_then(|kind| match kind {
                        Kind::Word(word) => Some(word.as_str()),
                        _ => None,
                    });
                    if lines == 0
                        && (word == "ote" || word == "target" || word == "earnings" && earlier != Some("base"))
                    {
                        return Context::Refused;
                    }
                    if found == Context::Pay && word == "total" {
                        found = Context::Total;
                    }
                    if found != Context::Silent {
                        continue;
                    }
                    if is_pay(word) {
                        found = Context::Pay;
                    } else if lines == 0 && refuses_before(word) && !earlier.is_some_and(is_exclusion) {
                        return Context::Refused;
                    }
                }
                _ => {}
            }
            if lines > 2 {
                break;
            }
        }
        found
    }

    /// Whether the words after token `at` say that the amount is something else than base pay.
    fn refused_after(&self, at: usize, range: bool) -> bool {
        for kind in self.after(at).take(6) {
            match kind {
                Kind::Word(word) if refuses_after(word, range) => return true,
                Kind::Word(word) if ends_phrase(word) => return false,
                Kind::Word(_) | Kind::Dash | Kind::Slash | Kind::Money(_) => {}
                Kind::Other => {}
                _ => return false,
            }
        }
        false
    }

    /// The period stated after token `at`, and the token where the statement ends.
    fn period_after(&self, at: usize) -> (After, usize) {
        let mut per = false;
        for (offset, kind) in self.after(at).take(7).enumerate() {
            match kind {
                Kind::Slash => per = true,
                Kind::Word(word) => match period_word(word) {
                    Some(unit) if per || unit.alone => return (After::Period(unit.period), at + offset + 1),
                    _ if word == "p" => per = true,
                    _ if per && !is_filler(word) && !is_per(word) => return (After::PerOther, at),
                    _ if is_per(word) => per = true,
                    _ if ends_phrase(word) || is_pay_of_another_kind(word) => return (After::Silent, at),
                    _ => {}
                },
                Kind::Dash | Kind::Money(_) | Kind::Other | Kind::Open => {}
                Kind::Stop if per => {}
                _ => return (After::Silent, at),
            }
        }
        (After::Silent, at)
    }

    /// The period that the nearest word before token `at` states, such as `hourly rate`.
    fn period_before(&self, at: usize) -> Option<Period> {
        let mut lines = 0;
        let mut kinds = self.before(at).take(14).peekable();
        while let Some(kind) = kinds.next() {
            match kind {
                Kind::Stop | Kind::Bullet | Kind::Amount(_) => return None,
                Kind::Line => lines += 1,
                Kind::Word(word) => {
                    if let Some(unit) = period_word(word) {
                        let per = matches!(kinds.peek(), Some(Kind::Slash))
                            || matches!(kinds.peek(), Some(Kind::Word(before)) if is_per(before));
                        if unit.alone || per {
                            return Some(unit.period);
                        }
                        // `day rate`, `Stundenlohn` and the like name the unit before the rate.
                        if unit.period == Period::Day
                            && self.before(at).take(4).any(|kind| matches!(kind, Kind::Word(word) if word == "rate"))
                        {
                            return Some(Period::Day);
                        }
                    }
                }
                _ => {}
            }
            if lines > 1 {
                return None;
            }
        }
        None
    }

    fn currency(&self, money: Option<Sign>, assumptions: &mut Vec<String>) -> Option<&'static str> {
        let stated = self.hints.currency.as_deref().and_then(super::currency::code);
        match money {
            None => stated,
            Some(Sign::Code(code)) => Some(code),
            Some(Sign::Dollar) if self.hints.convention == Some(PayConvention::EnglishUs) => {
                assumptions.push("$ is USD, as this source writes it".to_owned());
                Some("USD")
            }
            Some(sign) => {
                if let Some(code) = stated.filter(|code| may_write(code, sign)) {
                    return Some(code);
                }
                if let Some(country) = &self.hints.country {
                    let code = in_country(sign, country)?;
                    assumptions.push(format!("the currency sign is read as {code} because the place is in {country}"));
                    return Some(code);
                }
                if sign == Sign::Dollar
                    && let Some(evidence) = us_evidence(self.text)
                {
                    assumptions.push(format!("the dollar is read as USD because the text speaks of {evidence}"));
                    return Some("USD");
                }
                None
            }
        }
    }

    /// The first candidate, widened by those near it that state the same kind of pay.
    fn join(&self, candidates: &[&Candidate]) -> PayReading {
        let first = candidates[0];
        let mut joined = first.clone();
        let mut several = false;
        for next in &candidates[1..] {
            let same = next.currency == first.currency && next.period == first.period;
            let two_sided = [first.min, first.max, next.min, next.max].iter().all(Option::is_some);
            if !same || !two_sided || next.bytes.end - first.bytes.start > UNION_BYTES {
                continue;
            }
            several |= (next.min, next.max) != (joined.min, joined.max);
            joined.min = joined.min.min(next.min);
            joined.max = joined.max.max(next.max);
            joined.bytes.end = next.bytes.end;
        }
        if several {
            joined.assumptions.push("several pay ranges: from the lowest to the highest amount".to_owned());
            joined.confidence = (joined.confidence - 0.15).max(0.1);
        }
        PayReading {
            min: joined.min,
            max: joined.max,
            currency: joined.currency.map(str::to_owned),
            period: joined.period,
            quote: self.text[joined.bytes.clone()].to_owned(),
            start: joined.bytes.start,
            end: joined.bytes.end,
            assumptions: joined.assumptions,
            confidence: joined.confidence,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Both,
    AtLeast,
    AtMost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    Silent,
    Pay,
    Total,
    Refused,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Silent,
    Period(Period),
    /// Paid per something that is no period, such as a script or an event.
    PerOther,
}

/// The amount with its multiplier; `None` when it cannot be pay.
fn scaled(amount: &Amount) -> Option<Decimal> {
    if amount.counted || amount.number.is_zero() {
        return None;
    }
    match amount.times {
        None => Some(amount.number),
        Some(Times::Thousand) => amount.number.checked_mul(Decimal::from(1_000)),
        Some(Times::Lakh) if amount.yearly || matches!(amount.money, None | Some(Sign::Code("INR"))) => {
            amount.number.checked_mul(Decimal::from(100_000))
        }
        Some(Times::Lakh | Times::Huge) => None,
    }
}

/// Two amounts as a range; `None` when they are none.
fn range(first: &Amount, second: &Amount, tokens: Range<usize>) -> Option<Span> {
    let (mut low, mut high) = (first.clone(), second.clone());
    let thousand = Decimal::from(1_000);
    // A suffix or currency on one side counts for both: `$120-150k`, `17–23K PLN`, `8-12 LPA`.
    match (low.times, high.times) {
        (None, Some(times)) if low.number < thousand => low.times = Some(times),
        (Some(times), None) if high.number < thousand => high.times = Some(times),
        _ => {}
    }
    let money = match (low.money, high.money) {
        (Some(a), Some(b)) if a == b => Some(a),
        (Some(Sign::Code(code)), Some(other)) | (Some(other), Some(Sign::Code(code))) => {
            may_write(code, other).then_some(Sign::Code(code))?.into()
        }
        (Some(_), Some(_)) => return None,
        (one, None) | (None, one) => one,
    };
    (low.money, high.money) = (money, money);
    let (min, max) = (scaled(&low)?, scaled(&high)?);
    let close = min <= max && max <= min.checked_mul(Decimal::from(10))?;
    let years = money.is_none() && low.times.is_none() && is_year(min) && is_year(max);
    let thousands = low.times == Some(Times::Thousand) || high.times == Some(Times::Thousand);
    (close && !years).then_some(Span {
        min: Some(min),
        max: Some(max),
        money,
        thousands,
        yearly: low.yearly || high.yearly,
        range: true,
        tokens,
    })
}

fn is_year(number: Decimal) -> bool {
    number >= Decimal::from(1_900) && number <= Decimal::from(2_100)
}

/// The period that the size of an amount leaves no doubt about, with the assumption stated.
fn infer_period(
    span: &Span,
    top: Decimal,
    currency: Option<&str>,
    about_pay: bool,
    assumptions: &mut Vec<String>,
) -> Option<Period> {
    if let Some(period) = by_size(currency, span.min.unwrap_or(top), top).filter(|_| about_pay) {
        assumptions.push(format!("read as pay per {} because of its size", period.name()));
        return Some(period);
    }
    if !speaks_for_itself(currency) {
        return None;
    }
    let period = if top >= Decimal::from(10_000) {
        Period::Year
    } else if top <= Decimal::from(200) && about_pay && span.money.is_some() && !span.thousands {
        Period::Hour
    } else {
        return None;
    };
    assumptions.push(format!("read as pay per {} because of its size", period.name()));
    Some(period)
}

fn confidence(about_pay: bool, explicit_period: bool, span: &Span, assumptions: usize) -> f64 {
    let steps = 60
        + if about_pay { 20 } else { 0 }
        + if explicit_period { 10 } else { 0 }
        + if matches!(span.money, Some(Sign::Code(_))) { 5 } else { 0 }
        + if span.range { 4 } else { 0 }
        - 5 * assumptions.min(4) as i64;
    steps as f64 / 100.0
}

/// What in `text` says that its dollars are those of the United States.
fn us_evidence(text: &str) -> Option<&'static str> {
    ["401(k)", "401k", "401K", "401(K)", "United States", "USD", "U.S.", "EEO", "W-2", "W2"].into_iter().find(|word| {
        text.match_indices(word).any(|(at, _)| {
            let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            !letter(text[..at].chars().next_back()) && !letter(text[at + word.len()..].chars().next())
        })
    })
}

/// A word that names a period, and whether it does so without "per".
struct Unit {
    period: Period,
    alone: bool,
}

fn period_word(word: &str) -> Option<Unit> {
    let (period, alone) = match word {
        "hour" | "hr" | "hrs" | "h" | "stunde" | "std" | "heure" | "hora" | "ora" | "uur" | "timme" | "time"
        | "godz" | "godzinę" => (Period::Hour, false),
        "hourly" | "ph" | "stündlich" | "stundenlohn" | "horaire" | "stundensatz" | "uurloon" => (Period::Hour, true),
        "day" | "tag" | "jour" | "día" | "dia" | "giorno" | "dag" | "dzień" => (Period::Day, false),
        "daily" | "pd" | "tagessatz" | "täglich" | "tjm" => (Period::Day, true),
        "week" | "wk" | "woche" | "semaine" | "semana" | "settimana" => (Period::Week, false),
        "weekly" | "wöchentlich" | "pw" => (Period::Week, true),
        "month" | "mo" | "mth" | "mnth" | "monat" | "mois" | "mes" | "mês" | "mese" | "maand" | "månad" | "måned"
        | "miesiąc" | "mies" | "mc" | "m" => (Period::Month, false),
        "monthly" | "pcm" | "pm" | "monatlich" | "monatsgehalt" | "mensuel" | "mensuels" | "mensual" | "mensuales"
        | "mensile" | "miesięcznie" | "mensal" => (Period::Month, true),
        "year" | "yr" | "annum" | "jahr" | "an" | "año" | "ano" | "anno" | "jaar" | "år" | "rok" | "y" | "a" => {
            (Period::Year, false)
        }
        "yearly" | "annual" | "annually" | "annualized" | "annualised" | "pa" | "jährlich" | "jahresgehalt"
        | "jahresbruttogehalt" | "bruttojahresgehalt" | "jahresbrutto" | "annuel" | "annuels" | "annuelle"
        | "anual" | "anuales" | "annui" | "lpa" | "rocznie" => (Period::Year, true),
        _ => return None,
    };
    Some(Unit { period, alone })
}

fn is_per(word: &str) -> bool {
    matches!(
        word,
        "per"
            | "an"
            | "a"
            | "each"
            | "every"
            | "pro"
            | "par"
            | "por"
            | "je"
            | "al"
            | "na"
            | "om"
            | "pr"
            | "im"
            | "za"
            | "i"
            | "the"
    ) && word != "the"
}

fn is_joint(word: &str) -> bool {
    matches!(
        word,
        "to" | "bis"
            | "à"
            | "through"
            | "thru"
            | "until"
            | "till"
            | "tot"
            | "do"
            | "hasta"
            | "até"
            | "til"
            | "till_"
            | "a"
    )
}

fn is_and(word: &str) -> bool {
    matches!(word, "and" | "und" | "et" | "y" | "e" | "en" | "och" | "og" | "i")
}

fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "brutto"
            | "netto"
            | "gross"
            | "net"
            | "brut"
            | "bruts"
            | "bruto"
            | "base"
            | "salary"
            | "fixed"
            | "fixe"
            | "full"
            | "usd"
            | "dollars"
            | "approximately"
            | "ca"
            | "only"
            | "lordo"
            | "lordi"
            | "zzgl"
    )
}

fn is_pay(word: &str) -> bool {
    matches!(
        word,
        "salary"
            | "salaries"
            | "compensation"
            | "pay"
            | "paid"
            | "pays"
            | "paying"
            | "base"
            | "wage"
            | "wages"
            | "remuneration"
            | "rate"
            | "rates"
            | "earn"
            | "stipendium"
            | "gehalt"
            | "jahresgehalt"
            | "bruttojahresgehalt"
            | "monatsgehalt"
            | "vergütung"
            | "lohn"
            | "stundenlohn"
            | "gehaltsspanne"
            | "gehaltsrahmen"
            | "bruttogehalt"
            | "mindestgehalt"
            | "entgelt"
            | "salaire"
            | "rémunération"
            | "package"
            | "salario"
            | "sueldo"
            | "remuneración"
            | "retribución"
            | "stipendio"
            | "ral"
            | "retribuzione"
            | "salaris"
            | "salário"
            | "remuneração"
            | "wynagrodzenie"
            | "lön"
            | "løn"
            | "lønn"
            | "ctc"
            | "comp"
            | "payscale"
            | "stundensatz"
            | "tagessatz"
            | "widełki"
    )
}

fn is_exclusion(word: &str) -> bool {
    matches!(word, "excluding" | "exclusive" | "excl" | "without" | "exkl" | "plus" | "hors" | "before" | "not")
}

fn is_pay_of_another_kind(word: &str) -> bool {
    matches!(word, "for" | "with" | "bonus")
}

/// Words before an amount that make it something else than base pay.
fn refuses_before(word: &str) -> bool {
    matches!(
        word,
        "bonus"
            | "bonuses"
            | "signing"
            | "equity"
            | "stipend"
            | "budget"
            | "allowance"
            | "reimbursement"
            | "reimburse"
            | "raised"
            | "raise"
            | "raising"
            | "funding"
            | "funded"
            | "fund"
            | "valued"
            | "valuation"
            | "revenue"
            | "revenues"
            | "arr"
            | "mrr"
            | "gmv"
            | "backed"
            | "secured"
            | "investment"
            | "invested"
            | "invest"
            | "quota"
            | "quotas"
            | "prize"
            | "save"
            | "saved"
            | "saves"
            | "savings"
            | "referral"
            | "commission"
            | "commissions"
            | "worth"
            | "managing"
            | "manage"
            | "manages"
            | "managed"
            | "processed"
            | "processing"
            | "sales"
            | "sold"
            | "generated"
            | "generating"
            | "deals"
            | "market"
            | "contribution"
            | "contributions"
            | "match"
            | "matching"
            | "stock"
            | "rsu"
            | "rsus"
            | "options"
            | "grant"
            | "grants"
            | "incentive"
            | "incentives"
            | "relocation"
            | "voucher"
            | "credit"
            | "credits"
            | "donate"
            | "donation"
            | "cost"
            | "costs"
            | "price"
            | "priced"
            | "fee"
            | "fees"
            | "insurance"
            | "coverage"
            | "deductible"
            | "portfolio"
            | "spend"
            | "spending"
            | "acquired"
            | "acquisition"
            | "fine"
            | "fines"
            | "penalty"
            | "boni"
            | "prämie"
            | "prime"
            | "zuschuss"
            | "umsatz"
            | "bonusu"
            | "401k"
            | "retirement"
            | "pension"
    )
}

/// Words after an amount that make it something else than base pay; after a range fewer of them are believed.
fn refuses_after(word: &str, range: bool) -> bool {
    let always = matches!(
        word,
        "bonus"
            | "bonuses"
            | "signing"
            | "sign"
            | "equity"
            | "revenue"
            | "revenues"
            | "arr"
            | "mrr"
            | "gmv"
            | "aum"
            | "funding"
            | "valuation"
            | "stipend"
            | "allowance"
            | "budget"
            | "ote"
            | "commission"
            | "commissions"
            | "grant"
            | "stock"
            | "rsu"
            | "rsus"
            | "options"
            | "referral"
            | "quota"
            | "quotas"
            | "deal"
            | "deals"
            | "assets"
            | "seed"
            | "round"
            | "investment"
            | "credit"
            | "credits"
            | "reimbursement"
            | "reimbursements"
            | "voucher"
            | "users"
            | "customers"
            | "clients"
            | "downloads"
            | "transactions"
            | "members"
            | "employees"
            | "people"
            | "engineers"
            | "years"
            | "hours"
            | "days"
            | "weeks"
            | "target"
            | "incentive"
            | "variable"
            | "donation"
            | "contribution"
            | "prize"
            | "worth"
            | "raised"
            | "prämie"
            | "zuschuss"
    );
    let after_one = matches!(
        word,
        "sales"
            | "match"
            | "company"
            | "companies"
            | "business"
            | "businesses"
            | "market"
            | "contract"
            | "contracts"
            | "industry"
            | "savings"
            | "fund"
            | "portfolio"
            | "learning"
            | "education"
            | "fitness"
            | "wellness"
            | "home"
            | "office"
            | "book"
            | "books"
            | "development"
            | "conference"
            | "travel"
            | "orders"
            | "restaurants"
            | "stores"
            | "series"
            | "relocation"
            | "insurance"
    );
    always || after_one && !range
}

/// Words that begin another matter.
fn ends_phrase(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "or"
            | "plus"
            | "with"
            | "depending"
            | "based"
            | "dependent"
            | "commensurate"
            | "und"
            | "et"
            | "y"
            | "oder"
            | "including"
            | "along"
            | "we"
            | "you"
            | "which"
            | "that"
            | "is"
            | "are"
            | "je"
            | "lub"
    )
}
