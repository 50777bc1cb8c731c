//! `/setup/{secret}`: once.

use super::common::{Answer, into_form};
use crate::app::App;
use crate::error::Error;
use crate::http::client::ClientAddress;
use crate::http::csrf::FormToken;
use crate::http::form::Typed;
use crate::http::{assets, page::page, signing};
use crate::service::setup::{self, SetupInput};
use app::page::admin::setup::{self as setup_page, Model};
use app::ui::Field;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use tower_sessions::Session;

fn binding(secret: &str) -> String {
    format!("setup:{secret}")
}

async fn must_be_good(app: &App, secret: &str) -> crate::error::Result<()> {
    if setup::is_good(app, secret).await? { Ok(()) } else { Err(Error::NotFound) }
}

/// `GET /setup/{secret}`.
pub async fn form(State(app): State<App>, Path(secret): Path<String>) -> Answer {
    must_be_good(&app, &secret).await?;
    let zone = jiff::tz::TimeZone::system()
        .iana_name()
        .filter(|zone| app::text::when::is_zone(zone))
        .unwrap_or("Europe/Berlin")
        .to_owned();
    let model = Model {
        form_token: FormToken::make(&app.keys, &binding(&secret)),
        secret,
        time_zone: Field::new(zone),
        ..Default::default()
    };
    Ok(page(StatusCode::OK, move || setup_page::view(model, &assets::manifest())).await?)
}

/// `POST /setup/{secret}`.
pub async fn set_up(
    State(app): State<App>,
    session: Session,
    Path(secret): Path<String>,
    ClientAddress(client): ClientAddress,
    headers: HeaderMap,
    typed: Typed,
) -> Answer {
    must_be_good(&app, &secret).await?;
    if !FormToken::check(&app.keys, &binding(&secret), typed.get("csrf")) {
        let other = "This page was not made by this server. Open the set-up address again.";
        return Err(Error::OldPage(other.into()).into());
    }
    let input = SetupInput {
        organization: typed.text("organization"),
        time_zone: typed.text("time_zone"),
        name: typed.text("name"),
        email: typed.text("email"),
        password: typed.text("password"),
    };
    let mut model = Model {
        form_token: FormToken::make(&app.keys, &binding(&secret)),
        secret: secret.clone(),
        organization: Field::new(&input.organization),
        time_zone: Field::new(&input.time_zone),
        name: Field::new(&input.name),
        email: Field::new(&input.email),
        ..Default::default()
    };
    if input.password == typed.get("password_again") {
        match setup::set_up(&app, &input, Some(&secret)).await {
            Ok(made) => {
                let cookie = signing::begin(&app, &session, &made.admin, client, &headers).await?;
                return Ok((cookie, Redirect::to("/")).into_response());
            }
            Err(error) => into_form(error, |field, sentence| model.fail(field, sentence))?,
        }
    } else {
        if let Err(error) = setup::check(&input) {
            into_form(error, |field, sentence| model.fail(field, sentence))?;
        }
        model.fail("password_again", "These two differ. Type the password twice alike.");
    }
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, move || setup_page::view(model, &assets::manifest())).await?)
}
