//! The mailbox port over IMAP: reads messages of known senders, and leaves the mailbox as it was.
//!
//! It speaks within TLS alone, opens the folder read-only (`EXAMINE`) and peeks (`BODY.PEEK[]`), so nothing is marked as
//! seen. Its errors name the server and the folder, never the user, and repeat no word of the server's.

mod place;
mod talk;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use pipeline_core::error::Context as _;
use pipeline_core::ports::{Letter, Listed, Mailbox};
use pipeline_core::{Day, Error, ErrorKind, Result};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::ServerName;

use place::{Place, is_plain};
use talk::{Outcome, Talk, Told, quoted};

/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// The longest wait for the answers to one command.
const PATIENCE: Duration = Duration::from_secs(60);
/// The largest message that is taken, whatever is asked for.
const MOST_BYTES: u64 = 16 << 20;

/// A folder of a mailbox on an IMAP server.
pub struct ImapMailbox {
    place: Place,
    user: String,
    password: String,
    /// The connection, with the folder open; one message is taken at a time.
    talk: Mutex<Option<Talk<TlsStream<TcpStream>>>>,
}

impl std::fmt::Debug for ImapMailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImapMailbox").field("host", &self.place.host).finish_non_exhaustive()
    }
}

impl ImapMailbox {
    /// The folder at `imaps://USER@HOST:PORT/FOLDER`. `user` serves where the address names none. Nothing is sent.
    ///
    /// A name leads to addresses of the public internet only. A server elsewhere is named by its address, or with
    /// `?address=IP` beside the name that its certificate has.
    ///
    /// # Errors
    /// `Config` for an address that cannot be used, or without user or password.
    pub fn open(address: &str, user: Option<String>, password: Option<String>) -> Result<Self> {
        let place = Place::parse(address)?;
        let user = place.user.clone().or(user).filter(|user| !user.is_empty());
        let missing = |what: &str, hint: &'static str| {
            Error::config(format!("the mailbox at {} needs {what}", place.host)).hint(hint)
        };
        let user = user.ok_or_else(|| missing("a user", "set WAYPOST_MAIL_USER, or write imaps://USER@HOST/FOLDER"))?;
        let password = password.filter(|password| !password.is_empty());
        let password = password.ok_or_else(|| missing("a password", "set WAYPOST_MAIL_PASSWORD"))?;
        if !is_plain(&user) || !is_plain(&password) {
            return Err(missing(
                "a user and a password of ASCII letters",
                "mail providers issue such passwords for apps",
            ));
        }
        Ok(Self { place, user, password, talk: Mutex::new(None) })
    }

    /// A connection on which the user is logged in and the folder open.
    async fn connected(&self) -> Result<Talk<TlsStream<TcpStream>>> {
        let Place { host, folder, .. } = &self.place;
        let connected = async {
            let stream = TcpStream::connect(self.place.addresses().await?.as_slice())
                .await
                .context(ErrorKind::Unavailable, || format!("{host} does not answer"))?;
            let name = ServerName::try_from(host.clone())
                .context(ErrorKind::Config, || format!("{host} is no name that a certificate can have"))?;
            tls()?
                .connect(name, stream)
                .await
                .context(ErrorKind::Unavailable, || format!("no secure connection to {host} could be made"))
        };
        let stream = in_time(CONNECT, host, connected).await?;
        let begun = async {
            let mut talk = Talk::begin(stream, host).await?;
            let login = format!("LOGIN {} {}", quoted(&self.user), quoted(&self.password));
            if talk.command(&login, 0, drop).await? != Outcome::Ok {
                return Err(Error::denied(format!("{host} refused the user or the password"))
                    .hint("check WAYPOST_MAIL_PASSWORD; many providers want a password made for apps"));
            }
            if talk.command(&format!("EXAMINE {}", quoted(folder)), 0, drop).await? != Outcome::Ok {
                return Err(Error::not_found(format!("{host} opens no folder {folder:?}")));
            }
            Ok(talk)
        };
        in_time(PATIENCE, host, begun).await
    }

    /// Gives `command` and returns its answers; literals may have `most` bytes. After a failure the next command begins
    /// with a new connection.
    async fn ask(&self, command: &str, most: u64) -> Result<Vec<Told>> {
        let mut held = self.talk.lock().await;
        let mut talk = match held.take() {
            Some(talk) => talk,
            None => self.connected().await?,
        };
        let mut answers = Vec::new();
        let outcome =
            in_time(PATIENCE, &self.place.host, talk.command(command, most, |told| answers.push(told))).await?;
        *held = Some(talk);
        match outcome {
            Outcome::Ok => Ok(answers),
            _ => Err(Error::unavailable(format!("{} refused to search or to read", self.place.host))),
        }
    }
}

#[async_trait]
impl Mailbox for ImapMailbox {
    async fn list(&self, since: Option<Day>, senders: &[&str]) -> Result<Listed> {
        let answers = self.ask(&search(since, senders), 0).await?;
        let mut uids: Vec<u32> = answers
            .iter()
            .filter(|told| told.words.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("* SEARCH")))
            .flat_map(|told| told.words.split(' ').skip(2))
            .filter_map(|uid| uid.parse().ok())
            .collect();
        uids.sort_unstable();
        uids.dedup();
        Ok(Listed::of(uids.iter().map(u32::to_string).collect()))
    }

    async fn take(&self, id: &str, max_bytes: u64) -> Result<Letter> {
        let uid: u32 = id.parse().context(ErrorKind::Invalid, || "a message is called by a number")?;
        let most = max_bytes.min(MOST_BYTES);
        let sizes = self.ask(&format!("UID FETCH {uid} (RFC822.SIZE)"), 0).await?;
        match sizes.iter().find_map(|told| number_after(&told.words, "RFC822.SIZE ")) {
            None => return Ok(Letter::Gone),
            Some(size) if size > most => return Ok(Letter::TooLarge),
            Some(_) => {}
        }
        // The size that a server tells and the bytes that it sends differ where it rewrites line ends.
        let answers = self.ask(&format!("UID FETCH {uid} (BODY.PEEK[])"), most.saturating_mul(2)).await?;
        let body = answers.into_iter().find(|told| told.words.contains("BODY[]")).and_then(|told| told.literal);
        Ok(match body {
            Some(bytes) if bytes.len() as u64 > most => Letter::TooLarge,
            Some(bytes) => Letter::Whole(Bytes::from(bytes)),
            None => Letter::Gone,
        })
    }
}

/// The command that finds messages which arrived on `since` or later from one of `senders`.
fn search(since: Option<Day>, senders: &[&str]) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut command = "UID SEARCH".to_owned();
    if let Some(date) = since.map(Day::date) {
        let month = usize::try_from(date.month()).ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
        command.push_str(&format!(" SINCE {}-{}-{}", date.day(), month.copied().unwrap_or("Jan"), date.year()));
    }
    // `OR` takes two, so all but the last are preceded by one. `FROM` alone is taken for a whole address by some servers.
    let mut left = senders.len();
    for sender in senders.iter().filter(|sender| is_plain(sender)) {
        left -= 1;
        command.push_str(if left > 0 { " OR HEADER FROM " } else { " HEADER FROM " });
        command.push_str(&quoted(sender));
    }
    if since.is_none() && senders.is_empty() {
        command.push_str(" ALL");
    }
    command
}

/// The number that follows `name` in `words`.
fn number_after(words: &str, name: &str) -> Option<u64> {
    let (_, rest) = words.split_once(name)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest.get(..digits)?.parse().ok()
}

/// TLS with the certificate authorities of the system, as the HTTP client has it.
fn tls() -> Result<TlsConnector> {
    let unusable = || "TLS cannot be set up";
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .context(ErrorKind::Config, unusable)?
        .with_platform_verifier()
        .context(ErrorKind::Config, unusable)
        .map_err(|error| error.hint("install the system's CA certificates (package ca-certificates)"))?
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

async fn in_time<T>(patience: Duration, host: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    match tokio::time::timeout(patience, work).await {
        Ok(result) => result,
        Err(_) => Err(Error::timeout(format!("{host} took longer than {} s", patience.as_secs()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_names_every_sender_and_the_day() {
        let day: Day = "2026-03-05".parse().expect("a day");
        assert_eq!(
            search(Some(day), &["indeed", "linkedin", "dice.com"]),
            r#"UID SEARCH SINCE 5-Mar-2026 OR HEADER FROM "indeed" OR HEADER FROM "linkedin" HEADER FROM "dice.com""#
        );
        assert_eq!(search(None, &["indeed"]), r#"UID SEARCH HEADER FROM "indeed""#);
        assert_eq!(search(None, &[]), "UID SEARCH ALL");
    }

    #[test]
    fn a_size_is_read_wherever_it_stands() {
        assert_eq!(number_after("* 1 FETCH (RFC822.SIZE 44 UID 7)", "RFC822.SIZE "), Some(44));
        assert_eq!(number_after("* 1 FETCH (UID 7)", "RFC822.SIZE "), None);
        assert_eq!(number_after("* 1 FETCH (RFC822.SIZE x)", "RFC822.SIZE "), None);
    }

    #[test]
    fn a_mailbox_needs_user_and_password_and_shows_neither() {
        let open =
            |address: &str, password: Option<&str>| ImapMailbox::open(address, None, password.map(str::to_owned));
        for (address, password) in [
            ("imaps://zoe@mail.example.com/", None),
            ("imaps://zoe@mail.example.com/", Some("hush\r\nw9 DELETE x")),
            ("imaps://mail.example.com/", Some("hush")),
        ] {
            let error = open(address, password).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(!error.chain().contains("zoe") && !error.chain().contains("hush"), "{error:?}");
        }
        let mailbox = open("imaps://zoe@mail.example.com/", Some("hush")).expect("a mailbox");
        assert!(!format!("{mailbox:?}").contains("zoe") && !format!("{mailbox:?}").contains("hush"));
    }
}
