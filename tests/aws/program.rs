//! The program as its users run it, with a configuration file and credentials in the environment.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use support::servers::{ACCESS_KEY, SECRET_KEY};
use tempfile::TempDir;

/// A folder with a configuration, and the program to use it with.
pub struct Program {
    folder: TempDir,
}

impl Program {
    /// With this configuration file; an empty one means everything embedded.
    pub fn with(config: &str) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("waypost.toml"), config).unwrap();
        Self { folder }
    }

    /// Where it keeps its files.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program, its environment told what the servers want to know.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waypost"));
        command.current_dir(self.path()).arg("--data-dir").arg(self.path().join("data"));
        command.env("AWS_ACCESS_KEY_ID", ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", SECRET_KEY);
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        for variable in ["WAYPOST_CONFIG", "WAYPOST_DATA_DIR", "AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL"] {
            command.env_remove(variable);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// Standard output of a command that must end with `code`.
    #[track_caller]
    pub fn text(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "waypost {arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The document that a command prints which must end with `code`.
    #[track_caller]
    pub fn json(&self, code: i32, arguments: &[&str]) -> Value {
        let text = self.text(code, &[arguments, &["--json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("waypost {arguments:?}: {error} in {text}"))
    }

    /// Imports the samples of three sources, as fetched on one day.
    #[track_caller]
    pub fn import_samples(&self) {
        for (source, file) in SAMPLES {
            self.text(0, &["--quiet", "import", "--source", source, "--fetched-at", FETCHED_AT, &sample(file)]);
        }
    }

    /// A server of the API.
    pub fn serve(&self) -> Server {
        let mut process =
            self.command().args(["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains("http://"))).unwrap();
        let address = line.split("http://").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Server { process, address }
    }
}

/// When the samples count as fetched.
pub const FETCHED_AT: &str = "2026-11-20T06:00:00Z";

/// What is imported: source and sample.
pub const SAMPLES: [(&str, &str); 3] = [
    ("greenhouse", "greenhouse/board.input.json"),
    ("ashby", "ashby/board.input.json"),
    ("lever", "lever/board.input.json"),
];

/// A bundled sample.
pub fn sample(path: &str) -> String {
    let file = std::path::absolute(PathBuf::from("../data-samples").join(path)).unwrap();
    assert!(file.exists(), "{} is missing", file.display());
    file.display().to_string()
}

/// The program while it serves.
pub struct Server {
    process: Child,
    pub address: String,
}

impl Server {
    /// Status and body of the answer to a request.
    pub fn ask(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> (u16, Value) {
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

    /// A token of a person who signs up with `email`, confirms and logs in.
    pub fn sign_up(&self, email: &str) -> String {
        let password = "a long enough Passw0rd!";
        let person = serde_json::json!({"email": email, "password": password, "name": "A"});
        let (status, registered) = self.ask("POST", "/auth/register", None, Some(&person));
        assert_eq!(status, 201, "{registered}");
        if registered["confirmed"] == false {
            let code = serde_json::json!({"email": email, "code": "123456"});
            assert!(self.ask("POST", "/auth/confirm", None, Some(&code)).0 < 300);
        }
        let login = serde_json::json!({"email": email, "password": password});
        let (status, tokens) = self.ask("POST", "/auth/login", None, Some(&login));
        assert_eq!(status, 200, "{tokens}");
        tokens["access_token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
