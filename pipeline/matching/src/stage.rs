//! The stage `match`: every open role scored for every person who wants matches.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use pipeline_core::error::Context as _;
use pipeline_core::hash::{Hasher, bucket};
use pipeline_core::ports::Documents;
use pipeline_core::stage::Outcome;
use pipeline_core::{ErrorKind, Result};
use pipeline_lake::{Lake, rows};
use schemas::documents::UserDocument;
use schemas::tables::{MatchRow, RoleRow};
use schemas::{Json, Partition, Row as _};
use serde_json::Value;

use crate::evidence::{Facts, Gathered, Gathering, Kept, ModelEvidence, Question, VERSION, kept_of};
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
    /// The model that gives evidence for the best of them; `None` for none.
    pub evidence: Option<ModelEvidence<'a>>,
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
        if let Some((model, top)) = self.model() {
            hasher.add(format!("{model} {VERSION} {top}"));
            for person in self.people().await? {
                for (key, kept) in kept_of(self.documents, &person.user_id).await? {
                    let Some(quoted) = kept.quoted else { continue };
                    hasher.add(key);
                    hasher.add(serde_json::to_vec(&quoted).context(ErrorKind::Internal, || "evidence is no JSON")?);
                }
            }
        }
        Ok(hasher.hex(32))
    }

    /// The model's name and how many roles of each person it looks at; `None` when there is nothing to look with.
    fn model(&self) -> Option<(&str, usize)> {
        let evidence = self.evidence.as_ref()?;
        Some((evidence.model.name()?, evidence.settings.top.min(self.keep))).filter(|(_, top)| *top > 0)
    }

    /// Gathers the model's evidence for the best roles of everybody: takes the answers of batches that have ended and asks
    /// for what is missing, within the budget. It changes no table: [`MatchStage::inputs`] and [`MatchStage::run`] take up
    /// what is there afterwards. A model that is away is a note, not a failure; without a model nothing happens.
    ///
    /// # Errors
    /// Those of the document store and the lake.
    pub async fn gather(&self) -> Result<Gathered> {
        let Some(using) = self.evidence.filter(|using| using.model.name().is_some()) else {
            return Ok(Gathered::default());
        };
        let people = self.people().await?;
        let facts = people.iter().map(|person| (person.user_id.clone(), Facts::of(person))).collect();
        let Some(mut gathering) = Gathering::new(self.lake, self.documents, self.rubric, using, facts) else {
            return Ok(Gathered::default());
        };
        gathering.collect().await?;
        if let Some((model, top)) = self.model().filter(|_| using.settings.budget_micro_usd > 0) {
            let (rankings, _) = self.rank(people, top).await?;
            let wanted = rankings.iter().flat_map(|(person, ranking)| questions(person, ranking, model, top)).collect();
            let missing = gathering.missing(wanted).await?;
            gathering.ask(missing).await?;
        }
        Ok(gathering.end())
    }

    /// Scores everybody anew.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn run(&self) -> Result<Outcome> {
        let mut outcome = Outcome::default();
        let (rankings, rows_read) = self.rank(self.people().await?, self.keep).await?;
        outcome.rows_read = rows_read;
        let mut buckets: BTreeMap<String, Vec<MatchRow>> = (0..16).map(|n| (format!("{n:02x}"), Vec::new())).collect();
        for (person, ranking) in rankings {
            let evidence = self.evidence_of(&person, &ranking).await?;
            let user = person.user_id;
            let mut matches = ranking.finish(&user);
            for row in &mut matches {
                if let Some(quoted) = evidence.get(&row.role_id) {
                    row.evidence = with_quotes(&row.evidence, quoted)?;
                }
            }
            outcome.rows_written += matches.len() as u64;
            buckets.entry(bucket(&user)).or_default().extend(matches);
        }
        let table = self.lake.table(MatchRow::TABLE).await?;
        for (name, rows) in buckets {
            outcome.changed |= table.replace(Partition::of([name]), &rows).await?.changed;
        }
        Ok(outcome)
    }

    /// Every open role offered to everybody of `people`; also how many roles there are.
    async fn rank(&self, people: Vec<UserDocument>, keep: usize) -> Result<(Vec<(UserDocument, Ranking)>, u64)> {
        let ranked = |person: UserDocument| {
            let ranking = Ranking::new(self.rubric.prepare(&person), keep);
            (person, ranking)
        };
        let mut rankings: Vec<(UserDocument, Ranking)> = people.into_iter().map(ranked).collect();
        let roles = self.lake.table(RoleRow::TABLE).await?;
        let mut batches = roles.read(roles.files().await?, None);
        let mut read = 0;
        while let Some(batch) = batches.try_next().await? {
            for role in rows::<RoleRow>(&batch)? {
                read += 1;
                for (_, ranking) in &mut rankings {
                    ranking.offer(&role);
                }
            }
        }
        Ok((rankings, read))
    }

    /// The model's evidence for the best roles of one person, by role.
    async fn evidence_of(&self, person: &UserDocument, ranking: &Ranking) -> Result<BTreeMap<String, Kept>> {
        let Some((model, top)) = self.model() else { return Ok(BTreeMap::new()) };
        let mut kept = kept_of(self.documents, &person.user_id).await?;
        let asked = questions(person, ranking, model, top);
        let roles = ranking.best(top).map(|role| role.role_id.clone());
        Ok(roles.zip(asked).filter_map(|(role, question)| Some((role, kept.remove(&question.key)?))).collect())
    }
}

/// What is asked about the best `top` roles of one person; nothing about somebody who tells nothing.
fn questions(person: &UserDocument, ranking: &Ranking, model: &str, top: usize) -> Vec<Question> {
    let facts = Facts::of(person);
    if facts.is_empty() {
        return Vec::new();
    }
    let ask = |role: &RoleRow| Question::new(&person.user_id, &facts, &role.posting_id, &role.version, model);
    ranking.best(top).map(ask).collect()
}

/// The rubric's evidence with the model's after it.
fn with_quotes(evidence: &Json, kept: &Kept) -> Result<Json> {
    let unread = || "evidence of the rubric is no list";
    let mut all: Vec<Value> = serde_json::from_str(&evidence.0).context(ErrorKind::Internal, unread)?;
    for quoted in kept.quoted.iter().flatten() {
        all.push(serde_json::to_value(quoted).context(ErrorKind::Internal, unread)?);
    }
    Ok(Json(serde_json::to_string(&all).context(ErrorKind::Internal, unread)?))
}
