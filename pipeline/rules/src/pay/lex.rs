//! Text into tokens for the pay reader: amounts with their currency and multiplier, words, and what separates them.

use rust_decimal::Decimal;

use super::currency::{SIGNS, Sign, word};

/// A token and where it stands, in bytes.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it starts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A number with what belongs to it.
    Amount(Amount),
    /// A currency that belongs to no number.
    Money(Sign),
    /// A word in lower case.
    Word(String),
    /// Any dash or tilde.
    Dash,
    /// `+`.
    Plus,
    /// `/`.
    Slash,
    /// `,`.
    Comma,
    /// The end of a line.
    Line,
    /// A bullet, bar or semicolon: what follows is another matter.
    Bullet,
    /// The end of a sentence.
    Stop,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// A colon.
    Colon,
    /// Anything else.
    Other,
}

/// What a number is multiplied with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// A thousand.
    Thousand,
    /// A hundred thousand rupees.
    Lakh,
    /// A million or more: never pay.
    Huge,
}

/// A number with its currency and multiplier.
#[derive(Clone, Debug, PartialEq)]
pub struct Amount {
    /// The number as written, without the multiplier.
    pub number: Decimal,
    /// Its multiplier.
    pub times: Option<Times>,
    /// Its currency.
    pub money: Option<Sign>,
    /// Whether the multiplier says "a year" (`LPA`).
    pub yearly: bool,
    /// Whether a `+` follows at once.
    pub plus: bool,
    /// Whether it counts something else than money, such as a share.
    pub counted: bool,
}

/// The tokens of `text`, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, out: Vec::new() };
    lexer.run();
    join(lexer.out)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    out: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    kind: PieceKind,
    start: usize,
    end: usize,
}

#[derive(Debug)]
enum PieceKind {
    Number { number: Decimal, point3: bool },
    Times(Times, bool),
    Percent,
    Token(Kind),
}

impl Lexer<'_> {
    fn run(&mut self) {
        while let Some(character) = self.text[self.at..].chars().next() {
            let start = self.at;
            if character.is_whitespace() {
                self.at += character.len_utf8();
                if character == '\n' {
                    self.token(Kind::Line, start);
                }
            } else if character.is_ascii_digit() {
                self.number();
            } else if may_begin_sign(character)
                && let Some((sign, money)) = self.sign()
            {
                self.at += sign.len();
                self.token(Kind::Money(money), start);
            } else if character.is_alphabetic() {
                self.word();
            } else {
                self.at += character.len_utf8();
                self.symbol(character, start);
            }
        }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn token(&mut self, kind: Kind, start: usize) {
        self.push(PieceKind::Token(kind), start);
    }

    fn push(&mut self, kind: PieceKind, start: usize) {
        self.out.push(Piece { kind, start, end: self.at });
    }

    fn sign(&self) -> Option<(&'static str, Sign)> {
        let before = self.text[..self.at].chars().next_back();
        let (sign, money) = *SIGNS.iter().find(|(sign, _)| self.rest().starts_with(sign))?;
        let lettered = sign.starts_with(|c: char| c.is_alphabetic());
        let attached = before.is_some_and(char::is_alphabetic);
        let ends_in_letter = sign.ends_with(|c: char| c.is_alphabetic());
        let runs_on = ends_in_letter && self.rest()[sign.len()..].starts_with(|c: char| c.is_alphabetic());
        (!(runs_on || lettered && attached)).then_some((sign, money))
    }

    fn word(&mut self) {
        let start = self.at;
        let end = self.rest().find(|c: char| !c.is_alphabetic()).map_or(self.text.len(), |length| start + length);
        let letters = &self.text[start..end];
        self.at = end;
        let after_digits = start > 0 && self.text.as_bytes()[start - 1].is_ascii_digit();
        if self.rest().starts_with(|c: char| c.is_ascii_digit()) && word(letters).is_none() {
            self.glued(start);
            return;
        }
        let spaced = !after_digits;
        if let Some((times, yearly)) = times(letters, spaced) {
            self.push(PieceKind::Times(times, yearly), start);
        } else if let Some(money) = word(letters) {
            self.token(Kind::Money(money), start);
        } else {
            let lower = letters.to_lowercase();
            self.token(Kind::Word(lower), start);
        }
    }

    /// A word with digits in it, such as `B2B` or `Q3`: never a number.
    fn glued(&mut self, start: usize) {
        let length = self.text[start..].find(|c: char| !c.is_alphanumeric()).unwrap_or(self.text.len() - start);
        self.at = start + length;
        let lower = self.text[start..self.at].to_lowercase();
        self.token(Kind::Word(lower), start);
    }

    fn number(&mut self) {
        let start = self.at;
        let text = self.text;
        let written = number_text(&text[start..]);
        for plan in ["401(k)", "401k", "401K", "401(K)", "403b", "403(b)"] {
            if self.rest().starts_with(plan) {
                self.at += plan.len();
                self.token(Kind::Word("401k".to_owned()), start);
                return;
            }
        }
        self.at += written.len();
        let letters: String = self.rest().chars().take_while(|c| c.is_alphabetic()).collect();
        if !letters.is_empty() && !may_follow_number(&letters) {
            self.glued(start);
            return;
        }
        let (number, point3) = match value(written) {
            Some(read) => read,
            None => return self.token(Kind::Other, start),
        };
        self.push(PieceKind::Number { number, point3 }, start);
        // `80kEUR`: the multiplier is cut from the code.
        if let Some(code) = letters.strip_prefix(['k', 'K'])
            && word(code).is_some()
        {
            let start = self.at;
            self.at += 1;
            self.push(PieceKind::Times(Times::Thousand, false), start);
        }
    }

    fn symbol(&mut self, character: char, start: usize) {
        let next = self.rest().chars().next();
        let kind = match character {
            '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '~' | '～' | '→' => Kind::Dash,
            '+' => Kind::Plus,
            '/' => Kind::Slash,
            ',' => Kind::Comma,
            ':' => Kind::Colon,
            '•' | '|' | ';' | '·' | '●' | '▪' | '*' => Kind::Bullet,
            '.' | '!' | '?' if next.is_none_or(char::is_whitespace) && !self.after_short_word() => Kind::Stop,
            '(' | '[' => Kind::Open,
            ')' | ']' => Kind::Close,
            '%' => return self.push(PieceKind::Percent, start),
            _ => Kind::Other,
        };
        self.token(kind, start);
    }

    /// Whether the dot ends an abbreviation such as `p.a.` or `ca.` rather than a sentence.
    fn after_short_word(&self) -> bool {
        match self.out.last() {
            Some(Piece { kind: PieceKind::Token(Kind::Word(word)), .. }) => {
                word.chars().count() == 1
                    || matches!(word.as_str(), "ca" | "approx" | "incl" | "excl" | "min" | "max" | "yr" | "hr")
            }
            Some(Piece { kind: PieceKind::Token(Kind::Money(_)), .. }) => true,
            _ => false,
        }
    }
}

fn may_begin_sign(character: char) -> bool {
    matches!(character, '$' | 'U' | 'C' | 'A' | 'N' | 'H' | 'M' | 'S' | 'R' | 'z' | 'K')
        || !character.is_ascii() && !character.is_alphabetic()
}

/// The digits at the beginning of `text`, with the marks that group them.
fn number_text(text: &str) -> &str {
    let mut end = text.bytes().take_while(u8::is_ascii_digit).count();
    loop {
        let rest = &text[end..];
        let Some(mark) = rest.chars().next() else { break };
        let after = &rest[mark.len_utf8()..];
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let groups = match mark {
            '.' | ',' => digits > 0,
            '\'' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}' | ' ' => {
                digits == 3 && (end <= 3 || text[..end].contains(mark))
            }
            _ => false,
        };
        if !groups {
            break;
        }
        end += mark.len_utf8() + digits;
    }
    &text[..end]
}

/// The value of digits with marks of any locale, and whether a single point stood before exactly three digits.
fn value(written: &str) -> Option<(Decimal, bool)> {
    let plain: String = written.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
    let marks: Vec<(usize, char)> = plain.char_indices().filter(|(_, c)| !c.is_ascii_digit()).collect();
    let Some(&(last, mark)) = marks.last() else { return Decimal::from_str_exact(&plain).ok().map(|n| (n, false)) };
    let tail = plain.len() - last - 1;
    let alone = marks.len() == 1;
    let mixed = marks.iter().any(|(_, other)| *other != mark);
    let is_decimal = if alone { tail != 3 || plain.starts_with('0') } else { mixed && tail != 3 };
    if !is_decimal && tail != 3 {
        return None;
    }
    let digits: String = plain
        .char_indices()
        .filter_map(|(at, c)| match c {
            '0'..='9' => Some(c),
            _ if is_decimal && at == last => Some('.'),
            _ => None,
        })
        .collect();
    Decimal::from_str_exact(&digits).ok().map(|number| (number, alone && !is_decimal && mark == '.'))
}

fn may_follow_number(letters: &str) -> bool {
    let lower = letters.to_lowercase();
    times(letters, false).is_some()
        || word(letters).is_some()
        || letters.strip_prefix(['k', 'K']).is_some_and(|code| word(code).is_some())
        || letters == "zł"
        || letters == "Kč"
        || matches!(
            lower.as_str(),
            "h" | "hr" | "hrs" | "hour" | "pa" | "pm" | "ph" | "pcm" | "pd" | "pw" | "yr" | "year" | "month" | "to"
        )
}

fn times(letters: &str, spaced: bool) -> Option<(Times, bool)> {
    Some(match letters {
        "k" | "K" => (Times::Thousand, false),
        "Tsd" | "tsd" | "thousand" | "TEUR" | "tys" => (Times::Thousand, false),
        "LPA" | "lpa" | "Lpa" => (Times::Lakh, true),
        "lakh" | "lakhs" | "Lakh" | "Lakhs" | "lac" | "lacs" | "Lac" | "Lacs" | "LAKH" | "LAKHS" | "LACS" => {
            (Times::Lakh, false)
        }
        "L" if !spaced => (Times::Lakh, false),
        "m" | "M" | "b" | "B" | "t" | "T" if !spaced => (Times::Huge, false),
        "mm" | "MM" | "bn" | "Bn" | "BN" | "bil" | "Mio" | "mio" | "Mrd" | "mln" | "mil" | "mn" | "tn" => {
            (Times::Huge, false)
        }
        "million" | "millions" | "Million" | "billion" | "billions" | "Billion" | "trillion" | "crore" | "crores"
        | "Millionen" | "Milliarden" | "millones" | "milliards" | "Cr" | "cr" => (Times::Huge, false),
        _ => return None,
    })
}

/// Joins numbers with the currencies, multipliers and pluses around them.
fn join(pieces: Vec<Piece>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(pieces.len());
    let mut pieces = pieces.into_iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece.kind {
            PieceKind::Token(kind) => out.push(Token { kind, start: piece.start, end: piece.end }),
            PieceKind::Percent | PieceKind::Times(..) => {
                out.push(Token { kind: Kind::Other, start: piece.start, end: piece.end })
            }
            PieceKind::Number { number, point3 } => {
                let mut token = Token { kind: Kind::Other, start: piece.start, end: piece.end };
                let mut amount =
                    Amount { number, times: None, money: None, yearly: false, plus: false, counted: false };
                if let Some(&Token { kind: Kind::Money(money), start, end }) = out.last()
                    && token.start - end <= 2
                {
                    amount.money = Some(money);
                    token.start = start;
                    out.pop();
                    absorb_outer_code(&mut out, &mut token, &mut amount);
                }
                while let Some(next) = pieces.peek() {
                    if !absorb(&mut amount, point3, next, token.end) {
                        break;
                    }
                    token.end = next.end;
                    pieces.next();
                }
                token.kind = Kind::Amount(amount);
                out.push(token);
            }
        }
    }
    out
}

/// `USD $120k`: the code before the sign says which dollar.
fn absorb_outer_code(out: &mut Vec<Token>, token: &mut Token, amount: &mut Amount) {
    if let Some(&Token { kind: Kind::Money(Sign::Code(code)), start, end }) = out.last()
        && token.start - end <= 2
        && amount.money.is_some_and(|money| super::currency::may_write(code, money))
    {
        amount.money = Some(Sign::Code(code));
        token.start = start;
        out.pop();
    }
}

/// Takes `next` into `amount` when it belongs to it.
fn absorb(amount: &mut Amount, point3: bool, next: &Piece, end: usize) -> bool {
    let near = next.start.saturating_sub(end) <= 3;
    match next.kind {
        PieceKind::Times(times, yearly) if near && amount.times.is_none() => {
            amount.times = Some(times);
            amount.yearly = yearly;
            if point3 {
                // `172.125K` has a decimal point, not groups.
                amount.number /= Decimal::from(1_000);
            }
            true
        }
        PieceKind::Token(Kind::Money(Sign::Code(code))) if near => match amount.money {
            None => {
                amount.money = Some(Sign::Code(code));
                true
            }
            Some(money) if money != Sign::Code(code) && super::currency::may_write(code, money) => {
                amount.money = Some(Sign::Code(code));
                true
            }
            Some(money) => money == Sign::Code(code),
        },
        PieceKind::Token(Kind::Money(money)) if near && amount.money.is_none() => {
            // In `100 $120` the sign belongs to what follows; a sign after a number stands alone or after one space.
            amount.money = Some(money);
            true
        }
        PieceKind::Token(Kind::Plus) if next.start == end => {
            amount.plus = true;
            true
        }
        PieceKind::Percent if near => {
            amount.counted = true;
            true
        }
        _ => false,
    }
}
