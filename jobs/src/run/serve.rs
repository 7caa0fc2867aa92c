//! `waypost serve`: the API over what the batch prepared.

use std::io::Write as _;
use std::sync::Arc;

use pipeline_core::error::Context as _;
use pipeline_core::{ErrorKind, Result};
use tokio::net::TcpListener;

use crate::app::App;
use crate::run::follow;

/// Serves until interrupted.
///
/// # Errors
/// `Unavailable` when the address cannot be listened on.
pub async fn run(app: &App, listen: Option<&str>, quiet: bool) -> Result<()> {
    let address = listen.unwrap_or(&app.config.raw.api.listen);
    let listener = TcpListener::bind(address)
        .await
        .context(ErrorKind::Unavailable, || format!("cannot listen on {address}"))
        .map_err(|error| error.hint("choose another address with --listen"))?;
    let bound = listener.local_addr().context(ErrorKind::Unavailable, || format!("cannot listen on {address}"))?;
    if !quiet {
        // The address is a kindness; serving goes on when nobody reads it.
        let _ = writeln!(std::io::stderr(), "serving http://{bound} (interrupt to stop)");
    }
    let serving = api::serve(listener, api::router(state(app)), stopped());
    if app.config.raw.api.follow {
        tokio::select! {
            () = serving => {}
            () = follow::forever(app) => {}
        }
    } else {
        serving.await;
    }
    Ok(())
}

/// What the API answers from.
pub fn state(app: &App) -> api::State {
    let backends = &app.backends;
    let keys = api::auth::KeySource::new(Arc::clone(&backends.identity), Arc::clone(&backends.clock));
    let verifier = api::auth::Verifier::new(backends.identity.issuer(), backends.identity.audience(), keys);
    api::State {
        documents: Arc::clone(&backends.documents),
        search: Arc::clone(&backends.search),
        identity: Arc::clone(&backends.identity),
        scorer: Arc::new(app.rubric()),
        resume: Arc::new(app.checker()),
        places: Arc::clone(&app.readers) as _,
        skills: Arc::clone(&app.readers) as _,
        clock: Arc::clone(&backends.clock),
        verifier,
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// Ends with the first interrupt or request to terminate.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
