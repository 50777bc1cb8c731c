//! The demo's terminals: on line, silent since yesterday with a list that still opens, one with a clock that is off, one
//! that was revoked, and one that waits for its device.

use crate::app::App;
use crate::error::Result;
use crate::service::actor::Actor;
use crate::service::terminal::hear::{self, Beat};
use crate::service::terminal::list;
use crate::service::terminal::manage::{self, TerminalInput};
use crate::service::terminal::pair::{self, From};
use crate::service::terminal::scan::{self, Scan};
use crate::store::terminal::{self as store, TerminalRow};

/// What the demo's devices run.
const SOFTWARE: &str = concat!("latchkey ", env!("CARGO_PKG_VERSION"));

/// Yesterday devices were connected at these doors. What goes on today is [`today`]'s.
pub(super) async fn yesterday(app: &App, maya: &Actor, doors: &[String]) -> Result<Vec<TerminalRow>> {
    let mut devices = Vec::new();
    for (name, door) in [
        ("Front door tablet", 0),
        ("Yard gate reader", 3),
        ("Workshop phone", 4),
        ("Front door tablet, the old one", 0),
    ] {
        let Some(door) = doors.get(door) else { continue };
        let row = device(app, maya, name, door).await?;
        speak(app, &row, 40).await?;
        devices.push(row);
    }
    Ok(devices)
}

/// Today one is silent and one is gone; the others read what people show them.
pub(super) async fn today(app: &App, maya: &Actor, doors: &[String], devices: &[TerminalRow]) -> Result<()> {
    if let [tablet, _, phone, old] = devices {
        manage::revoke(app, maya, &old.id).await?;
        speak(app, tablet, 40).await?;
        speak(app, phone, 262_000).await?;
        for (sequence, code) in [(1, "https://menu.example/lunch"), (2, "LK1N0000000000000000000000000W")] {
            let shown = Scan { scan: app.clock.salt(), sequence, code: code.into(), at: Some(app.clock.now()) };
            scan::scan(app, tablet, shown).await?;
        }
    }
    if let Some(door) = doors.get(5) {
        let typed = TerminalInput { name: "Paint store tablet".into(), door_id: door.clone() };
        manage::add(app, maya, &typed).await?;
    }
    Ok(())
}

async fn device(app: &App, maya: &Actor, name: &str, door: &str) -> Result<TerminalRow> {
    let typed = TerminalInput { name: name.into(), door_id: door.to_owned() };
    let (id, code) = manage::add(app, maya, &typed).await?;
    let from = From { subscriber: "203.0.113.5".into(), prefix: "203.0.113.0/24".into() };
    pair::pair(app, &code.text, SOFTWARE, from).await?;
    let organization = maya.organization.clone();
    app.db.read(move |c| store::find(c, &organization, &id)).await
}

/// A heartbeat, with the newest list at hand and a clock that is off by so many milliseconds.
async fn speak(app: &App, row: &TerminalRow, offset: i64) -> Result<()> {
    list::deliver(app, row, None).await?;
    let beat = Beat {
        software: SOFTWARE.into(),
        relay: true,
        wall: app.clock.now() - offset,
        offset: Some(offset),
        list: list::newest_version(app, row).await?,
        waiting: 0,
    };
    hear::heartbeat(app, row, beat).await.map(|_| ())
}
