//! Numbers as every locale writes them: `1.234,56`, `1 234.56`, `1'234`, `12,34,567`.

use rust_decimal::Decimal;

/// The digits at the beginning of `text`, with the marks that group them or stand before decimals.
pub fn digits_of(text: &str) -> &str {
    let mut end = text.bytes().take_while(u8::is_ascii_digit).count();
    let leading = end;
    let mut class = None;
    let mut pointed = false;
    while let Some(mark) = text[end..].chars().next() {
        let digits = text[end + mark.len_utf8()..].bytes().take_while(u8::is_ascii_digit).count();
        let goes_on = match mark {
            '.' | ',' | '٫' => {
                pointed = true;
                digits > 0
            }
            _ => {
                let this = group_class(mark);
                let first = class.is_none() && leading <= 3;
                let goes_on = this.is_some() && digits == 3 && !pointed && (first || class == this);
                class = this;
                goes_on
            }
        };
        if !goes_on {
            break;
        }
        end += mark.len_utf8() + digits;
    }
    &text[..end]
}

/// Marks that only group digits: spaces of any width, apostrophes of any shape.
fn group_class(mark: char) -> Option<u8> {
    match mark {
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}' | '\u{2008}' | '\u{200a}' => Some(0),
        '\'' | '’' | '‘' | 'ʼ' | '´' | '`' => Some(1),
        _ => None,
    }
}

/// The value of digits with marks of any locale, and whether a single point stood before exactly three digits, so that it may yet
/// turn out to be a decimal point. `None` when the marks make no number, as in `1.2.3`.
pub fn value(written: &str) -> Option<(Decimal, bool)> {
    let plain: String = written.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
    let marks: Vec<(usize, char)> = plain.char_indices().filter(|(_, c)| !c.is_ascii_digit()).collect();
    let Some(&(last, mark)) = marks.last() else { return Decimal::from_str_exact(&plain).ok().map(|n| (n, false)) };
    let tail = plain.len() - last - 1;
    let alone = marks.len() == 1;
    let mixed = marks.iter().any(|(_, other)| *other != mark);
    // A space or an apostrophe that groups leaves to the point only the decimals.
    let grouped = written.chars().any(|c| group_class(c).is_some());
    let is_decimal = if alone { tail != 3 || plain.starts_with('0') || grouped } else { mixed && tail != 3 };
    if !is_decimal && tail != 3 || !groups_are_whole(&marks, is_decimal) {
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

/// Whether groups are of three digits, or of two as in India, after at most three, and marked alike.
fn groups_are_whole(marks: &[(usize, char)], is_decimal: bool) -> bool {
    let groups = &marks[..marks.len() - usize::from(is_decimal)];
    let Some(&(first, mark)) = groups.first() else { return true };
    let all: Vec<usize> = marks.iter().map(|(at, _)| *at).collect();
    first <= 3
        && groups.iter().all(|(_, other)| *other == mark)
        && all.windows(2).all(|pair| matches!(pair[1] - pair[0] - 1, 2 | 3))
}

/// What a number is multiplied with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// A thousand.
    Thousand,
    /// Ten thousand (`万`, `만`).
    TenThousand,
    /// A hundred thousand rupees.
    Lakh,
    /// A million.
    Million,
    /// Ten million rupees.
    Crore,
    /// `mil`: a thousand in Spanish and Portuguese, a million in others' slang.
    Mil,
    /// A billion or more: never pay.
    Huge,
}

impl Times {
    /// The factor; `None` where there is none that pay could have.
    pub fn factor(self) -> Option<i64> {
        Some(match self {
            Self::Thousand | Self::Mil => 1_000,
            Self::TenThousand => 10_000,
            Self::Lakh => 100_000,
            Self::Million => 1_000_000,
            Self::Crore => 10_000_000,
            Self::Huge => return None,
        })
    }
}

/// The multiplier that `letters` are, and whether they say "a year" (`LPA`). Single letters count only right after the number.
pub fn times(letters: &str, spaced: bool) -> Option<(Times, bool)> {
    Some(match letters {
        "k" | "K" => (Times::Thousand, false),
        "Tsd" | "tsd" | "thousand" | "thousands" | "tys" | "tis" | "тыс" | "тис" | "хил" | "bin" | "ezer" | "mille"
        | "mii" | "tkr" | "tusen" | "tuhatta" | "rb" | "ribu" | "nghìn" => (Times::Thousand, false),
        "LPA" | "lpa" | "Lpa" => (Times::Lakh, true),
        "lakh" | "lakhs" | "Lakh" | "Lakhs" | "lac" | "lacs" | "Lac" | "Lacs" | "LAKH" | "LAKHS" | "LACS" | "LAC" => {
            (Times::Lakh, false)
        }
        "L" if !spaced => (Times::Lakh, false),
        "m" | "M" if !spaced => (Times::Million, false),
        "b" | "B" | "t" | "T" if !spaced => (Times::Huge, false),
        "mm" | "MM" | "Mio" | "mio" | "mln" | "mn" | "million" | "millions" | "Million" | "Millionen" | "millones"
        | "milhões" | "juta" | "jt" | "triệu" | "tr" | "milyon" | "млн" | "triu" => (Times::Million, false),
        "mil" => (Times::Mil, false),
        "crore" | "crores" | "Crore" | "Crores" | "Cr" | "cr" => (Times::Crore, false),
        "CPA" => (Times::Crore, true),
        "bn" | "Bn" | "BN" | "bil" | "Mrd" | "mrd" | "tn" | "billion" | "billions" | "Billion" | "trillion"
        | "Milliarden" | "milliards" | "bln" => (Times::Huge, false),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(written: &str) -> String {
        assert_eq!(digits_of(written), written, "the whole of {written}");
        value(written).map_or("none".to_owned(), |(number, _)| number.normalize().to_string())
    }

    #[test]
    fn marks_of_any_locale_group_or_divide() {
        for (written, expected) in [
            ("1.234,56", "1234.56"),
            ("1 234,56", "1234.56"),
            ("1\u{202f}234,56", "1234.56"),
            ("1'234.56", "1234.56"),
            ("1’234’567", "1234567"),
            ("12,34,567", "1234567"),
            ("12,34,567.50", "1234567.5"),
            ("80.000", "80000"),
            ("80,5", "80.5"),
            ("26.08", "26.08"),
            ("0.125", "0.125"),
            ("1.2.3", "none"),
            ("1.2.345", "none"),
            ("1,2345", "1.2345"),
        ] {
            assert_eq!(shown(written), expected, "{written}");
        }
    }

    #[test]
    fn a_group_ends_where_the_digits_are_not_three() {
        assert_eq!(digits_of("60 000 2024"), "60 000");
        assert_eq!(digits_of("2024 100 000"), "2024");
        assert_eq!(digits_of("45.50 100"), "45.50");
        assert_eq!(digits_of("1 000'000"), "1 000");
    }
}
