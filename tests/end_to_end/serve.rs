//! `waypost serve` answers over HTTP from what the batch prepared.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::Home;

struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(home: &Home) -> Self {
        let mut process =
            home.command().args(["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains("http://"))).unwrap();
        let address = line.split("http://").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }

    fn ask(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let body = body.map(Value::to_string).unwrap_or_default();
        let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{token}", self.address);
        let length = body.len();
        write!(stream, "{head}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
        let start = body.find(['{', '[']).unwrap_or(body.len());
        let end = body.rfind(['}', ']']).map_or(start, |end| end + 1);
        (status, serde_json::from_str(&body[start..end]).unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_person_signs_up_and_asks_the_four_routes() {
    let home = Home::new();
    home.text(0, &["--quiet", "demo", "--once"]);
    let server = Server::start(&home);

    let (status, agent) = server.ask("GET", "/agent", None, None);
    assert_eq!((status, &agent["status"]), (200, &json!("ok")));
    assert!(agent["roles"].as_u64().unwrap() > 50);

    let jobs = json!({
        "user_profile": {"profile": {"name": "A", "experience_level": "senior", "skills": ["Python", "SQL"], "location": "Berlin", "salary_expectation": 70000}, "preferences": {"job_domains": ["data"], "work_style": "remote", "company_size_pref": ""}},
        "search_params": {"query": "data engineer", "limit": 5},
    });
    let (status, problem) = server.ask("POST", "/agent/jobs", None, Some(&jobs));
    assert_eq!((status, &problem["status"]), (401, &json!(401)));

    let person = json!({"email": "person@example.org", "password": "a long enough password", "name": "A"});
    let (status, _) = server.ask("POST", "/auth/register", None, Some(&person));
    assert!(status < 300, "registered: {status}");
    let login = json!({"email": "person@example.org", "password": "a long enough password"});
    let (status, tokens) = server.ask("POST", "/auth/login", None, Some(&login));
    assert_eq!(status, 200);
    let token = tokens["access_token"].as_str().unwrap();

    let (status, found) = server.ask("POST", "/agent/jobs", Some(token), Some(&jobs));
    assert_eq!(status, 200, "{found}");
    assert!(found["searchId"].as_str().unwrap().starts_with("search_"));
    assert!(found["results_summary"]["total_jobs_found"].as_u64().unwrap() > 0, "{found}");
    assert!(found["top_matches"][0]["match_score"].as_f64().unwrap() > 0.0);

    let resume = json!({"user_resume": "Data engineer. Python, SQL.\nmail@example.org", "job_description": "We use Python and Kafka", "job_title": "Data Engineer"});
    let (status, checked) = server.ask("POST", "/agent/resume", Some(token), Some(&resume));
    assert_eq!((status, &checked["missing_skills"]), (200, &json!(["Kafka"])), "{checked}");

    let (status, market) = server.ask("GET", "/agent/market", Some(token), None);
    assert_eq!(status, 200);
    assert!(market["n"].as_i64().unwrap() > 50);
}
