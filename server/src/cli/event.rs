//! `latchkey event …`.

use super::options::acting;
use super::output::{print, time};
use crate::app::App;
use crate::error::Result;
use crate::store::event::{self, EventRow, Filter};
use app::page::admin::said::ACTIONS;
use clap::{Args, Subcommand};
use domain::Millis;
use domain::event::Outcome;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Subcommand)]
pub(super) enum Event {
    /// List events, oldest first, one a line.
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// From this moment, RFC 3339.
    #[arg(long, value_name = "T", value_parser = moment)]
    since: Option<Millis>,
    /// Only this action, such as door.unlock.
    #[arg(long, value_name = "A", value_parser = action)]
    action: Option<String>,
    /// Only this outcome: granted, denied, failed or done.
    #[arg(long, value_parser = outcome)]
    outcome: Option<Outcome>,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

fn moment(text: &str) -> std::result::Result<Millis, String> {
    let moment = text.parse::<jiff::Timestamp>();
    moment.map(|at| at.as_millisecond()).map_err(|_| "it is not a moment such as 2026-11-24T09:00:00Z".to_owned())
}

fn action(code: &str) -> std::result::Result<String, String> {
    let mut known = ACTIONS.iter().flat_map(|(_, actions)| *actions).map(|(code, _)| *code);
    known
        .find(|known| *known == code)
        .map(str::to_owned)
        .ok_or_else(|| "there is no such action; door.unlock and link.created are two".to_owned())
}

fn outcome(code: &str) -> std::result::Result<Outcome, String> {
    Outcome::from_code(code).ok_or_else(|| "it is one of granted, denied, failed, done".to_owned())
}

/// The details as the log has them, times as people's scripts read them.
fn details(row: &EventRow) -> BTreeMap<String, Value> {
    let said = |name: &str, value: String| match (name, value.parse::<i64>()) {
        ("valid_from" | "valid_until" | "before", Ok(at)) => json!(time(at)),
        _ => json!(value),
    };
    row.details().into_iter().map(|(name, value)| (name.clone(), said(&name, value))).collect()
}

fn object(row: &EventRow) -> Value {
    json!({
        "id": row.id, "sequence": row.sequence, "occurred_at": time(row.occurred_at), "recorded_at": time(row.recorded_at),
        "action": row.action, "outcome": row.outcome, "reason": row.reason, "actor": row.actor, "credential": row.credential,
        "object": row.object, "cause": row.cause, "request": row.request, "detail": details(row), "hash": row.hash,
    })
}

impl Event {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        let Self::List(list) = self;
        let (organization, _) = acting(app, org).await?;
        let filter = Filter { since: list.since, outcome: list.outcome, action: list.action, ..Filter::default() };
        let mut last = 0;
        loop {
            let (id, page) = (organization.id.clone(), filter.clone());
            let rows = app.db.read(move |c| event::in_order(c, &id, &page, last, 1_000)).await?;
            for row in &rows {
                let line = format!(
                    "{:>6}  {}  {}  {}  {}",
                    row.sequence,
                    app::text::when::iso_utc(row.occurred_at),
                    row.action,
                    row.outcome,
                    row.reason.as_deref().unwrap_or_default()
                );
                print(list.json, &object(row), &line)?;
            }
            match rows.last() {
                Some(row) => last = row.sequence,
                None => return Ok(()),
            }
        }
    }
}
