//! Looking the pool over: are its keys there, and does the app client let people log in with a password?

use async_trait::async_trait;
use pipeline_core::ports::{Identity as _, Probe};
use pipeline_core::{Error, ErrorKind, Result};

use super::people::CognitoIdentity;

/// Nobody's address: RFC 2606, section 2.
const NOBODY: &str = "waypost-doctor@nobody.invalid";

#[async_trait]
impl Probe for CognitoIdentity {
    async fn probe(&self) -> Result<String> {
        let jwks = self.jwks().await?;
        let keys = jwks["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
        let usable = keys.iter().filter(|key| key["kty"] == "RSA" && key["kid"].is_string()).count();
        if usable == 0 {
            return Err(Error::config("the user pool publishes no key that verifies its tokens").hint("check jwks="));
        }
        match self.initiate(NOBODY, "a password of nobody").await {
            Err(error) if error.kind() == ErrorKind::Unauthenticated => {}
            Err(error) => return Err(error),
            Ok(_) => return Err(Error::config("the user pool lets nobody's address in")),
        }
        let rotation = if self.rotates() { "refresh tokens rotate" } else { "refresh tokens stay" };
        Ok(format!("user pool {} with {usable} keys, {rotation}", self.pool()))
    }
}
