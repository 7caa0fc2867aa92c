//! Titles: the key that like titles share, and the field of work that they name.

mod fields;

use crate::text::words;
use fields::{DOMAINS, LANGUAGES, MAKERS};

/// Words that say who, where or how, not what.
const DECORATION: &[&str] = &[
    "remote", "hybrid", "onsite", "m", "w", "d", "f", "x", "h", "mwd", "fmd", "all", "genders", "gn", "usa", "us",
    "uk", "eu", "emea", "apac", "latam", "full", "part", "time", "contract", "fulltime", "parttime", "urgent",
    "hiring", "new", "open",
];

/// `title` in lower case without brackets, what follows a spaced dash or bar, codes and decoration. When nothing is
/// left of it so, its words as they are.
pub fn key(title: &str) -> String {
    let bare = without_brackets(title);
    let head = [" - ", " – ", " — ", " | ", " @ ", " // "]
        .iter()
        .filter_map(|mark| bare.find(mark))
        .min()
        .filter(|end| words(&bare[..*end]).len() >= 2)
        .map_or(bare.as_str(), |end| &bare[..end]);
    let kept: Vec<String> = words_with_signs(head)
        .into_iter()
        .filter(|word| !is_code(word) && !DECORATION.contains(&word.as_str()))
        .collect();
    if kept.is_empty() { words(title).join(" ") } else { kept.join(" ") }
}

fn without_brackets(title: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::with_capacity(title.len());
    for character in title.chars() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                out.push(' ');
            }
            _ if depth == 0 => out.push(character),
            _ => {}
        }
    }
    out
}

/// Words in lower case; `c++`, `c#` and `.net` keep what makes them different, `sr` and `jr` are written out.
fn words_with_signs(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '+' | '#' | '.')))
        .map(|word| if word == ".net" { word } else { word.trim_matches('.') })
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| match word {
            "sr" | "snr" => "senior".to_owned(),
            "jr" | "jnr" => "junior".to_owned(),
            "ii" => "2".to_owned(),
            "iii" => "3".to_owned(),
            word => word.to_owned(),
        })
        .collect()
}

/// Whether a word is a requisition number such as `r12345` or `2024`.
fn is_code(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    digits >= 3 && word.len() - digits <= 3
}

/// The field of work that a title names, from a closed list, else that of the department; `None` when neither does.
/// With it comes whether the title (`true`) or the department decided.
pub fn domain(title: &str, department: Option<&str>) -> Option<(&'static str, bool)> {
    domain_of(title, false)
        .map(|domain| (domain, true))
        .or_else(|| department.and_then(|department| domain_of(department, true)).map(|domain| (domain, false)))
}

fn domain_of(text: &str, department: bool) -> Option<&'static str> {
    let padded = format!(" {} ", words(text).join(" "));
    let names = |phrase: &&str| {
        padded
            .match_indices(*phrase)
            .any(|(at, _)| padded[..at].ends_with(' ') && padded[at + phrase.len()..].starts_with(' '))
    };
    let found = DOMAINS.iter().find(|(_, phrases)| phrases.iter().any(&names)).map(|(domain, _)| *domain);
    let writes_software = MAKERS.iter().any(&names) && LANGUAGES.iter().any(&names);
    found.or(writes_software.then_some("software")).or_else(|| {
        let engineering = if department { names(&"engineering") || names(&"r d") } else { false };
        (engineering || names(&"product") && department).then_some(if engineering { "software" } else { "product" })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engineer_of_a_programming_language_works_in_software() {
        assert_eq!(domain("Senior Rust Engineer", None), Some(("software", true)));
        assert_eq!(domain("Java Sales Engineer", None).map(|found| found.0), Some("sales"));
        assert_eq!(domain("Process Engineer", None), None);
    }

    #[test]
    fn like_titles_share_a_key() {
        for title in [
            "Senior Software Engineer",
            "Sr. Software Engineer (Remote)",
            "Senior Software Engineer - Berlin",
            "Senior Software Engineer (m/w/d) | R12345",
            "Senior Software Engineer – 2024",
        ] {
            assert_eq!(key(title), "senior software engineer", "{title}");
        }
        assert_eq!(key("C++ Developer"), "c++ developer");
        assert_eq!(key("C# / .NET Developer"), "c# .net developer");
        assert_eq!(key("(Remote)"), "remote");
    }

    #[test]
    fn fields_of_work_are_read_from_titles() {
        for (title, expected) in [
            ("Senior Backend Engineer", Some("software")),
            ("Machine Learning Engineer", Some("ai")),
            ("Data Engineer", Some("data")),
            ("Site Reliability Engineer", Some("infrastructure")),
            ("Product Manager, Payments", Some("product")),
            ("Product Designer", Some("design")),
            ("Account Executive", Some("sales")),
            ("Staff Nurse", Some("health")),
            ("Line Cook", Some("hospitality")),
            ("Warehouse Associate", Some("logistics")),
            ("Wizard", None),
        ] {
            assert_eq!(domain(title, None).map(|(domain, _)| domain), expected, "{title}");
        }
        assert_eq!(domain("Wizard", Some("Engineering")), Some(("software", false)));
    }
}
