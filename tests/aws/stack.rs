//! A stack of AWS's services for one test: names of its own on the servers that are shared.

use std::path::Path;

use infra_registry::{Addresses, Backends, Options};
use serde_json::{Value, json};
use support::servers::{REGION, address, unique};

/// Where each service is reached; a test puts a proxy in between by changing one.
#[derive(Clone, Debug)]
pub struct Stack {
    pub name: String,
    pub s3: String,
    pub dynamodb: String,
    pub opensearch: String,
    pub sqs: String,
    pub cognito: String,
    pub pool: String,
    pub client: String,
    /// Further lines of the configuration.
    pub more: String,
}

impl Stack {
    /// A stack that nothing was put into yet.
    pub fn new() -> Self {
        let cognito = address("cognito");
        let (pool, client) = pool(&cognito);
        Self {
            name: unique("wp"),
            s3: address("s3"),
            dynamodb: address("dynamodb"),
            opensearch: address("opensearch"),
            sqs: address("sqs"),
            cognito,
            pool,
            client,
            more: String::new(),
        }
    }

    /// The addresses of its backends.
    pub fn addresses(&self) -> Addresses {
        let Self { name, s3, dynamodb, opensearch, sqs, cognito, pool, client, .. } = self;
        let host = opensearch.trim_start_matches("http://");
        Addresses {
            objects: format!("s3://{name}/lake?endpoint={s3}&create=true"),
            documents: format!("dynamodb://{name}?endpoint={dynamodb}&create=true"),
            search: format!("opensearch+http://{host}/{name}?auth=none"),
            queue: format!("sqs://{name}?endpoint={sqs}&create=true"),
            identity: format!(
                "cognito://{pool}/{client}?endpoint={cognito}&jwks={cognito}/{pool}/.well-known/jwks.json"
            ),
            model: "none".to_owned(),
        }
    }

    /// The configuration file that names them.
    pub fn config(&self) -> String {
        let mut config = "[backends]\n".to_owned();
        for (port, address) in self.addresses().list() {
            config.push_str(&format!("{port} = {address:?}\n"));
        }
        format!("{config}\n[aws]\nregion = \"{REGION}\"\n\n{}", self.more)
    }

    /// Its backends, to look into.
    pub async fn backends(&self) -> Backends {
        let options = Options { region: Some(REGION.to_owned()), ..Options::default() };
        Backends::open(&self.addresses(), &options).await.unwrap()
    }
}

/// The embedded backends of a program's folder, to look into.
pub async fn embedded(folder: &Path) -> Backends {
    Backends::open(&Addresses::embedded(&folder.join("data")).unwrap(), &Options::default()).await.unwrap()
}

/// Runs what looks into backends. Credentials come from the environment, which `tests/aws.sh` sets for the tests, too.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

/// A user pool and its client.
fn pool(cognito: &str) -> (String, String) {
    let pool = cognito_call(
        cognito,
        "CreateUserPool",
        &json!({"PoolName": unique("wp"), "UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}),
    );
    let pool = pool["UserPool"]["Id"].as_str().unwrap().to_owned();
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let client = json!({"UserPoolId": pool, "ClientName": "waypost", "ExplicitAuthFlows": flows});
    let client = cognito_call(cognito, "CreateUserPoolClient", &client);
    (pool, client["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned())
}

fn cognito_call(cognito: &str, operation: &str, body: &Value) -> Value {
    let target = format!("AWSCognitoIdentityProviderService.{operation}");
    let credential = format!("Credential=testkey/20261123/{REGION}/cognito-idp/aws4_request");
    let request = reqwest::Client::new()
        .post(cognito)
        .header("x-amz-target", target)
        .header("content-type", "application/x-amz-json-1.1")
        .header("authorization", format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"))
        .body(body.to_string());
    let answer = block_on(async { request.send().await.unwrap().bytes().await.unwrap() });
    serde_json::from_slice(&answer).unwrap()
}
