//! Years of experience with a skill: "5+ years of Python", "Python (3 years)", "3-5 years with Go or Rust".

use super::context::{after, before, is_in, words};

/// Words for a year.
const YEARS: &[&str] = &[
    "years", "year", "yrs", "yr", "years'", "jahre", "jahren", "jahr", "ans", "années", "años", "año", "anni", "anno",
    "jaar", "lat", "anos",
];

/// Words that may stand between the years and the skill.
const BETWEEN: &[&str] = &[
    "of",
    "experience",
    "in",
    "with",
    "using",
    "working",
    "work",
    "professional",
    "hands",
    "on",
    "programming",
    "development",
    "developing",
    "building",
    "writing",
    "coding",
    "industry",
    "commercial",
    "relevant",
    "practical",
    "production",
    "the",
    "a",
    "an",
    "strong",
    "solid",
    "deep",
    "recent",
    "full",
    "time",
    "proven",
    "direct",
    "erfahrung",
    "mit",
    "in",
    "berufserfahrung",
    "d'expérience",
    "expérience",
    "avec",
    "de",
    "en",
    "experiencia",
    "con",
    "esperienza",
    "ervaring",
    "met",
    "experiência",
    "com",
    "languages",
    "such",
    "as",
    "like",
    "software",
    "engineering",
    "backend",
    "frontend",
    "code",
    "and",
    "or",
    "more",
];

/// Numbers in words.
const NUMBERS: &[&str] = &["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/// Most years that anybody asks for.
const MOST: u32 = 30;

/// The years before a skill that starts at `start`; `(least, most)`, the most unknown when it is open.
pub(super) fn ahead(text: &str, start: usize) -> Option<(u32, Option<u32>)> {
    let left = before(text, start);
    let left =
        ["; ", ". ", "! ", "? "].iter().filter_map(|end| left.rfind(end)).max().map_or(left, |end| &left[end + 1..]);
    let mut between = 0;
    for word in words(left).rev() {
        if is_in(word, YEARS) {
            let at = word.as_ptr() as usize - left.as_ptr() as usize;
            return number_at_end(&left[..at]);
        }
        between += 1;
        if between > 8 || !is_in(word, BETWEEN) {
            return None;
        }
    }
    None
}

/// The years right after a skill that ends at `end`: "(3+ years)", ": 5 years".
pub(super) fn behind(text: &str, end: usize) -> Option<(u32, Option<u32>)> {
    let right = after(text, end);
    let right = right.strip_prefix(" experience").unwrap_or(right);
    let opened = right.trim_start_matches(' ');
    let opened = opened.strip_prefix(['(', ':', '-', '–', '—', '['])?.trim_start();
    let opened = opened.strip_prefix("at least ").or(opened.strip_prefix("minimum ")).unwrap_or(opened);
    let year = words(opened).take(5).find(|word| is_in(word, YEARS))?;
    let at = year.as_ptr() as usize - opened.as_ptr() as usize;
    let stated = &opened[..at];
    stated.starts_with(|c: char| c.is_ascii_digit()).then(|| number_at_end(stated)).flatten()
}

/// The number or range at the end of `text`: "5", "5+", "3-5", "3 to 5", "five".
fn number_at_end(text: &str) -> Option<(u32, Option<u32>)> {
    let text = text.trim_end().trim_end_matches(['-', ' ']);
    let open = text.ends_with('+');
    let text = text.trim_end_matches(['+', ' ', ')', '(']);
    let (rest, last) = number(text)?;
    let rest = rest.trim_end();
    let lower = rest.strip_suffix(['-', '–', '—']).or(rest.strip_suffix("to")).or(rest.strip_suffix("bis"));
    let range = lower.map(|lower| lower.trim_end().trim_end_matches('+')).and_then(number);
    match range {
        Some((_, first)) if first <= last && !open => Some((first, Some(last))),
        Some((_, first)) if first <= last => Some((first, None)),
        _ if open => Some((last, None)),
        _ => Some((last, None)),
    }
}

/// The number that ends `text`, and what stands before it.
fn number(text: &str) -> Option<(&str, u32)> {
    let digits = text.len() - text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (rest, value) = if digits < text.len() {
        (&text[..digits], text[digits..].parse().ok()?)
    } else {
        let word = words(text).next_back()?;
        let value = NUMBERS.iter().position(|number| word.eq_ignore_ascii_case(number))?;
        (text.strip_suffix(word)?, value as u32)
    };
    (value <= MOST && !rest.ends_with(['.', '$', '€', ','])).then_some((rest, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_before_a_skill_are_its_own() {
        for (text, expected) in [
            ("5+ years of Python", Some((5, None))),
            ("3-5 years of professional experience with Python", Some((3, Some(5)))),
            ("3 to 5 years' experience in Python", Some((3, Some(5)))),
            ("at least five years of hands-on Python", Some((5, None))),
            ("mindestens 3 Jahre Erfahrung mit Python", Some((3, None))),
            ("5 years in sales. Python", None),
            ("our 10 years of growth brought us Python", None),
            ("401 years of Python", None),
        ] {
            assert_eq!(ahead(text, text.rfind("Python").unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn years_behind_a_skill_stand_in_brackets_or_after_a_colon() {
        for (text, expected) in [
            ("Python (3+ years)", Some((3, None))),
            ("Python: 5 years", Some((5, None))),
            ("Python experience (2-4 yrs)", Some((2, Some(4)))),
            ("Python, 3 years of sales", None),
            ("Python (since 3 years)", None),
        ] {
            assert_eq!(behind(text, 6), expected, "{text}");
        }
    }
}
