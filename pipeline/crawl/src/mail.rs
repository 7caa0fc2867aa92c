//! Mails that people receive from job boards: what of them is kept, and which source reads them.
//!
//! [`mailbox`] takes a file of mails apart, [`source_of`] and [`is_authentic`] say whose mail one is, [`reduced`] leaves of
//! it what names postings and nothing about the person who received it, and [`parse`] reads it.

mod authentic;
pub(crate) mod links;
mod mailbox;
mod people;
mod reduced;

use mail_parser::{Message, MessageParser, PartType};
use schemas::Micros;

pub use authentic::is_authentic;
pub use mailbox::mailbox;
pub use reduced::reduced;

/// Longest mail that is read, in bytes.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Most MIME parts of a mail that is read.
const MOST_PARTS: usize = 50;
/// Most lines that could begin a part; counted before a mail is taken apart.
const MOST_DASHED: usize = 5_000;
/// Longest run of header lines, in bytes.
const MOST_HEADER: usize = 256 * 1024;

/// A mail as sources read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// The sender's address, in lower case.
    pub from: String,
    /// The subject, decoded.
    pub subject: String,
    /// When it was sent; relative dates count from it.
    pub date: Option<Micros>,
    /// The HTML part, decoded; empty when there is none.
    pub html: String,
    /// The plain part, decoded; empty when there is none.
    pub text: String,
}

/// `body` as a mail, or nothing when it is none.
///
/// A mail begins with header lines, one of which is `From:`, and has words in HTML or plain text. One beyond 8 MiB or 50
/// parts is none. A mail within a mail is not read.
pub fn parse(body: &[u8]) -> Option<Mail> {
    Some(read(&message(body)?))
}

/// The source whose mail `mail` says it is, by the sender's domain. The sender can be forged: see [`is_authentic`].
pub fn source_of(mail: &Mail) -> Option<&'static str> {
    let (_, host) = mail.from.rsplit_once('@')?;
    let (name, suffix) = registered(host)?;
    let international = |countries: &[&str]| suffix == "com" || countries.contains(&suffix);
    match name {
        "indeed" | "indeedemail" if suffix == "com" => Some("indeed"),
        "linkedin" if suffix == "com" => Some("linkedin"),
        "dice" if suffix == "com" => Some("dice"),
        "glassdoor" if international(COUNTRIES) => Some("glassdoor"),
        "monster" if international(COUNTRIES) => Some("monster"),
        _ => None,
    }
}

/// Suffixes under which job boards have sites of their own.
pub(crate) const COUNTRIES: &[&str] = &[
    "at", "be", "ca", "ch", "co.in", "co.nz", "co.uk", "com.ar", "com.au", "com.br", "com.hk", "com.mx", "com.my",
    "com.sg", "cz", "de", "dk", "es", "fi", "fr", "hu", "ie", "it", "lu", "nl", "no", "pl", "pt", "se", "sg",
];

/// The registered name of `host` and the public suffix after it: `mail.glassdoor.co.uk` is `glassdoor`, `co.uk`.
pub(crate) fn registered(host: &str) -> Option<(&str, &str)> {
    let host = host.trim_end_matches('.');
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    let last = dots.next()?;
    let second = dots.next();
    let before = second.map_or(0, |at| at + 1);
    let two = host.len() - last == 3 && matches!(host.get(before..last), Some("co" | "com" | "org" | "net"));
    let cut = if two { second? } else { last };
    let start = host.get(..cut)?.rfind('.').map_or(0, |at| at + 1);
    Some((host.get(start..cut)?, host.get(cut + 1..)?))
}

/// `bytes` taken apart, unless they are no mail or too large a one.
fn message(bytes: &[u8]) -> Option<Message<'_>> {
    if bytes.len() > MOST_BYTES || !looks_like_mail(bytes) || dashed_lines(bytes) > MOST_DASHED {
        return None;
    }
    let start = bytes.len() - without_envelope(bytes).len();
    let message = MessageParser::default().parse(bytes.get(start..)?)?;
    let words = |part: &mail_parser::MessagePart<'_>| matches!(&part.body, PartType::Text(text) | PartType::Html(text) if !text.trim().is_empty());
    (message.parts.len() <= MOST_PARTS && message.parts.iter().any(words)).then_some(message)
}

/// What sources read of `message`.
fn read(message: &Message<'_>) -> Mail {
    let from = message.from().and_then(|from| from.first()).and_then(|from| from.address());
    let (mut html, mut text) = (String::new(), String::new());
    let bodies = message.html_body.iter().chain(&message.text_body);
    let mut seen: Vec<u32> = Vec::new();
    for id in bodies {
        if seen.contains(id) {
            continue;
        }
        seen.push(*id);
        match message.part(*id).map(|part| &part.body) {
            Some(PartType::Html(part)) => append(&mut html, part),
            Some(PartType::Text(part)) => append(&mut text, part),
            _ => {}
        }
    }
    Mail {
        from: from.unwrap_or_default().trim().to_lowercase(),
        subject: message.subject().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" "),
        date: date(message),
        html,
        text,
    }
}

fn append(all: &mut String, part: &str) {
    if !all.is_empty() {
        all.push('\n');
    }
    all.push_str(part);
}

/// When `message` says it was sent, within the years that a mail can have.
fn date(message: &Message<'_>) -> Option<Micros> {
    let seconds = message.date().filter(|date| date.is_valid())?.to_timestamp();
    let possible = (0..4_102_444_800).contains(&seconds);
    possible.then(|| seconds.checked_mul(1_000_000).map(Micros)).flatten()
}

/// Whether `bytes` begin with header lines, `From:` among them, that an empty line ends and something follows.
fn looks_like_mail(bytes: &[u8]) -> bool {
    let mut rest = without_envelope(bytes);
    let limit = rest.len().saturating_sub(MOST_HEADER);
    let (mut from, mut fields) = (false, 0_usize);
    while rest.len() > limit {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = end.map_or((rest, &rest[rest.len()..]), |end| (&rest[..end], &rest[end + 1..]));
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        rest = after;
        if line.is_empty() {
            return from && after.iter().any(|byte| !byte.is_ascii_whitespace());
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if fields == 0 {
                return false;
            }
            continue;
        }
        let Some(name) = field_name(line) else { return false };
        from |= name.eq_ignore_ascii_case(b"from");
        fields += 1;
    }
    false
}

/// The name of the header field that `line` begins.
fn field_name(line: &[u8]) -> Option<&[u8]> {
    let colon = line.iter().take(80).position(|byte| *byte == b':')?;
    let name = line.get(..colon)?.trim_ascii_end();
    let odd = |byte: &u8| !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_' | b'.');
    (!name.is_empty() && !name.iter().any(odd)).then_some(name)
}

/// `bytes` without a byte order mark, empty lines and an mbox envelope line before the header.
fn without_envelope(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if !bytes.starts_with(b"From ") && !bytes.starts_with(b">From ") {
        return bytes;
    }
    let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
    &bytes[end..]
}

fn dashed_lines(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"--")).take(MOST_DASHED + 1).count()
}

#[cfg(test)]
mod tests;
