//! `POST scan`.

use super::caller::Caller;
use super::heartbeat::Relay;
use crate::app::App;
use crate::error::Error;
use crate::http::api::Problem;
use crate::http::api::body::Sent;
use crate::service::terminal::scan;
use crate::service::unlock::{Opening, is_request_id};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use domain::Millis;
use serde::{Deserialize, Serialize};

/// The longest code that a picture holds is 2,953 bytes.
const LONGEST: usize = 3_000;
/// Base64 with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Somebody shows a code.
#[derive(Debug, Deserialize)]
pub struct Ask {
    scan: String,
    sequence: i64,
    code: String,
    at: Millis,
    #[serde(default)]
    relay: Relay,
}

/// What the terminal does.
#[derive(Debug, Serialize)]
pub struct Answer {
    decision: &'static str,
    reason: &'static str,
    event: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    unlock_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opening: Option<&'static str>,
}

/// What became of an opening by the server, a stable word.
fn became(opening: Opening) -> &'static str {
    match opening {
        Opening::Open(_) => "open",
        Opening::Sent => "sent",
        Opening::Denied(_) | Opening::Failed => "failed",
        Opening::TimedOut => "timed_out",
        Opening::Interrupted => "interrupted",
    }
}

/// `POST /api/terminal/v1/scan`.
pub async fn scan(State(app): State<App>, caller: Caller, Sent(ask): Sent<Ask>) -> Result<Json<Answer>, Problem> {
    if !is_request_id(&ask.scan) {
        return Err(Problem::invalid("scan is 16 to 64 letters, digits or dashes."));
    }
    if ask.sequence < 1 {
        return Err(Problem::invalid("sequence counts from 1."));
    }
    let code = BASE64.decode(&ask.code).map_err(|_| Problem::invalid("code is what was read, in base64."))?;
    if code.len() > LONGEST {
        return Err(Problem::invalid("No code is as long as this."));
    }
    let asked = scan::Scan { scan: ask.scan, sequence: ask.sequence, code, at: ask.at };
    let told = match ask.relay {
        Relay::Own => scan::scan(&app, &caller, asked).await.map(|scanned| (scanned, None)),
        Relay::None => scan::scan_and_open(&app, &caller, asked)
            .await
            .map(|(scanned, opening)| (scanned, Some(opening.map_or("opening", became)))),
    };
    let (scanned, opening) = told.map_err(|error| match error {
        Error::Refused(sentence) => Problem::new(StatusCode::CONFLICT, "number_taken", sentence),
        other => other.into(),
    })?;
    let granted = scanned.decision.granted();
    Ok(Json(Answer {
        decision: if granted { "grant" } else { "deny" },
        reason: scanned.decision.reason.code(),
        event: scanned.event,
        unlock_ms: granted.then_some(scanned.unlock_ms),
        left_ms: granted.then_some(scanned.left_ms),
        opening: opening.filter(|_| granted),
    }))
}
