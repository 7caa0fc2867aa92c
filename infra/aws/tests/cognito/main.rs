//! Every promise of the identity port over Cognito's stand-in, by clients of three sorts, and what is Cognito's own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod own;
mod pool;
mod stand_in;
mod tokens;

use std::sync::Arc;

use conformance::identity::People;
use infra_local::SystemClock;

use crate::pool::{Made, Pool};
use crate::stand_in::CODE;

/// A client without a secret, in a pool whose users have an id of their own.
mod named_by_id {
    use super::*;

    conformance::identity!(people(Made { named_by_id: true, ..Made::default() }).await);
}

/// A client with a secret, in a pool whose users are named by their addresses.
mod with_a_secret {
    use super::*;

    conformance::identity!(people(Made { secret: true, ..Made::default() }).await);
}

/// A client with a secret whose refresh tokens rotate.
mod rotating {
    use super::*;

    conformance::identity!(people(Made { secret: true, rotation: true, ..Made::default() }).await);
}

async fn people(made: Made) -> People {
    let pool = Pool::new(made).await;
    People {
        port: Arc::new(pool.people().await),
        documents: pool.documents.clone(),
        clock: pool.clock.clone(),
        token_clock: Arc::new(SystemClock),
        tokens_age_elsewhere: Some("Cognito dates its tokens by its own clock"),
        code: Some(CODE),
        never_challenges: None,
        keep: Box::new(pool),
    }
}
