//! The rules of the house that hold for every file and every crate.

use tests::house;
use toml::{Table, Value};

/// What the root's `clippy.toml` must ban, so that the pipeline stays a pure function of its inputs.
const BANNED: &[&str] = &[
    "std::time::SystemTime::now",
    "std::time::Instant::now",
    "jiff::Timestamp::now",
    "jiff::ZonedDateTime::now",
    "std::thread::sleep",
    "tokio::time::sleep",
    "tokio::time::sleep_until",
    "std::env::var",
    "std::env::vars",
    "std::env::var_os",
    "std::fs::read",
    "std::fs::read_to_string",
    "std::fs::write",
    "std::fs::File::open",
    "std::fs::File::create",
    "std::fs::remove_file",
];

/// Types that it must ban.
const BANNED_TYPES: &[&str] = &["std::net::TcpStream", "std::net::UdpSocket"];

/// Folders that may lift the ban: the world is touched there.
const LIFTED: &[&str] = &["clippy.toml", "infra/clippy.toml", "jobs/clippy.toml", "tests/clippy.toml"];

/// Names that say nothing about what a module holds.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "manager", "misc"];

/// Words that must not stand in code. They are put together here so that this file does not break its own rule.
fn forbidden() -> [(String, &'static str); 4] {
    [
        (
            ["#[", "allow("].concat(),
            "say `#[expect(lint, reason = \"...\")]`, which complains when it is no longer needed",
        ),
        (
            ["#![", "allow("].concat(),
            "say `#![expect(lint, reason = \"...\")]`, which complains when it is no longer needed",
        ),
        (["unsafe", " {"].concat(), "there is no unsafe code here"),
        (["#[", "ignore]"].concat(), "say why: `#[ignore = \"...\"]`"),
    ]
}

fn manifest(path: &str) -> Table {
    house::read(path).parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn complain(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

fn sources() -> Vec<String> {
    let files = house::files(".rs");
    assert!(files.len() > 50, "the files of the workspace were not found");
    files
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let broken: Vec<String> = house::files("Cargo.toml")
        .into_iter()
        .filter(|path| path != "Cargo.toml")
        .filter(|path| {
            let lints = manifest(path).get("lints").and_then(|lints| lints.get("workspace")).and_then(Value::as_bool);
            lints != Some(true)
        })
        .map(|path| format!("{path} lacks `[lints] workspace = true`"))
        .collect();
    complain(&broken);
}

#[test]
fn the_root_bans_what_would_make_runs_differ() {
    let clippy = manifest("clippy.toml");
    let paths = |list: &str| -> Vec<String> {
        let entries = clippy.get(list).and_then(Value::as_array).into_iter().flatten();
        entries.filter_map(|entry| entry.get("path").unwrap_or(entry).as_str()).map(str::to_owned).collect()
    };
    let (methods, types) = (paths("disallowed-methods"), paths("disallowed-types"));
    let missing = |wanted: &[&str], there: &[String]| -> Vec<String> {
        let missing = wanted.iter().filter(|path| !there.iter().any(|there| there == *path));
        missing.map(|path| format!("clippy.toml does not ban {path}")).collect()
    };
    complain(&[missing(BANNED, &methods), missing(BANNED_TYPES, &types)].concat());
}

#[test]
fn the_ban_is_lifted_only_where_the_world_is_touched() {
    let strangers = house::files("clippy.toml").into_iter().filter(|path| !LIFTED.contains(&path.as_str()));
    complain(&strangers.map(|path| format!("{path} must not be: the ban of the root holds there")).collect::<Vec<_>>());
}

#[test]
fn every_file_opens_with_its_purpose() {
    let broken: Vec<String> = sources()
        .into_iter()
        .filter(|path| {
            let text = house::read(path);
            text.lines()
                .next()
                .and_then(|line| line.strip_prefix("//! "))
                .is_none_or(|purpose| purpose.trim().is_empty())
        })
        .map(|path| format!("{path} does not open with `//! ` and its purpose"))
        .collect();
    complain(&broken);
}

#[test]
fn no_file_holds_a_forbidden_word() {
    let mut broken = Vec::new();
    for path in sources() {
        for (number, line) in house::read(&path).lines().enumerate() {
            for (word, instead) in forbidden().iter().filter(|(word, _)| line.contains(word.as_str())) {
                broken.push(format!("{path}:{}: {word:?}: {instead}", number + 1));
            }
        }
    }
    complain(&broken);
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    let mut broken = Vec::new();
    for path in sources() {
        let parts = path.trim_end_matches(".rs").split('/');
        if let Some(name) = parts.into_iter().find(|part| EMPTY_NAMES.contains(part)) {
            broken.push(format!("{path}: {name:?} does not say what it holds"));
        }
        for line in house::read(&path).lines() {
            let rest =
                line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("pub ").strip_prefix("mod ");
            let name = rest.map(|rest| rest.trim_end_matches([';', '{', ' ']));
            if let Some(name) = name.filter(|name| EMPTY_NAMES.contains(name)) {
                broken.push(format!("{path}: module {name:?} does not say what it holds"));
            }
        }
    }
    complain(&broken);
}

/// The names of the sources: the files, or folders with a `mod.rs`, that declare one.
fn source_names() -> Vec<String> {
    let folder = "pipeline/crawl/src/sources/";
    let files = sources().into_iter().filter(|path| path.starts_with(folder));
    let declaring = files.filter(|path| house::read(path).contains("pub static SOURCE: "));
    let names: Vec<String> = declaring
        .map(|path| path.trim_start_matches(folder).trim_end_matches(".rs").trim_end_matches("/mod").to_owned())
        .collect();
    assert!(!names.is_empty(), "no sources were found in {folder}");
    names
}

#[test]
fn every_source_is_listed() {
    let list = house::read("pipeline/crawl/src/sources/mod.rs");
    let missing = source_names().into_iter().filter(|name| !list.contains(&format!("&{name}::SOURCE,")));
    complain(&missing.map(|name| format!("source {name} is not in `ALL` of its folder's mod.rs")).collect::<Vec<_>>());
}

#[test]
fn every_source_has_samples() {
    let samples = house::files("");
    let has_samples = |name: &String| samples.iter().any(|path| path.starts_with(&format!("data-samples/{name}/")));
    let missing = source_names().into_iter().filter(|name| !has_samples(name));
    complain(&missing.map(|name| format!("source {name} has no samples in data-samples/{name}/")).collect::<Vec<_>>());
}
