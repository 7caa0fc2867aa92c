//! The small mail that is stored in place of a received one: what names postings, and nothing about its recipient.

use std::cell::RefCell;
use std::fmt::Write as _;

use jiff::fmt::rfc2822::DateTimePrinter;
use lol_html::html_content::{ContentType, Element};
use lol_html::{RewriteStrSettings, doc_comments, doc_text, element, rewrite_str};

use super::people::People;
use super::{links, message, read};

/// Elements that go with all that is in them.
const DROPPED: &str = "script, style, link, meta, base, form, input, button, iframe, object, embed, video, audio, svg, template, noscript";
/// Attributes that readers need or that structure the page. All others go, styles and addresses of pictures among them.
const KEPT: [&str; 17] = [
    "href",
    "class",
    "alt",
    "title",
    "aria-label",
    "role",
    "lang",
    "dir",
    "datetime",
    "data-test",
    "data-testid",
    "data-jk",
    "data-job-id",
    "data-jobid",
    "data-job-guid",
    "data-entity-urn",
    "data-id",
];

/// Of `mail` what is stored, as a mail of its own: sender, date, subject, and the HTML part, else the plain one, in
/// UTF-8. The same bytes in give the same bytes out, and what comes out comes out unchanged the next time. Nothing when
/// `mail` is none.
///
/// Receivers, identifiers and lists are gone; links keep what names a posting, see `links`; addresses other than the
/// sender's and the name of the recipient are `***`. Whether the sender is forged can no longer be told: ask
/// [`is_authentic`](super::is_authentic) before.
pub fn reduced(mail: &[u8]) -> Option<Vec<u8>> {
    let message = message(mail)?;
    let people = People::of(&message);
    let mail = read(&message);
    let (kind, body) = if mail.html.trim().is_empty() {
        ("plain", plain(&mail.text, &people))
    } else {
        ("html", html(&mail.html, &people)?)
    };
    let mut all = format!("From: {}\n", people.sender());
    if let Some(date) = mail.date {
        let _: Result<(), _> = DateTimePrinter::new()
            .timestamp_to_string(&date.timestamp())
            .map_or(Ok(()), |date| writeln!(all, "Date: {date}"));
    }
    let subject: String = people.left_out_of(&mail.subject).chars().filter(|c| !c.is_control()).take(300).collect();
    let body = body.replace("\r\n", "\n").replace('\r', "\n");
    let _: Result<(), _> = write!(
        all,
        "Subject: {}\nMIME-Version: 1.0\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{}\n",
        subject.trim(),
        body.trim()
    );
    Some(all.into_bytes())
}

/// `text` with its links cleaned.
fn plain(text: &str, people: &People) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = web_address(rest) {
        let odd = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | ')' | ']');
        let end = rest[start..].find(odd).map_or(rest.len(), |length| start + length);
        kept.push_str(&people.left_out_of(&rest[..start]));
        kept.push_str(&links::cleaned(&rest[start..end]));
        rest = &rest[end..];
    }
    kept.push_str(&people.left_out_of(rest));
    kept
}

/// Where the first web address of `text` begins.
fn web_address(text: &str) -> Option<usize> {
    let mut beginnings = text.match_indices("http").map(|(at, _)| at);
    beginnings.find(|at| {
        let rest = &text[*at + "http".len()..];
        rest.strip_prefix('s').unwrap_or(rest).starts_with("://")
    })
}

/// `page` with its links cleaned and without what shows nothing; nothing when it cannot be rewritten.
fn html(page: &str, people: &People) -> Option<String> {
    let held = RefCell::new(String::new());
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!(DROPPED, |element| {
            element.remove();
            Ok(())
        }))
        .append_element_content_handler(element!("*", |element| {
            tidy(element, people);
            Ok(())
        }))
        .append_document_content_handler(doc_comments!(|comment| {
            comment.remove();
            Ok(())
        }))
        .append_document_content_handler(doc_text!(|chunk| {
            let mut held = held.borrow_mut();
            held.push_str(chunk.as_str());
            if chunk.last_in_text_node() {
                let text = plain(&std::mem::take(&mut *held), people);
                chunk.replace(&text, ContentType::Html);
            } else {
                chunk.remove();
            }
            Ok(())
        }));
    rewrite_str(page, settings).ok()
}

/// Cleans the attributes of `element`.
fn tidy(element: &mut Element<'_, '_>, people: &People) {
    let attributes: Vec<(String, String)> =
        element.attributes().iter().map(|attribute| (attribute.name(), attribute.value())).collect();
    for (name, value) in attributes {
        if !KEPT.contains(&name.as_str()) {
            element.remove_attribute(&name);
            continue;
        }
        let value = html_escape::decode_html_entities(&value);
        let clean = if name == "href" { links::cleaned(&value) } else { plain(&value, people) };
        let escaped = html_escape::encode_double_quoted_attribute(&clean);
        if element.set_attribute(&name, &escaped).is_err() {
            element.remove_attribute(&name);
        }
    }
}
