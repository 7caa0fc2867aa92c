//! HTML, escaped HTML and untidy plain text into clean text: one line per paragraph, heading and list item.

mod hidden;
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

/// The text of HTML. Scripts, styles, comments and what is hidden from readers are left out; the last is reported as `hidden-text`.
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
    fn what_no_reader_sees_is_left_out_with_a_warning() {
        for hidden in [
            "<div style='display:none'>x<div>y</div>z</div>",
            "<span style=\"font-size:0\">x</span>",
            "<p hidden>x</p>",
            "<p class=a hidden>x</p>",
            "<p hidden=\"\">x</p>",
            "<SPAN STYLE=\"color:#fff;background-color:#fff\">x</SPAN>",
        ] {
            let mut warnings = Warnings::new();
            assert_eq!(clean(&format!("<p>a</p>{hidden}<p>b</p>"), Markup::Html, &mut warnings), "a\nb", "{hidden}");
            assert!(warnings.contains("hidden-text"), "{hidden}");
        }
    }

    #[test]
    fn what_may_be_seen_stays_with_a_warning() {
        for (doubtful, text) in [
            ("<p style=\"color:white\">x</p>", "x"),
            ("<i aria-hidden=\"true\">x</i>", "x"),
            // Never closed: where it ends is not known.
            ("<p style='display:none'>x", "x"),
        ] {
            let mut warnings = Warnings::new();
            assert_eq!(clean(doubtful, Markup::Html, &mut warnings), text, "{doubtful}");
            assert!(warnings.contains("doubtful-text"), "{doubtful}");
        }
        let mut warnings = Warnings::new();
        clean(
            "<p data-hidden=\"1\" title='display:none' style=\"min-height:1.5em\">x</p>",
            Markup::Html,
            &mut warnings,
        );
        assert!(warnings.is_empty());
    }

    #[test]
    fn tricks_with_characters_are_named() {
        for (text, clean, warning) in [
            ("a\u{200b}b\u{2060}c", "abc", "hidden-characters"),
            ("a\u{202e}b", "ab", "bidi-controls"),
            ("a\u{e0041}\u{e0042}b", "ab", "tag-characters"),
            ("a\u{1b}b\u{0}c", "abc", "control-characters"),
            ("p\u{430}ypal", "p\u{430}ypal", "mixed-scripts"),
            ("𝗥𝘂𝘀𝘁 dev", "Rust dev", "styled-letters"),
        ] {
            let mut warnings = Warnings::new();
            assert_eq!(tidy(text, &mut warnings), clean, "{text}");
            assert!(warnings.contains(warning), "{text} {warnings:?}");
        }
        for text in ["naïve café", "Senior Разработчик", "20 µm", "می\u{200c}خواهم"] {
            let mut warnings = Warnings::new();
            assert_eq!(tidy(text, &mut warnings), text);
            assert!(warnings.is_empty(), "{text} {warnings:?}");
        }
    }

    #[test]
    fn letters_and_their_accents_are_composed_and_soft_hyphens_dropped() {
        assert_eq!(tidy("cafe\u{301} Ent\u{ad}wick\u{ad}ler", &mut Warnings::new()), "café Entwickler");
        // What compatibility would change stays: m² is not m2.
        assert_eq!(tidy("10 m² ½ ﬁ", &mut Warnings::new()), "10 m² ½ ﬁ");
    }

    #[test]
    fn a_page_that_hides_most_of_itself_is_read() {
        let mut warnings = Warnings::new();
        let page = format!("<div style='display:none'><p>{}</p></div>", "word ".repeat(2_000));
        assert!(clean(&page, Markup::Html, &mut warnings).starts_with("word word"));
        assert!(warnings.contains("doubtful-text"));
    }

    /// Unclosed hidden elements must not make each other be searched again.
    #[test]
    fn many_unclosed_hidden_elements_take_linear_time() {
        let spent = |times: usize| {
            let body = "<p hidden>x<b style='display:none'>".repeat(times);
            let began = cpu_time::ProcessTime::now();
            read(&body, Markup::Html);
            began.elapsed().as_secs_f64()
        };
        spent(1_000);
        let (short, long) = (spent(5_000).max(0.000_5), spent(50_000));
        assert!(long < short * 60.0, "{short} {long}");
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

        #[test]
        fn cleaning_plain_text_twice_changes_nothing(body in "([ \\n\u{a0}\u{200b}\u{301}\u{430}\u{1d5d4}a-c•-]|\\PC){0,60}") {
            let once = clean(&body, Markup::Plain, &mut Warnings::new());
            prop_assert_eq!(clean(&once, Markup::Plain, &mut Warnings::new()), once);
        }
    }
}
