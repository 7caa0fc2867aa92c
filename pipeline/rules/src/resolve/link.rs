//! Which postings advertise the same vacancy: exact keys first, then likeness of words inside one employer and title.
//!
//! What is likely and not certain is related, not linked: a wrong link destroys a vacancy, a missing one shows it twice.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use schemas::tables::PostingRow;

use super::identity::{company, company_begins, specific_url};
use super::life::Evidence;
use super::stated::{Fact, Places, contradiction, facts};
use super::title::{self, Title};
use crate::likeness::{Overlap, Terms, candidates, overlap};

/// Least Jaccard similarity of words of near-equal texts for one place.
const NEAR: f64 = 0.75;
/// The same where the places differ, since another place often means another opening.
const NEAR_ELSEWHERE: f64 = 0.9;
/// Least Jaccard similarity of postings of one employer with other titles that are related.
const NEAR_BEYOND: f64 = 0.9;
/// Least Jaccard similarity where a title is misspelled, or only the beginning of the employer's name agrees.
const NEAR_ALMOST: f64 = 0.95;
/// Least Jaccard similarity of what is related.
const ALIKE: f64 = 0.5;
/// Least share of the smaller text's words in the larger for a cut or lengthened copy on another source.
const CONTAINED: f64 = 0.8;
/// Fewest distinct words of a text that is compared by its words.
const FEWEST_WORDS: usize = 20;
/// Fewest distinct words of a text that speaks without an employer.
const LONG_TEXT: usize = 40;
/// Largest group in which all pairs are compared; in larger ones candidates share a band.
const ALL_PAIRS_UP_TO: usize = 200;
/// Members of a band's bucket, or sets of a key, that the others are compared with, so that huge ones cost linear time.
const ANCHORS: usize = 64;

/// Why a posting is linked, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// An operator keeps it apart.
    KeptApart,
    /// An operator found that they are one.
    Joined,
    /// The source itself says that the postings are one vacancy.
    SameRoleKey,
    /// They lead to the same page of one vacancy.
    SameUrl,
    /// Same employer, title and words; without an employer the same long text.
    SameText,
    /// Same employer and title, nearly the same words, no contradiction.
    NearText,
    /// On another source, same employer, title and place; the words of the shorter text stand in the longer.
    ContainedText,
    /// Nothing else advertises it.
    Only,
}

impl Rule {
    /// Its name in `links`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::KeptApart => "kept-apart",
            Self::Joined => "joined",
            Self::SameRoleKey => "same-role-key",
            Self::SameUrl => "same-url",
            Self::SameText => "same-text",
            Self::NearText => "near-text",
            Self::ContainedText => "contained-text",
            Self::Only => "only",
        }
    }
}

/// A posting in a group, and what links it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Linked {
    pub(super) index: usize,
    pub(super) rule: Rule,
    /// The posting that it was linked with, and the similarity of their words where it was measured.
    pub(super) to: Option<(usize, Option<f64>)>,
}

/// Two postings of different groups that resemble each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Related {
    pub(super) left: usize,
    pub(super) right: usize,
    /// Why they were not linked.
    pub(super) rule: &'static str,
    pub(super) similarity: f64,
}

/// Groups of postings of one vacancy, members ascending, in the order of their first members; and what resembles what.
#[derive(Debug, Default)]
pub(super) struct Linking {
    pub(super) groups: Vec<Vec<Linked>>,
    pub(super) related: Vec<Related>,
}

/// Links `postings`, which stand in a fixed order.
pub(super) fn link(postings: &[PostingRow], evidence: &Evidence) -> Linking {
    let mut links = Links::new(postings, evidence);
    links.join_decided(evidence);
    links.join_equal(Rule::SameRoleKey, role_key);
    links.join_urls();
    links.join_texts();
    let groups = links.title_groups();
    for members in &groups {
        links.join_near(members);
    }
    links.join_across();
    for members in &groups {
        links.join_contained(members);
    }
    links.finish()
}

fn role_key(posting: &PostingRow) -> Option<[&str; 4]> {
    let key = posting.role_key.as_deref().filter(|key| !key.is_empty())?;
    Some([&posting.source, &posting.board, key, &posting.company_key])
}

/// A union-find over postings whose representative is always the earliest member.
struct Links<'a> {
    postings: &'a [PostingRow],
    companies: Vec<String>,
    titles: Vec<Title>,
    places: Vec<Places>,
    parent: Vec<usize>,
    links: Vec<Linked>,
    /// What is stated within each set, kept at its representative.
    facts: Vec<BTreeSet<Fact<'a>>>,
    apart: Vec<bool>,
    related: BTreeMap<(usize, usize), (&'static str, f64)>,
}

impl<'a> Links<'a> {
    fn new(postings: &'a [PostingRow], evidence: &Evidence) -> Self {
        let apart: Vec<bool> = postings.iter().map(|posting| evidence.split.contains(&posting.posting_id)).collect();
        let rule = |apart| if apart { Rule::KeptApart } else { Rule::Only };
        let links = apart.iter().enumerate().map(|(index, apart)| Linked { index, rule: rule(*apart), to: None });
        let places: Vec<Places> = postings.iter().map(Places::of).collect();
        let facts = postings.iter().zip(&places).map(|(posting, places)| facts(posting, places)).collect();
        Self {
            postings,
            companies: postings.iter().map(|posting| company(&posting.company_key)).collect(),
            titles: postings.iter().zip(&places).map(|(posting, places)| title::read(posting, places)).collect(),
            places,
            parent: (0..postings.len()).collect(),
            links: links.collect(),
            facts,
            apart,
            related: BTreeMap::new(),
        }
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.parent[index] != index {
            self.parent[index] = self.parent[self.parent[index]];
            index = self.parent[index];
        }
        index
    }

    fn join(&mut self, left: usize, right: usize, rule: Rule, similarity: Option<f64>) {
        for (index, other) in [(left, right), (right, left)] {
            let link = &mut self.links[index];
            if rule < link.rule {
                (link.rule, link.to) = (rule, Some((other, similarity)));
            }
        }
        let (left, right) = (self.root(left), self.root(right));
        if left != right {
            let (early, late) = (left.min(right), left.max(right));
            self.parent[late] = early;
            let stated = std::mem::take(&mut self.facts[late]);
            self.facts[early].extend(stated);
        }
    }

    /// Joins the sets of two postings unless an operator or what they state keeps them apart; says what did.
    fn try_join(&mut self, left: usize, right: usize, rule: Rule, similarity: Option<f64>) -> Result<(), &'static str> {
        let (left_root, right_root) = (self.root(left), self.root(right));
        if left_root == right_root {
            return Ok(());
        }
        if self.apart[left] || self.apart[right] {
            return Err("kept-apart");
        }
        if let Some(reason) = self.differs(left, right, rule) {
            return Err(reason);
        }
        match contradiction(&self.facts[left_root], &self.facts[right_root]) {
            Some(reason) => Err(reason),
            None => {
                self.join(left, right, rule, similarity);
                Ok(())
            }
        }
    }

    /// Why two texts speak of two vacancies: their titles name other territories, or their terms are others.
    fn differs(&self, left: usize, right: usize, rule: Rule) -> Option<&'static str> {
        let (a, b) = (&self.titles[left], &self.titles[right]);
        let here = self.places[left].shared(&self.places[right]);
        let named_elsewhere = !(a.places.is_subset(&b.places) || b.places.is_subset(&a.places));
        // What a title names is a territory rather than a place of work where both postings are at one place.
        if named_elsewhere && here && (a.territory || b.territory) {
            return Some("other-territory");
        }
        if rule == Rule::SameText {
            return None;
        }
        let terms = Terms::between(&self.postings[left].text_words, &self.postings[right].text_words);
        let differ =
            terms.other_languages || terms.other_shifts || !here && (terms.other_numbers || terms.more_languages);
        differ.then_some("other-terms")
    }

    fn relate(&mut self, left: usize, right: usize, rule: &'static str, similarity: f64) {
        self.related.entry((left.min(right), left.max(right))).or_insert((rule, similarity));
    }

    fn overlap(&self, left: usize, right: usize) -> Overlap {
        overlap(&self.postings[left].text_words, &self.postings[right].text_words)
    }

    fn join_decided(&mut self, evidence: &Evidence) {
        if evidence.joined.is_empty() {
            return;
        }
        let by_id: BTreeMap<&str, usize> =
            self.postings.iter().enumerate().map(|(index, posting)| (posting.posting_id.as_str(), index)).collect();
        for (left, right) in &evidence.joined {
            if let (Some(&left), Some(&right)) = (by_id.get(left.as_str()), by_id.get(right.as_str()))
                && !self.apart[left]
                && !self.apart[right]
                && left != right
            {
                self.join(left, right, Rule::Joined, None);
            }
        }
    }

    fn groups<K: Ord>(&self, key: impl Fn(usize, &'a PostingRow) -> Option<K>) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<K, Vec<usize>> = BTreeMap::new();
        for (index, posting) in self.postings.iter().enumerate().filter(|(index, _)| !self.apart[*index]) {
            if let Some(key) = key(index, posting) {
                groups.entry(key).or_default().push(index);
            }
        }
        groups.into_values().filter(|members| members.len() > 1).collect()
    }

    /// The source's own word counts, unless titles and texts both say that a number was used twice.
    fn join_equal<K: Ord>(&mut self, rule: Rule, key: impl Fn(&'a PostingRow) -> Option<K>) {
        for members in self.groups(|_, posting| key(posting)) {
            for &right in &members[1..] {
                let left = members[0];
                let found = self.overlap(left, right);
                let titles = title::one_holds_other(&self.titles[left].core, &self.titles[right].core);
                if titles || found.smaller == 0 || found.jaccard >= ALIKE {
                    self.join(left, right, rule, (found.smaller > 0).then_some(found.jaccard));
                } else {
                    self.relate(left, right, "reused-key", found.jaccard);
                }
            }
        }
    }

    /// Pages that speak of one vacancy: the titles may differ only by words that one of them leaves out.
    fn join_urls(&mut self) {
        let mut by_url: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, posting) in self.postings.iter().enumerate().filter(|(index, _)| !self.apart[*index]) {
            let urls: BTreeSet<String> =
                [&posting.url, &posting.apply_url].into_iter().flatten().filter_map(|url| specific_url(url)).collect();
            for url in urls {
                by_url.entry(url).or_default().push(index);
            }
        }
        for members in by_url.into_values() {
            for &right in &members[1..] {
                let left = members[0];
                let (stated, other) = (self.root(left), self.root(right));
                let levels = matches!(contradiction(&self.facts[stated], &self.facts[other]), Some("other-level"));
                let same = self.titles[left].core == self.titles[right].core;
                if same || (!levels && title::one_holds_other(&self.titles[left].core, &self.titles[right].core)) {
                    let found = self.overlap(left, right);
                    self.join(left, right, Rule::SameUrl, (found.smaller > 0).then_some(found.jaccard));
                }
            }
        }
    }

    fn join_texts(&mut self) {
        let groups = self.groups(|index, posting| {
            let named = !self.companies[index].is_empty();
            let speaks = named || posting.text_words.len() >= LONG_TEXT * 4;
            let whole = !posting.text_hash.is_empty() && !posting.text_words.is_empty();
            let (company, core) = (self.companies[index].clone(), self.titles[index].core.clone());
            (whole && speaks).then_some((company, core, posting.text_hash.as_str()))
        });
        for mut members in groups {
            // Those that state most come first, so that one that states nothing finds its closest.
            members.sort_by_key(|&index| (Reverse(self.facts[index].len()), index));
            let mut anchors: Vec<usize> = Vec::new();
            for index in members {
                let mut by_closeness = anchors.clone();
                by_closeness.sort_by_key(|&anchor| Reverse(self.closeness(anchor, index)));
                let mut kept_by = None;
                let joined = by_closeness.into_iter().any(|anchor| {
                    let outcome = self.try_join(anchor, index, Rule::SameText, Some(1.0));
                    kept_by = kept_by.or(outcome.err().map(|reason| (anchor, reason)));
                    outcome.is_ok()
                });
                if let Some((anchor, reason)) = kept_by.filter(|_| !joined) {
                    self.relate(anchor, index, reason, 1.0);
                }
                if !joined && anchors.len() < ANCHORS {
                    anchors.push(index);
                }
            }
        }
    }

    /// Postings that share an employer and a title.
    fn title_groups(&self) -> Vec<Vec<usize>> {
        self.groups(|index, posting| {
            let (company, core) = (self.companies[index].clone(), self.titles[index].core.clone());
            let named = !company.is_empty() && !core.is_empty();
            (named && posting.text_words.len() >= FEWEST_WORDS * 4).then_some([company, core])
        })
    }

    /// Joins the near-equal among `members`, the most alike first, so that a text that leaves its level open goes to its nearest.
    fn join_near(&mut self, members: &[usize]) {
        let mut near: Vec<(u64, Reverse<usize>, usize, usize)> = Vec::new();
        let mut consider = |links: &mut Self, left: usize, right: usize| {
            if links.root(left) != links.root(right) {
                let alike = links.overlap(left, right).jaccard;
                if alike >= ALIKE {
                    let closeness = links.closeness(left, right);
                    near.push((((1.0 - alike) * 1e9) as u64, Reverse(closeness), left, right));
                }
            }
        };
        if members.len() <= ALL_PAIRS_UP_TO {
            for (at, &left) in members.iter().enumerate() {
                members[at + 1..].iter().for_each(|&right| consider(self, left, right));
            }
        } else {
            let mut seen = BTreeSet::new();
            for (left, right) in self.banded(members.iter().copied()) {
                if seen.insert((left, right)) {
                    consider(self, left, right);
                }
            }
        }
        near.sort_unstable();
        for (.., left, right) in near {
            let alike = self.overlap(left, right).jaccard;
            let least = if self.places[left].shared(&self.places[right]) { NEAR } else { NEAR_ELSEWHERE };
            if self.root(left) == self.root(right) {
                continue;
            }
            let outcome = if alike >= least {
                self.try_join(left, right, Rule::NearText, Some(alike))
            } else {
                Err("alike-text")
            };
            if let Err(reason) = outcome {
                self.relate(left, right, reason, alike);
            }
        }
    }

    /// Candidates by MinHash among `members`, which ascend: pairs that share a band of their sketches, the earlier first.
    fn banded(&self, members: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
        let members: Vec<usize> = members.filter(|index| !self.apart[*index]).collect();
        let sketches: Vec<&[u8]> = members.iter().map(|index| self.postings[*index].text_sketch.as_slice()).collect();
        candidates(&sketches, ANCHORS / 8).into_iter().map(|(left, right)| (members[left], members[right])).collect()
    }

    /// Spellings of a title and fuller names of an employer are joined, other titles of one employer related.
    fn join_across(&mut self) {
        for (left, right) in self.banded(0..self.postings.len()) {
            let (a, b) = (self.titles[left].core.as_str(), self.titles[right].core.as_str());
            let (company, other) = (&self.companies[left], &self.companies[right]);
            let same_company = company == other && !company.is_empty();
            let spelled = if same_company {
                title::misspelled(a, b)
            } else {
                a == b && company_begins(&self.postings[left].company_key, &self.postings[right].company_key)
            };
            if !(spelled || same_company && a != b) || self.root(left) == self.root(right) {
                continue;
            }
            let alike = self.overlap(left, right).jaccard;
            if alike < NEAR_BEYOND {
                continue;
            }
            let outcome = match (spelled, alike >= NEAR_ALMOST) {
                (true, true) => self.try_join(left, right, Rule::NearText, Some(alike)),
                (true, false) => Err("alike-text"),
                (false, _) => Err("other-title"),
            };
            if let Err(reason) = outcome {
                self.relate(left, right, reason, alike);
            }
        }
    }

    /// A cut text, or one with words of the board added, belongs to the only vacancy of another source that holds its words.
    fn join_contained(&mut self, members: &[usize]) {
        if members.len() > ALL_PAIRS_UP_TO {
            return;
        }
        for &left in members {
            let mut fitting: BTreeMap<usize, (usize, usize, f64)> = BTreeMap::new();
            for &right in members {
                if self.postings[left].source == self.postings[right].source || self.root(left) == self.root(right) {
                    continue;
                }
                let found = self.overlap(left, right);
                let is_smaller = self.postings[left].text_words.len() <= self.postings[right].text_words.len();
                let may_meet = self.places[left].may_be_shared(&self.places[right]);
                if is_smaller && found.containment >= CONTAINED && may_meet {
                    let closeness = self.closeness(left, right);
                    let root = self.root(right);
                    let best = fitting.entry(root).or_insert((closeness, right, found.jaccard));
                    if closeness > best.0 {
                        *best = (closeness, right, found.jaccard);
                    }
                }
            }
            let closest = fitting.values().map(|fit| fit.0).max().unwrap_or_default();
            let only = fitting.values().filter(|fit| fit.0 == closest).count() == 1;
            for (closeness, right, alike) in fitting.into_values() {
                let outcome = if only && closeness == closest {
                    self.try_join(left, right, Rule::ContainedText, Some(alike))
                } else {
                    Err("contained-text")
                };
                if let Err(reason) = outcome {
                    self.relate(left, right, reason, alike);
                }
            }
        }
    }

    /// How much besides the words speaks for a copy: the places, and those that the title names.
    fn closeness(&self, left: usize, right: usize) -> usize {
        let titles = self.titles[left].places == self.titles[right].places;
        2 * self.places[left].closeness(&self.places[right]) + usize::from(titles)
    }

    fn finish(mut self) -> Linking {
        let mut groups: BTreeMap<usize, Vec<Linked>> = BTreeMap::new();
        for index in 0..self.parent.len() {
            let root = self.root(index);
            groups.entry(root).or_default().push(self.links[index]);
        }
        let pairs = std::mem::take(&mut self.related);
        let related = pairs.into_iter().filter(|((left, right), _)| self.root(*left) != self.root(*right));
        let related =
            related.map(|((left, right), (rule, similarity))| Related { left, right, rule, similarity }).collect();
        Linking { groups: groups.into_values().collect(), related }
    }
}
