//! Where each backend is, as the configuration says it.

use std::path::{Path, PathBuf};

use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Result};
use url::Url;

/// Where each backend is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// `file:///path` or `s3://BUCKET/PREFIX`.
    pub objects: String,
    /// `sqlite:///path` or `dynamodb://TABLE`.
    pub documents: String,
    /// `tantivy:///path` or `opensearch+https://HOST/PREFIX`.
    pub search: String,
    /// `sqlite:///path` or `sqs://PREFIX`.
    pub queue: String,
    /// `local:///path` or `cognito://POOL/CLIENT`.
    pub identity: String,
    /// `none`, `bedrock://MODEL` or `openai+https://HOST/v1?model=NAME`.
    pub model: String,
}

impl Addresses {
    /// The embedded backends under `data_dir`.
    ///
    /// # Errors
    /// `Config` when the folder cannot be made into an address.
    pub fn embedded(data_dir: &Path) -> Result<Self> {
        let absolute = std::path::absolute(data_dir)
            .context(ErrorKind::Config, || format!("data folder {} has no absolute path", data_dir.display()))?;
        let address = |scheme: &str, name: &str| -> Result<String> {
            let path = absolute.join(name);
            let url = Url::from_file_path(&path)
                .map_err(|()| Error::config(format!("data folder {} is no usable path", path.display())))?;
            Ok(format!("{scheme}://{}", url.path()))
        };
        Ok(Self {
            objects: address("file", "lake")?,
            documents: address("sqlite", "documents.db")?,
            search: address("tantivy", "search")?,
            queue: address("sqlite", "queue.db")?,
            identity: address("local", "identity")?,
            model: "none".to_owned(),
        })
    }

    /// Port and address of each backend.
    pub fn list(&self) -> [(&'static str, &str); 6] {
        [
            ("objects", &self.objects),
            ("documents", &self.documents),
            ("search", &self.search),
            ("queue", &self.queue),
            ("identity", &self.identity),
            ("model", &self.model),
        ]
    }

    /// Whether documents are shared with other machines, so that a lease on a file says nothing.
    pub fn shared(&self) -> bool {
        scheme(&self.documents) != "sqlite"
    }
}

/// What stands before `://`, or the whole when nothing does.
pub(crate) fn scheme(address: &str) -> &str {
    address.split_once("://").map_or(address, |(scheme, _)| scheme)
}

/// The path of an embedded backend's address.
pub(crate) fn path(port: &str, address: &str) -> Result<PathBuf> {
    let known = || format!("{}:///path", scheme(address));
    let (_, rest) = address.split_once("://").ok_or_else(|| unknown(port, address, &known()))?;
    Url::parse(&format!("file://{rest}"))
        .ok()
        .and_then(|url| url.to_file_path().ok())
        .ok_or_else(|| unknown(port, address, &known()))
}

/// No backend answers to `address`.
pub(crate) fn unknown(port: &str, address: &str, known: &str) -> Error {
    // A query may hold what is nobody's business.
    let shown = address.split('?').next().unwrap_or_default();
    Error::config(format!("no backend for {port} answers to address {shown:?}"))
        .hint(format!("this build knows {known}"))
}
