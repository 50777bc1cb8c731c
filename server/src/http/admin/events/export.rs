//! `/events/export.csv` and `/events/export.jsonl`: what the list shows, whole, as a file.

use super::super::common::Answer;
use super::super::words;
use super::narrow::{Narrow, narrowed};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::Admin;
use crate::service::audit::{self, Asked, Format};
use crate::store::event::EventRow;
use crate::store::names::Names;
use app::page::admin::said;
use app::text::{Language, reason, when};
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use tokio::sync::mpsc;

/// Parts that wait for a slow reader; the log is read no faster than it is taken.
const AHEAD: usize = 2;

/// The table's columns.
const HEADING: [&str; 19] = [
    "number",
    "happened",
    "recorded",
    "who",
    "what",
    "outcome",
    "why",
    "more",
    "visitor",
    "door",
    "action",
    "actor",
    "credential",
    "object",
    "reason",
    "request",
    "event",
    "hash",
    "detail",
];

/// `GET /events/export.csv`.
pub async fn csv(State(app): State<App>, admin: Admin, Query(narrow): Query<Narrow>) -> Answer {
    export(app, admin, narrow, Format::Table(table), ("csv", "text/csv; charset=utf-8")).await
}

/// `GET /events/export.jsonl`.
pub async fn jsonl(State(app): State<App>, admin: Admin, Query(narrow): Query<Narrow>) -> Answer {
    export(app, admin, narrow, Format::Lines, ("jsonl", "application/jsonl; charset=utf-8")).await
}

async fn export(
    app: App,
    admin: Admin,
    narrow: Narrow,
    format: Format,
    (ending, kind): (&'static str, &'static str),
) -> Answer {
    let (id, zone) = (admin.organization.id.clone(), admin.organization.time_zone.clone());
    let told = narrow.told();
    let (in_zone, day) = (zone.clone(), when::input(app.clock.now(), &zone));
    let said = app.db.read(move |c| narrowed(c, &id, &in_zone, &narrow)).await?;
    if let Some(refused) = said.refused {
        return Err(Error::Refused(refused).into());
    }
    let mut filter = said.filter;
    filter.after = None;
    let asked = Asked { filter, format, zone, told };
    let (sender, receiver) = mpsc::channel::<std::result::Result<Bytes, std::io::Error>>(AHEAD);
    let worker = app.clone();
    // Goes on by itself, so that an export that was cut off is recorded too.
    app.tasks.spawn(async move {
        let (app, stop) = (worker, sender.clone());
        let send = |bytes: Vec<u8>| {
            let (sender, stopping) = (sender.clone(), app.stop.clone());
            async move {
                tokio::select! {
                    sent = sender.send(Ok(bytes.into())) => sent.is_ok(),
                    () = stopping.cancelled() => false,
                }
            }
        };
        let done = audit::export(&app, &admin.actor, asked, send).await;
        if app.stop.is_cancelled() || done.is_err() {
            if let Err(cause) = done {
                tracing::warn!(?cause, "an export was cut off");
            }
            // The answer must not look whole.
            let _ = stop.send(Err(std::io::Error::other("the export was cut off"))).await;
        }
    });
    let parts =
        stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|part| (part, receiver)) });
    // Whatever compresses the answer may ask once more after its end.
    let mut response: Response = Body::from_stream(StreamExt::fuse(parts)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let day = day.get(..10).unwrap_or_default();
    let name = format!("attachment; filename=\"events-{day}.{ending}\"");
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// Rows of the table, or its heading when there are none.
fn table(rows: &[EventRow], names: &Names, zone: &str) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let failed = |cause: csv::Error| Error::Unavailable(cause.to_string());
    if rows.is_empty() {
        writer.write_record(HEADING).map_err(failed)?;
    }
    for row in rows {
        let words = words::say(row, names);
        let why = row.reason.as_deref().filter(|code| *code != "allowed").map(reason::admin).unwrap_or_default();
        let moment = |at: i64| when::moment(at, at, zone, Language::En).iso;
        let name = |id: &Option<String>| id.as_deref().and_then(|id| names.of(id)).unwrap_or_default().to_owned();
        let record = [
            row.sequence.to_string(),
            moment(row.occurred_at),
            moment(row.recorded_at),
            words.who,
            words.did,
            said::outcome(words.outcome).to_owned(),
            why.to_owned(),
            words.detail,
            name(&row.link_id),
            name(&row.door_id),
            row.action.clone(),
            row.actor.clone(),
            row.credential.clone().unwrap_or_default(),
            row.object.clone(),
            row.reason.clone().unwrap_or_default(),
            row.request.clone().unwrap_or_default(),
            row.id.clone(),
            row.hash.clone(),
            row.detail.clone(),
        ];
        writer.write_record(record.map(harmless)).map_err(failed)?;
    }
    writer.into_inner().map_err(|cause| Error::Unavailable(cause.to_string()))
}

/// A cell that no spreadsheet takes for a formula (OWASP, CSV injection).
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(bad.into()), format!("'{bad}"));
        }
        assert_eq!(harmless("Ada = Bo".into()), "Ada = Bo");
    }
}
