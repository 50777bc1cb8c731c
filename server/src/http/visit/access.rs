//! Who holds this link: the guard of every visitor's route below `/visit`.

use super::cookie;
use crate::app::App;
use crate::error::Error;
use crate::http::csrf::FormToken;
use crate::http::{assets, logo, page::still};
use crate::service::settings;
use crate::store::code::Settings;
use crate::store::door::DoorAtPlace;
use crate::store::link::{self, LinkRow, Opens, Visit};
use crate::store::organization::OrganizationRow;
use crate::store::settings::LogoSize;
use app::page::visit::trouble::{self as trouble_page, Trouble};
use app::page::visit::{Brand, Chrome, Host};
use app::text::Language;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// A link as the browser that asks holds it, in the version it knows. Made by its extractor alone.
pub struct Access {
    /// The link.
    pub link: LinkRow,
    /// Whose it is.
    pub organization: OrganizationRow,
    /// What it opens.
    pub doors: Vec<DoorAtPlace>,
    /// How it opens.
    pub code: Settings,
    /// Whether any hours bind it there.
    pub has_hours: bool,
    /// What to speak.
    pub language: Language,
    /// The organization's logo, where it has one.
    pub logo: Option<LogoSize>,
}

impl Access {
    /// The frame of a page.
    #[must_use]
    pub fn chrome(&self) -> Chrome {
        Chrome {
            assets: assets::manifest(),
            language: self.language,
            organization: Some(self.organization.name.clone()),
            brand: Brand {
                logo: self.logo.clone().map(|(hash, width, height)| (logo::address(&hash), width, height)),
                shades: settings::colour_of(&self.organization).map(domain::colour::Colour::shades),
            },
        }
    }

    /// Whom to ask.
    #[must_use]
    pub fn host(&self) -> Option<Host> {
        let host = Host { name: self.link.host_name.clone(), contact: self.link.host_contact.clone() };
        (!host.name.is_empty() || !host.contact.is_empty()).then_some(host)
    }

    /// What this visitor's forms are bound to.
    #[must_use]
    pub fn binding(&self) -> String {
        format!("visit:{}:{}", self.link.id, self.link.secret_version)
    }

    /// A token for this visitor's forms.
    #[must_use]
    pub fn form_token(&self, app: &App) -> String {
        FormToken::make(&app.keys, &self.binding())
    }

    /// The zone to say times in: of the first door's place.
    #[must_use]
    pub fn zone(&self) -> &str {
        self.doors.first().map_or(&self.organization.time_zone, |at| &at.place.time_zone)
    }
}

impl FromRequestParts<App> for Access {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        // An address that is no text names no link, as any other that names none.
        let params = RawPathParams::from_request_parts(parts, app).await.ok();
        let id = params.as_ref().and_then(|params| params.iter().find(|(name, _)| *name == "link"));
        let id = id.map(|(_, id)| id.to_owned()).unwrap_or_default();
        let held = cookie::held(app, &parts.headers);
        if held.is_empty() {
            return Err(stranger(&parts.uri, &parts.headers, Trouble::NoCookie));
        }
        let Some((id, version)) = held.into_iter().find(|(held, _)| *held == id) else {
            return Err(nowhere(&parts.uri, &parts.headers));
        };
        let found = app.db.read(move |c| link::visit(c, &id, version)).await;
        match found {
            Ok(Visit { link, organization, logo, opens: Opens { doors, has_hours }, code }) => {
                let language = language(&parts.uri, &parts.headers, &link.language);
                Ok(Self { link, organization, doors, code, has_hours, language, logo })
            }
            Err(Error::NotFound) => Err(nowhere(&parts.uri, &parts.headers)),
            Err(cause) => {
                tracing::error!(?cause, "a visitor's link could not be read");
                Err(stranger(&parts.uri, &parts.headers, Trouble::Busy))
            }
        }
    }
}

/// What was chosen on the page, else the link's language, else the browser's.
fn language(uri: &Uri, headers: &HeaderMap, of_link: &str) -> Language {
    let query = uri.query().unwrap_or_default();
    let asked =
        url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "lang").map(|(_, code)| code.into_owned());
    let chosen = asked.or_else(|| cookie::jar(headers).get(LANGUAGE).map(|cookie| cookie.value().to_owned()));
    let link = chosen
        .filter(|code| Language::parse(code).is_some())
        .or_else(|| Some(of_link.to_owned()).filter(|code| !code.is_empty()));
    Language::choose(link.as_deref(), accepted(headers))
}

/// The cookie that remembers a language chosen on the page.
pub(super) const LANGUAGE: &str = "latchkey-language";

/// What the browser would rather read.
pub(super) fn accepted(headers: &HeaderMap) -> &str {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether the visitor's script asks.
pub(super) fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"))
}

/// A page for what went wrong with a link that is known, with the way back to its doors; for the visitor's script the
/// same in JSON.
pub(super) fn trouble(headers: &HeaderMap, access: &Access, trouble: Trouble) -> Response {
    let model = trouble_page::Model {
        trouble,
        host: access.host(),
        doors: Some(format!("/visit/{}", access.link.id)),
        again: None,
    };
    answer(headers, model, &access.chrome())
}

/// The same where no link is known: in the language chosen on the page, else the browser's.
pub(super) fn stranger(uri: &Uri, headers: &HeaderMap, trouble: Trouble) -> Response {
    let language = language(uri, headers, "");
    let chrome = Chrome { assets: assets::manifest(), language, organization: None, brand: Brand::default() };
    let again = matches!(trouble, Trouble::Busy | Trouble::StalePage).then(|| page_of(uri.path()).to_owned());
    answer(headers, trouble_page::Model { trouble, host: None, doors: None, again }, &chrome)
}

/// The page to come back to: what takes a form has none of its own.
fn page_of(path: &str) -> &str {
    match path.split_once("/doors/") {
        Some((page, rest)) if rest.ends_with("/unlock") => page,
        _ => path,
    }
}

fn answer(headers: &HeaderMap, model: trouble_page::Model, chrome: &Chrome) -> Response {
    let status = StatusCode::from_u16(model.trouble.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    if wants_json(headers) {
        use app::page::visit::Answer;
        let busy = model.trouble == Trouble::Busy;
        let answer = if busy { Answer::busy(chrome.language) } else { Answer::stale(chrome.language) };
        return (status, axum::Json(answer)).into_response();
    }
    match still(status, || trouble_page::view(model, chrome)) {
        Ok(response) => response,
        Err(cause) => crate::http::failure::Failure(cause).into_response(),
    }
}

/// Whether an address is one that visitors are sent to, or a broken piece of one.
#[must_use]
pub fn is_visitors(path: &str) -> bool {
    ["/l", "/visit"]
        .into_iter()
        .filter_map(|start| path.strip_prefix(start))
        .any(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The page of an address that leads nowhere, the same whatever was wrong with it.
#[must_use]
pub fn nowhere(uri: &Uri, headers: &HeaderMap) -> Response {
    stranger(uri, headers, Trouble::Gone)
}

/// The page of an error at a visitor's address that nobody there had words for: who stands before a door knows no
/// dashboard to go to.
#[must_use]
pub fn failed(uri: &Uri, headers: &HeaderMap, status: StatusCode) -> Response {
    let trouble = match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Trouble::Gone,
        StatusCode::TOO_MANY_REQUESTS => Trouble::TooMany,
        StatusCode::SERVICE_UNAVAILABLE => Trouble::Busy,
        _ => Trouble::StalePage,
    };
    let mut response = stranger(uri, headers, trouble);
    *response.status_mut() = status;
    response
}
