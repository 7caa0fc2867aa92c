//! The skills of the reference extract.

use std::io::Read as _;

use flate2::read::GzDecoder;

/// ESCO v1.2 skills: id, preferred label, other labels by `|`, description, mentions in postings.
const SKILLS: &[u8] = include_bytes!("../../../../data-samples/reference/esco_skills.tsv.gz");

/// One skill with all that is known of it.
pub struct Entry {
    pub id: String,
    pub label: String,
    pub others: Vec<String>,
    pub description: String,
    /// How often its labels stand in the postings that were counted.
    pub mentions: u32,
}

/// The skills that are part of the program, in order of id.
pub fn bundled() -> Vec<Entry> {
    let mut text = String::new();
    // A broken file leaves every span without a skill, and its test red.
    let _ = GzDecoder::new(SKILLS).read_to_string(&mut text);
    entries(&text)
}

/// The skills of a table of lines `id, label, others|others, description, mentions`, separated by tabs.
pub fn entries(table: &str) -> Vec<Entry> {
    let entry = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [id, label, others, description, mentions] = fields[..] else { return None };
        let others = others.split('|').filter(|other| !other.is_empty()).map(str::to_owned).collect();
        let mentions = mentions.parse().ok()?;
        let [id, label, description] = [id, label, description].map(str::to_owned);
        Some(Entry { id, label, others, description, mentions })
    };
    table.lines().filter_map(entry).collect()
}
