//! The workspace as the laws see it: its root, its files, its members and what they pull in.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders that are not ours to judge.
const SKIPPED: &[&str] = &["target", "waypost-data", "node_modules"];

/// The root of the workspace.
pub fn root() -> PathBuf {
    // Tests run in the folder of their package. A path from the time of building would be another clone's where
    // clones share a target directory.
    PathBuf::from("..")
}

/// Every file of the workspace whose name ends with `ending`, as a path from the root, sorted.
///
/// # Panics
/// When a folder cannot be read.
pub fn files(ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(&root(), "", &mut |path| {
        if path.ends_with(ending) {
            found.push(path.to_owned());
        }
    });
    found.sort();
    found
}

fn walk(folder: &Path, prefix: &str, visit: &mut dyn FnMut(&str)) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || SKIPPED.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            walk(&entry.path(), &format!("{path}/"), visit);
        } else {
            visit(&path);
        }
    }
}

/// The text of the file at `path`, counted from the root.
///
/// # Panics
/// When it cannot be read.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}

/// The output of `cargo` with `arguments`, without network.
///
/// # Panics
/// When it fails.
pub fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--offline", "--locked"])
        .current_dir(root())
        .output()
        .unwrap_or_else(|error| panic!("cannot start cargo: {error}"));
    assert!(output.status.success(), "cargo {arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The names of all crates that a build of `package` with its default features contains, its own included.
///
/// # Panics
/// When cargo fails.
pub fn closure(package: &str) -> BTreeSet<String> {
    let tree = cargo(&["tree", "--package", package, "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    tree.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
