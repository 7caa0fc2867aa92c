//! Text into tokens for the pay reader: numbers, currencies, words, and what separates them.

use rust_decimal::Decimal;

use super::currency::{SIGNS, Sign, name, word};
use super::join::join;
use super::number::{Times, digits_of, times, value};
use super::words::cjk_word;

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
    /// `<`, `≤` or their like.
    Below,
    /// `>`, `≥` or their like.
    Above,
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
    /// Whether it is a share in percent.
    pub percent: bool,
}

/// The tokens of `text`, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, out: Vec::new() };
    lexer.run();
    join(&lexer.out)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    out: Vec<Piece>,
}

/// A token before numbers are joined with what belongs to them.
#[derive(Debug)]
pub struct Piece {
    pub kind: PieceKind,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug)]
pub enum PieceKind {
    /// A number; `point3` when its only mark is a point before three digits.
    Number { number: Decimal, point3: bool },
    /// A multiplier, and whether it says "a year".
    Times(Times, bool),
    /// A percent sign.
    Percent,
    /// What stands for itself.
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
            } else if is_cjk(character) {
                self.cjk(character);
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
        let rest = self.rest();
        // Most words in capitals hold nothing that a sign has.
        let marked = |byte: &u8| !byte.is_ascii() || matches!(byte, b'$' | b'/');
        if rest.starts_with(|c: char| c.is_ascii_alphabetic())
            && !rest.bytes().take(6).any(|byte| marked(&byte))
            && !is_cfa(rest)
        {
            return None;
        }
        SIGNS.iter().copied().find(|(sign, _)| {
            let lettered = sign.starts_with(|c: char| c.is_alphabetic());
            let attached = before.is_some_and(char::is_alphabetic);
            let ends_in_letter = sign.ends_with(|c: char| c.is_alphabetic());
            rest.starts_with(sign)
                && !(ends_in_letter && rest[sign.len()..].starts_with(|c: char| c.is_alphabetic())
                    || lettered && attached)
        })
    }

    fn word(&mut self) {
        let start = self.at;
        let end = self
            .rest()
            .find(|c: char| !c.is_alphabetic() || is_cjk(c))
            .map_or(self.text.len(), |length| start + length);
        let letters = &self.text[start..end];
        self.at = end;
        let after_digits = start > 0 && self.text.as_bytes()[start - 1].is_ascii_digit();
        let money = word(letters);
        if self.rest().starts_with(|c: char| c.is_ascii_digit()) && money.is_none() {
            if letters == "R" && digits_of(self.rest()).len() >= 2 {
                return self.token(Kind::Money(Sign::Code("ZAR")), start);
            }
            return self.glued(start);
        }
        if money.is_none() && (multiplied_code(letters)) {
            // `45 kEUR`, `60 TEUR`.
            self.at = start + 1;
            return self.push(PieceKind::Times(Times::Thousand, false), start);
        }
        // `т.р.`: a thousand roubles.
        if letters == "т" && self.rest().starts_with(".р") {
            self.push(PieceKind::Times(Times::Thousand, false), start);
            self.at += 1;
        } else if let Some((times, yearly)) = times(letters, !after_digits) {
            self.push(PieceKind::Times(times, yearly), start);
            self.take_dot(true);
        } else if let Some(money) = money.or_else(|| self.rand(letters)) {
            self.token(Kind::Money(money), start);
            self.take_dot(false);
        } else {
            let lower = letters.to_lowercase();
            self.token(Kind::Word(lower), start);
        }
    }

    /// `R 45 000`: rand, where the number is too large to be about the language.
    fn rand(&self, letters: &str) -> Option<Sign> {
        let number = self.rest().strip_prefix([' ', '\u{a0}', '\u{202f}', '\u{2009}'])?;
        (letters == "R" && digits_of(number).bytes().filter(u8::is_ascii_digit).count() >= 5)
            .then_some(Sign::Code("ZAR"))
    }

    /// Takes the dot of an abbreviation, such as `kr. 45` or `tys. zł`, into its token.
    fn take_dot(&mut self, always: bool) {
        let Some(after) = self.rest().strip_prefix('.') else { return };
        let next = after.trim_start_matches([' ', '\u{a0}', '\u{202f}', '\u{2009}']).chars().next();
        if next.is_some_and(|c| {
            c.is_ascii_digit() || always && !c.is_uppercase() && c != '\n' || always && c.is_uppercase()
        }) {
            self.at += 1;
            if let Some(last) = self.out.last_mut() {
                last.end = self.at;
            }
        }
    }

    /// A run of ideographs or Hangul, of which one may be a multiplier or a currency.
    fn cjk(&mut self, first: char) {
        let start = self.at;
        self.at += first.len_utf8();
        let after_number = matches!(self.out.last(), Some(Piece { kind: PieceKind::Number { .. } | PieceKind::Times(..), end, .. }) if *end == start);
        let factor = match first {
            '万' | '萬' | '만' => Some(Times::TenThousand),
            '千' | '천' => Some(Times::Thousand),
            '億' | '亿' | '억' => Some(Times::Huge),
            _ => None,
        };
        if let Some(times) = factor.filter(|_| after_number) {
            return self.push(PieceKind::Times(times, false), start);
        }
        if after_number && let Some(money) = name(first.encode_utf8(&mut [0; 4])) {
            return self.token(Kind::Money(money), start);
        }
        let length = self.rest().find(|c: char| !is_cjk(c)).unwrap_or(self.rest().len());
        self.at += length;
        let word = cjk_word(&self.text[start..self.at]).to_owned();
        self.token(Kind::Word(word), start);
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
        for plan in ["401(k)", "401k", "401K", "401(K)", "401 k", "401 (k)", "403b", "403(b)"] {
            if self.rest().starts_with(plan) {
                self.at += plan.len();
                return self.token(Kind::Word("401k".to_owned()), start);
            }
        }
        let written = digits_of(&self.text[start..]);
        self.at += written.len();
        let letters: String = self.rest().chars().take_while(|c| c.is_alphabetic() && !is_cjk(*c)).take(24).collect();
        if !letters.is_empty() && !may_follow_number(&letters) {
            return self.glued(start);
        }
        let Some((number, point3)) = value(written) else { return self.token(Kind::Other, start) };
        self.push(PieceKind::Number { number, point3 }, start);
        self.skip_empty_decimals();
        // `80kEUR`, `80T€`: the multiplier is cut from the code.
        if multiplied_code(&letters) || letters == "T" && self.rest().starts_with("T€") {
            let start = self.at;
            self.at += 1;
            self.push(PieceKind::Times(Times::Thousand, false), start);
        }
    }

    /// `45.000,-`, `CHF 5'000.–` and `500:-` end in a dash that stands for no decimals.
    fn skip_empty_decimals(&mut self) {
        let Some(rest) = self.rest().strip_prefix(['.', ',', ':']) else { return };
        let dashes = rest.trim_start_matches(['-', '–', '—']);
        let ends = dashes
            .chars()
            .next()
            .is_none_or(|c| !c.is_ascii_digit() && (c.is_whitespace() || !c.is_alphanumeric()) && c != '$');
        if dashes.len() < rest.len() && ends {
            self.at = self.text.len() - dashes.len();
            if let Some(last) = self.out.last_mut() {
                last.end = self.at;
            }
        }
    }

    fn symbol(&mut self, character: char, start: usize) {
        let next = self.rest().chars().next();
        let kind = match character {
            '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' | '﹣' | '⁃' | '~' | '～' | '〜' | '∼' | '⁓' | '→'
            | '…' => Kind::Dash,
            '+' | '＋' => Kind::Plus,
            '&' => Kind::Word("&".to_owned()),
            '/' | '／' => Kind::Slash,
            ',' | '，' | '、' => Kind::Comma,
            ':' | '：' => Kind::Colon,
            '<' | '≤' | '⩽' => Kind::Below,
            '>' | '≥' | '⩾' => Kind::Above,
            '•' | '|' | ';' | '·' | '●' | '▪' | '*' | '│' | '◦' | '‣' => Kind::Bullet,
            '.' if next == Some('.') => {
                self.at += self.rest().len() - self.rest().trim_start_matches('.').len();
                Kind::Dash
            }
            '。' => Kind::Stop,
            '.' | '!' | '?' if next.is_none_or(char::is_whitespace) && !self.after_short_word() => Kind::Stop,
            '(' | '[' | '（' => Kind::Open,
            ')' | ']' | '）' => Kind::Close,
            '%' | '％' => return self.push(PieceKind::Percent, start),
            _ => Kind::Other,
        };
        self.token(kind, start);
    }

    /// Whether the dot ends an abbreviation such as `p.a.` or `ca.` rather than a sentence.
    fn after_short_word(&self) -> bool {
        match self.out.last() {
            Some(Piece { kind: PieceKind::Token(Kind::Word(word)), .. }) => {
                word.chars().count() == 1
                    || matches!(
                        word.as_str(),
                        "ca" | "approx"
                            | "incl"
                            | "excl"
                            | "min"
                            | "max"
                            | "yr"
                            | "hr"
                            | "std"
                            | "mies"
                            | "inkl"
                            | "mind"
                    )
            }
            Some(Piece { kind: PieceKind::Token(Kind::Money(_)), .. }) => true,
            _ => false,
        }
    }
}

/// Whether `character` is an ideograph, a kana or Hangul: those stand together without spaces.
fn is_cjk(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

/// The francs whose signs are letters alone.
fn is_cfa(text: &str) -> bool {
    ["FCFA", "F CFA", "CFPF"].iter().any(|sign| text.starts_with(sign))
}

fn may_begin_sign(character: char) -> bool {
    matches!(character, '$' | 'A'..='J' | 'M' | 'N' | 'R' | 'S' | 'T' | 'U' | 'z' | 'K' | 'k')
        || !character.is_ascii() && !character.is_alphabetic()
}

/// Whether `letters` are a `k` (or `T`, in German) and a currency.
fn multiplied_code(letters: &str) -> bool {
    letters.strip_prefix(['k', 'K']).is_some_and(|code| word(code).is_some() || matches!(code, "zł" | "Kč" | "kč"))
        || letters == "TEUR"
}

fn may_follow_number(letters: &str) -> bool {
    let lower = letters.to_lowercase();
    times(letters, false).is_some()
        || word(letters).is_some()
        || name(&lower).is_some()
        || multiplied_code(letters)
        || matches!(letters, "zł" | "Kč" | "kč" | "FCFA" | "т" | "R")
        || matches!(
            lower.as_str(),
            "h" | "hr"
                | "hrs"
                | "hour"
                | "pa"
                | "pm"
                | "ph"
                | "pcm"
                | "pd"
                | "pw"
                | "yr"
                | "year"
                | "month"
                | "to"
                | "p"
                | "x"
                | "us"
                | "a"
                | "hk"
                | "nt"
                | "nz"
                | "mx"
                | "ca"
                | "net"
                | "gross"
                | "bis"
        )
}
