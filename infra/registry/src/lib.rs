//! From addresses to backends: the only crate that knows them all.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use infra_local::{LocalIdentity, SqliteDocuments, SqliteQueue, SystemClock, SystemEntropy, TantivySearch};
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use pipeline_core::error::Context as _;
use pipeline_core::ports::{Clock, Documents, Entropy, Identity, Model, NoModel, Queue, Search};
use pipeline_core::{Error, ErrorKind, Result};
use url::Url;

pub use infra_local::{FileLease, process_cpu_seconds};
pub use infra_net::{HttpFetch, Recorded, ReplayFetch};

/// Who issues the tokens of local people.
const LOCAL_ISSUER: &str = "urn:waypost:local";

/// Where each backend is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// `file:///path`.
    pub objects: String,
    /// `sqlite:///path`.
    pub documents: String,
    /// `tantivy:///path`.
    pub search: String,
    /// `sqlite:///path`.
    pub queue: String,
    /// `local:///path`.
    pub identity: String,
    /// `none`.
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
}

/// Every backend, opened.
#[derive(Clone)]
pub struct Backends {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Where tables lie.
    pub objects: Arc<dyn ObjectStore>,
    /// Documents.
    pub documents: Arc<dyn Documents>,
    /// The search index.
    pub search: Arc<dyn Search>,
    /// Messages.
    pub queue: Arc<dyn Queue>,
    /// People.
    pub identity: Arc<dyn Identity>,
    /// The language model.
    pub model: Arc<dyn Model>,
}

impl Backends {
    /// Opens every backend; `clock` dates everything, the system's when it is `None`.
    ///
    /// # Errors
    /// `Config` for an address that no backend answers to, `Unavailable` when one cannot be opened.
    pub fn open(addresses: &Addresses, clock: Option<Arc<dyn Clock>>) -> Result<Self> {
        let clock = clock.unwrap_or_else(|| Arc::new(SystemClock));
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::default());
        let documents: Arc<dyn Documents> =
            Arc::new(SqliteDocuments::open(&path("documents", &addresses.documents, "sqlite")?, Arc::clone(&clock))?);
        let search = TantivySearch::open(&path("search", &addresses.search, "tantivy")?)?;
        let queue = SqliteQueue::open(&path("queue", &addresses.queue, "sqlite")?, Arc::clone(&clock))?;
        let identity = LocalIdentity::open(
            &path("identity", &addresses.identity, "local")?,
            LOCAL_ISSUER,
            Arc::clone(&documents),
            Arc::clone(&clock),
            Arc::clone(&entropy),
        )?;
        let model = match addresses.model.as_str() {
            "none" => NoModel,
            other => return Err(unknown("model", other, "none")),
        };
        Ok(Self {
            objects: objects(&addresses.objects)?,
            search: Arc::new(search),
            queue: Arc::new(queue),
            identity: Arc::new(identity),
            model: Arc::new(model),
            clock,
            entropy,
            documents,
        })
    }
}

/// The object store at `address`.
///
/// # Errors
/// `Config` for an address that no backend answers to, `Unavailable` when the folder cannot be made.
pub fn objects(address: &str) -> Result<Arc<dyn ObjectStore>> {
    let folder = path("objects", address, "file")?;
    std::fs::create_dir_all(&folder)
        .context(ErrorKind::Unavailable, || format!("cannot make folder {}", folder.display()))?;
    let store = LocalFileSystem::new_with_prefix(&folder)
        .context(ErrorKind::Unavailable, || format!("cannot open folder {}", folder.display()))?;
    Ok(Arc::new(store))
}

/// The path of an address with the scheme that the embedded backend of `port` answers to.
fn path(port: &str, address: &str, scheme: &str) -> Result<PathBuf> {
    let rest = address.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://"));
    let rest = rest.ok_or_else(|| unknown(port, address, &format!("{scheme}:///path")))?;
    Url::parse(&format!("file://{rest}"))
        .ok()
        .and_then(|url| url.to_file_path().ok())
        .ok_or_else(|| unknown(port, address, &format!("{scheme}:///path")))
}

fn unknown(port: &str, address: &str, known: &str) -> Error {
    Error::config(format!("no backend for {port} answers to address {address:?}"))
        .hint(format!("this build knows {known}"))
}
