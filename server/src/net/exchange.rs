//! One HTTP request over a connection of its own, and as much of the answer as is wanted.

use super::{Failure, Net, Target};
use axum::body::{Body, Bytes};
use axum::http::Request;
use hyper::body::{Body as _, Incoming};
use hyper_util::rt::TokioIo;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// The most of an answer's body that is read, bytes.
pub const MOST: usize = 64 * 1024;
/// The most of an answer's head, bytes.
const HEAD: usize = 32 * 1024;

/// Why there is no answer.
#[derive(Debug)]
pub enum Lost {
    /// Nothing was sent.
    Before(Failure),
    /// It was sent, in part at least, and no answer came.
    After(String),
}

/// The beginning of an answer. Dropping it closes the connection.
pub struct Response {
    /// The status code.
    pub status: u16,
    read: Vec<u8>,
    body: Incoming,
    connection: Pin<Box<dyn Future<Output = ()> + Send>>,
    idle: bool,
}

/// How an answer's body went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// That was all.
    End,
    /// There may be more.
    More,
    /// The connection broke off.
    Cut,
}

/// Sends a request. Dropping the future closes the connection.
///
/// # Errors
/// Why there is no answer, and whether anything was sent.
pub async fn send(net: &Net, target: &Target, request: Request<Body>) -> Result<Response, Lost> {
    let stream = net.connect(target).await.map_err(Lost::Before)?;
    let mut builder = hyper::client::conn::http1::Builder::new();
    let shaken = builder.max_buf_size(HEAD).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = shaken.map_err(|cause| Lost::After(cause.to_string()))?;
    let mut connection: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
        let _ = connection.await;
    });
    let mut idle = false;
    let sending = sender.send_request(request);
    tokio::pin!(sending);
    loop {
        tokio::select! {
            biased;
            answer = &mut sending => {
                let (head, body) = answer.map_err(|cause| Lost::After(cause.to_string()))?.into_parts();
                return Ok(Response { status: head.status.as_u16(), read: Vec::new(), body, connection, idle });
            }
            () = &mut connection, if !idle => idle = true,
        }
    }
}

impl Response {
    /// What was read of the body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.read
    }

    /// Reads until `enough` of the body is there, it ends, or 64 KB are read.
    pub async fn read(&mut self, enough: impl Fn(&[u8]) -> bool) -> Rest {
        while !enough(&self.read) {
            if self.read.len() >= MOST {
                return Rest::End;
            }
            match self.chunk().await {
                Some(Ok(bytes)) => {
                    let room = MOST - self.read.len();
                    self.read.extend_from_slice(bytes.get(..room).unwrap_or(&bytes));
                }
                Some(Err(())) => return Rest::Cut,
                None => return Rest::End,
            }
        }
        Rest::More
    }

    /// Reads on for a moment, for the words in it.
    pub async fn words(&mut self, moment: Duration) -> String {
        let _ = tokio::time::timeout(moment, self.read(|read| read.len() >= 1_024)).await;
        let text = String::from_utf8_lossy(&self.read);
        let line: String = text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
        line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
    }

    async fn chunk(&mut self) -> Option<Result<Bytes, ()>> {
        loop {
            let body = &mut self.body;
            tokio::select! {
                biased;
                frame = std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)) => match frame? {
                    Err(_) => return Some(Err(())),
                    Ok(frame) => if let Ok(bytes) = frame.into_data() { return Some(Ok(bytes)) },
                },
                () = &mut self.connection, if !self.idle => self.idle = true,
            }
        }
    }
}
