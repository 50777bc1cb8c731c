//! `GET /links`.

use super::super::common::{Answer, said, show};
use crate::app::App;
use crate::http::auth::Admin;
use crate::store::link::{self as store, Cursor, Filter, LinkRow};
use app::page::admin::{Section, links as page};
use app::ui::Choice;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use domain::list::{Sort, Standing};
use serde::Deserialize;

/// Links on a page.
const PAGE: usize = 50;

/// What the list is narrowed to, as its address has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    state: String,
    door: String,
    group: String,
    host: String,
    sort: String,
    after: String,
}

impl Asked {
    /// From a form's fields.
    pub(super) fn of(get: impl Fn(&str) -> String) -> Self {
        Self {
            q: get("q"),
            state: get("state"),
            door: get("door"),
            group: get("group"),
            host: get("host"),
            sort: get("sort"),
            after: String::new(),
        }
    }

    /// As a page says it. What is no filter of ours narrows nothing.
    pub(super) fn narrow(&self) -> page::Narrow {
        let short = |text: &str| text.chars().take(200).collect();
        page::Narrow {
            q: short(&self.q),
            standing: Standing::from_code(&self.state),
            door: self.door.clone(),
            group: self.group.clone(),
            host: short(&self.host),
            sort: Sort::from_code(&self.sort).unwrap_or_default(),
        }
    }

    /// As the store takes it.
    pub(super) fn filter(&self) -> Filter {
        let narrow = self.narrow();
        let given = |id: String| Some(id).filter(|id| !id.is_empty());
        Filter {
            search: narrow.q,
            standing: narrow.standing,
            door: given(narrow.door),
            group: given(narrow.group),
            host: narrow.host,
            sort: narrow.sort,
            after: Cursor::parse(&self.after, narrow.sort),
            newest: None,
        }
    }
}

/// The choices of a filter.
pub(super) fn choices(pairs: Vec<(String, String)>) -> Vec<Choice> {
    pairs.into_iter().map(|(value, label)| Choice { value, label }).collect()
}

/// `GET /links`.
pub async fn list(State(app): State<App>, admin: Admin, Query(asked): Query<Asked>) -> Answer {
    let (organization, now) = (admin.organization.id.clone(), app.clock.now());
    let filter = asked.filter();
    let (sort, later_page) = (filter.sort, filter.after.is_some());
    let (mut rows, names, offered) = app
        .db
        .read(move |c| {
            let rows = store::list(c, &organization, &filter, now, PAGE + 1)?;
            let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
            Ok((rows, store::door_names(c, &ids)?, store::choices(c, &organization)?))
        })
        .await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let zone = &admin.organization.time_zone;
    let row = |row: &LinkRow| page::Row {
        doors: names.get(&row.id).cloned().unwrap_or_default(),
        from: said(&app, row.valid_from, zone),
        until: row.valid_until.map(|until| said(&app, until, zone)),
        id: row.id.clone(),
        name: row.name.clone(),
        company: row.company.clone(),
        uses: row.uses,
        max_uses: row.max_uses,
        state: row.state(now),
        host: row.host_name.clone(),
    };
    let model = page::Model {
        narrow: asked.narrow(),
        doors: choices(offered.doors),
        groups: choices(offered.groups),
        next: rows.last().filter(|_| more).map(|last| Cursor::of(last).text(sort)),
        later_page,
        links: rows.iter().map(row).collect(),
        zone: zone.clone(),
    };
    show(&app, &admin, Section::Links, StatusCode::OK, model, page::view).await
}
