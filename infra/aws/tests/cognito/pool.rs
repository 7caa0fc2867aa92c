//! A fresh pool and app client for each test.

use std::sync::Arc;

use aws_config::BehaviorVersion;
use aws_credential_types::Credentials;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{
    PasswordPolicyType, UserPoolMfaType, UserPoolPolicyType, UsernameAttributeType,
};
use infra_aws::{Aws, AwsOptions, CognitoIdentity};
use infra_local::SqliteDocuments;
use pipeline_core::Micros;
use pipeline_core::ports::{Clock, Documents, SimulatedClock};
use pipeline_core::telemetry::Calls;
use support::servers::{self, ACCESS_KEY, REGION, SECRET_KEY};
use tempfile::TempDir;

use crate::stand_in::{Gate, gate};

/// 2026-11-23 00:00 UTC.
const START: Micros = Micros(1_795_392_000_000_000);

/// How a pool is made.
#[derive(Clone, Copy, Default)]
pub struct Made {
    /// Whether its client has a secret.
    pub secret: bool,
    /// Whether its users are named by their addresses only for logging in, and by an id otherwise.
    pub named_by_id: bool,
    /// Whether its client's refresh tokens rotate.
    pub rotation: bool,
}

/// A pool, its client, and people in it.
pub struct Pool {
    pub id: String,
    pub client: String,
    pub secret: Option<String>,
    pub made: Made,
    pub gate: Gate,
    /// The server's own interface, for what only operators do.
    pub operator: Client,
    pub aws: Aws,
    pub clock: Arc<SimulatedClock>,
    pub documents: Arc<dyn Documents>,
    _folder: TempDir,
}

impl Pool {
    pub async fn new(made: Made) -> Self {
        let server = servers::address("cognito");
        let aws = aws().await;
        let operator = Client::new(&aws.config(Some(REGION), Some(&server)));
        let id = create_pool(&operator, made).await;
        let (client, secret) = create_client(&operator, &id, made.secret).await;
        let gate = gate(&server, &client, secret.as_deref()).await;
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SimulatedClock::at(START));
        let by: Arc<dyn Clock> = clock.clone();
        let documents = Arc::new(SqliteDocuments::open(&folder.path().join("documents.sqlite"), by).unwrap());
        Self { id, client, secret, made, gate, operator, aws, clock, documents, _folder: folder }
    }

    /// The address of the pool behind its gate.
    pub fn address(&self) -> String {
        self.address_of(&self.client)
    }

    /// The same for another client.
    pub fn address_of(&self, client: &str) -> String {
        let (pool, gate, server) = (&self.id, &self.gate.address, servers::address("cognito"));
        let jwks = format!("{server}/{pool}/.well-known/jwks.json");
        format!("cognito://{pool}/{client}?endpoint={gate}&jwks={jwks}&rotation={}", self.made.rotation)
    }

    pub async fn people(&self) -> CognitoIdentity {
        self.people_at(&self.address(), self.secret.clone()).await
    }

    pub async fn people_at(&self, address: &str, secret: Option<String>) -> CognitoIdentity {
        let (documents, clock) = (self.documents.clone(), self.clock.clone());
        CognitoIdentity::open(&self.aws, address, secret, documents, clock).await.unwrap()
    }
}

async fn aws() -> Aws {
    let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test");
    let loader = aws_config::defaults(BehaviorVersion::latest()).credentials_provider(credentials);
    Aws::load_from(loader, &AwsOptions::default(), Arc::new(Calls::default())).await
}

async fn create_pool(operator: &Client, made: Made) -> String {
    let rules = PasswordPolicyType::builder().minimum_length(12).require_lowercase(false).require_uppercase(false);
    let rules = rules.require_numbers(false).require_symbols(false).build();
    let mut request = operator.create_user_pool().pool_name(servers::unique("waypost"));
    request = request.policies(UserPoolPolicyType::builder().password_policy(rules).build());
    request = request.mfa_configuration(UserPoolMfaType::Optional);
    if made.named_by_id {
        request = request.username_attributes(UsernameAttributeType::Email);
    }
    request.send().await.unwrap().user_pool.unwrap().id.unwrap()
}

async fn create_client(operator: &Client, pool: &str, secret: bool) -> (String, Option<String>) {
    let request = operator.create_user_pool_client().user_pool_id(pool).client_name("waypost").generate_secret(secret);
    let client = request.send().await.unwrap().user_pool_client.unwrap();
    (client.client_id.unwrap(), client.client_secret.filter(|_| secret))
}
