//! Evidence of etiquette, from what was kept of each exchange: per host what robots.txt said, what was permitted, how
//! often it was really asked, and when it last refused.

use std::collections::{BTreeMap, BTreeSet};

use schemas::Micros;
use serde::Serialize;
use url::Url;

use crate::robots::{self, Robots};

const MINUTE: i64 = 60_000_000;

/// One exchange, as far as etiquette is concerned.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The source on whose behalf.
    pub source: String,
    /// The board, or the name under which a host's rules are stored.
    pub board: String,
    /// The address.
    pub url: String,
    /// HTTP status, if an answer came.
    pub status: Option<i64>,
    /// When the answer was there.
    pub answered_at: Micros,
    /// How long it took, in milliseconds, where that is known.
    pub elapsed_ms: Option<i64>,
    /// Why no whole answer came.
    pub error: Option<String>,
    /// The body, for robots.txt alone.
    pub robots: Option<Vec<u8>>,
}

/// What robots.txt of a host said when it was last asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// `allows`, `forbids`, `allows some`, `absent` (which allows) or `unreachable` (which forbids).
    pub verdict: &'static str,
    /// The delay it asks for between requests, in milliseconds; 0 for none.
    pub delay_ms: i64,
    /// When it was asked.
    pub asked_at: Micros,
}

/// A refusal: status 401, 403, 429 or 451.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// When.
    pub at: Micros,
    /// The status.
    pub status: i64,
    /// The address, without its query.
    pub url: String,
}

/// How one host was treated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostEvidence {
    /// Host and port.
    pub host: String,
    /// The sources that asked it.
    pub sources: BTreeSet<String>,
    /// What its robots.txt said; null when it was never asked.
    pub robots: Option<Verdict>,
    /// The shortest time between two requests that is permitted, in milliseconds, by source and robots.txt.
    pub permitted_gap_ms: i64,
    /// The shortest time between two requests that was used, in milliseconds; null with fewer than two.
    pub used_gap_ms: Option<i64>,
    /// The most requests in any minute.
    pub most_per_minute: u64,
    /// Requests that came sooner after the one before than is permitted.
    pub violations: u64,
    /// Requests in all.
    pub requests: u64,
    /// The first of them.
    pub first_at: Micros,
    /// The last of them.
    pub last_at: Micros,
    /// Refusals in all.
    pub refusals: u64,
    /// The last of them.
    pub last_refusal: Option<Refusal>,
}

/// Gathers the evidence.
#[derive(Debug, Default)]
pub struct Evidence(BTreeMap<String, Host>);

#[derive(Debug, Default)]
struct Host {
    sources: BTreeSet<String>,
    robots: Option<Verdict>,
    delay_ms: i64,
    /// When each request was sent, and whether that is known to the millisecond.
    sent: Vec<(Micros, bool)>,
    refusals: u64,
    last_refusal: Option<Refusal>,
}

impl Evidence {
    /// Takes one exchange, in any order; `token` is our name in robots files.
    pub fn take(&mut self, asked: &Asked, token: &str) {
        let Some(host) = host_of(&asked.url) else { return };
        let host = self.0.entry(host).or_default();
        if asked.board == robots::BOARD {
            host.take_robots(asked, token);
        } else {
            host.sources.insert(asked.source.clone());
        }
        let elapsed = asked.elapsed_ms.unwrap_or(0).max(0).saturating_mul(1_000);
        host.sent.push((Micros(asked.answered_at.0.saturating_sub(elapsed)), asked.elapsed_ms.is_some()));
        if let Some(status) = asked.status.filter(|status| matches!(status, 401 | 403 | 429 | 451)) {
            host.refusals += 1;
            if host.last_refusal.as_ref().is_none_or(|last| last.at <= asked.answered_at) {
                let url = asked.url.split(['?', '#']).next().unwrap_or_default().to_owned();
                host.last_refusal = Some(Refusal { at: asked.answered_at, status, url });
            }
        }
    }

    /// One entry per host, by name. `gap_ms` tells the gap that is permitted on behalf of a source.
    pub fn hosts(self, gap_ms: impl Fn(&str) -> i64) -> Vec<HostEvidence> {
        self.0.into_iter().map(|(name, host)| host.evidence(name, &gap_ms)).collect()
    }
}

impl Host {
    fn take_robots(&mut self, asked: &Asked, token: &str) {
        if self.robots.as_ref().is_some_and(|robots| robots.asked_at > asked.answered_at) {
            return;
        }
        let (verdict, delay) = match asked.status {
            Some(200..=299) if asked.error.is_none() => {
                let rules = Robots::read(token, asked.robots.as_deref().unwrap_or_default());
                (judged(&rules, &asked.url), rules.delay())
            }
            Some(400..=499) if asked.status != Some(429) => ("absent", 0),
            _ => ("unreachable", 0),
        };
        self.robots = Some(Verdict { verdict, delay_ms: delay / 1_000, asked_at: asked.answered_at });
        self.delay_ms = delay / 1_000;
    }

    fn evidence(mut self, host: String, gap_ms: impl Fn(&str) -> i64) -> HostEvidence {
        self.sent.sort_unstable();
        let gap = self.sources.iter().map(|source| gap_ms(source)).max().unwrap_or(0).max(self.delay_ms);
        let gaps = || self.sent.windows(2).map(|pair| ((pair[1].0.0 - pair[0].0.0) / 1_000, pair[0].1 && pair[1].1));
        HostEvidence {
            permitted_gap_ms: gap,
            used_gap_ms: gaps().map(|(gap, _)| gap).min(),
            // Without the time an exchange took, only answers are known, which may come closer than requests were sent.
            violations: gaps().filter(|(used, exact)| *exact && *used < gap).count() as u64,
            most_per_minute: most_within(&self.sent, MINUTE),
            requests: self.sent.len() as u64,
            first_at: self.sent.first().map_or(Micros(0), |first| first.0),
            last_at: self.sent.last().map_or(Micros(0), |last| last.0),
            host,
            sources: self.sources,
            robots: self.robots,
            refusals: self.refusals,
            last_refusal: self.last_refusal,
        }
    }
}

/// What `rules` say of the host as a whole, as far as its front page shows it.
fn judged(rules: &Robots, robots_url: &str) -> &'static str {
    let front = Url::parse(robots_url).ok().and_then(|url| url.join("/").ok()).map(String::from).unwrap_or_default();
    let probe = Url::parse(&front).ok().and_then(|url| url.join("/jobs").ok()).map(String::from).unwrap_or_default();
    match (rules.verdict(&front).is_ok(), rules.verdict(&probe).is_ok()) {
        (true, true) => "allows",
        (false, false) => "forbids",
        _ => "allows some",
    }
}

/// The most of `sent`, which is in order, within any `span`.
fn most_within(sent: &[(Micros, bool)], span: i64) -> u64 {
    let mut first = 0;
    let mut most = 0;
    for (last, (time, _)) in sent.iter().enumerate() {
        while sent[first].0.0 <= time.0 - span {
            first += 1;
        }
        most = most.max(last - first + 1);
    }
    most as u64
}

fn host_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(seconds: i64, status: i64) -> Asked {
        Asked {
            source: "lever".to_owned(),
            board: "acme".to_owned(),
            url: "https://a.example/jobs?key=1".to_owned(),
            status: Some(status),
            answered_at: Micros(seconds * 1_000_000),
            elapsed_ms: Some(0),
            ..Asked::default()
        }
    }

    fn robots(seconds: i64, status: i64, body: &str) -> Asked {
        Asked {
            board: robots::BOARD.to_owned(),
            url: "https://a.example/robots.txt".to_owned(),
            robots: Some(body.as_bytes().to_vec()),
            ..asked(seconds, status)
        }
    }

    fn only(exchanges: &[Asked]) -> HostEvidence {
        let mut evidence = Evidence::default();
        exchanges.iter().for_each(|asked| evidence.take(asked, "waypost"));
        let mut hosts = evidence.hosts(|_| 2_000);
        assert_eq!(hosts.len(), 1);
        hosts.remove(0)
    }

    #[test]
    fn the_used_rate_is_told_beside_the_permitted_one_and_each_violation_counted() {
        let host = only(&[asked(0, 200), asked(5, 200), asked(6, 200), asked(70, 200)]);
        assert_eq!((host.permitted_gap_ms, host.used_gap_ms, host.violations), (2_000, Some(1_000), 1));
        assert_eq!((host.most_per_minute, host.requests), (3, 4));
    }

    #[test]
    fn requests_count_from_when_they_were_sent_not_answered() {
        let slow = Asked { elapsed_ms: Some(4_500), ..asked(5, 200) };
        let host = only(&[slow, asked(3, 200)]);
        assert_eq!((host.used_gap_ms, host.violations, host.first_at), (Some(2_500), 0, Micros(500_000)));
        let unknown = Asked { elapsed_ms: None, ..asked(4, 200) };
        assert_eq!(only(&[unknown, asked(3, 200)]).violations, 0, "what is not known is no violation");
    }

    #[test]
    fn the_last_refusal_is_told_without_the_query() {
        let host = only(&[asked(9, 429), asked(5, 403), asked(20, 404)]);
        assert_eq!(host.refusals, 2);
        let last = host.last_refusal.expect("was refused");
        assert_eq!((last.status, last.url.as_str(), last.at), (429, "https://a.example/jobs", Micros(9_000_000)));
    }

    #[test]
    fn the_latest_robots_verdict_stands_with_its_date_and_delay() {
        let forbids = "User-agent: *\nDisallow: /\nCrawl-delay: 7";
        let host = only(&[robots(10, 200, forbids), robots(5, 404, "")]);
        let verdict = Verdict { verdict: "forbids", delay_ms: 7_000, asked_at: Micros(10_000_000) };
        assert_eq!((host.robots, host.permitted_gap_ms), (Some(verdict), 7_000));
        for (status, body, due) in [
            (200, "", "allows"),
            (404, "", "absent"),
            (503, "", "unreachable"),
            (200, "User-agent: Waypost\nDisallow: /jobs", "allows some"),
        ] {
            assert_eq!(
                only(&[robots(1, status, body)]).robots.map(|robots| robots.verdict),
                Some(due),
                "{status} {body}"
            );
        }
    }
}
