//! Tags of HTML, found in one pass without building a tree: where lines begin and end, and which words are text.
//!
//! It follows the tokenizer of the HTML standard (section 13.2.5) as far as text needs it: quoted attributes may hold `>`,
//! comments end at `-->`, what is no tag is text, and raw text such as a script ends only at its own end tag.

use memchr::{memchr, memchr3, memmem};

use super::hidden::{Sight, Styles, is_bare_hidden};
use super::write::Writer;

/// What an element means for lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Line,
    Break,
    Heading,
    Item,
    Cell,
}

/// Writes the words of `markup` to `out`, lines where its elements make them.
pub(super) fn scan(markup: &str, out: &mut Writer) {
    let bytes = markup.as_bytes();
    let mut at = 0;
    let mut eye = Eye::default();
    while at < bytes.len() && !out.is_full() {
        let open = out.words(markup, at);
        at = match bytes.get(open + 1) {
            Some(next) if next.is_ascii_alphabetic() => start_tag(bytes, open + 1, &mut eye, out),
            Some(b'/') => end_tag(bytes, open + 2, out),
            Some(b'!') if bytes[open + 2..].starts_with(b"--") => comment(bytes, open + 4),
            Some(b'!' | b'?') => past(bytes, open + 2),
            _ if open < bytes.len() => {
                out.less_than();
                open + 1
            }
            _ => open,
        };
    }
}

/// Most hidden elements that are searched for their end and then kept: each search may read to the end of the page.
const MOST_KEPT: u8 = 16;

/// Longest hidden element that is left out whatever its share of the page, in bytes.
const SMALL: usize = 1_024;

/// What is seen of the page.
#[derive(Default)]
struct Eye<'a> {
    styles: Styles<'a>,
    /// How many hidden elements were searched for their end and not left out.
    kept: u8,
}

/// Takes the start tag whose name begins at `at`; answers where to go on.
fn start_tag<'a>(bytes: &'a [u8], at: usize, eye: &mut Eye<'a>, out: &mut Writer) -> usize {
    let (end, name) = name(bytes, at);
    let (after, sight) = attributes(bytes, end, &mut eye.styles);
    if sight.hidden && !is_void(name) {
        let behind = if eye.kept < MOST_KEPT { behind_element(bytes, after, name) } else { None };
        // A page that hides most of itself shows it by a script.
        let behind = behind.filter(|behind| behind - after <= bytes.len() / 4 || behind - after <= SMALL);
        out.unseen(behind.is_some());
        eye.kept += u8::from(behind.is_none() && eye.kept < MOST_KEPT);
        if let Some(behind) = behind {
            if matches!(element(name), Element::Block(_)) {
                out.end_line();
            }
            return behind;
        }
    }
    if sight.doubtful {
        out.unseen(false);
    }
    match element(name) {
        Element::Block(block) => begin(block, out),
        Element::Raw => return raw_end(bytes, after, &bytes[at..end]),
        Element::Inline => {}
    }
    after
}

/// Takes the end tag whose name should begin at `at`.
fn end_tag(bytes: &[u8], at: usize, out: &mut Writer) -> usize {
    if !bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
        return past(bytes, at);
    }
    let (end, name) = name(bytes, at);
    if matches!(element(name), Element::Block(_)) {
        out.end_line();
    }
    tag_end(bytes, end)
}

/// Behind the end tag of the element called `called` whose content begins at `at`; `None` when it is never closed.
fn behind_element(bytes: &[u8], mut at: usize, called: u128) -> Option<usize> {
    let mut depth = 1_usize;
    while let Some(found) = memchr(b'<', bytes.get(at..)?) {
        let open = at + found;
        at = match bytes.get(open + 1) {
            Some(b'/') => {
                let (end, other) = name(bytes, open + 2);
                let after = tag_end(bytes, end);
                if other == called {
                    depth -= 1;
                    if depth == 0 {
                        return Some(after);
                    }
                }
                after
            }
            Some(next) if next.is_ascii_alphabetic() => {
                let (end, other) = name(bytes, open + 1);
                let after = tag_end(bytes, end);
                depth += usize::from(other == called);
                match element(other) {
                    Element::Raw => raw_end(bytes, after, &bytes[open + 1..end]),
                    _ => after,
                }
            }
            Some(b'!') if bytes[open + 2..].starts_with(b"--") => comment(bytes, open + 4),
            _ => open + 1,
        };
    }
    None
}

/// Whether elements of this name hold nothing and have no end tag.
fn is_void(name: u128) -> bool {
    const VOID: [u128; 8] =
        [key(b"input"), key(b"img"), key(b"br"), key(b"hr"), key(b"meta"), key(b"link"), key(b"source"), key(b"wbr")];
    VOID.contains(&name)
}

fn begin(block: Block, out: &mut Writer) {
    match block {
        Block::Heading => {
            out.end_line();
            out.new_line();
        }
        Block::Item => {
            out.end_line();
            out.bullet();
        }
        Block::Cell => out.space(),
        Block::Break => out.new_line(),
        // A paragraph inside a list item does not leave its dash alone on a line.
        Block::Line if out.is_at_bullet() => {}
        Block::Line => out.end_line(),
    }
}

/// What an element is to text.
enum Element {
    /// It makes lines.
    Block(Block),
    /// Its content is no text of the page.
    Raw,
    /// Neither.
    Inline,
}

/// The letters of a name as one number: no two names of up to 16 letters share one.
const fn key(name: &[u8]) -> u128 {
    let mut key = 0;
    let mut at = 0;
    while at < name.len() {
        // This bit makes a letter lower case and leaves digits as they are.
        key = (key << 8) | (name[at] | 0x20) as u128;
        at += 1;
    }
    key
}

/// Where the name that begins at `at` ends, and its key.
fn name(bytes: &[u8], at: usize) -> (usize, u128) {
    let (mut end, mut key) = (at, 0_u128);
    while let Some(&byte) = bytes.get(end) {
        if matches!(byte, b'>' | b'/' | b' ' | b'\n' | b'\t' | b'\r' | b'\x0c') {
            break;
        }
        // A longer name pushes its first letters out, so that no long name is taken for a short one by chance alone.
        key = if end - at < 16 { (key << 8) | u128::from(byte | 0x20) } else { u128::MAX };
        end += 1;
    }
    (end, key)
}

fn element(name: u128) -> Element {
    macro_rules! keys {
        ($name:ident in $($text:literal)|+) => { [$( const { key($text) } ),+].contains(&$name) };
    }
    // The most frequent first.
    if keys!(name in b"p" | b"div" | b"ul" | b"ol" | b"tr" | b"table" | b"section" | b"article" | b"header" | b"footer" | b"hr"
        | b"dl" | b"dt" | b"dd" | b"blockquote" | b"pre" | b"main" | b"aside" | b"figure" | b"figcaption" | b"form" | b"fieldset")
    {
        Element::Block(Block::Line)
    } else if name == const { key(b"li") } {
        Element::Block(Block::Item)
    } else if name == const { key(b"br") } {
        Element::Block(Block::Break)
    } else if keys!(name in b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6") {
        Element::Block(Block::Heading)
    } else if keys!(name in b"td" | b"th") {
        Element::Block(Block::Cell)
    } else if keys!(name in b"script" | b"style" | b"textarea" | b"title" | b"xmp" | b"iframe" | b"noembed" | b"noframes")
    {
        Element::Raw
    } else {
        Element::Inline
    }
}

/// Behind the `>` of the tag whose name ends at `at`; a `>` in a quoted value does not end it.
fn tag_end(bytes: &[u8], mut at: usize) -> usize {
    if bytes.get(at) == Some(&b'>') {
        return at + 1;
    }
    while let Some(found) = memchr3(b'>', b'"', b'\'', bytes.get(at..).unwrap_or_default()) {
        let (from, here) = (at, at + found);
        at = match bytes[here] {
            b'>' => return here + 1,
            // Only after `=` does a quote begin a value; elsewhere it is part of a name.
            quote if name_before(bytes, from, here).is_some() => {
                memchr(quote, &bytes[here + 1..]).map_or(bytes.len(), |closing| here + 1 + closing + 1)
            }
            _ => here + 1,
        };
    }
    bytes.len()
}

/// As [`tag_end`], and whether the element is seen.
#[inline]
fn attributes<'a>(bytes: &'a [u8], mut at: usize, styles: &mut Styles<'a>) -> (usize, Sight) {
    let mut sight = Sight::default();
    if bytes.get(at) == Some(&b'>') {
        return (at + 1, sight);
    }
    while let Some(found) = memchr3(b'>', b'"', b'\'', bytes.get(at..).unwrap_or_default()) {
        let (from, here) = (at, at + found);
        let quote = bytes[here];
        if quote == b'>' {
            // Shorter ones have no room for the name.
            sight.hidden |= here - from >= b" hidden".len() && is_bare_hidden(&bytes[from..here]);
            return (here + 1, sight);
        }
        at = here + 1;
        if let Some(name) = name_before(bytes, from, here) {
            let end = memchr(quote, &bytes[at..]).map_or(bytes.len(), |closing| at + closing);
            styles.attribute(name, &bytes[here + 1..end], &mut sight);
            // Shorter ones have no room for two names.
            sight.hidden |= name.len() > b" hidden ".len() && is_bare_hidden(name);
            at = (end + 1).min(bytes.len());
        }
    }
    (bytes.len(), sight)
}

/// What stands from `from` to the `=` before the quote at `at`, spaces aside; `None` when there is no `=`.
#[inline]
fn name_before(bytes: &[u8], from: usize, at: usize) -> Option<&[u8]> {
    let equals = bytes[from..at].iter().rposition(|byte| !byte.is_ascii_whitespace())?;
    (bytes[from + equals] == b'=').then(|| &bytes[from..from + equals])
}

/// Behind the next `>`.
fn past(bytes: &[u8], at: usize) -> usize {
    memchr(b'>', bytes.get(at..).unwrap_or_default()).map_or(bytes.len(), |found| at + found + 1)
}

/// Behind the comment whose text begins at `at`.
fn comment(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    // `<!-->` and `<!--->` are whole comments.
    if rest.starts_with(b">") {
        return at + 1;
    }
    if rest.starts_with(b"->") {
        return at + 2;
    }
    memmem::find(rest, b"-->").map_or(bytes.len(), |found| at + found + 3)
}

/// Behind the end tag of the raw element called `name` whose content begins at `at`.
fn raw_end(bytes: &[u8], mut at: usize, name: &[u8]) -> usize {
    while let Some(found) = memmem::find(bytes.get(at..).unwrap_or_default(), b"</") {
        let begin = at + found + 2;
        let end = begin + name.len();
        let closes = bytes.get(begin..end).is_some_and(|found| found.eq_ignore_ascii_case(name));
        if closes && bytes.get(end).is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')) {
            return tag_end(bytes, end);
        }
        at = begin;
    }
    bytes.len()
}

/// Whether a `<` in `text` is followed by what begins a tag.
pub(super) fn has_tag(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes)
        .any(|at| bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!')))
}
