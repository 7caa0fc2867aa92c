//! Serves a router on a listener until it is told to stop.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections open at the same time; further ones wait in the listener's queue.
const MAX_CONNECTIONS: usize = 1_024;
/// How long a client may take to send the head of a request, or stay silent between two.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How long requests under way may take after the stop; connections that stay open longer are cut.
const GRACE: Duration = Duration::from_secs(12);
/// Rest after the system refused a connection, usually for lack of file descriptors.
const ACCEPT_REST: Duration = Duration::from_millis(200);

/// Serves `router` on `listener` until `shutdown` completes and the requests under way are answered.
///
/// A connection that fails is that client's loss alone, so there is nothing to return.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()> + Send) {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            (stream, slot) = accept(&listener, &slots) => connect(stream, slot, router.clone(), &graceful),
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections that outlasted the stop were cut");
    }
}

/// The next connection, once there is room for it. The slot is free again when it is dropped.
async fn accept(listener: &TcpListener, slots: &Arc<Semaphore>) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there is always a slot in the end.
    let slot = slots.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _peer)) => return (stream, slot),
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "a connection could not be accepted");
                rest().await;
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a real listener rests in real time")]
async fn rest() {
    tokio::time::sleep(ACCEPT_REST).await;
}

/// Serves one connection in a task of its own.
fn connect(stream: TcpStream, slot: Option<OwnedSemaphorePermit>, router: Router, graceful: &GracefulShutdown) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(incomplete = error.is_incomplete_message(), "a connection ended early");
        }
        drop(slot);
    });
}
