//! What is done to a link from its page: each deed says what it did and offers the way back where there is one.

use super::super::common::{Answer, done, into_form, refused, show};
use super::model;
use crate::app::App;
use crate::http::admin::week;
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::service::link;
use crate::store::link as store;
use app::page::admin::{Section, WayBack, confirm, link as link_page, problem};
use app::ui::Field;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode};
use domain::channel::Channel;

/// `POST /links/{id}/pause`.
pub async fn pause(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Links>) -> Answer {
    let to = format!("/links/{id}");
    match link::pause(&app, &form.admin.actor, &id).await {
        Ok(name) => {
            done(
                &form.admin,
                &to,
                format!("The link of {name} is paused. It opens nothing until you resume it."),
                Some((format!("{to}/resume"), "Resume it")),
            )
            .await
        }
        Err(error) => refused(&form.admin, &to, error).await,
    }
}

/// `POST /links/{id}/resume`.
pub async fn resume(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Links>) -> Answer {
    let to = format!("/links/{id}");
    match link::resume(&app, &form.admin.actor, &id).await {
        Ok(name) => {
            done(
                &form.admin,
                &to,
                format!("The link of {name} works again."),
                Some((format!("{to}/pause"), "Pause it")),
            )
            .await
        }
        Err(error) => refused(&form.admin, &to, error).await,
    }
}

/// `GET /links/{id}/revoke`.
pub async fn ask_revoke(State(app): State<App>, admin: Holder<needs::Links>, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let (link, names) = app
        .db
        .read(move |c| {
            let link = store::find(c, &organization, &id)?;
            let names = store::door_names(c, std::slice::from_ref(&id))?.remove(&id).unwrap_or_default();
            Ok((link, names))
        })
        .await?;
    let model = confirm::Model::revoke_link(&link.id, &link.name, &names, link.version);
    show(&app, &admin, Section::Links, StatusCode::OK, model, confirm::view).await
}

/// `POST /links/{id}/revoke`.
pub async fn revoke(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Links>) -> Answer {
    let to = format!("/links/{id}");
    match link::revoke(&app, &form.admin.actor, &id).await {
        Ok(name) => done(&form.admin, &to, format!("The link of {name} is revoked."), None).await,
        Err(error) => refused(&form.admin, &to, error).await,
    }
}

/// `POST /links/{id}/rotate`.
pub async fn rotate(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Links>) -> Answer {
    let to = format!("/links/{id}");
    // None, which fits no address, when it is missing.
    let shown = form.typed.get("secret_version").parse().unwrap_or(-1);
    match link::rotate_shown(&app, &form.admin.actor, &id, shown).await {
        Ok(name) => {
            done(
                &form.admin,
                &to,
                format!("The link of {name} has a new address. The old one opens nothing any more."),
                None,
            )
            .await
        }
        Err(error) => refused(&form.admin, &to, error).await,
    }
}

/// What whoever saved a picture must be helped with.
pub(super) fn voided(changed: &link::Changed) -> &'static str {
    if changed.void_picture {
        " Pictures of its QR code from before open nothing any more: send it again, or let the visitor open the link's page."
    } else {
        ""
    }
}

/// `POST /links/{id}/extend`.
pub async fn extend(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Links>) -> Answer {
    let (typed, zone) = (form.typed.text("valid_until"), form.typed.text("zone"));
    match link::extend(&app, &form.admin.actor, &id, &typed, &zone).await {
        Ok(changed) => {
            let text = format!("The link of {} has a new end.{}", changed.name, voided(&changed));
            done(&form.admin, &format!("/links/{id}"), text, None).await
        }
        Err(error) => {
            let mut model = model(&app, &form.admin, &id, None, &week::Asked::default()).await?;
            model.extend_until = Field::new(typed);
            into_form(error, |_, sentence| model.extend_until.error = Some(sentence))?;
            show(&app, &form.admin, Section::Links, StatusCode::UNPROCESSABLE_ENTITY, model, link_page::view).await
        }
    }
}

/// `POST /links/{id}/send`.
pub async fn send(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Links>) -> Answer {
    let to = format!("/links/{id}");
    let channel = Channel::from_code(form.typed.get("channel")).unwrap_or_default();
    match link::send(&app, &form.admin.actor, &id, channel).await {
        Ok(recipient) => {
            app.outbox.notify_one();
            let taker = if channel == Channel::Email { "mail server" } else { "text message service" };
            let text = format!("The link goes to {recipient}. Below you see when the {taker} took it.");
            done(&form.admin, &to, text, None).await
        }
        Err(error) => refused(&form.admin, &to, error).await,
    }
}

/// `POST /links/{id}/whatsapp`.
pub async fn whatsapp(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Links>) -> Answer {
    match link::whatsapp(&app, &form.admin.actor, &id).await {
        Ok(address) => hand_over(&app, &form.admin, &address).await,
        Err(error) => refused(&form.admin, &format!("/links/{id}"), error).await,
    }
}

/// Leads to WhatsApp by a page of its own: the policy of pages lets no form end at another site, not even by a
/// redirect, and this keeps it so.
async fn hand_over(app: &App, admin: &Admin, address: &str) -> Answer {
    let model = problem::Model {
        status: StatusCode::OK.as_u16(),
        title: "Opening WhatsApp".into(),
        sentence: "The message is ready there; you choose whom to send it to. Come back with your browser's arrow."
            .into(),
        way: WayBack::new(address, "Open WhatsApp"),
    };
    let mut response = show(app, admin, Section::Links, StatusCode::OK, model, problem::view_inside).await?;
    if let Ok(refresh) = HeaderValue::try_from(format!("0;url={address}")) {
        response.headers_mut().insert("refresh", refresh);
    }
    Ok(response)
}
