//! A request's body within its time and size.

use super::Limits;
use axum::http::StatusCode;
use http_body::{Body, Frame, SizeHint};
use hyper::body::{Bytes, Incoming};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::task::{Context, Poll, ready};
use tokio::time::Sleep;

/// Why a body was cut off, for whoever sends the answer.
#[derive(Clone, Default)]
pub(super) struct Verdict(Arc<AtomicU16>);

impl Verdict {
    /// 408 or 413, if it was cut off.
    pub(super) fn status(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.0.load(Ordering::Relaxed)).ok()
    }
}

/// A body that ends with an error at its limits.
pub(super) struct Limited {
    body: Incoming,
    left: usize,
    time: Pin<Box<Sleep>>,
    verdict: Verdict,
}

impl Limited {
    /// Starts the clock.
    pub(super) fn new(body: Incoming, longest: usize, limits: &Limits, verdict: Verdict) -> Self {
        Self { body, left: longest, time: Box::pin(tokio::time::sleep(limits.body)), verdict }
    }

    fn cut(&self, status: StatusCode) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        self.verdict.0.store(status.as_u16(), Ordering::Relaxed);
        Poll::Ready(Some(Err(Cut::Limit(status))))
    }
}

/// Why a body ended early.
#[derive(Debug, thiserror::Error)]
pub(super) enum Cut {
    #[error("the body was cut off: {0}")]
    Limit(StatusCode),
    #[error(transparent)]
    Connection(#[from] hyper::Error),
}

impl Body for Limited {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        // Time first: a trickle is always ready.
        if self.time.as_mut().poll(cx).is_ready() {
            return self.cut(StatusCode::REQUEST_TIMEOUT);
        }
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(Ok(frame)) => frame,
            Some(Err(cause)) => return Poll::Ready(Some(Err(cause.into()))),
            None => return Poll::Ready(None),
        };
        let size = frame.data_ref().map_or(0, Bytes::len);
        match self.left.checked_sub(size) {
            Some(left) => self.left = left,
            None => return self.cut(StatusCode::PAYLOAD_TOO_LARGE),
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
