//! Looking OpenSearch over.

use ::opensearch::http::Method;
use async_trait::async_trait;
use pipeline_core::ports::{Probe, Search as _};
use pipeline_core::{Error, ErrorKind, Result};

use super::OpenSearchIndex;
use super::cluster::Request;
use super::generations::stamp;

/// The oldest major version that will do.
const OLDEST: u64 = 2;

#[async_trait]
impl Probe for OpenSearchIndex {
    async fn probe(&self) -> Result<String> {
        let seen = if self.serverless { "opensearch serverless".to_owned() } else { self.check_cluster().await? };
        self.check_permission().await?;
        let generations = self.sealed_generations().await?.len();
        let answering = self.current().await?.unwrap_or_else(|| "none".to_owned());
        Ok(format!("{seen} at {}, {generations} generations, {answering} answers", self.cluster.name))
    }
}

impl OpenSearchIndex {
    /// Whether it is OpenSearch, of a version that will do, and whole.
    async fn check_cluster(&self) -> Result<String> {
        let info = Request::new("Info", Method::Get, "/").tries(3);
        let info = self.cluster.send(&info).await?.done(|| format!("cannot look at {}", self.cluster.name))?;
        let version = info["version"]["number"].as_str().unwrap_or("unknown").to_owned();
        let major: u64 = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or_default();
        if info["version"]["distribution"].as_str() != Some("opensearch") || major < OLDEST {
            return Err(Error::unsupported(format!("{} is not opensearch {OLDEST} or newer", self.cluster.name))
                .because(format!("it is of version {version}"))
                .hint("upgrade the domain, and leave the compatibility mode with Elasticsearch off"));
        }
        let health = Request::new("ClusterHealth", Method::Get, "/_cluster/health").tries(3);
        let health = match self.cluster.send(&health).await {
            Ok(answer) => answer.done(|| format!("cannot look at {}", self.cluster.name))?,
            // Who may use indexes need not be allowed to watch the cluster.
            Err(error) if error.kind() == ErrorKind::Denied => return Ok(format!("opensearch {version}")),
            Err(error) => return Err(error),
        };
        let status = health["status"].as_str().unwrap_or("unknown");
        if status == "red" {
            return Err(Error::unavailable(format!("the cluster at {} is red: shards are missing", self.cluster.name))
                .hint("see `GET _cluster/allocation/explain`"));
        }
        Ok(format!("opensearch {version} ({status})"))
    }

    /// Whether indexes can be made and removed.
    async fn check_permission(&self) -> Result<()> {
        let index = format!("{}-probe~{}", self.prefix, stamp());
        let create = Request::new("CreateIndex", Method::Put, format!("/{index}")).tries(3);
        let made = match self.cluster.send(&create).await {
            Ok(answer) if answer.exists_already() => Ok(()),
            Ok(answer) => answer.done(|| format!("cannot make an index of {}", self.prefix)).map(drop),
            Err(error) if error.kind() == ErrorKind::Denied => {
                let needed = if self.serverless {
                    "aoss:CreateIndex, aoss:DeleteIndex, aoss:UpdateIndex, aoss:DescribeIndex, aoss:ReadDocument and \
                     aoss:WriteDocument in the collection's data access policy"
                } else {
                    "indices:admin/create and the rest of indices_all, and es:ESHttp* in the domain's access policy,"
                };
                Err(error.hint(format!("allow {needed} on {}-*", self.prefix)))
            }
            Err(error) => Err(error),
        };
        made?;
        self.delete_index(&index).await
    }
}
