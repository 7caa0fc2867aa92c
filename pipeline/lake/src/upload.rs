//! Putting a file into the store: small ones in one request, large ones in parts, some at a time.

use bytes::Bytes;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload, Result};

/// Bytes above which a file goes in parts. A part that fails is sent again alone.
const IN_ONE: usize = 16 * 1024 * 1024;
/// Bytes of a part; S3 takes no less than 5 MiB.
const PART: usize = 8 * 1024 * 1024;
/// Parts on their way at once.
const AT_ONCE: usize = 4;

/// Puts `bytes` at `path`; nothing is visible there before all of them are.
pub(crate) async fn put(store: &dyn ObjectStore, path: &Path, bytes: Bytes) -> Result<()> {
    if bytes.len() <= IN_ONE {
        return store.put(path, PutPayload::from_bytes(bytes)).await.map(drop);
    }
    let mut upload = store.put_multipart(path).await?;
    let sent = send(upload.as_mut(), &bytes).await;
    if sent.is_err() {
        // What was sent costs money until it is deleted. When this fails too, the bucket's rule for unfinished uploads
        // does it; the first failure is the one to tell.
        drop(upload.abort().await);
    }
    sent
}

async fn send(upload: &mut dyn MultipartUpload, bytes: &Bytes) -> Result<()> {
    let parts = (0..bytes.len()).step_by(PART).map(|start| bytes.slice(start..bytes.len().min(start + PART)));
    let sending = stream::iter(parts).map(|part| upload.put_part(PutPayload::from_bytes(part))).buffered(AT_ONCE);
    sending.try_collect::<Vec<()>>().await?;
    upload.complete().await.map(drop)
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;

    use super::*;

    #[tokio::test]
    async fn a_file_of_many_parts_arrives_in_order() {
        let store = InMemory::new();
        let bytes: Bytes = (0..IN_ONE + PART + 7).map(|n| (n / 1_000) as u8).collect::<Vec<u8>>().into();
        let path = Path::from("a");
        put(&store, &path, bytes.clone()).await.unwrap();
        assert_eq!(store.get(&path).await.unwrap().bytes().await.unwrap(), bytes);
    }
}
