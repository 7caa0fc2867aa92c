//! Words as the rubric compares them: lower case, without decoration, cut to a stem.

/// Words that belong to nobody's profession: grammar, contract and place decoration.
const NOISE: &[&str] = &[
    "a", "all", "an", "and", "at", "d", "div", "f", "for", "full", "fulltime", "gn", "h", "hybrid", "in", "m", "of",
    "on", "onsite", "or", "part", "remote", "team", "the", "time", "to", "w", "with", "x",
];

/// Words for a level; the level has its own part.
const LEVELS: &[&str] = &[
    "1",
    "2",
    "3",
    "4",
    "5",
    "associate",
    "entry",
    "experienced",
    "expert",
    "graduate",
    "i",
    "ii",
    "iii",
    "intern",
    "internship",
    "iv",
    "jr",
    "junior",
    "lead",
    "level",
    "mid",
    "middle",
    "principal",
    "senior",
    "sr",
    "staff",
    "trainee",
    "v",
];

/// Stems that many professions share and that therefore tell little.
const GENERIC: &[&str] = &[
    "administrator",
    "advisor",
    "agent",
    "assistant",
    "consultant",
    "coordinator",
    "engineer",
    "expert",
    "manag",
    "officer",
    "profession",
    "representativ",
    "special",
    "technician",
    "work",
];

/// Writings of one word, by the word that stands for them.
const SAME: &[(&str, &str)] = &[
    ("back end", "backend"),
    ("back-end", "backend"),
    ("front end", "frontend"),
    ("front-end", "frontend"),
    ("full stack", "fullstack"),
    ("full-stack", "fullstack"),
    ("dev ops", "devops"),
    ("machine learning", "ml"),
    ("site reliability", "sre"),
    ("quality assurance", "qa"),
    ("user experience", "ux"),
    ("human resources", "hr"),
    ("e-commerce", "ecommerce"),
    ("e commerce", "ecommerce"),
];

/// Stems of neighbouring professions: who does one often does the other.
const RELATED: &[&[&str]] = &[
    &["cloud", "devop", "infrastructur", "platform", "sre"],
    &["api", "backend", "fullstack", "server", "softwar", "system"],
    &["frontend", "fullstack", "javascript", "ui", "web"],
    &["ai", "ml", "nlp", "scienc", "scient"],
    &["analy", "bi", "data", "etl", "warehous"],
    &["design", "ui", "ux"],
    &["clinical", "midwif", "nurs", "rn"],
];

/// The stems of `text` that carry meaning, in order, each once; levels and decoration are left out.
pub(crate) fn stems(text: &str) -> Vec<String> {
    let mut text = text.to_lowercase();
    for (written, meant) in SAME {
        if text.contains(written) {
            text = text.replace(written, meant);
        }
    }
    let mut stems = Vec::new();
    for word in tokens(&text) {
        if NOISE.contains(&word) || LEVELS.contains(&word) {
            continue;
        }
        let stem = stem(word);
        if !stems.contains(&stem) {
            stems.push(stem);
        }
    }
    stems
}

/// How much a stem tells, 0 to 1.
pub(crate) fn weight(stem: &str) -> f64 {
    if GENERIC.contains(&stem) { 0.35 } else { 1.0 }
}

/// Whether two stems stand for neighbouring professions.
pub(crate) fn are_related(left: &str, right: &str) -> bool {
    RELATED.iter().any(|group| group.contains(&left) && group.contains(&right))
}

/// The words of `text`: letters, digits, and the signs of names such as `c++` and `c#`.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !sign.is_alphanumeric() && sign != '+' && sign != '#').filter(|word| !word.is_empty())
}

/// Whether the words of `part` occur in `whole` one after the other, without regard to case.
pub(crate) fn names(whole: &str, part: &str) -> bool {
    let (whole, part) = (whole.to_lowercase(), part.to_lowercase());
    let whole: Vec<&str> = tokens(&whole).collect();
    let part: Vec<&str> = tokens(&part).collect();
    !part.is_empty() && whole.windows(part.len()).any(|window| window == part)
}

/// The words of `text` that have one of `stems`, as they are written.
pub(crate) fn written<'a>(text: &'a str, stems: &[String]) -> Vec<&'a str> {
    tokens(text).filter(|word| stems.contains(&stem(&word.to_lowercase()))).collect()
}

/// The stretch of `text` from the first to the last of `parts`, as written; `None` when none of them is there.
pub(crate) fn enclosing<'a>(text: &'a str, parts: &[&str]) -> Option<&'a str> {
    let spans: Vec<(usize, usize)> = parts.iter().filter_map(|part| find(text, part)).collect();
    let start = spans.iter().map(|(start, _)| *start).min()?;
    let end = spans.iter().map(|(_, end)| *end).max()?;
    text.get(start..end)
}

/// Where the words of `part` stand in `text` one after the other, without regard to case, in bytes.
fn find(text: &str, part: &str) -> Option<(usize, usize)> {
    let part: Vec<String> = tokens(part).map(str::to_lowercase).collect();
    let offset = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    let words: Vec<&str> = tokens(text).collect();
    let found = words.windows(part.len().max(1)).find(|window| {
        window.len() == part.len() && window.iter().zip(&part).all(|(word, part)| word.to_lowercase() == *part)
    })?;
    let (first, last) = (found.first()?, found.last()?);
    Some((offset(first), offset(last) + last.len()))
}

/// A light English stem; good enough to join `nurse` and `nursing`, and never empty.
fn stem(word: &str) -> String {
    if ["developer", "development", "programmer", "coder", "dev", "swe"].contains(&word) {
        return "engineer".to_owned();
    }
    if word.starts_with("analy") {
        return "analy".to_owned();
    }
    let word = cut(word, "s", 3).filter(|_| !word.ends_with("ss")).unwrap_or(word);
    let word = cut(word, "ing", 4).or_else(|| cut(word, "ement", 4)).or_else(|| cut(word, "ional", 5)).unwrap_or(word);
    let word = cut(word, "ist", 5).unwrap_or(word);
    let word = cut(word, "er", 4).filter(|_| !word.ends_with("eer")).unwrap_or(word);
    cut(word, "e", 3).unwrap_or(word).to_owned()
}

/// `word` without `end`, if at least `keep` bytes stay.
fn cut<'a>(word: &'a str, end: &str, keep: usize) -> Option<&'a str> {
    word.strip_suffix(end).filter(|rest| rest.len() >= keep)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_have_one_stem() {
        for (left, right) in [
            ("Nurse", "nursing"),
            ("Software Engineering", "software engineer"),
            ("Front-End Developer", "Frontend Engineer"),
            ("Data Analytics", "data analyst"),
            ("Product Manager", "product management"),
            ("Designers", "design"),
        ] {
            assert_eq!(stems(left), stems(right), "{left} and {right}");
        }
    }

    #[test]
    fn neighbouring_professions_are_related() {
        for (left, right) in [("Platform", "Infrastructure"), ("Site Reliability", "DevOps"), ("Backend", "Software")] {
            assert!(are_related(&stems(left)[0], &stems(right)[0]), "{left} and {right}");
        }
        assert!(!are_related("nurs", "backend"));
    }

    #[test]
    fn levels_and_decoration_are_no_profession() {
        assert_eq!(stems("Senior Data Engineer II (m/f/d), remote"), ["data", "engineer"]);
        assert!(stems("Senior (m/w/d)").is_empty());
    }

    #[test]
    fn a_name_is_found_only_as_whole_words() {
        assert!(names("Office in Berlin, Germany", "berlin"));
        assert!(names("San Francisco, CA", "San Francisco"));
        assert!(!names("Berlingen", "Berlin"));
        assert!(!names("Berlin", ""));
    }

    #[test]
    fn a_stretch_is_quoted_as_written() {
        assert_eq!(
            enclosing("Lead, Data-Platform ENGINEER (EU)", &["engineer", "data"]),
            Some("Data-Platform ENGINEER")
        );
        assert_eq!(enclosing("We build Health Care tools", &["health care"]), Some("Health Care"));
        assert_eq!(enclosing("nothing", &["data", ""]), None);
    }

    #[test]
    fn any_text_has_stems_without_panic() {
        for text in ["", "ß", "İİİing", "日本語 エンジニア", "\u{0}\u{200b}", "es", "+++", "ers"] {
            let _ = stems(text);
        }
    }
}
