//! `waypost follow`: what people change goes into the search index as it happens. `waypost serve` does the same beside the
//! API; whoever holds the lease does it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use pipeline_core::ports::Clock;
use pipeline_core::{ErrorKind, Result};
use pipeline_publish::{Followed, Follower};
use serde_json::json;

use crate::app::App;
use crate::pipeline::INTERRUPTED;
use crate::print::{self, Form};

/// The wait when nothing changed.
const IDLE: Duration = Duration::from_secs(2);
/// The wait after a failure, or when another process follows.
const AWAY: Duration = Duration::from_secs(10);
/// Idle rounds between two looks for letters that were redriven.
const ROUNDS: u32 = 15;

/// Follows until interrupted; with `once`, until nothing is left.
///
/// # Errors
/// With `once`, those of the backends and `Lease` when another process follows. Without, failures are told and waited out.
pub async fn run(app: &App, form: Form, once: bool) -> Result<()> {
    if once {
        let followed = app.leased_as("follow", "follow", drain(app)).await?;
        let document = json!({"changes": followed.changes, "indexed": followed.indexed, "buried": followed.buried});
        return print::document(form, &document, |_| {
            format!("{} changes, {} indexed, {} dead letters", followed.changes, followed.indexed, followed.buried)
        });
    }
    forever(app).await;
    Ok(())
}

/// Follows until interrupted.
pub async fn forever(app: &App) {
    let clock = app.backends.clock.as_ref();
    while !INTERRUPTED.load(Ordering::Relaxed) {
        match app.leased_as("follow", "follow", follow(app)).await {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Lease => {
                tracing::debug!("another process follows what people change");
            }
            Err(error) => tracing::warn!(error = %error.chain(), "what people change cannot be followed; trying again"),
        }
        clock.sleep(AWAY).await;
    }
}

fn follower(app: &App) -> Follower<'_> {
    let backends = &app.backends;
    Follower {
        documents: backends.documents.as_ref(),
        search: backends.search.as_ref(),
        queue: backends.queue.as_ref(),
    }
}

async fn follow(app: &App) -> Result<()> {
    let (clock, follower): (&dyn Clock, _) = (app.backends.clock.as_ref(), follower(app));
    let mut rounds = 0;
    while !INTERRUPTED.load(Ordering::Relaxed) {
        let followed = follower.step().await?;
        if followed.more {
            continue;
        }
        if rounds == 0 {
            follower.retry().await?;
        }
        rounds = (rounds + 1) % ROUNDS;
        clock.sleep(IDLE).await;
    }
    Ok(())
}

async fn drain(app: &App) -> Result<Followed> {
    let follower = follower(app);
    let mut all = follower.retry().await?;
    loop {
        let step = follower.step().await?;
        all.changes += step.changes;
        all.indexed += step.indexed;
        all.buried += step.buried;
        if !step.more {
            return Ok(all);
        }
    }
}
