//! A resume as the rules look at it, whatever it was written in.

use crate::dates::Span;

/// What a resume says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reading {
    /// All of its words, one line per line or field.
    pub(crate) text: String,
    /// Whether it holds an e-mail address.
    pub(crate) has_email: bool,
    /// The jobs it tells of, in its order.
    pub(crate) jobs: Vec<Job>,
    /// The words about experience: jobs, projects, volunteering.
    pub(crate) experience: Option<String>,
    /// Whether there is a section on education.
    pub(crate) has_education: bool,
    /// The words of the list of skills.
    pub(crate) skills: Option<String>,
}

/// One job.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Job {
    /// Its line, or its title and employer.
    pub(crate) words: String,
    /// From when until when; `None` where dates are missing.
    pub(crate) span: Option<Span>,
    /// A date that could not be read, as written.
    pub(crate) unreadable: Option<String>,
}

/// Whether `text` holds something written like an e-mail address.
pub(crate) fn has_email(text: &str) -> bool {
    let edge = |sign: char| sign.is_whitespace() || "<>()[]{},;|\"".contains(sign);
    text.split(edge).any(|word| {
        let Some((name, host)) = word.split_once('@') else { return false };
        let host = host.trim_end_matches('.');
        let dotted = host.rsplit_once('.').is_some_and(|(before, top)| !before.is_empty() && top.len() >= 2);
        !name.is_empty() && dotted && !host.contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_where_people_put_them() {
        assert!(has_email("Ada Beck <ada@example.org>, Berlin"));
        assert!(has_email("ada.beck@mail.example.org | Berlin."));
        assert!(!has_email("ada at example.org"));
        assert!(!has_email("@handle on example.org, a@b"));
    }
}
