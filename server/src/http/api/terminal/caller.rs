//! Which terminal is asking: the guard of every request but the first.

use crate::app::App;
use crate::error::Result;
use crate::http::api::Problem;
use crate::secret::HashedSecret;
use crate::service::terminal::hear;
use crate::store::connection::AnyConnection;
use crate::store::terminal::{self, TerminalRow};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};

/// A terminal that counts. Cannot be had in any other way than by its token.
#[derive(Clone, Debug)]
pub struct Caller(TerminalRow);

impl std::ops::Deref for Caller {
    type Target = TerminalRow;

    fn deref(&self) -> &TerminalRow {
        &self.0
    }
}

/// What a terminal is told that counts no more: it forgets everything.
pub(super) fn revoked() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "revoked", "This terminal was revoked. It opens nothing more.")
}

/// The token of `Authorization: Bearer …` (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Some(token) = bearer(&parts.headers) else {
            let title = "This request lacks a terminal's token: Authorization: Bearer TOKEN.";
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "token_missing", title));
        };
        let hash = HashedSecret::of(token).to_hex();
        let row = app.db.read(move |c| terminal::by_token(c, &hash)).await?;
        let Some(row) = row else {
            let title = "Nobody here knows this token. Pair the terminal again.";
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "token_unknown", title));
        };
        if !row.is_paired() {
            if row.waits_to_be_told() {
                hear::told(app, &row.id).await;
            }
            return Err(revoked());
        }
        app.drivers.terminal.hear(&row);
        Ok(Self(row))
    }
}

/// Whether a terminal whose stream has run for a while may still listen.
///
/// # Errors
/// Those of the database.
pub(super) fn still_counts(c: &mut AnyConnection, caller: &TerminalRow) -> Result<Option<TerminalRow>> {
    let row = terminal::by_token(c, caller.token_hash.as_deref().unwrap_or_default())?;
    Ok(row.filter(TerminalRow::is_paired))
}
