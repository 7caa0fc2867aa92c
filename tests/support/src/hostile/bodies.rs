//! The bodies that hostile servers send: small ones made at once, endless ones piece by piece.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

/// 1 GiB of zeros in brotli.
pub const BROTLI_GIGABYTE: &[u8] = include_bytes!("zeros.br");

/// Bytes of 1 GiB.
pub const GIGABYTE: u64 = 1 << 30;

/// A page of postings: `count` of them from number `first`, the next page, and how many there are in all.
pub fn page(first: u64, count: u64, next: Option<&str>, total: u64) -> String {
    let jobs: Vec<String> =
        (first..first + count).map(|id| format!(r#"{{"id":"{id}","title":"Engineer {id}"}}"#)).collect();
    let next = next.map_or_else(|| "null".to_owned(), |next| format!("{next:?}"));
    format!(r#"{{"total":{total},"jobs":[{}],"next":{next}}}"#, jobs.join(","))
}

/// `bytes` in gzip.
///
/// # Panics
/// Never: it writes into memory.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// 1 GiB of zeros in gzip, as 1024 members.
pub fn gzip_gigabyte() -> Vec<u8> {
    gzip(&vec![0; (GIGABYTE / 1024) as usize]).repeat(1024)
}

/// 1 GiB of zeros in Zstandard: blocks that each say `128 KiB of zero` in four bytes.
pub fn zstd_gigabyte() -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68];
    let blocks = GIGABYTE >> 17;
    for block in 0..blocks {
        let last = u8::from(block + 1 == blocks);
        frame.extend_from_slice(&[0x02 | last, 0x00, 0x10, 0x00]);
    }
    frame
}

/// A frame of Zstandard that unpacks to nothing.
pub fn zstd_nothing() -> Vec<u8> {
    let mut frame = vec![0x50, 0x2a, 0x4d, 0x18, 0x00, 0x10, 0x00, 0x00];
    frame.resize(8 + 0x1000, b'x');
    frame
}

/// An array within an array, 100,000 deep.
pub fn deep_json() -> Vec<u8> {
    let mut text = vec![b'['; 100_000];
    text.resize(200_000, b']');
    text
}
