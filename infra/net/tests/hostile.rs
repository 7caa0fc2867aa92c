//! The client against a local server that misbehaves in every way it can: time and memory stay bounded.

use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use infra_net::{HttpFetch, Limits};
use pipeline_core::ports::{Fetch, FetchRequest, FetchResponse};
use pipeline_core::{Error, ErrorKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const MEGABYTE: u64 = 1024 * 1024;

/// A server on this machine, and the head and body of every request that it was sent.
struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Hands each connection to `answer` once a request has arrived, with the path that was asked.
    async fn start<F, Fut>(answer: F) -> Self
    where
        F: Fn(TcpStream, String) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_request(&mut stream).await;
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                seen.lock().expect("requests").push(request);
                tokio::spawn(answer(stream, path));
            }
        });
        Self { address, requests }
    }

    /// Answers every request with `bytes` and closes the connection.
    async fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Arc<[u8]> = bytes.into().into();
        Self::start(move |mut stream, _| {
            let bytes = Arc::clone(&bytes);
            async move {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("requests").clone()
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while !is_whole(&bytes) {
        match stream.read(&mut buffer).await {
            Ok(n) if n > 0 => bytes.extend_from_slice(&buffer[..n]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let announced = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= announced.and_then(|length| length.trim().parse().ok()).unwrap_or(0)
}

fn client(whole_ms: u64) -> HttpFetch {
    let whole = Duration::from_millis(whole_ms);
    let limits = Limits { connect: Duration::from_secs(2), idle: whole, whole };
    HttpFetch::allowing_loopback_for_tests(limits).expect("a client")
}

fn get(url: String) -> FetchRequest {
    FetchRequest { method: "GET", url, max_bytes: MEGABYTE, ..FetchRequest::default() }
}

async fn ask(request: &FetchRequest) -> Result<FetchResponse, Error> {
    client(5_000).fetch(request).await
}

fn gzip_of_zeros(length: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![0; length]).expect("gzip");
    encoder.finish().expect("gzip")
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    [b"HTTP/1.1 ", head.as_bytes(), b"\r\n\r\n", body].concat()
}

#[tokio::test]
async fn an_answer_arrives_with_its_status_fields_and_body() {
    for status in [200, 304, 404, 429, 500] {
        let head =
            format!("{status} X\r\nContent-Type: text/plain\r\nRetry-After: 7\r\nSet-Cookie: a=b\r\nContent-Length: 0");
        let server = Server::saying(answer(&head, b"")).await;
        let response = ask(&get(server.url("/"))).await.expect("every status is a success");
        assert_eq!(response.status, status);
        assert_eq!(response.header("retry-after"), Some("7"));
        assert_eq!(response.header("set-cookie"), None, "cookies are not handed on");
    }
}

#[tokio::test]
async fn the_server_is_told_who_asks_and_gets_no_cookie_back() {
    let server = Server::saying(answer("200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2", b"ok")).await;
    let client = client(5_000);
    for _ in 0..2 {
        let response = client.fetch(&get(server.url("/jobs?page=1"))).await.expect("an answer");
        assert_eq!((&response.body[..], response.cut), (&b"ok"[..], false));
    }
    for request in server.requests() {
        let request = request.to_lowercase();
        assert!(request.starts_with("get /jobs?page=1 http/1.1\r\n"), "{request}");
        assert!(request.contains("user-agent: waypost/test (+https://example.com/contact)\r\n"), "{request}");
        assert!(request.contains("accept-encoding: gzip, br, zstd, deflate\r\n"), "{request}");
        assert!(!request.contains("cookie") && !request.contains("referer"), "{request}");
    }
    assert_eq!(client.origin(), "crawl");
}

#[tokio::test]
async fn a_post_sends_its_body_and_secrets() {
    let server = Server::saying(answer("200 OK\r\nX-Echo: hush\r\nContent-Length: 0", b"")).await;
    let request = FetchRequest {
        method: "POST",
        url: server.url("/search"),
        headers: vec![("content-type".into(), "application/json".into())],
        secret_query: vec![("app_key".into(), "hush".into())],
        secret_headers: vec![("x-api-key".into(), "psst".into())],
        body: Some("{\"page\":1}".into()),
        max_bytes: MEGABYTE,
    };
    let response = ask(&request).await.expect("an answer");
    let sent = server.requests().remove(0);
    assert!(sent.starts_with("POST /search?app_key=hush HTTP/1.1\r\n"), "{sent}");
    assert!(sent.contains("x-api-key: psst\r\n") && sent.ends_with("{\"page\":1}"), "{sent}");
    assert_eq!(response.header("x-echo"), Some("***"), "a secret that the server repeats is not handed on");
}

#[tokio::test]
async fn no_error_shows_a_secret() {
    let vanished = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let broken = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").await;
    let looping = Server::saying(answer("302 Found\r\nLocation: /a?app_key=hush\r\nContent-Length: 0", b"")).await;
    for url in [format!("http://{vanished}/a"), broken.url("/a"), looping.url("/a")] {
        let mut request = get(url);
        request.secret_query = vec![("app_key".into(), "hush".into())];
        request.secret_headers = vec![("x-api-key".into(), "psst".into())];
        let error = ask(&request).await.expect_err("it must fail");
        let told = format!("{error:?} {}", error.chain());
        assert!(told.contains("http://127.0.0.1:") && told.contains("/a"), "{told}");
        assert!(!told.contains("hush") && !told.contains("psst") && !told.contains("app_key"), "{told}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_cut_there_and_told() {
    let server = Server::saying(answer("200 OK\r\nContent-Length: 10", b"0123456789")).await;
    for (limit, body, cut) in
        [(11, "0123456789", false), (10, "0123456789", false), (9, "012345678", true), (0, "", true)]
    {
        let request = FetchRequest { max_bytes: limit, ..get(server.url("/")) };
        let response = ask(&request).await.expect("an answer");
        assert_eq!((&response.body[..], response.cut), (body.as_bytes(), cut), "limit {limit}");
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_and_the_connection_dropped() {
    let (sender, closed) = tokio::sync::oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let server = Server::start(move |mut stream, _| {
        let sender = sender.lock().expect("sender").take();
        async move {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            while stream.write_all(&[b'x'; 65536]).await.is_ok() {}
            sender.map(|sender| sender.send(()));
        }
    })
    .await;
    let response = ask(&get(server.url("/"))).await.expect("an answer");
    assert_eq!((response.body.len() as u64, response.cut), (MEGABYTE, true));
    tokio::time::timeout(Duration::from_secs(2), closed).await.expect("the connection is dropped").expect("told");
}

#[tokio::test]
async fn a_gzip_bomb_counts_by_what_it_unpacks_to() {
    let bomb = gzip_of_zeros(64 * MEGABYTE as usize);
    assert!((bomb.len() as u64) < MEGABYTE, "it is small on the wire");
    let head = format!("200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}", bomb.len());
    let server = Server::saying(answer(&head, &bomb)).await;
    let response = ask(&get(server.url("/"))).await.expect("an answer");
    assert_eq!((response.body.len() as u64, response.cut), (MEGABYTE, true));
}

#[tokio::test]
async fn gzip_is_unpacked_and_broken_gzip_is_an_error() {
    let packed = gzip_of_zeros(1000);
    let server = Server::saying(answer("200 OK\r\nContent-Encoding: gzip", &packed)).await;
    let response = ask(&get(server.url("/"))).await.expect("an answer");
    assert_eq!((&response.body[..], response.header("content-encoding")), (&[0; 1000][..], None));
    for broken in [&packed[..packed.len() / 2], b"this is not gzip"] {
        let server = Server::saying(answer("200 OK\r\nContent-Encoding: gzip", broken)).await;
        let error = ask(&get(server.url("/"))).await.expect_err("it must fail");
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    }
}

#[tokio::test]
async fn an_empty_body_that_is_called_gzip_is_an_empty_body() {
    for head in ["304 X\r\nContent-Encoding: gzip", "200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0"] {
        let server = Server::saying(answer(head, b"")).await;
        let response = ask(&get(server.url("/"))).await.expect(head);
        assert!(response.body.is_empty(), "{head}");
    }
}

#[tokio::test]
async fn slow_bytes_end_with_the_whole_timeout() {
    let trickle = |head: &'static str| {
        Server::start(move |mut stream, _| async move {
            let _ = stream.write_all(head.as_bytes()).await;
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
    };
    let in_body = trickle("HTTP/1.1 200 OK\r\n\r\n").await;
    let in_head = trickle("HTTP/1.1 200 OK\r\nX-Slow: ").await;
    let silent = Server::start(|stream, _| async move {
        tokio::time::sleep(Duration::from_secs(30)).await;
        drop(stream);
    })
    .await;
    for server in [in_body, in_head, silent] {
        let started = Instant::now();
        let error = client(400).fetch(&get(server.url("/"))).await.expect_err("it must fail");
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn the_timeout_does_not_start_anew_with_a_redirect() {
    let server = Server::start(|mut stream, _| async move {
        tokio::time::sleep(Duration::from_millis(250)).await;
        let _ = stream.write_all(&answer("302 Found\r\nLocation: /\r\nContent-Length: 0", b"")).await;
    })
    .await;
    let error = client(600).fetch(&get(server.url("/"))).await.expect_err("it must fail");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_answer() {
    for head in [
        "200 OK\r\nContent-Length: 100",
        "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello",
        "200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
        "200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nhello",
    ] {
        let server = Server::saying(answer(head, b"hello")).await;
        let error = ask(&get(server.url("/"))).await.expect_err(head);
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{head}: {error:?}");
    }
}

#[tokio::test]
async fn more_bytes_than_announced_are_not_read() {
    let server = Server::saying(answer("200 OK\r\nContent-Length: 2", b"hello HTTP/1.1 200 OK\r\n\r\n")).await;
    let response = ask(&get(server.url("/"))).await.expect("an answer");
    assert_eq!(&response.body[..], b"he");
}

#[tokio::test]
async fn what_is_not_http_is_no_answer() {
    for bytes in [
        &b""[..],
        b"\0\0\0\0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: empty\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    ] {
        let server = Server::saying(bytes).await;
        let error = ask(&get(server.url("/"))).await.expect_err(&String::from_utf8_lossy(bytes));
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    }
}

#[tokio::test]
async fn endless_header_fields_are_refused() {
    let server = Server::start(|mut stream, _| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(b"x-more: and more and more and more and more\r\n").await.is_ok() {}
    })
    .await;
    let error = ask(&get(server.url("/"))).await.expect_err("it must fail");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
}

#[tokio::test]
async fn header_values_that_are_no_text_do_no_harm() {
    let server = Server::saying(&b"HTTP/1.1 200 OK\r\nX-Odd: caf\xe9\r\nContent-Length: 0\r\n\r\n"[..]).await;
    let response = ask(&get(server.url("/"))).await.expect("an answer");
    assert_eq!(response.header("x-odd"), Some("caf\u{fffd}"));
}

#[tokio::test]
async fn a_reset_connection_is_unavailable() {
    let server = Server::start(|stream, _| async move {
        stream.set_zero_linger().expect("linger");
        drop(stream);
    })
    .await;
    let error = ask(&get(server.url("/"))).await.expect_err("it must fail");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert_eq!(server.requests().len(), 1, "nothing is retried here");
}

#[tokio::test]
async fn five_redirects_are_followed_and_a_loop_is_not() {
    let server = Server::start(|mut stream, path| async move {
        let step: u32 = path.trim_start_matches("/").parse().unwrap_or(99);
        let next = match step {
            0 => answer("200 OK\r\nContent-Length: 4", b"here"),
            99 => answer("302 Found\r\nLocation: /loop\r\nContent-Length: 0", b""),
            _ => answer(&format!("302 Found\r\nLocation: {}\r\nContent-Length: 0", step - 1), b""),
        };
        let _ = stream.write_all(&next).await;
    })
    .await;
    assert_eq!(&ask(&get(server.url("/5"))).await.expect("five are followed").body[..], b"here");
    assert_eq!(ask(&get(server.url("/6"))).await.expect_err("six are not").kind(), ErrorKind::Denied);
    let before = server.requests().len();
    assert_eq!(ask(&get(server.url("/loop"))).await.expect_err("a loop is not").kind(), ErrorKind::Denied);
    assert_eq!(server.requests().len() - before, 6);
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused_before_anything_is_sent() {
    for location in [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://192.168.0.1/",
        "http://[fd00:ec2::254]/",
        "http://[::ffff:127.0.0.1]/",
        "//0x7f.1@10.0.0.1/",
        "http://example.com:6379/",
        "file:///etc/passwd",
        "http://user:pass@example.com/",
        "ftp://127.0.0.1/",
    ] {
        let server =
            Server::saying(answer(&format!("302 Found\r\nLocation: {location}\r\nContent-Length: 0"), b"")).await;
        let error = ask(&get(server.url("/"))).await.expect_err(location);
        assert_eq!(error.kind(), ErrorKind::Denied, "{location}: {error:?}");
        assert!(!error.chain().contains("pass@"), "{error:?}");
    }
}

#[tokio::test]
async fn a_redirect_without_an_address_is_an_answer() {
    let server = Server::saying(answer("302 Found\r\nContent-Length: 2", b"hm")).await;
    let response = ask(&get(server.url("/"))).await.expect("an answer");
    assert_eq!((response.status, &response.body[..]), (302, &b"hm"[..]));
}

#[tokio::test]
async fn without_the_allowance_this_machine_is_not_asked() {
    let server = Server::saying(answer("200 OK\r\nContent-Length: 0", b"")).await;
    let client = HttpFetch::new("0.1.0", "https://example.com/contact").expect("a client");
    let by_name = format!("http://localhost:{}/", server.address.port());
    for url in [server.url("/"), by_name, "http://localhost/".to_owned()] {
        let error = client.fetch(&get(url)).await.expect_err("it must be refused");
        assert_eq!(error.kind(), ErrorKind::Denied, "{error:?}");
    }
    assert!(server.requests().is_empty());
}
