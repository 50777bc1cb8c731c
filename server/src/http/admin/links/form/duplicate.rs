//! `GET /links/{id}/duplicate`: the form for a new link, filled with another one's; nothing is made yet.

use super::{House, input_of, model, read, zone};
use crate::app::App;
use crate::http::admin::common::{Answer, show};
use crate::http::auth::{Holder, needs};
use crate::service::link::{self, LinkInput};
use app::page::admin::{Section, link_form as page};
use app::text::when;
use axum::extract::{Path, State};
use axum::http::StatusCode;

/// `GET /links/{id}/duplicate`.
pub async fn duplicate(State(app): State<App>, admin: Holder<needs::Links>, Path(id): Path<String>) -> Answer {
    let house = House::load(&app, &admin).await?;
    let organization = admin.organization.id.clone();
    let (link, opens) = read(&app, organization, id).await?;
    let zone = zone(&admin, &house.doors);
    let (from, until) = link::from_today(link.valid_from, link.valid_until, app.clock.now(), &zone);
    let input = LinkInput {
        valid_from: when::input(from, &zone),
        valid_until: until.map_or_else(String::new, |until| when::input(until, &zone)),
        // The booking of another visit has another number.
        external_id: String::new(),
        ..input_of(&link, opens, &zone)
    };
    let model = page::Model { copy_of: Some(link.name), ..model(&admin, input, None, 0, &house) };
    show(&app, &admin, Section::Links, StatusCode::OK, model, page::view).await
}
