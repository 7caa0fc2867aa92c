//! Clean text as it is written: spaces and lines are put off until a visible character needs them.

use std::collections::BTreeSet;

use super::TEXT_LIMIT;

/// Takes words and lines, and keeps clean text of at most [`TEXT_LIMIT`] bytes.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    newlines: u8,
    space: bool,
    bullet: bool,
    hidden: bool,
    cut: bool,
}

impl Writer {
    /// A writer for a source of `length` bytes.
    pub fn new(length: usize) -> Self {
        Self { out: String::with_capacity(length.min(TEXT_LIMIT)), ..Self::default() }
    }

    /// The text, and what was odd about it.
    pub fn finish(self, warnings: &mut BTreeSet<&'static str>) -> String {
        if self.hidden {
            warnings.insert("hidden-characters");
        }
        if self.cut {
            warnings.insert("text-cut");
        }
        self.out
    }

    /// Whether nothing more is taken.
    pub fn is_full(&self) -> bool {
        self.cut
    }

    /// Whether the line holds nothing but its bullet.
    pub fn is_at_bullet(&self) -> bool {
        self.bullet && self.newlines == 0
    }

    /// Ends the line, unless it is empty.
    pub fn end_line(&mut self) {
        if self.newlines == 0 && !self.out.is_empty() {
            self.newlines = 1;
        }
    }

    /// Ends the line, even an empty one.
    pub fn new_line(&mut self) {
        self.newlines = self.newlines.saturating_add(1);
    }

    /// Parts words.
    pub fn space(&mut self) {
        self.space = true;
    }

    /// Begins an item of a list.
    pub fn bullet(&mut self) {
        self.visible("-");
        self.space = true;
        self.bullet = true;
    }

    /// Takes the text of `markup` from `at` to the next `<`, whose place it answers, or to the end. Line breaks are
    /// spaces, entities characters.
    pub fn words(&mut self, markup: &str, at: usize) -> usize {
        self.take::<true>(markup, at)
    }

    /// Takes plain text: its line breaks are line breaks, its entities what they look like.
    pub fn lines(&mut self, text: &str) {
        self.take::<false>(text, 0);
    }

    /// Takes a `<` that begins no tag.
    pub fn less_than(&mut self) {
        self.visible("<");
    }

    fn take<const MARKUP: bool>(&mut self, text: &str, mut at: usize) -> usize {
        let bytes = text.as_bytes();
        while let Some(&byte) = bytes.get(at) {
            let end = run::<MARKUP>(bytes, at);
            if end > at {
                // A run is ASCII, so both ends are boundaries.
                self.visible(&text[at..end]);
                at = end;
            } else if MARKUP && byte == b'<' {
                return at;
            } else if matches!(byte, b' ' | b'\t' | b'\r') || (MARKUP && matches!(byte, b'\n' | b'\x0c')) {
                self.space = true;
                at += 1;
            } else if MARKUP && byte == b'&' {
                at += self.entity(&text[at..]);
            } else {
                let Some(character) = text[at..].chars().next() else { break };
                self.character(character);
                at += character.len_utf8();
            }
            if self.cut {
                return bytes.len();
            }
        }
        bytes.len()
    }

    /// Takes the entity that `text` begins with, or its `&`; answers how many bytes that was.
    fn entity(&mut self, text: &str) -> usize {
        let bytes = text.as_bytes();
        let name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
        let length = 1 + bytes[1..].iter().take(LONGEST_ENTITY).take_while(|byte| name(byte)).count();
        let whole = if bytes.get(length) == Some(&b';') { length + 1 } else { length };
        let written = &text[..whole];
        let decoded = html_escape::decode_html_entities(written);
        if decoded == written {
            self.visible("&");
            return 1;
        }
        for character in decoded.chars() {
            self.character(character);
        }
        whole
    }

    fn character(&mut self, character: char) {
        match kind(character) {
            Class::Newline => self.new_line(),
            Class::Space => self.space = true,
            Class::Dropped => {}
            // A joiner inside a pictograph is drawing, not hiding.
            Class::Hidden if character == '\u{200d}' && self.out.chars().next_back().is_some_and(is_pictograph) => {}
            Class::Hidden => self.hidden = true,
            Class::Visible => self.visible(character.encode_utf8(&mut [0; 4])),
        }
    }

    /// Adds `text`, which begins with a visible character, after what was put off.
    fn visible(&mut self, text: &str) {
        let room = TEXT_LIMIT.saturating_sub(self.out.len() + 2);
        let text = super::prefix(text, room);
        self.cut |= text.is_empty();
        if text.is_empty() {
            return;
        }
        if !self.out.is_empty() {
            match self.newlines {
                0 if self.space => self.out.push(' '),
                0 => {}
                1 => self.out.push('\n'),
                _ => self.out.push_str("\n\n"),
            }
        }
        (self.newlines, self.space, self.bullet) = (0, false, false);
        self.out.push_str(text);
    }
}

/// Longest name of an entity, in bytes; `&CounterClockwiseContourIntegral;` is the longest that there is.
const LONGEST_ENTITY: usize = 32;

/// Bytes that are looked at together.
const STRIDE: usize = 16;

/// Where the visible ASCII that begins at `at` ends, single spaces between it included. In markup, `<` and `&` end it.
fn run<const MARKUP: bool>(bytes: &[u8], at: usize) -> usize {
    let plain = |byte: u8| (b'!'..=b'~').contains(&byte) && !(MARKUP && matches!(byte, b'<' | b'&'));
    if !bytes.get(at).is_some_and(|byte| plain(*byte)) {
        return at;
    }
    let mut end = at + 1;
    while let Some(next) = bytes.get(end..).and_then(<[u8]>::first_chunk) {
        if is_odd::<MARKUP>(next) {
            break;
        }
        end += STRIDE;
    }
    while let Some(&byte) = bytes.get(end) {
        let joins = byte == b' ' && bytes.get(end + 1).is_some_and(|next| plain(*next));
        if !(plain(byte) || joins) {
            break;
        }
        end += 1;
    }
    // A stride may end with a space that nothing visible follows.
    if bytes[end - 1] == b' ' { end - 1 } else { end }
}

/// Whether one of the first bytes of `next` ends a run, or is the first of two spaces. Without a branch for each byte, so
/// that the compiler takes them all at once.
fn is_odd<const MARKUP: bool>(next: &[u8; STRIDE + 1]) -> bool {
    let mut odd = 0;
    for at in 0..STRIDE {
        let (byte, follower) = (next[at], next[at + 1]);
        let tag = u8::from(byte == b'<') | u8::from(byte == b'&');
        let spaces = u8::from(byte == b' ') & u8::from(follower == b' ');
        odd |= u8::from(byte < b' ') | u8::from(byte > b'~') | spaces | if MARKUP { tag } else { 0 };
    }
    odd != 0
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
        '!'..='~' => Class::Visible,
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
