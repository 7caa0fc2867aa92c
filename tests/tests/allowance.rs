//! The allowance by which tests ask this machine: release builds are built without it.

use tests::house;

/// What the allowance is made of, in code and in the environment.
const NAMES: &[&str] = &[
    "PublicAndLoopback",
    "fn allowing_loopback_for_tests",
    "fn with_loopback_for_tests",
    "fn allows_loopback_for_tests",
    "config::allows_loopback_for_tests()",
];

/// The attributes that leave what follows them out of release builds.
const LEFT_OUT: &[&str] = &["#[cfg(debug_assertions)]", "#[cfg(any(test, debug_assertions))]", "#[cfg(test)]"];

/// Whether the item or statement that holds line `number` is left out of release builds: the attribute stands right above
/// it, or above something it stands in, which is indented less.
fn is_left_out(lines: &[&str], number: usize) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut depth = indent(lines[number]);
    // Whether nothing but words and attributes has stood between.
    let mut right_above = true;
    for line in lines[..number].iter().rev() {
        let text = line.trim();
        if !text.is_empty() && indent(line) < depth {
            depth = indent(line);
            right_above = true;
        } else if right_above && indent(line) == depth && LEFT_OUT.contains(&text) {
            return true;
        } else {
            right_above &= indent(line) == depth && (text.starts_with("///") || text.starts_with("#["));
        }
    }
    false
}

#[test]
fn every_mention_of_the_allowance_is_left_out_of_release_builds() {
    let mut seen = 0;
    let mut broken = Vec::new();
    for path in house::files(".rs").into_iter().filter(|path| !path.contains("tests/")) {
        let text = house::read(&path);
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            if NAMES.iter().any(|name| line.contains(name)) {
                seen += 1;
                if !is_left_out(&lines, number) {
                    broken.push(format!("{path}:{}: {}", number + 1, line.trim()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "in release builds, too:\n{}", broken.join("\n"));
    assert!(seen >= NAMES.len(), "the allowance was not found");
}

#[test]
fn the_variable_is_read_in_one_place_that_release_builds_lack() {
    let variable = ["WAYPOST_ALLOW_LOOPBACK", "_FOR_TESTS"].concat();
    let reads: Vec<String> = house::files(".rs")
        .into_iter()
        .filter(|path| !path.contains("tests/"))
        .filter(|path| house::read(path).lines().any(|line| line.contains(&variable) && !line.trim().starts_with("//")))
        .collect();
    assert_eq!(reads, ["jobs/src/config/mod.rs"]);
    let text = house::read("jobs/src/config/mod.rs");
    let lines: Vec<&str> = text.lines().collect();
    let number = lines.iter().position(|line| line.contains(&variable) && !line.trim().starts_with("//"));
    assert!(is_left_out(&lines, number.expect("it is read")));
}

/// Files that may send requests over HTTP with a client of their own, and why.
const SENDERS: &[&str] = &[
    // Asks job sources, behind the address check.
    "infra/net/src/http.rs",
    "infra/net/src/packed.rs",
    "infra/net/src/resolver.rs",
    // Asks the model that the operator names, on a private network, too; follows no redirect.
    "infra/net/src/openai/mod.rs",
    // Fetches the key set of the user pool that the operator names; follows no redirect.
    "infra/aws/src/cognito/keys.rs",
];

#[test]
fn nothing_else_sends_requests_past_the_address_check() {
    let client = ["reqwest", "::"].concat();
    let strangers: Vec<String> = house::files(".rs")
        .into_iter()
        .filter(|path| !path.contains("tests/") && !SENDERS.contains(&path.as_str()))
        .filter(|path| house::read(path).lines().any(|line| line.contains(&client) && !line.trim().starts_with("//")))
        .collect();
    assert!(strangers.is_empty(), "{strangers:?}");
}

#[test]
fn no_release_build_turns_the_checks_of_debug_builds_on() {
    for path in house::files("Cargo.toml") {
        let manifest: toml::Table = house::read(&path).parse().expect("a manifest");
        let profiles = manifest.get("profile").and_then(toml::Value::as_table);
        for (name, profile) in profiles.into_iter().flatten() {
            assert!(profile.get("debug-assertions").is_none(), "{path}: profile {name}");
        }
    }
    for path in house::files("config.toml") {
        assert!(!house::read(&path).contains("debug-assertions"), "{path}");
    }
}

#[test]
fn the_check_sees_what_is_left_out_and_what_is_not() {
    let judged = |text: &str| {
        let lines: Vec<&str> = text.lines().collect();
        let number = lines.iter().position(|line| line.contains("HERE")).expect("a mention");
        is_left_out(&lines, number)
    };
    for (text, expected) in [
        ("#[cfg(debug_assertions)]\npub fn HERE() {}", true),
        ("/// Words.\n#[cfg(debug_assertions)]\n#[must_use]\npub fn a() {\n    HERE\n}", true),
        ("pub fn a() {\n    #[cfg(debug_assertions)]\n    if b {\n        HERE\n    }\n}", true),
        ("pub fn a() {\n    HERE\n}", false),
        ("#[cfg(debug_assertions)]\nfn b() {}\n\npub fn HERE() {}", false),
        ("#[cfg(debug_assertions)]\nfn b() {\n    c\n}\npub fn a() {\n    HERE\n}", false),
        ("pub fn a() {\n    #[cfg(debug_assertions)]\n    if b {\n        c\n    }\n    HERE\n}", false),
        ("#[cfg(test)]\nmod tests {\n    fn a() {\n        HERE\n    }\n}", true),
    ] {
        assert_eq!(judged(text), expected, "{text}");
    }
}
