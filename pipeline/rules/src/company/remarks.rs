//! What postings add to the name of an employer.

use super::letters::spelled;

/// Words that job boards put behind a name.
const BOARD: &[&str] = &[
    "careers",
    "career",
    "jobs",
    "karriere",
    "careers page",
    "career page",
    "job board",
    "open roles",
    "open positions",
    "openings",
];

/// Words that stand before "at": "Careers at Acme".
const AT: &[&str] = &["careers at ", "jobs at ", "work at ", "working at ", "careers @ ", "jobs @ ", "karriere bei "];

/// `name` without what names it as a page of jobs.
pub(super) fn careers(name: &str) -> Option<String> {
    let name = name.trim();
    if let Some(rest) = AT.iter().find_map(|head| strip_prefix(name, head)) {
        return Some(rest.trim().to_owned());
    }
    if let Some((rest, _)) = [" is hiring", " is looking for "].iter().find_map(|mark| split_once(name, mark)) {
        return Some(rest.trim().to_owned());
    }
    for mark in [" | ", " - ", " – ", " — ", " · ", ": "] {
        if let Some((head, tail)) = name.rsplit_once(mark)
            && BOARD.contains(&spelled(tail).as_str())
        {
            return Some(head.trim().to_owned());
        }
    }
    BOARD.iter().find_map(|word| strip_suffix(name, &format!(" {word}"))).map(|rest| rest.trim_end().to_owned())
}

/// `name` without the batch of an accelerator: `(YC W21)`, `[YCS20]`.
pub(super) fn batch(name: &str) -> Option<String> {
    without_brackets(name, |inside| {
        let inside = spelled(inside).replace(' ', "");
        ["yc", "ycombinator", "techstars"].iter().any(|head| {
            inside.strip_prefix(head).is_some_and(|rest| {
                rest.is_empty() || rest.len() <= 6 && rest.bytes().any(|byte| byte.is_ascii_digit()) || rest == "backed"
            })
        })
    })
}

/// `name` without its own site in brackets: "Acme (acme.com)".
pub(super) fn site(name: &str) -> Option<String> {
    let squeezed = |text: &str| spelled(text).replace(' ', "");
    without_brackets(name, |inside| {
        let before = name.split(['(', '[']).next().map(squeezed).unwrap_or_default();
        inside.contains('.') && !before.is_empty() && squeezed(inside).contains(&before)
    })
}

const FORMERLY: &[&str] =
    &["formerly ", "formerly known as ", "previously ", "fka ", "f/k/a ", "ehemals ", "anciennement ", "ex-"];

/// `name` without the name that it had before.
pub(super) fn formerly(name: &str) -> Option<String> {
    remark(name, FORMERLY)
}

const PART_OF: &[&str] = &[
    "part of ",
    "a part of ",
    "member of ",
    "a member of ",
    "subsidiary of ",
    "a subsidiary of ",
    "a division of ",
    "division of ",
    "owned by ",
];

/// `name` without the group that it belongs to: "Acme, part of Umbrella", "Acme (an Umbrella company)".
pub(super) fn part_of(name: &str) -> Option<String> {
    remark(name, PART_OF).or_else(|| {
        let of_a_company = |inside: &str| {
            let inside = inside.trim();
            let article = strip_prefix(inside, "a ").or_else(|| strip_prefix(inside, "an "));
            article.is_some_and(|rest| {
                strip_suffix(rest, " company").is_some() || strip_suffix(rest, " business").is_some()
            })
        };
        without_brackets(name, of_a_company).or_else(|| {
            [", ", " - ", " – ", " | "]
                .iter()
                .find_map(|mark| name.split_once(mark).filter(|(head, tail)| !head.is_empty() && of_a_company(tail)))
                .map(|(head, _)| head.to_owned())
        })
    })
}

/// The trading name of "Acme Foods LLC dba Acme Kitchen".
pub(super) fn trading_as(name: &str) -> Option<String> {
    const MARKS: &[&str] =
        &[" dba ", " d/b/a ", " d.b.a. ", " t/a ", " trading as ", " doing business as ", " handelend onder de naam "];
    let name = without_brackets_around(name, MARKS);
    MARKS
        .iter()
        .find_map(|mark| split_once(&name, mark))
        .map(|(_, tail)| tail.trim().to_owned())
        .filter(|tail| !tail.is_empty())
}

/// The employer of "Acme via RecruiterCo".
pub(super) fn via(name: &str) -> Option<String> {
    [" via ", " c/o "]
        .iter()
        .find_map(|mark| split_once(name, mark))
        .map(|(head, _)| head.trim().to_owned())
        .filter(|head| !head.is_empty())
}

/// `name` without the article before it.
pub(super) fn the(name: &str) -> Option<String> {
    name.strip_prefix("the ").or_else(|| name.strip_suffix(" the")).map(str::to_owned)
}

/// `name` without a remark that begins with one of `heads`: in brackets, or after a comma or a dash.
fn remark(name: &str, heads: &[&str]) -> Option<String> {
    let begins = |text: &str| heads.iter().any(|head| strip_prefix(text.trim_start(), head).is_some());
    without_brackets(name, begins).or_else(|| {
        [", ", " - ", " – ", " — ", " | ", "; "]
            .iter()
            .filter_map(|mark| name.split_once(mark))
            .find(|(head, tail)| !head.trim().is_empty() && begins(tail))
            .map(|(head, _)| head.trim_end().to_owned())
            .or_else(|| {
                let inside = heads
                    .iter()
                    .filter(|head| head.len() > 4 && head.ends_with(' '))
                    .find_map(|head| split_once(name, &format!(" {head}")));
                inside
                    .map(|(head, _)| head.trim_end_matches([',', '(', ' ']).to_owned())
                    .filter(|head| !head.is_empty())
            })
    })
}

/// `name` without the first bracket whose content is a `remark`.
fn without_brackets(name: &str, remark: impl Fn(&str) -> bool) -> Option<String> {
    let mut from = 0;
    while let Some(open) = name[from..].find(['(', '[']).map(|at| from + at) {
        let length = name[open + 1..].find([')', ']'])?;
        if remark(&name[open + 1..open + 1 + length]) {
            let rest = format!("{} {}", name[..open].trim_end(), name[open + length + 2..].trim_start());
            return Some(rest.trim().to_owned());
        }
        from = open + 1;
    }
    None
}

/// "Acme (dba Kitchen)" as "Acme dba Kitchen".
fn without_brackets_around(name: &str, marks: &[&str]) -> String {
    let opens = |mark: &&str| split_once(name, &format!("({}", mark.trim_start())).is_some();
    if marks.iter().any(opens) { name.replace(['(', ')'], " ").replace("  ", " ") } else { name.to_owned() }
}

/// As `str::strip_prefix`, without regard to the case of ASCII letters.
fn strip_prefix<'a>(text: &'a str, head: &str) -> Option<&'a str> {
    let start = text.get(..head.len())?;
    start.eq_ignore_ascii_case(head).then(|| &text[head.len()..])
}

fn strip_suffix<'a>(text: &'a str, tail: &str) -> Option<&'a str> {
    let start = text.len().checked_sub(tail.len())?;
    text.get(start..)?.eq_ignore_ascii_case(tail).then(|| &text[..start])
}

fn split_once<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let lower = text.to_ascii_lowercase();
    lower.find(mark).map(|at| (&text[..at], &text[at + mark.len()..]))
}
