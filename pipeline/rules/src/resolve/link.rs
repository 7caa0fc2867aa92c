//! Which postings advertise the same vacancy: exact rules by hash first, then near-equal texts of one employer.

use std::collections::{BTreeMap, BTreeSet};

use schemas::tables::PostingRow;

/// Words in a MinHash sketch.
const SKETCH_WORDS: usize = 64;
/// Bytes in a MinHash sketch.
const SKETCH_BYTES: usize = SKETCH_WORDS * 4;
/// Most unequal sketch words of near-equal texts: an estimated Jaccard similarity of at least 0.9 (58 of 64).
const UNEQUAL_WORDS: usize = 6;
/// Shingles of three words in a text of 50 words.
const LONG_SHINGLES: u64 = 48;
/// Largest group in which all pairs are compared; in larger ones candidates share a band.
const ALL_PAIRS_UP_TO: usize = 200;
/// Sketch words per band: 16 bands of 4 miss a pair of similarity 0.9 less than once in ten million.
const BAND_WORDS: usize = 4;
/// Members of a band's bucket that the others are compared with, so that a huge bucket costs linear time.
const BUCKET_ANCHORS: usize = 64;

/// Why a posting is linked, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// The source itself says that the postings are one vacancy.
    SameRoleKey,
    /// Same employer, title and words; without an employer the same long text.
    SameText,
    /// Same employer and title, nearly the same words, no contradiction in level.
    NearText,
    /// Nothing else advertises it.
    Only,
}

impl Rule {
    /// Its name in `links`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SameRoleKey => "same-role-key",
            Self::SameText => "same-text",
            Self::NearText => "near-text",
            Self::Only => "only",
        }
    }
}

/// Postings of one vacancy: indices into the list that was linked, ascending, with the rule that linked each.
pub(super) type Group = Vec<(usize, Rule)>;

/// Links `postings`, which stand in a fixed order; groups come in the order of their first members.
pub(super) fn link(postings: &[PostingRow]) -> Vec<Group> {
    let mut links = Links::new(postings);
    links.join_equal(Rule::SameRoleKey, postings, role_key);
    links.join_equal(Rule::SameText, postings, text_key);
    for members in groups(postings, title_group).into_values() {
        links.join_near(postings, &members);
    }
    links.into_groups()
}

fn role_key(posting: &PostingRow) -> Option<[&str; 4]> {
    let key = posting.role_key.as_deref().filter(|key| !key.is_empty())?;
    Some([&posting.source, &posting.board, key, &posting.company_key])
}

fn text_key(posting: &PostingRow) -> Option<[&str; 3]> {
    if posting.text_hash.is_empty() {
        return None;
    }
    if !posting.company_key.is_empty() {
        return Some([&posting.company_key, &posting.title_key, &posting.text_hash]);
    }
    // Without an employer the equality of short texts proves nothing.
    is_long(posting).then_some(["", "", posting.text_hash.as_str()])
}

fn title_group(posting: &PostingRow) -> Option<[&str; 2]> {
    let named = !posting.company_key.is_empty() && !posting.title_key.is_empty() && has_sketch(posting);
    named.then_some([posting.company_key.as_str(), posting.title_key.as_str()])
}

/// Whether the text was long enough for a sketch.
fn has_sketch(posting: &PostingRow) -> bool {
    posting.text_sketch.len() == SKETCH_BYTES
}

/// Whether the text has about [`LONG_SHINGLES`] shingles or more, by its sketch: the least of n uniform hashes is
/// 1 / (n + 1) of their range on average.
fn is_long(posting: &PostingRow) -> bool {
    let words = posting.text_sketch.chunks_exact(4).map(|word| word.try_into().map_or(u32::MAX, u32::from_le_bytes));
    let sum: u64 = words.map(u64::from).sum();
    has_sketch(posting) && sum <= SKETCH_WORDS as u64 * (u64::from(u32::MAX) / (LONG_SHINGLES + 1))
}

fn equal_words(postings: &[PostingRow], left: usize, right: usize) -> usize {
    let words = |index: usize| postings[index].text_sketch.chunks_exact(4);
    words(left).zip(words(right)).filter(|(left, right)| left == right).count()
}

fn groups<'a, K: Ord>(
    postings: &'a [PostingRow],
    key: impl Fn(&'a PostingRow) -> Option<K>,
) -> BTreeMap<K, Vec<usize>> {
    let mut groups: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (index, posting) in postings.iter().enumerate() {
        if let Some(key) = key(posting) {
            groups.entry(key).or_default().push(index);
        }
    }
    groups
}

/// A union-find over postings whose representative is always the earliest member.
struct Links<'a> {
    parent: Vec<usize>,
    rules: Vec<Rule>,
    /// The levels stated within each set, kept at its representative.
    levels: Vec<BTreeSet<&'a str>>,
}

impl<'a> Links<'a> {
    fn new(postings: &'a [PostingRow]) -> Self {
        Self {
            parent: (0..postings.len()).collect(),
            rules: vec![Rule::Only; postings.len()],
            levels: postings.iter().map(|posting| posting.level.as_deref().into_iter().collect()).collect(),
        }
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.parent[index] != index {
            self.parent[index] = self.parent[self.parent[index]];
            index = self.parent[index];
        }
        index
    }

    fn join(&mut self, left: usize, right: usize, rule: Rule) {
        for index in [left, right] {
            self.rules[index] = self.rules[index].min(rule);
        }
        let (left, right) = (self.root(left), self.root(right));
        if left != right {
            let (early, late) = (left.min(right), left.max(right));
            self.parent[late] = early;
            let levels = std::mem::take(&mut self.levels[late]);
            self.levels[early].extend(levels);
        }
    }

    fn join_equal<K: Ord>(
        &mut self,
        rule: Rule,
        postings: &'a [PostingRow],
        key: impl Fn(&'a PostingRow) -> Option<K>,
    ) {
        for members in groups(postings, key).into_values() {
            for pair in members.windows(2) {
                self.join(pair[0], pair[1], rule);
            }
        }
    }

    /// Joins the near-equal among `members`, which share an employer and a title.
    fn join_near(&mut self, postings: &[PostingRow], members: &[usize]) {
        if members.len() <= ALL_PAIRS_UP_TO {
            self.join_nearest_first(postings, members);
        } else {
            self.join_within_bands(postings, members);
        }
    }

    /// Compares all pairs and joins the most alike first, so that a text of unknown level goes to its nearest.
    fn join_nearest_first(&mut self, postings: &[PostingRow], members: &[usize]) {
        let pairs = members
            .iter()
            .enumerate()
            .flat_map(|(at, &left)| members[at + 1..].iter().map(move |&right| (left, right)));
        let near = pairs.map(|(left, right)| (SKETCH_WORDS - equal_words(postings, left, right), left, right));
        let mut near: Vec<_> = near.filter(|(unequal, ..)| *unequal <= UNEQUAL_WORDS).collect();
        near.sort_unstable();
        for (_, left, right) in near {
            self.join_if_agreed(left, right);
        }
    }

    /// Compares only those that share a band of their sketches, and keeps nothing but the links.
    fn join_within_bands(&mut self, postings: &[PostingRow], members: &[usize]) {
        for band in 0..SKETCH_WORDS / BAND_WORDS {
            let bytes = band * BAND_WORDS * 4..(band + 1) * BAND_WORDS * 4;
            let mut buckets: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
            for &index in members {
                buckets.entry(&postings[index].text_sketch[bytes.clone()]).or_default().push(index);
            }
            for bucket in buckets.into_values() {
                self.join_bucket(postings, &bucket);
            }
        }
    }

    fn join_bucket(&mut self, postings: &[PostingRow], bucket: &[usize]) {
        for (at, &left) in bucket.iter().enumerate().take(BUCKET_ANCHORS) {
            for &right in &bucket[at + 1..] {
                let apart = self.root(left) != self.root(right);
                if apart && SKETCH_WORDS - equal_words(postings, left, right) <= UNEQUAL_WORDS {
                    self.join_if_agreed(left, right);
                }
            }
        }
    }

    fn join_if_agreed(&mut self, left: usize, right: usize) {
        let (left_root, right_root) = (self.root(left), self.root(right));
        if left_root != right_root && self.agree(left_root, right_root) {
            self.join(left, right, Rule::NearText);
        }
    }

    fn agree(&self, left: usize, right: usize) -> bool {
        let (left, right) = (&self.levels[left], &self.levels[right]);
        left.is_empty() || right.is_empty() || left == right
    }

    fn into_groups(mut self) -> Vec<Group> {
        let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
        for index in 0..self.parent.len() {
            let root = self.root(index);
            groups.entry(root).or_default().push((index, self.rules[index]));
        }
        groups.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sketch whose first `changed` words differ from those of any other `seed`.
    fn sketch_of(seed: u32, changed: usize) -> Vec<u8> {
        (0..SKETCH_WORDS as u32)
            .flat_map(|word| if (word as usize) < changed { seed * 1_000 + word } else { word }.to_le_bytes())
            .collect()
    }

    fn posting(text: &str) -> PostingRow {
        PostingRow {
            source: "lever".to_owned(),
            board: "acme".to_owned(),
            company_key: "acme".to_owned(),
            title_key: "data engineer".to_owned(),
            text_hash: text.to_owned(),
            text_sketch: sketch_of(text.bytes().map(u32::from).sum(), SKETCH_WORDS),
            ..PostingRow::default()
        }
    }

    fn near(seed: u32, changed: usize) -> PostingRow {
        PostingRow { text_hash: format!("text {seed}"), text_sketch: sketch_of(seed, changed), ..posting("") }
    }

    fn rules(postings: &[PostingRow]) -> Vec<Vec<Rule>> {
        link(postings).into_iter().map(|group| group.into_iter().map(|(_, rule)| rule).collect()).collect()
    }

    #[test]
    fn postings_that_the_source_calls_one_vacancy_are_linked_whatever_their_words() {
        let keyed = |text| PostingRow { role_key: Some("R-1".to_owned()), ..posting(text) };
        assert_eq!(rules(&[keyed("a"), keyed("b")]), [[Rule::SameRoleKey; 2]]);
    }

    #[test]
    fn a_role_key_counts_only_on_its_own_board_and_for_its_own_company() {
        let keyed = |text| PostingRow { role_key: Some("R-1".to_owned()), ..posting(text) };
        let elsewhere = PostingRow { board: "other".to_owned(), ..keyed("b") };
        let other_company = PostingRow { company_key: "umbrella".to_owned(), ..keyed("c") };
        assert_eq!(link(&[keyed("a"), elsewhere, other_company]).len(), 3);
    }

    #[test]
    fn the_same_words_of_one_company_and_title_are_one_vacancy() {
        let elsewhere = PostingRow { source: "greenhouse".to_owned(), ..posting("a") };
        assert_eq!(rules(&[posting("a"), elsewhere]), [[Rule::SameText; 2]]);
    }

    #[test]
    fn the_same_company_and_title_with_other_words_stay_apart() {
        assert_eq!(rules(&[posting("a"), posting("b")]), [[Rule::Only], [Rule::Only]]);
    }

    #[test]
    fn the_same_words_under_another_title_or_company_stay_apart() {
        let other_title = PostingRow { title_key: "data analyst".to_owned(), ..posting("a") };
        let other_company = PostingRow { company_key: "umbrella".to_owned(), ..posting("a") };
        assert_eq!(link(&[posting("a"), other_title, other_company]).len(), 3);
    }

    #[test]
    fn an_empty_text_equals_nothing() {
        let empty = PostingRow { text_sketch: Vec::new(), ..posting("") };
        assert_eq!(link(&[empty.clone(), empty]).len(), 2);
    }

    #[test]
    fn nine_tenths_of_the_words_make_near_text() {
        assert_eq!(rules(&[near(1, 0), near(2, 6)]), [[Rule::NearText; 2]]);
        assert_eq!(link(&[near(1, 0), near(2, 7)]).len(), 2);
    }

    #[test]
    fn near_text_of_contradicting_levels_stays_apart() {
        let level = |level: &str, seed| PostingRow { level: Some(level.to_owned()), ..near(seed, 1) };
        assert_eq!(link(&[level("junior", 1), level("senior", 2)]).len(), 2);
        assert_eq!(link(&[level("senior", 1), level("senior", 2)]).len(), 1);
    }

    #[test]
    fn an_unknown_level_does_not_bridge_two_that_contradict() {
        let junior = PostingRow { level: Some("junior".to_owned()), ..near(1, 1) };
        let senior = PostingRow { level: Some("senior".to_owned()), ..near(2, 3) };
        let groups = link(&[near(3, 0), junior, senior]);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn without_a_company_only_the_same_long_text_links() {
        let nameless = |posting: PostingRow| PostingRow { company_key: String::new(), ..posting };
        let other_title = PostingRow { title_key: "engineer".to_owned(), ..posting("a") };
        assert_eq!(rules(&[nameless(posting("a")), nameless(other_title)]), [[Rule::SameText; 2]]);
        assert_eq!(link(&[nameless(near(1, 0)), nameless(near(2, 1))]).len(), 2, "near text needs a company");
        for sketch in [Vec::new(), vec![0x20; SKETCH_BYTES]] {
            let short = PostingRow { text_sketch: sketch, ..nameless(posting("a")) };
            assert_eq!(link(&[short.clone(), short]).len(), 2, "a short text is no proof");
        }
    }

    #[test]
    fn a_posting_without_a_company_is_not_linked_to_one_with() {
        let nameless = PostingRow { company_key: String::new(), ..posting("a") };
        assert_eq!(link(&[posting("a"), nameless]).len(), 2);
    }

    #[test]
    fn a_sketch_of_the_wrong_size_is_no_sketch() {
        let odd = |seed| PostingRow { text_sketch: vec![1, 2, 3], ..near(seed, 0) };
        assert_eq!(link(&[odd(1), odd(2)]).len(), 2);
    }

    #[test]
    fn large_groups_link_the_same_pairs_through_bands() {
        let mut postings: Vec<_> = (0..300).map(|seed| near(seed + 10, 64)).collect();
        postings.push(near(1, 0));
        postings.push(near(2, 6));
        let groups = link(&postings);
        assert_eq!(groups.len(), 301);
        assert_eq!(groups[300], [(300, Rule::NearText), (301, Rule::NearText)]);
    }

    #[test]
    fn thousands_of_near_texts_become_one_role_in_linear_time() {
        let postings: Vec<_> = (0..5_000).map(|seed| near(seed, 2)).collect();
        assert_eq!(link(&postings).len(), 1);
    }
}
