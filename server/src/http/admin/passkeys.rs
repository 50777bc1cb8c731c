//! `/account/passkeys`.

use super::common::{Answer, done, into_form, refused, show};
use super::factors::{HOME, added};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::{Admin, needs};
use crate::http::proof::{Proven, ProvenForm};
use crate::service::factor::{self, passkey as service};
use app::page::admin::{Section, confirm, passkey_new};
use app::ui::Field;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use tower_sessions::Session;

/// Where a session keeps what was asked of the browser, until it answers or is asked anew.
const ADDING: &str = "passkey_adding";
const ASKING: &str = "passkey_asking";

fn failed(cause: tower_sessions::session::Error) -> Error {
    Error::Unavailable(cause.to_string())
}

/// Asks for one of an admin's passkeys: gives what the browser needs, and keeps the rest in the session.
///
/// # Errors
/// Those of the store.
pub(super) async fn ask(app: &App, session: &Session, admin: &str) -> Result<Option<String>> {
    let Some(begun) = service::begin_asking(app, admin).await? else { return Ok(None) };
    session.insert(ASKING, begun.state).await.map_err(failed)?;
    Ok(Some(begun.options))
}

/// What the browser was asked; it can be answered once.
///
/// # Errors
/// `Refused` when nothing was asked.
pub(super) async fn asked(session: &Session) -> Result<String> {
    let state: Option<String> = session.remove(ASKING).await.map_err(failed)?;
    state.ok_or_else(|| Error::Refused("This page was too old. Please try again.".into()))
}

async fn form(app: &App, admin: &Admin) -> Result<passkey_new::Model> {
    let mut model = passkey_new::Model { demanded: admin.must_enrol, ..Default::default() };
    if service::available(app) {
        let begun = service::begin_adding(app, &admin.row).await?;
        admin.session.insert(ADDING, begun.state).await.map_err(failed)?;
        model.options = Some(begun.options);
    }
    Ok(model)
}

/// `GET /account/passkeys/new`.
pub async fn new(State(app): State<App>, admin: Proven<needs::Enrol>) -> Answer {
    let model = form(&app, &admin).await?;
    show(&app, &admin, Section::Account, StatusCode::OK, model, passkey_new::view).await
}

/// `POST /account/passkeys/new`.
pub async fn add(State(app): State<App>, form_: ProvenForm<needs::Enrol>) -> Answer {
    let (admin, typed) = (&form_.admin, &form_.typed);
    let state: Option<String> = admin.session.remove(ADDING).await.map_err(failed)?;
    let name = typed.get("name");
    let outcome = match state {
        Some(state) if !typed.get("credential").is_empty() => {
            service::add(&app, &admin.actor, name, typed.get("credential"), &state).await
        }
        _ => Err(Error::Refused("No passkey came with this. Please try again.".into())),
    };
    match outcome {
        Ok(codes) => added(&app, admin, &format!("The passkey {} is added.", name.trim()), codes).await,
        Err(error) => {
            let mut model = form(&app, admin).await?;
            model.name = Field::new(name);
            into_form(error, |field, sentence| match field {
                "name" => model.name.error = Some(sentence),
                _ => model.form_error = Some(sentence),
            })?;
            show(&app, admin, Section::Account, StatusCode::UNPROCESSABLE_ENTITY, model, passkey_new::view).await
        }
    }
}

/// `GET /account/passkeys/{id}/remove`.
pub async fn ask_remove(State(app): State<App>, admin: Proven<needs::Look>, Path(id): Path<String>) -> Answer {
    let standing = factor::standing(&app, &admin.row.id).await?;
    let one = standing.passkeys.iter().find(|row| row.id == id).ok_or(Error::NotFound)?;
    let others = standing.app_since.is_some() || standing.passkeys.len() > 1;
    let model = confirm::Model::remove_passkey(&one.id, &one.name, others);
    show(&app, &admin, Section::Account, StatusCode::OK, model, confirm::view).await
}

/// `POST /account/passkeys/{id}/remove`.
pub async fn remove(State(app): State<App>, Path(id): Path<String>, form: ProvenForm<needs::Look>) -> Answer {
    match service::remove(&app, &form.admin.actor, &id).await {
        Ok(name) => done(&form.admin, HOME, format!("The passkey {name} is removed."), None).await,
        Err(error) => refused(&form.admin, HOME, error).await,
    }
}
