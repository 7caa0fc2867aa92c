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
    company_key.chars().filter(|c| c.is_alphanumeric()).take(4).collect()
}

/// Whether two keys may name one employer: equal but for spaces and words that names have or lack.
pub(super) fn company_agrees(left: &str, right: &str) -> bool {
    let plain = |key: &str| {
        let mut words: Vec<&str> = key.split(' ').filter(|word| !word.is_empty()).collect();
        while words.len() > 1 && words.last().is_some_and(|word| OPTIONAL.contains(word)) {
            words.pop();
        }
        words.concat()
    };
    let (left, right) = (plain(left), plain(right));
    !left.is_empty() && left == right
}

/// `url` without what does not name the vacancy; `None` when it names none.
pub(super) fn specific_url(url: &str) -> Option<String> {
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
fn names_one(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
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
    }

    #[test]
    fn addresses_of_an_employer_name_no_vacancy() {
        for url in
            ["https://acme.com/careers", "", "https://acme.com/", "jobs@acme.com", "https://x.com/?id=7", "://?#"]
        {
            assert_eq!(specific_url(url), None, "{url}");
        }
    }

    #[test]
    fn names_agree_but_for_spaces_and_words_that_names_lack() {
        assert!(company_agrees("acme labs", "acme") && company_agrees("snap chat", "snapchat"));
        assert!(!company_agrees("acme foods", "acme") && !company_agrees("", "") && !company_agrees("ai", "us"));
        assert_eq!(bucket_key("snap chat"), bucket_key("snapchat"));
    }
}
