//! `/links/import`: links from a file, looked at first.

use super::super::common::{Answer, done, into_form, said, show};
use crate::app::App;
use crate::error::Error;
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::service::link::import::{self, Column, Fate, Judged};
use app::page::admin::{Section, import as page};
use app::ui;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

fn first_page(error: Option<String>) -> page::Model {
    page::Model { columns: Column::ALL.iter().map(|column| column.code().to_owned()).collect(), error }
}

/// `GET /links/import`.
pub async fn ask(State(app): State<App>, admin: Holder<needs::Links>) -> Answer {
    show(&app, &admin, Section::Links, StatusCode::OK, first_page(None), page::view).await
}

/// `GET /links/import/template.csv`.
pub async fn template(_: Holder<needs::Links>) -> impl IntoResponse {
    let heads: Vec<&str> = Column::ALL.iter().map(|column| column.code()).collect();
    let example = "Ada Keller,ada@keller.example,+49 30 555 0117,Keller Architekten,Jonas Weber,jonas@example.com,\
                   Needs the lift,BK-2041,en,Front door|Studio 3,,2026-12-24 09:00,2026-12-24 18:00,4,";
    let kind = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"links-template.csv\""),
    ];
    (kind, format!("\u{feff}{}\r\n{example}\r\n", heads.join(",")))
}

/// `POST /links/import`: what the file would make.
pub async fn look(State(app): State<App>, form: AdminForm<needs::Links>) -> Answer {
    let admin = &form.admin;
    let Some(bytes) = form.typed.file("file") else {
        let model = first_page(Some("Choose a file that is not empty.".into()));
        return show(&app, admin, Section::Links, StatusCode::UNPROCESSABLE_ENTITY, model, page::view).await;
    };
    match import::preview(&app, &admin.actor, &bytes).await {
        Ok(preview) => {
            let model = page::Preview {
                rows: rows(&app, preview.rows),
                unknown: preview.unknown,
                file: STANDARD.encode(&bytes),
                batch: preview.batch,
                form_error: None,
            };
            show(&app, admin, Section::Links, StatusCode::OK, model, page::preview).await
        }
        Err(error) => refuse(&app, admin, error).await,
    }
}

async fn refuse(app: &App, admin: &Admin, error: Error) -> Answer {
    let mut model = first_page(None);
    into_form(error, |_, sentence| model.error = Some(sentence))?;
    show(app, admin, Section::Links, StatusCode::UNPROCESSABLE_ENTITY, model, page::view).await
}

fn rows(app: &App, rows: Vec<Judged>) -> Vec<page::Row> {
    let fate = |fate: Fate| match fate {
        Fate::Made(will) => page::Fate::Made {
            opens: will.opens,
            from: said(app, will.valid_from, &will.zone),
            until: will.valid_until.map(|until| said(app, until, &will.zone)),
            same: will.same,
            refusing: will.refusing,
        },
        Fate::Skipped(id) => page::Fate::Skipped(id),
        Fate::Bad(problems) => page::Fate::Bad(
            problems.into_iter().map(|(column, said)| (column.map_or("", Column::code).to_owned(), said)).collect(),
        ),
    };
    rows.into_iter().map(|row| page::Row { line: row.line, name: row.name, fate: fate(row.fate) }).collect()
}

/// `POST /links/import/confirm`.
pub async fn confirm(State(app): State<App>, form: AdminForm<needs::Links>) -> Answer {
    let admin = &form.admin;
    let bytes = STANDARD.decode(form.typed.get("content")).unwrap_or_default();
    let made = match import::import(&app, &admin.actor, &bytes, form.typed.get("batch")).await {
        Ok(made) => made,
        Err(error) => return refuse(&app, admin, error).await,
    };
    let fresh = made.iter().filter(|done| done.fresh).count();
    let bad: Vec<Judged> =
        made.iter().filter(|done| matches!(done.row.fate, Fate::Bad(_))).map(|done| done.row.clone()).collect();
    let known =
        made.iter().filter(|done| done.id.is_some() && !done.fresh || matches!(done.row.fate, Fate::Skipped(_)));
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let mut text = format!("{} made.", ui::count(count(fresh), "link is", "links are"));
    let known = known.count();
    if known > 0 {
        text.push_str(&format!(" {} there already.", ui::count(count(known), "was", "were")));
    }
    if !bad.is_empty() {
        text.push_str(&format!(" {} left out: line ", ui::count(count(bad.len()), "row was", "rows were")));
        let lines: Vec<String> = bad.iter().take(20).map(|row| row.line.to_string()).collect();
        text.push_str(&lines.join(", "));
        text.push_str(if bad.len() > 20 { " and more." } else { "." });
    }
    done(admin, "/links", text, None).await
}
