//! `/terminals/{id}/code`: a pairing code, shown in the browser in which it was made.

use super::super::common::{Answer, done, refused, said, show};
use super::standing::state;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::{Admin, needs};
use crate::http::proof::{Proven, ProvenForm};
use crate::secret::HashedSecret;
use crate::service::terminal::manage::{self, Code};
use crate::store::{door, terminal as store};
use app::page::admin::{Section, terminal_code as page};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::terminal::pairing;

/// Where a session keeps the last code it made, sealed, until it is used or another takes its place.
const LAST_CODE: &str = "pairing_code";

fn context(admin: &Admin, terminal: &str) -> String {
    format!("sessions/{}/pairing/{terminal}", admin.row.id)
}

/// Puts a code aside for its page, sealed: what the database holds tells nobody. Then goes there.
pub(super) async fn shown_next(app: &App, admin: &Admin, id: &str, code: &Code, text: String) -> Answer {
    let sealed = URL_SAFE_NO_PAD.encode(app.keys.seal(&context(admin, id), code.text.as_bytes()));
    let kept = admin.session.insert(LAST_CODE, sealed).await;
    kept.map_err(|cause| Error::Unavailable(cause.to_string()))?;
    done(admin, &format!("/terminals/{id}/code"), text, None).await
}

/// The code that this session made last, if it is this terminal's.
async fn last(app: &App, admin: &Admin, id: &str) -> Result<Option<String>> {
    let kept: Option<String> =
        admin.session.get(LAST_CODE).await.map_err(|cause| Error::Unavailable(cause.to_string()))?;
    Ok(kept
        .and_then(|sealed| URL_SAFE_NO_PAD.decode(sealed).ok())
        .and_then(|sealed| app.keys.open(&context(admin, id), &sealed))
        .and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()))
}

/// `GET /terminals/{id}/code`.
pub async fn code(State(app): State<App>, admin: Proven<needs::House>, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let (row, at) = app
        .db
        .read(move |c| {
            let row = store::find(c, &organization, &id)?;
            let at = door::find(c, &organization, &row.door_id)?;
            Ok((row, at))
        })
        .await?;
    if row.token_hash.is_some() || row.revoked_at.is_some() {
        return Ok(Redirect::to(&format!("/terminals/{}", row.id)).into_response());
    }
    let now = app.clock.now();
    let until = row.pairing_expires_at.filter(|until| now < *until);
    // Made anew in another browser, it is not the one that this session knows.
    let known = last(&app, &admin, &row.id).await?;
    let code = known.filter(|code| {
        until.is_some() && row.pairing_hash.as_deref() == Some(HashedSecret::of(code).to_hex().as_str())
    });
    let shown = code.as_deref().map(pairing::shown);
    let model = page::Model {
        state: state(&app, &row),
        door: at.door.name,
        until: said(&app, until.unwrap_or(now), &at.place.time_zone),
        address: format!("{}/terminal", app.base_url()),
        command: format!(
            "latchkey terminal pair --server {} --code {} --data terminal.db",
            app.base_url(),
            shown.as_deref().unwrap_or_default()
        ),
        code: shown,
        id: row.id,
        name: row.name,
    };
    show(&app, &admin, Section::Terminals, StatusCode::OK, model, page::view).await
}

/// `POST /terminals/{id}/code`.
pub async fn new_code(State(app): State<App>, Path(id): Path<String>, form: ProvenForm<needs::House>) -> Answer {
    match manage::new_code(&app, &form.admin.actor, &id).await {
        Ok((name, made)) => {
            shown_next(&app, &form.admin, &id, &made, format!("{name} has a new code. The old one is void.")).await
        }
        Err(error) => refused(&form.admin, &format!("/terminals/{id}"), error).await,
    }
}
