//! The backends that need no account.

use std::sync::Arc;

use infra_local::{LocalIdentity, SqliteDocuments, SqliteQueue, TantivySearch};
use infra_net::OpenAiModel;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use pipeline_core::error::Context as _;
use pipeline_core::ports::{Clock, Documents, Entropy, Identity, Model, NoModel, Queue, Search};
use pipeline_core::telemetry::Calls;
use pipeline_core::{ErrorKind, Result};

use crate::addresses::path;
use crate::open::{Opened, Options};

/// Who issues the tokens of local people.
const LOCAL_ISSUER: &str = "urn:waypost:local";

pub(crate) fn objects(address: &str) -> Result<Opened<dyn ObjectStore>> {
    let folder = path("objects", address)?;
    std::fs::create_dir_all(&folder)
        .context(ErrorKind::Unavailable, || format!("cannot make folder {}", folder.display()))?;
    let store = LocalFileSystem::new_with_prefix(&folder)
        .context(ErrorKind::Unavailable, || format!("cannot open folder {}", folder.display()))?;
    Ok((Arc::new(store), None))
}

pub(crate) fn documents(address: &str, clock: &Arc<dyn Clock>) -> Result<Opened<dyn Documents>> {
    Ok((Arc::new(SqliteDocuments::open(&path("documents", address)?, Arc::clone(clock))?), None))
}

pub(crate) fn search(address: &str) -> Result<Opened<dyn Search>> {
    Ok((Arc::new(TantivySearch::open(&path("search", address)?)?), None))
}

pub(crate) fn queue(address: &str, clock: &Arc<dyn Clock>) -> Result<Opened<dyn Queue>> {
    Ok((Arc::new(SqliteQueue::open(&path("queue", address)?, Arc::clone(clock))?), None))
}

pub(crate) fn identity(
    address: &str,
    documents: &Arc<dyn Documents>,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
) -> Result<Opened<dyn Identity>> {
    let folder = path("identity", address)?;
    let (documents, clock, entropy) = (Arc::clone(documents), Arc::clone(clock), Arc::clone(entropy));
    Ok((Arc::new(LocalIdentity::open(&folder, LOCAL_ISSUER, documents, clock, entropy)?), None))
}

pub(crate) fn no_model() -> Opened<dyn Model> {
    (Arc::new(NoModel), None)
}

pub(crate) fn openai(
    address: &str,
    options: &Options,
    clock: &Arc<dyn Clock>,
    calls: &Arc<Calls>,
) -> Result<Opened<dyn Model>> {
    let model = OpenAiModel::open(address, options.secret("openai", "key"), Arc::clone(clock), Arc::clone(calls))?;
    let model = Arc::new(model);
    Ok((Arc::clone(&model) as _, Some(model)))
}
