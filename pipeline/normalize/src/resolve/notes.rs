//! What is put aside about postings while they are brought together: small records, written and read here alone.

use pipeline_core::hash::{Hasher, bucket_number};

use pipeline_core::{Error, Result};
use pipeline_rules::resolve::{PageSeen, bucket_key};
use schemas::Micros;

/// Where a posting belongs: numbers that are equal for postings that can be one vacancy, coarse to fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Home {
    /// Of everything that may be linked; the bucket of the table follows from it.
    pub(super) employer: u64,
    /// Of postings with one spelling of the employer.
    pub(super) spelling: u64,
    /// Of postings with one spelling and title; without an employer of those with one text.
    pub(super) title: u64,
}

impl Home {
    /// The home of a posting by its columns.
    pub(super) fn of(company_key: &str, title_key: &str, text_hash: &str) -> Self {
        let (named, spelling) = (!company_key.is_empty(), Hasher::new("spelling").part(company_key).number());
        let rest = if named { title_key } else { text_hash };
        let title = Hasher::new("title").part(company_key).part(rest).number();
        Self { employer: bucket_number(&bucket_key(company_key)), spelling, title }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend([self.employer, self.spelling, self.title].iter().flat_map(|number| number.to_le_bytes()));
    }
}

/// A version of a posting in 64 bits: among ten million the chance of any collision is below 3 in a million.
pub(crate) fn version_key(posting_id: &str, version: &str) -> u64 {
    Hasher::new("version").part(posting_id).part(version).number()
}

/// One thing known of a posting, kept with others of the same posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Note<'a> {
    /// A row of `postings`.
    Version { seen_at: Micros, version: &'a str, posted_at: Option<Micros>, home: Home },
    /// A row of `observations`; of the version only its hash.
    Seen { at: Micros, version: u64, unlisted: bool },
    /// A row of `readings` about its own page.
    Page(PageSeen),
}

impl<'a> Note<'a> {
    /// Appends the note of the posting called `id`.
    pub(super) fn write(&self, id: &str, out: &mut Vec<u8>) {
        write_text(id, out);
        match self {
            Self::Version { seen_at, version, posted_at, home } => {
                out.push(0);
                out.extend(seen_at.0.to_le_bytes());
                write_text(version, out);
                write_optional(posted_at.map(|time| time.0), out);
                home.write(out);
            }
            Self::Seen { at, version, unlisted } => {
                out.push(1);
                out.extend(at.0.to_le_bytes());
                out.extend(version.to_le_bytes());
                out.push(u8::from(*unlisted));
            }
            Self::Page(page) => {
                out.push(2);
                write_page(*page, out);
            }
        }
    }

    /// The id of a posting, and the note.
    pub(super) fn read(bytes: &'a [u8]) -> Result<(&'a str, Self)> {
        let mut cursor = Cursor(bytes);
        let id = cursor.text()?;
        let note = match cursor.byte()? {
            0 => Self::Version {
                seen_at: Micros(cursor.int()?),
                version: cursor.text()?,
                posted_at: cursor.optional()?.map(Micros),
                home: cursor.home()?,
            },
            1 => Self::Seen { at: Micros(cursor.int()?), version: cursor.number()?, unlisted: cursor.byte()? == 1 },
            _ => Self::Page(cursor.page()?),
        };
        Ok((id, note))
    }
}

/// What is known of a posting beside the row of its latest version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Latest {
    pub(super) home: Home,
    /// [`version_key`] of the row.
    pub(super) key: u64,
    /// The earliest publication that any version stated.
    pub(super) posted_at: Option<Micros>,
    /// First and last time seen, versions seen, whether unlisted when last seen; nothing when it was never seen.
    pub(super) seen: Option<(Micros, Micros, i64, bool)>,
    pub(super) pages: Vec<PageSeen>,
}

impl Latest {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        self.home.write(out);
        out.extend(self.key.to_le_bytes());
        write_optional(self.posted_at.map(|time| time.0), out);
        out.push(u8::from(self.seen.is_some()));
        if let Some((first, last, versions, unlisted)) = self.seen {
            out.extend([first.0, last.0, versions].iter().flat_map(|number| number.to_le_bytes()));
            out.push(u8::from(unlisted));
        }
        self.pages.iter().for_each(|page| write_page(*page, out));
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let mut cursor = Cursor(bytes);
        let (home, key, posted_at) = (cursor.home()?, cursor.number()?, cursor.optional()?.map(Micros));
        let seen = match cursor.byte()? {
            0 => None,
            _ => Some((Micros(cursor.int()?), Micros(cursor.int()?), cursor.int()?, cursor.byte()? == 1)),
        };
        let mut pages = Vec::new();
        while !cursor.0.is_empty() {
            pages.push(cursor.page()?);
        }
        Ok(Self { home, key, posted_at, seen, pages })
    }
}

/// The home and the key at the front of a packed posting, and its columns.
pub(super) fn read_row(bytes: &[u8]) -> Result<(Home, u64, &[u8])> {
    let mut cursor = Cursor(bytes);
    Ok((cursor.home()?, cursor.number()?, cursor.0))
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn write_optional(value: Option<i64>, out: &mut Vec<u8>) {
    out.push(u8::from(value.is_some()));
    out.extend(value.iter().flat_map(|value| value.to_le_bytes()));
}

fn write_page(page: PageSeen, out: &mut Vec<u8>) {
    out.extend(page.at.0.to_le_bytes());
    write_optional(page.status, out);
}

/// Takes values from the front of a record.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk::<N>().ok_or_else(cut)?;
        self.0 = rest;
        Ok(*bytes)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take::<1>()?[0])
    }

    fn number(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.take()?))
    }

    fn int(&mut self) -> Result<i64> {
        Ok(i64::from_le_bytes(self.take()?))
    }

    fn optional(&mut self) -> Result<Option<i64>> {
        if self.byte()? == 0 { Ok(None) } else { self.int().map(Some) }
    }

    fn text(&mut self) -> Result<&'a str> {
        let length = u32::from_le_bytes(self.take()?) as usize;
        let (text, rest) = self.0.split_at_checked(length).ok_or_else(cut)?;
        self.0 = rest;
        str::from_utf8(text).map_err(|_| cut())
    }

    fn home(&mut self) -> Result<Home> {
        Ok(Home { employer: self.number()?, spelling: self.number()?, title: self.number()? })
    }

    fn page(&mut self) -> Result<PageSeen> {
        Ok(PageSeen { at: Micros(self.int()?), status: self.optional()? })
    }
}

fn cut() -> Error {
    Error::internal("what was put aside of a posting breaks off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_come_back_as_they_were_and_a_cut_one_is_told() {
        let home = Home::of("acme", "engineer", "hash");
        let page = PageSeen { at: Micros(-3), status: None };
        let notes = [
            Note::Version { seen_at: Micros(1), version: "v", posted_at: Some(Micros(0)), home },
            Note::Seen { at: Micros(2), version: 9, unlisted: true },
            Note::Page(page),
        ];
        for note in notes {
            let mut bytes = Vec::new();
            note.write("id", &mut bytes);
            assert_eq!(Note::read(&bytes).unwrap(), ("id", note));
            assert!(Note::read(&bytes[..bytes.len() - 1]).is_err());
        }
        let pages = vec![page, PageSeen { at: Micros(5), status: Some(404) }];
        let seen = Some((Micros(1), Micros(2), 3, true));
        for (seen, pages) in [(None, vec![]), (seen, pages)] {
            let latest = Latest { home, key: 7, posted_at: None, seen, pages };
            let mut bytes = Vec::new();
            latest.write(&mut bytes);
            assert_eq!(Latest::read(&bytes).unwrap(), latest);
        }
    }

    #[test]
    fn postings_without_an_employer_are_told_apart_by_their_text() {
        assert_eq!(Home::of("", "a", "same"), Home::of("", "b", "same"));
        assert_ne!(Home::of("acme", "a", "same").title, Home::of("acme", "b", "same").title);
        assert_eq!(Home::of("acme", "a", "one"), Home::of("acme", "a", "two"));
    }
}
