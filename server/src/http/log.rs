//! One line a request, without secrets; and who asked, worked out once.

use super::client::{ClientAddress, Peer, client_address};
use crate::logging::redact_path;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request: in its extensions, in every log line it causes, and in its answer. Never taken from the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// The layer: `axum::middleware::from_fn_with_state(trusted_proxies, log::requests)`, inside the security headers and around all else.
pub async fn requests(State(trusted): State<Arc<[IpNet]>>, mut request: Request, next: Next) -> Response {
    let started = tokio::time::Instant::now();
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::from(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let client = client_address(peer, request.headers(), &trusted);
    let id = domain::chain::hex(&crate::clock::random::<8>());
    request.extensions_mut().insert(ClientAddress(client));
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), redact(request.uri()));
    let span = tracing::info_span!("request", id = %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, ms) = (response.status().as_u16(), u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
    span.in_scope(|| match status {
        500.. => tracing::error!(%method, path, status, ms, %client, "answered"),
        _ => tracing::info!(%method, path, status, ms, %client, "answered"),
    });
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A request's path for the log.
pub(super) fn redact(uri: &Uri) -> String {
    redact_path(uri.path_and_query().map_or("/", |whole| whole.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_request_learns_its_client_and_its_id() {
        let handler = |ClientAddress(client): ClientAddress, id: axum::Extension<RequestId>| async move {
            format!("{client} {}", id.0.0)
        };
        let trusted: Arc<[IpNet]> = ["10.0.0.0/8".parse().unwrap()].into();
        let router =
            Router::new().route("/", get(handler)).layer(axum::middleware::from_fn_with_state(trusted, requests));
        let request = Request::builder()
            .header("x-forwarded-for", "198.51.100.7")
            .header("x-request-id", "forged")
            .extension(Peer("10.1.2.3:5".parse().unwrap()))
            .body(Body::empty())
            .unwrap();
        let response = router.oneshot(request).await.unwrap();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
        assert_eq!(body, format!("198.51.100.7 {id}"));
        assert_eq!(id.len(), 16);
    }
}
