//! Whole bodies in and out of hyper.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, Incoming, SizeHint};

/// The longest body that is taken, in bytes.
const LONGEST: usize = 64 * 1024 * 1024;

/// A body that is there at once.
pub(super) struct Whole(pub(super) Bytes);

impl Body for Whole {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = std::mem::take(&mut self.0);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

/// Everything that the client sends; `None` when it stops before the end or sends too much.
pub(super) async fn collect(incoming: Incoming) -> Option<Bytes> {
    let mut incoming = pin!(incoming);
    let mut all = BytesMut::new();
    while let Some(frame) = std::future::poll_fn(|context| incoming.as_mut().poll_frame(context)).await {
        if let Ok(data) = frame.ok()?.into_data() {
            all.extend_from_slice(&data);
        }
        if all.len() > LONGEST {
            return None;
        }
    }
    Some(all.freeze())
}
