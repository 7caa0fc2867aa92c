//! One suite per port: every promise of the port's documentation is a named test, run over every backend.
//!
//! A backend invokes the suite of its port once, with an expression that makes a fresh backend, and gets one `#[test]`
//! per promise in a module called after the port:
//!
//! ```ignore
//! conformance::documents!(make_documents().await);
//! ```
//!
//! The expression is evaluated anew for each test, inside an async block, and gives a [`Subject`], or [`identity::People`] for
//! the identity port.

// The purpose of each test is its name; a suite is a list of such names.
#![expect(missing_docs, reason = "a promise is documented by the name of its function")]

pub mod clock;
pub mod documents;
pub mod identity;
pub mod model;
pub mod queue;
pub mod search;

use std::any::Any;
use std::future::Future;
use std::sync::Arc;

use pipeline_core::ports::Clock;
use pipeline_core::{ErrorKind, Result};

/// A backend under test.
pub struct Subject<P: ?Sized> {
    /// The backend: fresh, and nobody else's.
    pub port: Arc<P>,
    /// The clock that the backend lives by. The suite waits on it, so a simulated one makes the tests fast.
    pub clock: Arc<dyn Clock>,
    /// What must live as long as the backend, such as its folder.
    pub keep: Box<dyn Any + Send + Sync>,
}

/// Runs one promise to its end.
///
/// # Panics
/// When it is broken.
pub fn run(promise: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime for the test").block_on(promise);
}

/// Requires that `result` is a failure of `kind`.
#[track_caller]
fn refused<T>(result: Result<T>, kind: ErrorKind) {
    match result {
        Ok(_) => panic!("it succeeded where {kind:?} was promised"),
        Err(error) => assert_eq!(error.kind(), kind, "{error:?}"),
    }
}

/// Lists the promises of a port and makes the macro that runs them all. `$d` is a dollar sign, which a macro that makes
/// a macro cannot write.
macro_rules! suite {
    ($d:tt $port:ident: $($promise:ident,)+) => {
        /// The promises of the port, by name.
        pub const PROMISES: &[&str] = &[$(stringify!($promise)),+];

        /// One test per promise of the port over the backend that `$make` gives.
        #[macro_export]
        macro_rules! $port {
            ($d make:expr) => {
                mod $port {
                    use super::*;

                    $(
                        #[test]
                        fn $promise() {
                            $crate::run(async {
                                let subject = $d make;
                                $crate::$port::$promise(&subject).await;
                            });
                        }
                    )+
                }
            };
        }
    };
}
use suite;
