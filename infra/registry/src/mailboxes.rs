//! Mailboxes, by their addresses: an IMAP server, or any store of objects that receives mail.

use std::sync::Arc;

use async_trait::async_trait;
use futures::TryStreamExt as _;
use infra_net::ImapMailbox;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use pipeline_core::error::Context as _;
use pipeline_core::ports::{Letter, Listed, MOST_LETTERS, Mailbox};
use pipeline_core::telemetry::Calls;
use pipeline_core::{Day, Error, ErrorKind, Micros, Result};

use crate::addresses::{Addresses, path, scheme};
use crate::open::{Opener, Options};

/// Most objects of a listing that are looked at.
const MOST_LISTED: usize = MOST_LETTERS * 10;

#[cfg(feature = "aws")]
const KNOWN: &str = "imaps://USER@HOST/FOLDER, file:///path, s3://BUCKET/PREFIX";
#[cfg(not(feature = "aws"))]
const KNOWN: &str = "imaps://USER@HOST/FOLDER, file:///path; build with `--features aws` for s3://BUCKET/PREFIX";

/// Opens the mailbox at `address`: `imaps://USER@HOST/FOLDER` (secrets `user` and `password` of `mail`), `file:///path`,
/// or `s3://BUCKET/PREFIX` as for tables. Nothing in it is ever changed.
///
/// # Errors
/// `Config` for an address that no mailbox answers to, `NotFound` for a folder that is not there.
pub async fn open_mailbox(address: &str, addresses: &Addresses, options: &Options) -> Result<Arc<dyn Mailbox>> {
    match scheme(address) {
        "imaps" => {
            let secret = |name| options.secret("mail", name);
            Ok(Arc::new(ImapMailbox::open(address, secret("user"), secret("password"))?))
        }
        "file" => {
            let folder = path("mail", address)?;
            let store = LocalFileSystem::new_with_prefix(&folder)
                .context(ErrorKind::NotFound, || format!("there is no folder {}", folder.display()))?;
            Ok(Arc::new(ObjectMailbox { store: Arc::new(store) }))
        }
        "s3" => {
            let addresses = Addresses { objects: address.to_owned(), ..addresses.clone() };
            let mut opener = Opener::new(&addresses, options, Arc::new(Calls::default()));
            Ok(Arc::new(ObjectMailbox { store: opener.objects().await? }))
        }
        // The rest of the address may name a person.
        other => {
            Err(Error::config(format!("no mailbox answers to {other}://")).hint(format!("this build knows {KNOWN}")))
        }
    }
}

/// A store whose objects are mails, or files of many.
#[derive(Debug)]
struct ObjectMailbox {
    store: Arc<dyn ObjectStore>,
}

#[async_trait]
impl Mailbox for ObjectMailbox {
    /// Objects by their time and name; who sent them stands in them.
    async fn list(&self, since: Option<Day>, _: &[&str]) -> Result<Listed> {
        let mut found = Vec::new();
        let mut objects = self.store.list(None);
        let away = || "the objects of the mailbox cannot be listed";
        while let Some(object) = objects.try_next().await.context(ErrorKind::Unavailable, away)? {
            let time = Micros(object.last_modified.timestamp_micros());
            // A mail is sent before it is put here.
            let is_old = since.is_some_and(|since| time.day() < since);
            let is_hidden = object.location.filename().is_none_or(|name| name.starts_with(['.', '_']));
            if !is_old && !is_hidden {
                found.push((time, object.location.to_string()));
            }
            if found.len() >= MOST_LISTED {
                break;
            }
        }
        found.sort();
        Ok(Listed::of(found.into_iter().map(|(_, id)| id).collect()))
    }

    async fn take(&self, id: &str, max_bytes: u64) -> Result<Letter> {
        let away = || "an object of the mailbox cannot be read";
        let location = Path::parse(id).context(ErrorKind::Invalid, away)?;
        let object = match self.store.get(&location).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(Letter::Gone),
            object => object.context(ErrorKind::Unavailable, away)?,
        };
        if object.meta.size > max_bytes {
            return Ok(Letter::TooLarge);
        }
        Ok(Letter::Whole(object.bytes().await.context(ErrorKind::Unavailable, away)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn objects_are_letters_and_a_missing_folder_is_not_made() {
        let folder = std::env::temp_dir().join(format!("waypost-mailbox-{}", std::process::id()));
        let address = format!("file://{}", folder.display());
        let addresses = Addresses::embedded(&folder).expect("addresses");
        let options = Options::default();
        let error = open_mailbox(&address, &addresses, &options).await.err().expect("no folder");
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(!folder.exists());

        std::fs::create_dir_all(folder.join("new")).expect("a folder");
        for (name, body) in [("new/one #1.eml", "From: a"), ("new/.hidden", "x"), ("two.mbox", "From b")] {
            std::fs::write(folder.join(name), body).expect("a file");
        }
        let mailbox = open_mailbox(&address, &addresses, &options).await.expect("a mailbox");
        let mut ids = mailbox.list(None, &["indeed"]).await.expect("listed").ids;
        ids.sort();
        assert_eq!(ids, ["new/one #1.eml", "two.mbox"]);
        assert_eq!(mailbox.take("two.mbox", 6).await.expect("read"), Letter::Whole("From b".into()));
        assert_eq!(mailbox.take(&ids[0], 100).await.expect("read"), Letter::Whole("From: a".into()));
        assert_eq!(mailbox.take("two.mbox", 5).await.expect("read"), Letter::TooLarge);
        assert_eq!(mailbox.take("three.mbox", 5).await.expect("read"), Letter::Gone);
        let never: Day = "2999-01-01".parse().expect("a day");
        assert_eq!(mailbox.list(Some(never), &[]).await.expect("listed"), Listed::default());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
