//! What the words around an amount say: which kind of pay it is, and for which period.

use pipeline_core::money::Period;

use super::lex::{Kind, Token};
use super::part::PartKind;
use super::subject::{self, Subject};
use super::unit::{is_per, period_word};
use super::words::{ends_phrase, is_exclusion, is_filler, is_payer};

/// Tokens before an amount that may speak of it.
const REACH: usize = 18;

/// What a text says about an amount's period.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Silent,
    /// The period.
    Period(Period),
    /// Paid per something that is no period, such as a script or an event.
    PerOther,
}

/// Tokens, asked for what stands around one of them.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    pub tokens: &'a [Token],
}

impl<'a> Around<'a> {
    /// Tokens before `at`, nearest first.
    fn before(self, at: usize) -> impl Iterator<Item = &'a Kind> {
        self.tokens[..at].iter().rev().map(|token| &token.kind)
    }

    /// Tokens from `at` on.
    fn after(self, at: usize) -> impl Iterator<Item = &'a Kind> {
        self.tokens[at.min(self.tokens.len())..].iter().map(|token| &token.kind)
    }

    /// What the words before token `at` say about it; the nearest counts.
    pub fn said_before(self, at: usize) -> Option<Subject> {
        let kinds: Vec<&Kind> = self.before(at).take(REACH).collect();
        let mut scan = Scan::default();
        for (index, kind) in kinds.iter().enumerate() {
            match kind {
                Kind::Close => scan.depth += 1,
                Kind::Open => scan.depth = scan.depth.saturating_sub(1),
                Kind::Line => scan.lines += 1,
                Kind::Stop | Kind::Bullet => break,
                Kind::Amount(amount) if scan.lines > 0 || amount.money.is_some() => {
                    if scan.pending.is_some() {
                        return scan.pending;
                    }
                    if scan.lines > 0 || scan.pay.is_some() {
                        break;
                    }
                }
                Kind::Word(word) => {
                    if let Some(said) = scan.word(word, &kinds[index + 1..]) {
                        return Some(said);
                    }
                }
                _ => {}
            }
            if scan.lines > 2 {
                break;
            }
        }
        scan.pay?;
        Some(if scan.total { Subject::Kind(PartKind::Total) } else { Subject::Pay })
    }

    /// What the words from token `at` on say about the amount before it.
    pub fn said_after(self, at: usize, range: bool) -> Option<Subject> {
        let kinds: Vec<&Kind> = self.after(at).take(8).collect();
        for (index, kind) in kinds.iter().take(6).enumerate() {
            match kind {
                // `$500 one-time`, `$5K sign-on bonus`.
                Kind::Word(word) if word == "one" && is_word(kinds.get(index + 2), "time") => {
                    return Some(Subject::Other);
                }
                Kind::Word(word) if ends_phrase(word) => return None,
                Kind::Word(word) => {
                    if let Some(said) = subject::after(word, range) {
                        return Some(refined(said, &kinds[index + 1..]));
                    }
                }
                Kind::Open => return in_brackets(&kinds[index + 1..]),
                Kind::Dash | Kind::Slash | Kind::Money(_) | Kind::Other => {}
                _ => return None,
            }
        }
        None
    }

    /// The period stated after token `at`, and the token where the statement ends.
    pub fn period_after(self, at: usize) -> (After, usize) {
        let mut per = false;
        for (offset, kind) in self.after(at).take(8).enumerate() {
            match kind {
                Kind::Slash => per = true,
                Kind::Word(word) => match period_word(word) {
                    Some(unit) if per || unit.alone => return (After::Period(unit.period), at + offset + 1),
                    _ if word == "p" => per = true,
                    _ if word == "rata" => per = false,
                    _ if per && !is_filler(word) && !is_per(word) => return (After::PerOther, at),
                    _ if is_per(word) => per = true,
                    _ if ends_phrase(word) || matches!(word.as_str(), "for" | "bonus") => return (After::Silent, at),
                    _ => {}
                },
                // `per 2 weeks`
                Kind::Amount(count) if per && count.money.is_none() && count.times.is_none() => {
                    return (After::PerOther, at);
                }
                Kind::Dash | Kind::Money(_) | Kind::Other | Kind::Open | Kind::Plus => {}
                Kind::Stop if per => {}
                _ => return (After::Silent, at),
            }
        }
        (After::Silent, at)
    }

    /// The period that the nearest word before token `at` states, such as `hourly rate`.
    pub fn period_before(self, at: usize) -> Option<Period> {
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
                        if unit.alone || per && word.chars().count() > 1 {
                            return Some(unit.period);
                        }
                        // `day rate` names the unit before the rate.
                        if unit.period == Period::Day
                            && self.before(at).take(4).any(|kind| is_word(Some(&kind), "rate"))
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

    /// Whether amounts that no word calls pay stand where postings put pay: between marks, or after "we offer", and not in the middle of a
    /// sentence about something else.
    pub fn stands_as_pay(self, start: usize, end: usize) -> bool {
        let before = match self.before(start).next() {
            None
            | Some(Kind::Bullet | Kind::Line | Kind::Open | Kind::Dash | Kind::Comma | Kind::Colon | Kind::Other) => {
                true
            }
            Some(Kind::Word(word)) => matches!(
                word.as_str(),
                "offer"
                    | "offers"
                    | "offering"
                    | "circa"
                    | "ca"
                    | "onsite"
                    | "site"
                    | "remote"
                    | "fulltime"
                    | "time"
                    | "permanent"
                    | "hybrid"
            ),
            _ => false,
        };
        let after = match self.after(end).next() {
            None
            | Some(
                Kind::Bullet
                | Kind::Line
                | Kind::Close
                | Kind::Plus
                | Kind::Comma
                | Kind::Dash
                | Kind::Open
                | Kind::Slash,
            ) => true,
            Some(Kind::Stop) => true,
            Some(Kind::Word(word)) => {
                ends_phrase(word)
                    || period_word(word).is_some()
                    || is_per(word)
                    || is_filler(word)
                    || matches!(word.as_str(), "p" | "w")
            }
            _ => false,
        };
        before && after
    }

    /// Whether the tokens `start..end` stand alone: between bars, bullets and line ends, or before what comes on top (`+ equity`).
    pub fn stands_alone(self, start: usize, end: usize) -> bool {
        let bound = |kind: &&Kind| !is_limit(kind);
        let before = self.before(start).find(bound);
        let after = self.after(end).next();
        let on_top = matches!(after, Some(Kind::Plus | Kind::Comma | Kind::Open))
            || matches!(after, Some(Kind::Word(word)) if matches!(word.as_str(), "and" | "&" | "w" | "with" | "plus" | "doe"));
        matches!(before, None | Some(Kind::Bullet | Kind::Line))
            && (on_top || matches!(after, None | Some(Kind::Bullet | Kind::Line)))
    }

    /// Whether a bar or bullet stands right before or after the tokens `start..end`.
    pub fn beside_a_bar(self, start: usize, end: usize) -> bool {
        let bound = |kind: &&Kind| !is_limit(kind);
        matches!(self.before(start).find(bound), Some(Kind::Bullet))
            || matches!(self.after(end).next(), Some(Kind::Bullet))
    }
}

/// The state of reading words backwards from an amount.
#[derive(Default)]
struct Scan<'a> {
    lines: usize,
    depth: usize,
    /// The word for pay that was found.
    pay: Option<&'a str>,
    total: bool,
    /// What stands behind a `plus`, until it is known whether pay stands before that.
    pending: Option<Subject>,
}

impl<'a> Scan<'a> {
    /// Takes `word`, before which stand `earlier`; the answer, when it is final.
    fn word(&mut self, word: &'a str, earlier: &[&Kind]) -> Option<Subject> {
        if word == "ote" && self.lines == 0 || word == "target" && self.lines == 0 && is_on(earlier) {
            return Some(Subject::Kind(PartKind::Ote));
        }
        if self.depth > 0 {
            return None;
        }
        if let Some(pay) = self.pay {
            return self.modifier(word, pay);
        }
        match word {
            "base" if !is_word(earlier.first(), "your") => return Some(Subject::Kind(PartKind::Base)),
            "earnings" if is_word(earlier.first(), "base") => return Some(Subject::Kind(PartKind::Base)),
            "earnings" if self.lines == 0 => {
                let target =
                    earlier.iter().take(3).any(|kind| is_word(Some(kind), "target") || is_word(Some(kind), "targeted"));
                return Some(Subject::Kind(if target { PartKind::Ote } else { PartKind::Total }));
            }
            "target" if self.lines == 0 => return Some(Subject::Other),
            "total" => self.total = true,
            _ => {}
        }
        match subject::before(word)? {
            Subject::Pay => {
                if matches!(word, "pay" | "pays" | "paying" | "paid") && is_paid_by_others(earlier) {
                    return Some(Subject::Other);
                }
                self.pay = Some(word);
                self.modifier_at_once(earlier)
            }
            subject => {
                let near = self.lines == 0 || matches!(subject, Subject::Kind(_)) && self.lines == 1;
                if !near {
                    return None;
                }
                match earlier.first() {
                    Some(Kind::Plus) => self.pending = Some(subject),
                    Some(Kind::Word(before)) if is_exclusion(before) => self.pending = Some(subject),
                    Some(Kind::Word(before))
                        if matches!(before.as_str(), "including" | "incl" | "inclusive" | "inkl") =>
                    {
                        self.total = true
                    }
                    _ => return Some(refined(subject, earlier)),
                }
                None
            }
        }
    }

    /// `bonus pay`, `equity compensation`: the word right before a word for pay says which.
    fn modifier_at_once(&self, earlier: &[&Kind]) -> Option<Subject> {
        let Some(Kind::Word(word)) = earlier.first() else { return None };
        match subject::before(word)? {
            Subject::Kind(kind) if self.lines == 0 => Some(refined(Subject::Kind(kind), &earlier[1..])),
            _ => None,
        }
    }

    /// What `word` adds to the word `pay` after it.
    fn modifier(&mut self, word: &str, pay: &str) -> Option<Subject> {
        match word {
            "base" | "fixed" if self.lines == 0 => Some(Subject::Kind(PartKind::Base)),
            "target" | "targeted" if self.lines == 0 && matches!(pay, "compensation" | "comp" | "package") => {
                Some(Subject::Kind(PartKind::Ote))
            }
            "total" => {
                self.total = true;
                None
            }
            _ => None,
        }
    }
}

fn is_word(kind: Option<&&Kind>, wanted: &str) -> bool {
    matches!(kind, Some(Kind::Word(word)) if word == wanted)
}

/// Whether who pays is a customer, or is you: `customers pay`, `you'll pay`.
fn is_paid_by_others(earlier: &[&Kind]) -> bool {
    let mut words = earlier.iter().take(4).filter_map(|kind| match kind {
        Kind::Word(word) if !matches!(word.as_str(), "ll" | "will" | "would" | "to" | "only" | "often") => {
            Some(word.as_str())
        }
        _ => None,
    });
    words.next().is_some_and(is_payer)
}

/// `on-target`, `on target`.
fn is_on(earlier: &[&Kind]) -> bool {
    let nearest = earlier.iter().find(|kind| !matches!(kind, Kind::Dash));
    is_word(nearest, "on")
}

/// Which bonus: the words around say.
fn refined(subject: Subject, near: &[&Kind]) -> Subject {
    if subject != Subject::Kind(PartKind::Bonus) && subject != Subject::Kind(PartKind::Signing) {
        return subject;
    }
    let words = near.iter().take(4).map_while(|kind| match kind {
        Kind::Word(word) => Some(word.as_str()),
        Kind::Dash | Kind::Slash => Some(""),
        _ => None,
    });
    for word in words {
        match word {
            "signing" | "sign" | "joining" | "welcome" | "starting" => return Subject::Kind(PartKind::Signing),
            "retention" => return Subject::Kind(PartKind::Retention),
            "referral" => return Subject::Kind(PartKind::Referral),
            "relocation" => return Subject::Kind(PartKind::Relocation),
            _ => {}
        }
    }
    subject
}

/// Whether a word only says that the amount after it is a bound.
fn is_limit(kind: &Kind) -> bool {
    matches!(kind, Kind::Word(word) if matches!(word.as_str(), "up" | "to" | "from"))
}

/// What brackets right after an amount say, such as `(OTE)` or `(base + bonus)`.
fn in_brackets(kinds: &[&Kind]) -> Option<Subject> {
    let mut base = false;
    for kind in kinds {
        match kind {
            Kind::Word(word) => match word.as_str() {
                "ote" => return Some(Subject::Kind(PartKind::Ote)),
                "base" => base = true,
                "bonus" | "commission" | "variable" if base => return Some(Subject::Kind(PartKind::Total)),
                "bonus" | "bonuses" | "equity" | "commission" => return Some(Subject::Other),
                "including" | "incl" | "inclusive" | "with" | "inkl" | "total" => {
                    return Some(Subject::Kind(PartKind::Total));
                }
                "plus" | "excluding" | "excl" | "without" | "not" => break,
                "target" => return Some(Subject::Kind(PartKind::Ote)),
                _ => {}
            },
            Kind::Close | Kind::Line | Kind::Stop => break,
            Kind::Plus if !base => break,
            _ => {}
        }
    }
    base.then_some(Subject::Kind(PartKind::Base))
}
