//! `/invitation/{secret}`: joining, once.

use super::common::{Answer, into_form};
use crate::app::App;
use crate::error::Error;
use crate::http::client::ClientAddress;
use crate::http::csrf::FormToken;
use crate::http::form::{self, Typed};
use crate::http::{assets, page::page, signing};
use crate::service::invitation::{self as service, JoinInput, Opened};
use app::page::admin::invitation::{self as invitation_page, Model, Over};
use app::ui::Field;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use tower_sessions::Session;

fn binding(secret: &str) -> String {
    format!("invitation:{secret}")
}

fn model(app: &App, opened: &Opened, secret: &str, name: &str) -> Model {
    Model {
        form_token: FormToken::make(&app.keys, &binding(secret)),
        secret: secret.to_owned(),
        organization: opened.organization.clone(),
        inviter: opened.inviter.clone(),
        role: opened.row.role(),
        email: opened.row.email.clone(),
        name: Field::new(name),
        password: None,
        password_again: None,
        form_error: None,
    }
}

/// The page of an invitation that does not work any more: gone, and how to get another.
async fn over(opened: &Opened) -> Answer {
    let why = match (opened.row.used_at, opened.row.withdrawn_at) {
        (Some(_), _) => Over::Used,
        (None, Some(_)) => Over::Withdrawn,
        (None, None) => Over::Ended,
    };
    let organization = opened.organization.clone();
    Ok(page(StatusCode::GONE, move || invitation_page::over(why, &organization, &assets::manifest())).await?)
}

/// `GET /invitation/{secret}`.
pub async fn form(State(app): State<App>, Path(secret): Path<String>) -> Answer {
    let opened = service::open(&app, &secret).await?;
    if !opened.good {
        return over(&opened).await;
    }
    let model = model(&app, &opened, &secret, &opened.row.name);
    Ok(page(StatusCode::OK, move || invitation_page::view(model, &assets::manifest())).await?)
}

/// `POST /invitation/{secret}`.
pub async fn join(
    State(app): State<App>,
    session: Session,
    Path(secret): Path<String>,
    ClientAddress(client): ClientAddress,
    headers: HeaderMap,
    typed: Typed,
) -> Answer {
    let opened = service::open(&app, &secret).await?;
    if !FormToken::check(&app.keys, &binding(&secret), typed.get("csrf")) {
        let other = "This page was not made by this server. Open the address of your invitation again.";
        return Err(Error::OldPage(other.into()).into());
    }
    if !opened.good {
        return over(&opened).await;
    }
    let mut model = model(&app, &opened, &secret, typed.get("name"));
    if typed.get("password") == typed.get("password_again") {
        let input = JoinInput { name: typed.text("name"), password: typed.text("password") };
        match service::join(&app, &opened, &form::facts(client, &headers), &input).await {
            Ok(id) => {
                let cookie = signing::begin(&app, &session, &id, client, &headers).await?;
                return Ok((cookie, Redirect::to("/")).into_response());
            }
            // Somebody else was a moment faster.
            Err(Error::NotFound) => return over(&service::open(&app, &secret).await?).await,
            Err(error) => into_form(error, |field, sentence| model.fail(field, sentence))?,
        }
    } else {
        model.fail("password_again", "These two differ. Type the password twice alike.");
    }
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, move || invitation_page::view(model, &assets::manifest())).await?)
}
