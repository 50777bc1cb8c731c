//! `/sign-in` and `/sign-out`.

use super::common::Answer;
use crate::app::App;
use crate::error::Error;
use crate::http::auth::{AdminForm, needs};
use crate::http::client::{self, ClientAddress};
use crate::http::csrf::FormToken;
use crate::http::form::{self, Typed, on_this_server};
use crate::http::visit::cookie::jar;
use crate::http::{assets, page::page, signing};
use crate::secret::PlainSecret;
use crate::service::account::{self, Visitor};
use app::page::admin::sign_in::{self as sign_in_page, Model};
use app::ui::Field;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tower_sessions::Session;

/// What the address may carry.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
    #[serde(default)]
    out: String,
}

/// Binds the sign-in form to the browser that asked for it, before there is a session.
fn form_cookie(https: bool) -> &'static str {
    if https { "__Host-latchkey-form" } else { "latchkey-form" }
}

/// `GET /sign-in`.
pub async fn form(
    State(app): State<App>,
    session: Session,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Answer {
    let signed_in: Option<String> = session.get(crate::http::session_store::ADMIN).await.ok().flatten();
    if signed_in.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    let notice = (wanted.out == "1").then(|| "You are signed out.".to_owned());
    let model = Model { next: on_this_server(&wanted.next).to_owned(), notice, ..Default::default() };
    show(&app, &headers, StatusCode::OK, model).await
}

async fn show(app: &App, headers: &HeaderMap, status: StatusCode, model: Model) -> Answer {
    let name = form_cookie(app.is_https());
    let known = jar(headers).get(name).map(|cookie| cookie.value().to_owned()).filter(|value| value.len() >= 27);
    let value = known.clone().unwrap_or_else(|| PlainSecret::new().expose().to_owned());
    let model = Model { form_token: FormToken::make(&app.keys, &format!("form:{value}")), ..model };
    let mut response = page(status, move || sign_in_page::view(model, &assets::manifest())).await?;
    if known.is_none() {
        let secure = if app.is_https() { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

/// `POST /sign-in`.
pub async fn sign_in(
    State(app): State<App>,
    session: Session,
    ClientAddress(client): ClientAddress,
    headers: HeaderMap,
    typed: Typed,
) -> Answer {
    let bound =
        jar(&headers).get(form_cookie(app.is_https())).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let email = typed.text("email");
    let model =
        Model { email: Field::new(&email), next: on_this_server(typed.get("next")).to_owned(), ..Default::default() };
    if bound.is_empty() || !FormToken::check(&app.keys, &format!("form:{bound}"), typed.get("csrf")) {
        let again = "This page was open for too long, or your browser keeps no cookies. Please try again.";
        return show(&app, &headers, StatusCode::FORBIDDEN, Model { form_error: Some(again.into()), ..model }).await;
    }
    let visitor = Visitor {
        client: client::subscriber(client),
        prefix: client::ip_prefix(client),
        user_agent: form::user_agent(&headers),
        device: signing::device(&app, &headers),
    };
    match account::sign_in(&app, &email, typed.get("password"), &visitor).await {
        Ok(known) if known.half => {
            signing::begin_half(&app, &session, &known.row, &model.next).await?;
            Ok(Redirect::to("/sign-in/second-factor").into_response())
        }
        Ok(known) => {
            let cookie = signing::begin(&app, &session, &known.row.id, client, &headers).await?;
            let to = if model.next.is_empty() { "/" } else { &model.next };
            Ok((cookie, Redirect::to(to)).into_response())
        }
        Err(Error::Refused(_)) => {
            show(
                &app,
                &headers,
                StatusCode::UNPROCESSABLE_ENTITY,
                Model { form_error: Some(sign_in_page::WRONG.into()), ..model },
            )
            .await
        }
        Err(Error::TooMany(seconds)) => {
            let model = Model { form_error: Some(sign_in_page::throttled(seconds)), ..model };
            let mut response: Response = show(&app, &headers, StatusCode::TOO_MANY_REQUESTS, model).await?;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            Ok(response)
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /sign-out`.
pub async fn sign_out(State(app): State<App>, form: AdminForm<needs::Enrol>) -> Answer {
    account::signed_out(&app, &form.admin.actor).await?;
    form.admin.session.flush().await.map_err(|cause| Error::Unavailable(cause.to_string()))?;
    Ok(Redirect::to("/sign-in?out=1").into_response())
}
