//! Mails of job boards as exchanges: of each only what names postings is kept, and nothing of who received it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use infra_registry::open_mailbox;
use pipeline_core::error::Context as _;
use pipeline_core::hash::{Hasher, content_hash};
use pipeline_core::ports::{Letter, Listed, Mailbox};
use pipeline_core::source::WHOLE;
use pipeline_core::{Day, ErrorKind, Micros, Result};
use pipeline_crawl::mail;
use schemas::Json;
use schemas::tables::FetchRow;
use schemas::wire::RunReport;
use serde_json::json;

use super::{absolute, expand};
use crate::app::App;
use crate::bundled;
use crate::cli::Import;
use crate::fetches::FetchSink;
use crate::pipeline::Run;
use crate::progress::Progress;
use crate::run::sources;

/// What the senders' addresses of job boards hold, for mailboxes that can search. Every mail is looked at again.
const SENDERS: &[&str] = &["indeed", "linkedin", "glassdoor", "dice.com", "monster"];
/// The largest letter that is taken: an mbox holds many mails.
const MOST_BYTES: u64 = 256 << 20;
/// The board of all mails of a source.
const BOARD: &str = "alerts";

/// Imports the mails at `place` and derives everything that follows from them.
///
/// # Errors
/// `NotFound` for a place that is not there, `Nothing` when it holds no letter, and those of the mailbox.
pub async fn run(app: &App, arguments: &Import, place: &str, quiet: bool) -> Result<RunReport> {
    let (mailbox, told) = open(app, place).await?;
    let listed = mailbox.list(arguments.since, SENDERS).await?;
    let progress = Progress::new(quiet);
    app.leased("import", async {
        let repeat = json!({
            "job": "import",
            "mail": told,
            "since": arguments.since,
            "only_fetches": arguments.only_fetches,
        });
        let mut run = Run::begin(app, "import", repeat, &progress).await?;
        progress.begin("import", listed.ids.len());
        let mut sink = FetchSink::open(&app.lake).await?;
        let mut post = Post::new(arguments.since, app.backends.clock.now());
        post.left_out = listed.left_out;
        for id in &listed.ids {
            match mailbox.take(id, MOST_BYTES).await? {
                Letter::Whole(bytes) => {
                    for raw in mail::mailbox(&bytes) {
                        if let Some(row) = post.exchange(&raw)? {
                            sink.take(row).await?;
                        }
                    }
                }
                Letter::TooLarge => post.too_large += 1,
                Letter::Gone => {}
            }
            progress.step();
        }
        for (source, taken) in sink.taken.clone() {
            run.source(&source).requests += taken;
        }
        let partitions = sink.commit().await?;
        progress.end("import", &format!("{} letters into {} partitions", listed.ids.len(), partitions.len()));
        run.report.notes.extend(post.notes());
        if !arguments.only_fetches {
            run.derive(&partitions).await?;
        }
        run.end().await
    })
    .await
}

/// The mailbox at `place`, and `place` as it may be written down: absolute, and without the user.
async fn open(app: &App, place: &str) -> Result<(Arc<dyn Mailbox>, String)> {
    if place.contains("://") {
        let mailbox = open_mailbox(place, &app.config.addresses, &app.config.backend_options()).await?;
        return Ok((mailbox, without_user(place)));
    }
    let files = expand(&[PathBuf::from(place)])?;
    Ok((Arc::new(Files(files)), absolute(Path::new(place))?.display().to_string()))
}

fn without_user(place: &str) -> String {
    let Some((scheme, rest)) = place.split_once("://") else { return place.to_owned() };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

/// Files of mails.
struct Files(Vec<PathBuf>);

#[async_trait]
impl Mailbox for Files {
    async fn list(&self, _: Option<Day>, _: &[&str]) -> Result<Listed> {
        Ok(Listed::of(self.0.iter().map(|file| file.display().to_string()).collect()))
    }

    async fn take(&self, id: &str, max_bytes: u64) -> Result<Letter> {
        let failed = || format!("cannot read {id}");
        if std::fs::metadata(id).context(ErrorKind::NotFound, failed)?.len() > max_bytes {
            return Ok(Letter::TooLarge);
        }
        Ok(Letter::Whole(std::fs::read(id).context(ErrorKind::NotFound, failed)?.into()))
    }
}

/// Mails on their way into the lake, and how many did not get there, by reason.
#[derive(Debug)]
struct Post {
    since: Option<Day>,
    now: Micros,
    certified: BTreeSet<&'static str>,
    forged: BTreeMap<&'static str, u64>,
    left_out: u64,
    too_large: u64,
    unreadable: u64,
    of_others: u64,
    older: u64,
}

impl Post {
    fn new(since: Option<Day>, now: Micros) -> Self {
        let (certified, forged) = (BTreeSet::new(), BTreeMap::new());
        Self { since, now, certified, forged, left_out: 0, too_large: 0, unreadable: 0, of_others: 0, older: 0 }
    }

    /// The exchange that the mail `raw` makes, or nothing and a count of why.
    ///
    /// # Errors
    /// When the source that reads it is not certified.
    fn exchange(&mut self, raw: &[u8]) -> Result<Option<FetchRow>> {
        let Some(mail) = mail::parse(raw) else {
            self.unreadable += 1;
            return Ok(None);
        };
        let Some(source) = mail::source_of(&mail) else {
            self.of_others += 1;
            return Ok(None);
        };
        if mail.date.zip(self.since).is_some_and(|(date, since)| date.day() < since) {
            self.older += 1;
            return Ok(None);
        }
        if !mail::is_authentic(raw) {
            *self.forged.entry(source).or_default() += 1;
            return Ok(None);
        }
        let Some(reduced) = mail::reduced(raw) else {
            self.unreadable += 1;
            return Ok(None);
        };
        if !self.certified.contains(source) {
            bundled::certified(sources::named(source)?)?;
            self.certified.insert(source);
        }
        // A clock that runs ahead must not put a posting into the future.
        let sent = mail.date.map_or(self.now, |date| date.min(self.now));
        Ok(Some(row(source, sent, reduced)))
    }

    /// What there is to tell about those that were not taken.
    fn notes(&self) -> Vec<String> {
        let counted = |count: u64, what: &str| {
            let mails = if count == 1 { "mail" } else { "mails" };
            (count > 0).then(|| format!("{count} {mails} {what}"))
        };
        let forged = self.forged.iter().filter_map(|(source, count)| {
            counted(
                *count,
                &format!("rejected (sender-forged): sent in the name of {source}, and found to be forged on arrival"),
            )
        });
        let others = [
            counted(self.of_others, "of other senders left alone"),
            counted(self.older, "older than --since left alone"),
            counted(self.unreadable, "rejected (unreadable-mail): no mail, or too large a one"),
            counted(self.too_large, "rejected (too-large): more bytes than are taken"),
            counted(self.left_out, "beyond the most that one import takes; run it again with --since"),
        ];
        forged.chain(others.into_iter().flatten()).collect()
    }
}

/// A reduced mail as an exchange. Its id follows from what is kept alone: the same mail adds nothing the second time,
/// whoever else received it.
fn row(source: &'static str, sent: Micros, body: Vec<u8>) -> FetchRow {
    let body_hash = content_hash(&body);
    // A mail tells of some postings and says nothing about the others.
    let context = json!({ WHOLE: "no" }).to_string();
    FetchRow {
        fetch_id: Hasher::new("mail").part(source).part(&body_hash).hex(32),
        source: source.to_owned(),
        day: sent.day(),
        board: BOARD.to_owned(),
        method: "GET".to_owned(),
        url: format!("mail:{}", Hasher::new("mail").part(&body_hash).hex(16)),
        context: Json(context),
        content_type: Some("message/rfc822".to_owned()),
        fetched_at: sent,
        body_bytes: i64::try_from(body.len()).unwrap_or(i64::MAX),
        body_hash,
        origin: "import".to_owned(),
        body,
        ..FetchRow::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Micros = Micros(1_795_176_000_000_000);

    fn mail(from: &str, more: &str) -> Vec<u8> {
        format!(
            "From: {from}\r\nTo: Zoe Doe <zoe@example.com>\r\nSubject: Zoe, a job for you\r\nDate: Wed, 04 Nov 2026 08:00:00 +0000\r\n{more}\
             Content-Type: text/plain\r\n\r\nEngineer at Example\r\nhttps://www.linkedin.com/jobs/view/4012345678/\r\n"
        )
        .into_bytes()
    }

    const LINKEDIN: &str = "LinkedIn <jobalerts-noreply@linkedin.com>";

    #[test]
    fn a_mail_of_a_source_is_one_exchange_without_its_receiver() {
        let mut post = Post::new(None, NOW);
        let row = post.exchange(&mail(LINKEDIN, "")).expect("certified").expect("an exchange");
        assert_eq!(
            (row.source.as_str(), row.board.as_str(), row.day.to_string().as_str()),
            ("linkedin", "alerts", "2026-11-04")
        );
        assert!(row.url.starts_with("mail:") && row.url.len() == 21, "{}", row.url);
        let text = String::from_utf8_lossy(&row.body).to_lowercase();
        assert!(text.contains("4012345678") && !text.contains("zoe"), "{text}");
        let again = post.exchange(&mail(LINKEDIN, "X-Other: 1\r\n")).expect("certified").expect("an exchange");
        assert_eq!(row, again, "the same mail is the same exchange");
        assert!(post.notes().is_empty());
    }

    #[test]
    fn what_is_not_taken_is_counted_by_reason_without_a_name() {
        let mut post = Post::new("2026-11-05".parse().ok(), NOW);
        assert_eq!(post.exchange(&mail(LINKEDIN, "")).expect("no error"), None);
        post.since = None;
        for raw in [
            mail("Zoe <zoe@example.com>", ""),
            mail("Zoe <zoe@notlinkedin.com>", ""),
            mail(LINKEDIN, "Authentication-Results: mx.example.com; dmarc=fail header.from=linkedin.com\r\n"),
            b"zoe's notes".to_vec(),
        ] {
            assert_eq!(post.exchange(&raw).expect("no error"), None);
        }
        let notes = post.notes();
        assert_eq!(notes.len(), 4, "{notes:?}");
        assert!(notes[0].starts_with("1 mail rejected (sender-forged)") && notes[0].contains("linkedin"), "{notes:?}");
        assert!(notes[1].starts_with("2 mails of other senders"), "{notes:?}");
        assert!(!format!("{notes:?}").to_lowercase().contains("zoe"), "{notes:?}");
    }

    #[test]
    fn a_date_in_the_future_counts_as_now() {
        let mut post = Post::new(None, Micros(0));
        let row = post.exchange(&mail(LINKEDIN, "")).expect("certified").expect("an exchange");
        assert_eq!(row.fetched_at, Micros(0));
    }

    #[test]
    fn the_place_is_told_without_its_user() {
        for (place, told) in [
            ("imaps://zoe%40example.com@mail.example.com:993/INBOX", "imaps://mail.example.com:993/INBOX"),
            ("imaps://zoe@example.com@mail.example.com/a@b", "imaps://mail.example.com/a@b"),
            ("s3://bucket/prefix", "s3://bucket/prefix"),
            ("file:///var/mail", "file:///var/mail"),
        ] {
            assert_eq!(without_user(place), told);
        }
    }

    #[test]
    fn every_source_that_reads_mails_is_searched_for() {
        for (domain, source) in [
            ("alert.indeed.com", "indeed"),
            ("indeedemail.com", "indeed"),
            ("linkedin.com", "linkedin"),
            ("mail.glassdoor.co.uk", "glassdoor"),
            ("connect.dice.com", "dice"),
            ("monster.de", "monster"),
        ] {
            let found = mail::source_of(&mail::Mail { from: format!("a@{domain}"), ..mail::Mail::default() });
            assert_eq!(found, Some(source));
            assert!(SENDERS.iter().any(|sender| domain.contains(sender)), "{domain}");
        }
    }
}
