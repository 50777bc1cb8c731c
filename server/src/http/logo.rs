//! `/logo/{hash}.png`: an organization's logo, under the hash of its bytes and so for ever the same.

use super::failure::Failure;
use crate::app::App;
use crate::error::{Error, Result};
use crate::store::settings;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// `GET /logo/{file}`.
pub async fn logo(State(app): State<App>, Path(file): Path<String>) -> Response {
    match find(&app, &file).await {
        Ok(png) => {
            let headers =
                [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
            (headers, png).into_response()
        }
        Err(cause) => Failure(cause).into_response(),
    }
}

async fn find(app: &App, file: &str) -> Result<Vec<u8>> {
    let hash = file.strip_suffix(".png").filter(|hash| hash.len() == 64).ok_or(Error::NotFound)?.to_owned();
    app.db.read(move |c| settings::logo_by_hash(c, &hash)).await
}

/// Where a logo is.
#[must_use]
pub fn address(hash: &str) -> String {
    format!("/logo/{hash}.png")
}
