//! Finding any of many phrases in a text: whole tokens, either case, the first and then the longest.
//!
//! A token is hashed once and looked up in a bitmap of 32 KiB that lets few through which begin no phrase; the others are
//! followed, token by token, through a table of the hashes of all beginnings of phrases. What it finds is compared letter by
//! letter before it counts, so equal hashes cannot make two words one.

use super::token::{Token, chain, hash, runs, token_after, token_at};

/// Bits of the bitmap of first tokens.
const FILTER_BITS: u32 = 18;
/// Most tokens of a phrase.
const LONGEST: usize = 12;

/// Phrases to be found, each numbered by its place in the list that they were made from.
pub struct Phrases {
    filter: Vec<u64>,
    /// Beginnings by hash: open addressing, `u32::MAX` is free.
    slots: Vec<u32>,
    mask: usize,
    nodes: Vec<Node>,
    /// Numbers of phrases, those of one node side by side.
    ends: Vec<u32>,
    /// Lower case of each phrase, its tokens ended by line breaks.
    folded: Vec<String>,
}

/// A beginning of phrases.
struct Node {
    hash: u64,
    /// One bit for each further token that may follow, by its hash.
    next: u64,
    /// The phrases that end here, in `ends`.
    from: u32,
    to: u32,
}

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
        f.debug_struct("Phrases").field("phrases", &self.folded.len()).finish_non_exhaustive()
    }
}

impl Phrases {
    /// A finder of `phrases`. One of no token, or of more than twelve, is never found.
    pub fn new<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Self {
        let mut folded = Vec::new();
        // (hash of a beginning, which phrase ends there or `u32::MAX`, hash of what follows)
        let mut beginnings: Vec<(u64, u32, Option<u64>)> = Vec::new();
        let mut filter = vec![0_u64; 1 << (FILTER_BITS - 6)];
        for (number, phrase) in phrases.into_iter().enumerate() {
            let tokens = tokens(phrase);
            folded.push(fold(phrase, &tokens));
            let Some(first) = tokens.first().filter(|_| tokens.len() <= LONGEST) else { continue };
            let bit = filter_bit(first_run(phrase, first));
            filter[bit >> 6] |= 1 << (bit & 63);
            let mut so_far = 0;
            for (at, token) in tokens.iter().enumerate() {
                so_far = if at == 0 { token.hash } else { chain(so_far, token.hash) };
                let ends = if at + 1 == tokens.len() { number as u32 } else { u32::MAX };
                beginnings.push((so_far, ends, tokens.get(at + 1).map(|token| token.hash)));
            }
        }
        beginnings.sort_unstable();
        let (nodes, ends) = nodes(&beginnings);
        let (slots, mask) = slots(&nodes);
        Self { filter, slots, mask, nodes, ends, folded }
    }

    /// Calls `take` with each phrase found, from left to right, at each place the longest first. When it answers `true` the
    /// phrase is taken and the search goes on after it; else a shorter one is offered, then the next place.
    pub fn scan(&self, text: &str, mut take: impl FnMut(Match) -> bool) {
        let mut free_from = 0;
        let mut lower = String::new();
        runs(text.as_bytes(), |start, end, ascii| {
            if !ascii {
                free_from = self.scan_run(text, start.max(free_from), end, &mut lower, &mut take).max(free_from);
            } else if self.may_begin(hash(text.as_bytes(), start, end)) && start >= free_from {
                let Some(token) = token_at(text, start, &mut lower) else { return };
                if let Some(taken) = self.follow(text, token, &mut lower, &mut take) {
                    free_from = taken;
                }
            }
        });
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
    pub fn whole(&self, text: &str) -> &[u32] {
        let tokens = tokens(text);
        let Some((first, rest)) = tokens.split_first() else { return &[] };
        let so_far = rest.iter().fold(first.hash, |so_far, token| chain(so_far, token.hash));
        let ends = self.node(so_far).map_or(&[][..], |node| &self.ends[node.from as usize..node.to as usize]);
        // Phrases of one hash and different words do not exist in a list that anybody writes; the first decides.
        let same = ends.first().is_some_and(|end| self.folded[*end as usize] == fold(text, &tokens));
        if same { ends } else { &[] }
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
            let first = if text[token.start..token.end].is_ascii() { first_run(text, &token) } else { token.hash };
            let taken = if self.may_begin(first) { self.follow(text, token, lower, take) } else { None };
            at = taken.unwrap_or(token.end);
        }
        at
    }

    #[inline]
    fn may_begin(&self, hash: u64) -> bool {
        let bit = filter_bit(hash);
        self.filter[bit >> 6] >> (bit & 63) & 1 != 0
    }

    /// Follows the phrases that begin with `first`; answers the end of the one that was taken.
    fn follow(
        &self,
        text: &str,
        mut first: Token,
        lower: &mut String,
        take: &mut impl FnMut(Match) -> bool,
    ) -> Option<usize> {
        if is_dotted_net(text, &first) {
            first.start -= 1;
            first.hash = hash(text.as_bytes(), first.start, first.end);
        }
        let mut node = self.node(first.hash)?;
        let mut path = [first; LONGEST];
        // Which lengths are the ends of phrases.
        let mut found = [(0_u32, 0_u32); LONGEST];
        let (mut length, mut so_far) = (1, first.hash);
        loop {
            found[length - 1] = (node.from, node.to);
            if node.next == 0 || length == LONGEST {
                break;
            }
            let Some(token) = token_after(text, path[length - 1].end, lower) else { break };
            if node.next >> (token.hash >> 58) & 1 == 0 {
                break;
            }
            so_far = chain(so_far, token.hash);
            let Some(longer) = self.node(so_far) else { break };
            path[length] = token;
            (node, length) = (longer, length + 1);
        }
        for length in (1..=length).rev() {
            let (from, to) = found[length - 1];
            for end in &self.ends[from as usize..to as usize] {
                let found = Match { start: first.start, end: path[length - 1].end, phrase: *end as usize };
                if is_folded(text, &path[..length], &self.folded[*end as usize]) && take(found) {
                    return Some(found.end);
                }
            }
        }
        None
    }

    fn node(&self, hash: u64) -> Option<&Node> {
        let mut at = hash as usize & self.mask;
        loop {
            let node = self.nodes.get(self.slots[at] as usize)?;
            if node.hash == hash {
                return Some(node);
            }
            at = (at + 1) & self.mask;
        }
    }
}

fn filter_bit(hash: u64) -> usize {
    (hash >> (64 - FILTER_BITS)) as usize
}

/// The hash under which the scan sees `token` first: without its signs and its dot.
fn first_run(text: &str, token: &Token) -> u64 {
    let bytes = &text.as_bytes()[token.start..token.end];
    if !bytes.is_ascii() {
        return token.hash;
    }
    let from = bytes.iter().position(u8::is_ascii_alphanumeric).unwrap_or_default();
    let to = bytes.iter().rposition(u8::is_ascii_alphanumeric).map_or(bytes.len(), |last| last + 1);
    hash(bytes, from, to)
}

/// Whether `token` is the `NET` of ".NET", and not that of "ASP.NET".
fn is_dotted_net(text: &str, token: &Token) -> bool {
    let Some(before) = text[..token.start].strip_suffix('.') else { return false };
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

fn is_folded(text: &str, tokens: &[Token], folded: &str) -> bool {
    let mut words = folded.split_terminator('\n');
    tokens.iter().all(|token| {
        let written = &text[token.start..token.end];
        words.next().is_some_and(|word| {
            if written.is_ascii() {
                written.eq_ignore_ascii_case(word)
            } else {
                written.chars().flat_map(char::to_lowercase).eq(word.chars())
            }
        })
    }) && words.next().is_none()
}

/// The sorted beginnings, those of one hash as one node; and the phrases that end at each.
fn nodes(beginnings: &[(u64, u32, Option<u64>)]) -> (Vec<Node>, Vec<u32>) {
    let (mut nodes, mut ends): (Vec<Node>, Vec<u32>) = (Vec::new(), Vec::new());
    for (hash, end, next) in beginnings {
        if nodes.last().is_none_or(|last| last.hash != *hash) {
            nodes.push(Node { hash: *hash, next: 0, from: ends.len() as u32, to: ends.len() as u32 });
        }
        let Some(node) = nodes.last_mut() else { continue };
        if *end != u32::MAX {
            ends.push(*end);
            node.to = ends.len() as u32;
        }
        if let Some(next) = next {
            node.next |= 1 << (next >> 58);
        }
    }
    (nodes, ends)
}

fn slots(nodes: &[Node]) -> (Vec<u32>, usize) {
    let size = (nodes.len() * 2 + 2).next_power_of_two();
    let mut slots = vec![u32::MAX; size];
    for (number, node) in nodes.iter().enumerate() {
        let mut at = node.hash as usize & (size - 1);
        while slots[at] != u32::MAX {
            at = (at + 1) & (size - 1);
        }
        slots[at] = number as u32;
    }
    (slots, size - 1)
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
