//! `waypost eval`: how well labelled items are read.

use pipeline_core::eval::Evaluation;
use pipeline_core::{Error, Result};
use pipeline_rules::{Readers, eval};

use crate::cli::{Eval, Subject};
use crate::print::{self, Form};

/// Errors that people are shown; `--json` gives them all.
const SHOWN: usize = 20;

/// Measures and prints.
///
/// # Errors
/// `Usage` when the labels cannot be read, `Invalid` when they have another form.
pub fn run(form: Form, arguments: &Eval) -> Result<()> {
    let path = &arguments.labels;
    let labels = std::fs::read_to_string(path)
        .map_err(|error| Error::usage(format!("cannot read the labels in {}", path.display())).because(error))?;
    let readers = Readers::new();
    let evaluation = match arguments.subject {
        Subject::Salary => eval::salary::evaluate(&readers, &labels),
        Subject::Place => eval::place::evaluate(&readers, &labels),
        Subject::Title => eval::title::evaluate(&readers, &labels),
        Subject::Spans => eval::spans::evaluate(&readers, &labels),
        Subject::EscoSkill => eval::esco_skill::evaluate(&readers, &labels),
        Subject::Eligibility => eval::eligibility::evaluate(&readers, &labels),
        Subject::SameRole => eval::same_role::evaluate(&readers, &labels),
        Subject::Skills => eval::skills::evaluate(&readers, &labels),
    }?;
    print::document(form, &evaluation, told)
}

fn told(evaluation: &Evaluation) -> String {
    let rows = evaluation.metrics.iter().map(|(name, metric)| {
        vec![name.clone(), format!("{:.4}", metric.value), format!("{:.4} to {:.4}", metric.low, metric.high)]
    });
    let mut text = format!("{} on {} items\n\n", evaluation.subject, print::count(evaluation.n));
    text += &print::table(&["metric", "value", "95 % interval"], rows);
    let errors = &evaluation.errors;
    if !errors.is_empty() {
        text += &format!("\n\n{} were got wrong", print::count(errors.len() as u64));
    }
    for error in errors.iter().take(SHOWN) {
        text += &format!("\n  {}", print::cut(&error.to_string(), 200));
    }
    if errors.len() > SHOWN {
        text += "\n  … (`--json` gives them all)";
    }
    text
}
