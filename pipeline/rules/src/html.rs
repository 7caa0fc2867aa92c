//! HTML, escaped HTML and untidy plain text into clean text: one line per paragraph, heading and list item.

mod scan;
mod write;

use std::borrow::Cow;
use std::collections::BTreeSet;

use pipeline_core::source::Markup;

use scan::has_tag;
use write::Writer;

/// Longest clean text that is kept, in bytes.
pub const TEXT_LIMIT: usize = 1024 * 1024;

/// Longest markup that is read, in bytes; what comes after it is cut.
const MARKUP_LIMIT: usize = 4 * 1024 * 1024;

/// Names of what was odd, sorted.
pub type Warnings = BTreeSet<&'static str>;

/// The words of `body` without markup, entities, control characters or surplus space.
pub fn clean(body: &str, markup: Markup, warnings: &mut Warnings) -> String {
    let body = prefix(body, MARKUP_LIMIT);
    if body.len() == MARKUP_LIMIT {
        warnings.insert("text-cut");
    }
    match markup {
        Markup::Plain if looks_like_html(body) => {
            warnings.insert("markup-undeclared");
            html(body, warnings)
        }
        Markup::Plain => tidy(body, warnings),
        Markup::Html if !has_tag(body) && has_escaped_tag(body) => html(&unescaped(body), warnings),
        Markup::Html => html(body, warnings),
        Markup::EscapedHtml => html(&unescaped(body), warnings),
    }
}

/// One line of clean text from a field such as a title, whether or not it carries markup or entities.
pub fn clean_line(field: &str, warnings: &mut Warnings) -> String {
    let field = prefix(field, 64 * 1024);
    let unescaped = unescaped(field);
    let text = if has_tag(&unescaped) { html(&unescaped, warnings) } else { tidy(&decoded(&unescaped), warnings) };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text without control, bidirectional and zero-width characters, with every run of spaces as one space, at most one
/// empty line between lines, and no more than [`TEXT_LIMIT`] bytes. Tidying twice changes nothing.
pub fn tidy(text: &str, warnings: &mut Warnings) -> String {
    let mut out = Writer::new(text.len());
    out.lines(text);
    out.finish(warnings)
}

/// The text of HTML. Scripts, styles and comments are left out.
fn html(markup: &str, warnings: &mut Warnings) -> String {
    let mut out = Writer::new(markup.len());
    scan::scan(markup, &mut out);
    out.finish(warnings)
}

fn decoded(text: &str) -> Cow<'_, str> {
    if text.contains('&') { html_escape::decode_html_entities(text) } else { Cow::Borrowed(text) }
}

/// `text` with escaped tags turned into tags; a text whose tags are tags already stays as it is.
fn unescaped(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..3 {
        if has_tag(&text) || !has_escaped_tag(&text) {
            break;
        }
        text = Cow::Owned(html_escape::decode_html_entities(&text).into_owned());
    }
    text
}

fn has_escaped_tag(text: &str) -> bool {
    text.contains("&lt;") || text.contains("&amp;lt;") || text.contains("&#60;") || text.contains("&#x3c;")
}

/// Whether text said to be plain is HTML beyond doubt.
fn looks_like_html(text: &str) -> bool {
    ["</p>", "</li>", "</div>", "</ul>", "</strong>", "<br>", "<br/>", "<br />", "<p>"]
        .iter()
        .any(|tag| text.contains(tag))
}

/// The longest prefix of `text` of at most `limit` bytes that ends between characters.
pub(crate) fn prefix(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(body: &str, markup: Markup) -> String {
        clean(body, markup, &mut Warnings::new())
    }

    #[test]
    fn lists_headings_and_paragraphs_become_lines() {
        let html = "<h2>About</h2><p>We\nbuild.</p><ul><li><p>Rust</p></li><li>SQL &amp; more</li></ul>Bye<br>now";
        assert_eq!(read(html, Markup::Html), "About\nWe build.\n- Rust\n- SQL & more\nBye\nnow");
    }

    #[test]
    fn scripts_and_styles_are_dropped_and_link_texts_kept() {
        let html = "<style>p{}</style><script>alert('x')</script><p>Apply <a href='/x'>here</a><!-- no --></p>";
        assert_eq!(read(html, Markup::Html), "Apply here");
    }

    #[test]
    fn html_escaped_once_or_twice_is_unescaped_first() {
        for body in
            ["&lt;p&gt;R&amp;amp;D&lt;/p&gt;", "&amp;lt;p&amp;gt;R&amp;amp;amp;D&amp;lt;/p&amp;gt;", "<p>R&amp;D</p>"]
        {
            assert_eq!(read(body, Markup::EscapedHtml), "R&D", "{body}");
        }
    }

    #[test]
    fn no_break_spaces_are_spaces() {
        assert_eq!(read("60\u{a0}000&nbsp;€", Markup::Html), "60 000 €");
    }

    #[test]
    fn hidden_characters_are_removed_with_a_warning() {
        let mut warnings = Warnings::new();
        assert_eq!(tidy("ad\u{200b}min\u{202e}x", &mut warnings), "adminx");
        assert!(warnings.contains("hidden-characters"));
    }

    #[test]
    fn a_joined_emoji_is_not_a_hidden_character() {
        let mut warnings = Warnings::new();
        tidy("\u{1f469}\u{200d}\u{1f4bb} coder", &mut warnings);
        assert!(warnings.is_empty());
    }

    #[test]
    fn a_title_loses_its_markup_and_entities() {
        assert_eq!(clean_line(" <b>R&amp;D</b>\n Engineer ", &mut Warnings::new()), "R&D Engineer");
        assert_eq!(clean_line("C &lt; D", &mut Warnings::new()), "C < D");
    }

    #[test]
    fn a_huge_text_is_cut_with_a_warning() {
        let mut warnings = Warnings::new();
        assert!(tidy(&"ä".repeat(TEXT_LIMIT), &mut warnings).len() <= TEXT_LIMIT);
        assert!(warnings.contains("text-cut"));
    }

    #[test]
    fn deep_nesting_ends_without_harm() {
        let deep = format!("{}x", "<div><span>".repeat(20_000));
        assert!(read(&deep, Markup::Html).len() <= deep.len());
    }

    proptest! {
        #[test]
        fn no_markup_panics(body in "\\PC*", tags in "(<[a-z/!&;]{0,5}|>|&[a-z#0-9]{0,4};?|x| ){0,40}") {
            for markup in [Markup::Plain, Markup::Html, Markup::EscapedHtml] {
                read(&body, markup);
                read(&tags, markup);
            }
        }

        #[test]
        fn tidying_twice_changes_nothing(body in "([ \\n\\r\\t\u{a0}\u{200b}a-c]|\\PC){0,60}") {
            let once = tidy(&body, &mut Warnings::new());
            prop_assert_eq!(tidy(&once, &mut Warnings::new()), once);
        }
    }
}
