//! What a job leaves in its bucket: a line per record, in no order, and a manifest.

use std::sync::Arc;

use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use serde_json::{Value, json};

use super::converse::{check_body, response};
use super::jobs::{JobEnd, Run, place};
use super::state::Shared;

/// Runs a job to its end. What keeps it from running makes it fail, as with Bedrock.
pub async fn run(shared: &Shared, run: Run) {
    let end = match attempt(shared, &run).await {
        Ok(records) => {
            if let Some(job) = shared.lock().jobs.get_mut(&run.arn) {
                job.records = records;
            }
            return;
        }
        Err(message) => JobEnd::without_output("Failed", &message),
    };
    if let Some(job) = shared.lock().jobs.get_mut(&run.arn) {
        job.ended = Some(end);
    }
}

async fn attempt(shared: &Shared, run: &Run) -> Result<usize, String> {
    let uri = |pointer: &str| run.request.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let input = uri("/inputDataConfig/s3InputDataConfig/s3Uri");
    let (store, key) = open(shared, &input)?;
    let bytes = store.get(&Path::from(key.as_str())).await.map_err(|error| format!("{input}: {error}"))?;
    let bytes = bytes.bytes().await.map_err(|error| error.to_string())?;
    let text = std::str::from_utf8(&bytes).map_err(|_| "the input is no UTF-8".to_owned())?;
    let records: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let least = shared.lock().least_records;
    if records.len() < least {
        let message = "contains less records";
        return Err(format!(
            "Batch job: {} {message} ({}) than the required minimum of: {least}",
            run.arn,
            records.len()
        ));
    }
    if run.end.writes {
        let output = uri("/outputDataConfig/s3OutputDataConfig/s3Uri");
        write(shared, run, &records, &output, key.rsplit('/').next().unwrap_or_default()).await?;
    }
    Ok(records.len())
}

async fn write(shared: &Shared, run: &Run, records: &[&str], output: &str, name: &str) -> Result<(), String> {
    let (store, folder) = open(shared, output)?;
    let folder = format!("{}/{}", folder.trim_end_matches('/'), run.arn.rsplit('/').next().unwrap_or_default());
    let mut lines: Vec<String> = records.iter().filter_map(|record| line(shared, &run.end, record)).collect();
    lines.reverse();
    let half = lines.len() / 2;
    lines.rotate_left(half / 2);
    let manifest = json!({ "totalRecordCount": records.len(), "processedRecordCount": lines.len(),
        "successRecordCount": lines.len() - run.end.failing.len().min(lines.len()), "errorRecordCount": run.end.failing.len() });
    for (at, extra) in run.end.extra_lines.iter().enumerate() {
        lines.insert(at.min(lines.len()), extra.clone());
    }
    let text = lines.join("\n") + "\n";
    for (name, text) in [(format!("{name}.out"), text), ("manifest.json.out".to_owned(), manifest.to_string())] {
        let path = Path::from(format!("{folder}/{name}"));
        store.put(&path, PutPayload::from(text)).await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// The output line of one input line; `None` when it is not answered.
fn line(shared: &Shared, end: &JobEnd, record: &str) -> Option<String> {
    let record: Value = serde_json::from_str(record).unwrap_or_default();
    let (id, input) = (record["recordId"].clone(), record["modelInput"].clone());
    let name = id.as_str().unwrap_or_default();
    if end.missing.contains(name) {
        return None;
    }
    let refusal = if end.failing.contains(name) { Some("Bad request".to_owned()) } else { None };
    let refusal = refusal.or_else(|| check_body(&input).err().map(|refusal| refusal.message));
    // A batch is refused what it does not take.
    let refusal = refusal.or_else(|| input.get("toolConfig").map(|_| "toolConfig is not supported".to_owned()));
    let line = match refusal {
        Some(message) => json!({ "recordId": id, "modelInput": input,
            "error": { "errorCode": 400, "errorMessage": message } }),
        None => {
            let script = Arc::clone(&shared.lock().script);
            let output = response(&script(&input), &input);
            json!({ "recordId": id, "modelInput": input, "modelOutput": output })
        }
    };
    Some(line.to_string())
}

fn open(shared: &Shared, uri: &str) -> Result<(Arc<dyn ObjectStore>, String), String> {
    let (bucket, key) = place(uri).ok_or_else(|| format!("{uri} is no S3 URI"))?;
    let store = shared.buckets.get(bucket).ok_or_else(|| format!("bucket {bucket} cannot be reached"))?;
    Ok((Arc::clone(store), key.to_owned()))
}
