//! The program as its users run it: commands, their output, their exit codes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod broken;
mod commands;
mod normalise;
mod repeat;
mod roles;
mod serve;
mod sources;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A data folder of its own and the program to use it with.
struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waypost"));
        command.current_dir(self.path()).arg("--data-dir").arg(self.path().join("data"));
        for variable in ["WAYPOST_CONFIG", "WAYPOST_DATA_DIR", "WAYPOST_LOG"] {
            command.env_remove(variable);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// Standard output of a command that must end with `code`.
    fn text(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "waypost {arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Standard error of a command that must end with `code`.
    fn complaint(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "waypost {arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn json(&self, code: i32, arguments: &[&str]) -> Value {
        let text = self.text(code, &[arguments, &["--json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("waypost {arguments:?}: {error} in {text}"))
    }

    /// A file in the folder with this content.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// Every data file of every table; the log is not one.
    fn data_files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.path().join("data/lake")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true if path.ends_with("_delta_log") => {}
                    true => folders.push(path),
                    false => files.push(path),
                }
            }
        }
        files.sort();
        files
    }
}

/// A bundled sample.
fn sample(path: &str) -> String {
    let file = std::path::absolute(PathBuf::from("../data-samples").join(path)).unwrap();
    assert!(file.exists(), "{} is missing", file.display());
    file.display().to_string()
}
