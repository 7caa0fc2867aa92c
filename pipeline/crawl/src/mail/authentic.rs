//! Whether a mail's sender has been found to be forged by the server that received it.

use super::{message, read, registered};

/// Whether no `Authentication-Results` of `message` says that its sender is forged; a mail without any is taken as it is,
/// and bytes that are no mail are not authentic.
///
/// A failed DMARC check always counts. A failed DKIM check counts unless the receiving server, whose results stand first,
/// found a good signature of the sender's own domain.
pub fn is_authentic(bytes: &[u8]) -> bool {
    let Some(message) = message(bytes) else { return false };
    let from = read(&message).from;
    let domain = from.rsplit_once('@').and_then(|(_, host)| registered(host));
    let headers = message.headers_raw().filter(|(name, _)| name.eq_ignore_ascii_case("authentication-results"));
    let verdicts: Vec<Verdict> = headers.map(|(_, value)| Verdict::of(value, domain)).collect();
    if verdicts.iter().any(|verdict| verdict.dmarc == Some(false)) {
        return false;
    }
    let passed = verdicts.first().is_some_and(|verdict| verdict.dmarc == Some(true) || verdict.signed);
    passed || !verdicts.iter().any(|verdict| verdict.dkim_failed)
}

/// What one header says.
#[derive(Default)]
struct Verdict {
    /// Whether DMARC passed, where it says.
    dmarc: Option<bool>,
    /// Whether a signature of the sender's domain is good.
    signed: bool,
    /// Whether a signature is bad.
    dkim_failed: bool,
}

impl Verdict {
    fn of(value: &str, domain: Option<(&str, &str)>) -> Self {
        let mut verdict = Self::default();
        let value = without_comments(&value.to_lowercase());
        for result in value.split(';').map(str::trim) {
            let mut words = result.split_whitespace();
            let Some((method, outcome)) = words.next().and_then(|first| first.split_once('=')) else { continue };
            let signer = words.find_map(|word| {
                let host = word.strip_prefix("header.d=").or_else(|| word.strip_prefix("header.i="))?;
                registered(host.rsplit('@').next().unwrap_or(host))
            });
            match (method, outcome) {
                ("dmarc", "fail") => verdict.dmarc = Some(false),
                ("dmarc", "pass") if verdict.dmarc.is_none() => verdict.dmarc = Some(true),
                ("dkim", "pass") => verdict.signed |= signer.is_none() || signer == domain,
                ("dkim", "fail") => verdict.dkim_failed = true,
                _ => {}
            }
        }
        verdict
    }
}

/// `value` without what stands in parentheses, and with `=` bare of spaces.
fn without_comments(value: &str) -> String {
    let mut depth = 0_u32;
    let mut bare = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    bare.replace(" =", "=").replace("= ", "=")
}
