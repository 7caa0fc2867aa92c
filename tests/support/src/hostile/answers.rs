//! What each kind of server says.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::bodies::{self, GIGABYTE};
use super::{Dice, Kind};

/// Pages of a good server, and postings on each.
const PAGES: u64 = 6;
const EACH: u64 = 5;
/// Redirects of a chain.
const CHAIN: u64 = 300;

/// One connection, on which one request is answered.
pub(super) struct Talk {
    pub(super) stream: TcpStream,
    pub(super) sent: Arc<AtomicU64>,
    pub(super) dice: Dice,
}

impl Talk {
    /// Answers the request for `path`, the `number`th of this server.
    pub(super) async fn answer(&mut self, kind: Kind, path: &str, number: u64) -> io::Result<()> {
        if path.starts_with("/robots.txt") {
            self.rules(kind).await?;
        } else {
            match kind {
                Kind::Good
                | Kind::RobotsGigabyte
                | Kind::RobotsError
                | Kind::RobotsForbid
                | Kind::RobotsLoop
                | Kind::Reset
                | Kind::NeverAccepts => self.good(path).await?,
                Kind::GzipBomb
                | Kind::BrotliBomb
                | Kind::ZstdBomb
                | Kind::EndlessNothing
                | Kind::NestedEncodings
                | Kind::WrongEncoding => self.packed(kind).await?,
                Kind::NoEnd | Kind::SlowBody | Kind::SlowHead => self.slow(kind).await?,
                Kind::HeaderFlood | Kind::HugeHeader | Kind::DuplicateHeaders | Kind::InformationalFlood => {
                    self.heads(kind).await?;
                }
                Kind::EndlessChunks | Kind::BadChunkSize | Kind::EndlessChunkSize => self.chunks(kind).await?,
                Kind::RedirectLoop
                | Kind::RedirectChain
                | Kind::RedirectToPrivate
                | Kind::RedirectToFile
                | Kind::RedirectWithLogin => self.redirect(kind, path).await?,
                Kind::GigabyteOfZeros | Kind::GigabyteText => self.gigabyte(kind).await?,
                Kind::ForbiddenFlapping | Kind::ErrorFlapping if number.is_multiple_of(2) => self.good(path).await?,
                _ => {
                    let bytes = self.short(kind, path);
                    self.say(&bytes).await?;
                }
            }
        }
        self.stream.shutdown().await
    }

    async fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.sent.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    /// A page of a good server.
    async fn good(&mut self, path: &str) -> io::Result<()> {
        let number: u64 = path.rsplit_once("page=").and_then(|(_, number)| number.parse().ok()).unwrap_or(1);
        let next = (number < PAGES).then(|| format!("/jobs?page={}", number + 1));
        let body = bodies::page(number.wrapping_sub(1) * EACH, EACH, next.as_deref(), PAGES * EACH);
        self.say(&json("200 OK", body.as_bytes())).await
    }

    async fn rules(&mut self, kind: Kind) -> io::Result<()> {
        let head = |status: &str, more: &str| format!("HTTP/1.1 {status}\r\nconnection: close\r\n{more}\r\n");
        match kind {
            Kind::RobotsGigabyte => {
                self.say(head("200 OK", "content-type: text/plain\r\n").as_bytes()).await?;
                self.repeat(b"Disallow: /never\n", GIGABYTE).await
            }
            Kind::RobotsError => self.say(head("503 Busy", "content-length: 0\r\n").as_bytes()).await,
            Kind::RobotsForbid => self.say(&json("200 OK", b"User-agent: *\nDisallow: /\n")).await,
            Kind::RobotsLoop => {
                self.say(head("302 Found", "location: /robots.txt?\r\ncontent-length: 0\r\n").as_bytes()).await
            }
            _ => self.say(head("404 Not Found", "content-length: 0\r\n").as_bytes()).await,
        }
    }

    async fn packed(&mut self, kind: Kind) -> io::Result<()> {
        let (coding, body) = match kind {
            Kind::GzipBomb => ("gzip", bodies::gzip_gigabyte()),
            Kind::BrotliBomb => ("br", bodies::BROTLI_GIGABYTE.to_vec()),
            Kind::ZstdBomb => ("zstd", bodies::zstd_gigabyte()),
            Kind::EndlessNothing => ("zstd", bodies::zstd_nothing()),
            Kind::NestedEncodings => {
                ("gzip, gzip", bodies::gzip(&bodies::gzip(bodies::page(0, 3, None, 3).as_bytes())))
            }
            _ => ("gzip", bodies::page(0, 3, None, 3).into_bytes()),
        };
        self.say(format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: {coding}\r\n\r\n").as_bytes())
            .await?;
        if kind == Kind::EndlessNothing { self.repeat(&body, u64::MAX).await } else { self.say(&body).await }
    }

    async fn slow(&mut self, kind: Kind) -> io::Result<()> {
        let head = if kind == Kind::SlowHead { "HTTP/1.1 200 OK\r\nx-slow: " } else { "HTTP/1.1 200 OK\r\n\r\n{" };
        self.say(head.as_bytes()).await?;
        loop {
            let wait = if kind == Kind::NoEnd { 3_600_000 } else { self.dice.between(100, 1_000) };
            tokio::time::sleep(Duration::from_millis(wait)).await;
            self.say(b" ").await?;
        }
    }

    async fn heads(&mut self, kind: Kind) -> io::Result<()> {
        match kind {
            Kind::InformationalFlood => self.repeat(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", u64::MAX).await,
            Kind::HeaderFlood => {
                self.say(b"HTTP/1.1 200 OK\r\n").await?;
                self.repeat(b"x-more: and more and more and more\r\n", u64::MAX).await
            }
            Kind::HugeHeader => {
                self.say(b"HTTP/1.1 200 OK\r\nx-huge: ").await?;
                self.repeat(&[b'h'; 4096], 8 << 20).await?;
                self.say(b"\r\ncontent-length: 2\r\n\r\n{}").await
            }
            _ => {
                let fields: String = (0..12)
                    .map(|n| format!("content-type: text/x-{n}\r\nretry-after: {n}\r\netag: \"{n}\"\r\n"))
                    .collect();
                let body = bodies::page(0, 3, None, 3);
                self.say(format!("HTTP/1.1 200 OK\r\n{fields}content-length: {}\r\n\r\n{body}", body.len()).as_bytes())
                    .await
            }
        }
    }

    async fn chunks(&mut self, kind: Kind) -> io::Result<()> {
        self.say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
        match kind {
            Kind::EndlessChunks => {
                self.say(b"1\r\n{\r\n").await?;
                let size = self.dice.between(1, 4_000) as usize;
                let chunk = format!("{size:x}\r\n{}\r\n", " ".repeat(size));
                self.repeat(chunk.as_bytes(), u64::MAX).await
            }
            Kind::BadChunkSize => {
                let sizes = ["zz", "-1", "ffffffffffffffffff", "0x10", ""];
                let size = sizes[self.dice.between(0, sizes.len() as u64) as usize];
                self.say(format!("2\r\n{{}}\r\n{size}\r\nhello\r\n0\r\n\r\n").as_bytes()).await
            }
            _ => {
                self.say(b"2;").await?;
                self.repeat(b"name=value;", u64::MAX).await
            }
        }
    }

    async fn redirect(&mut self, kind: Kind, path: &str) -> io::Result<()> {
        let step: u64 = path.rsplit_once("step=").and_then(|(_, step)| step.parse().ok()).unwrap_or_default();
        let places: &[&str] = match kind {
            Kind::RedirectToPrivate => &[
                "http://169.254.169.254/latest/meta-data/",
                "http://10.0.0.1/",
                "http://[fd00:ec2::254]/",
                "http://0xa.0.0.1/",
                "http://192.168.257/",
                "http://[::ffff:10.0.0.1]/",
                "http://[64:ff9b::a00:1]/",
            ],
            Kind::RedirectToFile => {
                &["file:///etc/passwd", "file:/etc/passwd", "ftp://127.0.0.1/", "data:text/plain,a"]
            }
            Kind::RedirectWithLogin => &["http://user@127.0.0.1/", "//127.0.0.1:x@10.0.0.1/", "http://:p@127.0.0.1/"],
            _ => &[],
        };
        let location = match kind {
            Kind::RedirectLoop => "/jobs".to_owned(),
            Kind::RedirectChain if step < CHAIN => format!("/jobs?step={}", step + 1),
            Kind::RedirectChain => return self.good("/jobs?page=2").await,
            _ => places[self.dice.between(0, places.len() as u64) as usize].to_owned(),
        };
        let status = [301, 302, 303, 307, 308][self.dice.between(0, 5) as usize];
        let head =
            format!("HTTP/1.1 {status} X\r\nconnection: close\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
        self.say(head.as_bytes()).await
    }

    async fn gigabyte(&mut self, kind: Kind) -> io::Result<()> {
        self.say(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await?;
        if kind == Kind::GigabyteOfZeros {
            return self.repeat(&[0; 65_536], GIGABYTE).await;
        }
        self.say(br#"{"total":1,"jobs":[{"id":"1","title":""#).await?;
        self.repeat(&[b'x'; 65_536], GIGABYTE).await?;
        self.say(br#""}],"next":null}"#).await
    }

    /// Says `bytes` over and over, `most` bytes in all or until the client hangs up, as fast as a line of 1 Gbit/s.
    async fn repeat(&mut self, bytes: &[u8], most: u64) -> io::Result<()> {
        let many = bytes.repeat((65_536 / bytes.len()).max(1));
        let mut said = 0;
        while said < most {
            self.say(&many).await?;
            said += many.len() as u64;
            tokio::time::sleep(Duration::from_micros(many.len() as u64 / 125)).await;
        }
        Ok(())
    }

    /// The whole of an answer that is short.
    fn short(&mut self, kind: Kind, path: &str) -> Vec<u8> {
        let page = bodies::page(0, 3, None, 3).into_bytes();
        match kind {
            Kind::LengthTooLong => with_length(&page, page.len() as u64 + self.dice.between(1, 1 << 40)),
            Kind::LengthTooShort => with_length(&page, self.dice.between(1, page.len() as u64)),
            Kind::ContradictingLengths => {
                [b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\n", &page[..]].concat()
            }
            Kind::EndlessPages => {
                let number: u64 = path.rsplit_once("page=").and_then(|(_, n)| n.parse().ok()).unwrap_or(1);
                let next = format!("/jobs?page={}", number + 1);
                json("200 OK", bodies::page(number * 10, 10, Some(&next), 15).as_bytes())
            }
            Kind::RepeatedCursor => json("200 OK", bodies::page(0, 10, Some("/jobs"), 15).as_bytes()),
            Kind::InvalidUtf8 => json("200 OK", &spoilt(&page, &[0xff, 0xfe, 0xc0, 0x80])),
            Kind::NulBytes => json("200 OK", &spoilt(&page, &[0, 0, 0, 0])),
            Kind::DeepJson => json("200 OK", &bodies::deep_json()),
            Kind::HtmlForJson => json("200 OK", b"<!doctype html><html><body><h1>Our jobs</h1></body></html>"),
            Kind::TruncatedJson => {
                let cut = self.dice.between(1, page.len() as u64) as usize;
                json("200 OK", &page[..cut])
            }
            Kind::TruncatedListing => json("200 OK", bodies::page(0, 3, None, 900).as_bytes()),
            Kind::ErrorPage => json("200 OK", br#"{"error":"something went wrong","status":500}"#),
            Kind::ThrottledForEver => throttled("3153600000"),
            Kind::ThrottledNegative => throttled("-5"),
            Kind::ThrottledUntilPast => throttled("Wed, 21 Oct 2015 07:28:00 GMT"),
            Kind::ForbiddenFlapping => json("403 Forbidden", b"{}"),
            Kind::ErrorFlapping => {
                let status = ["500 Error", "502 Bad Gateway", "503 Busy"][self.dice.between(0, 3) as usize];
                json(status, b"{}")
            }
            Kind::EmptyWithBody => json("204 No Content", &page),
            Kind::PartOnly => json("206 Partial Content\r\ncontent-range: bytes 0-9/1000", &page[..10]),
            Kind::NotModified => json("304 Not Modified\r\netag: \"1\"", b""),
            Kind::NoHead => page,
            _ => b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(),
        }
    }
}

/// An answer of JSON.
fn json(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn with_length(body: &[u8], length: u64) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").as_bytes(), body].concat()
}

fn throttled(wait: &str) -> Vec<u8> {
    json(&format!("429 Too Many Requests\r\nretry-after: {wait}"), b"{}")
}

/// `page` with `bytes` within each title.
fn spoilt(page: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut spoilt = Vec::new();
    for byte in page {
        spoilt.push(*byte);
        if *byte == b'E' {
            spoilt.extend_from_slice(bytes);
        }
    }
    spoilt
}
