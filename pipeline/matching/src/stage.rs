//! The stage `match`: every open role scored for every person who wants matches.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use pipeline_core::error::Context as _;
use pipeline_core::hash::{Hasher, bucket};
use pipeline_core::ports::Documents;
use pipeline_core::stage::Outcome;
use pipeline_core::{ErrorKind, Result, UserId};
use pipeline_lake::{Lake, rows};
use schemas::documents::UserDocument;
use schemas::tables::{MatchRow, RoleRow};
use schemas::{Partition, Row as _};

use crate::{METHOD, Ranking, Rubric};

/// The stage with what it needs.
#[derive(Clone, Copy)]
pub struct MatchStage<'a> {
    /// Where the tables are.
    pub lake: &'a Lake,
    /// Where profiles are.
    pub documents: &'a dyn Documents,
    /// What scores.
    pub rubric: &'a Rubric,
    /// Matches kept for each person.
    pub keep: usize,
}

impl MatchStage<'_> {
    /// Everybody who wants matches, by id.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn people(&self) -> Result<Vec<UserDocument>> {
        let profiles = self.documents.list("PROFILES", "").await?;
        profiles
            .into_iter()
            .map(|document| {
                let id = document.key.sk;
                serde_json::from_value(document.body)
                    .context(ErrorKind::Internal, || format!("the profile of {id} cannot be read"))
            })
            .collect()
    }

    /// A fingerprint of everything that the matches follow from.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn inputs(&self) -> Result<String> {
        let mut hasher = Hasher::new("match").part(METHOD).part((self.keep as u64).to_le_bytes());
        for person in self.people().await? {
            hasher.add(serde_json::to_vec(&person).context(ErrorKind::Internal, || "a profile is no JSON")?);
        }
        for file in self.lake.table(RoleRow::TABLE).await?.files().await? {
            hasher.add(file.path.as_ref());
        }
        Ok(hasher.hex(32))
    }

    /// Scores everybody anew.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn run(&self) -> Result<Outcome> {
        let mut outcome = Outcome::default();
        let mut rankings: Vec<(UserId, Ranking)> = Vec::new();
        for person in self.people().await? {
            let ranking = Ranking::new(self.rubric.prepare(&person), self.keep);
            rankings.push((UserId(person.user_id), ranking));
        }
        let roles = self.lake.table(RoleRow::TABLE).await?;
        let mut batches = roles.read(roles.files().await?, None);
        while let Some(batch) = batches.try_next().await? {
            for role in rows::<RoleRow>(&batch)? {
                outcome.rows_read += 1;
                for (_, ranking) in &mut rankings {
                    ranking.offer(&role);
                }
            }
        }
        let mut buckets: BTreeMap<String, Vec<MatchRow>> = (0..16).map(|n| (format!("{n:02x}"), Vec::new())).collect();
        for (user, ranking) in rankings {
            let matches = ranking.finish(user.as_str());
            outcome.rows_written += matches.len() as u64;
            buckets.entry(bucket(user.as_str())).or_default().extend(matches);
        }
        let table = self.lake.table(MatchRow::TABLE).await?;
        for (name, rows) in buckets {
            outcome.changed |= table.replace(Partition::of([name]), &rows).await?.changed;
        }
        Ok(outcome)
    }
}
