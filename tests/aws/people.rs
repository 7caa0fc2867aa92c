//! People on AWS: they sign up with Cognito, and what they change is found within seconds.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::program::Program;
use crate::stack::Stack;

#[test]
fn what_a_person_changes_is_found_within_seconds() {
    let stack = Stack::new();
    let aws = Program::with(&stack.config());
    aws.import_samples();
    let roles = aws.json(0, &["search", "engineer"]);
    let role = roles["items"][0]["job_id"].as_str().unwrap().to_owned();
    let server = aws.serve();
    let (ada, eve) = (server.sign_up("ada@example.org"), server.sign_up("eve@example.org"));

    let path = format!("/me/roles/{role}");
    let (status, kept) =
        server.ask("PUT", &path, Some(&ada), Some(&json!({"state": "saved", "note": "call Zo\u{eb} on Monday"})));
    assert_eq!(status, 200, "{kept}");
    let began = Instant::now();
    let found = |token: &str, query: &str| server.ask("GET", &format!("/me/roles?q={query}"), Some(token), None).1;
    while found(&ada, "monday")["total"]["value"] != 1 {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", found(&ada, "monday"));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(found(&ada, "monday")["items"][0]["job_id"], role.as_str());
    assert_eq!(found(&eve, "monday")["total"]["value"], 0);

    let (status, _) = server.ask("DELETE", &path, Some(&ada), None);
    assert_eq!(status, 204);
    let began = Instant::now();
    while found(&ada, "monday")["total"]["value"] != 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "still found");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_profile_that_is_put_through_the_api_gets_matches_of_the_next_run() {
    let stack = Stack::new();
    let aws = Program::with(&stack.config());
    aws.import_samples();
    {
        let server = aws.serve();
        let ada = server.sign_up("ada@example.org");
        let profile = json!({"profile": {"name": "Ada", "experience_level": "senior", "skills": ["Python", "SQL"],
            "location": "Berlin"}, "preferences": {"job_domains": ["engineering"], "work_style": "remote"}});
        let (status, told) = server.ask("PUT", "/me/profile", Some(&ada), Some(&profile));
        assert_eq!(status, 200, "{told}");
    }
    aws.import_samples();
    let server = aws.serve();
    let login = json!({"email": "ada@example.org", "password": "a long enough Passw0rd!"});
    let (_, tokens) = server.ask("POST", "/auth/login", None, Some(&login));
    let ada = tokens["access_token"].as_str().unwrap();
    let (status, matches) = server.ask("GET", "/me/matches", Some(ada), None);
    assert_eq!(status, 200, "{matches}");
    assert!(!matches["top_matches"].as_array().unwrap().is_empty(), "{matches}");
}

#[test]
fn a_stranger_s_token_is_refused() {
    let (one, other) = (Stack::new(), Stack::new());
    let (one, other) = (Program::with(&one.config()), Program::with(&other.config()));
    let (one, other) = (one.serve(), other.serve());
    let stranger = other.sign_up("eve@example.org");
    assert_eq!(one.ask("GET", "/me/profile", Some(&stranger), None).0, 401);
    let own = one.sign_up("ada@example.org");
    assert_ne!(one.ask("GET", "/me/profile", Some(&own), None).0, 401);
}
