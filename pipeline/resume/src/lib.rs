//! Reads resumes and checks them against postings. Nothing is ever added to a resume.

mod check;
mod dates;
mod hidden;
mod injection;
mod json_resume;
mod plain_text;
mod reading;

pub use check::Checker;
