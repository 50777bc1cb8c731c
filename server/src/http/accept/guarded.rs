//! A connection's bytes: ambiguous requests are spoiled on the way in, unread answers end it on the way out.

use super::framing::Framing;
use crate::http::security;
use axum::http::HeaderMap;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// What takes an ambiguous request's place: no parser takes it, so the answer is 400 and the connection ends.
const SPOILED: &[u8] = b"\0\r\n\r\n";
/// Bytes that a client must take within the time limit once it lags.
const PROGRESS: usize = 16_384;

/// What the parser answers by itself, before there is a request: hyper asks nobody for its headers.
const BARE: &[u8] = b"HTTP/1.1 4";
/// In every head that is made here.
const OURS: &[u8] = b"x-content-type-options";

/// A stream with both guards.
pub(super) struct Guarded<S> {
    stream: S,
    framing: Framing,
    /// What is left of `SPOILED` to hand over.
    spoiled: Option<&'static [u8]>,
    limit: Duration,
    /// Runs while the client lags; with the bytes it took since.
    lag: Option<(Pin<Box<Sleep>>, usize)>,
    stalled: bool,
    policy: security::Policy,
    /// A bare answer with its headers, and how much of it went out.
    dressed: Option<(Vec<u8>, usize)>,
}

impl<S> Guarded<S> {
    /// Guards a stream whose client may leave an answer unread for so long.
    pub(super) fn new(stream: S, limit: Duration, policy: security::Policy) -> Self {
        let framing = Framing::default();
        Self { stream, framing, spoiled: None, limit, lag: None, stalled: false, policy, dressed: None }
    }

    /// The stream itself.
    pub(super) fn inner(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Whether the client took nothing for too long.
    pub(super) fn stalled(&self) -> bool {
        self.stalled
    }

    /// Follows how an attempt to write went: nothing pending ends the lag, too little within the limit ends the connection.
    fn watch(
        &mut self,
        cx: &mut Context<'_>,
        wanted: usize,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(taken)) => {
                if taken >= wanted {
                    self.lag = None;
                } else if let Some((time, sum)) = &mut self.lag {
                    *sum += taken;
                    if *sum >= PROGRESS {
                        *sum = 0;
                        time.as_mut().reset(Instant::now() + self.limit);
                    }
                }
                Poll::Ready(Ok(taken))
            }
            Poll::Pending => {
                let limit = self.limit;
                let (time, _) = self.lag.get_or_insert_with(|| (Box::pin(tokio::time::sleep(limit)), 0));
                ready!(time.as_mut().poll(cx));
                self.stalled = true;
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            failed => failed,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        if this.spoiled.is_none() {
            ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
            if let Some(at) = this.framing.take(&buffer.filled()[before..]) {
                buffer.set_filled(before + at);
                this.spoiled = Some(SPOILED);
            }
        }
        if let Some(rest) = &mut this.spoiled {
            let (now, later) = rest.split_at(rest.len().min(buffer.remaining()));
            buffer.put_slice(now);
            *rest = later;
        }
        Poll::Ready(Ok(()))
    }
}

/// Whether these are the whole of an answer without headers of ours.
fn is_bare(bytes: &[u8]) -> bool {
    let has = |what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
    let whole = bytes.len() < 256 && bytes.starts_with(BARE) && bytes.ends_with(b"\r\n\r\n");
    whole && has(b"content-length: 0\r\n") && !has(OURS)
}

/// The same with the headers that every answer has, behind its first line.
fn dressed(bare: &[u8], policy: security::Policy) -> Vec<u8> {
    let mut headers = HeaderMap::new();
    security::harden(&mut headers, policy);
    let line = bare.iter().position(|byte| *byte == b'\n').map_or(bare.len(), |end| end + 1);
    let mut whole = bare[..line].to_vec();
    for (name, value) in &headers {
        whole.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    whole.extend(&bare[line..]);
    whole
}

impl<S: AsyncWrite + Unpin> Guarded<S> {
    /// Writes an answer of so many bytes with more of them; again with the same one until all of it is out.
    fn dress(&mut self, cx: &mut Context<'_>, bare: &[u8]) -> Poll<io::Result<usize>> {
        let (whole, mut out) = self.dressed.take().unwrap_or_else(|| (dressed(bare, self.policy), 0));
        while out < whole.len() {
            let written = Pin::new(&mut self.stream).poll_write(cx, &whole[out..]);
            match self.watch(cx, whole.len() - out, written) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(more)) => out += more,
                Poll::Ready(Err(cause)) => return Poll::Ready(Err(cause)),
                Poll::Pending => {
                    self.dressed = Some((whole, out));
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(bare.len()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if is_bare(bytes) {
            return self.dress(cx, bytes);
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, bytes.len(), written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [bytes] = parts
            && is_bare(bytes)
        {
            return self.dress(cx, bytes);
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.watch(cx, parts.iter().map(|part| part.len()).sum(), written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A TLS stream holds what the socket did not take, so its flush lags too.
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        match flushed {
            Poll::Pending => self.watch(cx, 1, Poll::Pending).map_ok(|_| ()),
            ready => ready,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
