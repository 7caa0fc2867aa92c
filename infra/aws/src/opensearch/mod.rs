//! Search in OpenSearch, on a domain, a cluster of one's own or Serverless: an index per generation, switched by an
//! alias or, where there are none, by a document that names the current one.

mod bulk;
mod cluster;
mod generations;
mod own;
mod place;
mod probe;
mod query;
mod roles;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use pipeline_core::Result;
use pipeline_core::ports::{Documents, Hits, IndexedRole, OwnHits, OwnQuery, OwnWrite, Search, SearchQuery};

use self::cluster::Cluster;
use self::generations::Building;
use self::place::Place;

/// Finds roles with OpenSearch. Any number of processes may read and write at once; one builds a generation at a time.
pub struct OpenSearchIndex {
    cluster: Cluster,
    /// Starts the names of all indexes, and is the alias of the one that answers.
    prefix: String,
    /// Copies of each sealed generation.
    replicas: u32,
    /// Whether it is Serverless, which refreshes when it likes and knows neither aliases nor settings of indexes.
    serverless: bool,
    documents: Arc<dyn Documents>,
    building: Mutex<BTreeMap<String, Building>>,
    own_made: AtomicBool,
}

impl OpenSearchIndex {
    /// Uses the cluster at `address`: `opensearch+https://HOST[:PORT]/PREFIX`, or `opensearch+http://` in private networks,
    /// with the parameters `auth` (`none`, `basic` or `sigv4`), `user`, `service` (`es` or `aoss`), `region` and
    /// `replicas`. `password` is that of `user`. `documents` names the current generation where there are no aliases.
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// `Config` for an address that cannot be used.
    pub async fn open(
        aws: &crate::Aws,
        address: &str,
        password: Option<String>,
        documents: Arc<dyn Documents>,
    ) -> Result<Self> {
        let place = Place::read(address)?;
        Ok(Self {
            cluster: Cluster::new(aws, &place, password)?,
            prefix: place.prefix,
            replicas: place.replicas,
            serverless: place.serverless,
            documents,
            building: Mutex::default(),
            own_made: AtomicBool::new(false),
        })
    }
}

impl fmt::Debug for OpenSearchIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenSearchIndex").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

#[async_trait]
impl Search for OpenSearchIndex {
    async fn begin(&self, generation: &str) -> Result<()> {
        self.begin_generation(generation).await
    }

    async fn add(&self, generation: &str, roles: Vec<IndexedRole>) -> Result<()> {
        self.add_roles(generation, roles).await
    }

    async fn seal(&self, generation: &str) -> Result<u64> {
        self.seal_generation(generation).await
    }

    async fn activate(&self, generation: &str) -> Result<()> {
        self.activate_generation(generation).await
    }

    async fn current(&self) -> Result<Option<String>> {
        Ok(self.answering().await?.map(|slot| slot.generation))
    }

    async fn generations(&self) -> Result<Vec<String>> {
        self.sealed_generations().await
    }

    async fn drop_generation(&self, generation: &str) -> Result<()> {
        self.remove_generation(generation).await
    }

    async fn query(&self, query: &SearchQuery) -> Result<Hits> {
        self.find_roles(query).await
    }

    async fn write_own(&self, writes: Vec<OwnWrite>) -> Result<Vec<(usize, String)>> {
        self.write_items(&writes).await
    }

    async fn find_own(&self, query: &OwnQuery) -> Result<OwnHits> {
        self.find_items(query).await
    }
}
