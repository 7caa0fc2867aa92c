//! Clean text as it is written: spaces and lines are put off until a visible character needs them.

use std::collections::BTreeSet;

use unicode_normalization::char::decompose_compatible;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::TEXT_LIMIT;

/// Takes words and lines, and keeps clean text of at most [`TEXT_LIMIT`] bytes.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    newlines: u8,
    space: bool,
    bullet: bool,
    hidden: bool,
    bidi: bool,
    tags: bool,
    controls: bool,
    mixed: bool,
    styled: bool,
    unseen: bool,
    doubtful: bool,
    /// Whether something may not be in composed form.
    uncomposed: bool,
    /// Whether the last letter is one that looks like a Latin one.
    lookalike: bool,
    cut: bool,
}

impl Writer {
    /// A writer for a source of `length` bytes.
    pub fn new(length: usize) -> Self {
        Self { out: String::with_capacity(length.min(TEXT_LIMIT)), ..Self::default() }
    }

    /// The text, and what was odd about it.
    pub fn finish(self, warnings: &mut BTreeSet<&'static str>) -> String {
        for (odd, name) in [
            (self.hidden, "hidden-characters"),
            (self.bidi, "bidi-controls"),
            (self.tags, "tag-characters"),
            (self.controls, "control-characters"),
            (self.mixed, "mixed-scripts"),
            (self.styled, "styled-letters"),
            (self.unseen, "hidden-text"),
            (self.doubtful, "doubtful-text"),
            (self.cut, "text-cut"),
        ] {
            if odd {
                warnings.insert(name);
            }
        }
        if self.uncomposed && is_nfc_quick(self.out.chars()) != IsNormalized::Yes {
            let composed: String = self.out.nfc().collect();
            return super::prefix(&composed, TEXT_LIMIT).to_owned();
        }
        self.out
    }

    /// Notes that an element was not seen by readers, and whether it was left out.
    pub fn unseen(&mut self, left_out: bool) {
        self.unseen |= left_out;
        self.doubtful |= !left_out;
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
                self.mixed |= self.lookalike && byte.is_ascii_alphabetic() && !self.is_parted();
                self.lookalike = false;
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
            Class::Control => self.controls = true,
            Class::Bidi if self.out.chars().next_back().is_some_and(is_right_to_left) => {}
            Class::Bidi => self.bidi = true,
            Class::Tag => self.tags = true,
            Class::Joiner => self.joiner(character),
            Class::Hidden => self.hidden = true,
            Class::Styled => {
                self.styled = true;
                decompose_compatible(character, |plain| self.visible(plain.encode_utf8(&mut [0; 4])));
            }
            Class::Visible => self.other(character),
        }
    }

    /// A joiner inside a pictograph is drawing, and between letters of some scripts spelling; elsewhere it hides.
    fn joiner(&mut self, character: char) {
        match self.out.chars().next_back() {
            Some(before) if !self.is_parted() && is_joined_script(before) => {
                self.visible(character.encode_utf8(&mut [0; 4]));
            }
            Some(before) if character == '\u{200d}' && is_pictograph(before) => {}
            _ => self.hidden = true,
        }
    }

    /// Adds a visible character that is not ASCII.
    fn other(&mut self, character: char) {
        self.uncomposed |= may_compose(character);
        let lookalike = looks_latin(character);
        self.mixed |= lookalike && !self.is_parted() && self.out.as_bytes().last().is_some_and(u8::is_ascii_alphabetic);
        self.visible(character.encode_utf8(&mut [0; 4]));
        self.lookalike = lookalike;
    }

    /// Whether space stands between the last character and the next.
    fn is_parted(&self) -> bool {
        self.space || self.newlines > 0
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
    /// Zero-width joiners and non-joiners.
    Joiner,
    /// Marks that turn the direction of writing.
    Bidi,
    /// Characters that spell invisible words.
    Tag,
    /// Letters that mathematics draws in another style.
    Styled,
    Control,
    Dropped,
}

fn kind(character: char) -> Class {
    match character {
        '!'..='~' => Class::Visible,
        '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Class::Newline,
        // A carriage return stands beside a line feed almost always; alone it is a space.
        '\r' | '\t' | ' ' => Class::Space,
        '\u{200c}' | '\u{200d}' => Class::Joiner,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' => Class::Bidi,
        '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{34f}' | '\u{180e}' => Class::Hidden,
        // Letters of Hangul and Khmer that draw nothing.
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{17b4}' | '\u{17b5}' => Class::Hidden,
        '\u{fff9}'..='\u{fffb}' => Class::Hidden,
        // Variation selectors beyond the sixteen that choose how a pictograph is drawn carry bytes that no one sees.
        '\u{e0000}'..='\u{e01ef}' => Class::Tag,
        '\u{2800}' => Class::Space,
        '\u{1d400}'..='\u{1d7ff}' => Class::Styled,
        '\u{feff}' | '\u{ad}' => Class::Dropped,
        _ if character.is_control() => Class::Control,
        _ if character.is_whitespace() => Class::Space,
        _ => Class::Visible,
    }
}

fn is_pictograph(character: char) -> bool {
    matches!(character, '\u{2600}'..='\u{27bf}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// Whether a character belongs to a script that is written from right to left.
fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// Whether a character belongs to a script in which joiners spell: Arabic, those of India and their neighbours.
fn is_joined_script(character: char) -> bool {
    matches!(character, '\u{600}'..='\u{77f}' | '\u{900}'..='\u{dff}' | '\u{1780}'..='\u{17b3}')
}

/// Whether a Greek or Cyrillic letter is drawn as a Latin one.
fn looks_latin(character: char) -> bool {
    matches!(character, '\u{370}'..='\u{52f}') && "АВЕЅІЈКМНОРСТУХаеорсухѕіјԁһԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρχ".contains(character)
}

/// Whether a character may be written otherwise in composed form: combining marks and what stands in blocks with some. Pictographs and
/// what joins them, of which many postings are full, are none.
fn may_compose(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{387}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{1fff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{2126}'..='\u{212b}' | '\u{2329}' | '\u{232a}' | '\u{2adc}' | '\u{302a}'..='\u{302f}' | '\u{3099}' | '\u{309a}'
        | '\u{a66f}'..='\u{abff}' | '\u{f900}'..='\u{fb4f}' | '\u{fe20}'..='\u{fe2f}' | '\u{10000}'..='\u{1efff}'
        | '\u{20000}'..='\u{3ffff}')
}
