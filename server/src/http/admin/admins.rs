//! `/admins`: who runs the organization, and who is invited to.

use super::common::{Answer, done, into_form, refused, said, show};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::{Admin, needs};
use crate::http::proof::{Proven, ProvenForm};
use crate::service::invitation::{self as inviting, InviteInput};
use crate::service::people as service;
use crate::store::admin::AdminRow;
use crate::store::invitation::InvitationRow;
use crate::store::{factor, invitation, people, retention, session};
use app::page::admin::{MessageState, Section, admin_invite, admins as admins_page, confirm, person as person_page};
use app::ui::Field;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::role::{Right, Role};
use std::collections::HashMap;

/// `GET /admins`.
pub async fn list(State(app): State<App>, admin: Admin) -> Answer {
    let id = admin.organization.id.clone();
    let owner = admin.actor.role.may(Right::Own);
    let (rows, seen, factors, pending, mails, left) = app
        .db
        .read(move |c| {
            let pending = invitation::pending(c, &id)?;
            let ids: Vec<String> = pending.iter().map(|row| row.id.clone()).collect();
            let mails = invitation::mails(c, &id, &ids)?;
            let left = if owner { retention::admins_who_left(c, &id)? } else { Vec::new() };
            Ok((people::all(c, &id)?, people::last_seen(c, &id)?, factor::holders(c, &id)?, pending, mails, left))
        })
        .await?;
    let zone = &admin.organization.time_zone;
    let row = |row: AdminRow| admins_page::Row {
        you: row.id == admin.row.id,
        role: row.role(),
        second_factor: factors.contains(&row.id),
        seen: seen.get(&row.id).map(|at| said(&app, *at, zone)),
        id: row.id,
        name: row.name,
        email: row.email,
    };
    // Later mails of an invitation come later and take the earlier ones' place.
    let mut mails: HashMap<String, (String, String)> =
        mails.into_iter().map(|(id, state, reply)| (id, (state, reply))).collect();
    let invited = pending.into_iter().map(|row| {
        let mail = mails.remove(&row.id);
        invited(&app, &admin, row, mail)
    });
    let model = admins_page::Model {
        people: rows.into_iter().map(row).collect(),
        invited: invited.collect(),
        left,
        inviting: admin.actor.role.may(Right::People),
        required: admin.organization.second_factor_required,
    };
    show(&app, &admin, Section::Admins, StatusCode::OK, model, admins_page::view).await
}

fn invited(app: &App, admin: &Admin, row: InvitationRow, mail: Option<(String, String)>) -> admins_page::Invited {
    let (state, reply) = mail.unwrap_or_default();
    admins_page::Invited {
        role: row.role(),
        yours: admin.actor.role.may_grant(row.role()),
        until: said(app, row.expires_at, &admin.organization.time_zone),
        over: row.expires_at <= app.clock.now(),
        mail: MessageState::from_code(&state),
        server_reply: reply,
        id: row.id,
        name: row.name,
        email: row.email,
    }
}

/// The roles that somebody may give, the strongest first.
fn grantable(own: Role) -> Vec<Role> {
    Role::ALL.into_iter().filter(|role| own.may_grant(*role)).collect()
}

/// `GET /admins/invite`.
pub async fn invite_form(State(app): State<App>, admin: Proven<needs::People>) -> Answer {
    let model = admin_invite::Model {
        roles: grantable(admin.actor.role),
        role: Field::new(Role::AccessManager.code()),
        ..Default::default()
    };
    show(&app, &admin, Section::Admins, StatusCode::OK, model, admin_invite::view).await
}

/// `POST /admins/invite`.
pub async fn invite(State(app): State<App>, form: ProvenForm<needs::People>) -> Answer {
    let typed = InviteInput {
        name: form.typed.text("name"),
        email: form.typed.text("email"),
        role: form.typed.text("role"),
        mail: true,
    };
    let mut model = admin_invite::Model {
        name: Field::new(&typed.name),
        email: Field::new(&typed.email),
        role: Field::new(&typed.role),
        roles: grantable(form.admin.actor.role),
        form_error: None,
    };
    match inviting::invite(&app, &form.admin.actor, &typed).await {
        Ok(_) => {
            let text = format!("{} is invited. The mail goes to {}.", typed.name.trim(), typed.email.trim());
            done(&form.admin, "/admins", text, None).await
        }
        Err(error) => {
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            show(&app, &form.admin, Section::Admins, StatusCode::UNPROCESSABLE_ENTITY, model, admin_invite::view).await
        }
    }
}

/// `POST /admins/invitations/{id}/resend`.
pub async fn resend(State(app): State<App>, Path(id): Path<String>, form: ProvenForm<needs::People>) -> Answer {
    match inviting::resend(&app, &form.admin.actor, &id).await {
        Ok(email) => {
            let text = format!("Sent again to {email}. The address in the earlier mail no longer works.");
            done(&form.admin, "/admins", text, None).await
        }
        Err(error) => refused(&form.admin, "/admins", error).await,
    }
}

/// `POST /admins/invitations/{id}/withdraw`.
pub async fn withdraw(State(app): State<App>, Path(id): Path<String>, form: ProvenForm<needs::People>) -> Answer {
    match inviting::withdraw(&app, &form.admin.actor, &id).await {
        Ok(name) => done(&form.admin, "/admins", format!("The invitation of {name} is taken back."), None).await,
        Err(error) => refused(&form.admin, "/admins", error).await,
    }
}

/// Whose they are, as [`detail`] says it: nothing where there is nobody to change.
fn why_not(admin: &Admin, row: &AdminRow) -> &'static str {
    if !admin.actor.role.may(Right::People) {
        ""
    } else if row.id == admin.row.id {
        "Nobody changes their own role or removes themselves. Somebody else who may can do it."
    } else if admin.actor.role.may_touch(row.role()) {
        ""
    } else {
        "Only an owner may change or remove an owner."
    }
}

/// `GET /admins/{id}`.
pub async fn detail(State(app): State<App>, admin: Admin, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let (row, seen, factors) = app
        .db
        .read(move |c| {
            let row = people::find(c, &organization, &id)?;
            Ok((row, people::last_seen(c, &organization)?, factor::holders(c, &organization)?))
        })
        .await?;
    let zone = &admin.organization.time_zone;
    let yours = row.id != admin.row.id && admin.actor.role.may_touch(row.role());
    let model = person_page::Model {
        role: row.role(),
        you: row.id == admin.row.id,
        second_factor: factors.contains(&row.id),
        since: said(&app, row.created_at, zone),
        seen: seen.get(&row.id).map(|at| said(&app, *at, zone)),
        roles: if yours { grantable(admin.actor.role) } else { Vec::new() },
        why_not: why_not(&admin, &row).to_owned(),
        id: row.id,
        name: row.name,
        email: row.email,
    };
    show(&app, &admin, Section::Admins, StatusCode::OK, model, person_page::view).await
}

/// `POST /admins/{id}/role`.
pub async fn set_role(State(app): State<App>, Path(id): Path<String>, form: ProvenForm<needs::People>) -> Answer {
    let to = format!("/admins/{id}");
    let Some(role) = Role::from_code(form.typed.get("role")) else {
        must_be_ours(&app, &form.admin, &id).await?;
        return refused(&form.admin, &to, Error::Refused("Please choose a role.".into())).await;
    };
    match service::set_role(&app, &form.admin.actor, &id, role).await {
        Ok((name, withdrawn)) => {
            let also = match withdrawn {
                0 => String::new(),
                1 => " An invitation of theirs beyond it is taken back.".to_owned(),
                more => format!(" {more} invitations of theirs beyond it are taken back."),
            };
            let role = app::page::admin::said::role(role).to_lowercase();
            done(&form.admin, &to, format!("{name} is {role} from now on.{also}"), None).await
        }
        Err(error) => refused(&form.admin, &to, error).await,
    }
}

/// `NotFound` for whoever belongs to others.
async fn must_be_ours(app: &App, admin: &Admin, id: &str) -> Result<()> {
    let (organization, id) = (admin.organization.id.clone(), id.to_owned());
    app.db.read(move |c| people::find(c, &organization, &id)).await.map(|_| ())
}

/// `GET /admins/{id}/remove`.
pub async fn ask_remove(State(app): State<App>, admin: Proven<needs::People>, Path(id): Path<String>) -> Answer {
    let (organization, now, idle) = (admin.organization.id.clone(), app.clock.now(), app.session_idle_ms());
    let (row, sessions, invited) = app
        .db
        .read(move |c| {
            let row = people::find(c, &organization, &id)?;
            let sessions = session::of_admin(c, &row.id, now, idle)?.len();
            let pending = invitation::pending(c, &organization)?;
            let invited = pending.iter().filter(|one| one.invited_by == row.id).count();
            Ok((row, sessions, invited))
        })
        .await?;
    let why = why_not(&admin, &row);
    let refused = (!why.is_empty()).then(|| why.to_owned());
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let model = confirm::Model::remove_admin(&row.id, &row.name, count(sessions), count(invited), refused);
    show(&app, &admin, Section::Admins, StatusCode::OK, model, confirm::view).await
}

/// `POST /admins/{id}/remove`.
pub async fn remove(State(app): State<App>, Path(id): Path<String>, form: ProvenForm<needs::People>) -> Answer {
    match service::remove(&app, &form.admin.actor, &id).await {
        Ok(name) => done(&form.admin, "/admins", format!("{name} is removed and signed out everywhere."), None).await,
        Err(error) => refused(&form.admin, &format!("/admins/{id}"), error).await,
    }
}
