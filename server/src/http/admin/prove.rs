//! `/account/prove`: who it is, once more.

use super::common::{Answer, done, hold, into_form, show};
use super::passkeys;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::http::failure;
use crate::http::form::{Typed, on_this_server};
use crate::http::proof;
use crate::service::account;
use crate::service::factor::{self, Purpose, passkey};
use app::page::admin::held::{Held, Why};
use app::page::admin::{Section, prove as prove_page};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

/// What the address may carry.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

async fn model(app: &App, admin: &Admin, next: &str, held: Option<Held>) -> Result<prove_page::Model> {
    let standing = factor::standing(app, &admin.row.id).await?;
    Ok(prove_page::Model {
        demanded: admin.must_enrol,
        next: on_this_server(next).to_owned(),
        held,
        email: admin.row.email.clone(),
        has_code: standing.has_any(),
        passkey: passkeys::ask(app, &admin.session, &admin.row.id).await?,
        ..Default::default()
    })
}

/// `GET /account/prove`.
pub async fn form(State(app): State<App>, admin: Holder<needs::Enrol>, Query(wanted): Query<Wanted>) -> Answer {
    let model = model(&app, &admin, &wanted.next, None).await?;
    show(&app, &admin, Section::Account, StatusCode::OK, model, prove_page::view).await
}

/// The question, before a form is taken that is held meanwhile.
pub(in crate::http) async fn first(app: &App, admin: &Admin, held: Held) -> Answer {
    let model = model(app, admin, "", Some(held)).await?;
    show(app, admin, Section::Account, StatusCode::FORBIDDEN, model, prove_page::view).await
}

/// The form that came along.
fn held_in(typed: &Typed) -> Option<Held> {
    let action = on_this_server(typed.get("held_for"));
    let pairs = serde_json::from_str(typed.get("held")).ok().filter(|_| !action.is_empty())?;
    Some(Held { action: action.to_owned(), pairs })
}

/// `POST /account/prove`.
pub async fn prove(State(app): State<App>, form: AdminForm<needs::Enrol>) -> Answer {
    let (admin, typed) = (&form.admin, &form.typed);
    let proven = if !typed.get("credential").is_empty() {
        let state = passkeys::asked(&admin.session).await;
        match state {
            Ok(state) => {
                passkey::check(&app, &admin.actor, typed.get("credential"), &state, Purpose::Proof).await.map(|_| ())
            }
            Err(old) => Err(old),
        }
    } else if !typed.get("code").is_empty() {
        factor::check_code(&app, &admin.actor, typed.get("code"), Purpose::Proof).await.map(|_| ())
    } else if typed.get("password").is_empty() {
        Err(Error::field("password", domain::input::Refused::Empty))
    } else {
        account::prove(&app, &admin.actor, typed.get("password")).await
    };
    let error = match proven {
        Ok(()) => {
            proof::give(&app, &admin.session).await?;
            if let Some(held) = held_in(typed) {
                return hold(&app, admin, StatusCode::OK, Why::Proven, held).await;
            }
            let to = match on_this_server(typed.get("next")) {
                "" => "/account",
                next => next,
            };
            return done(admin, to, "Thank you. You are not asked again for ten minutes.".into(), None).await;
        }
        Err(error) => error,
    };
    let status = failure::status(&error);
    let mut model = model(&app, admin, typed.get("next"), held_in(typed)).await?;
    match error {
        Error::TooMany(seconds) => model.fail("", app::page::admin::sign_in::throttled(seconds)),
        other => into_form(other, |field, sentence| model.fail(field, sentence))?,
    }
    show(&app, admin, Section::Account, status, model, prove_page::view).await
}
