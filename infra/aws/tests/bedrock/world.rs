//! A stand-in for Bedrock, a bucket, and the model that is opened on both.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_credential_types::Credentials;
use conformance::Subject;
use futures::TryStreamExt as _;
use infra_aws::{Aws, AwsOptions, Bedrock};
use infra_local::SystemClock;
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::memory::InMemory;
use object_store::prefix::PrefixStore;
use pipeline_core::ErrorKind;
use pipeline_core::ports::{Batch, BatchState, Completion, Model, Prompt};
use pipeline_core::telemetry::Calls;
use serde_json::json;
use support::bedrock::{Buckets, Failure, PROFILE, StandIn};
use support::servers::{ACCESS_KEY, REGION, SECRET_KEY, address, unique};

pub const PREFIX: &str = "matches/batches";

/// A stand-in, and the bucket that it shares with the model.
pub struct World {
    pub stand_in: StandIn,
    pub bucket: String,
    pub store: Arc<dyn ObjectStore>,
    pub calls: Arc<Calls>,
}

impl World {
    /// With a bucket in memory.
    pub async fn new() -> Self {
        Self::with("batches-in-memory".to_owned(), Arc::new(InMemory::new())).await
    }

    /// With a bucket of its own on the S3 server.
    pub async fn on_s3() -> Self {
        let (bucket, endpoint) = (unique("bedrock"), address("s3"));
        let aws = aws(Arc::default()).await;
        let config = aws_sdk_s3::config::Builder::from(&aws.config(None, Some(&endpoint))).force_path_style(true);
        let made = aws_sdk_s3::Client::from_conf(config.build()).create_bucket().bucket(&bucket).send().await;
        made.expect("a bucket on the S3 server");
        let store = AmazonS3Builder::new()
            .with_endpoint(endpoint)
            .with_allow_http(true)
            .with_bucket_name(&bucket)
            .with_region(REGION)
            .with_access_key_id(ACCESS_KEY)
            .with_secret_access_key(SECRET_KEY)
            .build();
        Self::with(bucket, Arc::new(store.unwrap())).await
    }

    pub async fn with(bucket: String, store: Arc<dyn ObjectStore>) -> Self {
        let buckets: Buckets = BTreeMap::from([(bucket.clone(), Arc::clone(&store))]);
        let stand_in = StandIn::start(buckets).await;
        stand_in.least_records(3);
        Self { stand_in, bucket, store, calls: Arc::default() }
    }

    /// The model at `id` with more parameters, opened anew as after a restart.
    pub async fn open(&self, id: &str, parameters: &str) -> Bedrock {
        let endpoint = self.stand_in.endpoint();
        let address = format!(
            "bedrock://{id}?region={REGION}&endpoint={endpoint}&control_endpoint={endpoint}&batch=s3://{}/{PREFIX}\
             &role=arn:aws:iam::123456789012:role/batch&least_batch=3{parameters}",
            self.bucket
        );
        let store = PrefixStore::new(Arc::clone(&self.store), PREFIX);
        Bedrock::open(&aws(Arc::clone(&self.calls)).await, &address, Some(Arc::new(store))).await.unwrap()
    }

    pub async fn model(&self) -> Bedrock {
        self.open(PROFILE, "").await
    }

    pub async fn subject(self) -> Subject<dyn Model> {
        let model = self.model().await;
        Subject { port: Arc::new(model), clock: Arc::new(SystemClock), keep: Box::new(self) }
    }

    /// What one prompt leads to once `failures` were met, and how many requests it took.
    pub async fn asked(&self, failures: &[(Failure, usize)]) -> (Result<Completion, ErrorKind>, usize) {
        for (failure, times) in failures {
            self.stand_in.fail("Converse", failure.clone(), *times);
        }
        let before = self.stand_in.calls("Converse");
        let result = self.open(PROFILE, "&timeout_s=20").await.complete(&prompt("Rust")).await;
        (result.map_err(|error| error.kind()), self.stand_in.calls("Converse") - before)
    }

    /// Submits a batch of three and looks at it until it has ended.
    pub async fn ended(&self, token: &str) -> (String, Option<String>, BTreeMap<String, Result<Completion, String>>) {
        let model = self.model().await;
        let id = model.submit(&batch(token)).await.unwrap();
        for _ in 0..10 {
            if let BatchState::Ended { status, message, answers } = model.batch(&id).await.unwrap() {
                return (status, message, answers);
            }
        }
        panic!("the batch did not end");
    }

    pub async fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> =
            self.store.list(None).map_ok(|object| object.location.to_string()).try_collect().await.unwrap();
        keys.sort();
        keys
    }
}

pub async fn aws(calls: Arc<Calls>) -> Aws {
    let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test");
    let loader = aws_config::defaults(aws_config::BehaviorVersion::latest()).credentials_provider(credentials);
    Aws::load_from(loader, &AwsOptions { region: Some(REGION.to_owned()), profile: None }, calls).await
}

pub fn prompt(material: &str) -> Prompt {
    Prompt {
        instructions: "Score the role.".to_owned(),
        material: material.to_owned(),
        schema: json!({"type": "object", "required": ["score"], "properties": {"score": {"type": "integer"}}}),
        max_tokens: 200,
    }
}

pub fn batch(token: &str) -> Batch {
    let prompts = ["a-1", "b-2", "c-3"].map(|id| (id.to_owned(), prompt(&format!("role {id}"))));
    Batch { token: token.to_owned(), prompts: prompts.into() }
}
