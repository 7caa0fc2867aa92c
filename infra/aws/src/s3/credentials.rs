//! The SDK's credentials for the object store, which signs by itself.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use object_store::CredentialProvider;
use object_store::aws::AwsCredential;
use pipeline_core::Error;
use tokio::sync::Mutex;

/// How long before they expire credentials are fetched anew. A request is tried for two minutes with the same ones.
const EARLY: Duration = Duration::from_secs(5 * 60);
/// How long credentials without an expiry are kept: files that hold them may change.
const KEPT: Duration = Duration::from_secs(15 * 60);

/// Credentials of the chain, kept until shortly before they expire.
#[derive(Debug)]
pub(super) struct Credentials {
    chain: SharedCredentialsProvider,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    credential: Arc<AwsCredential>,
    renew_at: SystemTime,
    expires_at: Option<SystemTime>,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("renew_at", &self.renew_at).finish_non_exhaustive()
    }
}

impl Credentials {
    pub(super) fn new(chain: SharedCredentialsProvider) -> Self {
        Self { chain, kept: Mutex::new(None) }
    }
}

#[async_trait]
impl CredentialProvider for Credentials {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let mut kept = self.kept.lock().await;
        let now = SystemTime::now();
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.renew_at) {
            return Ok(Arc::clone(&kept.credential));
        }
        match self.chain.provide_credentials().await {
            Ok(fresh) => {
                let credential = Arc::new(AwsCredential {
                    key_id: fresh.access_key_id().to_owned(),
                    secret_key: fresh.secret_access_key().to_owned(),
                    token: fresh.session_token().map(str::to_owned),
                });
                let expires_at = fresh.expiry();
                let renew_at = expires_at.map_or(now + KEPT, |at| at.checked_sub(EARLY).unwrap_or(now));
                *kept = Some(Kept { credential: Arc::clone(&credential), renew_at, expires_at });
                Ok(credential)
            }
            // The old ones will do while they are valid.
            Err(error) => match kept.as_ref().filter(|kept| kept.expires_at.is_none_or(|at| now < at)) {
                Some(kept) => Ok(Arc::clone(&kept.credential)),
                None => Err(object_store::Error::Generic { store: "S3", source: Box::new(error) }),
            },
        }
    }
}

/// There is nothing to sign with.
pub(super) fn none(bucket: &str) -> Error {
    Error::config(format!("there are no credentials for bucket {bucket}"))
        .hint("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role; `aws sts get-caller-identity` shows them")
}
