//! The client against every kind of hostile server: what it takes stays within what it was told, and it always ends.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use infra_net::{HttpFetch, Limits};
use pipeline_core::ports::{Fetch as _, FetchRequest, FetchResponse};
use pipeline_core::{ErrorKind, Result};
use support::hostile::{Kind, Server};

const LIMIT: u64 = 1 << 20;
const WHOLE: Duration = Duration::from_millis(2_000);
/// What a server may have sent before it notices that nobody listens: what the two ends of a connection hold.
const IN_FLIGHT: u64 = 12 << 20;

fn client() -> HttpFetch {
    let limits = Limits { connect: Duration::from_secs(1), idle: Duration::from_millis(700), whole: WHOLE };
    HttpFetch::allowing_loopback_for_tests(limits).expect("a client")
}

fn get(url: String) -> FetchRequest {
    FetchRequest { method: "GET", url, max_bytes: LIMIT, ..FetchRequest::default() }
}

/// What came of asking a server of `kind` for `path`, and how many bytes it sent.
async fn ask(kind: Kind, seed: u64, path: &str) -> (Result<FetchResponse>, u64) {
    let server = Server::start(kind, seed, IpAddr::V4(Ipv4Addr::LOCALHOST)).await.expect("a server");
    let result = client().fetch(&get(server.url(path))).await;
    (result, server.sent())
}

/// Memory of this process at its highest, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() * 1024
}

#[tokio::test]
async fn every_kind_ends_in_time_within_the_limit() {
    let before = peak();
    let mut asked = tokio::task::JoinSet::new();
    for &kind in Kind::HOSTILE {
        for (seed, path) in [(1, "/jobs"), (2, "/jobs"), (3, "/jobs"), (4, "/robots.txt")] {
            asked.spawn(async move {
                let began = Instant::now();
                let (result, sent) = ask(kind, seed, path).await;
                (kind, path, began.elapsed(), result, sent)
            });
        }
    }
    let mut n = 0;
    while let Some(one) = asked.join_next().await {
        let (kind, path, took, result, sent) = one.expect("no panic");
        assert!(took < WHOLE + Duration::from_secs(8), "{kind:?} {path} took {took:?}");
        match result {
            Ok(response) => assert!(response.body.len() as u64 <= LIMIT, "{kind:?} {path}"),
            Err(error) => assert!(
                matches!(error.kind(), ErrorKind::Denied | ErrorKind::Timeout | ErrorKind::Unavailable),
                "{kind:?} {path}: {error:?}"
            ),
        }
        // Interim answers are not bodies: only time ends them.
        let sends_much = matches!(kind, Kind::InformationalFlood);
        assert!(sends_much || sent < IN_FLIGHT, "{kind:?} {path} could send {sent} bytes");
        n += 1;
    }
    assert_eq!(n, Kind::HOSTILE.len() * 4);
    let grown = peak().saturating_sub(before);
    assert!(grown < 600 << 20, "{} MiB for {n} exchanges at once", grown >> 20);
}

#[tokio::test]
async fn bombs_of_every_packing_are_cut_long_before_their_end() {
    for kind in [Kind::GzipBomb, Kind::BrotliBomb, Kind::ZstdBomb, Kind::EndlessNothing] {
        let server = Server::start(kind, 1, IpAddr::V4(Ipv4Addr::LOCALHOST)).await.expect("a server");
        // The limit is far away: the ratio ends it, or that nothing comes out.
        let request = FetchRequest { max_bytes: 64 << 20, ..get(server.url("/jobs")) };
        let limits = Limits { connect: WHOLE, idle: Duration::from_secs(20), whole: Duration::from_secs(60) };
        let client = HttpFetch::allowing_loopback_for_tests(limits).expect("a client");
        let response = client.fetch(&request).await.expect("what was unpacked is kept");
        assert!(response.cut, "{kind:?}");
        assert!(response.body.len() < 34 << 20, "{kind:?} unpacked {} bytes", response.body.len());
    }
}

#[tokio::test]
async fn each_kind_of_answer_comes_to_what_it_is() {
    for (kind, expected) in [
        (Kind::GzipBomb, Ok((200, true))),
        (Kind::BrotliBomb, Ok((200, true))),
        (Kind::ZstdBomb, Ok((200, true))),
        (Kind::NestedEncodings, Err(ErrorKind::Unavailable)),
        (Kind::WrongEncoding, Err(ErrorKind::Unavailable)),
        (Kind::LengthTooLong, Err(ErrorKind::Unavailable)),
        (Kind::ContradictingLengths, Err(ErrorKind::Unavailable)),
        (Kind::NoEnd, Err(ErrorKind::Timeout)),
        (Kind::SlowHead, Err(ErrorKind::Timeout)),
        (Kind::HeaderFlood, Err(ErrorKind::Unavailable)),
        (Kind::HugeHeader, Err(ErrorKind::Unavailable)),
        (Kind::EndlessChunks, Ok((200, true))),
        (Kind::BadChunkSize, Err(ErrorKind::Unavailable)),
        (Kind::EndlessChunkSize, Err(ErrorKind::Unavailable)),
        (Kind::InformationalFlood, Err(ErrorKind::Timeout)),
        (Kind::RedirectLoop, Err(ErrorKind::Denied)),
        (Kind::RedirectChain, Err(ErrorKind::Denied)),
        (Kind::RedirectToPrivate, Err(ErrorKind::Denied)),
        (Kind::RedirectToFile, Err(ErrorKind::Denied)),
        (Kind::RedirectWithLogin, Err(ErrorKind::Denied)),
        (Kind::GigabyteOfZeros, Ok((200, true))),
        (Kind::GigabyteText, Ok((200, true))),
        (Kind::ThrottledForEver, Ok((429, false))),
        (Kind::Reset, Err(ErrorKind::Unavailable)),
        (Kind::NeverAccepts, Err(ErrorKind::Timeout)),
        (Kind::EmptyWithBody, Ok((204, false))),
        (Kind::PartOnly, Ok((206, false))),
        (Kind::NotModified, Ok((304, false))),
        (Kind::NoHead, Err(ErrorKind::Unavailable)),
        (Kind::NotHttp, Err(ErrorKind::Unavailable)),
        (Kind::Good, Ok((200, false))),
    ] {
        let (result, _) = ask(kind, 1, "/jobs").await;
        let told = result.as_ref().map(|response| (response.status, response.cut)).map_err(pipeline_core::Error::kind);
        assert_eq!(told, expected, "{kind:?}: {result:?}");
    }
}

#[tokio::test]
async fn what_speaks_no_tls_is_no_answer() {
    for kind in [Kind::Good, Kind::NotHttp, Kind::Reset, Kind::HeaderFlood, Kind::NeverAccepts] {
        let server = Server::start(kind, 1, IpAddr::V4(Ipv4Addr::LOCALHOST)).await.expect("a server");
        let url = server.url("/jobs").replace("http:", "https:");
        let error = client().fetch(&get(url)).await.expect_err("no answer");
        assert!(matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout), "{kind:?}: {error:?}");
    }
}
