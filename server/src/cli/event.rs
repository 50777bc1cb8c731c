//! `latchkey event …`.

use super::options::acting;
use super::output::{print, time};
use crate::app::App;
use crate::error::{Error, Result};
use crate::store::event::{self, EventRow, Filter};
use clap::{Args, Subcommand};
use domain::event::Outcome;
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub(super) enum Event {
    /// List events, oldest first, one a line.
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// From this moment, RFC 3339.
    #[arg(long, value_name = "T")]
    since: Option<String>,
    /// Only this action, such as door.unlock.
    #[arg(long, value_name = "A")]
    action: Option<String>,
    /// Only this outcome: granted, denied, failed or done.
    #[arg(long)]
    outcome: Option<String>,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

fn object(row: &EventRow) -> Value {
    json!({
        "id": row.id, "sequence": row.sequence, "occurred_at": time(row.occurred_at), "recorded_at": time(row.recorded_at),
        "action": row.action, "outcome": row.outcome, "reason": row.reason, "actor": row.actor, "credential": row.credential,
        "object": row.object, "cause": row.cause, "request": row.request, "detail": row.details(), "hash": row.hash,
    })
}

impl Event {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        let Self::List(list) = self;
        let (organization, _) = acting(app, org).await?;
        let since = match &list.since {
            None => None,
            Some(text) => Some(
                text.parse::<jiff::Timestamp>()
                    .map_err(|_| Error::Refused(format!("{text} is not a moment such as 2026-11-24T09:00:00Z.")))?
                    .as_millisecond(),
            ),
        };
        let outcome = match &list.outcome {
            None => None,
            Some(code) => Some(
                Outcome::from_code(code)
                    .ok_or_else(|| Error::Refused("An outcome is one of granted, denied, failed, done.".into()))?,
            ),
        };
        let filter = Filter { since, outcome, action: list.action, ..Filter::default() };
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
