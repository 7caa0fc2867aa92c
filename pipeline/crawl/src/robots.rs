//! What a host's robots.txt allows us, by RFC 9309: a missing file allows everything, one that cannot be had nothing.

use std::fmt;

use pipeline_core::Error;
use texting_robots::Robot;

/// Largest robots.txt that is read, in bytes; RFC 9309 section 2.5 demands at least this much.
pub const MAX_BYTES: u64 = 512 * 1024;

/// The rules of one host for us.
pub struct Robots(Rules);

enum Rules {
    AllowAll,
    DenyAll,
    Written(Box<Robot>),
}

impl Robots {
    /// The rules that `body` holds for `token`, the product token of our user agent.
    pub fn read(token: &str, body: &[u8]) -> Self {
        let body = &body[..body.len().min(MAX_BYTES as usize)];
        // The parser forgives nearly everything; what even it cannot read states no rule.
        Self(Robot::new(token, body).map_or(Rules::AllowAll, |robot| Rules::Written(Box::new(robot))))
    }

    /// The rules of a host that has no such file (status 4xx).
    pub fn absent() -> Self {
        Self(Rules::AllowAll)
    }

    /// The rules of a host that did not tell them (status 5xx, or no answer).
    pub fn unreachable() -> Self {
        Self(Rules::DenyAll)
    }

    /// Whether `url` may be asked.
    ///
    /// # Errors
    /// `Denied` with the reason.
    pub fn verdict(&self, url: &str) -> Result<(), Error> {
        match &self.0 {
            Rules::AllowAll => Ok(()),
            Rules::DenyAll => Err(Error::denied(format!("the robots.txt that rules {url} could not be read"))
                .hint("the host is asked again in the next crawl")),
            Rules::Written(robot) if robot.allowed(url) => Ok(()),
            Rules::Written(_) => Err(Error::denied(format!("robots.txt forbids {url}"))),
        }
    }

    /// The delay between requests that the host asks for, in microseconds; 0 when it asks for none.
    pub fn delay(&self) -> i64 {
        match &self.0 {
            Rules::Written(robot) => robot.delay.map_or(0, |seconds| (f64::from(seconds) * 1e6) as i64).max(0),
            _ => 0,
        }
    }
}

impl fmt::Debug for Robots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Rules::AllowAll => "AllowAll",
            Rules::DenyAll => "DenyAll",
            Rules::Written(_) => "Written",
        })
    }
}

/// The board that exchanges about robots.txt are stored under.
pub const BOARD: &str = "robots.txt";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_group_wins_over_everybodys() {
        let robots =
            Robots::read("waypost", b"User-agent: *\nDisallow: /\n\nUser-agent: Waypost\nDisallow: /private\n");
        assert!(robots.verdict("https://a.example/jobs").is_ok());
        assert!(robots.verdict("https://a.example/private/1").is_err());
    }

    #[test]
    fn a_missing_file_allows_and_an_unreachable_one_forbids() {
        assert!(Robots::absent().verdict("https://a.example/jobs").is_ok());
        assert!(Robots::unreachable().verdict("https://a.example/jobs").is_err());
    }

    #[test]
    fn any_bytes_are_read_without_harm() {
        for body in
            [&b"\xff\xfe\x00"[..], b"Crawl-delay: -5", b"User-agent: *\nCrawl-delay: 1e30\nDisallow: *$*", b"<html>"]
        {
            let robots = Robots::read("waypost", body);
            assert!(robots.delay() >= 0);
            let _ = robots.verdict("not a url at all");
        }
    }
}
