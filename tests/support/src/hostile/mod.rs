//! A job source on this machine that misbehaves: in 51 named ways, each varied by a seed.
//!
//! A good server lists postings at `/jobs` as `{"total": n, "jobs": [{"id", "title"}], "next": "/jobs?page=2" | null}` and
//! has no rules at `/robots.txt`. The others do the same and something worse, see [`Kind`].

mod answers;
pub mod bodies;
mod dice;
mod kind;

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use answers::Talk;
pub use dice::Dice;
pub use kind::Kind;

/// A request as a server saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// When it was there.
    pub at: Instant,
    /// Its path and query.
    pub path: String,
}

/// A server, until it is dropped.
#[derive(Debug)]
pub struct Server {
    kind: Kind,
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    sent: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server of `kind` at a free port of `ip`, a loopback address.
    ///
    /// # Errors
    /// When no port can be had.
    ///
    /// # Panics
    /// For an address beyond this machine.
    pub async fn start(kind: Kind, seed: u64, ip: IpAddr) -> std::io::Result<Self> {
        assert!(ip.is_loopback(), "a hostile server stays on this machine");
        let listener = TcpListener::bind((ip, 0)).await?;
        let address = listener.local_addr()?;
        let (seen, sent) = (Arc::default(), Arc::default());
        let task = tokio::spawn(serve(listener, kind, seed, Arc::clone(&seen), Arc::clone(&sent)));
        Ok(Self { kind, address, seen, sent, task })
    }

    /// What it does.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The address of `path` on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Bytes that it has sent so far.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, kind: Kind, seed: u64, seen: Arc<Mutex<Vec<Seen>>>, sent: Arc<AtomicU64>) {
    if kind == Kind::NeverAccepts {
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
    // Ends with this task, and all talks with it.
    let mut talks = tokio::task::JoinSet::new();
    let mut asked = 0;
    while let Ok((mut stream, _)) = listener.accept().await {
        if kind == Kind::Reset {
            let _ = stream.set_zero_linger();
            continue;
        }
        let (seen, sent) = (Arc::clone(&seen), Arc::clone(&sent));
        asked += 1;
        let number = asked;
        while talks.try_join_next().is_some() {}
        talks.spawn(async move {
            let Some(path) = path(&mut stream).await else { return };
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(Seen { at: Instant::now(), path: path.clone() });
            let mut talk = Talk { stream, sent, dice: Dice::new(seed.wrapping_add(number)) };
            // A client that hangs up has had enough.
            let _: std::io::Result<()> = talk.answer(kind, &path, number).await;
        });
    }
}

/// The path that is asked for, once the head of the request is there.
async fn path(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut buffer = [0; 2048];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(n) if n > 0 && head.len() < 65_536 => head.extend_from_slice(&buffer[..n]),
            _ => return None,
        }
    }
    String::from_utf8_lossy(&head).split(' ').nth(1).map(str::to_owned)
}
