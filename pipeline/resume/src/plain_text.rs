//! Resumes as plain text: sections by their headings, jobs by the lines that state a span.

use crate::dates::Span;
use crate::reading::{Job, Reading, has_email};

/// A part of a resume that has a heading of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Experience,
    Education,
    Skills,
    Other,
}

const HEADINGS: &[(Section, &[&str])] = &[
    (
        Section::Experience,
        &[
            "experience",
            "work experience",
            "professional experience",
            "relevant experience",
            "employment",
            "employment history",
            "work history",
            "career history",
            "positions",
            "projects",
            "volunteering",
            "berufserfahrung",
            "beruflicher werdegang",
            "projekte",
        ],
    ),
    (
        Section::Education,
        &[
            "education",
            "education and training",
            "academic background",
            "studies",
            "qualifications",
            "ausbildung",
            "bildung",
            "studium",
        ],
    ),
    (
        Section::Skills,
        &[
            "skills",
            "technical skills",
            "core skills",
            "key skills",
            "skills and tools",
            "skills and technologies",
            "skills and interests",
            "technologies",
            "tech stack",
            "tools",
            "competencies",
            "core competencies",
            "kenntnisse",
            "fähigkeiten",
        ],
    ),
    (
        Section::Other,
        &[
            "summary",
            "profile",
            "about",
            "about me",
            "objective",
            "contact",
            "certifications",
            "certificates",
            "languages",
            "publications",
            "awards",
            "interests",
            "references",
            "sprachen",
            "hobbies",
        ],
    ),
];

/// The resume that `text` is.
pub(crate) fn read(text: &str) -> Reading {
    let mut reading = Reading { text: text.to_owned(), has_email: has_email(text), ..Reading::default() };
    let mut section = Section::Other;
    for line in text.lines() {
        if let Some(heading) = heading(line) {
            section = heading;
            reading.has_education |= heading == Section::Education;
            continue;
        }
        match section {
            Section::Experience => {
                append(&mut reading.experience, line);
                let span = Span::find(line).filter(|_| !is_item(line));
                reading.jobs.extend(span.map(|span| Job {
                    words: line.trim().to_owned(),
                    span: Some(span),
                    unreadable: None,
                }));
            }
            Section::Skills => append(&mut reading.skills, line),
            Section::Education | Section::Other => {}
        }
    }
    reading
}

/// The section that `line` heads; `None` when it is no heading.
fn heading(line: &str) -> Option<Section> {
    let line = line.trim_matches(|sign: char| !sign.is_alphanumeric()).to_lowercase().replace('&', "and");
    let words: Vec<&str> = line.split_whitespace().collect();
    let line = words.join(" ");
    HEADINGS.iter().find(|(_, names)| names.contains(&line.as_str())).map(|(section, _)| *section)
}

/// Whether `line` is one item of a list; spans in it are about the work, not about the job.
fn is_item(line: &str) -> bool {
    line.trim_start().starts_with(['-', '*', '•', '–', '·', '▪'])
}

fn append(section: &mut Option<String>, line: &str) {
    let text = section.get_or_insert_default();
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_jobs_are_found_by_headings_and_spans() {
        let reading = read(
            "Ada Beck\nada@example.org\n\n## Work Experience\nEngineer, Acme | Jan 2020 - Present\n- Cut cost in 2021 - 2022 by 5%\n\
             \nSKILLS:\nRust, SQL\n\nEducation\nB.Sc., 2018",
        );
        assert!(reading.has_email && reading.has_education);
        assert_eq!(reading.jobs.len(), 1);
        assert_eq!(reading.skills.as_deref(), Some("Rust, SQL\n\n"));
        assert!(reading.experience.is_some_and(|text| text.contains("Cut cost")));
    }

    #[test]
    fn any_text_is_read_without_panic() {
        for text in ["", "\u{0}", "----", "& & &", "Experience\r\n\r\n–", "経験\n2020 – 現在"] {
            let _ = read(text);
        }
    }
}
