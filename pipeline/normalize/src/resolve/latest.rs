//! Part by part of the postings: which version is the latest, when the posting was seen, and what its page answered.

use std::collections::{BTreeMap, HashSet};

use pipeline_core::Result;
use pipeline_lake::{Shuffle, Shuffled};
use pipeline_rules::resolve::PageSeen;
use schemas::Micros;

use super::notes::{Home, Latest, Note, version_key};

/// Sends what `notes` say of each posting to the part of `latest` in which its latest version lies.
pub(super) async fn decide(notes: &Shuffled, latest: &mut Shuffle) -> Result<()> {
    for part in 0..notes.parts() {
        let mut known: BTreeMap<String, Known> = BTreeMap::new();
        for segment in 0..notes.segments() {
            let segment = notes.segment(part, segment).await?;
            for record in segment.records() {
                let (id, note) = Note::read(record?)?;
                match known.get_mut(id) {
                    Some(known) => known.take(note),
                    None => known.entry(id.to_owned()).or_default().take(note),
                }
            }
        }
        for (id, known) in known {
            if let Some(found) = known.latest(&id) {
                latest
                    .put(found.home.employer, |out| {
                        found.write(out);
                        Ok(())
                    })
                    .await?;
            }
        }
    }
    Ok(())
}

/// What is known of one posting so far.
#[derive(Default)]
struct Known {
    newest: Option<(Micros, String, Home)>,
    posted_at: Option<Micros>,
    seen: Option<Seen>,
    pages: Vec<PageSeen>,
}

/// When it was seen.
struct Seen {
    first: Micros,
    last: Micros,
    unlisted: bool,
    versions: HashSet<u64>,
}

impl Known {
    fn take(&mut self, note: Note<'_>) {
        match note {
            Note::Version { seen_at, version, posted_at, home } => {
                // A source that dates an old posting anew does not make it new.
                self.posted_at = [self.posted_at, posted_at].into_iter().flatten().min();
                let newer = |(at, name, _): &(Micros, String, Home)| (seen_at, version) > (*at, name.as_str());
                if self.newest.as_ref().is_none_or(newer) {
                    self.newest = Some((seen_at, version.to_owned(), home));
                }
            }
            Note::Seen { at, version, unlisted } => match &mut self.seen {
                None => self.seen = Some(Seen { first: at, last: at, unlisted, versions: HashSet::from([version]) }),
                Some(seen) => seen.again(at, version, unlisted),
            },
            Note::Page(page) => self.pages.push(page),
        }
    }

    /// What is to be known of it; nothing where there is no version of it.
    fn latest(self, id: &str) -> Option<Latest> {
        let (_, version, home) = self.newest?;
        let seen = self.seen.map(|seen| (seen.first, seen.last, seen.versions.len() as i64, seen.unlisted));
        let mut pages = self.pages;
        pages.sort_unstable();
        Some(Latest { home, key: version_key(id, &version), posted_at: self.posted_at, seen, pages })
    }
}

impl Seen {
    fn again(&mut self, at: Micros, version: u64, unlisted: bool) {
        if at > self.last {
            self.unlisted = unlisted;
        } else if at == self.last {
            // Of two answers at once, the one that lists it counts.
            self.unlisted &= unlisted;
        }
        self.first = self.first.min(at);
        self.last = self.last.max(at);
        self.versions.insert(version);
    }
}
