//! HTML, escaped HTML and untidy plain text into clean text: one line per paragraph, heading and list item.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use lol_html::html_content::TextType;
use lol_html::{HtmlRewriter, MemorySettings, Settings, doc_text, element, end_tag};
use pipeline_core::source::Markup;

/// Longest clean text that is kept, in bytes.
pub const TEXT_LIMIT: usize = 1024 * 1024;

/// Longest markup that is read, in bytes; what comes after it is cut.
const MARKUP_LIMIT: usize = 4 * 1024 * 1024;

/// Most memory that the HTML parser may hold, in bytes: deep nesting is cut off there.
const PARSER_LIMIT: usize = 32 * 1024 * 1024;

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
    let mut out = String::with_capacity(text.len().min(TEXT_LIMIT));
    let (mut newlines, mut space) = (0_u8, false);
    let mut last_visible = ' ';
    for character in text.chars() {
        match kind(character) {
            Class::Newline => newlines = newlines.saturating_add(1),
            Class::Space => space = true,
            Class::Dropped => {}
            // A joiner inside a pictograph is drawing, not hiding.
            Class::Hidden if character == '\u{200d}' && is_pictograph(last_visible) => {}
            Class::Hidden => {
                warnings.insert("hidden-characters");
            }
            Class::Visible => {
                if out.len() + 4 > TEXT_LIMIT {
                    warnings.insert("text-cut");
                    break;
                }
                if !out.is_empty() && newlines > 0 {
                    out.push_str(if newlines > 1 { "\n\n" } else { "\n" });
                } else if !out.is_empty() && space {
                    out.push(' ');
                }
                (newlines, space) = (0, false);
                last_visible = character;
                out.push(character);
            }
        }
    }
    out
}

enum Class {
    Visible,
    Space,
    Newline,
    Hidden,
    Dropped,
}

fn kind(character: char) -> Class {
    match character {
        ' '..='~' if character != ' ' => Class::Visible,
        '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Class::Newline,
        // A carriage return stands beside a line feed almost always; alone it is a space.
        '\r' | '\t' | ' ' => Class::Space,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}' => Class::Hidden,
        '\u{e0000}'..='\u{e007f}' => Class::Hidden,
        '\u{feff}' | '\u{ad}' => Class::Dropped,
        _ if character.is_control() => Class::Dropped,
        _ if character.is_whitespace() => Class::Space,
        _ => Class::Visible,
    }
}

fn is_pictograph(character: char) -> bool {
    matches!(character, '\u{2600}'..='\u{27bf}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// The text of HTML. Scripts, styles and comments are left out.
fn html(markup: &str, warnings: &mut Warnings) -> String {
    let out = Rc::new(RefCell::new(String::with_capacity(markup.len().min(TEXT_LIMIT))));
    if rewrite(markup, &out).is_err() {
        warnings.insert("markup-broken");
    }
    let raw = out.take();
    tidy(&decoded(&raw), warnings)
}

fn rewrite(markup: &str, out: &Rc<RefCell<String>>) -> Result<(), lol_html::errors::RewritingError> {
    let (starts, texts) = (Rc::clone(out), Rc::clone(out));
    let settings = Settings::new()
        .with_strict(false)
        .with_memory_settings(MemorySettings::new().with_max_allowed_memory_usage(PARSER_LIMIT))
        .append_element_content_handler(element!("*", move |element| {
            let name = element.tag_name();
            let Some(block) = block(&name) else { return Ok(()) };
            open(&mut starts.borrow_mut(), block);
            let ends = Rc::clone(&starts);
            if let Some(handlers) = element.end_tag_handlers() {
                handlers.push(end_tag!(move |_| {
                    end_line(&mut ends.borrow_mut());
                    Ok(())
                }));
            }
            Ok(())
        }))
        .append_document_content_handler(doc_text!(move |chunk| {
            if matches!(chunk.text_type(), TextType::Data | TextType::CDataSection | TextType::PlainText) {
                push_words(&mut texts.borrow_mut(), chunk.as_str());
            }
            Ok(())
        }));
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    rewriter.write(markup.as_bytes())?;
    rewriter.end()
}

#[derive(Clone, Copy)]
enum Block {
    Line,
    Break,
    Heading,
    Item,
    Cell,
}

fn block(name: &str) -> Option<Block> {
    Some(match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Block::Heading,
        "li" => Block::Item,
        "td" | "th" => Block::Cell,
        "br" => Block::Break,
        "p" | "div" | "hr" | "ul" | "ol" | "tr" | "table" | "section" | "article" | "header" | "footer" | "dl"
        | "dt" | "dd" | "blockquote" | "pre" | "main" | "aside" | "figure" | "figcaption" | "form" | "fieldset" => {
            Block::Line
        }
        _ => return None,
    })
}

fn open(out: &mut String, block: Block) {
    match block {
        Block::Heading => {
            end_line(out);
            out.push('\n');
        }
        Block::Item => {
            end_line(out);
            out.push_str("- ");
        }
        Block::Cell => out.push(' '),
        Block::Break => out.push('\n'),
        // A paragraph inside a list item does not leave its dash alone on a line.
        Block::Line if out.ends_with("\n- ") || out == "- " => {}
        Block::Line => end_line(out),
    }
}

fn end_line(out: &mut String) {
    if !out.trim_end_matches(' ').ends_with('\n') && !out.is_empty() {
        out.push('\n');
    }
}

/// Adds words of the source. Its line breaks are spaces (lines come from tags alone), and runs of spaces are one.
fn push_words(out: &mut String, words: &str) {
    for character in words.chars() {
        let character = if matches!(character, '\n' | '\r' | '\t' | '\u{c}') { ' ' } else { character };
        if character != ' ' || !out.ends_with(' ') {
            out.push(character);
        }
    }
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

/// Whether a `<` is followed by what begins a tag.
fn has_tag(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes
        .windows(2)
        .any(|pair| pair[0] == b'<' && (pair[1].is_ascii_alphabetic() || pair[1] == b'/' || pair[1] == b'!'))
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
