//! A lake with roles, people, and everything that the stage works with.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use object_store::memory::InMemory;
use pipeline_core::Result;
use pipeline_core::ports::{Documents, Key, Model, Price, SimulatedClock, Write};
use pipeline_core::stage::Outcome;
use pipeline_lake::Lake;
use pipeline_matching::budget::{Account, Budget};
use pipeline_matching::evidence::{Gathered, ModelEvidence, Settings};
use pipeline_matching::stage::MatchStage;
use schemas::documents::UserDocument;
use schemas::tables::{MatchRow, PostingRow, RoleRow};
use schemas::{Day, Micros, Partition, Row as _};
use serde_json::{Value, json};
use support::{Fault, Killer};

use crate::documents::MemoryDocuments;
use crate::vocabulary::rubric;

pub const TEXT: &str = "We build data platforms.\nYou know Python and SQL.\nYou lead a team of five.";
pub const NOW: Micros = Micros(1_795_000_000_000_000);
pub const PRICE: Price = Price { input_micro_usd: 100_000, output_micro_usd: 500_000 };
/// A dollar.
pub const PLENTY: u64 = 1_000_000;

#[derive(Clone)]
pub struct World {
    pub clock: Arc<SimulatedClock>,
    pub lake: Arc<Lake>,
    pub documents: Arc<MemoryDocuments>,
    runs: Arc<AtomicUsize>,
}

pub fn settings() -> Settings {
    Settings { top: 10, budget_micro_usd: PLENTY, price: PRICE, batch: true }
}

pub fn person() -> UserDocument {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data-samples/profiles/data-engineer.json"));
    serde_json::from_str(text).unwrap()
}

impl World {
    /// A world of one person and a posting for each of `texts`.
    pub async fn new(texts: &[&str]) -> Self {
        let clock = Arc::new(SimulatedClock::at(NOW));
        let lake = Arc::new(Lake::new(Arc::new(InMemory::new()), Arc::clone(&clock) as _));
        let documents = Arc::new(MemoryDocuments::new(Arc::clone(&clock) as _));
        let world = Self { clock, lake, documents, runs: Arc::default() };
        let id = |n: usize| format!("lever_job_{n:02}");
        let role = |n: usize| RoleRow {
            role_id: format!("role_{n:02}"),
            bucket: "00".to_owned(),
            posting_id: id(n),
            version: "v1".to_owned(),
            title: "Senior Data Engineer".to_owned(),
            level: Some("senior".to_owned()),
            skills: vec!["Python".to_owned(), "SQL".to_owned()],
            ..RoleRow::default()
        };
        let posting = |(n, text): (usize, &&str)| PostingRow {
            posting_id: id(n),
            version: "v1".to_owned(),
            source: "lever".to_owned(),
            day: Day(20_000),
            title: "Senior Data Engineer".to_owned(),
            text: (*text).to_owned(),
            ..PostingRow::default()
        };
        let roles: Vec<RoleRow> = (0..texts.len()).map(role).collect();
        let postings: Vec<PostingRow> = texts.iter().enumerate().map(posting).collect();
        let table = world.lake.table(RoleRow::TABLE).await.unwrap();
        table.replace(Partition::of(["00"]), &roles).await.unwrap();
        let table = world.lake.table(PostingRow::TABLE).await.unwrap();
        table.replace(Partition::of(["lever".to_owned(), Day(20_000).to_string()]), &postings).await.unwrap();
        world.tell(&person()).await;
        world
    }

    /// Keeps what somebody told.
    pub async fn tell(&self, person: &UserDocument) {
        let write = Write::put(Key::new("PROFILES", &person.user_id), serde_json::to_value(person).unwrap());
        self.documents.write(write).await.unwrap();
    }

    /// The next run's gathering.
    pub async fn gather(&self, model: &dyn Model, settings: Settings) -> Gathered {
        self.gather_under(model, settings, Killer::calm()).await.unwrap()
    }

    /// The same under a killer.
    pub async fn gather_under(&self, model: &dyn Model, settings: Settings, killer: Killer) -> Result<Gathered> {
        let run_id = format!("run-{}", self.runs.fetch_add(1, Ordering::SeqCst));
        let documents = Fault::<dyn Documents>::new(Arc::clone(&self.documents) as _, killer);
        let evidence = ModelEvidence { model, settings, clock: self.clock.as_ref(), run_id: &run_id };
        let rubric = rubric();
        let stage =
            MatchStage { lake: &self.lake, documents: &documents, rubric: &rubric, keep: 50, evidence: Some(evidence) };
        stage.gather().await
    }

    /// Fingerprint, outcome and rows of the stage with `model`.
    pub async fn matches(&self, model: Option<&dyn Model>) -> (String, Outcome, Vec<MatchRow>) {
        let evidence = model.map(|model| ModelEvidence {
            model,
            settings: settings(),
            clock: self.clock.as_ref(),
            run_id: "matches",
        });
        let (rubric, documents) = (rubric(), self.documents.as_ref());
        let stage = MatchStage { lake: &self.lake, documents, rubric: &rubric, keep: 50, evidence };
        let (inputs, outcome) = (stage.inputs().await.unwrap(), stage.run().await.unwrap());
        let table = self.lake.table(MatchRow::TABLE).await.unwrap();
        let mut rows: Vec<MatchRow> = table.rows(table.files().await.unwrap()).await.unwrap();
        rows.sort_by_key(|row| row.rank);
        (inputs, outcome, rows)
    }

    /// The documents whose partition key starts with `pk` and sort key with `sk`.
    pub fn kept(&self, pk: &str, sk: &str) -> Vec<Value> {
        let found = self.documents.all().into_iter();
        let found = found.filter(|document| document.key.pk.starts_with(pk) && document.key.sk.starts_with(sk));
        found.map(|document| document.body).collect()
    }

    /// The account of run number `n`, from 0.
    pub async fn account(&self, n: usize) -> Account {
        let document = self.documents.get(&Budget::key(&format!("run-{n}"))).await.unwrap();
        document.map(|document| serde_json::from_value(document.body).unwrap()).unwrap_or_default()
    }
}

/// What a model added to a match.
pub fn added(row: &MatchRow) -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(&row.evidence.0).unwrap();
    all.into_iter().filter(|item| item.get("by").is_some()).collect()
}

/// An answer of these items: posting, profile, verdict.
pub fn answer(items: &[(&str, &str, &str)]) -> String {
    let items = items
        .iter()
        .map(|(posting, profile, verdict)| json!({"posting": posting, "profile": profile, "verdict": verdict}));
    json!({"items": items.collect::<Vec<_>>()}).to_string()
}
