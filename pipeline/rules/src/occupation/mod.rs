//! Occupations: a title linked to the ESCO occupation and the SOC code that it most probably names.
//!
//! A title is compared by its words with every label of ESCO and every title that O*NET knows (`index`). Each O*NET occupation is linked
//! to ESCO occupations beforehand, so that a title that O*NET knows finds its ESCO occupation though no ESCO label says it.

mod agreement;
mod index;
mod reading;
mod spelling;
mod title_words;

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

use index::{EXACTLY, Index};
pub use reading::{LEAST, LEAST_SOC, OccupationReading, Soc, read};
use title_words::{Phrases, of_label, of_title};

/// ESCO v1.2 occupations: id, code, ISCO-08 group, preferred label, other labels by `|`.
const OCCUPATIONS: &[u8] = include_bytes!("../../../../data-samples/reference/occupations.tsv.gz");

/// O*NET occupations: code, title, other titles by `|`, links to ESCO by the first eight digits of the id, by `|` with their weights after `=`.
const ONET: &[u8] = include_bytes!("../../../../data-samples/reference/onet_titles.tsv.gz");

/// Share of what O*NET says beside what ESCO's own labels say.
const BY_ONET: f32 = 0.6;

/// Power of an O*NET occupation's likeness beside the best one's: how soon the others cease to count.
const NEARER: f32 = 6.0;

/// O*NET occupations that are followed to ESCO.
const FOLLOWED: usize = 4;

/// An occupation of ESCO.
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

/// An occupation of O*NET, which divides the Standard Occupational Classification of 2018.
struct Onet {
    code: String,
    title: String,
    /// ESCO occupations with the weight of their link, which sum to at most 1.
    links: Vec<(u32, f32)>,
}

/// The occupations, by their labels.
pub struct Occupations {
    all: Vec<Occupation>,
    /// For each label in lower case, its occupations.
    names: HashMap<String, Vec<u32>>,
    labels: Index,
    onet: Vec<Onet>,
    titles: Index,
}

/// The occupations of the reference extracts, read when they are first asked for.
pub static ESCO: LazyLock<Occupations> = LazyLock::new(Occupations::bundled);

impl Occupations {
    fn bundled() -> Self {
        Self::new(&unpacked(OCCUPATIONS), &unpacked(ONET))
    }

    /// The occupations of a table `id, code, isco, label, others|others` and of one `code, title, others|others, links`.
    fn new(esco: &str, onet: &str) -> Self {
        let mut all = Vec::new();
        let mut names: HashMap<String, Vec<u32>> = HashMap::new();
        let mut labels = Vec::new();
        for line in esco.lines() {
            let [id, code, isco, label, others] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
            let owner = all.len() as u32;
            for name in named(label, others) {
                labels.push((owner, of_label(&name)));
                names.entry(name).or_default().push(owner);
            }
            let [id, code, isco, label] = [id, code, isco, label].map(|field| field.trim().to_owned());
            all.push(Occupation { id, code, isco, label });
        }
        let by_id: HashMap<&str, u32> =
            all.iter().enumerate().filter_map(|(number, known)| Some((known.id.get(..8)?, number as u32))).collect();
        let mut socs = Vec::new();
        let mut titles = Vec::new();
        for line in onet.lines() {
            let [code, title, others, links] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
            let owner = socs.len() as u32;
            titles.extend(named(title, others).into_iter().map(|name| (owner, of_label(&name))));
            let link = |link: &str| {
                let (id, weight) = link.split_once('=')?;
                Some((*by_id.get(id)?, weight.parse::<f32>().ok()? / 1_000.0))
            };
            let links = links.split('|').filter_map(link).collect();
            socs.push(Onet { code: code.to_owned(), title: title.to_owned(), links });
        }
        let (count, soc_count) = (all.len(), socs.len());
        Self { all, names, labels: Index::new(&labels, count), onet: socs, titles: Index::new(&titles, soc_count) }
    }

    /// The `most` likeliest occupations of `title`, the likeliest first, with a likeness from 0 to about 2; fewer when fewer share
    /// anything with it.
    pub fn rank(&self, title: &str, most: usize) -> Vec<(&Occupation, f64)> {
        let (esco, _) = self.likeness(title);
        let ranked = best(&esco, most);
        ranked.into_iter().map(|(number, likeness)| (&self.all[number], f64::from(likeness))).collect()
    }

    /// How alike a title and each ESCO occupation are, and each O*NET occupation.
    fn likeness(&self, title: &str) -> (Vec<f32>, Vec<f32>) {
        let mut esco = self.labels.likeness(&of_title(title, Phrases::ByTable));
        let onet = self.titles.likeness(&of_title(title, Phrases::Stay));
        let followed = best(&onet, FOLLOWED);
        let first = followed.first().map_or(1.0, |(_, likeness)| *likeness);
        // Where a label of ESCO says the same as the title, O*NET has less to say.
        let exact = esco.iter().any(|likeness| *likeness >= 1.0 + EXACTLY);
        let by_onet_share = if exact { BY_ONET / 2.0 } else { BY_ONET };
        let mut by_onet: Vec<(u32, f32)> = Vec::new();
        for (number, likeness) in followed {
            let share = by_onet_share * likeness * (likeness / first).powf(NEARER);
            by_onet.extend(self.onet[number].links.iter().map(|(occupation, weight)| (*occupation, share * weight)));
        }
        // Of several ways to one occupation the best counts.
        by_onet.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(other.1.total_cmp(&one.1)));
        by_onet.dedup_by_key(|(occupation, _)| *occupation);
        for (occupation, likeness) in by_onet {
            esco[occupation as usize] += likeness;
        }
        (esco, onet)
    }

    /// The occupation with this ESCO id, address or preferred label.
    pub fn named(&self, name: &str) -> Option<&Occupation> {
        let name = name.trim();
        let id = name.rsplit('/').next().unwrap_or_default();
        self.all.iter().find(|known| known.id == id || known.label.eq_ignore_ascii_case(name))
    }

    /// The occupations that `name` names: that of [`Self::named`], else all with it among their other labels.
    pub fn labelled(&self, name: &str) -> Vec<&Occupation> {
        if let Some(known) = self.named(name) {
            return vec![known];
        }
        let owners = self.names.get(&name.trim().to_lowercase()).map(Vec::as_slice).unwrap_or_default();
        owners.iter().map(|owner| &self.all[*owner as usize]).collect()
    }
}

/// The text of a table that is part of the program; a broken one leaves every title without an occupation, and its test red.
fn unpacked(table: &[u8]) -> String {
    let mut text = String::new();
    let _ = GzDecoder::new(table).read_to_string(&mut text);
    text
}

/// The different names of an occupation.
fn named(label: &str, others: &str) -> Vec<String> {
    let mut names: Vec<String> = std::iter::once(label)
        .chain(others.split('|'))
        .map(|name| name.trim().to_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The `most` greatest of `likeness` above 0 with their places, the greatest first, the earlier of equals first.
fn best(likeness: &[f32], most: usize) -> Vec<(usize, f32)> {
    let mut found: Vec<(usize, f32)> =
        likeness.iter().copied().enumerate().filter(|(_, likeness)| *likeness > 0.0).collect();
    let order = |one: &(usize, f32), other: &(usize, f32)| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0));
    if found.len() > most && most > 0 {
        found.select_nth_unstable_by(most - 1, order);
        found.truncate(most);
    }
    found.sort_unstable_by(order);
    found.truncate(most);
    found
}

#[cfg(test)]
mod tests;
