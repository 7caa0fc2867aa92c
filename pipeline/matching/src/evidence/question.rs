//! Questions for a model, and the postings that they are about.

use std::collections::{BTreeMap, BTreeSet};

use futures::TryStreamExt as _;
use pipeline_core::Result;
use pipeline_core::hash::Hasher;
use pipeline_lake::{Lake, column};
use schemas::Row as _;
use schemas::tables::PostingRow;

use super::facts::Facts;
use super::prompt::{Posting, VERSION};

/// One posting compared with one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// Names everything that the answer follows from; letters and digits.
    pub(crate) key: String,
    /// The person.
    pub(crate) user_id: String,
    /// The posting.
    pub(crate) posting_id: String,
    /// The posting's version.
    pub(crate) version: String,
    /// How often it was asked already.
    pub(crate) tries: u32,
}

/// Postings by id and version.
pub(crate) type Postings = BTreeMap<(String, String), Posting>;

impl Question {
    /// The question about version `version` of `posting_id` for `user_id`, of whom `facts` are known, to `model`.
    pub(crate) fn new(user_id: &str, facts: &Facts, posting_id: &str, version: &str, model: &str) -> Self {
        let hasher = Hasher::new("evidence").part(user_id).part(facts.to_json().to_string());
        let key = hasher.part(posting_id).part(version).part(model).part(VERSION).hex(40);
        Self {
            key,
            user_id: user_id.to_owned(),
            posting_id: posting_id.to_owned(),
            version: version.to_owned(),
            tries: 0,
        }
    }

    /// The posting that it is about, when it is there.
    pub(crate) fn posting<'a>(&self, postings: &'a Postings) -> Option<&'a Posting> {
        postings.get(&(self.posting_id.clone(), self.version.clone()))
    }
}

/// What the postings of `questions` say. Only the files of their sources are read.
pub(crate) async fn postings(lake: &Lake, questions: &[Question]) -> Result<Postings> {
    let wanted: BTreeSet<(&str, &str)> =
        questions.iter().map(|question| (question.posting_id.as_str(), question.version.as_str())).collect();
    let mut found = Postings::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    let of_source = |source: &String| {
        wanted.iter().any(|(id, _)| id.strip_prefix(source.as_str()).is_some_and(|rest| rest.starts_with("_job_")))
    };
    let table = lake.table(PostingRow::TABLE).await?;
    let files = table.files_where(|partition| partition.0.first().is_some_and(of_source)).await?;
    let mut batches = table.read(files, Some(&["posting_id", "version", "title", "text"]));
    while let Some(batch) = batches.try_next().await? {
        let (ids, versions) = (column::text(&batch, "posting_id")?, column::text(&batch, "version")?);
        let (titles, texts) = (column::text(&batch, "title")?, column::text(&batch, "text")?);
        for row in 0..batch.num_rows() {
            let (id, version) = (ids.value(row), versions.value(row));
            if wanted.contains(&(id, version)) {
                found.insert((id.to_owned(), version.to_owned()), Posting::new(titles.value(row), texts.value(row)));
            }
        }
    }
    Ok(found)
}
