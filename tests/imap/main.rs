//! `waypost import --mail` from a real IMAP server within TLS. `tests/mail.sh` starts it; without it every test fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use support::servers::{address, unique};
use tempfile::TempDir;

/// The user of the tests' mail server.
const USER: &str = "waypost";

/// A mailbox folder of its own and a data folder.
struct Post {
    home: TempDir,
    port: String,
    folder: String,
}

impl Post {
    fn new() -> Self {
        let port = address("mail").rsplit_once(':').unwrap().1.to_owned();
        let post = Self { home: TempDir::new().unwrap(), port, folder: unique("alerts") };
        post.curl("", &["-X", &format!("CREATE {}", post.folder)]);
        post
    }

    /// Does something to the mailbox, past the program under test.
    fn curl(&self, path: &str, arguments: &[&str]) -> String {
        let mut command = Command::new("curl");
        command.args(["-fsS", "-m", "20", "--insecure", "--user", "waypost:testsecret"]);
        let output = command.arg(format!("imaps://127.0.0.1:{}/{path}", self.port)).args(arguments).output().unwrap();
        assert!(output.status.success(), "curl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn deliver(&self, mail: &[u8]) {
        let file = self.home.path().join("one.eml");
        std::fs::write(&file, mail).unwrap();
        self.curl(&self.folder, &["-T", &file.display().to_string()]);
        // curl marks what it puts there as seen.
        self.curl(&self.folder, &["-X", "STORE 1:* -FLAGS (\\Seen)"]);
    }

    fn place(&self) -> String {
        format!("imaps://{USER}@127.0.0.1:{}/{}", self.port, self.folder)
    }

    /// The program, which trusts the server's certificate when `trusts` says so.
    fn import(&self, place: &str, more: &[&str], password: &str, trusts: bool) -> Output {
        let certificate = PathBuf::from(std::env::var("WAYPOST_TEST_SERVERS").unwrap()).join("mail/certificate.pem");
        let mut command = Command::new(env!("CARGO_BIN_EXE_waypost"));
        command.current_dir(self.home.path()).env("WAYPOST_MAIL_PASSWORD", password).env("WAYPOST_LOG", "trace");
        if trusts {
            command.env("SSL_CERT_FILE", certificate);
        }
        command.args(["import", "--json", "--mail", place]).args(more).output().unwrap()
    }

    fn imported(&self, more: &[&str]) -> Value {
        let output = self.import(&self.place(), more, "testsecret", true);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
        assert!(!told.contains("zoe") && !told.contains("testsecret"), "no person and no password in logs: {told}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Flags of all messages, as the server tells them.
    fn flags(&self) -> String {
        self.curl(&self.folder, &["-X", "FETCH 1:* (FLAGS)"])
    }
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from("../data-samples").join(name)).unwrap()
}

fn requests(report: &Value, source: &str) -> u64 {
    let sources = report["sources"].as_array().unwrap();
    sources.iter().find(|entry| entry["source"] == source).map_or(0, |entry| entry["requests"].as_u64().unwrap())
}

#[test]
fn mails_of_known_senders_are_read_once_and_stay_unread() {
    let post = Post::new();
    post.deliver(&sample("linkedin/alert.input.eml"));
    post.deliver(&sample("indeed/alert.input.eml"));
    post.deliver(b"From: Zoe <zoe@example.com>\r\nTo: zoe@example.com\r\nSubject: dinner\r\n\r\nTonight?\r\n");
    post.deliver(
        b"From: zoe <indeed@example.com>\r\nTo: zoe@example.com\r\nSubject: found by a search, not a source\r\n\r\nHi\r\n",
    );
    let first = post.imported(&[]);
    assert_eq!((requests(&first, "linkedin"), requests(&first, "indeed")), (1, 1), "{first}");
    let notes = first["notes"].to_string();
    assert!(notes.contains("1 mail of other senders") && !notes.contains("zoe"), "{notes}");
    let read = |report: &Value| -> u64 {
        report["sources"].as_array().unwrap().iter().map(|source| source["rows_read"].as_u64().unwrap()).sum()
    };
    assert!(read(&first) > 2, "{first}");
    assert!(!post.flags().contains("Seen"), "{}", post.flags());
    let second = post.imported(&[]);
    let stages = second["stages"].as_array().unwrap();
    assert!(stages.iter().all(|stage| stage["changed"] == 0), "importing twice adds nothing: {second}");
}

#[test]
fn only_mails_since_a_day_are_taken() {
    let post = Post::new();
    post.deliver(&sample("linkedin/alert.input.eml"));
    let none = post.imported(&["--since", "2999-01-01"]);
    assert_eq!(requests(&none, "linkedin"), 0, "{none}");
    let some = post.imported(&["--since", "2000-01-01"]);
    assert_eq!(requests(&some, "linkedin"), 1, "{some}");
}

#[test]
fn a_server_whose_certificate_is_not_trusted_is_told_nothing() {
    let post = Post::new();
    let output = post.import(&post.place(), &[], "testsecret", false);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(8), "{told}");
    assert!(told.contains("no secure connection") && !told.contains("testsecret"), "{told}");
}

#[test]
fn a_refusal_names_neither_user_nor_password() {
    let post = Post::new();
    for (place, password, expected) in [
        (post.place(), "wrong-hush", "refused the user or the password"),
        (post.place().replace("alerts", "nothing"), "testsecret", "opens no folder"),
        (post.place().replace("127.0.0.1", "localhost"), "testsecret", "no address on the public internet"),
        (post.place().replace("imaps", "imap"), "testsecret", "no mailbox answers"),
        (post.place(), "", "WAYPOST_MAIL_PASSWORD"),
    ] {
        let output = post.import(&place, &[], password, true);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains(expected), "{expected}: {told}");
        assert!(!told.contains("hush") && !told.contains("waypost@") && !told.contains("testsecret"), "{told}");
    }
}

#[test]
fn a_name_is_connected_to_where_its_address_is_stated() {
    let post = Post::new();
    post.deliver(&sample("dice/alert.input.eml"));
    let place = format!("{}?address=127.0.0.1", post.place().replace("127.0.0.1", "localhost"));
    let output = post.import(&place, &[], "testsecret", true);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
