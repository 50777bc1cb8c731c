//! `/settings/looks` and `/settings/logo`.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::admin::common::{Answer, done, into_form, refused, show};
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::http::{failure, logo};
use crate::service::settings;
use crate::store::settings as store;
use app::page::admin::{Section, settings::looks as page};
use app::ui::Field;
use axum::extract::State;
use axum::http::StatusCode;

/// The colour of whoever chose none, with its counterpart on dark paper.
const OURS: (&str, &str) = ("#1f3a5f", "#9dc1f0");

async fn model(app: &App, admin: &Admin) -> Result<page::Model> {
    let organization = &admin.organization;
    let id = organization.id.clone();
    let size = app.db.read(move |c| store::logo_size(c, &id)).await?;
    let shades = settings::colour_of(organization).map(domain::colour::Colour::shades);
    Ok(page::Model {
        version: organization.version,
        organization: organization.name.clone(),
        logo: size.map(|(hash, width, height)| (logo::address(&hash), width, height)),
        colour: Field::new(organization.colour.clone()),
        shades: match shades {
            Some(shades) => (shades.fill.to_string(), shades.words_dark.to_string()),
            None => (OURS.0.to_owned(), OURS.1.to_owned()),
        },
        ..page::Model::default()
    })
}

/// `GET /settings/looks`.
pub async fn form(State(app): State<App>, admin: Holder<needs::Settings>) -> Answer {
    let model = model(&app, &admin).await?;
    show(&app, &admin, Section::Settings, StatusCode::OK, model, page::view).await
}

/// `POST /settings/looks`.
pub async fn save(State(app): State<App>, form: AdminForm<needs::Settings>) -> Answer {
    let typed = form.typed.text("colour");
    match settings::colour(&app, &form.admin.actor, form.typed.version(), &typed).await {
        Ok(()) => done(&form.admin, "/settings/looks", "Saved.".into(), None).await,
        Err(error) => again(&app, &form, Some(typed), error).await,
    }
}

/// `POST /settings/logo`.
pub async fn put_logo(State(app): State<App>, form: AdminForm<needs::Settings>) -> Answer {
    let bytes = form.typed.file("logo").map(|bytes| bytes.to_vec());
    match settings::put_logo(&app, &form.admin.actor, form.typed.version(), bytes).await {
        Ok(()) => done(&form.admin, "/settings/looks", "Visitors see your logo now.".into(), None).await,
        Err(error) => again(&app, &form, None, error).await,
    }
}

/// `POST /settings/logo/remove`.
pub async fn remove_logo(State(app): State<App>, form: AdminForm<needs::Settings>) -> Answer {
    match settings::remove_logo(&app, &form.admin.actor, form.typed.version()).await {
        Ok(()) => done(&form.admin, "/settings/looks", "The logo is removed.".into(), None).await,
        Err(error) => refused(&form.admin, "/settings/looks", error).await,
    }
}

async fn again(app: &App, form: &AdminForm<needs::Settings>, colour: Option<String>, error: Error) -> Answer {
    let status = failure::status(&error);
    let mut model = model(app, &form.admin).await?;
    model.version = form.typed.version();
    if let Some(colour) = colour {
        model.colour = Field::new(colour);
    }
    into_form(error, |field, sentence| model.fail(field, sentence))?;
    show(app, &form.admin, Section::Settings, status, model, page::view).await
}
