//! Which board of a vendor an address belongs to, by its host name, path and query.

use pipeline_core::source::Board;
use url::Url;

use super::board;

/// Names below every vendor's domain that are the vendor's own.
const VENDORS_OWN: [&str; 32] = [
    "www",
    "app",
    "apps",
    "api",
    "apis",
    "cdn",
    "static",
    "assets",
    "images",
    "img",
    "media",
    "mail",
    "email",
    "go",
    "help",
    "support",
    "docs",
    "documentation",
    "developer",
    "developers",
    "status",
    "blog",
    "info",
    "partners",
    "marketing",
    "marketplace",
    "resources",
    "login",
    "auth",
    "secure",
    "signup",
    "get",
];

/// What stands before `domain` in the host of `url`: one label that is not the vendor's own.
pub(super) fn tenant(url: &Url, domain: &str) -> Option<String> {
    let label = below(url, domain)?;
    let own = VENDORS_OWN.contains(&label.as_str()) || label.ends_with("-cdn");
    (board::is_host_label(&label) && !own).then_some(label)
}

/// What stands before `domain` in the host of `url`.
pub(super) fn below(url: &Url, domain: &str) -> Option<String> {
    let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
    host.strip_suffix(domain)?.strip_suffix('.').map(str::to_owned)
}

/// Whether the host of `url` is one of `hosts`.
pub(super) fn is_at(url: &Url, hosts: &[&str]) -> bool {
    url.host_str().is_some_and(|host| hosts.contains(&host))
}

/// The segments of the path of `url`, decoded, without empty ones.
pub(super) fn segments(url: &Url) -> Vec<String> {
    let decoded = |segment: &str| {
        let plain = segment.replace('+', "%2B");
        url::form_urlencoded::parse(plain.as_bytes()).next().map(|(key, _)| key.into_owned())
    };
    url.path_segments().into_iter().flatten().filter(|segment| !segment.is_empty()).filter_map(decoded).collect()
}

/// The segment of the path of `url` after the segments `beginning`.
pub(super) fn after(url: &Url, beginning: &[&str]) -> Option<String> {
    let segments = segments(url);
    let rest = segments.get(beginning.len()..)?;
    segments.iter().zip(beginning).all(|(found, due)| found == due).then(|| rest.first().cloned()).flatten()
}

/// The query parameter `name` of `url`.
pub(super) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.into_owned())
}

/// The board called `name`, where a board can be called so.
pub(super) fn named(name: String) -> Option<Board> {
    let found = Board { name, ..Board::default() };
    board::token(&found, "any", &[]).is_ok().then_some(found)
}

/// `board` with one more parameter.
pub(super) fn with(mut board: Board, name: &str, value: &str) -> Board {
    board.parameters.insert(name.to_owned(), value.to_owned());
    board
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("is an address")
    }

    #[test]
    fn a_tenant_is_one_label_that_is_not_the_vendors_own() {
        let of = |text| tenant(&url(text), "vendor.com");
        assert_eq!(of("https://Acme.vendor.com/x").as_deref(), Some("acme"));
        for other in [
            "https://vendor.com/",
            "https://www.vendor.com/",
            "https://a.b.vendor.com/",
            "https://acmevendor.com/",
            "https://acme.vendor.com.evil.example/",
            "https://images-cdn.vendor.com/",
            "https://203.0.113.7/",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn a_name_that_could_leave_its_segment_is_none() {
        assert_eq!(segments(&url("https://x.example/a%2Fb//c+d/")), ["a/b", "c+d"]);
        assert!(named("a/b".to_owned()).is_none() && named(String::new()).is_none());
        assert_eq!(after(&url("https://x.example/v1/boards/acme/jobs"), &["v1", "boards"]).as_deref(), Some("acme"));
        assert_eq!(after(&url("https://x.example/v1"), &["v1", "boards"]), None);
    }
}
