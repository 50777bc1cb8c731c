//! `/account`.

use super::common::{self, Answer, done, into_form, refused, show};
use crate::app::App;
use crate::error::Result;
use crate::http::auth::{Admin, AdminForm, needs};
use crate::http::proof::{Proven, ProvenForm};
use crate::service::account as service;
use crate::service::factor::{self, Standing};
use crate::store::session;
use app::page::admin::{Section, account, address};
use app::ui::Field;
use axum::extract::{Path, State};
use axum::http::StatusCode;

async fn model(app: &App, admin: &Admin) -> Result<account::Model> {
    let (id, now, idle) = (admin.row.id.clone(), app.clock.now(), app.session_idle_ms_of(&admin.organization));
    let rows = app.db.read(move |c| session::of_admin(c, &id, now, idle)).await?;
    let zone = &admin.organization.time_zone;
    let mut sessions: Vec<account::Session> = rows
        .into_iter()
        .map(|row| account::Session {
            this: row.id_hash == admin.session_hash,
            id: row.public_id,
            seen: common::said(app, row.last_seen_at, zone),
            since: common::said(app, row.created_at, zone),
            address: row.address_prefix,
            user_agent: row.user_agent,
        })
        .collect();
    sessions.sort_by_key(|session| !session.this);
    let standing = factor::standing(app, &admin.row.id).await?;
    Ok(account::Model {
        email: admin.row.email.clone(),
        name: Field::new(&admin.row.name),
        factors: factors(&standing),
        codes_left: standing.codes_left,
        sessions,
        ..Default::default()
    })
}

/// The second factors in words; empty without any.
fn factors(standing: &Standing) -> String {
    let passkeys = match standing.passkeys.len() {
        0 => None,
        1 => Some("a passkey".to_owned()),
        more => Some(format!("{more} passkeys")),
    };
    match (standing.app_since, passkeys) {
        (Some(_), Some(passkeys)) => format!("An authenticator app and {passkeys}"),
        (Some(_), None) => "An authenticator app".to_owned(),
        (None, Some(passkeys)) => passkeys.replacen('a', "A", usize::from(passkeys.starts_with('a'))),
        (None, None) => String::new(),
    }
}

/// `POST /account/name`.
pub async fn rename(State(app): State<App>, form: AdminForm<needs::Look>) -> Answer {
    let (admin, name) = (&form.admin, form.typed.get("name"));
    match service::rename(&app, &admin.actor, name).await {
        Ok(()) => done(admin, "/account", "Saved.".into(), None).await,
        Err(error) => {
            let mut model = model(&app, admin).await?;
            model.name.value = name.to_owned();
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            show(&app, admin, Section::Account, StatusCode::UNPROCESSABLE_ENTITY, model, account::view).await
        }
    }
}

/// `GET /account/address`.
pub async fn address(State(app): State<App>, admin: Proven<needs::Look>) -> Answer {
    let model = address::Model { now: admin.row.email.clone(), ..Default::default() };
    show(&app, &admin, Section::Account, StatusCode::OK, model, address::view).await
}

/// `POST /account/address`.
pub async fn change_address(State(app): State<App>, form: ProvenForm<needs::Look>) -> Answer {
    let (admin, email) = (&form.admin, form.typed.get("email"));
    match service::change_address(&app, &admin.actor, email).await {
        Ok(()) => {
            let text = format!("From now on you sign in with {}. A notice goes to {}.", email.trim(), admin.row.email);
            done(admin, "/account", text, None).await
        }
        Err(error) => {
            let mut model =
                address::Model { now: admin.row.email.clone(), email: Field::new(email), ..Default::default() };
            into_form(error, |field, sentence| match field {
                "email" => model.email.error = Some(sentence),
                _ => model.form_error = Some(sentence),
            })?;
            show(&app, admin, Section::Account, StatusCode::UNPROCESSABLE_ENTITY, model, address::view).await
        }
    }
}

/// `GET /account`.
pub async fn account(State(app): State<App>, admin: Admin) -> Answer {
    let model = model(&app, &admin).await?;
    show(&app, &admin, Section::Account, StatusCode::OK, model, account::view).await
}

/// `POST /account/password`.
pub async fn change_password(State(app): State<App>, form: AdminForm<needs::Look>) -> Answer {
    let (admin, typed) = (&form.admin, &form.typed);
    let mut model = model(&app, admin).await?;
    if typed.get("password") == typed.get("password_again") {
        match service::change_password(
            &app,
            &admin.actor,
            typed.get("current"),
            typed.get("password"),
            &admin.session_hash,
        )
        .await
        {
            Ok(0) => {
                return done(admin, "/account", "Your password is changed.".into(), None).await;
            }
            Ok(ended) => {
                let sessions =
                    if ended == 1 { "one other session".to_owned() } else { format!("{ended} other sessions") };
                return done(admin, "/account", format!("Your password is changed, and {sessions} ended."), None).await;
            }
            Err(error @ crate::error::Error::TooMany(_)) => {
                return refused(admin, "/account", error).await;
            }
            Err(error) => into_form(error, |field, sentence| model.fail(field, sentence))?,
        }
    } else {
        model.fail("password_again", "These two differ. Type the new password twice alike.");
    }
    show(&app, admin, Section::Account, StatusCode::UNPROCESSABLE_ENTITY, model, account::view).await
}

/// `POST /account/sessions/{id}/end`.
pub async fn end(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Look>) -> Answer {
    match service::end_session(&app, &form.admin.actor, &id).await {
        Ok(()) => done(&form.admin, "/account", "That session has ended.".into(), None).await,
        Err(error) => refused(&form.admin, "/account", error).await,
    }
}

/// `POST /account/sessions/end-others`.
pub async fn end_others(State(app): State<App>, form: AdminForm<needs::Look>) -> Answer {
    let ended = service::end_other_sessions(&app, &form.admin.actor, &form.admin.session_hash).await?;
    let text = match ended {
        0 => "There was no other session.".to_owned(),
        1 => "One other session ended.".to_owned(),
        more => format!("{more} other sessions ended."),
    };
    done(&form.admin, "/account", text, None).await
}
