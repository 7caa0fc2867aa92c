//! Sections of a posting: duties, requirements, what is nice to have, benefits and so on, found by headings in ten languages and, where
//! a list or a paragraph has none, by what its lines say.
//!
//! To add a wording, add it to [`lexicon`]; to add a kind, add it to [`Kind`] and its phrases to the lexicon.

mod heading;
mod lexicon;
mod shape;

use serde::Serialize;

use heading::Heading;

/// What a section is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The employer or the team.
    About,
    /// The role and its work.
    Duties,
    /// What the applicant must have or be.
    Requirements,
    /// What is nice to have.
    Preferred,
    /// What the employer gives besides pay; pay and benefits under one heading.
    Benefits,
    /// Pay.
    Pay,
    /// Place, times and travel.
    Place,
    /// How to apply and what follows.
    Process,
    /// Equal opportunity, privacy, checks and other notices.
    Legal,
    /// None of these, or not clear.
    Other,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::About,
        Self::Duties,
        Self::Requirements,
        Self::Preferred,
        Self::Benefits,
        Self::Pay,
        Self::Place,
        Self::Process,
        Self::Legal,
        Self::Other,
    ];

    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Duties => "duties",
            Self::Requirements => "requirements",
            Self::Preferred => "preferred",
            Self::Benefits => "benefits",
            Self::Pay => "pay",
            Self::Place => "place",
            Self::Process => "process",
            Self::Legal => "legal",
            Self::Other => "other",
        }
    }
}

/// One section, in bytes of the text. Those of a text follow each other without gap or overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What it is about.
    pub kind: Kind,
    /// Where its heading stands, if it has one; it lies within the section, at its beginning.
    pub heading: Option<(usize, usize)>,
    /// Its first byte.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
}

/// Most sections that are told apart; what comes after them belongs to the last.
const MOST: usize = 200;

/// Fewest bytes of a line that says something.
const SAYING: usize = 60;

/// The sections of `text`, clean text as [`crate::html::clean`] writes it. They tile it; an empty text has none.
pub fn read(text: &str) -> Vec<Section> {
    let lines = lines(text);
    let mut out = Tiles::default();
    // The kind that the last heading set, which paragraphs of another kind only interrupt.
    let mut under: Option<Kind> = None;
    let headed = lines.iter().any(|(_, line)| matches!(heading::read(line.trim()), Some(Heading::Line(_))));
    let mut at = 0;
    while at < lines.len() {
        let (start, line) = lines[at];
        let indent = line.len() - line.trim_start().len();
        let trimmed = line.trim();
        match heading::read(trimmed) {
            _ if trimmed.is_empty() => {}
            Some(Heading::Line(kind)) => {
                // "Why Acme?" above a list says what one gets, above prose what the employer is.
                let next = lines[at + 1..].iter().map(|(_, line)| line.trim()).find(|line| !line.is_empty());
                let why = kind == Kind::About && trimmed.to_lowercase().starts_with("why ");
                let kind = if why && next.is_some_and(heading::is_item) { Kind::Benefits } else { kind };
                out.open(kind, Some((start + indent, start + indent + trimmed.len())), start);
                under = Some(kind);
            }
            Some(Heading::Inline(kind, end)) if kind != Kind::Other => {
                let alone = heading::is_item(trimmed) || matches!(kind, Kind::Place | Kind::Pay);
                // In a list, only what is said to be preferred differs from the items around it.
                if !heading::is_item(trimmed) || kind == Kind::Preferred {
                    out.open(kind, Some((start + indent, start + indent + end)), start);
                    out.alone = alone;
                    under = if alone { under } else { Some(kind) };
                } else {
                    out.resume(under.unwrap_or(Kind::Other), start);
                }
            }
            Some(Heading::Unknown) => {
                let said = shape::list(&lines[at + 1..]);
                match said {
                    Some(kind) if under != Some(kind) && changes(under, kind) => {
                        out.open(kind, Some((start + indent, start + indent + trimmed.len())), start);
                        under = Some(kind);
                    }
                    _ => out.resume(under.unwrap_or(Kind::Other), start),
                }
            }
            _ if heading::is_item(trimmed) => {
                if under.is_none() && (at == 0 || !heading::is_item(lines[at - 1].1.trim())) {
                    out.resume(shape::list(&lines[at..]).or(out.last()).unwrap_or(Kind::Other), start);
                } else if let Some(kind) = under {
                    out.resume(kind, start);
                }
            }
            _ => {
                let said = shape::paragraph(trimmed);
                let open = matches!(under, None | Some(Kind::Other));
                match said {
                    Some(Kind::Legal) => {
                        out.resume(Kind::Legal, start);
                        under = Some(Kind::Legal);
                    }
                    Some(Kind::Pay) => out.resume(Kind::Pay, start),
                    // Whom it looks for ends what it says of itself.
                    _ if under == Some(Kind::About) && shape::is_search(trimmed) => {
                        out.resume(Kind::Duties, start);
                        under = Some(Kind::Duties);
                    }
                    _ if open && shape::is_role(trimmed) => out.resume(Kind::Duties, start),
                    Some(kind) if open => out.resume(kind, start),
                    // Above the headings an employer speaks of itself.
                    _ if under.is_none() && headed && trimmed.len() >= SAYING => out.resume(Kind::About, start),
                    _ => out.resume(under.or(out.last()).unwrap_or(Kind::Other), start),
                }
            }
        }
        at += 1;
    }
    out.finish(text.len())
}

/// Whether a list of `kind` below an unknown heading leaves the section that it stands in: the parts of the work and of what is asked
/// have headings of their own that name neither.
fn changes(under: Option<Kind>, kind: Kind) -> bool {
    match under {
        None | Some(Kind::Other | Kind::About) => true,
        Some(Kind::Duties) => matches!(kind, Kind::Requirements | Kind::Benefits),
        Some(Kind::Requirements | Kind::Preferred) => matches!(kind, Kind::Benefits | Kind::Duties),
        _ => false,
    }
}

/// The sections as the value of a JSON column: `[{"kind", "heading": [start, end] or null, "start", "end"}]`.
pub fn json(sections: &[Section]) -> serde_json::Value {
    serde_json::to_value(sections).unwrap_or_default()
}

/// The kind of the section that the byte `at` lies in.
pub fn kind_at(sections: &[Section], at: usize) -> Option<Kind> {
    let after = sections.partition_point(|section| section.start <= at);
    let section = sections.get(after.checked_sub(1)?)?;
    (at < section.end).then_some(section.kind)
}

/// Every line with where it begins.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len();
            (start, line.trim_end_matches('\n'))
        })
        .collect()
}

/// Sections as they are opened.
#[derive(Default)]
struct Tiles {
    out: Vec<Section>,
    /// Whether the last section is a single line.
    alone: bool,
}

impl Tiles {
    fn open(&mut self, kind: Kind, heading: Option<(usize, usize)>, start: usize) {
        self.alone = false;
        if self.out.len() >= MOST {
            return;
        }
        // The first section begins with the text.
        let start = if self.out.is_empty() { 0 } else { start };
        self.out.push(Section { kind, heading, start, end: start });
    }

    /// Goes on with `kind` at `start`, in the last section if that is of it.
    fn resume(&mut self, kind: Kind, start: usize) {
        if self.alone || self.out.last().is_none_or(|last| last.kind != kind) {
            self.open(kind, None, start);
        }
    }

    /// The kind of the last section.
    fn last(&self) -> Option<Kind> {
        self.out.last().map(|last| last.kind)
    }

    fn finish(mut self, length: usize) -> Vec<Section> {
        let starts: Vec<usize> = self.out.iter().skip(1).map(|section| section.start).chain([length]).collect();
        for (section, end) in self.out.iter_mut().zip(starts) {
            section.end = end;
        }
        if self.out.is_empty() && length > 0 {
            self.out.push(Section { kind: Kind::Other, heading: None, start: 0, end: length });
        }
        self.out
    }
}

#[cfg(test)]
mod tests;
