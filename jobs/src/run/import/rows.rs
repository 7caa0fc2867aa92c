//! Anybody's tables of postings as exchanges: CSV, JSON lines, a JSON array or Parquet, in pieces of bounded size.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _};
use std::path::Path;

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Micros, Result};
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::{MAPPED, MappingText, Stated, exchange};
use crate::fetches::FetchSink;

/// Bytes of records after which a piece is full.
const PIECE_BYTES: usize = 1024 * 1024;

/// Reads `file` piece by piece into `sink`, each piece as JSON lines.
///
/// # Errors
/// `NotFound` for a file that cannot be opened, `Invalid` for one that is no table at all.
pub async fn import(
    mapping: &MappingText,
    file: &Path,
    fetched_at: Micros,
    stated: &Stated,
    sink: &mut FetchSink,
) -> Result<()> {
    let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let context = BTreeMap::from([("mapping".to_owned(), mapping.text.clone())]);
    let (sender, mut receiver) = mpsc::channel(2);
    let path = file.to_owned();
    let reader = tokio::task::spawn_blocking(move || read(&path, &mut Pieces { piece: Vec::new(), sender }));
    let mut sequence = 0;
    while let Some(piece) = receiver.recv().await {
        let bytes = piece.len() as u64;
        let row = exchange(
            MAPPED,
            &mapping.name,
            &file_name,
            sequence,
            context.clone(),
            fetched_at,
            piece,
            bytes,
            None,
            stated,
        );
        sink.take(row).await?;
        sequence += 1;
    }
    reader.await.context(ErrorKind::Internal, || format!("reading {} stopped", file.display()))?
}

/// Collects records into pieces.
struct Pieces {
    piece: Vec<u8>,
    sender: mpsc::Sender<Vec<u8>>,
}

impl Pieces {
    /// Adds one record as one line.
    fn add(&mut self, record: &[u8]) -> Result<()> {
        self.piece.extend(record.iter().map(|&byte| if byte == b'\n' || byte == b'\r' { b' ' } else { byte }));
        self.piece.push(b'\n');
        if self.piece.len() >= PIECE_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        let piece = std::mem::take(&mut self.piece);
        if piece.is_empty() {
            return Ok(());
        }
        self.sender.blocking_send(piece).map_err(|_| Error::internal("the import stopped taking records"))
    }
}

fn read(file: &Path, pieces: &mut Pieces) -> Result<()> {
    let opened = File::open(file).context(ErrorKind::NotFound, || format!("cannot read {}", file.display()))?;
    match form(file, &opened)? {
        Form::Parquet => read_parquet(file, opened, pieces)?,
        Form::Csv(delimiter) => read_csv(file, opened, delimiter, pieces)?,
        Form::Array => read_array(opened, pieces)?,
        Form::Lines => read_lines(file, opened, pieces)?,
    }
    pieces.flush()
}

enum Form {
    Parquet,
    Csv(u8),
    Array,
    Lines,
}

/// The form of a file, by its beginning, and where that leaves a doubt by its name.
fn form(path: &Path, mut file: &File) -> Result<Form> {
    let failed = || format!("cannot read {}", path.display());
    let mut head = [0; 64];
    let n = file.read(&mut head).context(ErrorKind::NotFound, failed)?;
    file.rewind().context(ErrorKind::NotFound, failed)?;
    let head = &head[..n];
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte));
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    Ok(match (extension.as_deref(), first) {
        _ if head.starts_with(b"PAR1") => Form::Parquet,
        (Some("tsv"), _) => Form::Csv(b'\t'),
        (Some("csv"), _) => Form::Csv(b','),
        (_, Some(b'[')) => Form::Array,
        (_, Some(b'{')) | (Some("ndjson" | "jsonl"), _) => Form::Lines,
        _ => Form::Csv(b','),
    })
}

fn read_lines(path: &Path, file: File, pieces: &mut Pieces) -> Result<()> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let n = reader
            .read_until(b'\n', &mut line)
            .context(ErrorKind::Invalid, || format!("cannot read {}", path.display()))?;
        if n == 0 {
            return Ok(());
        }
        let trimmed = line.trim_ascii();
        if !trimmed.is_empty() {
            pieces.add(trimmed)?;
        }
    }
}

/// A JSON array, record by record; where it breaks off, what was read stays and the break is a record of its own, which
/// `normalize` rejects.
fn read_array(file: File, pieces: &mut Pieces) -> Result<()> {
    struct Records<'a>(&'a mut Pieces);

    impl<'de> Visitor<'de> for Records<'_> {
        type Value = Result<()>;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("an array of postings")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
            while let Some(record) = sequence.next_element::<Box<RawValue>>()? {
                if let Err(error) = self.0.add(record.get().as_bytes()) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        }
    }

    let mut deserializer = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, file));
    match deserializer.deserialize_seq(Records(pieces)) {
        Ok(result) => result,
        Err(error) => pieces.add(format!("the array breaks off: {error}").as_bytes()),
    }
}

fn read_csv(path: &Path, file: File, delimiter: u8, pieces: &mut Pieces) -> Result<()> {
    let failed = || format!("cannot read {} as CSV", path.display());
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(BufReader::new(file));
    let header: Vec<String> = reader
        .byte_headers()
        .context(ErrorKind::Invalid, failed)?
        .iter()
        .map(|name| String::from_utf8_lossy(name).trim_start_matches('\u{feff}').to_owned())
        .collect();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).context(ErrorKind::Invalid, failed)? {
        let mut object = Map::new();
        for (index, value) in record.iter().enumerate() {
            let name = header.get(index).cloned().unwrap_or_else(|| format!("column {}", index + 1));
            object.insert(name, Value::String(String::from_utf8_lossy(value).into_owned()));
        }
        let line = serde_json::to_vec(&object).context(ErrorKind::Internal, failed)?;
        pieces.add(&line)?;
    }
    Ok(())
}

fn read_parquet(path: &Path, file: File, pieces: &mut Pieces) -> Result<()> {
    let failed = || format!("cannot read {} as Parquet", path.display());
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .context(ErrorKind::Invalid, failed)?
        .with_batch_size(256)
        .build()
        .context(ErrorKind::Invalid, failed)?;
    for batch in reader {
        let batch = batch.context(ErrorKind::Invalid, failed)?;
        let mut lines = Vec::new();
        let mut writer = arrow_json::LineDelimitedWriter::new(&mut lines);
        writer.write(&batch).context(ErrorKind::Invalid, failed)?;
        writer.finish().context(ErrorKind::Invalid, failed)?;
        for line in lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            pieces.add(line)?;
        }
    }
    Ok(())
}
