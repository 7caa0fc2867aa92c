//! Progress on standard error: a bar on a terminal, plain lines elsewhere, nothing with `--quiet`.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Shows how far a run is.
#[derive(Debug)]
pub struct Progress {
    form: Form,
}

#[derive(Debug)]
enum Form {
    Silent,
    Lines,
    Bar(ProgressBar),
}

impl Progress {
    /// Bars on a terminal, lines elsewhere, nothing when `quiet`.
    pub fn new(quiet: bool) -> Self {
        let form = match (quiet, std::io::stderr().is_terminal()) {
            (true, _) => Form::Silent,
            (false, false) => Form::Lines,
            (false, true) => Form::Bar(new_bar()),
        };
        Self { form }
    }

    /// A stage of `length` partitions begins.
    pub fn begin(&self, stage: &str, length: usize) {
        match &self.form {
            Form::Silent => {}
            Form::Lines => line(&format!("{stage}: {length} partition{}", if length == 1 { "" } else { "s" })),
            Form::Bar(bar) => {
                bar.reset();
                bar.set_length(length as u64);
                bar.set_prefix(stage.to_owned());
                bar.set_message("");
            }
        }
    }

    /// Work on `what` begins.
    pub fn at(&self, what: &str) {
        if let Form::Bar(bar) = &self.form {
            bar.set_message(what.to_owned());
        }
    }

    /// One partition is done.
    pub fn step(&self) {
        if let Form::Bar(bar) = &self.form {
            bar.inc(1);
        }
    }

    /// A stage ended with this result.
    pub fn end(&self, stage: &str, result: &str) {
        match &self.form {
            Form::Silent => {}
            Form::Lines => line(&format!("{stage}: {result}")),
            Form::Bar(bar) => bar.println(format!("{stage:<10} {result}")),
        }
    }

    /// Everything ended; the bar goes away.
    pub fn finish(&self) {
        if let Form::Bar(bar) = &self.form {
            bar.finish_and_clear();
        }
    }
}

fn new_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{prefix:<10} {bar:30} {pos}/{len} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn line(text: &str) {
    // Progress that cannot be shown is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{text}");
}
