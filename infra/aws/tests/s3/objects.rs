//! What tables need of an object store, what a probe tells, and how files of every size get there.

use std::sync::{Arc, Mutex};

use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt as _, PutMode, UpdateVersion};
use pipeline_core::ErrorKind;
use pipeline_core::ports::Probe as _;
use pipeline_lake::{Lake, Mode};
use schemas::Row as _;
use schemas::tables::ObservationRow;
use support::proxy::{Action, Answer, Proxy};
use support::servers;

use crate::place::{Place, aws_with, commit, lake, partition, row};

async fn names(store: &dyn ObjectStore, after: Option<&str>) -> Vec<String> {
    let listing = match after {
        None => store.list(None),
        Some(after) => store.list_with_offset(None, &Path::from(after)),
    };
    let objects: Vec<_> = listing.try_collect().await.unwrap();
    objects.into_iter().map(|object| object.location.to_string()).collect()
}

#[tokio::test]
async fn objects_are_put_listed_in_order_read_in_part_and_deleted() {
    let (objects, calls) = Place::new().open().await;
    let store = objects.store();
    for name in ["b/2", "a", "b/1", "c"] {
        store.put(&Path::from(name), name.to_owned().into()).await.unwrap();
    }
    assert_eq!(names(&store, None).await, ["a", "b/1", "b/2", "c"]);
    assert_eq!(names(&store, Some("b/1")).await, ["b/2", "c"]);
    assert_eq!(store.get_range(&Path::from("b/2"), 1..3).await.unwrap(), "/2".as_bytes());
    assert_eq!(store.head(&Path::from("b/2")).await.unwrap().size, 3);
    let level = store.list_with_delimiter(None).await.unwrap();
    assert_eq!((level.objects.len(), level.common_prefixes.len()), (2, 1));
    store.copy(&Path::from("a"), &Path::from("d")).await.unwrap();
    store.delete(&Path::from("a")).await.unwrap();
    assert!(matches!(store.get(&Path::from("a")).await, Err(StoreError::NotFound { .. })));
    assert_eq!(names(&store, None).await, ["b/1", "b/2", "c", "d"]);
    let requests = calls.requests();
    for (operation, count) in [("PutObject", 4), ("CopyObject", 1), ("ListObjectsV2", 4), ("DeleteObjects", 1)] {
        assert_eq!(requests.get(&format!("s3.{operation}")), Some(&count), "{operation} in {requests:?}");
    }
}

#[tokio::test]
async fn a_put_is_conditional_on_absence_or_on_a_version() {
    let (objects, _) = Place::new().open().await;
    let (store, path) = (objects.store(), Path::from("x"));
    let first = store.put_opts(&path, "1".into(), PutMode::Create.into()).await.unwrap();
    let again = store.put_opts(&path, "2".into(), PutMode::Create.into()).await;
    assert!(matches!(again, Err(StoreError::AlreadyExists { .. })), "{again:?}");
    let old = UpdateVersion { e_tag: first.e_tag, version: None };
    store.put_opts(&path, "3".into(), PutMode::Update(old.clone()).into()).await.unwrap();
    let stale = store.put_opts(&path, "4".into(), PutMode::Update(old).into()).await;
    assert!(matches!(stale, Err(StoreError::Precondition { .. })), "{stale:?}");
    assert_eq!(store.get(&path).await.unwrap().bytes().await.unwrap(), "3".as_bytes());
}

#[tokio::test]
async fn a_bucket_that_will_do_passes_and_nothing_of_the_probe_stays() {
    let (objects, _) = Place::new().open().await;
    let told = objects.probe().await.unwrap();
    assert!(told.contains("lake-tests"), "{told}");
    assert!(names(&objects.store(), None).await.is_empty());
}

#[tokio::test]
async fn a_server_that_ignores_conditions_fails_the_probe() {
    let proxy = Proxy::start(&servers::address("s3"));
    proxy.set(|seen| match (seen.method.as_str(), seen.header("if-none-match")) {
        ("PUT", Some(_)) => {
            let mut answer = Answer::new(200, "application/xml", "");
            answer.headers.push(("etag".to_owned(), "\"1\"".to_owned()));
            Action::Answer(answer)
        }
        _ => Action::Pass,
    });
    let (objects, _) = Place::new().open_at(proxy.address()).await;
    let error = objects.probe().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("If-None-Match"), "{error:?}");
}

#[tokio::test]
async fn a_wrong_secret_names_the_bucket_and_what_to_do_and_shows_no_key() {
    let place = Place::new();
    place.open().await;
    let (aws, _) = aws_with("not-the-secret").await;
    let address = format!("s3://{}?endpoint={}", place.folder, servers::address("s3"));
    let objects = infra_aws::S3Objects::open(&aws, &address).await.unwrap();
    let probed = objects.probe().await.unwrap_err();
    let used = lake(objects).table(ObservationRow::TABLE).await.map(drop).unwrap_err();
    for error in [probed, used] {
        assert_eq!(error.kind(), ErrorKind::Denied, "{error:?}");
        assert!(error.chain().contains("lake-tests") && error.hint_text().is_some(), "{error:?}");
        assert!(!error.chain().contains("not-the-secret") && !error.chain().contains(servers::ACCESS_KEY), "{error:?}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_not_there_says_how_to_create_it_and_a_wrong_region_that_it_is_one() {
    let (aws, _) = aws_with(servers::SECRET_KEY).await;
    let endpoint = servers::address("s3");
    let address = format!("s3://{}?endpoint={endpoint}", servers::unique("missing"));
    let error = infra_aws::S3Objects::open(&aws, &address).await.unwrap().probe().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
    assert!(error.hint_text().unwrap().contains("create=true"));
    let address = format!("s3://{}?endpoint={endpoint}&region=us-west-2", Place::new().folder);
    let error = infra_aws::S3Objects::open(&aws, &address).await.unwrap().probe().await.unwrap_err();
    assert!(error.hint_text().unwrap().contains("region"), "{error:?} {:?}", error.hint_text());
}

#[tokio::test]
async fn every_object_is_sent_with_its_encryption() {
    let proxy = Proxy::start(&servers::address("s3"));
    let sent: Arc<Mutex<Vec<(String, String, String)>>> = Arc::default();
    let seeing = Arc::clone(&sent);
    proxy.set(move |seen| {
        let header = |name: &str| seen.header(name).unwrap_or_default().to_owned();
        // A part has the encryption of its upload.
        if (seen.method == "PUT" && !seen.query.contains("uploadId")) || seen.query.starts_with("uploads") {
            let prefix = "x-amz-server-side-encryption";
            let key = header(&format!("{prefix}-aws-kms-key-id"));
            seeing.lock().unwrap().push((header(prefix), key, header(&format!("{prefix}-bucket-key-enabled"))));
        }
        Action::Pass
    });
    let (place, (aws, _)) = (Place::new(), aws_with(servers::SECRET_KEY).await);
    place.open().await;
    let address = place.address(proxy.address(), "&sse=aws:kms&kms_key_id=alias/tables");
    let store = infra_aws::S3Objects::open(&aws, &address).await.unwrap().store();
    store.put(&Path::from("a"), "a".into()).await.unwrap();
    store.copy(&Path::from("a"), &Path::from("b")).await.unwrap();
    store.put_multipart(&Path::from("c")).await.unwrap().abort().await.unwrap();
    let expected = ("aws:kms".to_owned(), "alias/tables".to_owned(), "true".to_owned());
    assert_eq!(*sent.lock().unwrap(), [expected.clone(), expected.clone(), expected]);
}

/// A row that no compression makes small.
fn large_row() -> ObservationRow {
    let mut state: u64 = 42;
    let mut letter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[(state >> 58) as usize])
    };
    ObservationRow { board: (0..30_000_000).map(|_| letter()).collect(), ..row("large", "1") }
}

#[tokio::test]
async fn a_large_file_goes_in_parts_and_comes_back_whole() {
    let (objects, calls) = Place::new().open().await;
    let table = lake(objects).table(ObservationRow::TABLE).await.unwrap();
    let rows = [large_row()];
    table.replace(partition("large"), &rows).await.unwrap();
    let requests = calls.requests();
    assert!(requests["s3.UploadPart"] >= 3 && requests["s3.CompleteMultipartUpload"] == 1, "{requests:?}");
    let read: Vec<ObservationRow> = table.rows(table.files().await.unwrap()).await.unwrap();
    assert!(read == rows, "what was read is what was written");
}

#[tokio::test]
async fn a_large_file_that_fails_half_way_leaves_nothing() {
    let proxy = Proxy::start(&servers::address("s3"));
    let place = Place::new();
    let table = place.table_at(proxy.address()).await;
    proxy.set(|seen| match seen.query.contains("partNumber=2") {
        true => Action::Answer(Answer::new(400, "application/xml", "<Error><Code>BadDigest</Code></Error>")),
        false => Action::Pass,
    });
    let error = table.replace(partition("large"), &[large_row()]).await.unwrap_err();
    assert!(error.chain().contains("BadDigest"), "{error:?}");
    let aborted = proxy.records().iter().any(|record| record.method == "DELETE" && record.query.contains("uploadId"));
    assert!(aborted, "the parts that were sent are deleted");
    let (objects, _) = place.open().await;
    assert!(names(&objects.store(), None).await.iter().all(|name| !name.ends_with(".parquet")));
}

#[tokio::test]
async fn the_same_rows_have_the_same_hash_on_a_disk_and_on_s3() {
    let folder = tempfile::tempdir().unwrap();
    let disk = object_store::local::LocalFileSystem::new_with_prefix(folder.path()).unwrap();
    let local = Lake::new(Arc::new(disk), Arc::new(infra_local::SystemClock));
    let local = local.table(ObservationRow::TABLE).await.unwrap();
    let remote = Place::new().table().await;
    for (table, order) in [(&local, ["1", "2", "3"]), (&remote, ["3", "1", "2"])] {
        for id in order {
            commit(table, if id == "2" { "b" } else { "a" }, id, Mode::Append).await.unwrap();
        }
    }
    let hash = local.hash().await.unwrap();
    assert_eq!((hash.rows, &hash), (3, &remote.hash().await.unwrap()));
}
