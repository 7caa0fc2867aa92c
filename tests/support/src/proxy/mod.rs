//! A proxy on loopback that stands between a client and a server and makes faults on command.
//!
//! It speaks HTTP/1.1, passes every header on as it came (so that signatures stay valid), keeps whole bodies in memory and
//! runs on a thread of its own, so that a test may block while it waits for a program that talks through it.
//!
//! How to add a fault: a function in `rules` that returns a closure from [`Seen`] to [`Action`].

mod body;
mod forward;
mod opensearch;
pub mod rules;
mod serve;
mod sqs;

use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;

/// A request as the proxy received it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its number, from 1, among all requests to this proxy.
    pub number: u64,
    /// `GET`, `PUT` and so on.
    pub method: String,
    /// The path, with its escapes.
    pub path: String,
    /// What follows the `?`, with its escapes; empty when there is none.
    pub query: String,
    /// Headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
}

impl Seen {
    /// The first header called `name`, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The operation of AWS's JSON protocols: what follows the dot in `X-Amz-Target`.
    pub fn target(&self) -> Option<&str> {
        self.header("x-amz-target")?.rsplit('.').next()
    }
}

/// An answer, the server's or one made up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers; the length of the body is put in by the proxy.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
}

impl Answer {
    /// An answer of `status` and media type `kind`.
    pub fn new(status: u16, kind: &str, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![("content-type".to_owned(), kind.to_owned())], body: body.into() }
    }
}

/// Changes the server's answer.
pub type Change = Box<dyn FnOnce(Answer) -> Answer + Send>;

/// What the proxy does with a request.
pub enum Action {
    /// Forwards it.
    Pass,
    /// Answers it; the server never hears of it.
    Answer(Answer),
    /// Closes the connection without an answer; the server never hears of it.
    Drop,
    /// Forwards it, and closes the connection instead of passing the answer on.
    DropAfter,
    /// Waits, then does the other thing.
    Delay(Duration, Box<Action>),
    /// Forwards it with another body, when there is one, and passes the changed answer on.
    Rewrite {
        /// The body that the server gets; `None` leaves it as it is.
        body: Option<Bytes>,
        /// What becomes of the answer.
        answer: Change,
    },
}

/// Decides what happens to each request, one at a time, in the order of their numbers.
pub type Rule = Box<dyn FnMut(&Seen) -> Action + Send>;

/// A request and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number, from 1.
    pub number: u64,
    /// `GET`, `PUT` and so on.
    pub method: String,
    /// The path, with its escapes.
    pub path: String,
    /// What follows the `?`, with its escapes.
    pub query: String,
    /// The status that the client got; `None` when its connection was closed without an answer.
    pub status: Option<u16>,
    /// Whether the server got it.
    pub forwarded: bool,
}

/// The proxy. It stops when it is dropped.
pub struct Proxy {
    address: String,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread and its owner share.
pub(crate) struct Shared {
    rule: Mutex<(u64, Rule)>,
    records: Mutex<Vec<Record>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Numbers the request and asks the rule.
    pub(crate) fn decide(&self, seen: &mut Seen) -> Action {
        let mut rule = lock(&self.rule);
        rule.0 += 1;
        seen.number = rule.0;
        (rule.1)(seen)
    }

    pub(crate) fn record(&self, seen: &Seen, status: Option<u16>, forwarded: bool) {
        lock(&self.records).push(Record {
            number: seen.number,
            method: seen.method.clone(),
            path: seen.path.clone(),
            query: seen.query.clone(),
            status,
            forwarded,
        });
    }
}

impl Proxy {
    /// A proxy before the server at `upstream`, such as `http://127.0.0.1:9000`. It passes everything on until it is given
    /// a rule.
    ///
    /// # Panics
    /// When loopback has no port left or no thread can be started.
    pub fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        let address = format!("http://{}", listener.local_addr().expect("the port"));
        let shared = Arc::new(Shared { rule: Mutex::new((0, Box::new(rules::pass()))), records: Mutex::default() });
        let (stop, stopped) = watch::channel(false);
        let (upstream, serving) = (upstream.trim_end_matches('/').to_owned(), Arc::clone(&shared));
        let thread = std::thread::Builder::new()
            .name("proxy".to_owned())
            .spawn(move || serve::run(listener, upstream, serving, stopped))
            .expect("a thread");
        Self { address, shared, stop, thread: Some(thread) }
    }

    /// Where it listens, such as `http://127.0.0.1:40001`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// From the next request on, `rule` decides.
    pub fn set(&self, rule: impl FnMut(&Seen) -> Action + Send + 'static) {
        lock(&self.shared.rule).1 = Box::new(rule);
    }

    /// From the next request on, everything is passed on.
    pub fn pass(&self) {
        self.set(rules::pass());
    }

    /// How many requests came so far, whatever became of them.
    pub fn count(&self) -> u64 {
        lock(&self.shared.rule).0
    }

    /// The requests that are done with, in the order in which they were.
    pub fn records(&self) -> Vec<Record> {
        lock(&self.shared.records).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // Its panic, if there was one, is on the test's output already.
            drop(thread.join());
        }
    }
}

#[cfg(test)]
mod tests;
