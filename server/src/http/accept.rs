//! The accept loop: every connection within limits, and a stop that loses no request.
//!
//! `axum::serve` sets no time limit on a request's head; this loop does, on hyper's own connection.

mod body;
mod connection;
mod framing;
mod guarded;

use super::api::terminal;
use super::client::Peer;
use super::{form, security, tls};
use axum::Router;
use futures_util::FutureExt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// File descriptors that connections leave to the database, mail and the rest.
const RESERVED: usize = 64;
/// Said where there is no room left, before any request was read.
const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\nconnection: close\r\n\
    content-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n\
    content-security-policy: default-src 'none'\r\ncontent-length: 66\r\n\r\n\
    There are too many visitors just now. Please try again in a moment";

/// Tells a long-lived answer, such as a stream of events, to end. It stands in each request's extensions.
#[derive(Clone, Debug)]
pub struct Shutdown(pub CancellationToken);

/// What a connection may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many are served at once. Lowered to what the process may open.
    pub connections: usize,
    /// How long a further one waits for its turn before it is told 503.
    pub queue: Duration,
    /// How long a TLS handshake, a request's head, and the pause between two requests may take.
    pub head: Duration,
    /// How long a request's body may take.
    pub body: Duration,
    /// How long a client may leave an answer unread.
    pub stall: Duration,
    /// How long requests in flight have at a stop.
    pub grace: Duration,
    /// The longest address, bytes; beyond it 414.
    pub uri_bytes: usize,
    /// The longest head, bytes; beyond it 431. At least 8,192.
    pub head_bytes: usize,
    /// The longest body, bytes; beyond it 413.
    pub body_bytes: usize,
    /// The same where a file may be posted, or what a terminal did.
    pub file_bytes: usize,
    /// The headers of the answers that are given here.
    pub policy: security::Policy,
}

impl Limits {
    /// The usual ones, for so many connections.
    #[must_use]
    pub fn new(connections: usize, policy: security::Policy) -> Self {
        Self {
            connections,
            queue: Duration::from_secs(1),
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            stall: Duration::from_secs(10),
            grace: Duration::from_secs(9),
            uri_bytes: 16_000,
            head_bytes: 65_536,
            body_bytes: 65_536,
            // A megabyte in base 64, which a confirmed import carries, and the form around it.
            file_bytes: 1_500_000,
            policy,
        }
    }

    /// The longest body that an address takes, bytes.
    fn body_bytes_at(&self, path: &str) -> usize {
        if form::brings_a_file(path) || terminal::takes_journals(path) { self.file_bytes } else { self.body_bytes }
    }
}

/// What all connections share.
struct Shared {
    router: Router,
    tls: Option<tls::Reloading>,
    limits: Limits,
    shutdown: CancellationToken,
    /// Cancelled when the time for requests in flight is over.
    end: CancellationToken,
}

/// Serves until the token is cancelled; then lets requests in flight finish, and returns.
///
/// # Errors
/// None today; whatever goes wrong with one connection, or with accepting for a while, is survived.
pub async fn serve(
    listener: TcpListener,
    tls: Option<tls::Reloading>,
    router: Router,
    limits: Limits,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let (connections, queued) = within_open_files(limits.connections, open_files());
    let (room, queue) = (Arc::new(Semaphore::new(connections)), Arc::new(Semaphore::new(queued)));
    let shared = Arc::new(Shared { router, tls, limits, shutdown, end: CancellationToken::new() });
    let tasks = TaskTracker::new();
    let admit = |(stream, peer): (TcpStream, SocketAddr)| {
        let shared = shared.clone();
        if let Ok(permit) = room.clone().try_acquire_owned() {
            tasks.spawn(connection::serve(stream, Peer(peer), permit, shared));
        } else if let Ok(waiting) = queue.clone().try_acquire_owned() {
            tasks.spawn(wait_for_room(stream, Peer(peer), room.clone(), waiting, shared));
        }
        // With the queue full too the connection is closed at once.
    };
    while let Some(accepted) = shared.shutdown.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok(accepted) => admit(accepted),
            Err(cause) if is_the_clients(&cause) => {}
            Err(cause) => {
                // Out of file descriptors or memory: others will be given back.
                tracing::error!(%cause, "no connection can be accepted just now");
                shared.shutdown.run_until_cancelled(sleep(Duration::from_millis(100))).await;
            }
        }
    }
    // Those whom the kernel has taken in already would be cut off.
    while let Some(Ok(accepted)) = listener.accept().now_or_never() {
        admit(accepted);
    }
    drop(listener);
    tasks.close();
    if timeout(limits.grace, tasks.wait()).await.is_err() {
        tracing::warn!(connections = tasks.len(), "requests in flight took too long and are cut off");
        shared.end.cancel();
        tasks.wait().await;
    }
    Ok(())
}

async fn wait_for_room(
    mut stream: TcpStream,
    peer: Peer,
    room: Arc<Semaphore>,
    waiting: OwnedSemaphorePermit,
    shared: Arc<Shared>,
) {
    if let Ok(Ok(permit)) = timeout(shared.limits.queue, room.acquire_owned()).await {
        drop(waiting);
        return connection::serve(stream, peer, permit, shared).await;
    }
    if shared.tls.is_none() {
        let said = async {
            stream.write_all(BUSY).await?;
            stream.shutdown().await?;
            // What was sent here unread would turn the answer into a reset.
            connection::drain(&mut stream).await
        };
        let _ = timeout(shared.limits.queue, said).await;
    }
}

fn is_the_clients(cause: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(cause.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// How many connections to serve, and to let wait, with so many open files allowed.
fn within_open_files(wanted: usize, files: Option<usize>) -> (usize, usize) {
    let Some(files) = files else {
        return (wanted, 256);
    };
    let queued = (files / 8).clamp(1, 256);
    let most = files.saturating_sub(RESERVED + queued).max(8);
    if most < wanted {
        tracing::warn!(
            "{wanted} connections at once need more open files than the {files} allowed; {most} are served. Raise the limit with ulimit -n."
        );
    }
    (wanted.min(most), queued)
}

/// The process' soft limit of open files, where the system says it.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests;
