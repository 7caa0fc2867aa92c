//! `waypost resume check`: what a resume shows of what a posting asks.

use std::path::Path;

use pipeline_core::error::Context as _;
use pipeline_core::stage::ResumeChecker as _;
use pipeline_core::{ErrorKind, Result};
use schemas::wire::ResumeRequest;
use serde_json::Value;

use crate::app::App;
use crate::print::{self, Form};

/// Compares the resume in `file` with the posting in `job`.
///
/// # Errors
/// `NotFound` for a file that cannot be read, `Invalid` for a resume that is neither text nor JSON Resume.
pub fn check(app: &App, form: Form, file: &Path, job: &Path) -> Result<()> {
    let read = |path: &Path| {
        std::fs::read_to_string(path).context(ErrorKind::NotFound, || format!("cannot read {}", path.display()))
    };
    let (resume, job) = (read(file)?, read(job)?);
    let user_resume =
        serde_json::from_str::<Value>(&resume).ok().filter(Value::is_object).unwrap_or(Value::String(resume));
    let job_title = job.lines().next().unwrap_or_default().trim().to_owned();
    let response = app.checker().check(&ResumeRequest { user_resume, job_description: job, job_title })?;
    print::document(form, &response, |response| {
        let score =
            response.score.map_or("the posting names no known skill".to_owned(), |score| format!("{score:.0} of 100"));
        let list = |name: &str, skills: &[String]| format!("{name}: {}\n", skills.join(", "));
        let mut text = format!("skills of the posting that the resume shows: {score}\n");
        text += &list("both name", &response.matched_skills);
        text += &list("only the posting names", &response.missing_skills);
        for finding in &response.findings {
            let quote = finding.quote.as_ref().map(|quote| format!(" ({})", print::cut(quote, 60))).unwrap_or_default();
            text += &format!("- {}{quote} [{}]\n", print::shown(&finding.message), finding.rule);
        }
        text
    })
}
