//! The answers of a job, joined on the record id: their order is not that of the questions.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_bedrock::operation::get_model_invocation_job::GetModelInvocationJobOutput;
use aws_sdk_bedrock::types::{
    ModelInvocationJobInputDataConfig as Input, ModelInvocationJobOutputDataConfig as Output,
};
use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore as _, ObjectStoreExt as _};
use pipeline_core::error::Context as _;
use pipeline_core::ports::Completion;
use pipeline_core::{Error, ErrorKind, Result};

use super::batch::Batches;
use super::record;

/// Most bytes of all files of a job's output.
const MOST_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// Most bytes of a line; longer ones are passed over.
const MOST_LINE: usize = 16 * 1024 * 1024;

/// Answers by record id.
type Answers = BTreeMap<String, Result<Completion, String>>;

/// Reads the answers of an ended job; none when it left none.
pub(super) async fn answers(batches: &Batches, job: &GetModelInvocationJobOutput) -> Result<Answers> {
    let uri = match job.output_data_config() {
        Some(Output::S3OutputDataConfig(output)) => output.s3_uri(),
        _ => return Err(Error::internal("a job tells no place of its output")),
    };
    let name = job.job_arn().rsplit('/').next().unwrap_or_default();
    let folder = batches.path(&format!("{}/{name}", uri.trim_end_matches('/')))?;
    let files = files(batches, &folder).await?;
    let asked = if files.is_empty() { None } else { asked(batches, job).await? };
    let mut answers = Answers::new();
    let (mut unknown, mut broken) = (0_u64, 0_u64);
    for file in files {
        lines(batches, &file.location, |line| match line.and_then(|line| record::answer(job.model_id(), line)) {
            Some((id, _)) if asked.as_ref().is_some_and(|asked| !asked.contains(&id)) => unknown += 1,
            Some((id, answer)) => keep(&mut answers, id, answer),
            None => broken += 1,
        })
        .await?;
    }
    if unknown + broken > 0 {
        tracing::warn!(job = name, unknown, broken, "lines of a batch's output were passed over");
    }
    Ok(answers)
}

/// Keeps the first answer of a record; an answer is better than an error.
fn keep(answers: &mut Answers, id: String, answer: Result<Completion, String>) {
    match answers.get(&id) {
        Some(Ok(_)) => {}
        Some(Err(_)) if answer.is_err() => {}
        _ => {
            answers.insert(id, answer);
        }
    }
}

/// The files with answers, by name.
async fn files(batches: &Batches, folder: &Path) -> Result<Vec<ObjectMeta>> {
    let listed = batches.store.list(Some(folder)).try_collect::<Vec<_>>().await;
    let mut files = listed.context(ErrorKind::Unavailable, || "cannot list the output of a batch")?;
    files.retain(|file| file.location.as_ref().ends_with(".jsonl.out"));
    if files.iter().map(|file| file.size).sum::<u64>() > MOST_BYTES {
        return Err(Error::too_large(format!("the output of a batch is larger than {MOST_BYTES} bytes")));
    }
    files.sort_by(|a, b| a.location.cmp(&b.location));
    Ok(files)
}

/// The record ids that were asked about; `None` when the input is gone.
async fn asked(batches: &Batches, job: &GetModelInvocationJobOutput) -> Result<Option<BTreeSet<String>>> {
    let Some(Input::S3InputDataConfig(input)) = job.input_data_config() else { return Ok(None) };
    let mut ids = BTreeSet::new();
    let read = lines(batches, &batches.path(input.s3_uri())?, |line| ids.extend(line.and_then(record::id_of))).await;
    match read {
        Ok(()) => Ok(Some(ids)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Hands each line that is not blank to `take`; `None` for one that is too long.
async fn lines(batches: &Batches, path: &Path, mut take: impl FnMut(Option<&[u8]>) + Send) -> Result<()> {
    let what = || format!("cannot read {path} of the batches");
    let found = match batches.store.get(path).await {
        Err(error @ object_store::Error::NotFound { .. }) => return Err(error).context(ErrorKind::NotFound, what),
        found => found.context(ErrorKind::Unavailable, what)?,
    };
    let mut stream = found.into_stream();
    let mut line = Vec::new();
    let mut long = false;
    while let Some(piece) = stream.try_next().await.context(ErrorKind::Unavailable, what)? {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            long |= line.len() + part.len() > MOST_LINE;
            if !long {
                line.extend_from_slice(part);
            }
            if part.ends_with(b"\n") {
                end_line(&mut line, &mut long, &mut take);
            }
        }
    }
    end_line(&mut line, &mut long, &mut take);
    Ok(())
}

fn end_line(line: &mut Vec<u8>, long: &mut bool, take: &mut impl FnMut(Option<&[u8]>)) {
    if std::mem::take(long) {
        take(None);
    } else if !line.trim_ascii().is_empty() {
        take(Some(line.trim_ascii()));
    }
    line.clear();
}
