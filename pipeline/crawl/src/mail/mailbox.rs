//! Files of mails: an mbox holds many, an .eml one.

use super::{field_name, without_envelope};

/// The mails of `bytes`, in order, each as it was before it was put into the file: of an mbox every mail, with the `>`
/// taken off that quotes lines beginning `From `; of anything else the whole.
pub fn mailbox(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    let many = start.starts_with(b"From ");
    let mut rest = if many { start } else { bytes };
    std::iter::from_fn(move || {
        if rest.trim_ascii().is_empty() {
            return None;
        }
        if !many {
            return Some(std::mem::take(&mut rest).to_vec());
        }
        let end = next_envelope(rest);
        let (mail, after) = rest.split_at(end);
        rest = after;
        Some(unquoted(without_envelope(mail)))
    })
}

/// Where the mail after the one that `bytes` begin with begins.
fn next_envelope(bytes: &[u8]) -> usize {
    let mut at = 0;
    let mut after_empty = false;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let line = rest.split_inclusive(|byte| *byte == b'\n').next().unwrap_or(rest);
        if at > 0 && after_empty && line.starts_with(b"From ") && begins_header(&rest[line.len()..]) {
            return at;
        }
        after_empty = line.trim_ascii().is_empty();
        at += line.len();
    }
    bytes.len()
}

/// Whether the first line of `bytes` is a header field, as it is after an envelope line and seldom within a text.
fn begins_header(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or(bytes);
    field_name(line).is_some() || line.starts_with(b">From ")
}

/// `mail` with one `>` taken off each line of `>`s before `From `.
fn unquoted(mail: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(mail.len());
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        let quoted = marks > 0 && line[marks..].starts_with(b"From ");
        plain.extend_from_slice(if quoted { &line[1..] } else { line });
    }
    plain
}
