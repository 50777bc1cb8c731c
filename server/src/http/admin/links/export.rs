//! `GET /links/export.csv`: the list as it is narrowed, written while it is read. That it was exported is recorded.

use super::super::common::Answer;
use super::list::Asked;
use crate::app::App;
use crate::http::auth::Admin;
use crate::service::link::export as service;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use futures_util::StreamExt;
use futures_util::stream::try_unfold;

/// `GET /links/export.csv`.
pub async fn export(State(app): State<App>, admin: Admin, Query(asked): Query<Asked>) -> Answer {
    service::note_export(&app, &admin.actor).await?;
    let (actor, now) = (admin.actor, app.clock.now());
    let lines = try_unfold((Some(asked.filter().into()), true), move |(from, first)| {
        let (app, actor) = (app.clone(), actor.clone());
        async move {
            let Some(from) = from else {
                return Ok(None);
            };
            let (links, next) = service::export(&app, &actor, from).await?;
            Ok::<_, crate::error::Error>(Some((service::csv(&links, now, first)?, (next, false))))
        }
    });
    let kind = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"links.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    // Whatever compresses the answer may ask once more after its end.
    Ok((kind, Body::from_stream(lines.fuse())).into_response())
}
