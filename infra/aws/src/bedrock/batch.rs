//! Batch inference: a job per token, made once. Its files lie in a folder of the batch store called after the token:
//! `input.jsonl`, `model` (which model the job is made for), `job` (its ARN) and `output/JOB/*.jsonl.out`.

use std::sync::Arc;

use aws_sdk_bedrock::error::BuildError;
use aws_sdk_bedrock::operation::get_model_invocation_job::GetModelInvocationJobOutput;
use aws_sdk_bedrock::types::{
    ModelInvocationJobInputDataConfig, ModelInvocationJobOutputDataConfig, ModelInvocationJobS3InputDataConfig,
    ModelInvocationJobS3OutputDataConfig, ModelInvocationJobStatus as Status, ModelInvocationType, S3InputFormat,
};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};
use pipeline_core::error::Context as _;
use pipeline_core::hash::Hasher;
use pipeline_core::ports::{Batch, BatchState};
use pipeline_core::{Error, ErrorKind, Result};

use super::refusal::refused;
use super::settings::BatchSettings;
use super::{Bedrock, output, record};

/// Where batches lie and who runs them.
pub(super) struct Batches {
    /// The object store at `uri`.
    pub store: Arc<dyn ObjectStore>,
    /// `s3://BUCKET/PREFIX`.
    pub uri: String,
    /// ARN of the role that Bedrock takes on.
    pub role: String,
    /// Fewest prompts.
    pub least: usize,
}

impl Batches {
    pub fn new(settings: Option<BatchSettings>, store: Option<Arc<dyn ObjectStore>>) -> Result<Option<Self>> {
        let Some(BatchSettings { uri, role, least }) = settings else { return Ok(None) };
        let store = store.ok_or_else(|| Error::config("the model's batches have no object store"))?;
        Ok(Some(Self { store, uri, role, least }))
    }

    async fn read(&self, path: &Path) -> Result<Option<String>> {
        let what = || format!("cannot read {path} of the batches");
        match self.store.get(path).await {
            Ok(found) => {
                let bytes = found.bytes().await.context(ErrorKind::Unavailable, what)?;
                Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error).context(ErrorKind::Unavailable, what),
        }
    }

    async fn write(&self, path: &Path, bytes: Vec<u8>, mode: PutMode) -> Result<()> {
        match self.store.put_opts(path, PutPayload::from(bytes), PutOptions::from(mode)).await {
            // It was submitted before: what it asked then is what it asks.
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(error).context(ErrorKind::Unavailable, || format!("cannot write {path} of the batches")),
        }
    }

    /// The path in the store of an S3 URI of a job.
    pub fn path(&self, uri: &str) -> Result<Path> {
        let path = uri.strip_prefix(&self.uri).and_then(|path| path.strip_prefix('/')).map(Path::from);
        path.ok_or_else(|| {
            Error::config("a job's files lie outside the address of the model's batches").hint(
                "give parameter batch of the address of the model the value that it had when the job was submitted",
            )
        })
    }
}

impl Bedrock {
    fn batches(&self) -> Result<&Batches> {
        self.batches.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Unsupported, "the model is configured without batches")
                .hint("add &batch=s3://BUCKET/PREFIX&role=ARN to its address")
        })
    }

    pub(super) async fn submit_batch(&self, batch: &Batch) -> Result<String> {
        let batches = self.batches()?;
        if batch.prompts.len() < batches.least {
            let (count, least) = (batch.prompts.len(), batches.least);
            return Err(Error::invalid(format!("a batch of {count} prompts has fewer than {least}"))
                .hint("ask for each answer by itself"));
        }
        let token = safe_token(&batch.token);
        let file = |name: &str| Path::from(format!("{token}/{name}"));
        if let Some(job) = batches.read(&file("job")).await? {
            return Ok(job);
        }
        let input = record::input(batch, self.temperature)?;
        batches.write(&file("input.jsonl"), input, PutMode::Create).await?;
        let job = self.create(batches, &token, &file("model")).await?;
        batches.write(&file("job"), job.clone().into_bytes(), PutMode::Overwrite).await?;
        Ok(job)
    }

    /// Makes the job. The model is written down before, so that a repetition asks for the very same job even after the
    /// model was replaced by its fallback: the service knows a job again by its token and everything else.
    async fn create(&self, batches: &Batches, token: &str, file: &Path) -> Result<String> {
        let mut model = match batches.read(file).await? {
            Some(model) => model,
            None => {
                let model = self.model().to_owned();
                batches.write(file, model.clone().into_bytes(), PutMode::Overwrite).await?;
                model
            }
        };
        loop {
            match self.create_for(batches, token, &model).await {
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    let Some(next) = self.after(&model) else { return Err(error) };
                    next.clone_into(&mut model);
                    batches.write(file, model.clone().into_bytes(), PutMode::Overwrite).await?;
                }
                created => return created,
            }
        }
    }

    async fn create_for(&self, batches: &Batches, token: &str, model: &str) -> Result<String> {
        let what = format!("the batch for model {model} was not accepted");
        let (input, output) = places(&batches.uri, token).context(ErrorKind::Internal, || what.as_str())?;
        let request = self
            .control
            .create_model_invocation_job()
            .job_name(format!("waypost-{}", Hasher::new("bedrock job").part(token).hex(32)))
            .client_request_token(token)
            .role_arn(&batches.role)
            .model_id(model)
            .model_invocation_type(ModelInvocationType::Converse)
            .input_data_config(ModelInvocationJobInputDataConfig::S3InputDataConfig(input))
            .output_data_config(ModelInvocationJobOutputDataConfig::S3OutputDataConfig(output));
        let created = request.send().await.map_err(|error| refused(&what, error))?;
        Ok(created.job_arn().to_owned())
    }

    pub(super) async fn look_at_batch(&self, id: &str) -> Result<BatchState> {
        let batches = self.batches()?;
        let unknown = "the batch is not there";
        if !id.starts_with("arn:") || !id.contains(":model-invocation-job/") {
            return Err(Error::not_found(unknown));
        }
        let job = self.control.get_model_invocation_job().job_identifier(id).send().await;
        let job = job.map_err(|error| match refused(unknown, error) {
            error if error.kind() == ErrorKind::NotFound => Error::not_found(unknown),
            error => error,
        })?;
        let status = match job.status() {
            Some(
                status @ (Status::Completed
                | Status::PartiallyCompleted
                | Status::Failed
                | Status::Expired
                | Status::Stopped),
            ) => status.as_str().to_owned(),
            // A status that is new to us is one on the way: nobody may take it for an end without answers.
            status => return Ok(BatchState::Running(on_the_way(status.map_or("Submitted", Status::as_str), &job))),
        };
        let answers = output::answers(batches, &job).await?;
        Ok(BatchState::Ended { status, message: job.message().map(str::to_owned), answers })
    }
}

fn places(
    uri: &str,
    token: &str,
) -> Result<(ModelInvocationJobS3InputDataConfig, ModelInvocationJobS3OutputDataConfig), BuildError> {
    let input = ModelInvocationJobS3InputDataConfig::builder()
        .s3_input_format(S3InputFormat::Jsonl)
        .s3_uri(format!("{uri}/{token}/input.jsonl"))
        .build()?;
    let output = ModelInvocationJobS3OutputDataConfig::builder().s3_uri(format!("{uri}/{token}/output/")).build()?;
    Ok((input, output))
}

fn on_the_way(status: &str, job: &GetModelInvocationJobOutput) -> String {
    match (job.processed_record_count(), job.total_record_count()) {
        (Some(processed), Some(total)) => format!("{status}, {processed} of {total} records"),
        _ => status.to_owned(),
    }
}

/// The token as the service takes it: letters, digits and single dashes stay, anything else is hashed.
fn safe_token(token: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let fits = (1..=64).contains(&token.len()) && token.chars().all(plain);
    if fits && !token.starts_with('-') && !token.ends_with('-') {
        token.to_owned()
    } else {
        Hasher::new("bedrock token").part(token).hex(64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stays_readable_where_it_can_and_unique_where_it_cannot() {
        assert_eq!(safe_token("match-2026-11-23-7"), "match-2026-11-23-7");
        let odd = ["", "-a", "a-", "a/b", "a b", "../x", "Zoë", &"a".repeat(65)];
        let safe: std::collections::BTreeSet<String> = odd.iter().map(|token| safe_token(token)).collect();
        assert_eq!(safe.len(), odd.len());
        assert!(safe.iter().all(|token| token.len() == 64 && token.chars().all(|c| c.is_ascii_hexdigit())));
    }
}
