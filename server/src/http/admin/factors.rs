//! `/account/second-factor`, and below it the authenticator app and the recovery codes.

use super::common::{Answer, done, into_form, refused, said, show};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::{Admin, Holder, needs};
use crate::http::proof::{Proven, ProvenForm};
use crate::service::factor::{self, NewApp, passkey};
use app::page::admin::{Section, confirm, recovery_codes, second_factor, totp};
use app::ui::Field;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qrcode::{Color, EcLevel, QrCode};

/// The page that all of this hangs on.
pub(super) const HOME: &str = "/account/second-factor";
/// Where a session keeps new recovery codes, sealed, until they are shown.
const NEW_CODES: &str = "new_codes";

/// `GET /account/second-factor`.
pub async fn standing(State(app): State<App>, admin: Holder<needs::Enrol>) -> Answer {
    let standing = factor::standing(&app, &admin.row.id).await?;
    let zone = &admin.organization.time_zone;
    let model = second_factor::Model {
        demanded: admin.must_enrol,
        app_since: standing.app_since.map(|at| said(&app, at, zone)),
        codes_left: standing.codes_left,
        passkeys_work: passkey::available(&app),
        passkeys: standing
            .passkeys
            .into_iter()
            .map(|row| second_factor::Passkey {
                since: said(&app, row.created_at, zone),
                used: row.last_used_at.map(|at| said(&app, at, zone)),
                id: row.id,
                name: row.name,
            })
            .collect(),
    };
    show(&app, &admin, Section::Account, StatusCode::OK, model, second_factor::view).await
}

/// A text as the path of a QR code's dark modules, with the four light modules around it that readers need.
fn picture(text: &str) -> Result<totp::Picture> {
    let code =
        QrCode::with_error_correction_level(text, EcLevel::M).map_err(|cause| Error::Unavailable(cause.to_string()))?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", at % width + 4, at / width + 4));
        }
    }
    Ok(totp::Picture { side: width + 8, path })
}

async fn app_form(app: &App, admin: &Admin, new: NewApp) -> Result<totp::Model> {
    let standing = factor::standing(app, &admin.row.id).await?;
    Ok(totp::Model {
        demanded: admin.must_enrol,
        replaces: standing.app_since.is_some(),
        secret: new.seed.text(),
        picture: picture(&new.seed.address(&admin.organization.name, &admin.row.email))?,
        sealed: new.sealed,
        ..Default::default()
    })
}

/// `GET /account/totp`.
pub async fn new_app(State(app): State<App>, admin: Proven<needs::Enrol>) -> Answer {
    let model = app_form(&app, &admin, factor::new_app(&app, &admin.row.id)).await?;
    show(&app, &admin, Section::Account, StatusCode::OK, model, totp::view).await
}

/// `POST /account/totp`.
pub async fn set_up_app(State(app): State<App>, form: ProvenForm<needs::Enrol>) -> Answer {
    let admin = &form.admin;
    let mut model = match factor::reopen(&app, &admin.row.id, form.typed.get("sealed")) {
        Some(new) => match factor::set_up_app(&app, &admin.actor, &new, form.typed.get("code")).await {
            Ok(codes) => return added(&app, admin, "The app is on.", codes).await,
            Err(error) => {
                let mut model = app_form(&app, admin, new).await?;
                model.code = Field::new(form.typed.get("code"));
                into_form(error, |field, sentence| match field {
                    "code" => model.code.error = Some(sentence),
                    _ => model.form_error = Some(sentence),
                })?;
                model
            }
        },
        None => app_form(&app, admin, factor::new_app(&app, &admin.row.id)).await?,
    };
    if model.code.error.is_none() && model.form_error.is_none() {
        model.form_error = Some("This page was not whole. Here is a new picture: scan that, and type its code.".into());
    }
    show(&app, admin, Section::Account, StatusCode::UNPROCESSABLE_ENTITY, model, totp::view).await
}

/// After a factor was added: to the new recovery codes where there are any, else back.
pub(super) async fn added(app: &App, admin: &Admin, what: &str, codes: Option<Vec<String>>) -> Answer {
    match codes {
        Some(codes) => {
            keep_codes(app, admin, &codes).await?;
            done(admin, "/account/recovery-codes", format!("{what} Now put these recovery codes away."), None).await
        }
        None => done(admin, HOME, what.to_owned(), None).await,
    }
}

/// Puts new codes aside until the next page shows them, sealed: what the database holds tells nobody.
async fn keep_codes(app: &App, admin: &Admin, codes: &[String]) -> Result<()> {
    let sealed = app.keys.seal(&format!("sessions/{}/codes", admin.row.id), codes.join(" ").as_bytes());
    let sealed = URL_SAFE_NO_PAD.encode(sealed);
    admin.session.insert(NEW_CODES, sealed).await.map_err(|cause| Error::Unavailable(cause.to_string()))
}

/// The codes that were put aside; the next time there are none.
async fn take_codes(app: &App, admin: &Admin) -> Result<Vec<String>> {
    let kept: Option<String> =
        admin.session.remove(NEW_CODES).await.map_err(|cause| Error::Unavailable(cause.to_string()))?;
    let opened = kept
        .and_then(|sealed| URL_SAFE_NO_PAD.decode(sealed).ok())
        .and_then(|sealed| app.keys.open(&format!("sessions/{}/codes", admin.row.id), &sealed))
        .and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    Ok(opened.map(|codes| codes.split(' ').map(str::to_owned).collect()).unwrap_or_default())
}

/// `GET /account/recovery-codes`.
pub async fn codes(State(app): State<App>, admin: Proven<needs::Look>) -> Answer {
    let codes = take_codes(&app, &admin).await?;
    let standing = factor::standing(&app, &admin.row.id).await?;
    if !standing.has_any() {
        return Ok(Redirect::to(HOME).into_response());
    }
    let model = recovery_codes::Model { codes, left: standing.codes_left };
    show(&app, &admin, Section::Account, StatusCode::OK, model, recovery_codes::view).await
}

/// `POST /account/recovery-codes`.
pub async fn make_codes(State(app): State<App>, form: ProvenForm<needs::Look>) -> Answer {
    match factor::make_codes(&app, &form.admin.actor).await {
        Ok(codes) => {
            keep_codes(&app, &form.admin, &codes).await?;
            let text = "Ten new codes; the old ones work no more.".to_owned();
            done(&form.admin, "/account/recovery-codes", text, None).await
        }
        Err(error) => refused(&form.admin, HOME, error).await,
    }
}

/// `GET /account/totp/remove`.
pub async fn ask_remove_app(State(app): State<App>, admin: Proven<needs::Look>) -> Answer {
    let standing = factor::standing(&app, &admin.row.id).await?;
    if standing.app_since.is_none() {
        return Err(Error::NotFound.into());
    }
    let model = confirm::Model::remove_app(!standing.passkeys.is_empty());
    show(&app, &admin, Section::Account, StatusCode::OK, model, confirm::view).await
}

/// `POST /account/totp/remove`.
pub async fn remove_app(State(app): State<App>, form: ProvenForm<needs::Look>) -> Answer {
    match factor::remove_app(&app, &form.admin.actor).await {
        Ok(()) => done(&form.admin, HOME, "The app is removed; its codes work no more.".into(), None).await,
        Err(error) => refused(&form.admin, HOME, error).await,
    }
}
