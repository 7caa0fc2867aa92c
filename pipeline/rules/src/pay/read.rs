//! Pay as stated in free text: finds amounts, decides from the words around them what they are, and says what it assumed.

use std::ops::Range;

use pipeline_core::money::Period;
use pipeline_core::source::PayConvention;
use rust_decimal::Decimal;

use super::context::{After, Around};
use super::currency::{Sign, in_country, is_shy, may_write};
use super::lex::{Kind, Token, tokens};
use super::part::{MOST_PARTS, PartKind};
use super::size::{by_size, counts_in_millions, plausible, reads_as_thousands, speaks_for_itself};
use super::span::{Found, Span, span_at};
use super::subject::Subject;
use super::year::{PerYear, salaries_after, weekly_hours};
use super::zone::zone;

/// What is known besides the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayHints {
    /// ISO 3166-1 alpha-2 code of the place of work, where known: decides which dollar, krone or yen is meant.
    pub country: Option<String>,
    /// Countries of further places of work: a sign that only one currency of all these countries has is that currency's.
    pub countries: Vec<String>,
    /// Currency that the source states beside the text.
    pub currency: Option<String>,
    /// Whether the text is from a field for pay, so that no word has to say that it is about pay.
    pub dedicated: bool,
    /// How the source writes pay, where it has a way of its own.
    pub convention: Option<PayConvention>,
}

/// One amount or range of a text, with what the text says about it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What it is.
    pub kind: PartKind,
    /// Lowest in major units, or in percent; `None` for "up to".
    pub min: Option<Decimal>,
    /// Highest.
    pub max: Option<Decimal>,
    /// Whether the amounts are percentages.
    pub percent: bool,
    /// ISO 4217 code, where it is known.
    pub currency: Option<&'static str>,
    /// What the amounts pay for, where it is known.
    pub period: Option<Period>,
    /// How often that is in a year, where the text states it.
    pub per_year: Option<PerYear>,
    /// The words that name the zone it holds for.
    pub zone: Option<String>,
    /// Whether words, and not its size alone, say that it is pay.
    pub about_pay: bool,
    /// Where it stands.
    pub bytes: Range<usize>,
    /// What was assumed, each in words.
    pub assumptions: Vec<String>,
    /// How sure the reading is, 0 to 1.
    pub confidence: f64,
}

/// All amounts of pay in `text`, in its order; at most [`MOST_PARTS`] of base pay and as many others.
pub fn findings(text: &str, hints: &PayHints) -> Vec<Finding> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let tokens = tokens(text);
    let reader = Reader { text, tokens: &tokens, around: Around { tokens: &tokens }, hints, us: us_evidence(text) };
    let mut found = reader.all();
    if found.iter().any(|finding| finding.period == Some(Period::Hour))
        && let Some(hours) = weekly_hours(&tokens)
    {
        for finding in found.iter_mut().filter(|finding| finding.period == Some(Period::Hour)) {
            finding.per_year = Some(hours.clone());
        }
    }
    found
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    around: Around<'a>,
    hints: &'a PayHints,
    /// What says that dollars are those of the United States.
    us: Option<&'static str>,
}

impl Reader<'_> {
    fn all(&self) -> Vec<Finding> {
        let (mut base, mut others) = (0, 0);
        // Where the last base pay ends, and its period.
        let mut above: Option<(usize, Option<Period>)> = None;
        let mut out = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() && base < MOST_PARTS {
            match span_at(self.tokens, at) {
                Some(Found::Span(span)) => {
                    at = span.tokens.end;
                    let listed = above.filter(|above| self.continues_list(above.0, span.tokens.start));
                    let Some(finding) = self.judge(&span, listed.map(|(_, period)| period)) else { continue };
                    if finding.kind == PartKind::Base {
                        above = finding.about_pay.then_some((span.tokens.end, finding.period));
                    }
                    let count = if finding.kind == PartKind::Base { &mut base } else { &mut others };
                    *count += 1;
                    if *count <= MOST_PARTS {
                        out.push(finding);
                    }
                }
                Some(Found::Nothing(end)) => at = end,
                None => at += 1,
            }
        }
        out
    }

    /// Whether an amount at token `start` is the next line of a list whose last amount ends at token `end`: `- Spain: 65.000 EUR`.
    fn continues_list(&self, end: usize, start: usize) -> bool {
        let between = &self.tokens[end..start];
        if between.len() >= 24 {
            return false;
        }
        let Some(line) = between.iter().rposition(|token| token.kind == Kind::Line) else { return false };
        let words = |tokens: &[Token]| tokens.iter().filter(|token| matches!(token.kind, Kind::Word(_))).count();
        words(&between[..line]) <= 4 && (1..=5).contains(&words(&between[line..]))
    }

    /// What `span` is; `None` when it is no pay, or nothing says so. `listed` holds the period of the line above in a list of pay.
    fn judge(&self, span: &Span, listed: Option<Option<Period>>) -> Option<Finding> {
        let (start, end) = (span.tokens.start, span.tokens.end);
        let said = match self.around.said_after(end, span.range) {
            Some(Subject::Pay) | None => {
                self.around.said_before(start).or_else(|| self.around.said_after(end, span.range))
            }
            decisive => decisive,
        };
        let kind = match said {
            Some(Subject::Other) => return None,
            Some(Subject::Kind(kind)) => kind,
            Some(Subject::Pay) | None if span.percent => {
                (self.hints.convention == Some(PayConvention::EnglishUs)).then_some(PartKind::Equity)?
            }
            Some(Subject::Pay) | None => PartKind::Base,
        };
        let (after, period_end) = self.around.period_after(end);
        if after == After::PerOther {
            return None;
        }
        let explicit = match after {
            After::Period(period) => Some(period),
            _ if span.yearly => Some(Period::Year),
            _ => self.around.period_before(start).or(listed.flatten()),
        };
        let bytes = self.tokens[start].start..self.tokens[period_end - 1].end;
        // `8 lakhs per annum INR`: the currency may follow the period.
        let trailing =
            self.tokens[end..self.tokens.len().min(period_end + 1)].iter().find_map(|token| match token.kind {
                Kind::Money(sign) => Some(sign),
                _ => None,
            });
        let span = &Span { money: span.money.or(trailing.filter(|_| !span.percent)), ..span.clone() };
        let zone = || zone(self.text, self.tokens, start, period_end);
        match kind {
            PartKind::Base | PartKind::Total | PartKind::Ote => {
                let about_pay = self.hints.dedicated || said.is_some() || listed.is_some() && span.money.is_some();
                let finding = self.pay(span, kind, about_pay, explicit, bytes)?;
                let per_year =
                    salaries_after(self.tokens, period_end).filter(|_| finding.period == Some(Period::Month));
                Some(Finding { zone: zone(), per_year, ..finding })
            }
            _ => Some(Finding { zone: zone(), ..self.extra(span, kind, period_of(after), bytes)? }),
        }
    }

    /// Base pay, or pay that is like it.
    fn pay(
        &self,
        span: &Span,
        kind: PartKind,
        about_pay: bool,
        explicit: Option<Period>,
        bytes: Range<usize>,
    ) -> Option<Finding> {
        let top = span.max.or(span.min)?;
        if span.percent || !self.accepted(span, about_pay, explicit, top) {
            return None;
        }
        let mut assumptions = Vec::new();
        let currency = self.currency(span.money, &mut assumptions);
        if span.millions && !counts_in_millions(currency) && !self.hints.dedicated
            || !about_pay && self.is_shy(currency, &bytes)
        {
            return None;
        }
        let (mut min, mut max) = (span.min, span.max);
        // `75.00 – 95.00 per year` leaves out the thousands.
        if explicit == Some(Period::Year) && about_pay && reads_as_thousands(min, max, currency) {
            (min, max) = (times_thousand(min), times_thousand(max));
            assumptions.push("amounts are read as thousands".to_owned());
        }
        let period = match (explicit, self.hints.convention) {
            (Some(period), _) => Some(period),
            (None, Some(PayConvention::EnglishUs)) => {
                assumptions.push("pay per year, as this source writes amounts without a unit".to_owned());
                Some(Period::Year)
            }
            (None, None) => infer_period(span, top, currency, about_pay, self.hints.dedicated, &mut assumptions),
        };
        if let Some(period) = period
            && ![min, max].into_iter().flatten().all(|amount| plausible(amount, currency, period))
        {
            return None;
        }
        assumptions.extend(self.gross_or_net(span));
        let confidence = confidence(about_pay, explicit.is_some(), span, assumptions.len());
        Some(Finding {
            kind,
            min,
            max,
            percent: false,
            currency,
            period,
            per_year: None,
            zone: None,
            about_pay,
            bytes,
            assumptions,
            confidence,
        })
    }

    /// Whether the amount's currency is only a code that is also a word.
    fn is_shy(&self, currency: Option<&str>, bytes: &Range<usize>) -> bool {
        let words = &self.text[bytes.clone()];
        currency.is_some_and(|code| is_shy(code) && words.contains(code) && !words.contains('$'))
    }

    /// What is paid on top of base pay.
    fn extra(&self, span: &Span, kind: PartKind, period: Option<Period>, bytes: Range<usize>) -> Option<Finding> {
        let money = span.money.is_some() || self.hints.currency.is_some();
        let most = match kind {
            PartKind::Equity => Decimal::from(50),
            PartKind::Bonus | PartKind::Commission => Decimal::ONE_HUNDRED,
            _ => Decimal::ZERO,
        };
        if !span.percent && !money || span.percent && span.max.or(span.min)? > most {
            return None;
        }
        let mut assumptions = Vec::new();
        let currency = if span.percent { None } else { self.currency(span.money, &mut assumptions) };
        let period = period.filter(|_| !span.percent);
        let confidence = 0.75 - 0.05 * assumptions.len() as f64;
        let (min, max, percent) = (span.min, span.max, span.percent);
        Some(Finding {
            kind,
            min,
            max,
            percent,
            currency,
            period,
            per_year: None,
            zone: None,
            about_pay: true,
            bytes,
            assumptions,
            confidence,
        })
    }

    fn accepted(&self, span: &Span, about_pay: bool, explicit: Option<Period>, top: Decimal) -> bool {
        let large = top >= Decimal::from(10_000);
        let (start, end) = (span.tokens.start, span.tokens.end);
        let thousands = span.thousands || span.money.is_some() && top < Decimal::from(1_000_000);
        let alone = || large && thousands && self.around.stands_alone(start, end);
        match (span.money.is_some() || self.hints.currency.is_some(), span.range) {
            (true, true) => {
                about_pay || explicit.is_some() || large && self.around.stands_as_pay(start, end) || alone()
            }
            (true, false) => {
                let stated = explicit == Some(Period::Hour) || explicit == Some(Period::Year) && large;
                about_pay || stated || alone() && self.around.beside_a_bar(start, end)
            }
            (false, true) if !about_pay => large && span.thousands && explicit == Some(Period::Year) || alone(),
            (false, false) if !about_pay => alone() && self.around.beside_a_bar(start, end),
            (false, _) => large && (span.thousands || span.yearly || top < Decimal::from(1_000_000)),
        }
    }

    fn currency(&self, money: Option<Sign>, assumptions: &mut Vec<String>) -> Option<&'static str> {
        let stated = self.hints.currency.as_deref().and_then(super::currency::code);
        let convention = self.hints.convention == Some(PayConvention::EnglishUs);
        match money {
            None => stated,
            Some(Sign::Code(code)) => Some(code),
            Some(Sign::Dollar) if convention => {
                assumptions.push("$ is USD, as this source writes it".to_owned());
                Some("USD")
            }
            Some(Sign::Yen) if convention => {
                assumptions.push("¥ is JPY, as this source writes it".to_owned());
                Some("JPY")
            }
            Some(sign) => {
                if let Some(code) = stated.filter(|code| may_write(code, sign)) {
                    return Some(code);
                }
                let countries: Vec<&String> = self.hints.country.iter().chain(&self.hints.countries).collect();
                if !countries.is_empty() {
                    let (code, country) = only_currency(sign, &countries)?;
                    assumptions.push(format!("the currency sign is read as {code} because the place is in {country}"));
                    return Some(code);
                }
                let evidence = self.us.filter(|_| sign == Sign::Dollar)?;
                assumptions.push(format!("the dollar is read as USD because the text speaks of {evidence}"));
                Some("USD")
            }
        }
    }

    /// What the text says about taxes, as a note.
    fn gross_or_net(&self, span: &Span) -> Option<String> {
        let near = self.tokens[span.tokens.start.saturating_sub(4)..self.tokens.len().min(span.tokens.end + 5)].iter();
        near.filter_map(|token| match &token.kind {
            Kind::Word(word) => Some(word.as_str()),
            _ => None,
        })
        .find_map(|word| match word {
            "brutto" | "gross" | "brut" | "bruto" | "brutos" | "lordo" | "lordi" | "hrubého" | "bruttó" => {
                Some("gross, as stated".to_owned())
            }
            "netto" | "net" | "neto" | "netti" | "nettó" | "líquido" => Some("net, as stated".to_owned()),
            _ => None,
        })
    }
}

/// The one currency that `sign` stands for in any of `countries`, and the first country that has it.
pub fn only_currency<'a>(sign: Sign, countries: &[&'a String]) -> Option<(&'static str, &'a str)> {
    let mut found = countries.iter().filter_map(|country| Some((in_country(sign, country)?, country.as_str())));
    let first = found.next()?;
    found.all(|other| other.0 == first.0).then_some(first)
}

fn period_of(after: After) -> Option<Period> {
    match after {
        After::Period(period) => Some(period),
        _ => None,
    }
}

fn times_thousand(amount: Option<Decimal>) -> Option<Decimal> {
    amount.and_then(|amount| amount.checked_mul(Decimal::ONE_THOUSAND))
}

/// The period that the size of an amount leaves no doubt about, with the assumption stated.
fn infer_period(
    span: &Span,
    top: Decimal,
    currency: Option<&str>,
    about_pay: bool,
    dedicated: bool,
    assumptions: &mut Vec<String>,
) -> Option<Period> {
    if let Some(period) = by_size(currency, span.min.unwrap_or(top), top).filter(|_| about_pay || span.range) {
        assumptions.push(format!("read as pay per {} because of its size", period.name()));
        return Some(period);
    }
    if !speaks_for_itself(currency) {
        return None;
    }
    let period = if top >= Decimal::from(10_000) {
        Period::Year
    } else if top <= Decimal::from(200)
        && about_pay
        && (span.range || dedicated)
        && span.money.is_some()
        && !span.thousands
    {
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
