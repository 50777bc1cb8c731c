//! What the ordinary way would be: one transaction for each scan.

use super::Caller;
use super::shared::{Connections, Failed};
use diesel::prelude::*;
use diesel::r2d2::Pool;
use domain::chain;
use domain::decide::{DoorFacts, LinkFacts};
use domain::event::{Event, Outcome, Person};
use domain::id::Kind;
use domain::link::Validity;
use domain::scan::{CodeFacts, decide};
use server::app::App;
use server::store::connection::AnyConnection;
use server::store::schema::{
    audit_heads, codes, commands, doors, event_people, events, link_doors, links, places, terminal_scans,
};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

macro_rules! locked {
    ($query:expr, none) => {
        $query
    };
    ($query:expr, lock) => {
        $query.for_update()
    };
}

/// The scan looked up, facts, decision, use count, chained event, the opening under way
/// and the scan's number, in one transaction of their own.
macro_rules! decide_and_store {
    ($c:ident, $app:ident, $caller:ident, $sequence:ident, $name:ident, $how:ident) => {{
        let now = $app.clock.now();
        let (terminal, door) = (&$caller.terminal.id, $caller.terminal.door_id.as_str());
        let before: Option<String> = terminal_scans::table
            .filter(terminal_scans::terminal_id.eq(terminal))
            .filter(terminal_scans::sequence.eq($sequence).or(terminal_scans::scan.eq(&$name)))
            .select(terminal_scans::event_id)
            .first($c)
            .optional()?;
        if before.is_some() {
            return Ok(false);
        }
        let (link, retired_at): (String, Option<i64>) = codes::table
            .filter(codes::lookup.eq(&$caller.lookup))
            .select((codes::link_id, codes::retired_at))
            .first($c)?;
        type Link = (String, String, i64, Option<i64>, Option<i64>, i64, Option<i64>, Option<i64>);
        let query = links::table.find(&link).select((
            links::organization_id,
            links::name,
            links::valid_from,
            links::valid_until,
            links::max_uses,
            links::uses,
            links::paused_at,
            links::revoked_at,
        ));
        let (organization, name, valid_from, valid_until, max_uses, uses, paused_at, revoked_at): Link =
            locked!(query, $how).first($c)?;
        let names_door = link_doors::table.find((&link, door)).count().get_result::<i64>($c)? == 1;
        let (accepts_digital, down, place_down): (bool, Option<i64>, Option<i64>) = doors::table
            .inner_join(places::table)
            .filter(doors::id.eq(door))
            .select((doors::accepts_digital, doors::locked_down_at, places::locked_down_at))
            .first($c)?;
        let facts_of_link = LinkFacts {
            validity: Validity { valid_from, valid_until, paused_at, revoked_at, uses, max_uses },
            web: true,
            direct: names_door,
            groups: Vec::new(),
            windows: None,
            cooldown_ms: 0,
            last_granted_at: None,
            free_until: None,
        };
        let facts_of_door = DoorFacts {
            accepts_digital,
            locked_down: down.is_some(),
            place_locked_down: place_down.is_some(),
            reachable: true,
            ..DoorFacts::default()
        };
        let facts_of_code = CodeFacts { retired: retired_at.is_some(), ..CodeFacts::PLAIN };
        let decision = decide(&facts_of_code, &facts_of_link, &facts_of_door, now);
        if decision.granted() {
            diesel::update(links::table.find(&link))
                .set((links::uses.eq(uses + 1), links::last_used_at.eq(now)))
                .execute($c)?;
        }
        let query = audit_heads::table.find(&organization).select((audit_heads::sequence, audit_heads::hash));
        let (sequence, head): (i64, String) = locked!(query, $how).first($c)?;
        let person = Person { facts: BTreeMap::from([("name".into(), name)]), salt: $app.clock.salt() };
        let detail = BTreeMap::from([
            ("trace".to_owned(), decision.trace_text()),
            ("code".to_owned(), "online".to_owned()),
            ("terminal".to_owned(), terminal.clone()),
            ("mode".to_owned(), "on_line".to_owned()),
        ]);
        let event = Event {
            action: "door.unlock".into(),
            actor: "visitor".into(),
            cause: None,
            credential: Some(link.clone()),
            detail,
            id: $app.clock.id(Kind::Event),
            object: door.to_owned(),
            occurred_at: now,
            organization: organization.clone(),
            outcome: if decision.granted() { Outcome::Granted } else { Outcome::Denied },
            person: Some(person.hash()),
            reason: Some(decision.reason.code().into()),
            recorded_at: now,
            request: None,
            sequence: sequence + 1,
        };
        let hash = chain::hex(&chain::link(&chain::unhex(&head).ok_or("no hash")?, &event));
        diesel::insert_into(events::table)
            .values((
                (
                    events::id.eq(&event.id),
                    events::organization_id.eq(&organization),
                    events::sequence.eq(event.sequence),
                ),
                (
                    events::occurred_at.eq(now),
                    events::recorded_at.eq(now),
                    events::action.eq(&event.action),
                    events::actor.eq(&event.actor),
                ),
                (
                    events::credential.eq(&event.credential),
                    events::object.eq(&event.object),
                    events::outcome.eq(event.outcome.code()),
                ),
                (events::reason.eq(&event.reason), events::person_hash.eq(&event.person)),
                (events::detail.eq(serde_json::to_string(&event.detail)?), events::hash.eq(&hash)),
                (events::door_id.eq(door), events::link_id.eq(&link)),
            ))
            .execute($c)?;
        diesel::insert_into(event_people::table)
            .values((
                event_people::event_id.eq(&event.id),
                event_people::salt.eq(&person.salt),
                event_people::facts.eq(serde_json::to_string(&person.facts)?),
            ))
            .execute($c)?;
        diesel::update(audit_heads::table.find(&organization))
            .set((audit_heads::sequence.eq(event.sequence), audit_heads::hash.eq(&hash)))
            .execute($c)?;
        diesel::insert_into(commands::table)
            .values((
                commands::event_id.eq(&event.id),
                commands::organization_id.eq(&organization),
                commands::door_id.eq(door),
                commands::credential.eq(&link),
                commands::took_use.eq(true),
                commands::deadline_at.eq(now + 60_000),
                commands::claimed_by.eq(terminal),
                commands::claimed_at.eq(now),
            ))
            .execute($c)?;
        diesel::insert_into(terminal_scans::table)
            .values((
                terminal_scans::terminal_id.eq(terminal),
                terminal_scans::sequence.eq($sequence),
                terminal_scans::scan.eq(&$name),
                terminal_scans::event_id.eq(&event.id),
            ))
            .execute($c)?;
        Ok::<bool, Failed>(decision.granted())
    }};
}

pub(crate) fn in_its_own_transaction(app: &App, pool: &Pool<Connections>, caller: &Caller) -> Result<bool, Failed> {
    let mut connection = pool.get()?;
    let (sequence, name) = (caller.sequence.fetch_add(1, Ordering::Relaxed), app.clock.salt());
    match &mut *connection {
        AnyConnection::Sqlite(c) => {
            c.immediate_transaction(|c| decide_and_store!(c, app, caller, sequence, name, none))
        }
        AnyConnection::Postgres(c) => c.transaction(|c| decide_and_store!(c, app, caller, sequence, name, lock)),
    }
}
