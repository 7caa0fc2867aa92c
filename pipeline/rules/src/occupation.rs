//! Occupations: a title linked to the ESCO occupation that it most probably names.

use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use pipeline_core::hash::Hasher;

use crate::text::words;

/// ESCO v1.2 occupations: id, code, ISCO-08 group, preferred label, other labels by `|`.
const OCCUPATIONS: &[u8] = include_bytes!("../../../data-samples/reference/occupations.tsv.gz");

/// Shares of whole words and of letter triples in the likeness of two titles.
const SHARES: [f64; 2] = [0.4, 0.6];

/// Shares of an occupation's nearest, second and third nearest label: one that is near by many of its labels is meant rather
/// than one that is near by one.
const NEAREST: [f64; 3] = [1.0, 0.3, 0.15];

/// Longest title that is looked up, in bytes.
const LONGEST: usize = 300;

/// An occupation of the classification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occupation {
    /// ESCO id: `http://data.europa.eu/esco/occupation/ID`.
    pub id: String,
    /// ESCO code: the ISCO-08 group and a number below it.
    pub code: String,
    /// ISCO-08 unit group, four digits.
    pub isco: String,
    /// Preferred label, in English.
    pub label: String,
}

/// The occupations, by their labels.
pub struct Occupations {
    all: Vec<Occupation>,
    /// For each label, its occupation.
    owners: Vec<u32>,
    /// For each feature, the labels that have it, with the weight that it has there.
    features: HashMap<u64, Feature>,
}

#[derive(Default)]
struct Feature {
    idf: f64,
    labels: Vec<(u32, f32)>,
}

/// The occupations of the reference extract, read when they are first asked for.
pub static ESCO: LazyLock<Occupations> = LazyLock::new(Occupations::bundled);

impl Occupations {
    fn bundled() -> Self {
        let mut text = String::new();
        // The file is part of the program; a broken one leaves every title without an occupation, and its test red.
        let _ = GzDecoder::new(OCCUPATIONS).read_to_string(&mut text);
        Self::new(&text)
    }

    /// The occupations of a table `id, code, isco, label, others|others`, separated by tabs.
    fn new(table: &str) -> Self {
        let mut all = Vec::new();
        let mut labels: Vec<(u32, String)> = Vec::new();
        for line in table.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [id, code, isco, label, others] = fields[..] else { continue };
            let owner = all.len() as u32;
            let mut names: Vec<String> = std::iter::once(label)
                .chain(others.split('|'))
                .map(str::to_lowercase)
                .filter(|name| !name.is_empty())
                .collect();
            names.sort_unstable();
            names.dedup();
            labels.extend(names.into_iter().map(|name| (owner, name)));
            let [id, code, isco, label] = [id, code, isco, label].map(str::to_owned);
            all.push(Occupation { id, code, isco, label });
        }
        Self::index(all, &labels)
    }

    fn index(all: Vec<Occupation>, labels: &[(u32, String)]) -> Self {
        let counted: Vec<[BTreeMap<u64, f64>; 2]> = labels.iter().map(|(_, name)| counts(name)).collect();
        let mut features: HashMap<u64, Feature> = HashMap::new();
        for feature in counted.iter().flatten().flat_map(BTreeMap::keys) {
            features.entry(*feature).or_default().idf += 1.0;
        }
        let n = labels.len() as f64;
        for feature in features.values_mut() {
            feature.idf = ((1.0 + n) / (1.0 + feature.idf)).ln() + 1.0;
        }
        for (label, blocks) in counted.iter().enumerate() {
            for (block, share) in blocks.iter().zip(SHARES) {
                for (feature, weight) in weighted(block, &features) {
                    if let Some(feature) = features.get_mut(&feature) {
                        feature.labels.push((label as u32, (weight * share) as f32));
                    }
                }
            }
        }
        Self { all, owners: labels.iter().map(|(owner, _)| *owner).collect(), features }
    }

    /// The `most` likeliest occupations of `title`, the likeliest first, with a likeness from 0 to 1.45; fewer when fewer share
    /// anything with it.
    ///
    /// TF-IDF cosine of words and of letter triples (Salton and Buckley, 1988) with every label, the three best of each occupation
    /// weighed together.
    pub fn rank(&self, title: &str, most: usize) -> Vec<(&Occupation, f64)> {
        let mut likeness: HashMap<u32, f64> = HashMap::new();
        for block in counts(crate::html::prefix(title, LONGEST)) {
            for (feature, weight) in weighted(&block, &self.features) {
                for (label, of_label) in
                    self.features.get(&feature).map(|found| found.labels.as_slice()).unwrap_or_default()
                {
                    *likeness.entry(*label).or_default() += weight * f64::from(*of_label);
                }
            }
        }
        let mut best: HashMap<u32, [f64; 3]> = HashMap::new();
        for (label, likeness) in likeness {
            let best = best.entry(self.owners[label as usize]).or_default();
            if let Some(at) = best.iter().position(|other| likeness > *other) {
                best[at..].rotate_right(1);
                best[at] = likeness;
            }
        }
        let joined = |best: &[f64; 3]| best.iter().zip(NEAREST).map(|(likeness, share)| likeness * share).sum::<f64>();
        let mut ranked: Vec<(u32, f64)> = best.iter().map(|(owner, best)| (*owner, joined(best))).collect();
        // Likenesses are sums in an order of chance: what differs by less than rounding is equal.
        let rounded = |likeness: f64| (likeness * 1e9).round() as i64;
        ranked.sort_unstable_by_key(|(owner, likeness)| (std::cmp::Reverse(rounded(*likeness)), *owner));
        ranked.truncate(most);
        ranked.into_iter().map(|(owner, likeness)| (&self.all[owner as usize], likeness)).collect()
    }

    /// The occupation with this ESCO id, address or preferred label.
    pub fn named(&self, name: &str) -> Option<&Occupation> {
        let name = name.trim().rsplit('/').next().unwrap_or_default();
        self.all.iter().find(|known| known.id == name || known.label.eq_ignore_ascii_case(name))
    }
}

/// How often each word and each triple of letters stands in a title.
fn counts(title: &str) -> [BTreeMap<u64, f64>; 2] {
    let (mut whole, mut triples) = (BTreeMap::new(), BTreeMap::new());
    for word in words(title) {
        let word = singular(&word);
        *whole.entry(Hasher::new("word").part(word).number()).or_default() += 1.0;
        let letters: Vec<char> = format!(" {word} ").chars().collect();
        for triple in letters.windows(3) {
            let key = triple.iter().fold(0_u64, |key, letter| key << 21 | u64::from(u32::from(*letter)));
            *triples.entry(key).or_default() += 1.0;
        }
    }
    [whole, triples]
}

/// A plural without its `s`.
fn singular(word: &str) -> &str {
    let plural = word.len() > 3 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    if plural { &word[..word.len() - 1] } else { word }
}

/// TF-IDF weights of the known features, of length 1 together.
fn weighted(counts: &BTreeMap<u64, f64>, features: &HashMap<u64, Feature>) -> Vec<(u64, f64)> {
    let weight = |(feature, count): (&u64, &f64)| Some((*feature, (1.0 + count.ln()) * features.get(feature)?.idf));
    let mut weights: Vec<(u64, f64)> = counts.iter().filter_map(weight).collect();
    let length = weights.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
    weights.iter_mut().for_each(|(_, weight)| *weight /= length);
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(title: &str) -> &'static str {
        ESCO.rank(title, 1).first().map_or("", |(occupation, _)| occupation.label.as_str())
    }

    #[test]
    fn titles_find_their_occupations_by_any_of_their_labels() {
        assert_eq!(ESCO.all.len(), 3_039);
        assert_eq!(first("Data Scientist"), "data scientist");
        assert_eq!(first("Senior Software Developer"), "software developer");
        assert_eq!(first("Nurses"), first("nurse"));
        assert_eq!(first("Mechanical engineer"), "mechanical engineer");
    }

    #[test]
    fn a_title_that_shares_nothing_has_no_occupation() {
        assert!(ESCO.rank("", 5).is_empty() && ESCO.rank("株式会社", 5).is_empty());
    }

    #[test]
    fn an_occupation_is_found_by_id_address_and_label() {
        let known = ESCO.rank("data scientist", 1)[0].0;
        let address = format!("http://data.europa.eu/esco/occupation/{}", known.id);
        for name in [&known.id, &address, "Data Scientist"] {
            assert_eq!(ESCO.named(name), Some(known));
        }
        assert_eq!(known.isco.len(), 4);
        assert!(known.code.starts_with(&known.isco));
    }

    /// Every twentieth label is taken out of the index and looked up: titles that no one wrote for this program.
    #[test]
    #[ignore = "takes a minute; run by name for its figure"]
    #[expect(clippy::print_stderr, reason = "a measurement is read by people")]
    fn labels_that_were_taken_out_are_found_by_the_others() {
        let mut text = String::new();
        GzDecoder::new(OCCUPATIONS).read_to_string(&mut text).unwrap();
        let (mut table, mut held_out) = (String::new(), Vec::new());
        for (line_number, line) in text.lines().enumerate() {
            let fields: Vec<&str> = line.split('\t').collect();
            let others = fields[4].split('|').enumerate();
            let (out, kept): (Vec<_>, Vec<_>) = others.partition(|(at, _)| (line_number + at) % 20 == 0);
            held_out.extend(out.into_iter().filter(|(_, name)| !name.is_empty()).map(|(_, name)| (fields[0], name)));
            let kept: Vec<&str> = kept.into_iter().map(|(_, name)| name).collect();
            table += &format!("{}\t{}\n", fields[..4].join("\t"), kept.join("|"));
        }
        let index = Occupations::new(&table);
        let mut right: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (id, name) in &held_out {
            right.entry(name.to_lowercase()).or_default().push(id);
        }
        let rank = |(name, ids): (&String, &Vec<&str>)| {
            index.rank(name, 1_000).iter().position(|(found, _)| ids.contains(&found.id.as_str()))
        };
        let ranks: Vec<Option<usize>> = right.iter().map(rank).collect();
        let mrr = pipeline_core::eval::Metric::bootstrap(&ranks, |ranks| {
            let (n, sum) = ranks
                .fold((0.0, 0.0), |(n, sum), rank| (n + 1.0, sum + rank.map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0))));
            sum / n
        });
        eprintln!("n {}, MRR {mrr:?}", ranks.len());
        assert!(mrr.value > 0.68);
    }
}
