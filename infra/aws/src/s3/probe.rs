//! Whether a bucket will do: reachable, allowed, and honest about conditional puts.

use async_trait::async_trait;
use futures::StreamExt as _;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStoreExt as _, PutMode};
use pipeline_core::ports::Probe;
use pipeline_core::{Error, ErrorKind, Result};

use super::S3Objects;

/// The object that is put and deleted.
const PROBE: &str = ".waypost-probe";

impl S3Objects {
    fn failed(&self, verb: &str, error: StoreError) -> Error {
        let text = error.to_string();
        let (kind, hint) = classify(&error, &text);
        let place =
            if self.prefix.is_empty() { self.bucket.clone() } else { format!("{}/{}", self.bucket, self.prefix) };
        let failure = Error::new(kind, format!("cannot {verb} s3://{place}")).because(text);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    /// A put of an object that is there already must be refused, or two writers of a table overwrite each other's commits.
    async fn refuses_second_put(&self, object: &Path) -> Result<()> {
        match self.store.put_opts(object, "probe".into(), PutMode::Create.into()).await {
            Err(StoreError::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(self.failed("put conditionally to", error)),
            Ok(_) => Err(Error::unsupported(format!("bucket {} ignores If-None-Match", self.bucket))
                .hint("tables are not safe there: concurrent writers would overwrite each other's commits")),
        }
    }
}

/// What kind of failure it is and what mends it.
fn classify(error: &StoreError, text: &str) -> (ErrorKind, Option<&'static str>) {
    const REGION: &str = "it is in another region: set region= in the address";
    const AWAY: &str = "check the endpoint in the address and the network";
    let code = text.split_once(" answers ").and_then(|(_, rest)| rest.split([';', ' ', '\n']).next());
    let hint = code.and_then(super::counted::hint);
    match (error, code) {
        (_, Some("NoSuchBucket")) => (ErrorKind::NotFound, hint),
        (_, Some("AuthorizationHeaderMalformed" | "PermanentRedirect")) => (ErrorKind::Config, Some(REGION)),
        // Of a listing that was refused, the store keeps no more than the text.
        _ if text.contains("403 Forbidden") || text.contains("401 Unauthorized") => {
            (ErrorKind::Denied, hint.or(Some("check the credentials (`aws sts get-caller-identity`) and their policy")))
        }
        _ if text.contains("redirect without LOCATION") => (ErrorKind::Config, Some(REGION)),
        (_, Some("SlowDown")) => (ErrorKind::Throttled, Some("S3 asks for fewer requests: try again later")),
        (StoreError::NotFound { .. }, _) => (ErrorKind::NotFound, hint),
        _ => (ErrorKind::Unavailable, hint.or(Some(AWAY))),
    }
}

#[async_trait]
impl Probe for S3Objects {
    async fn probe(&self) -> Result<String> {
        if let Some(Err(error)) = self.store.list(None).next().await {
            return Err(self.failed("list", error));
        }
        let object = Path::from(PROBE);
        self.store.put(&object, "probe".into()).await.map_err(|error| self.failed("write to", error))?;
        let refused = self.refuses_second_put(&object).await;
        let read = self.store.get(&object).await.map_err(|error| self.failed("read from", error));
        // It is deleted whatever came out.
        let deleted = self.store.delete(&object).await.map_err(|error| self.failed("delete from", error));
        refused?;
        read?;
        deleted?;
        Ok(format!("bucket {}, conditional puts honoured", self.bucket))
    }
}
