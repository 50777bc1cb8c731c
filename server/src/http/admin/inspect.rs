//! `/codes/inspect`: any code explained. What is asked is a key as likely as not, so it is posted, never in an address.

use super::common::{Answer, said, show};
use super::links::doors_of_choice;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::{Admin, AdminForm, needs};
use crate::service::code::{self, Inspected, Picture};
use crate::store::door;
use app::page::admin::could_it_open::Check;
use app::page::admin::{Section, inspect as page, said as words};
use app::text::reason;
use app::ui::{Choice, Field};
use axum::extract::State;
use axum::http::StatusCode;
use domain::reason::Reason;
use tokio::sync::Semaphore;

/// The most characters of a code: one of version 40 holds no more.
const LONGEST: usize = domain::qr::LONGEST;

/// Whose turn it is to have a picture read.
static READING: Semaphore = Semaphore::const_new(1);

async fn model(app: &App, admin: &Admin) -> Result<page::Model> {
    let organization = admin.organization.id.clone();
    let doors = app.db.read(move |c| door::all(c, &organization)).await?;
    let none = Choice { value: String::new(), label: "At no door in particular".into() };
    Ok(page::Model { doors: std::iter::once(none).chain(doors_of_choice(&doors)).collect(), ..page::Model::default() })
}

/// `GET /codes/inspect`.
pub async fn form(State(app): State<App>, admin: Admin) -> Answer {
    let model = model(&app, &admin).await?;
    show(&app, &admin, Section::Links, StatusCode::OK, model, page::view).await
}

/// `POST /codes/inspect`.
pub async fn read(State(app): State<App>, form: AdminForm<needs::Look>) -> Answer {
    let (text, door) = (form.typed.text("text"), form.typed.text("door"));
    let mut model = model(&app, &form.admin).await?;
    model.text = Field::new(text.clone());
    model.door = Field::new(door.clone());
    let scanned = match scanned(text, form.typed.file("picture").map(|bytes| bytes.to_vec())).await {
        Ok(scanned) => scanned,
        Err((field, sentence)) => {
            model.fail(field, sentence);
            return show(&app, &form.admin, Section::Links, StatusCode::UNPROCESSABLE_ENTITY, model, page::view).await;
        }
    };
    let at = Some(door.as_str()).filter(|door| !door.is_empty());
    match code::inspect(&app, &form.admin.actor, &scanned, at).await {
        Ok(inspected) => {
            model.found = Some(found(&app, &form.admin, &inspected));
            show(&app, &form.admin, Section::Links, StatusCode::OK, model, page::view).await
        }
        Err(Error::NotFound) => {
            model.fail("door", "This door is not there any more. Choose another.");
            show(&app, &form.admin, Section::Links, StatusCode::UNPROCESSABLE_ENTITY, model, page::view).await
        }
        Err(other) => Err(other.into()),
    }
}

/// What was pasted, else what the picture shows.
async fn scanned(text: String, picture: Option<Vec<u8>>) -> std::result::Result<Vec<u8>, (&'static str, &'static str)> {
    if !text.trim().is_empty() {
        if text.len() > LONGEST {
            return Err(("text", "This is longer than a QR code can be."));
        }
        return Ok(text.into_bytes());
    }
    let Some(picture) = picture else {
        return Err(("text", "Paste what the code says, or choose a picture of it."));
    };
    // One at a time: a picture unpacks to many times its size.
    let turn = READING.acquire().await;
    let found = tokio::task::spawn_blocking(move || code::find(&picture)).await;
    drop(turn);
    match found {
        Ok(Picture::Code(bytes)) => Ok(bytes),
        Ok(Picture::None) => Err((
            "picture",
            "No code was found in this picture. Take it straight on, in good light, and not too close.",
        )),
        Ok(Picture::Unreadable) | Err(_) => {
            Err(("picture", "This picture cannot be read. Save it as PNG or JPEG, smaller than 1 MB, then choose it."))
        }
    }
}

fn found(app: &App, admin: &Admin, inspected: &Inspected) -> page::Found {
    let zone = &admin.organization.time_zone;
    let moment = |at: Option<i64>| at.map_or_else(String::new, |at| said(app, at, zone).exact);
    let says = &inspected.says;
    let named =
        |(number, name): &(u32, Option<String>)| name.clone().unwrap_or_else(|| format!("number {number}, gone"));
    let scopes: Vec<String> = says.scopes.iter().map(named).collect();
    let off_line = match says.flags {
        None => "",
        // A list may not know yet what this server does.
        Some(_) if inspected.everywhere.is_some() && inspected.code.is_some() => {
            "A terminal refuses it as soon as its list says why"
        }
        Some(_) if inspected.everywhere.is_some() => "A terminal refuses it",
        Some(flags) if flags.needs_server => "A terminal refuses it",
        Some(flags) if flags.once_per_terminal => "Each terminal opens for it once",
        Some(_) => "A terminal opens for it",
    };
    let stands = match (inspected.everywhere, &inspected.link) {
        (Some(reason), _) => reason::admin(reason.code()).to_owned(),
        (None, Some(_)) => {
            "Good now; whether it opens depends on the door, and on its hours and the link's.".to_owned()
        }
        (None, None) => String::new(),
    };
    let link = inspected.link.as_ref();
    let code = inspected.code.as_ref();
    page::Found {
        what: inspected.name().to_owned(),
        about: inspected.about(),
        link: link.map(|link| (format!("/links/{}", link.id), link.name.clone())),
        facts: vec![
            ("Now", stands),
            ("Names", scopes.join(", ")),
            ("Good from", moment(says.not_before)),
            ("Good until", moment(says.not_after)),
            ("Signed", moment(says.signed_at)),
            ("Without a network", off_line.to_owned()),
            ("Made", moment(code.map(|code| code.created_at))),
            ("Retired", moment(code.and_then(|code| code.retired_at))),
        ],
        answer: inspected.answer.as_ref().map(answer),
    }
}

fn answer(answer: &code::Answer) -> page::Answer {
    let decision = &answer.decision;
    let check = |check: &domain::decide::Check| Check {
        passed: check.passed,
        text: words::would(check).to_owned(),
        about: Vec::new(),
    };
    page::Answer {
        door: (format!("/doors/{}", answer.door.door.id), answer.door.door.name.clone()),
        open: decision.granted(),
        why: if decision.reason == Reason::Allowed {
            "Everything that is asked holds.".into()
        } else {
            reason::admin(decision.reason.code()).to_owned()
        },
        checks: decision.trace.iter().map(check).collect(),
    }
}
