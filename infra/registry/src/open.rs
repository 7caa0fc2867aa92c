//! Opening every backend.

use std::sync::Arc;

use infra_local::{SystemClock, SystemEntropy};
use object_store::ObjectStore;
use pipeline_core::ports::{Clock, Documents, Entropy, Identity, Model, Probe, Queue, Search};
use pipeline_core::telemetry::Calls;
use pipeline_core::{Error, Result};

use crate::addresses::{Addresses, scheme, unknown};
use crate::embedded;
use crate::traced::Traced;

/// Finds a secret by the names of its backend and itself.
pub type Secrets = Arc<dyn Fn(&str, &str) -> Option<String> + Send + Sync>;

/// What backends need besides their addresses.
#[derive(Clone, Default)]
pub struct Options {
    /// Dates everything; the system's clock when it is `None`.
    pub clock: Option<Arc<dyn Clock>>,
    /// Region of AWS; `None` asks the SDK's chain.
    pub region: Option<String>,
    /// Profile of AWS; `None` asks the SDK's chain.
    pub profile: Option<String>,
    /// Finds secrets, such as `password` of `opensearch`.
    pub secrets: Option<Secrets>,
}

impl Options {
    pub(crate) fn secret(&self, backend: &str, name: &str) -> Option<String> {
        self.secrets.as_ref().and_then(|secrets| secrets(backend, name))
    }
}

/// A port's backend with what looks it over, where it has that.
pub(crate) type Opened<P> = (Arc<P>, Option<Arc<dyn Probe>>);

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
    /// Requests to backends over the network, by service; every attempt counts.
    pub calls: Arc<Calls>,
    /// Calls of ports, by port.
    pub port_calls: Arc<Calls>,
}

impl Backends {
    /// Opens every backend.
    ///
    /// # Errors
    /// `Config` for an address that no backend answers to, `Unavailable` when one cannot be opened.
    pub async fn open(addresses: &Addresses, options: &Options) -> Result<Self> {
        let calls = Arc::new(Calls::default());
        let mut opener = Opener::new(addresses, options, Arc::clone(&calls));
        let objects = opener.objects().await?;
        let documents = opener.documents().await?;
        let search = opener.search(&documents).await?;
        let queue = opener.queue(&documents).await?;
        let identity = opener.identity(&documents).await?;
        let model = opener.model().await?;
        let port_calls = Arc::new(Calls::default());
        let told = |port, address| (port, scheme(address), Arc::clone(&port_calls));
        Ok(Self {
            clock: opener.clock,
            entropy: opener.entropy,
            objects: traced(objects, told("objects", &addresses.objects)),
            documents: traced(documents, told("documents", &addresses.documents)),
            search: traced(search, told("search", &addresses.search)),
            queue: traced(queue, told("queue", &addresses.queue)),
            identity: traced(identity, told("identity", &addresses.identity)),
            model: traced(model, told("model", &addresses.model)),
            calls,
            port_calls,
        })
    }
}

/// Opens and looks over each backend on its own, whatever becomes of the others: port, and what was seen. A backend that
/// has nothing to say for itself gives an empty text.
pub async fn look_over(addresses: &Addresses, options: &Options) -> Vec<(&'static str, Result<String>)> {
    let mut opener = Opener::new(addresses, options, Arc::new(Calls::default()));
    let mut seen = Vec::new();
    let objects = opener.objects().await.map(drop);
    seen.push(("objects", opener.looked_over("objects", objects).await));
    let (documents, opened) = match opener.documents().await {
        Ok(documents) => (Some(documents), Ok(())),
        Err(error) => (None, Err(error)),
    };
    seen.push(("documents", opener.looked_over("documents", opened).await));
    let model = opener.model().await.map(drop);
    let model = opener.looked_over("model", model).await;
    if let Some(documents) = documents {
        let search = opener.search(&documents).await.map(drop);
        seen.push(("search", opener.looked_over("search", search).await));
        let queue = opener.queue(&documents).await.map(drop);
        seen.push(("queue", opener.looked_over("queue", queue).await));
        let identity = opener.identity(&documents).await.map(drop);
        seen.push(("identity", opener.looked_over("identity", identity).await));
    } else {
        for port in ["search", "queue", "identity"] {
            let blind = Error::unavailable(format!("{port} was not looked over, because it keeps state in documents"));
            seen.push((port, Err(blind.hint("mend documents first"))));
        }
    }
    seen.push(("model", model));
    seen
}

/// The backend with its calls told.
fn traced<P: ?Sized>(inner: Arc<P>, (port, scheme, calls): (&'static str, &str, Arc<Calls>)) -> Arc<Traced<P>> {
    Arc::new(Traced::new(inner, port, scheme, &calls))
}

/// Opens one backend after the other and keeps what they share.
pub(crate) struct Opener<'a> {
    pub(crate) addresses: &'a Addresses,
    pub(crate) options: &'a Options,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) calls: Arc<Calls>,
    probes: Vec<(&'static str, Arc<dyn Probe>)>,
    #[cfg(feature = "aws")]
    pub(crate) aws: Option<infra_aws::Aws>,
}

impl<'a> Opener<'a> {
    pub(crate) fn new(addresses: &'a Addresses, options: &'a Options, calls: Arc<Calls>) -> Self {
        Self {
            addresses,
            options,
            clock: options.clock.clone().unwrap_or_else(|| Arc::new(SystemClock)),
            entropy: Arc::new(SystemEntropy::default()),
            calls,
            probes: Vec::new(),
            #[cfg(feature = "aws")]
            aws: None,
        }
    }

    /// What the probe of `port` sees, if it could be opened and has one.
    async fn looked_over(&self, port: &str, opened: Result<()>) -> Result<String> {
        opened?;
        match self.probes.iter().find(|(probed, _)| *probed == port) {
            Some((_, probe)) => probe.probe().await,
            None => Ok(String::new()),
        }
    }

    fn keep<P: ?Sized>(&mut self, port: &'static str, (backend, probe): Opened<P>) -> Arc<P> {
        self.probes.extend(probe.map(|probe| (port, probe)));
        backend
    }

    pub(crate) async fn objects(&mut self) -> Result<Arc<dyn ObjectStore>> {
        let address = self.addresses.objects.as_str();
        let opened = match scheme(address) {
            "file" => embedded::objects(address)?,
            #[cfg(feature = "aws")]
            "s3" => self.s3(address).await?,
            _ => return Err(unknown("objects", address, KNOWN_OBJECTS)),
        };
        Ok(self.keep("objects", opened))
    }

    async fn documents(&mut self) -> Result<Arc<dyn Documents>> {
        let address = self.addresses.documents.as_str();
        let opened = match scheme(address) {
            "sqlite" => embedded::documents(address, &self.clock)?,
            #[cfg(feature = "aws")]
            "dynamodb" => self.dynamodb(address).await?,
            _ => return Err(unknown("documents", address, KNOWN_DOCUMENTS)),
        };
        Ok(self.keep("documents", opened))
    }

    #[cfg_attr(not(feature = "aws"), expect(unused_variables, reason = "the embedded index keeps its own state"))]
    async fn search(&mut self, documents: &Arc<dyn Documents>) -> Result<Arc<dyn Search>> {
        let address = self.addresses.search.as_str();
        let opened = match scheme(address) {
            "tantivy" => embedded::search(address)?,
            #[cfg(feature = "aws")]
            "opensearch+http" | "opensearch+https" => self.opensearch(address, documents).await?,
            _ => return Err(unknown("search", address, KNOWN_SEARCH)),
        };
        Ok(self.keep("search", opened))
    }

    #[cfg_attr(not(feature = "aws"), expect(unused_variables, reason = "the embedded queue keeps its own state"))]
    async fn queue(&mut self, documents: &Arc<dyn Documents>) -> Result<Arc<dyn Queue>> {
        let address = self.addresses.queue.as_str();
        let opened = match scheme(address) {
            "sqlite" => embedded::queue(address, &self.clock)?,
            #[cfg(feature = "aws")]
            "sqs" => self.sqs(address, documents).await?,
            _ => return Err(unknown("queue", address, KNOWN_QUEUE)),
        };
        Ok(self.keep("queue", opened))
    }

    async fn identity(&mut self, documents: &Arc<dyn Documents>) -> Result<Arc<dyn Identity>> {
        let address = self.addresses.identity.as_str();
        let opened = match scheme(address) {
            "local" => embedded::identity(address, documents, &self.clock, &self.entropy)?,
            #[cfg(feature = "aws")]
            "cognito" => self.cognito(address, documents).await?,
            _ => return Err(unknown("identity", address, KNOWN_IDENTITY)),
        };
        Ok(self.keep("identity", opened))
    }

    async fn model(&mut self) -> Result<Arc<dyn Model>> {
        let address = self.addresses.model.as_str();
        let opened = match scheme(address) {
            "none" => embedded::no_model(),
            "openai+http" | "openai+https" => embedded::openai(address, self.options, &self.clock, &self.calls)?,
            #[cfg(feature = "aws")]
            "bedrock" => self.bedrock(address).await?,
            _ => return Err(unknown("model", address, KNOWN_MODEL)),
        };
        Ok(self.keep("model", opened))
    }
}

#[cfg(feature = "aws")]
const KNOWN_OBJECTS: &str = "file:///path, s3://BUCKET/PREFIX";
#[cfg(feature = "aws")]
const KNOWN_DOCUMENTS: &str = "sqlite:///path, dynamodb://TABLE";
#[cfg(feature = "aws")]
const KNOWN_SEARCH: &str = "tantivy:///path, opensearch+https://HOST/PREFIX";
#[cfg(feature = "aws")]
const KNOWN_QUEUE: &str = "sqlite:///path, sqs://PREFIX";
#[cfg(feature = "aws")]
const KNOWN_IDENTITY: &str = "local:///path, cognito://POOL/CLIENT";
#[cfg(feature = "aws")]
const KNOWN_MODEL: &str = "none, bedrock://MODEL, openai+https://HOST/v1?model=NAME";

#[cfg(not(feature = "aws"))]
const KNOWN_OBJECTS: &str = "file:///path; build with `--features aws` for s3://BUCKET/PREFIX";
#[cfg(not(feature = "aws"))]
const KNOWN_DOCUMENTS: &str = "sqlite:///path; build with `--features aws` for dynamodb://TABLE";
#[cfg(not(feature = "aws"))]
const KNOWN_SEARCH: &str = "tantivy:///path; build with `--features aws` for opensearch+https://HOST/PREFIX";
#[cfg(not(feature = "aws"))]
const KNOWN_QUEUE: &str = "sqlite:///path; build with `--features aws` for sqs://PREFIX";
#[cfg(not(feature = "aws"))]
const KNOWN_IDENTITY: &str = "local:///path; build with `--features aws` for cognito://POOL/CLIENT";
#[cfg(not(feature = "aws"))]
const KNOWN_MODEL: &str = "none, openai+https://HOST/v1?model=NAME; build with `--features aws` for bedrock://MODEL";
