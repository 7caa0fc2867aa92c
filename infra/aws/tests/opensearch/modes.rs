//! What Serverless lacks: aliases, refreshes and settings; and requests signed with AWS credentials.

use infra_aws::OpenSearchIndex;
use pipeline_core::ports::{IndexedRole, OwnItem, OwnQuery, OwnWrite, Search, SearchQuery};
use pipeline_core::{Micros, UserId};
use schemas::documents::IndexDocument;
use support::servers::{ACCESS_KEY, REGION, SECRET_KEY, address};

use super::proxy::{self, Deed};
use super::{Prefix, aws, documents, open};

async fn publish(index: &dyn Search, generation: &str, ids: &[&str]) {
    let role = |id: &&str| IndexDocument { job_id: (*id).to_owned(), ..IndexDocument::default() };
    let roles = ids.iter().map(|id| IndexedRole { document: role(id), text: "rust".to_owned() }).collect();
    index.begin(generation).await.unwrap();
    index.add(generation, roles).await.unwrap();
    index.seal(generation).await.unwrap();
}

async fn found(index: &dyn Search) -> Vec<String> {
    let hits = index.query(&SearchQuery { limit: 10, ..SearchQuery::default() }).await.unwrap();
    hits.hits.into_iter().map(|hit| hit.document.job_id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_aliases_the_document_store_names_the_generation_that_answers() {
    let (prefix, folder) = (Prefix::new(), tempfile::tempdir().unwrap());
    let (index, aws) = open(&address("opensearch"), &prefix.0, "&service=aoss", &folder).await;
    assert_eq!(index.current().await.unwrap(), None);
    publish(&index, "g1", &["a", "b"]).await;
    index.activate("g1").await.unwrap();
    publish(&index, "g2", &["c"]).await;
    assert_eq!(found(&index).await, ["a", "b"]);
    index.activate("g2").await.unwrap();
    assert_eq!(found(&index).await, ["c"]);
    let (other, _) = open(&address("opensearch"), &prefix.0, "&service=aoss", &folder).await;
    assert_eq!(other.current().await.unwrap().as_deref(), Some("g2"));
    publish(&other, "g2", &["d"]).await;
    assert_eq!(found(&index).await, ["d"], "what was built anew answers once it is sealed");
    other.activate("g1").await.unwrap();
    other.drop_generation("g2").await.unwrap();
    assert_eq!(found(&index).await, ["a", "b"]);
    let asked = aws.calls().requests();
    for missing in ["UpdateAliases", "Refresh", "ForceMerge", "PutSettings", "IndexStats", "OpenIndex", "Info"] {
        assert!(!asked.contains_key(&format!("opensearch.{missing}")), "{missing} is not there on Serverless");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_refreshes_a_write_returns_when_it_is_found() {
    let (prefix, folder) = (Prefix::new(), tempfile::tempdir().unwrap());
    let (index, _) = open(&address("opensearch"), &prefix.0, "&service=aoss", &folder).await;
    let ada = || UserId("ada".to_owned());
    let item = |id: &str| OwnItem {
        user_id: ada(),
        id: id.to_owned(),
        kind: "saved".to_owned(),
        text: "rust".to_owned(),
        body: serde_json::json!({}),
        changed_at: Micros(1),
    };
    let query = OwnQuery { user_id: ada(), words: "rust".to_owned(), kinds: vec![], offset: 0, limit: 10 };
    index.write_own(vec![OwnWrite::Put(item("a")), OwnWrite::Put(item("b"))]).await.unwrap();
    assert_eq!(index.find_own(&query).await.unwrap().total, 2);
    index.write_own(vec![OwnWrite::Remove { user_id: ada(), id: "a".to_owned() }]).await.unwrap();
    assert_eq!(index.find_own(&query).await.unwrap().total, 1);
}

/// Credentials come from the environment, which a test cannot change for itself.
#[test]
fn requests_are_signed_with_the_credentials_of_the_chain() {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "modes::in_a_process_with_credentials", "--ignored"]);
    child.env("AWS_ACCESS_KEY_ID", ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", SECRET_KEY).env_remove("AWS_PROFILE");
    let output = child.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by another test, with credentials"]
async fn in_a_process_with_credentials() {
    for service in ["es", "aoss"] {
        let (prefix, folder, aws) = (Prefix::new(), tempfile::tempdir().unwrap(), aws().await);
        let signed = format!("/{REGION}/{service}/aws4_request");
        let server = proxy::start(address("opensearch"), move |_, head| {
            let mut lines = head.lines().filter(|line| line.to_ascii_lowercase().starts_with("authorization:"));
            let line = lines.next().unwrap_or_default();
            let whole = line.contains(ACCESS_KEY) && line.contains(&signed) && line.contains("x-amz-content-sha256");
            if whole && !line.contains("content-length") { Deed::Pass } else { Deed::Refuse(403) }
        });
        let address = format!("opensearch+{}/{}?auth=sigv4&service={service}", server.await, prefix.0);
        let index = OpenSearchIndex::open(&aws, &address, None, documents(&folder)).await.unwrap();
        publish(&index, "g1", &["a"]).await;
        index.activate("g1").await.unwrap();
        assert_eq!(found(&index).await, ["a"]);
    }
}
