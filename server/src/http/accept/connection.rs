//! One connection: its requests checked against the limits, its end without a reset.

use super::body::{Limited, Verdict};
use super::guarded::Guarded;
use super::{Limits, Shared, Shutdown};
use crate::http::api::problem;
use crate::http::client::Peer;
use crate::http::security;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use axum::response::IntoResponse;
use futures_util::FutureExt;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

/// How long a client may take to notice the end of the connection.
const LINGER: Duration = Duration::from_secs(2);
/// How long, at a stop, an idle connection is kept for a request that is on its way.
const ON_ITS_WAY: Duration = Duration::from_millis(500);

/// Serves a connection to its end.
pub(super) async fn serve(stream: TcpStream, peer: Peer, _room: OwnedSemaphorePermit, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    // The kernel gives up on a client that takes nothing, even after we have let go of the connection.
    let _ = SockRef::from(&stream).set_tcp_user_timeout(Some(shared.limits.stall + Duration::from_secs(5)));
    let end = shared.end.clone();
    end.run_until_cancelled(async {
        let Some(tls) = &shared.tls else {
            return speak(stream, peer, shared).await;
        };
        match timeout(shared.limits.head, tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => speak(stream, peer, shared).await,
            Ok(Err(cause)) => tracing::debug!(%cause, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    })
    .await;
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, peer: Peer, shared: Arc<Shared>) {
    let limits = shared.limits;
    let asked = shared.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let answer: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(answer(request, peer, asked.clone()));
        answer
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(limits.head_bytes)
        .serve_connection(TokioIo::new(Guarded::new(stream, limits.stall, limits.policy)), service);
    let mut stopping = pin!(async {
        shared.shutdown.cancelled().await;
        sleep(ON_ITS_WAY).await;
    });
    let mut told = false;
    let ended = loop {
        tokio::select! {
            ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => break ended,
            () = &mut stopping, if !told => {
                told = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        }
    };
    let mut stream = connection.into_parts().io.into_inner();
    if let Err(cause) = ended {
        tracing::debug!(%cause, "a connection ended early");
        if stream.stalled() {
            return;
        }
    }
    // Closing with input unread resets the connection, and the answer may be lost with it.
    let rest = async {
        stream.inner().shutdown().await?;
        drain(stream.inner()).await
    };
    let linger = if shared.shutdown.is_cancelled() { LINGER / 10 } else { LINGER };
    let _ = timeout(linger, rest).await;
}

/// Reads to the end and forgets it.
pub(super) async fn drain<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<()> {
    let mut nothing = vec![0; 16_384];
    while stream.read(&mut nothing).await? > 0 {}
    Ok(())
}

async fn answer(request: Request<Incoming>, peer: Peer, shared: Arc<Shared>) -> Result<Response<Body>, Infallible> {
    let limits = &shared.limits;
    let mut response = match refusal(&request, limits) {
        Some(status) => refuse(status, request.uri().path(), limits),
        None => ask(request, peer, &shared).await,
    };
    if shared.shutdown.is_cancelled() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

async fn ask(request: Request<Incoming>, peer: Peer, shared: &Shared) -> Response<Body> {
    let verdict = Verdict::default();
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(peer);
    parts.extensions.insert(Shutdown(shared.shutdown.clone()));
    let body = if body.is_end_stream() {
        Body::empty()
    } else {
        Body::new(Limited::new(body, shared.limits.body_bytes_at(parts.uri.path()), &shared.limits, verdict.clone()))
    };
    let path = parts.uri.path().to_owned();
    let answered =
        AssertUnwindSafe(shared.router.clone().oneshot(Request::from_parts(parts, body))).catch_unwind().await;
    match answered {
        Ok(Ok(response)) => match verdict.status() {
            // The handler only knows that the body could not be read.
            Some(status) if response.status().is_client_error() || response.status().is_server_error() => {
                refuse(status, &path, &shared.limits)
            }
            _ => response,
        },
        Err(_) => {
            tracing::error!("a handler panicked");
            refuse(StatusCode::INTERNAL_SERVER_ERROR, &path, &shared.limits)
        }
    }
}

/// What is wrong with a head, if anything.
fn refusal(request: &Request<Incoming>, limits: &Limits) -> Option<StatusCode> {
    let uri = request.uri();
    let uri_bytes = uri.path_and_query().map_or(0, |text| text.as_str().len())
        + uri.authority().map_or(0, |text| text.as_str().len());
    let head_bytes: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let body_bytes = request.body().size_hint().lower();
    if uri_bytes > limits.uri_bytes {
        Some(StatusCode::URI_TOO_LONG)
    } else if head_bytes > limits.head_bytes {
        Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
    } else if body_bytes > limits.body_bytes_at(uri.path()) as u64 {
        Some(StatusCode::PAYLOAD_TOO_LARGE)
    } else {
        None
    }
}

fn refuse(status: StatusCode, path: &str, limits: &Limits) -> Response<Body> {
    let sentence = match status {
        StatusCode::URI_TOO_LONG => "This address is too long.".to_owned(),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            "The headers of this request are too large. Deleting this site's cookies may help.".to_owned()
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            let most = limits.body_bytes_at(path) / 1_000;
            format!("This is larger than the {most} KB that are taken here. Go back and choose something smaller.")
        }
        StatusCode::REQUEST_TIMEOUT => "This took too long to arrive. Please try again.".to_owned(),
        _ => "Something went wrong here. Please try again in a moment.".to_owned(),
    };
    tracing::info!(status = status.as_u16(), "a request was refused before it was served");
    let mut response = match problem::of(path, status, &sentence) {
        Some(problem) => problem.into_response(),
        None => (status, sentence).into_response(),
    };
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    security::harden(response.headers_mut(), limits.policy);
    response
}
