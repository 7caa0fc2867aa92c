//! Finding any of many phrases in a text: whole tokens, either case, the first and then the longest.
//!
//! Each token is hashed once. Two bitmaps of 32 KiB let few through that begin no phrase: of tokens that are a phrase alone, and of
//! first and second tokens together. The others are followed, token by token, through a table of the hashes of all
//! beginnings of phrases. What it finds is compared letter by letter before it counts, so equal hashes cannot make two words one.

use super::token::{Token, chain, hash, runs, token_after, token_at};

/// The logarithm of the words of a filter.
const FILTER_WORDS: u32 = 12;
/// Most tokens of a phrase.
const LONGEST: usize = 12;
/// Most bytes of a phrase.
const LONGEST_BYTES: usize = 4_000;

/// Phrases to be found, each numbered by its place in the list that they were made from.
pub struct Phrases {
    alone: Filter,
    pairs: Filter,
    /// Beginnings by hash: open addressing.
    nodes: Vec<Node>,
    /// The phrases, those of one node side by side; of each its number, with the bit [`LAST`] where it is the last of its node, the
    /// length of its lower case and that, its tokens ended by line breaks.
    ends: Vec<u8>,
    count: usize,
}

/// A set of hashes that says of few others that it has them: two bits of one word stand for each.
struct Filter(Vec<u64>);

impl Filter {
    fn new() -> Self {
        Self(vec![0; 1 << FILTER_WORDS])
    }

    #[inline]
    fn place(hash: u64) -> (usize, u64) {
        ((hash >> (64 - FILTER_WORDS)) as usize, 1 << (hash & 63) | 1 << (hash >> 6 & 63))
    }

    fn add(&mut self, hash: u64) {
        let (word, bits) = Self::place(hash);
        self.0[word] |= bits;
    }

    #[inline]
    fn may_have(&self, hash: u64) -> bool {
        let (word, bits) = Self::place(hash);
        self.0[word] & bits == bits
    }
}

/// A beginning of phrases; one of no phrase and nothing further is a free place.
#[derive(Clone, Copy, Default)]
struct Node {
    /// The upper half of its hash; the lower says where it lies.
    tag: u32,
    /// Where in `ends` the phrases are that end here.
    from: u32,
    /// One bit for each further token that may follow, by its hash.
    next: u64,
}

/// `Node::from` where no phrase ends.
const NONE: u32 = u32::MAX;
/// Marks the last phrase of a node in `ends`.
const LAST: u32 = 1 << 31;

/// A phrase found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Number of the phrase.
    pub phrase: usize,
}

impl std::fmt::Debug for Phrases {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Phrases").field("phrases", &self.count).finish_non_exhaustive()
    }
}

impl Phrases {
    /// A finder of `phrases`. One of no token, of more than twelve or of more than 4,000 bytes is never found.
    pub fn new<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut alone, mut pairs) = (Filter::new(), Filter::new());
        let mut folded = Vec::new();
        // (hash of a beginning, which phrase ends there or `u32::MAX`, hash of what follows)
        let mut beginnings: Vec<(u64, u32, Option<u64>)> = Vec::new();
        for (number, phrase) in phrases.into_iter().enumerate() {
            let tokens = tokens(phrase);
            folded.push(fold(phrase, &tokens));
            if tokens.is_empty() || tokens.len() > LONGEST || phrase.len() > LONGEST_BYTES {
                continue;
            }
            let begins = seen_as(phrase, &tokens[0]);
            match tokens.get(1) {
                Some(second) => pairs.add(pair(begins, seen_as(phrase, second))),
                None => alone.add(begins),
            }
            let mut so_far = 0;
            for (at, token) in tokens.iter().enumerate() {
                so_far = if at == 0 { token.hash } else { chain(so_far, token.hash) };
                let ends = if at + 1 == tokens.len() { number as u32 } else { u32::MAX };
                beginnings.push((so_far, ends, tokens.get(at + 1).map(|token| token.hash)));
            }
        }
        beginnings.sort_unstable();
        let (nodes, ends) = table(&beginnings, &folded);
        Self { alone, pairs, nodes, ends, count: folded.len() }
    }

    /// Calls `take` with each phrase found, from left to right, at each place the longest first. When it answers `true` the
    /// phrase is taken and the search goes on after it; else a shorter one is offered, then the next place.
    pub fn scan(&self, text: &str, mut take: impl FnMut(Match) -> bool) {
        let bytes = text.as_bytes();
        let mut lower = String::new();
        // Up to where the text is taken; the token before, and whether it is a phrase alone.
        let (mut free_from, mut before, mut alone) = (0, NOTHING, false);
        runs(bytes, |start, end, ascii| {
            let token = Token { start, end, hash: hash(bytes, start, end) };
            let pair = self.pairs.may_have(pair(before.hash, token.hash));
            if pair | alone | !ascii {
                free_from = self.visit(text, before, pair || !ascii, free_from, &mut lower, &mut take);
            }
            (before, alone) = (token, self.alone.may_have(token.hash));
            if !ascii {
                free_from = self.scan_run(text, start.max(free_from), end, &mut lower, &mut take).max(free_from);
                (before, alone) = (NOTHING, false);
            }
        });
        self.visit(text, before, false, free_from, &mut lower, &mut take);
    }

    /// Follows the phrases that begin with `token` when it is free, those of several tokens only if `longer`; answers from where on the
    /// text is free.
    fn visit(
        &self,
        text: &str,
        token: Token,
        longer: bool,
        free_from: usize,
        lower: &mut String,
        take: &mut impl FnMut(Match) -> bool,
    ) -> usize {
        if token.start < free_from || token.end == 0 {
            return free_from;
        }
        let signed = matches!(text.as_bytes().get(token.end), Some(b'+' | b'#'));
        let token = if signed { token_at(text, token.start, lower).unwrap_or(token) } else { token };
        self.follow(text, token, longer, lower, take).unwrap_or(free_from)
    }

    /// Every phrase found, none over another.
    pub fn find(&self, text: &str) -> Vec<Match> {
        let mut out = Vec::new();
        self.scan(text, |found| {
            out.push(found);
            true
        });
        out
    }

    /// The phrases that `text` is, as a whole.
    pub fn whole(&self, text: &str) -> Vec<usize> {
        let tokens = tokens(text);
        let Some((first, rest)) = tokens.split_first() else { return Vec::new() };
        let so_far = rest.iter().fold(first.hash, |so_far, token| chain(so_far, token.hash));
        let words = fold(text, &tokens);
        let from = self.node(so_far).map_or(NONE, |node| node.from);
        self.ends(from).filter(|(_, folded)| *folded == words.as_bytes()).map(|(phrase, _)| phrase).collect()
    }

    /// A run with characters outside ASCII, which may be several tokens; answers from where on the text is free.
    fn scan_run(
        &self,
        text: &str,
        start: usize,
        end: usize,
        lower: &mut String,
        take: &mut impl FnMut(Match) -> bool,
    ) -> usize {
        let mut at = start;
        while at < end {
            let Some(character) = text[at..].chars().next() else { break };
            let Some(token) = character.is_alphanumeric().then(|| token_at(text, at, lower)).flatten() else {
                at += character.len_utf8();
                continue;
            };
            at = self.follow(text, token, true, lower, take).unwrap_or(token.end);
        }
        at
    }

    /// The phrases from place `from` on: number and lower case.
    #[inline]
    fn ends(&self, from: u32) -> impl Iterator<Item = (usize, &[u8])> {
        let mut rest = self.ends.get(from as usize..).unwrap_or_default();
        std::iter::from_fn(move || {
            let (head, after) = rest.split_first_chunk::<6>()?;
            let number = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
            let (folded, after) = after.split_at(usize::from(u16::from_le_bytes([head[4], head[5]])));
            rest = if number & LAST == 0 { after } else { &[] };
            Some(((number & !LAST) as usize, folded))
        })
    }

    /// Follows the phrases that begin with `first`, those of several tokens only if `longer`; answers the end of the one taken.
    fn follow(
        &self,
        text: &str,
        mut first: Token,
        longer: bool,
        lower: &mut String,
        take: &mut impl FnMut(Match) -> bool,
    ) -> Option<usize> {
        if is_dotted_net(text, &first) {
            first.start -= 1;
            first.hash = hash(text.as_bytes(), first.start, first.end);
        }
        let node = self.node(first.hash)?;
        if longer
            && node.next != 0
            && let Some(second) = token_after(text, first.end, lower)
            && let Some(taken) = self.follow_on(text, [first, second], node, lower, take)
        {
            return Some(taken);
        }
        self.offer(text, &[first], node.from, take)
    }

    /// The same for the phrases of two tokens and more.
    fn follow_on<'n>(
        &'n self,
        text: &str,
        [first, second]: [Token; 2],
        mut node: &'n Node,
        lower: &mut String,
        take: &mut impl FnMut(Match) -> bool,
    ) -> Option<usize> {
        let may_follow = |node: &Node, token: &Token| node.next >> (token.hash >> 58) & 1 != 0;
        if !may_follow(node, &second) {
            return None;
        }
        let (mut path, mut found) = ([first; LONGEST], [NONE; LONGEST]);
        let (mut length, mut so_far, mut token) = (1, first.hash, second);
        loop {
            so_far = chain(so_far, token.hash);
            let Some(longer) = self.node(so_far) else { break };
            (path[length], found[length], node) = (token, longer.from, longer);
            length += 1;
            if node.next == 0 || length == LONGEST {
                break;
            }
            match token_after(text, token.end, lower).filter(|token| may_follow(node, token)) {
                Some(next) => token = next,
                None => break,
            }
        }
        (2..=length).rev().find_map(|length| self.offer(text, &path[..length], found[length - 1], take))
    }

    /// Offers the phrases from place `from` on that the tokens of `path` are.
    #[inline]
    fn offer(&self, text: &str, path: &[Token], from: u32, take: &mut impl FnMut(Match) -> bool) -> Option<usize> {
        let (start, end) = (path[0].start, path[path.len() - 1].end);
        let mut fits = self.ends(from).filter(|(_, folded)| is_folded(text, path, folded));
        fits.any(|(phrase, _)| take(Match { start, end, phrase })).then_some(end)
    }

    #[inline]
    fn node(&self, hash: u64) -> Option<&Node> {
        let mask = self.nodes.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let node = &self.nodes[at];
            if node.tag == (hash >> 32) as u32 {
                return (!node.is_free()).then_some(node);
            }
            if node.is_free() {
                return None;
            }
            at = (at + 1) & mask;
        }
    }
}

impl Node {
    #[inline]
    fn is_free(&self) -> bool {
        self.from == 0 && self.next == 0
    }
}

/// What stands before the first token.
const NOTHING: Token = Token { start: 0, end: 0, hash: 0 };

/// The key of two tokens in the filter of pairs.
#[inline]
fn pair(first: u64, second: u64) -> u64 {
    first.rotate_left(17) ^ second
}

/// The hash under which the scan sees a token: without its signs and its dot.
fn seen_as(text: &str, token: &Token) -> u64 {
    let bytes = &text.as_bytes()[token.start..token.end];
    if !bytes.is_ascii() {
        return token.hash;
    }
    let from = bytes.iter().position(u8::is_ascii_alphanumeric).unwrap_or_default();
    let to = bytes.iter().rposition(u8::is_ascii_alphanumeric).map_or(bytes.len(), |last| last + 1);
    hash(bytes, from, to)
}

/// Whether `token` is the `NET` of ".NET", and not that of "ASP.NET".
#[inline]
fn is_dotted_net(text: &str, token: &Token) -> bool {
    if token.start == 0 || text.as_bytes()[token.start - 1] != b'.' {
        return false;
    }
    let before = &text[..token.start - 1];
    text[token.start..token.end].eq_ignore_ascii_case("net") && !before.ends_with(char::is_alphanumeric)
}

/// All tokens of a phrase.
fn tokens(phrase: &str) -> Vec<Token> {
    let (mut out, mut lower, mut at): (Vec<Token>, _, _) = (Vec::new(), String::new(), 0);
    while let Some(character) = phrase[at..].chars().next() {
        let token = if character.is_alphanumeric() { token_at(phrase, at, &mut lower) } else { None };
        let Some(mut token) = token else {
            at += character.len_utf8();
            continue;
        };
        at = token.end;
        if is_dotted_net(phrase, &token) {
            token.start -= 1;
            token.hash = hash(phrase.as_bytes(), token.start, token.end);
        }
        out.push(token);
    }
    out
}

fn fold(phrase: &str, tokens: &[Token]) -> String {
    let mut folded = String::with_capacity(phrase.len() + 1);
    for token in tokens {
        folded.extend(phrase[token.start..token.end].chars().flat_map(char::to_lowercase));
        folded.push('\n');
    }
    folded
}

#[inline]
fn is_folded(text: &str, tokens: &[Token], folded: &[u8]) -> bool {
    let mut rest = folded;
    let all = tokens.iter().all(|token| {
        let written = &text[token.start..token.end];
        let Some((word, after)) = rest.split_at_checked(written.len()) else { return false };
        if word.is_ascii() && written.is_ascii() && after.first() == Some(&b'\n') {
            rest = &after[1..];
            return written.as_bytes().eq_ignore_ascii_case(word);
        }
        // The lower case of other letters may be longer or shorter.
        let lower = written.to_lowercase();
        match rest.strip_prefix(lower.as_bytes()) {
            Some([b'\n', after @ ..]) => {
                rest = after;
                true
            }
            _ => false,
        }
    });
    all && rest.is_empty()
}

/// The table of the sorted beginnings, those of one hash as one node; and the phrases that end at each, the first byte unused.
fn table(beginnings: &[(u64, u32, Option<u64>)], folded: &[String]) -> (Vec<Node>, Vec<u8>) {
    let (mut nodes, mut ends): (Vec<(u64, Node)>, Vec<u8>) = (Vec::new(), vec![0]);
    for same in beginnings.chunk_by(|a, b| a.0 == b.0) {
        let from = ends.len();
        let mut here = same.iter().map(|(_, end, _)| *end).filter(|end| *end != u32::MAX).peekable();
        while let Some(end) = here.next() {
            let number = if here.peek().is_none() { end | LAST } else { end };
            let words = &folded[end as usize];
            ends.extend_from_slice(&number.to_le_bytes());
            ends.extend_from_slice(&(words.len() as u16).to_le_bytes());
            ends.extend_from_slice(words.as_bytes());
        }
        let next = same.iter().filter_map(|(_, _, next)| *next).fold(0, |next, hash| next | 1 << (hash >> 58));
        let from = if ends.len() > from { from as u32 } else { NONE };
        nodes.push((same[0].0, Node { tag: (same[0].0 >> 32) as u32, from, next }));
    }
    let mut size = (nodes.len() + nodes.len() / 4 + 2).next_power_of_two();
    loop {
        match placed(&nodes, size) {
            Some(table) => return (table, ends),
            // Two tags alike in one stretch: in a larger table they lie apart.
            None => size *= 2,
        }
    }
}

/// The nodes at their places; `None` when one would hide another.
fn placed(nodes: &[(u64, Node)], size: usize) -> Option<Vec<Node>> {
    let mut table = vec![Node::default(); size];
    for (hash, node) in nodes {
        let mut at = *hash as usize & (size - 1);
        while !table[at].is_free() {
            if table[at].tag == node.tag {
                return None;
            }
            at = (at + 1) & (size - 1);
        }
        table[at] = *node;
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(phrases: &[&str], text: &str) -> Vec<String> {
        let finder = Phrases::new(phrases.iter().copied());
        finder
            .find(text)
            .into_iter()
            .map(|found| format!("{}:{}", found.phrase, &text[found.start..found.end]))
            .collect()
    }

    #[test]
    fn the_first_and_then_the_longest_is_found() {
        assert_eq!(found(&["a b", "a b c d", "b c"], "A b c x; a B c d"), ["0:A b", "1:a B c d"]);
        assert_eq!(found(&["b c", "a b d"], "a b c"), ["0:b c"]);
    }

    #[test]
    fn tokens_stand_beside_each_other_on_one_line() {
        assert_eq!(
            found(&["power bi"], "Power-BI, power bi, power  bi, power\nbi, power, bi"),
            ["0:Power-BI", "0:power bi"]
        );
        assert_eq!(found(&["power bi"], "Power\u{a0}BI Power–BI"), ["0:Power\u{a0}BI", "0:Power–BI"]);
    }

    #[test]
    fn signs_dots_and_other_letters_are_kept() {
        assert_eq!(
            found(&["C", "C++", ".NET", "ASP.NET"], "c, C++17 .net ASP.NET C+"),
            ["0:c", "1:C++", "2:.net", "3:ASP.NET"]
        );
        assert_eq!(found(&["Ärzte", "開発", "c"], "DIE ÄRZTE c開発c"), ["0:ÄRZTE", "2:c", "1:開発", "2:c"]);
    }

    #[test]
    fn what_is_not_taken_leaves_room_for_a_shorter_one() {
        let finder = Phrases::new(["a", "a b", "b"]);
        let mut taken = Vec::new();
        finder.scan("a b", |found| {
            let short = found.end - found.start == 1;
            taken.extend(short.then_some(found.phrase));
            short
        });
        assert_eq!(taken, [0, 2]);
    }

    #[test]
    fn a_whole_text_is_a_phrase() {
        let finder = Phrases::new(["power bi", "C++"]);
        assert_eq!(finder.whole(" Power-BI "), [0]);
        assert_eq!(finder.whole("c++"), [1]);
        assert!(finder.whole("power").is_empty() && finder.whole("").is_empty());
    }

    /// The same by comparing every phrase at every token.
    fn plainly(phrases: &[String], text: &str) -> Vec<Match> {
        let all = tokens(text);
        let (mut out, mut at) = (Vec::new(), 0);
        while at < all.len() {
            let fits = |phrase: &String| {
                let words = tokens(phrase);
                let here = all.get(at..at + words.len())?;
                let near = here.windows(2).all(|two| {
                    let gap = &text[two[0].end..two[1].start];
                    gap.chars().count() <= 1 && gap != "\n"
                });
                (!words.is_empty() && near && fold(phrase, &words) == fold(text, here)).then_some(words.len())
            };
            let best = phrases.iter().enumerate().filter_map(|(number, phrase)| Some((fits(phrase)?, number)));
            match best.max_by_key(|(length, number)| (*length, std::cmp::Reverse(*number))) {
                Some((length, phrase)) => {
                    out.push(Match { start: all[at].start, end: all[at + length - 1].end, phrase });
                    at += length;
                }
                None => at += 1,
            }
        }
        out
    }

    proptest! {
        #[test]
        fn it_finds_what_comparing_every_phrase_finds(
            phrases in proptest::collection::vec("(a|b|c\\+\\+|ä|C|\\.NET)( (a|b|ß|c)){0,3}", 1..12),
            text in "(a|B|c|C\\+\\+|Ä|ß|\\.net|[ ,\\n]| ){0,60}",
        ) {
            let finder = Phrases::new(phrases.iter().map(String::as_str));
            prop_assert_eq!(finder.find(&text), plainly(&phrases, &text));
        }
    }
}
