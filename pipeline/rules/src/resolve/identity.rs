//! Whether two names mean one employer, and which addresses speak of one vacancy.

/// Words that a name may have or lack.
const OPTIONAL: &[&str] = &[
    "ai",
    "app",
    "com",
    "deutschland",
    "digital",
    "europe",
    "france",
    "germany",
    "global",
    "group",
    "holding",
    "holdings",
    "hq",
    "india",
    "international",
    "io",
    "jobs",
    "labs",
    "careers",
    "solutions",
    "software",
    "systems",
    "technologies",
    "technology",
    "tech",
    "uk",
    "usa",
    "us",
    "worldwide",
];

/// Hosts of applicant tracking systems on which the last number, code or UUID of a path names one posting.
const VENDORS: &[&str] = &[
    "ashbyhq.com",
    "bamboohr.com",
    "breezy.hr",
    "greenhouse.io",
    "icims.com",
    "jobvite.com",
    "lever.co",
    "myworkdayjobs.com",
    "oraclecloud.com",
    "personio.de",
    "personio.com",
    "pinpointhq.com",
    "recruitee.com",
    "rippling.com",
    "smartrecruiters.com",
    "teamtailor.com",
    "workable.com",
];

/// Parameters that name a posting.
const PARAMETERS: &[&str] = &["gh_jid", "jobid", "job_id", "jid", "jk", "requisitionid", "req", "id", "vjk"];

/// Key by which postings are brought together: spellings of one employer share it. Four characters, so that others do too.
pub fn bucket_key(company_key: &str) -> String {
    plain(company_key).concat().chars().filter(|c| c.is_alphanumeric()).take(4).collect()
}

/// The words of a key without those that names have or lack, the batch of an accelerator, and who passes the posting on.
fn plain(key: &str) -> Vec<&str> {
    let mut words: Vec<&str> = key.split(' ').filter(|word| !word.is_empty()).collect();
    if let Some(at) = words.iter().skip(1).position(|word| matches!(*word, "via" | "yc")) {
        words.truncate(at + 1);
    }
    while words.len() > 1 && words.last().is_some_and(|word| OPTIONAL.contains(word)) {
        words.pop();
    }
    words
}

/// What all keys share that may name one employer: the key without spaces and words that names have or lack.
pub(super) fn company(key: &str) -> String {
    plain(key).concat()
}

/// Whether one name begins with all words of the other: a branch or a fuller name, if the texts say so as well.
pub(super) fn company_begins(left: &str, right: &str) -> bool {
    let (left, right) = (plain(left), plain(right));
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    !short.is_empty() && short.concat().chars().count() >= 3 && long.starts_with(&short)
}

/// `url` without what does not name the vacancy; `None` when it names none.
pub(super) fn specific_url(url: &str) -> Option<String> {
    if let Some(inner) = passed_on(url) {
        return direct(&inner);
    }
    direct(url)
}

/// The address that a link of another board leads to, where it stands in the link itself.
fn passed_on(url: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let encoded = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(_, value)| value);
    let mut inner = encoded.filter(|value| value.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")));
    let decoded = decode(inner.next()?);
    decoded.contains("://").then_some(decoded)
}

/// `text` with its percent-encoding undone; what is not UTF-8 then stays out.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn direct(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next()?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = path.split_once('/').unwrap_or((path, ""));
    let host = host.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let parameter = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, value)| PARAMETERS.contains(&name.to_lowercase().as_str()) && names_one(value));
    if let Some((name, value)) = parameter {
        let name = name.to_lowercase();
        // Greenhouse numbers its postings across employers, whoever shows them.
        let host = if name == "gh_jid" { "greenhouse.io" } else { host };
        return Some(format!("{host}#{}", value.to_lowercase()));
    }
    let vendor = VENDORS
        .iter()
        .find(|vendor| host.strip_suffix(**vendor).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')));
    let last = path.split('/').rev().find(|part| names_one(part))?.to_lowercase();
    Some(match vendor {
        Some(vendor) if *vendor == "greenhouse.io" || last.len() >= 32 => format!("{vendor}#{last}"),
        Some(_) => format!("{host}#{last}"),
        None => format!("{host}/{}", path.trim_end_matches('/').trim_end_matches("/apply").to_lowercase()),
    })
}

/// Whether a part of an address can name one vacancy: it has four digits or more, or is a long code of letters and digits.
///
/// A year is no such number: `careers-2026`.
fn names_one(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    if digits == 4
        && (part.contains("20") || part.contains("19"))
        && part
            .split(|c: char| !c.is_ascii_digit())
            .any(|run| run.len() == 4 && (run.starts_with("20") || run.starts_with("19")))
    {
        return false;
    }
    digits >= 4 || (part.len() >= 10 && digits >= 2 && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_vacancy_share_a_key() {
        let key = |url| specific_url(url).expect("names a vacancy");
        assert_eq!(
            key("https://boards.greenhouse.io/acme/jobs/4012345?utm=x"),
            key("https://acme.com/jobs?gh_jid=4012345")
        );
        assert_eq!(
            key("https://jobs.ashbyhq.com/Acme/e8cbdd02-ac30-4678-8c15-62a531113e03"),
            key("http://jobs.ashbyhq.com/acme/e8cbdd02-ac30-4678-8c15-62a531113e03/application?src=LinkedIn")
        );
        assert_ne!(key("https://acme.com/jobs/10001"), key("https://acme.com/jobs/10002"));
        assert_eq!(
            key(
                "https://click.board.example/r?u=7&to=https%3A%2F%2Fjobs.lever.co%2Facme%2Fe8cbdd02-ac30-4678-8c15-62a531113e03%3Fref%3Dx"
            ),
            key("https://jobs.lever.co/acme/e8cbdd02-ac30-4678-8c15-62a531113e03/apply?lever-source=Indeed")
        );
    }

    #[test]
    fn addresses_of_an_employer_name_no_vacancy() {
        for url in [
            "https://acme.com/careers",
            "",
            "https://acme.com/",
            "jobs@acme.com",
            "https://x.com/?id=7",
            "://?#",
            "https://acme.com/careers-2026",
            "a?b=http%3A%2F%2F%",
        ] {
            assert_eq!(specific_url(url), None, "{url}");
        }
    }

    #[test]
    fn names_agree_but_for_spaces_and_words_that_names_lack() {
        let agree = |left, right| company(left) == company(right);
        assert!(agree("acme labs", "acme") && agree("snap chat", "snapchat"));
        assert!(!agree("acme foods", "acme") && !agree("ai", "us"));
        assert!(agree("acme yc w21", "acme") && agree("acme via jobgether", "acme com"));
        assert!(
            company_begins("acme foods", "acme") && !company_begins("acmefoods", "acme") && !company_begins("", "acme")
        );
    }

    #[test]
    fn spellings_of_one_employer_share_a_bucket() {
        for (left, right) in [
            ("snap chat", "snapchat"),
            ("x ai", "x"),
            ("ada labs", "ada"),
            ("acme yc w21", "acme"),
            ("acme foods", "acme"),
        ] {
            assert_eq!(bucket_key(left), bucket_key(right), "{left}");
        }
    }
}
