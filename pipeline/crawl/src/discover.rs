//! Which vendor's board a careers page shows: from its own address and from every address that it names.

use std::collections::BTreeMap;

use pipeline_core::source::Sources;
use serde::Serialize;
use url::Url;

use crate::sources::Registry;

/// Most of a page that is looked through, in bytes.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Most addresses that are looked at.
const MOST_ADDRESSES: usize = 20_000;
/// Longest address that is looked at, in bytes.
const LONGEST: usize = 2_048;

/// A board that a page gives away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Discovery {
    /// The source that reads it.
    pub source: &'static str,
    /// The name of the board, to be written into the configuration.
    pub board: String,
    /// Further parameters that the board needs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// How many addresses of the page lead to it.
    pub addresses: u64,
    /// One of them, without what may be secret in it.
    pub example: String,
}

/// The boards that `page`, found at `address`, gives away, those with the most addresses first.
///
/// A vendor's board comes before what any page can have: postings described in the page itself, and feeds.
pub fn discover(address: Option<&Url>, page: &[u8]) -> Vec<Discovery> {
    let text = String::from_utf8_lossy(&page[..page.len().min(MOST_BYTES)]);
    let mut found = Found::default();
    if let Some(address) = address {
        found.look(address);
    }
    for named in addresses(&text, address).take(MOST_ADDRESSES) {
        found.look(&named);
    }
    let mut boards = found.ranked();
    if let Some(address) = address {
        boards.extend(of_any_page(address, &text));
    }
    boards
}

#[derive(Default)]
struct Found(BTreeMap<(&'static str, String), Discovery>);

impl Found {
    fn look(&mut self, address: &Url) {
        let boards = Registry.all().into_iter().filter_map(|source| Some((source, source.board_at(address)?)));
        for (source, board) in boards {
            let name = source.describe().name;
            let found = self.0.entry((name, board.name.clone())).or_insert_with(|| Discovery {
                source: name,
                board: board.name,
                parameters: board.parameters,
                addresses: 0,
                example: shown(address),
            });
            found.addresses += 1;
        }
    }

    fn ranked(self) -> Vec<Discovery> {
        let mut boards: Vec<Discovery> = self.0.into_values().collect();
        boards.sort_by(|a, b| {
            b.addresses.cmp(&a.addresses).then_with(|| (a.source, &a.board).cmp(&(b.source, &b.board)))
        });
        boards
    }
}

/// The address without user, query and fragment.
fn shown(address: &Url) -> String {
    let mut address = address.clone();
    address.set_query(None);
    address.set_fragment(None);
    let _ = address.set_username("");
    let _ = address.set_password(None);
    address.into()
}

/// What a page of any site can have: postings described in it, and a feed that it links to.
fn of_any_page(address: &Url, text: &str) -> Vec<Discovery> {
    let board = |source, board: String| Discovery {
        source,
        board,
        parameters: BTreeMap::new(),
        addresses: 1,
        example: shown(address),
    };
    let mut boards = Vec::new();
    if text.contains("JobPosting") && text.contains("ld+json") {
        boards.push(board("jobposting", address.to_string()));
    }
    for kind in ["application/rss+xml", "application/atom+xml", "application/feed+json"] {
        let link = text.match_indices(kind).find_map(|(at, _)| link_around(text, at));
        if let Some(feed) = link.and_then(|link| address.join(&link).ok()).filter(is_web) {
            boards.push(board("feed", feed.into()));
        }
    }
    boards
}

/// The `href` of the tag that the byte `at` lies in.
fn link_around(text: &str, at: usize) -> Option<String> {
    let start = text.get(..at)?.rfind('<')?;
    let tag = &text[start..at + text.get(at..)?.find('>')?];
    let value = &tag[tag.find("href=")? + "href=".len()..];
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let value = &value[1..];
    Some(html_escape::decode_html_entities(&value[..value.find(quote)?]).into_owned())
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// Every address that `text` names in whatever way: in attributes, in scripts with escaped slashes, encoded within others.
fn addresses<'t>(text: &'t str, base: Option<&'t Url>) -> impl Iterator<Item = Url> + 't {
    let scheme = base.map_or("https", Url::scheme);
    starts(text).filter_map(move |start| {
        let named = named_at(text.get(start..)?);
        let whole = if named.starts_with("//") { format!("{scheme}:{named}") } else { named };
        let url = Url::parse(&whole).ok().filter(is_web)?;
        url.host_str().is_some_and(|host| host.contains('.')).then_some(url)
    })
}

/// Where addresses begin: `http…` with any slashes, and `//` after a quote or bracket.
fn starts(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    (0..bytes.len()).filter(move |&at| match bytes[at] {
        b'h' => {
            let rest = &bytes[at..bytes.len().min(at + 16)];
            [&b"http://"[..], b"https://", b"http:\\/\\/", b"https:\\/\\/", b"http%3A%2F%2F", b"https%3A%2F%2F"]
                .iter()
                .any(|beginning| rest.starts_with(beginning))
        }
        b'/' => {
            bytes.get(at + 1) == Some(&b'/')
                && at.checked_sub(1).is_some_and(|before| matches!(bytes[before], b'"' | b'\'' | b'=' | b'('))
        }
        _ => false,
    })
}

/// The address at the beginning of `text`, with what it is escaped by undone.
fn named_at(text: &str) -> String {
    let ends = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '`' | '(' | ')' | '{' | '}')
    };
    let mut end = text.find(ends).unwrap_or(text.len()).min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let raw = text[..end].replace("\\/", "/").replace("\\u002F", "/").replace("\\u0026", "&");
    let raw = html_escape::decode_html_entities(raw.trim_end_matches(['\\', ',', ';', '.'])).into_owned();
    if raw.starts_with("http%3A") || raw.starts_with("https%3A") {
        let until = raw.find('&').unwrap_or(raw.len());
        let encoded = format!("u={}", &raw[..until]);
        return url::form_urlencoded::parse(encoded.as_bytes())
            .next()
            .map(|(_, url)| url.into_owned())
            .unwrap_or_default();
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        addresses(text, None).map(String::from).collect()
    }

    #[test]
    fn addresses_are_found_however_a_page_writes_them() {
        for (text, due) in [
            (r#"<a href="https://a.example/x?y=1&amp;z=2">"#, "https://a.example/x?y=1&z=2"),
            (r#"{"u":"https:\/\/a.example\/x"}"#, "https://a.example/x"),
            (r#"<script src='//a.example/embed.js'></script>"#, "https://a.example/embed.js"),
            ("go=https%3A%2F%2Fa.example%2Fx%3Ffor%3Dacme&b=1", "https://a.example/x?for=acme"),
            ("see https://a.example/x.", "https://a.example/x"),
        ] {
            assert_eq!(named(text), [due], "{text}");
        }
    }

    #[test]
    fn what_is_no_web_address_is_not_one() {
        for text in ["http://", "https://localhost/x", "http", "\"//\"", "https://[::1", "javascript:alert(1)"] {
            assert!(named(text).is_empty(), "{text}: {:?}", named(text));
        }
    }

    #[test]
    fn a_page_with_postings_or_a_feed_of_its_own_is_a_board_by_itself() {
        let page = br#"<link rel="alternate" type="application/rss+xml" href="/jobs.rss?a=1&amp;b=2">
            <script type="application/ld+json">{"@type":"JobPosting"}</script>"#;
        let address = Url::parse("https://jobs.a.example/all").expect("an address");
        let boards: Vec<_> =
            discover(Some(&address), page).into_iter().map(|found| (found.source, found.board)).collect();
        assert_eq!(
            boards,
            [
                ("jobposting", "https://jobs.a.example/all".to_owned()),
                ("feed", "https://jobs.a.example/jobs.rss?a=1&b=2".to_owned())
            ]
        );
    }

    #[test]
    fn any_bytes_are_looked_through_without_harm() {
        for page in
            [&b"\xff\xfe//\"//\xff"[..], b"href=application/rss+xml", b"<application/rss+xml href=>", b"http%3A%2F%2F%"]
        {
            let address = Url::parse("https://a.example").expect("an address");
            discover(Some(&address), page);
        }
    }
}
