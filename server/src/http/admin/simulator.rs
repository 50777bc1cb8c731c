//! `/simulator`.

use super::common::{Answer, done, refused, show};
use crate::app::App;
use crate::driver::simulator::{KIND, Mode};
use crate::error::Error;
use crate::http::auth::{Admin, AdminForm, needs};
use crate::service::door;
use crate::store::door as store;
use app::island::SimulatedDoor;
use app::page::admin::{Section, simulator};
use axum::extract::{Path, State};
use axum::http::StatusCode;

/// `GET /simulator`.
pub async fn doors(State(app): State<App>, admin: Admin) -> Answer {
    let id = admin.organization.id.clone();
    let doors = app.db.read(move |c| store::all(c, &id)).await?;
    let shown = doors
        .into_iter()
        .filter(|at| at.door.driver == KIND)
        .map(|at| SimulatedDoor {
            open: app.drivers.simulator.open_for(&at.door.id).is_some(),
            mode: Mode::of(&at.door).code().to_owned(),
            id: at.door.id,
            name: at.door.name,
            place: at.place.name,
        })
        .collect();
    let model = simulator::Model { doors: shown, stream: "/simulator/stream".into() };
    show(&app, &admin, Section::Simulator, StatusCode::OK, model, simulator::view).await
}

/// `POST /simulator/{id}/mode`.
pub async fn set_mode(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    let set = match Mode::from_code(form.typed.get("mode")) {
        Some(mode) => door::simulate(&app, &form.admin.actor, &id, mode).await.map(|name| (name, mode)),
        None => Err(Error::Refused("Choose one of the modes on the page.".into())),
    };
    match set {
        Ok((name, mode)) => done(&form.admin, "/simulator", format!("{name} is set to {}.", mode.code()), None).await,
        Err(error) => refused(&form.admin, "/simulator", error).await,
    }
}
