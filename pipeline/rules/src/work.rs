//! How the work is done: remote or not, level, kind of contract, and the facts of [`WorkFacts`].

use pipeline_core::source::RawPosting;
use serde::Serialize;

use crate::sections::{self, Section};
use crate::text::words;

mod benefits;
mod clauses;
mod clearance;
mod conditions;
mod education;
mod facts;
mod licence;
mod permit;
mod remote;
mod team;
mod tongues;
mod years;

pub use clearance::{Clearance, Kind as ClearanceKind, Need};
pub use conditions::Hours;
pub use education::{Education, Level};
pub use facts::WorkFacts;
pub use permit::{Citizenship, Visa};
pub use remote::remote;
pub use team::Reports;
pub use tongues::{Mastery, Tongue};
pub use years::{Years, years};

/// A value read, where it was read, and by which rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found<T> {
    /// The value.
    pub value: T,
    /// A field path, or `text`.
    pub from: String,
    /// The rule.
    pub rule: &'static str,
    /// Where in the text, in bytes.
    pub span: Option<(usize, usize)>,
    /// How sure, from 0 to 1: a field that says it is certain, other rules by how often they were right on labelled postings.
    pub confidence: f64,
}

impl<T> Found<T> {
    fn new(value: T, from: &str, rule: &'static str) -> Self {
        Self { value, from: from.to_owned(), rule, span: None, confidence: if from == "title" { 0.9 } else { 1.0 } }
    }

    fn in_text(value: T, rule: &'static str, span: (usize, usize), confidence: f64) -> Self {
        Self { value, from: "text".to_owned(), rule, span: Some(span), confidence }
    }
}

/// The sections that words stand in.
struct Ground<'a> {
    sections: &'a [Section],
}

impl<'a> Ground<'a> {
    const fn new(sections: &'a [Section]) -> Self {
        Self { sections }
    }

    /// The kind of the section that the byte `at` stands in.
    fn kind(&self, at: usize) -> sections::Kind {
        sections::kind_at(self.sections, at).unwrap_or(sections::Kind::Other)
    }

    /// Whether there is a section of `kind`.
    fn has(&self, kind: sections::Kind) -> bool {
        self.sections.iter().any(|section| section.kind == kind)
    }
}

/// Level: the field, else the words of the title.
pub fn level(raw: &RawPosting, title: &str) -> Option<Found<&'static str>> {
    if let Some(stated) = &raw.level
        && let Some(level) = stated_level(&stated.value)
    {
        return Some(Found::new(level, &stated.field, "level-field"));
    }
    title_level(title).map(|level| Found::new(level, "title", "level-title"))
}

/// The level that a source's own word means.
fn stated_level(stated: &str) -> Option<&'static str> {
    let words = words(stated);
    let all = words.join(" ");
    Some(match all.as_str() {
        "entry level" | "entry" | "graduate" | "associate" | "no experience" | "junior level" | "early career" => {
            "junior"
        }
        "mid level" | "mid" | "middle" | "intermediate" | "experienced" | "professional" | "mid career" | "medior" => {
            "mid"
        }
        "mid senior level" | "not applicable" => return None,
        "student" | "student college" | "student school" | "internship" => "intern",
        "executive" | "c level" | "senior executive" => "executive",
        _ => return title_level(stated),
    })
}

fn title_level(title: &str) -> Option<&'static str> {
    let words = words(title);
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let pair = |a: &str, b: &str| words.windows(2).any(|two| two[0] == a && two[1] == b);
    let before =
        |word: &str, next: &[&str]| words.windows(2).any(|two| two[0] == word && next.contains(&two[1].as_str()));
    if has(&[
        "intern",
        "internship",
        "praktikum",
        "praktikant",
        "praktikantin",
        "werkstudent",
        "werkstudentin",
        "stagiaire",
        "stage",
        "apprentice",
        "apprenticeship",
        "auszubildende",
        "ausbildung",
        "alternance",
        "trainee",
    ]) && !before("intern", &["program", "coordinator"])
        || pair("working", "student")
        || pair("co", "op")
    {
        return Some("intern");
    }
    let chief = has(&["chief"]) && !pair("chief", "of") && has(&["officer", "executive"]);
    if chief
        || has(&["ceo", "cto", "cfo", "coo", "cmo", "cio", "ciso", "cpo", "cro", "vp", "svp", "evp"])
        || pair("vice", "president")
        || pair("managing", "director")
    {
        return Some("executive");
    }
    if has(&["director", "direktor", "directrice", "directeur"]) || pair("head", "of") {
        return Some("director");
    }
    if has(&["principal", "distinguished"]) {
        return Some("principal");
    }
    let staff_work = [
        "nurse",
        "accountant",
        "pharmacist",
        "physician",
        "attorney",
        "therapist",
        "assistant",
        "writer",
        "member",
        "sergeant",
        "veterinarian",
        "dentist",
        "radiographer",
        "psychologist",
        "chaplain",
        "auditor",
        "rn",
    ];
    if has(&["staff"])
        && !before("staff", &staff_work)
        && !has(&["nurse", "nursing", "support_staff"])
        && words.last().is_none_or(|word| word != "staff")
    {
        return Some("staff");
    }
    let manages = has(&["manager", "managerin", "responsable", "supervisor", "leiter", "leiterin", "teamleiter"]);
    let contributes = [
        "product",
        "project",
        "program",
        "programme",
        "account",
        "customer",
        "success",
        "community",
        "case",
        "category",
        "brand",
        "partner",
        "campaign",
        "content",
        "office",
        "relationship",
        "development",
        "marketing",
        "growth",
        "sales",
        "social",
        "media",
        "event",
        "events",
        "property",
        "delivery",
        "partnerships",
        "accounts",
        "channel",
        "implementation",
        "release",
        "change",
    ];
    let named_work = words.windows(2).any(|two| two[1] == "manager" && contributes.contains(&two[0].as_str()));
    if has(&["lead", "teamlead", "techlead"]) && !before("lead", &["generation", "gen", "qualification"]) {
        return Some("lead");
    }
    if manages && !named_work {
        return Some("manager");
    }
    let senior_life = [
        "living",
        "care",
        "center",
        "centre",
        "services",
        "housing",
        "citizens",
        "citizen",
        "community",
        "companion",
        "helper",
    ];
    if has(&["senior", "sr", "snr", "sénior", "experte"]) && !before("senior", &senior_life) {
        return Some("senior");
    }
    if has(&["junior", "jr", "jnr", "graduate", "entry", "débutant", "berufseinsteiger", "absolvent"])
        && !pair("graduate", "school")
    {
        return Some("junior");
    }
    if has(&["mid", "intermediate", "midlevel", "medior"]) && !has(&["market"]) {
        return Some("mid");
    }
    None
}

/// Kind of contract: the field, else the title where it names one.
pub fn employment(raw: &RawPosting, title: &str) -> Option<Found<&'static str>> {
    if let Some(stated) = &raw.employment
        && let Some(kind) = employment_kind(&stated.value)
    {
        return Some(Found::new(kind, &stated.field, "employment-field"));
    }
    let words = words(title);
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let pair = |a: &str, b: &str| words.windows(2).any(|two| two[0] == a && two[1] == b);
    let kind = if has(&["internship", "intern", "praktikum", "werkstudent"]) {
        "internship"
    } else if pair("part", "time") || has(&["teilzeit", "parttime"]) && !has(&["vollzeit"]) {
        "part_time"
    } else if has(&["freelance", "freelancer", "contractor"]) || words.last().is_some_and(|word| word == "contract") {
        "contract"
    } else if has(&["temporary"]) || pair("fixed", "term") {
        "temporary"
    } else if has(&["volunteer"]) {
        "volunteer"
    } else {
        return None;
    };
    Some(Found::new(kind, "title", "employment-title"))
}

fn employment_kind(stated: &str) -> Option<&'static str> {
    let squeezed: String = stated.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let has = |any: &[&str]| any.iter().any(|word| squeezed.contains(word));
    let kinds = [
        (
            has(&["intern", "praktik", "werkstudent", "stage", "trainee", "apprentic", "student", "alternance"])
                && !has(&["international", "internal"]),
            "internship",
        ),
        (has(&["volunteer", "voluntary", "ehrenamt"]), "volunteer"),
        (
            has(&["fixedterm", "temp", "seasonal", "befristet", "cdd", "interim", "casual", "perdiem"])
                && !has(&["unbefristet"]),
            "temporary",
        ),
        (has(&["contract", "freelance", "b2b", "consultant", "freiberuf"]) && !has(&["permanentcontract"]), "contract"),
        (has(&["parttime", "teilzeit", "tempspartiel", "mediajornada", "deeltijd"]), "part_time"),
        (
            has(&[
                "fulltime",
                "vollzeit",
                "tempsplein",
                "permanent",
                "regular",
                "cdi",
                "jornadacompleta",
                "festanstellung",
                "unbefristet",
                "voltijd",
            ]),
            "full_time",
        ),
    ];
    // "Full-time or part-time" is neither.
    let both = has(&["fulltime", "vollzeit"]) && has(&["parttime", "teilzeit"]);
    if both {
        return None;
    }
    kinds.into_iter().find(|(applies, _)| *applies).map(|(_, kind)| kind)
}

#[cfg(test)]
#[path = "work/tests.rs"]
mod facts_tests;

#[cfg(test)]
mod tests {
    use pipeline_core::source::Stated;

    use super::*;

    fn titled(title: &str) -> Option<&'static str> {
        level(&RawPosting::default(), title).map(|found| found.value)
    }

    #[test]
    fn levels_are_read_from_titles() {
        for (title, expected) in [
            ("Senior Software Engineer", Some("senior")),
            ("Sr. Data Analyst", Some("senior")),
            ("Senior Staff Engineer", Some("staff")),
            ("Staff Software Engineer", Some("staff")),
            ("Principal Engineer", Some("principal")),
            ("Tech Lead", Some("lead")),
            ("Engineering Manager", Some("manager")),
            ("Senior Engineering Manager", Some("manager")),
            ("Product Manager", None),
            ("Senior Product Manager", Some("senior")),
            ("Head of Data", Some("director")),
            ("VP, Sales", Some("executive")),
            ("Chief of Staff", None),
            ("Chief Financial Officer", Some("executive")),
            ("Software Engineer Intern", Some("intern")),
            ("Internal Auditor", None),
            ("Junior Developer", Some("junior")),
            ("Software Engineer", None),
        ] {
            assert_eq!(titled(title), expected, "{title}");
        }
    }

    #[test]
    fn words_that_look_like_levels_are_not() {
        for title in [
            "Staff Nurse",
            "Staff Accountant",
            "Senior Living Caregiver",
            "Leadership Coach",
            "Lead Generation Specialist",
            "Member of Technical Staff",
        ] {
            assert_eq!(titled(title), None, "{title}");
        }
    }

    #[test]
    fn the_field_decides_before_the_title() {
        let raw = RawPosting { level: Some(Stated::new("Entry level".to_owned(), "level")), ..RawPosting::default() };
        assert_eq!(level(&raw, "Senior Engineer").map(|found| found.value), Some("junior"));
    }

    #[test]
    fn contracts_are_mapped_to_the_closed_list() {
        for (stated, expected) in [
            ("FULL_TIME", Some("full_time")),
            ("FullTime", Some("full_time")),
            ("Vollzeit", Some("full_time")),
            ("Part-time", Some("part_time")),
            ("Full-time or part-time", None),
            ("Contractor", Some("contract")),
            ("Fixed Term Contract", Some("temporary")),
            ("Internship", Some("internship")),
            ("OTHER", None),
        ] {
            assert_eq!(employment_kind(stated), expected, "{stated}");
        }
    }
}
