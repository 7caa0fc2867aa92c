//! Compressed bodies, unpacked as they arrive: no more is read, unpacked or kept than was asked for.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_compression::codecs::zstd::params::DParameter;
use async_compression::tokio::bufread::{BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _};
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _};
use tokio_util::io::StreamReader;

/// What the client says that it can unpack.
pub(crate) const ACCEPTED: &str = "gzip, br, zstd, deflate";

/// The largest window of zstd, as a power of two: 8 MiB, the most that HTTP allows (RFC 9659).
const ZSTD_WINDOW: u32 = 23;
/// A body may unpack to this many times what was sent. Lists of postings reach 20 to 40.
const MOST_TIMES: u64 = 200;
/// Up to this many unpacked bytes the ratio does not matter.
const FREE_BYTES: u64 = 1024 * 1024;
/// Bytes that may arrive beyond the limit of the unpacked body: packing can make a small body larger.
const OVERHEAD: u64 = 64 * 1024;
/// Bytes unpacked at a stretch, until other work has its turn.
const STRETCH: usize = 64 * 1024;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Plain,
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    /// What the header fields of an answer say; nothing for a packing that was not asked for, one within another
    /// included.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut named = Vec::new();
        for value in headers.get_all(CONTENT_ENCODING) {
            let names = value.to_str().ok()?.split(',').map(|name| name.trim().to_ascii_lowercase());
            named.extend(names.filter(|name| !name.is_empty() && name != "identity"));
        }
        match named.as_slice() {
            [] => Some(Self::Plain),
            [one] => match one.as_str() {
                "gzip" | "x-gzip" => Some(Self::Gzip),
                "deflate" => Some(Self::Deflate),
                "br" => Some(Self::Brotli),
                "zstd" => Some(Self::Zstd),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A body as far as it was taken.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) body: BytesMut,
    /// Whether there was more, or would have been more than is believable.
    pub(crate) cut: bool,
}

/// Takes at most `limit` unpacked bytes of `pieces`. What is over the limit is never unpacked, and a body that unpacks to
/// far more than was sent, or of which much arrives and nothing comes out, is cut like one that is too long.
///
/// # Errors
/// The error of `pieces`, within, or that the body is not packed as `coding` says.
pub(crate) async fn take<S, E>(pieces: S, coding: Coding, limit: u64) -> (Taken, io::Result<()>)
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    let arrived = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&arrived);
    let most = if coding == Coding::Plain { u64::MAX } else { limit.saturating_add(OVERHEAD) };
    let pieces = pieces.map(move |piece| {
        let piece = piece.map_err(io::Error::other)?;
        let before = counted.fetch_add(piece.len() as u64, Ordering::Relaxed);
        if before > most { Err(io::Error::other(TooMuch)) } else { Ok(piece) }
    });
    let mut taken = Taken::default();
    let result = fill(&mut taken, StreamReader::new(Box::pin(pieces)), coding, limit, &arrived).await;
    match result {
        Err(error) if error.get_ref().is_some_and(|inner| inner.is::<TooMuch>()) => {
            taken.cut = true;
            (taken, Ok(()))
        }
        result => (taken, result),
    }
}

async fn fill<R>(taken: &mut Taken, reader: R, coding: Coding, limit: u64, arrived: &AtomicU64) -> io::Result<()>
where
    R: AsyncBufRead + Send + Unpin + 'static,
{
    let Some(mut reader) = unpacking(reader, coding).await? else { return Ok(()) };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut piece = BytesMut::with_capacity(STRETCH);
    loop {
        piece.clear();
        piece.reserve(STRETCH);
        if reader.read_buf(&mut piece).await? == 0 {
            return Ok(());
        }
        let room = limit - taken.body.len();
        taken.cut = piece.len() > room;
        taken.body.extend_from_slice(piece.get(..room).unwrap_or(&piece));
        let unpacked = taken.body.len() as u64;
        if coding != Coding::Plain && unpacked > FREE_BYTES {
            taken.cut |= unpacked / MOST_TIMES > arrived.load(Ordering::Relaxed);
        }
        if taken.cut {
            return Ok(());
        }
        // A few bytes can unpack to many without any wait between.
        tokio::task::yield_now().await;
    }
}

/// The reader of what `reader` has packed; nothing for an empty body, whatever it is called.
async fn unpacking<R>(mut reader: R, coding: Coding) -> io::Result<Option<Pin<Box<dyn AsyncRead + Send>>>>
where
    R: AsyncBufRead + Send + Unpin + 'static,
{
    let start = reader.fill_buf().await?;
    let (Some(&first), second) = (start.first(), start.get(1).copied()) else { return Ok(None) };
    Ok(Some(match coding {
        Coding::Plain => Box::pin(reader),
        Coding::Gzip => {
            let mut decoder = GzipDecoder::new(reader);
            decoder.multiple_members(true);
            Box::pin(decoder)
        }
        // By the standard in zlib's frame, and without it from many a server.
        Coding::Deflate if is_zlib(first, second) => Box::pin(ZlibDecoder::new(reader)),
        Coding::Deflate => Box::pin(DeflateDecoder::new(reader)),
        // The mark of windows of up to 1 GiB, which HTTP does not have.
        Coding::Brotli if first & 0x7f == 0x11 => return Err(io::Error::from(io::ErrorKind::InvalidData)),
        Coding::Brotli => Box::pin(BrotliDecoder::new(reader)),
        Coding::Zstd => {
            let mut decoder = ZstdDecoder::with_params(reader, &[DParameter::window_log_max(ZSTD_WINDOW)]);
            decoder.multiple_members(true);
            Box::pin(decoder)
        }
    }))
}

fn is_zlib(first: u8, second: Option<u8>) -> bool {
    let sum = u32::from(first) << 8 | u32::from(second.unwrap_or_default());
    first & 0x0f == 8 && (second.is_none() || sum.is_multiple_of(31))
}

/// More has arrived than the body may have.
#[derive(Debug)]
struct TooMuch;

impl std::fmt::Display for TooMuch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("more arrives than the body may have")
    }
}

impl std::error::Error for TooMuch {}

#[cfg(test)]
mod tests {
    use super::*;

    fn coding(values: &[&str]) -> Option<Coding> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_ENCODING, value.parse().expect("a value"));
        }
        Coding::of(&headers)
    }

    #[test]
    fn one_known_packing_is_taken_and_no_other() {
        for (values, expected) in [
            (&[][..], Some(Coding::Plain)),
            (&["identity"], Some(Coding::Plain)),
            (&["GZIP"], Some(Coding::Gzip)),
            (&["x-gzip"], Some(Coding::Gzip)),
            (&["deflate"], Some(Coding::Deflate)),
            (&["br"], Some(Coding::Brotli)),
            (&["zstd, identity"], Some(Coding::Zstd)),
            (&["gzip, gzip"], None),
            (&["gzip", "br"], None),
            (&["compress"], None),
            (&["../gzip"], None),
        ] {
            assert_eq!(coding(values), expected, "{values:?}");
        }
    }

    /// `packed` in pieces of `size`, repeated for ever when `endless`.
    async fn taken(packed: &[u8], coding: Coding, limit: u64, size: usize, endless: bool) -> (Taken, io::Result<()>) {
        let pieces: Vec<Bytes> = packed.chunks(size).map(Bytes::copy_from_slice).collect();
        let times = if endless { usize::MAX } else { 1 };
        let pieces = (0..times).flat_map(move |_| pieces.clone()).map(Ok::<_, io::Error>);
        take(futures::stream::iter(pieces), coding, limit).await
    }

    #[tokio::test]
    async fn what_unpacks_to_nothing_for_ever_is_cut() {
        // A zstd frame that decoders skip, of four bytes.
        let skipped = [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, b'x', b'x', b'x', b'x'];
        let (taken, result) = taken(&skipped, Coding::Zstd, 100_000, 12, true).await;
        assert!(result.is_ok() && taken.cut && taken.body.is_empty(), "{result:?} {taken:?}");
    }

    #[tokio::test]
    async fn a_body_without_packing_is_taken_up_to_its_limit() {
        for (limit, kept, cut) in [(10, 10, false), (11, 10, false), (9, 9, true), (0, 0, true)] {
            let (taken, result) = taken(b"0123456789", Coding::Plain, limit, 3, false).await;
            assert!(result.is_ok());
            assert_eq!((taken.body.len(), taken.cut), (kept, cut), "{limit}");
        }
    }

    #[tokio::test]
    async fn windows_beyond_those_of_http_are_refused() {
        let large_brotli = [0x11, 0x1e, 0, 0, 0, 0];
        // A zstd frame that declares a window of 1 GiB.
        let large_zstd = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 0x01, 0x00, 0x00];
        for (packed, coding) in [(&large_brotli[..], Coding::Brotli), (&large_zstd, Coding::Zstd)] {
            let (_, result) = taken(packed, coding, 100, 100, false).await;
            assert!(result.is_err(), "{coding:?}");
        }
    }

    #[tokio::test]
    async fn deflate_is_read_with_and_without_its_frame() {
        // "hello" as one stored block.
        let raw = [0x01, 0x05, 0x00, 0xfa, 0xff, b'h', b'e', b'l', b'l', b'o'];
        let framed = [&[0x78, 0x01][..], &raw, &[0x06, 0x2c, 0x02, 0x15]].concat();
        for packed in [&raw[..], &framed] {
            let (taken, result) = taken(packed, Coding::Deflate, 100, 100, false).await;
            assert!(result.is_ok(), "{result:?}");
            assert_eq!(&taken.body[..], b"hello");
        }
    }
}
