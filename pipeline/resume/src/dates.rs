//! Dates of resumes: months and years as people write them, and spans of them.

/// A date known to the month or to the year, as the earliest and latest month that it can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    early: i32,
    late: i32,
}

/// From when until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: Date,
    /// `None` while it lasts.
    pub(crate) end: Option<Date>,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Months whose German names begin otherwise.
const GERMAN: [(&str, u32); 4] = [("mär", 3), ("mai", 5), ("okt", 10), ("dez", 12)];
const NOW: [&str; 8] = ["present", "now", "current", "currently", "today", "ongoing", "heute", "date"];
const UNTIL: [&str; 5] = ["to", "until", "till", "through", "bis"];
const SINCE: [&str; 3] = ["since", "seit", "from"];

impl Date {
    fn month(year: i32, month: u32) -> Self {
        let month = year * 12 + month as i32 - 1;
        Self { early: month, late: month }
    }

    fn year(year: i32) -> Self {
        Self { early: year * 12, late: year * 12 + 11 }
    }

    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as JSON Resume has dates.
    pub(crate) fn iso(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('-');
        let year = parts.next().filter(|year| year.len() == 4).and_then(|year| year.parse().ok()).filter(plausible)?;
        let Some(month) = parts.next() else { return Some(Self::year(year)) };
        let month = two_digits(month).filter(|month| (1..=12).contains(month))?;
        let day = parts.next().map(|day| two_digits(day).filter(|day| (1..=31).contains(day)));
        (day != Some(None) && parts.next().is_none()).then(|| Self::month(year, month))
    }

    /// Whether it certainly lies before `other`.
    pub(crate) fn is_before(self, other: Self) -> bool {
        self.late < other.early
    }
}

fn plausible(year: &i32) -> bool {
    (1940..=2100).contains(year)
}

fn two_digits(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Span {
    /// Whether it ends before it starts.
    pub(crate) fn is_reversed(self) -> bool {
        self.end.is_some_and(|end| end.is_before(self.start))
    }

    /// Whether both were certainly going on in at least one month besides those in which they touch.
    pub(crate) fn overlaps(self, other: Self) -> bool {
        let runs_into = |one: Self, next: Self| one.end.is_none_or(|end| next.start.is_before(end));
        !self.is_reversed() && !other.is_reversed() && runs_into(self, other) && runs_into(other, self)
    }

    /// The first span that `line` states, such as `Jan 2020 – Present`, `06/2018 - 2019` or `since 2021`.
    pub(crate) fn find(line: &str) -> Option<Self> {
        let signs = signs(&line.to_lowercase());
        let closed = signs.windows(3).find_map(|window| match window {
            [Sign::Date(start), Sign::Until, Sign::Date(end)] => Some(Self { start: *start, end: Some(*end) }),
            [Sign::Date(start), Sign::Until, Sign::Now] => Some(Self { start: *start, end: None }),
            _ => None,
        });
        closed.or_else(|| {
            signs.windows(2).find_map(|window| match window {
                [Sign::Since, Sign::Date(start)] => Some(Self { start: *start, end: None }),
                _ => None,
            })
        })
    }
}

/// What a line is made of, as far as dates go.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sign {
    Date(Date),
    Until,
    Now,
    Since,
    Month(u32),
    Other,
}

fn signs(line: &str) -> Vec<Sign> {
    let mut signs: Vec<Sign> = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (sign, length) = match first {
            '0'..='9' => numeric(rest),
            '-' | '–' | '—' | '−' => (Some(Sign::Until), first.len_utf8()),
            first if first.is_alphabetic() => word(rest),
            first => (None, first.len_utf8()),
        };
        match (signs.last(), sign) {
            (Some(Sign::Month(month)), Some(Sign::Date(date))) if date.late - date.early == 11 => {
                let date = Sign::Date(Date::month(date.early / 12, *month));
                signs.pop();
                signs.push(date);
            }
            (_, Some(sign)) => signs.push(sign),
            (_, None) => {}
        }
        rest = &rest[length..];
    }
    signs
}

fn word(text: &str) -> (Option<Sign>, usize) {
    let length = text.find(|sign: char| !sign.is_alphabetic()).unwrap_or(text.len());
    let word = &text[..length];
    let english = MONTHS.iter().position(|month| word.starts_with(month)).map(|at| at as u32 + 1);
    let month = english.or_else(|| GERMAN.iter().find(|(name, _)| word.starts_with(name)).map(|(_, month)| *month));
    let sign = match month {
        _ if NOW.contains(&word) => Sign::Now,
        _ if UNTIL.contains(&word) => Sign::Until,
        _ if SINCE.contains(&word) => Sign::Since,
        Some(month) => Sign::Month(month),
        None => Sign::Other,
    };
    (Some(sign), length)
}

/// `2020`, `2020-06`, `06/2020`, or a number that is no date.
fn numeric(text: &str) -> (Option<Sign>, usize) {
    let (first, length) = digits(text);
    let rest = &text[length..];
    let next = rest.strip_prefix(['-', '/', '.']).map(digits).filter(|(_, length)| *length > 0);
    let year = |number: i32, length: usize| length == 4 && plausible(&number);
    let month = |number: i32, length: usize| length <= 2 && (1..=12).contains(&number);
    match next {
        Some((second, second_length)) if year(first, length) && month(second, second_length) => {
            (Some(Sign::Date(Date::month(first, second as u32))), length + 1 + second_length)
        }
        Some((second, second_length)) if month(first, length) && year(second, second_length) => {
            (Some(Sign::Date(Date::month(second, first as u32))), length + 1 + second_length)
        }
        _ if year(first, length) => (Some(Sign::Date(Date::year(first))), length),
        _ => (Some(Sign::Other), length),
    }
}

/// The number that `text` begins with, and its length; overlong numbers are -1.
fn digits(text: &str) -> (i32, usize) {
    let length = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
    (text[..length].parse().unwrap_or(-1), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(year: i32, month: u32) -> Date {
        Date::month(year, month)
    }

    #[test]
    fn spans_are_read_as_people_write_them() {
        let closed = Span { start: month(2020, 6), end: Some(month(2022, 12)) };
        for line in [
            "Engineer — Acme | Jun 2020 – Dec 2022",
            "06/2020 - 12/2022 Acme",
            "Acme (June 2020 to December 2022)",
            "2020-06 – 2022-12",
            "Juni 2020 bis Dezember 2022",
        ] {
            assert_eq!(Span::find(line), Some(closed), "{line}");
        }
        assert_eq!(Span::find("2019-2021"), Some(Span { start: Date::year(2019), end: Some(Date::year(2021)) }));
        assert_eq!(Span::find("Since 2021"), Some(Span { start: Date::year(2021), end: None }));
        assert_eq!(Span::find("Jan 2023 - Present"), Some(Span { start: month(2023, 1), end: None }));
    }

    #[test]
    fn numbers_that_are_no_dates_make_no_span() {
        for line in ["cut costs from 4000 to 2500", "served 1200 - 1500 users", "99999999999999 - 2020", "", "2020"] {
            assert_eq!(Span::find(line), None, "{line}");
        }
    }

    #[test]
    fn iso_dates_are_read_to_the_month() {
        assert_eq!(Date::iso("2020"), Some(Date::year(2020)));
        assert_eq!(Date::iso("2020-06-30"), Some(month(2020, 6)));
        for text in ["June 2020", "2020-13", "2020-6", "2020-06-30-1", "2020-06-", "20200630", ""] {
            assert_eq!(Date::iso(text), None, "{text}");
        }
    }

    #[test]
    fn only_certain_overlaps_count() {
        let years = |start, end| Span { start: Date::year(start), end: Some(Date::year(end)) };
        assert!(!years(2018, 2020).overlaps(years(2020, 2022)), "both may have met in one month");
        assert!(years(2018, 2021).overlaps(years(2019, 2022)));
        let now = Span { start: month(2023, 1), end: None };
        assert!(!now.overlaps(Span { start: month(2020, 1), end: Some(month(2023, 1)) }));
        assert!(now.overlaps(Span { start: month(2022, 1), end: None }));
    }
}
