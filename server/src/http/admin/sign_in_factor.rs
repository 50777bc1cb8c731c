//! `/sign-in/second-factor`: the second step, for whoever gave the right password.

use super::common::{Answer, into_form};
use super::passkeys;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::client::ClientAddress;
use crate::http::csrf::FormToken;
use crate::http::form::{self, Typed};
use crate::http::session_store::{self, ADMIN};
use crate::http::signing::Half;
use crate::http::{assets, failure, page::page, signing};
use crate::service::actor::Actor;
use crate::service::factor::{self, Purpose, passkey};
use crate::store::admin::AdminRow;
use app::page::admin::{sign_in as sign_in_page, sign_in_factor as factor_page};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use tower_sessions::Session;

fn binding(session: &Session) -> String {
    format!("half:{}", session.id().map(|id| session_store::hash(&id)).unwrap_or_default())
}

async fn model(app: &App, session: &Session, row: &AdminRow) -> Result<factor_page::Model> {
    let standing = factor::standing(app, &row.id).await?;
    Ok(factor_page::Model {
        form_token: FormToken::make(&app.keys, &binding(session)),
        has_app: standing.app_since.is_some(),
        passkey: passkeys::ask(app, session, &row.id).await?,
        ..Default::default()
    })
}

/// Who is half signed in; whoever is nobody begins at the beginning.
async fn who(app: &App, session: &Session) -> Result<std::result::Result<(Half, AdminRow), Response>> {
    if session.get::<String>(ADMIN).await.ok().flatten().is_some() {
        return Ok(Err(Redirect::to("/").into_response()));
    }
    Ok(signing::half(app, session).await?.ok_or_else(|| Redirect::to("/sign-in").into_response()))
}

/// `GET /sign-in/second-factor`.
pub async fn form(State(app): State<App>, session: Session) -> Answer {
    let (_, row) = match who(&app, &session).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let model = model(&app, &session, &row).await?;
    Ok(page(StatusCode::OK, move || factor_page::view(model, &assets::manifest())).await?)
}

/// `POST /sign-in/second-factor`.
pub async fn sign_in(
    State(app): State<App>,
    session: Session,
    ClientAddress(client): ClientAddress,
    headers: HeaderMap,
    typed: Typed,
) -> Answer {
    let (half, row) = match who(&app, &session).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if !FormToken::check(&app.keys, &binding(&session), typed.get("csrf")) {
        let old = "This page was open for too long, or came from elsewhere. Sign in again.";
        return Err(Error::OldPage(old.into()).into());
    }
    let actor = Actor {
        id: row.id.clone(),
        organization: row.organization_id.clone(),
        role: row.role(),
        facts: form::facts(client, &headers),
    };
    let checked = if typed.get("credential").is_empty() {
        factor::check_code(&app, &actor, typed.get("code"), Purpose::SignIn).await
    } else {
        match passkeys::asked(&session).await {
            Ok(state) => passkey::check(&app, &actor, typed.get("credential"), &state, Purpose::SignIn).await,
            Err(old) => Err(old),
        }
    };
    let error = match checked {
        Ok(_) => {
            let cookie = signing::begin(&app, &session, &row.id, client, &headers).await?;
            let to = if half.next.is_empty() { "/" } else { &half.next };
            return Ok((cookie, Redirect::to(to)).into_response());
        }
        Err(error) => error,
    };
    let (status, wait) = (failure::status(&error), if let Error::TooMany(wait) = error { Some(wait) } else { None });
    let mut model = model(&app, &session, &row).await?;
    match error {
        Error::TooMany(seconds) => model.form_error = Some(sign_in_page::throttled(seconds)),
        other => into_form(other, |field, sentence| match field {
            "code" => model.code = Some(sentence),
            _ => model.form_error = Some(sentence),
        })?,
    }
    let mut response = page(status, move || factor_page::view(model, &assets::manifest())).await?;
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    Ok(response)
}
