//! `POST …/unlock`: the tap.

use super::access::{Access, trouble, wants_json};
use super::hours;
use crate::app::App;
use crate::error::Error;
use crate::http::client::ClientAddress;
use crate::http::csrf::FormToken;
use crate::http::failure::Failure;
use crate::http::form::{self, Typed};
use crate::http::page::still;
use crate::service::unlock::{self, Opening, Tapper};
use crate::store::writer::Credential;
use app::page::visit::trouble::Trouble;
use app::page::visit::{Answer, result};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::reason::Reason;

/// `POST /visit/{link}/doors/{door}/unlock`.
pub async fn unlock(
    State(app): State<App>,
    access: Access,
    Path((_, door)): Path<(String, String)>,
    ClientAddress(client): ClientAddress,
    headers: HeaderMap,
    typed: Typed,
) -> Response {
    if !FormToken::check(&app.keys, &access.binding(), typed.get("csrf")) {
        return trouble(&headers, &access, Trouble::StalePage);
    }
    let request = typed.get("request_id");
    if !unlock::is_request_id(request) {
        return trouble(&headers, &access, Trouble::StalePage);
    }
    let Some(at) = access.doors.iter().find(|at| at.door.id == door) else {
        return trouble(&headers, &access, Trouble::Gone);
    };
    let tapper = Tapper {
        credential: Credential::Link { id: access.link.id.clone(), secret_version: access.link.secret_version },
        facts: form::facts(client, &headers),
    };
    let host = access.link.host_name.as_str();
    let host = (!host.is_empty()).then_some(host);
    let answer = match unlock::unlock(&app, tapper, &door, request).await {
        Ok(report) => {
            let left = report.uses_left.and_then(|left| u64::try_from(left).ok());
            let shut = |code| Answer::shut(code, host, left, access.language);
            match report.opening {
                Opening::Open(ms) => Answer::open(u64::try_from(ms).unwrap_or(0), left, access.language),
                Opening::Sent => shut("sent"),
                Opening::Denied(Reason::OutsideSchedule) => {
                    // The opening it waits for is worth a look of its own; without one the plain refusal stands.
                    let closed = hours::closed(&app, &access, app.clock.now()).await.unwrap_or_default();
                    shut(Reason::OutsideSchedule.code()).opens(closed.get(&door).cloned().flatten(), access.language)
                }
                Opening::Denied(reason) => shut(reason.code()),
                Opening::Failed => shut("failed"),
                Opening::TimedOut => shut("timed_out"),
                Opening::Interrupted => shut("interrupted"),
            }
        }
        Err(Error::NotFound) => return trouble(&headers, &access, Trouble::Gone),
        Err(cause) => {
            tracing::error!(?cause, "a tap could not be stored; nothing opened");
            return trouble(&headers, &access, Trouble::Busy);
        }
    };
    if wants_json(&headers) {
        return Json(answer).into_response();
    }
    let model = result::Model {
        link_id: access.link.id.clone(),
        door_id: door,
        door: at.door.name.clone(),
        description: at.door.description.clone(),
        host: access.host(),
        answer,
    };
    let chrome = access.chrome();
    still(StatusCode::OK, || result::view(model, &chrome)).unwrap_or_else(|cause| Failure(cause).into_response())
}
