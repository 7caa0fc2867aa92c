//! Counts the writes of a run over every store that it uses, and kills it at the one it is told to.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared by all wrappers of one run: whichever makes the fatal write, all of them are dead from then on.
#[derive(Clone, Debug, Default)]
pub struct Killer(Arc<State>);

#[derive(Debug, Default)]
struct State {
    writes: AtomicU64,
    is_dead: AtomicBool,
    fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    Before(u64),
    After(u64),
}

/// The process was killed here.
#[derive(Clone, Copy, Debug)]
pub struct Dead;

impl fmt::Display for Dead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the process was killed here")
    }
}

impl std::error::Error for Dead {}

impl From<Dead> for object_store::Error {
    fn from(dead: Dead) -> Self {
        Self::Generic { store: "FaultStore", source: dead.into() }
    }
}

impl From<Dead> for pipeline_core::Error {
    fn from(dead: Dead) -> Self {
        Self::internal("killed").because(dead)
    }
}

impl Killer {
    /// One that only counts.
    pub fn calm() -> Self {
        Self::default()
    }

    /// One that kills before write `n`, counted from 1: neither that write nor anything after it happens.
    pub fn before(n: u64) -> Self {
        Self::with(Fault::Before(n))
    }

    /// One that kills after write `n`, counted from 1: that write happens but is reported as failed, and nothing after
    /// it happens.
    pub fn after(n: u64) -> Self {
        Self::with(Fault::After(n))
    }

    fn with(fault: Fault) -> Self {
        Self(Arc::new(State { fault: Some(fault), ..State::default() }))
    }

    /// How many writes were asked for, the fatal one included.
    pub fn writes(&self) -> u64 {
        self.0.writes.load(Ordering::SeqCst)
    }

    /// Whether the fatal write was reached.
    pub fn is_dead(&self) -> bool {
        self.0.is_dead.load(Ordering::SeqCst)
    }

    /// Passes while nothing was killed.
    ///
    /// # Errors
    /// When it is dead.
    pub fn alive(&self) -> Result<(), Dead> {
        if self.is_dead() { Err(Dead) } else { Ok(()) }
    }

    /// Does one write, counted.
    ///
    /// # Errors
    /// Those of the write, and when it is dead.
    pub async fn write<T, E: From<Dead>>(&self, write: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        self.alive()?;
        let number = self.0.writes.fetch_add(1, Ordering::SeqCst) + 1;
        match self.0.fault {
            // Writes that run at the same time as the fatal one are lost with it.
            Some(Fault::Before(fatal)) if number >= fatal => Err(self.die().into()),
            Some(Fault::After(fatal)) if number > fatal => Err(self.die().into()),
            Some(Fault::After(fatal)) if number == fatal => {
                let _ = write.await;
                Err(self.die().into())
            }
            _ => write.await,
        }
    }

    fn die(&self) -> Dead {
        self.0.is_dead.store(true, Ordering::SeqCst);
        Dead
    }
}
