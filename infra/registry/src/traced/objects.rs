//! The object port, told.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt as _,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, UploadPart,
};

use super::{Teller, Traced};

impl fmt::Debug for Traced<dyn ObjectStore> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Traced({:?})", self.inner)
    }
}

impl fmt::Display for Traced<dyn ObjectStore> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Traced<dyn ObjectStore> {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.teller.call("put", self.inner.put_opts(location, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let inner = self.teller.call("put_multipart", self.inner.put_multipart_opts(location, options)).await?;
        Ok(Box::new(TracedUpload { inner, teller: self.teller.clone() }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.teller.call("get", self.inner.get_opts(location, options)).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.teller.call("get_ranges", self.inner.get_ranges(location, ranges)).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let (inner, teller) = (Arc::clone(&self.inner), self.teller.clone());
        locations
            .and_then(move |location| {
                let (inner, teller) = (Arc::clone(&inner), teller.clone());
                async move {
                    teller.call("delete", inner.delete(&location)).await?;
                    Ok(location)
                }
            })
            .boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        told(&self.teller, "list", self.inner.list(prefix))
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        told(&self.teller, "list_with_offset", self.inner.list_with_offset(prefix, offset))
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.teller.call("list_with_delimiter", self.inner.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.teller.call("copy", self.inner.copy_opts(from, to, options)).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.teller.call("rename", self.inner.rename_opts(from, to, options)).await
    }
}

/// A listing, whose call lasts until its first item.
fn told<T: Send + 'static>(
    teller: &Teller,
    operation: &'static str,
    stream: BoxStream<'static, Result<T>>,
) -> BoxStream<'static, Result<T>> {
    let teller = teller.clone();
    // A stream that has ended with its first answer is asked once more below.
    let mut stream = stream.fuse();
    let first = async move {
        let first = teller.call(operation, stream.try_next()).await;
        futures::stream::iter(first.transpose()).chain(stream)
    };
    futures::stream::once(first).flatten().boxed()
}

#[derive(Debug)]
struct TracedUpload {
    inner: Box<dyn MultipartUpload>,
    teller: Teller,
}

#[async_trait]
impl MultipartUpload for TracedUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let (part, teller) = (self.inner.put_part(data), self.teller.clone());
        Box::pin(async move { teller.call("put_part", part).await })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.teller.call("complete", self.inner.complete()).await
    }

    async fn abort(&mut self) -> Result<()> {
        self.teller.call("abort", self.inner.abort()).await
    }
}
