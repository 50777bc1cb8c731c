//! `/healthz` says that the process lives, `/readyz` that it can serve.

use crate::app::App;
use axum::extract::State;
use axum::http::StatusCode;

/// `GET /healthz`.
pub async fn live() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: the database can be read.
pub async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    let no = |cause, sentence| {
        tracing::warn!(?cause, "not ready");
        (StatusCode::SERVICE_UNAVAILABLE, sentence)
    };
    match (app.db.read(crate::store::organization::any).await, app.db.stores().await) {
        (Err(cause), _) => no(cause, "the database cannot be read\n"),
        (_, Err(cause)) => no(cause, "nothing can be stored\n"),
        (Ok(_), Ok(())) => (StatusCode::OK, "ready\n"),
    }
}
