//! The generations on disk: built in `building/NAME`, moved to `sealed/NAME` when whole, and named by the file `CURRENT`
//! when they answer.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{ErrorKind as IoErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;
use pipeline_core::error::Context;
use pipeline_core::ports::{Hit, Hits, IndexedRole, OwnHits, OwnQuery, OwnWrite, Search, SearchQuery};
use pipeline_core::search::{Question, Searchable, check_limit};
use pipeline_core::words::whole;
use pipeline_core::{Error, ErrorKind, Result};
use schemas::documents::IndexDocument;
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByString};
use tantivy::collector::{Count, TopDocs};
use tantivy::indexer::NoMergePolicy;
use tantivy::schema::Value as _;
use tantivy::{
    DocAddress, Index, IndexReader, IndexWriter, Order, ReloadPolicy, Searcher, SegmentMeta, TantivyDocument, Term,
};

use super::facets::{CountValues, ranked};
use super::fields::{Fields, ORDER, register_analyzers};
use super::own::Own;
use super::query;
use crate::blocking::blocking;

/// Memory that building a generation may fill before it writes a part, in bytes.
const WRITER_HEAP_BYTES: usize = 64 << 20;

/// One thread keeps the order in which roles were added.
const WRITER_THREADS: usize = 1;

/// The file in a sealed generation that says that it is whole, and how many roles it holds.
const SEAL: &str = "SEALED";

/// Finds roles with tantivy, in a folder that several processes may read and one may write at a time.
pub struct TantivySearch(Arc<Inner>);

struct Inner {
    root: PathBuf,
    fields: Fields,
    building: Mutex<BTreeMap<String, Building>>,
    answering: Mutex<Option<Answering>>,
    own: Own,
}

/// A generation that is being built.
struct Building {
    index: Index,
    writer: IndexWriter,
    /// Hashes of the ids of roles added so far, to know which replace another.
    seen: HashSet<u64>,
}

/// The generation that was last asked.
struct Answering {
    generation: String,
    sealed_at: Option<SystemTime>,
    reader: IndexReader,
}

impl TantivySearch {
    /// Uses the folder `root`, creating it when it is not there.
    ///
    /// # Errors
    /// `Config` when the folder cannot be made.
    pub fn open(root: &Path) -> Result<Self> {
        for folder in ["building", "sealed"] {
            fs::create_dir_all(root.join(folder))
                .context(ErrorKind::Config, || format!("cannot create the search index in {}", root.display()))?;
        }
        Ok(Self(Arc::new(Inner {
            root: root.to_owned(),
            fields: Fields::new(),
            building: Mutex::default(),
            answering: Mutex::default(),
            own: Own::new(root.join("own")),
        })))
    }

    async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Inner) -> Result<T> + Send + 'static,
    {
        let inner = self.0.clone();
        blocking(move || work(&inner)).await
    }
}

#[async_trait]
impl Search for TantivySearch {
    async fn begin(&self, generation: &str) -> Result<()> {
        let generation = checked(generation)?;
        self.run(move |inner| inner.begin(generation)).await
    }

    async fn add(&self, generation: &str, roles: Vec<IndexedRole>) -> Result<()> {
        let generation = checked(generation)?;
        self.run(move |inner| inner.add(&generation, &roles)).await
    }

    async fn seal(&self, generation: &str) -> Result<u64> {
        let generation = checked(generation)?;
        self.run(move |inner| inner.seal(&generation)).await
    }

    async fn activate(&self, generation: &str) -> Result<()> {
        let generation = checked(generation)?;
        self.run(move |inner| inner.activate(&generation)).await
    }

    async fn current(&self) -> Result<Option<String>> {
        self.run(Inner::current).await
    }

    async fn generations(&self) -> Result<Vec<String>> {
        self.run(Inner::generations).await
    }

    async fn drop_generation(&self, generation: &str) -> Result<()> {
        let generation = checked(generation)?;
        self.run(move |inner| inner.drop_generation(&generation)).await
    }

    async fn query(&self, query: &SearchQuery) -> Result<Hits> {
        let query = query.clone();
        self.run(move |inner| inner.query(&query)).await
    }

    async fn write_own(&self, writes: Vec<OwnWrite>) -> Result<Vec<(usize, String)>> {
        self.run(move |inner| inner.own.write(&writes)).await
    }

    async fn find_own(&self, query: &OwnQuery) -> Result<OwnHits> {
        check_limit(query.limit)?;
        let query = query.clone();
        self.run(move |inner| inner.own.find(&query)).await
    }
}

impl Inner {
    fn begin(&self, generation: String) -> Result<()> {
        let mut building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        // The one that answers goes on answering until the new one of its name is sealed.
        if self.current()?.as_ref() != Some(&generation) {
            remove(&self.sealed(&generation))?;
        }
        building.remove(&generation);
        let folder = self.root.join("building").join(&generation);
        remove(&folder)?;
        fs::create_dir_all(&folder).context(ErrorKind::Unavailable, || cannot("begin", &generation))?;
        let index = Index::create_in_dir(&folder, self.fields.schema.clone())
            .context(ErrorKind::Unavailable, || cannot("begin", &generation))?;
        register_analyzers(&index);
        let writer: IndexWriter = index
            .writer_with_num_threads(WRITER_THREADS, WRITER_HEAP_BYTES)
            .context(ErrorKind::Unavailable, || cannot("begin", &generation))?;
        // The parts are merged once, when all are there.
        writer.set_merge_policy(Box::new(NoMergePolicy));
        building.insert(generation, Building { index, writer, seen: HashSet::new() });
        Ok(())
    }

    fn add(&self, generation: &str, roles: &[IndexedRole]) -> Result<()> {
        let mut all = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let building = all.get_mut(generation).ok_or_else(|| not_begun(generation))?;
        for role in roles {
            let id = &role.document.job_id;
            let key = whole(id);
            if !building.seen.insert(pipeline_core::hash::Hasher::new("role").part(id).number()) {
                building.writer.delete_term(Term::from_field_text(self.fields.key, &key));
            }
            let document = self.fields.document(Searchable::of(role)?, &key);
            building.writer.add_document(document).context(ErrorKind::Unavailable, || cannot("add to", generation))?;
        }
        Ok(())
    }

    fn seal(&self, generation: &str) -> Result<u64> {
        let mut all = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(building) = all.remove(generation) else {
            return self.count(generation)?.ok_or_else(|| not_begun(generation));
        };
        let count = merge(building).context(ErrorKind::Unavailable, || cannot("seal", generation))?;
        let built = self.root.join("building").join(generation);
        let sealed = self.sealed(generation);
        // One of the same name that still answers makes room in a moment and is removed afterwards.
        let old = self.root.join("building").join(format!("{generation}~old"));
        write_file(&built.join(SEAL), &count.to_string())
            .and_then(|()| fs::remove_dir_all(&old).or_else(if_absent))
            .and_then(|()| fs::rename(&sealed, &old).or_else(if_absent))
            .and_then(|()| fs::rename(&built, &sealed))
            .and_then(|()| sync_folder(&self.root.join("sealed")))
            .and_then(|()| fs::remove_dir_all(&old).or_else(if_absent))
            .context(ErrorKind::Unavailable, || cannot("seal", generation))?;
        *self.answering.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(count)
    }

    fn activate(&self, generation: &str) -> Result<()> {
        if self.count(generation)?.is_none() {
            return Err(Error::not_found(format!("search generation {generation} is not there or not sealed")));
        }
        let next = self.root.join("CURRENT.next");
        write_file(&next, generation)
            .and_then(|()| fs::rename(&next, self.root.join("CURRENT")))
            .and_then(|()| sync_folder(&self.root))
            .context(ErrorKind::Unavailable, || cannot("activate", generation))
    }

    fn current(&self) -> Result<Option<String>> {
        read_file(&self.root.join("CURRENT"))
    }

    fn generations(&self) -> Result<Vec<String>> {
        let unreadable = || format!("cannot list search generations in {}", self.root.display());
        let mut names = Vec::new();
        for entry in fs::read_dir(self.root.join("sealed")).context(ErrorKind::Unavailable, unreadable)? {
            let entry = entry.context(ErrorKind::Unavailable, unreadable)?;
            if let Ok(name) = entry.file_name().into_string()
                && entry.path().join(SEAL).exists()
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn drop_generation(&self, generation: &str) -> Result<()> {
        let mut building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        if self.current()?.as_deref() == Some(generation) {
            return Err(Error::conflict(format!("search generation {generation} is the one that answers")));
        }
        building.remove(generation);
        remove(&self.root.join("building").join(generation))?;
        remove(&self.sealed(generation))
    }

    fn query(&self, question: &SearchQuery) -> Result<Hits> {
        let reader = self.answering()?;
        let asked = Question::read(question)?;
        let query = query::build(&self.fields, &asked)?;
        let facets = asked.facets.iter().map(|(name, _)| self.fields.exact(name).cloned());
        let facets = CountValues(facets.collect::<Result<_>>()?);
        let searcher = reader.searcher();
        let end = question.offset.saturating_add(question.limit).min(searcher.num_docs() as usize);
        let wanted = question.offset.min(end)..end;
        let unanswered = || "cannot search";
        let (total, counts, top) = if wanted.is_empty() {
            let (total, counts) =
                searcher.search(&*query, &(Count, facets)).context(ErrorKind::Internal, unanswered)?;
            (total, counts, Vec::new())
        } else {
            let order = (SortBySimilarityScore, (SortByString::for_field(ORDER), Order::Asc));
            let top = TopDocs::for_doc_range(wanted).order_by(order);
            searcher.search(&*query, &(Count, facets, top)).context(ErrorKind::Internal, unanswered)?
        };
        let hits = top.into_iter().map(|((relevance, _), address)| self.hit(&searcher, address, relevance));
        let facets = question.facets.iter().cloned().zip(counts.into_iter().map(ranked)).collect();
        Ok(Hits { hits: hits.collect::<Result<_>>()?, total: total as u64, facets })
    }

    fn hit(&self, searcher: &Searcher, address: DocAddress, relevance: f32) -> Result<Hit> {
        let stored: TantivyDocument =
            searcher.doc(address).context(ErrorKind::Internal, || "cannot read a role from the search index")?;
        let text = stored.get_first(self.fields.stored).and_then(|value| value.as_str()).unwrap_or_default();
        let document: IndexDocument = serde_json::from_str(text)
            .context(ErrorKind::Internal, || "a role in the search index is not an index document")?;
        Ok(Hit { document, relevance: f64::from(relevance) })
    }

    /// A reader of the generation that answers.
    fn answering(&self) -> Result<IndexReader> {
        let generation = self.answering_name()?;
        match self.reader(&generation) {
            // Another process switched and dropped it just now.
            Err(_) if self.answering_name()? != generation => self.reader(&self.answering_name()?),
            result => result,
        }
    }

    fn answering_name(&self) -> Result<String> {
        let none = || Error::nothing("no search generation answers yet").hint("run `waypost run` first");
        self.current()?.ok_or_else(none)
    }

    /// A reader of `generation`: the last one, unless another process switched or replaced it.
    fn reader(&self, generation: &str) -> Result<IndexReader> {
        let folder = self.sealed(generation);
        let sealed_at = fs::metadata(folder.join(SEAL)).and_then(|metadata| metadata.modified()).ok();
        let mut answering = self.answering.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = answering.as_ref()
            && last.generation == generation
            && last.sealed_at == sealed_at
        {
            return Ok(last.reader.clone());
        }
        let reader = open(&folder).context(ErrorKind::Unavailable, || cannot("open", generation))?;
        *answering = Some(Answering { generation: generation.to_owned(), sealed_at, reader: reader.clone() });
        Ok(reader)
    }

    /// How many roles `generation` holds; `None` when it is not sealed.
    fn count(&self, generation: &str) -> Result<Option<u64>> {
        Ok(read_file(&self.sealed(generation).join(SEAL))?.and_then(|text| text.parse().ok()))
    }

    fn sealed(&self, generation: &str) -> PathBuf {
        self.root.join("sealed").join(generation)
    }
}

/// Roles of one part of an index. A merge has all of its parts in memory, so that one part of everything would need as
/// much memory as the index is large.
const PART_ROLES: u32 = 150_000;

/// Writes all that was added as few parts without leftovers of replaced roles, so that the same roles rank the same:
/// ranking counts words over all parts.
fn merge(building: Building) -> tantivy::Result<u64> {
    let Building { index, mut writer, seen: _ } = building;
    writer.commit()?;
    let mut parts: Vec<Vec<SegmentMeta>> = Vec::new();
    for segment in index.searchable_segment_metas()? {
        let size = |part: &[SegmentMeta]| part.iter().map(SegmentMeta::num_docs).sum::<u32>();
        match parts.last_mut() {
            Some(part) if size(part) + segment.num_docs() <= PART_ROLES => part.push(segment),
            _ => parts.push(vec![segment]),
        }
    }
    for part in parts {
        if part.len() > 1 || part.iter().any(SegmentMeta::has_deletes) {
            let ids: Vec<_> = part.iter().map(SegmentMeta::id).collect();
            writer.merge(&ids).wait()?;
            writer.garbage_collect_files().wait()?;
        }
    }
    writer.wait_merging_threads()?;
    Ok(index.searchable_segment_metas()?.iter().map(|segment| u64::from(segment.num_docs())).sum())
}

fn open(folder: &Path) -> tantivy::Result<IndexReader> {
    let index = Index::open_in_dir(folder)?;
    register_analyzers(&index);
    index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()
}

/// A name that is safe as the name of a folder.
fn checked(generation: &str) -> Result<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if generation.is_empty() || generation.len() > 100 || generation.starts_with('.') || !generation.bytes().all(plain)
    {
        return Err(Error::invalid(format!("{generation:?} cannot name a search generation")));
    }
    Ok(generation.to_owned())
}

fn not_begun(generation: &str) -> Error {
    Error::not_found(format!("search generation {generation} is not being built"))
}

fn cannot(action: &str, generation: &str) -> String {
    format!("cannot {action} search generation {generation}")
}

fn remove(folder: &Path) -> Result<()> {
    // Without its seal it does not count any more, even when removing the rest is interrupted.
    fs::remove_file(folder.join(SEAL))
        .or_else(if_absent)
        .and_then(|()| fs::remove_dir_all(folder).or_else(if_absent))
        .context(ErrorKind::Unavailable, || format!("cannot remove {}", folder.display()))
}

fn if_absent(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == IoErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn read_file(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == IoErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::unavailable(format!("cannot read {}", path.display())).because(error)),
    }
}

fn write_file(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Makes a rename in `folder` survive a loss of power.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()
}
