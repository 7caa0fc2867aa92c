//! Numbers joined with the currencies, multipliers and pluses around them.

use super::currency::{Sign, dollars_of, may_write, name};
use super::lex::{Amount, Kind, Piece, PieceKind, Token};
use super::number::Times;
use rust_decimal::Decimal;

/// Widest gap between a number and what belongs to it: one narrow no-break space is three bytes.
const GAP: usize = 3;

/// The tokens that `pieces` make.
pub fn join(pieces: &[Piece]) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        at += 1;
        let (start, end) = (piece.start, piece.end);
        match &piece.kind {
            PieceKind::Token(kind) => out.push(Token { kind: kind.clone(), start, end }),
            // `K€ 45`: the multiplier stands first. It is kept as a word until a number takes it.
            PieceKind::Times(Times::Thousand, _) => out.push(Token { kind: Kind::Word("k".to_owned()), start, end }),
            PieceKind::Percent | PieceKind::Times(..) => out.push(Token { kind: Kind::Other, start, end }),
            PieceKind::Number { number, point3 } => {
                let mut token = Token { kind: Kind::Other, start, end };
                let mut amount =
                    Amount { number: *number, times: None, money: None, yearly: false, plus: false, percent: false };
                take_before(&mut out, &mut token, &mut amount);
                while let Some(next) = pieces.get(at)
                    && absorb(&mut amount, *point3, next, token.end)
                {
                    token.end = next.end;
                    at += 1;
                }
                if let Some((sign, end)) = dollars(&pieces[at..]).filter(|_| amount.money.is_none()) {
                    amount.money = Some(sign);
                    token.end = end;
                    at += 2;
                }
                token.kind = Kind::Amount(amount);
                out.push(token);
            }
        }
    }
    out
}

/// The currency before a number, with the code or multiplier before that.
fn take_before(out: &mut Vec<Token>, token: &mut Token, amount: &mut Amount) {
    let Some(&Token { kind: Kind::Money(money), start, end }) = out.last() else { return };
    if token.start - end > GAP {
        return;
    }
    amount.money = Some(money);
    token.start = start;
    out.pop();
    match out.last() {
        // `USD $120k`, `$USD 120k`: the code says which dollar.
        Some(&Token { kind: Kind::Money(outer), start, end }) if token.start - end <= GAP => {
            let code = match (outer, money) {
                (Sign::Code(code), sign) | (sign, Sign::Code(code)) if may_write(code, sign) => code,
                _ => return,
            };
            amount.money = Some(Sign::Code(code));
            token.start = start;
            out.pop();
        }
        Some(Token { kind: Kind::Word(word), start, end }) if word == "k" && *end == token.start => {
            amount.times = Some(Times::Thousand);
            token.start = *start;
            out.pop();
        }
        _ => {}
    }
}

/// `100,000 US dollars`: the adjective says which. The sign and where it ends.
fn dollars(pieces: &[Piece]) -> Option<(Sign, usize)> {
    let word = |piece: Option<&Piece>| match piece {
        Some(Piece { kind: PieceKind::Token(Kind::Word(word)), end, .. }) => Some((word.clone(), *end)),
        _ => None,
    };
    let sign = dollars_of(&word(pieces.first())?.0)?;
    let (noun, end) = word(pieces.get(1))?;
    (name(&noun) == Some(Sign::Dollar)).then_some((sign, end))
}

/// Takes `next` into `amount` when it belongs to it.
fn absorb(amount: &mut Amount, point3: bool, next: &Piece, end: usize) -> bool {
    let near = next.start.saturating_sub(end) <= GAP;
    match &next.kind {
        PieceKind::Times(times, yearly) if near && amount.times.is_none() => {
            amount.times = Some(*times);
            amount.yearly = *yearly;
            if point3 {
                // `172.125K` has a decimal point, not groups.
                amount.number /= Decimal::from(1_000);
            }
            true
        }
        // `2 mil millones`, `1 tr lakh`: beyond pay.
        PieceKind::Times(..) if near => {
            amount.times = Some(Times::Huge);
            true
        }
        PieceKind::Token(Kind::Money(Sign::Code(code))) if near => match amount.money {
            None => {
                amount.money = Some(Sign::Code(code));
                true
            }
            Some(money) if money != Sign::Code(code) && may_write(code, money) => {
                amount.money = Some(Sign::Code(code));
                true
            }
            Some(money) => money == Sign::Code(code),
        },
        PieceKind::Token(Kind::Money(money)) if near && amount.money.is_none() => {
            // In `100 $120` the sign belongs to what follows; a sign after a number stands alone or after one space.
            amount.money = Some(*money);
            true
        }
        PieceKind::Token(Kind::Word(word)) if near && amount.money.is_none() => {
            amount.money = name(word);
            amount.money.is_some()
        }
        PieceKind::Token(Kind::Plus) if next.start == end => {
            amount.plus = true;
            true
        }
        PieceKind::Percent if near => {
            amount.percent = true;
            true
        }
        _ => false,
    }
}
