//! IMAP as far as reading takes it (RFC 3501): commands, their answers, and nothing of unbounded size or depth.

use pipeline_core::{Error, Result};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};

/// Longest answer apart from the bytes of a message: a search may name 100,000 messages.
const MOST_WORDS: usize = 2 << 20;
/// Most answers to one command.
const MOST_ANSWERS: usize = 10_000;

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    No,
    Bad,
}

/// One answer: its words, and the bytes of the last literal in it.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) words: String,
    pub(super) literal: Option<Vec<u8>>,
}

/// A connection on which commands are given one after the other.
pub(super) struct Talk<S> {
    stream: BufReader<S>,
    host: String,
    number: u32,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    /// Waits for the greeting of `host`.
    pub(super) async fn begin(stream: S, host: &str) -> Result<Self> {
        let mut talk = Self { stream: BufReader::new(stream), host: host.to_owned(), number: 0 };
        let greeting = talk.told(0).await?;
        let greeting = greeting.words.to_ascii_uppercase();
        if greeting.starts_with("* OK") || greeting.starts_with("* PREAUTH") { Ok(talk) } else { Err(talk.odd()) }
    }

    /// Gives `command` and hands each answer to `each`; literals may have `most` bytes.
    pub(super) async fn command(&mut self, command: &str, most: u64, mut each: impl FnMut(Told)) -> Result<Outcome> {
        self.number += 1;
        let tag = format!("w{}", self.number);
        let line = format!("{tag} {command}\r\n");
        let sent = async {
            self.stream.write_all(line.as_bytes()).await?;
            self.stream.flush().await
        };
        sent.await.map_err(|_| self.broke())?;
        for _ in 0..MOST_ANSWERS {
            let told = self.told(most).await?;
            match told.words.strip_prefix(&tag).and_then(|rest| rest.strip_prefix(' ')) {
                Some(rest) => {
                    let word = rest.split(' ').next().unwrap_or_default();
                    return match word.to_ascii_uppercase().as_str() {
                        "OK" => Ok(Outcome::Ok),
                        "NO" => Ok(Outcome::No),
                        "BAD" => Ok(Outcome::Bad),
                        _ => Err(self.odd()),
                    };
                }
                // What was not asked for is told, too; what asks for more is never answered.
                None if told.words.starts_with("* ") => each(told),
                None => return Err(self.odd()),
            }
        }
        Err(self.odd())
    }

    /// The next answer, with the literals in it.
    async fn told(&mut self, most: u64) -> Result<Told> {
        let mut told = Told::default();
        let mut line = Vec::new();
        loop {
            line.clear();
            let room = (MOST_WORDS - told.words.len()) as u64;
            let mut limited = (&mut self.stream).take(room);
            let read = limited.read_until(b'\n', &mut line).await;
            read.map_err(|_| self.broke())?;
            let Some(words) = line.strip_suffix(b"\n") else {
                return Err(if line.len() as u64 == room { self.odd() } else { self.broke() });
            };
            told.words.push_str(&String::from_utf8_lossy(words.strip_suffix(b"\r").unwrap_or(words)));
            let Some(size) = literal_size(&told.words) else { return Ok(told) };
            if size > most || told.words.len() >= MOST_WORDS {
                return Err(self.odd());
            }
            let mut bytes = Vec::new();
            let read = (&mut self.stream).take(size).read_to_end(&mut bytes).await;
            read.map_err(|_| self.broke())?;
            if bytes.len() as u64 != size {
                return Err(self.broke());
            }
            told.literal = Some(bytes);
        }
    }

    fn odd(&self) -> Error {
        Error::unavailable(format!("{} does not speak IMAP as it should", self.host))
    }

    fn broke(&self) -> Error {
        Error::unavailable(format!("the connection to {} broke off", self.host))
    }
}

/// The size of the literal that follows a line ending in `{12}`.
fn literal_size(line: &str) -> Option<u64> {
    let (_, size) = line.strip_suffix('}')?.rsplit_once('{')?;
    let digits = !size.is_empty() && size.len() <= 12 && size.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| size.parse().ok()).flatten()
}

/// `text` as a string in a command.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a command gives when the server says `greeting` and then `answer` to whatever it is told.
    async fn given(greeting: &[u8], answer: &[u8], most: u64) -> Result<(Outcome, Vec<Told>)> {
        let (ours, mut theirs) = tokio::io::duplex(1 << 16);
        let said = [greeting, answer].concat();
        let server = tokio::spawn(async move {
            let _ = theirs.write_all(&said).await;
            let mut heard = [0; 256];
            while theirs.read(&mut heard).await.is_ok_and(|n| n > 0) {}
        });
        let mut answers = Vec::new();
        let result = async {
            let mut talk = Talk::begin(ours, "mail.example.com").await?;
            talk.command("NOOP", most, |told| answers.push(told)).await
        };
        let result = tokio::time::timeout(std::time::Duration::from_millis(500), result).await;
        server.abort();
        Ok((result.unwrap_or_else(|_| Err(Error::timeout("no answer")))?, answers))
    }

    const HELLO: &[u8] = b"* OK ready\r\n";

    #[tokio::test]
    async fn answers_are_told_with_their_literals() {
        let said = b"* 3 EXISTS\r\n* 1 FETCH (UID 7 BODY[] {5}\r\na\r\n)b FLAGS (\\Seen))\r\nw1 OK done\r\n";
        let (outcome, answers) = given(HELLO, said, 5).await.expect("answers");
        assert_eq!(outcome, Outcome::Ok);
        assert_eq!(answers[0].words, "* 3 EXISTS");
        assert_eq!(answers[1].words, "* 1 FETCH (UID 7 BODY[] {5} FLAGS (\\Seen))");
        assert_eq!(answers[1].literal.as_deref(), Some(&b"a\r\n)b"[..]));
    }

    #[tokio::test]
    async fn a_refusal_is_an_outcome() {
        for (said, expected) in [(&b"w1 NO not yours\r\n"[..], Outcome::No), (b"w1 bad what?\r\n", Outcome::Bad)] {
            assert_eq!(given(HELLO, said, 5).await.expect("an outcome").0, expected);
        }
    }

    #[tokio::test]
    async fn a_server_that_misbehaves_is_left_and_never_quoted() {
        let flood = b"* 1 EXISTS\r\n".repeat(MOST_ANSWERS + 1);
        let long = [&b"* "[..], &vec![b'('; MOST_WORDS + 10], b"\r\n"].concat();
        let literals = b"* {0}\r\n".repeat(MOST_WORDS);
        for (greeting, said) in [
            (&b"* BYE private words\r\n"[..], &b""[..]),
            (b"HTTP/1.1 400 private words\r\n", b""),
            (b"", b"\xff\xfe\0\0"),
            (HELLO, b"* 1 FETCH (BODY[] {6}\r\nprivate"),
            (HELLO, b"* 1 FETCH (BODY[] {999999999999}\r\nprivate words"),
            (HELLO, b"+ go on, private words\r\n"),
            (HELLO, b"w1 MAYBE private words\r\n"),
            (HELLO, b"w2 OK private words\r\n"),
            (HELLO, b"private words without an end"),
            (HELLO, &long),
            (HELLO, &flood),
            (HELLO, &literals),
        ] {
            let error = given(greeting, said, 5).await.expect_err("no answer");
            assert!(!error.chain().contains("private"), "{error:?}");
        }
    }

    #[test]
    fn what_is_quoted_ends_where_it_should() {
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
    }
}
