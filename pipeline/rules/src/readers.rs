//! The dictionaries that reading needs, built once.

use pipeline_core::stage::{PlaceReader, PlaceReading, SkillReader, SkillSpan};

use crate::place::Gazetteer;
use crate::skills::Dictionary;

/// The readers of places and skills. Building them takes a moment; share them.
#[derive(Default)]
pub struct Readers {
    /// Countries, regions and cities.
    pub places: Gazetteer,
    /// Skills.
    pub skills: Dictionary,
}

impl Readers {
    /// The readers of the reference extracts.
    pub fn new() -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Readers")
    }
}

impl SkillReader for Readers {
    fn skills(&self, text: &str) -> Vec<SkillSpan> {
        self.skills.find(text)
    }

    fn canonical(&self, words: &str) -> Option<String> {
        self.skills.canonical(words)
    }
}

impl PlaceReader for Readers {
    fn place(&self, text: &str) -> PlaceReading {
        self.places.read_text(text).into()
    }
}
