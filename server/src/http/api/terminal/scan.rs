//! `POST scan`.

use super::caller::Caller;
use crate::app::App;
use crate::error::Error;
use crate::http::api::Problem;
use crate::http::api::body::Sent;
use crate::service::terminal::scan;
use crate::service::unlock::{Opening, is_request_id};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use terminal::wire::{Progress, Relay, ScanAnswer, ScanRequest, Verdict};

/// The longest code that a picture holds is 2,953 bytes.
const LONGEST: usize = 3_000;

/// What became of an opening by the server.
fn became(opening: Opening) -> Progress {
    match opening {
        Opening::Open(_) => Progress::Open,
        Opening::Sent => Progress::Sent,
        Opening::Denied(_) | Opening::Failed => Progress::Failed,
        Opening::TimedOut => Progress::TimedOut,
        Opening::Interrupted => Progress::Interrupted,
    }
}

/// `POST /api/terminal/v1/scan`.
pub async fn scan(
    State(app): State<App>,
    caller: Caller,
    Sent(ask): Sent<ScanRequest>,
) -> Result<Json<ScanAnswer>, Problem> {
    if !is_request_id(&ask.scan) {
        return Err(Problem::invalid("scan is 16 to 64 letters, digits or dashes."));
    }
    if ask.sequence < 1 {
        return Err(Problem::invalid("sequence counts from 1."));
    }
    let code = ask.bytes().ok_or_else(|| Problem::invalid("code is what was read, in base64."))?;
    if code.len() > LONGEST {
        return Err(Problem::invalid("No code is as long as this."));
    }
    let asked = scan::Scan { scan: ask.scan, sequence: ask.sequence, code, at: ask.at };
    let told = match ask.relay {
        Relay::Own => scan::scan(&app, &caller, asked).await.map(|scanned| (scanned, None)),
        Relay::None => scan::scan_and_open(&app, &caller, asked)
            .await
            .map(|(scanned, opening)| (scanned, Some(opening.map_or(Progress::Opening, became)))),
    };
    let (scanned, opening) = told.map_err(|error| match error {
        Error::Refused(sentence) => Problem::new(StatusCode::CONFLICT, "number_taken", sentence),
        other => other.into(),
    })?;
    let granted = scanned.decision.granted();
    Ok(Json(ScanAnswer {
        decision: if granted { Verdict::Grant } else { Verdict::Deny },
        reason: scanned.decision.reason.code().to_owned(),
        event: scanned.event,
        unlock_ms: granted.then_some(scanned.unlock_ms),
        left_ms: granted.then_some(scanned.left_ms),
        opening: opening.filter(|_| granted),
    }))
}
