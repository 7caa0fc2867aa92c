//! An object store that counts writes and dies at the one it is told to, as if the process had been killed there.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, UploadPart,
};

use crate::Killer;

/// A wrapper of any store. A write is whatever changes what others can see: a put, the completion of a multipart
/// upload, the deletion of one object, a copy, a rename.
#[derive(Clone, Debug)]
pub struct FaultStore {
    inner: Arc<dyn ObjectStore>,
    state: Killer,
}

impl FaultStore {
    /// A store whose writes `killer` counts.
    pub fn new(inner: Arc<dyn ObjectStore>, killer: Killer) -> Self {
        Self { inner, state: killer }
    }
}

impl fmt::Display for FaultStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaultStore({})", self.inner)
    }
}

#[async_trait]
impl ObjectStore for FaultStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.state.write(self.inner.put_opts(location, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.state.alive()?;
        let inner = self.inner.put_multipart_opts(location, options).await?;
        Ok(Box::new(FaultUpload { inner, state: self.state.clone() }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.state.alive()?;
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.state.alive()?;
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let Self { inner, state } = self.clone();
        locations
            .and_then(move |location| {
                let (inner, state) = (Arc::clone(&inner), state.clone());
                async move {
                    state.write(inner.delete(&location)).await?;
                    Ok(location)
                }
            })
            .boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        while_alive(&self.state, self.inner.list(prefix))
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        while_alive(&self.state, self.inner.list_with_offset(prefix, offset))
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.state.alive()?;
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.state.write(self.inner.copy_opts(from, to, options)).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.state.write(self.inner.rename_opts(from, to, options)).await
    }
}

/// The stream, failing from the death of its store on, and at once when the store is dead already.
fn while_alive<T: Send + 'static>(
    state: &Killer,
    stream: BoxStream<'static, Result<T>>,
) -> BoxStream<'static, Result<T>> {
    let first = futures::stream::iter(state.alive().err().map(|dead| Err(dead.into())));
    let state = state.clone();
    first.chain(stream.map(move |item| state.alive().map_err(Into::into).and(item))).boxed()
}

#[derive(Debug)]
struct FaultUpload {
    inner: Box<dyn MultipartUpload>,
    state: Killer,
}

#[async_trait]
impl MultipartUpload for FaultUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        match self.state.alive() {
            Ok(()) => self.inner.put_part(data),
            Err(dead) => Box::pin(futures::future::ready(Err(dead.into()))),
        }
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.state.write(self.inner.complete()).await
    }

    async fn abort(&mut self) -> Result<()> {
        self.state.alive()?;
        self.inner.abort().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::memory::InMemory;

    fn path(name: &str) -> Path {
        Path::from(name)
    }

    /// Six writes, one of each sort, each with its name.
    async fn write(store: &FaultStore, n: u64) -> Result<()> {
        match n {
            1 => store.put(&path("a"), "a".into()).await.map(drop),
            2 => {
                let mut upload = store.put_multipart(&path("b")).await?;
                upload.put_part("b".into()).await?;
                upload.complete().await.map(drop)
            }
            3 => store.copy(&path("a"), &path("c")).await,
            4 => store.rename(&path("c"), &path("d")).await,
            5 => store.copy_if_not_exists(&path("a"), &path("e")).await,
            _ => store.delete(&path("a")).await,
        }
    }

    async fn names(store: &dyn ObjectStore) -> String {
        let objects: Vec<ObjectMeta> = store.list(None).try_collect().await.expect("a list");
        let mut names: Vec<String> = objects.into_iter().map(|object| object.location.to_string()).collect();
        names.sort();
        names.join("")
    }

    #[tokio::test]
    async fn every_sort_of_write_is_counted_and_reads_are_not() {
        let store = FaultStore::new(Arc::new(InMemory::new()), Killer::calm());
        for n in 1..=6 {
            write(&store, n).await.expect("calm");
            assert_eq!(store.state.writes(), n);
            assert!(!names(&store).await.is_empty());
            store.list_with_delimiter(None).await.expect("calm");
        }
        assert_eq!(names(&store).await, "bde");
    }

    #[tokio::test]
    async fn before_means_that_the_write_did_not_happen_and_after_that_it_did() {
        let seen = ["", "a", "ab", "abc", "abd", "abde", "bde"];
        for fatal in 1..=6 {
            let inner: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
            let before = FaultStore::new(Arc::clone(&inner), Killer::before(fatal));
            for n in 1..=6 {
                assert_eq!(write(&before, n).await.is_ok(), n < fatal, "write {n}, fatal {fatal}");
            }
            assert_eq!(names(&inner).await, seen[fatal as usize - 1], "before {fatal}");

            let inner: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
            let after = FaultStore::new(Arc::clone(&inner), Killer::after(fatal));
            for n in 1..=6 {
                assert_eq!(write(&after, n).await.is_ok(), n < fatal, "write {n}, fatal {fatal}");
            }
            assert_eq!(names(&inner).await, seen[fatal as usize], "after {fatal}");
        }
    }

    #[tokio::test]
    async fn a_dead_store_answers_nothing() {
        let inner: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        inner.put(&path("a"), "a".into()).await.expect("put");
        let store = FaultStore::new(inner, Killer::before(1));
        let mut upload = store.put_multipart(&path("b")).await.expect("it is alive");
        let open_list = store.list(None);
        assert!(store.put(&path("b"), "b".into()).await.is_err());
        assert!(store.state.is_dead());
        assert!(open_list.try_collect::<Vec<_>>().await.is_err());
        assert!(upload.put_part("b".into()).await.is_err());
        assert!(upload.complete().await.is_err());
        assert!(upload.abort().await.is_err());
        assert!(store.get(&path("a")).await.is_err());
        assert!(store.get_ranges(&path("a"), std::slice::from_ref(&(0..1))).await.is_err());
        assert!(store.list(Some(&path("nothing-here"))).try_collect::<Vec<_>>().await.is_err());
        assert!(store.list_with_delimiter(None).await.is_err());
        assert!(store.put_multipart(&path("c")).await.is_err());
        assert_eq!(store.state.writes(), 1);
    }

    #[tokio::test]
    async fn each_deleted_object_is_a_write() {
        let store = FaultStore::new(Arc::new(InMemory::new()), Killer::calm());
        for name in ["a", "b", "c"] {
            store.put(&path(name), "x".into()).await.expect("put");
        }
        let locations = futures::stream::iter(["a", "b"].map(|name| Ok(path(name)))).boxed();
        let deleted: Vec<Path> = store.delete_stream(locations).try_collect().await.expect("deleted");
        assert_eq!((deleted.len(), store.state.writes(), names(&store).await.as_str()), (2, 5, "c"));
    }
}
