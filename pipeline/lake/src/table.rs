//! Opening tables, creating them, and listing their files.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use deltalake::DeltaTable;
use deltalake::kernel::StructType;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel as _;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::logstore::{LogStoreRef, StorageConfig, default_logstore};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::SaveMode;
use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{Error as StoreError, ObjectStore};
use pipeline_core::error::Context as _;
use pipeline_core::ports::Clock;
use pipeline_core::{Error, ErrorKind, Result};
use schemas::{Partition, Table};
use tokio::sync::Mutex;
use url::Url;

use crate::ordered::OrderedStore;
use crate::view::View;

/// Versions between two checkpoints of a log.
pub(crate) const CHECKPOINT_EVERY: u64 = 100;

/// The tables under one root of an object store.
pub struct Lake {
    store: Arc<dyn ObjectStore>,
    clock: Arc<dyn Clock>,
    tables: Mutex<BTreeMap<&'static str, Arc<LakeTable>>>,
}

/// One table of the lake.
pub struct LakeTable {
    pub(crate) spec: &'static Table,
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Delta's own view, as of when it was last needed: to open, to create, to write checkpoints.
    pub(crate) delta: Mutex<DeltaTable>,
    /// What the table holds; `None` before it was first asked for.
    pub(crate) view: Mutex<Option<View>>,
    pub(crate) log: LogStoreRef,
}

/// A data file of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LakeFile {
    /// Where it is, from the table's own root; it contains a hash of its bytes.
    pub path: Path,
    /// Its size in bytes.
    pub size: u64,
    /// Rows in it.
    pub rows: u64,
    /// The partition that it belongs to.
    pub partition: Partition,
}

impl Lake {
    /// The lake whose tables are the folders at the root of `store`; `clock` dates the commits.
    pub fn new(store: Arc<dyn ObjectStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, tables: Mutex::new(BTreeMap::new()) }
    }

    /// The store that the lake lies on.
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// The table declared as `spec`, created when it is not there yet.
    ///
    /// # Errors
    /// `Unavailable` when the store is away, `Invalid` when what lies there is another table.
    pub async fn table(&self, spec: &'static Table) -> Result<Arc<LakeTable>> {
        let mut tables = self.tables.lock().await;
        if let Some(table) = tables.get(spec.name) {
            return Ok(Arc::clone(table));
        }
        let table = Arc::new(LakeTable::open(spec, Arc::clone(&self.store), Arc::clone(&self.clock)).await?);
        tables.insert(spec.name, Arc::clone(&table));
        Ok(table)
    }
}

impl LakeTable {
    async fn open(spec: &'static Table, root: Arc<dyn ObjectStore>, clock: Arc<dyn Clock>) -> Result<Self> {
        // The address only names the table within its store; of all schemes this one makes Delta assume nothing else.
        let location = Url::parse(&format!("memory:///{}/", spec.name))
            .context(ErrorKind::Internal, || format!("table {} has no usable name", spec.name))?;
        let store: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(Arc::clone(&root), spec.name));
        let ordered = |store: &Arc<dyn ObjectStore>| Arc::new(OrderedStore(Arc::clone(store)));
        let log = default_logstore(ordered(&store), ordered(&root), &location, &StorageConfig::default());
        let mut delta = DeltaTable::new(Arc::clone(&log));
        let is_there = store
            .list(Some(&Path::from("_delta_log")))
            .try_next()
            .await
            .map_err(|error| store_failed(&error, format!("cannot open table {}", spec.name)))?
            .is_some();
        if is_there {
            delta.load().await.map_err(|error| failed(spec, "open", error))?;
        } else {
            delta = create(spec, delta).await?;
        }
        delta = grow(spec, delta).await?;
        check_columns(spec, &delta)?;
        Ok(Self { spec, store, clock, delta: Mutex::new(delta), view: Mutex::new(None), log })
    }

    /// How the table is declared.
    pub fn spec(&self) -> &'static Table {
        self.spec
    }

    /// The store whose root is the table's folder.
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// The newest version of the table, after taking up what others committed.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn version(&self) -> Result<u64> {
        Ok(self.renewed(&mut *self.view.lock().await).await?.version)
    }

    /// Every data file, by path.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn files(&self) -> Result<Vec<LakeFile>> {
        Ok(self.renewed(&mut *self.view.lock().await).await?.files())
    }

    /// The data files of the partitions that `wanted` accepts, by path.
    ///
    /// # Errors
    /// As for [`LakeTable::files`].
    pub async fn files_where(&self, wanted: impl Fn(&Partition) -> bool) -> Result<Vec<LakeFile>> {
        let mut files = self.files().await?;
        files.retain(|file| wanted(&file.partition));
        Ok(files)
    }

    /// Every partition that holds rows, in order.
    ///
    /// # Errors
    /// As for [`LakeTable::files`].
    pub async fn partitions(&self) -> Result<Vec<Partition>> {
        Ok(self.renewed(&mut *self.view.lock().await).await?.partitions())
    }
}

pub(crate) async fn list(spec: &'static Table, delta: &DeltaTable) -> Result<Vec<LakeFile>> {
    let mut views = delta.get_active_add_actions_by_predicate(None);
    let mut files = Vec::new();
    while let Some(view) = views.try_next().await.map_err(|error| failed(spec, "list", error))? {
        let mut values = view.partition_values_map();
        let partition = spec.partition.iter().map(|&name| values.remove(name).flatten().unwrap_or_default());
        files.push(LakeFile {
            path: view.object_store_path(),
            size: u64::try_from(view.size()).unwrap_or_default(),
            rows: view.num_records().unwrap_or_default() as u64,
            partition: Partition(partition.collect()),
        });
    }
    files.sort();
    Ok(files)
}

/// A failure of Delta as an error of ours.
pub(crate) fn failed(spec: &Table, verb: &str, error: deltalake::DeltaTableError) -> Error {
    let message = format!("cannot {verb} table {}", spec.name);
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<StoreError>() {
            return store_failed(error, message);
        }
        cause = error.source();
    }
    Error::internal(message).because(error)
}

/// A failure of the store as an error of ours that says `message`.
pub(crate) fn store_failed(error: &StoreError, message: String) -> Error {
    // Its text holds those of its causes.
    let text = error.to_string();
    // Of a listing that was refused, the store keeps no more than the text.
    let refused = matches!(error, StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. })
        || ["403 Forbidden", "401 Unauthorized"].iter().any(|status| text.contains(status));
    let kind = if refused { ErrorKind::Denied } else { ErrorKind::Unavailable };
    let failure = Error::new(kind, message).because(text);
    match kind {
        ErrorKind::Denied => {
            failure.hint("check the credentials of the object store and their policy; `waypost doctor` tries it")
        }
        _ => failure,
    }
}

async fn create(spec: &'static Table, mut delta: DeltaTable) -> Result<DeltaTable> {
    let schema: StructType = spec
        .schema()
        .as_ref()
        .try_into_kernel()
        .context(ErrorKind::Internal, || format!("table {} has a column that Delta cannot hold", spec.name))?;
    let created = CreateBuilder::new()
        .with_log_store(delta.log_store())
        .with_table_name(spec.name)
        .with_comment(spec.purpose.trim())
        .with_columns(schema.fields().cloned())
        .with_partition_columns(spec.partition.iter().copied())
        .with_save_mode(SaveMode::Ignore)
        .with_storage_options(HashMap::new())
        // Who is second would otherwise declare the table once more, in the next version.
        .with_commit_properties(CommitProperties::default().with_max_retries(0))
        .await;
    match created {
        Ok(created) => Ok(created),
        // Another process was faster, or the answer was lost.
        Err(error) => match delta.load().await {
            Ok(()) => Ok(delta),
            Err(_) => Err(failed(spec, "create", error)),
        },
    }
}

/// The table with the columns that were declared since it was made, all of which may be null: rows from before do not know
/// them. Whatever else differs is left for [`check_columns`] to refuse.
async fn grow(spec: &'static Table, delta: DeltaTable) -> Result<DeltaTable> {
    let snapshot = delta.snapshot().map_err(|error| failed(spec, "open", error))?;
    let stored: Vec<String> = snapshot.schema().fields().map(|field| field.name().clone()).collect();
    let (known, added) = spec.columns.split_at(stored.len().min(spec.columns.len()));
    let grows = known.iter().map(|column| column.name).eq(stored.iter().map(String::as_str))
        && !added.is_empty()
        && added.iter().all(|column| column.nullable);
    if !grows {
        return Ok(delta);
    }
    let declared: StructType = spec
        .schema()
        .as_ref()
        .try_into_kernel()
        .context(ErrorKind::Internal, || format!("table {} has a column that Delta cannot hold", spec.name))?;
    let fields: Vec<_> = declared.fields().skip(stored.len()).cloned().collect();
    match delta.clone().add_columns().with_fields(fields).await {
        Ok(grown) => Ok(grown),
        // Another process was faster, or the answer was lost: what is there now decides.
        Err(error) => {
            let mut again = delta;
            again.load().await.map_err(|_| failed(spec, "extend", error))?;
            Ok(again)
        }
    }
}

/// The table must have the declared columns, so that an older program does not write into a newer table.
pub(crate) fn check_columns(spec: &'static Table, delta: &DeltaTable) -> Result<()> {
    let snapshot = delta.snapshot().map_err(|error| failed(spec, "open", error))?;
    let stored: Vec<String> = snapshot.schema().fields().map(|field| field.name().clone()).collect();
    let declared: Vec<String> = spec.columns.iter().map(|column| column.name.to_owned()).collect();
    if stored == declared {
        return Ok(());
    }
    let odd: Vec<&String> = stored
        .iter()
        .filter(|name| !declared.contains(name))
        .chain(declared.iter().filter(|name| !stored.contains(name)))
        .collect();
    Err(Error::invalid(format!("table {} was written with other columns ({odd:?})", spec.name))
        .hint("use another --data-dir, or derive the table again with `waypost backfill`"))
}
