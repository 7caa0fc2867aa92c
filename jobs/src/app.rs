//! Everything opened: the configuration, the backends, the lake, the sources and the readers.

use std::path::PathBuf;
use std::sync::Arc;

use infra_registry::{Backends, Options};
use pipeline_core::error::Context as _;
use pipeline_core::ports::Clock;
use pipeline_core::{ErrorKind, Result};
use pipeline_crawl::Registry;
use pipeline_lake::Lake;
use pipeline_matching::Rubric;
use pipeline_matching::evidence::ModelEvidence;
use pipeline_matching::stage::MatchStage;
use pipeline_measure::Engine;
use pipeline_measure::stage::MeasureStage;
use pipeline_normalize::normalize::NormalizeStage;
use pipeline_normalize::resolve::ResolveStage;
use pipeline_publish::PublishStage;
use pipeline_resume::Checker;
use pipeline_rules::Readers;
use schemas::Table;

use crate::config::Config;
use crate::ledger::Ledger;
use crate::telemetry;

/// Everything that commands work with.
pub struct App {
    /// The configuration.
    pub config: Config,
    /// The backends.
    pub backends: Backends,
    /// The tables.
    pub lake: Arc<Lake>,
    /// The sources.
    pub sources: Registry,
    /// The readers of fields.
    pub readers: Arc<Readers>,
    /// What runs did.
    pub ledger: Ledger,
    /// Tells whether a permission is written down for a source.
    pub permitted: Box<dyn Fn(&str) -> bool + Send + Sync>,
    spill: PathBuf,
}

impl App {
    /// Opens everything; `clock` replaces the system's.
    ///
    /// # Errors
    /// Those of the backends.
    pub async fn open(config: Config, clock: Option<Arc<dyn Clock>>) -> Result<Self> {
        std::fs::create_dir_all(&config.data_dir)
            .context(ErrorKind::Unavailable, || format!("cannot make data folder {}", config.data_dir.display()))?;
        let options = Options { clock, ..config.backend_options() };
        let backends = Backends::open(&config.addresses, &options).await?;
        telemetry::watch(&backends);
        let lake = Arc::new(Lake::new(Arc::clone(&backends.objects), Arc::clone(&backends.clock)));
        let ledger = Ledger::new(Arc::clone(&backends.documents));
        let spill = config.data_dir.join("spill");
        let permissions = config.clone();
        let permitted = Box::new(move |source: &str| permissions.permission(source).is_some());
        Ok(Self {
            permitted,
            config,
            backends,
            lake,
            sources: Registry,
            readers: Arc::new(Readers::new()),
            ledger,
            spill,
        })
    }

    /// The stage `normalize`.
    pub fn normalize(&self) -> NormalizeStage<'_> {
        NormalizeStage { lake: &self.lake, sources: &self.sources, readers: &self.readers }
    }

    /// The stage `resolve`.
    pub fn resolve(&self) -> ResolveStage<'_> {
        ResolveStage { lake: &self.lake }
    }

    /// The stage `measure`.
    pub fn measure(&self) -> MeasureStage<'_> {
        MeasureStage {
            lake: &self.lake,
            spill: &self.spill,
            memory_bytes: usize::try_from(self.config.raw.measure.memory_bytes).unwrap_or(usize::MAX),
            window_days: self.config.raw.measure.window_days,
        }
    }

    /// The stage `publish`.
    pub fn publish(&self) -> PublishStage<'_> {
        PublishStage {
            lake: &self.lake,
            search: self.backends.search.as_ref(),
            documents: self.backends.documents.as_ref(),
            queue: self.backends.queue.as_ref(),
        }
    }

    /// The rubric that scores roles for people.
    pub fn rubric(&self) -> Rubric {
        Rubric { skills: Arc::clone(&self.readers) as _, places: Arc::clone(&self.readers) as _ }
    }

    /// The stage `match`, in which `run_id` pays for the model.
    ///
    /// # Errors
    /// `Config` for a model that may spend but has no price.
    pub fn matching<'a>(&'a self, rubric: &'a Rubric, run_id: &'a str) -> Result<MatchStage<'a>> {
        let evidence = ModelEvidence {
            model: self.backends.model.as_ref(),
            settings: self.config.model_settings()?,
            clock: self.backends.clock.as_ref(),
            run_id,
        };
        let (lake, documents) = (&self.lake, self.backends.documents.as_ref());
        Ok(MatchStage { lake, documents, rubric, keep: self.config.raw.matching.keep, evidence: Some(evidence) })
    }

    /// The checker of resumes.
    pub fn checker(&self) -> Checker {
        Checker { skills: Arc::clone(&self.readers) as _ }
    }

    /// A query engine over the given tables as they are now.
    ///
    /// # Errors
    /// `Unavailable` when the lake is away.
    pub async fn engine(&self, tables: &[&'static Table]) -> Result<Engine> {
        let memory = usize::try_from(self.config.raw.measure.memory_bytes).unwrap_or(usize::MAX);
        let engine = Engine::spilling_to(&self.spill, memory)?;
        for spec in tables {
            let table = self.lake.table(spec).await?;
            engine.register(spec, Arc::clone(table.store()), &table.files().await?)?;
        }
        Ok(engine)
    }
}
