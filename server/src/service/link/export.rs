//! Links as they leave in files: as a spreadsheet reads them, and so that an import reads them again.

use super::import::Column;
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::store::code::{self, Settings};
use crate::store::link::{self, Called, Cursor, Filter, LinkRow, Named};
use app::text::when;
use domain::Millis;
use domain::qr::Kind;
use std::sync::Arc;

/// Links read at once.
const READ: usize = 500;

/// A link with the names of what it opens. Never its address.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The link.
    pub row: LinkRow,
    /// The single doors and the groups it opens, by name.
    pub named: Named,
    /// How it opens.
    pub code: Settings,
}

/// Where an export goes on; by default, where it begins.
#[derive(Debug, Default)]
pub struct Next {
    filter: Filter,
    /// Read with the first links, for all of them.
    called: Option<Arc<Called>>,
}

impl From<Filter> for Next {
    fn from(filter: Filter) -> Self {
        Self { filter, called: None }
    }
}

/// The next links of a list in its order, and where those after them begin; `None` after the last.
///
/// # Errors
/// Those of the store.
pub async fn export(app: &App, actor: &Actor, next: Next) -> Result<(Vec<Exported>, Option<Next>)> {
    let (owner, now) = (actor.organization.clone(), app.clock.now());
    app.db
        .read(move |c| {
            let Next { filter, called } = next;
            let called = match called {
                Some(called) => called,
                None => Arc::new(link::called(c, &owner)?),
            };
            let rows = link::list(c, &owner, &filter, now, READ)?;
            let next = rows.last().filter(|_| rows.len() == READ).map(Cursor::of);
            let next = next.map(|after| Filter { after: Some(after), ..filter });
            let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
            let mut named = link::named_grants(c, &called, &ids)?;
            let next = next.map(|filter| Next { filter, called: Some(called) });
            let codes = code::settings_of(c, &ids)?;
            let rows = rows.into_iter().map(|row| Exported {
                named: named.remove(&row.id).unwrap_or_default(),
                code: codes.get(&row.id).copied().unwrap_or_default(),
                row,
            });
            Ok((rows.collect(), next))
        })
        .await
}

/// Notes in the log that an organization's links leave in a file, with every visitor's name and address.
///
/// # Errors
/// Those of the store.
pub async fn note_export(app: &App, actor: &Actor) -> Result<()> {
    let actor = actor.clone();
    app.db
        .write(move |tx| {
            tx.record(actor.event(tx.clock, tx.now, "links.exported", &actor.organization));
            Ok(())
        })
        .await
}

/// What a spreadsheet would take for a formula becomes a text again by a mark before it.
fn safe(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

fn cell(exported: &Exported, column: Column) -> String {
    let Exported { row, named, code } = exported;
    let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    match column {
        Column::Name => row.name.clone(),
        Column::Email => row.email.clone(),
        Column::Phone => row.phone.clone(),
        Column::Company => row.company.clone(),
        Column::Host => row.host_name.clone(),
        Column::HostContact => row.host_contact.clone(),
        Column::Note => row.note.clone(),
        Column::ExternalId => row.external_id.clone(),
        Column::Language => row.language.clone(),
        Column::Doors => named.doors.join("|"),
        Column::Groups => named.groups.join("|"),
        Column::ValidFrom => when::iso_utc(row.valid_from),
        Column::ValidUntil => row.valid_until.map_or_else(String::new, when::iso_utc),
        Column::MaxUses => number(row.max_uses),
        Column::Qr => code.kind.map_or("none", Kind::code).to_owned(),
        Column::Web => if code.web { "yes" } else { "no" }.to_owned(),
        Column::QrOffLine => if code.off_line { "yes" } else { "no" }.to_owned(),
        Column::Cooldown => number(Some(row.cooldown_ms / 60_000).filter(|minutes| *minutes > 0)),
    }
}

/// Columns that an import leaves out.
const MORE: [&str; 5] = ["state", "used", "last_used_at", "created_at", "id"];

/// Links as lines of CSV; the first of them after the heads, with the mark by which Excel knows UTF-8.
///
/// # Errors
/// `Unavailable` when they cannot be written.
pub fn csv(links: &[Exported], now: Millis, first: bool) -> Result<Vec<u8>> {
    let broke = |cause: csv::Error| Error::Unavailable(cause.to_string());
    let mark = if first { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(mark);
    if first {
        writer.write_record(Column::ALL.iter().map(|column| column.code()).chain(MORE)).map_err(broke)?;
    }
    for exported in links {
        let row = &exported.row;
        let more = [
            row.state(now).code().to_owned(),
            row.uses.to_string(),
            row.last_used_at.map_or_else(String::new, when::iso_utc),
            when::iso_utc(row.created_at),
            row.id.clone(),
        ];
        let cells = Column::ALL.iter().map(|column| cell(exported, *column)).chain(more);
        writer.write_record(cells.map(safe)).map_err(broke)?;
    }
    writer.into_inner().map_err(|cause| Error::Unavailable(cause.to_string()))
}
