//! Erasing a person: first what goes and what stays, then the deed.

use super::common::{Answer, done, refused, show};
use crate::app::App;
use crate::http::auth::{Holder, needs};
use crate::http::proof::ProvenForm;
use crate::service::erase;
use crate::store::retention;
use app::page::admin::{Section, confirm};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::link::State as LinkState;

/// `GET /links/{id}/erase`.
pub async fn ask_link(State(app): State<App>, admin: Holder<needs::Own>, Path(id): Path<String>) -> Answer {
    let link = match erase::look(&app, &admin.actor, &id).await {
        Ok(link) => link,
        Err(error) => return refused(&admin, &format!("/links/{id}"), error).await,
    };
    let alive = !matches!(link.state(app.clock.now()), LinkState::Revoked | LinkState::Expired);
    let model = confirm::Model::erase_link(&link.id, &link.name, alive, link.version);
    show(&app, &admin, Section::Links, StatusCode::OK, model, confirm::view).await
}

/// `POST /links/{id}/erase`.
pub async fn link(State(app): State<App>, Path(id): Path<String>, form: ProvenForm<needs::Own>) -> Answer {
    let to = format!("/links/{id}");
    match erase::link(&app, &form.admin.actor, &id).await {
        Ok(()) => {
            let said = "The person is erased. What happened stays in the event log, without a name.";
            done(&form.admin, &to, said.into(), None).await
        }
        Err(error) => refused(&form.admin, &to, error).await,
    }
}

/// `GET /admins/{id}/erase`.
pub async fn ask_admin(State(app): State<App>, admin: Holder<needs::Own>, Path(id): Path<String>) -> Answer {
    let (owner, wanted) = (admin.organization.id.clone(), id.clone());
    let (name, removed, _) = app.db.read(move |c| retention::admin(c, &owner, &wanted)).await?;
    let refused = (!removed).then(|| retention::STILL_IN.to_owned());
    let model = confirm::Model::erase_admin(&id, &name, refused);
    show(&app, &admin, Section::Admins, StatusCode::OK, model, confirm::view).await
}

/// `POST /admins/{id}/erase`.
pub async fn admin(State(app): State<App>, Path(id): Path<String>, form: ProvenForm<needs::Own>) -> Answer {
    match erase::admin(&app, &form.admin.actor, &id).await {
        Ok(()) => {
            let said = "The person is erased. What they did stays in the event log, without a name.";
            done(&form.admin, "/admins", said.into(), None).await
        }
        Err(error) => refused(&form.admin, "/admins", error).await,
    }
}
