//! How far a change has come, and who could still get in.

use crate::app::App;
use crate::error::Result;
use crate::secret::Keys;
use crate::service::code;
use crate::store::code::{CodeRow, issued};
use crate::store::connection::AnyConnection;
use crate::store::facts::{self, Asked, Facts};
use crate::store::link::LinkRow;
use crate::store::terminal::holders::{self, Holder, MayHold};
use crate::store::{door, terminal_list};
use domain::Millis;
use domain::decide::{Asker, decide};
use domain::qr::{Code, Kind};
use domain::scan::{self, CodeFacts};
use domain::terminal::{Known, List, Manifest, judge};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// How many terminals know of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Those that know.
    pub know: usize,
    /// All that have a list to open by.
    pub of: usize,
    /// When the last one that does not know refuses everything; none: all know.
    pub last_until: Option<Millis>,
    /// Those that do not know: id, name, and until when its list opens.
    pub others: Vec<Unaware>,
}

/// A terminal that does not know yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unaware {
    /// The terminal.
    pub terminal: String,
    /// What it is called.
    pub name: String,
    /// From then on it refuses everything.
    pub until: Millis,
}

/// A way in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// The link.
    pub link: String,
    /// Whose it is.
    pub name: String,
    /// Its code; none: the link's own page.
    pub code: Option<String>,
    /// The terminal that opens by its list; none: the server opens.
    pub terminal: Option<String>,
    /// Until when at the latest; none: without an end.
    pub until: Option<Millis>,
}

/// How many terminals know what changed at `since`, and when the last one that does not refuses everything. Terminals
/// whose lists are over open nothing anyway and are not counted.
///
/// # Errors
/// Those of the store.
pub async fn reach(app: &App, organization: &str, since: Millis) -> Result<Reach> {
    let (organization, now) = (organization.to_owned(), app.clock.now());
    app.db
        .read(move |c| {
            let changed = holders::list_revision(c, &organization)?;
            let mut missing: HashMap<i64, Option<Millis>> = HashMap::new();
            let mut reach = Reach::default();
            for Holder { terminal, lists } in holders::holders(c, &organization, now)? {
                let mut unaware_until = None;
                for list in lists {
                    let knows = match list.revision {
                        Some(revision) if revision >= changed => true,
                        Some(revision) => {
                            let first = match missing.entry(revision) {
                                Entry::Occupied(known) => *known.get(),
                                Entry::Vacant(new) => *new.insert(holders::recorded_after(c, &organization, revision)?),
                            };
                            first.is_none_or(|recorded_at| recorded_at > since)
                        }
                        None => list.made_at > since,
                    };
                    if !knows {
                        unaware_until = unaware_until.max(Some(list.expires_at));
                    }
                }
                reach.of += 1;
                if let Some(until) = unaware_until {
                    reach.last_until = reach.last_until.max(Some(until));
                    reach.others.push(Unaware { terminal: terminal.id, name: terminal.name, until });
                } else {
                    reach.know += 1;
                }
            }
            Ok(reach)
        })
        .await
}

/// What a terminal may open by without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MayOpen {
    /// When the oldest list was made that it may have.
    pub made_at: Millis,
    /// From when on it refuses everything, whichever it has.
    pub until: Millis,
}

/// What terminals may open by now, by their ids: each that may have a list that is not over.
///
/// # Errors
/// Those of the store.
pub async fn may_open(app: &App, organization: &str) -> Result<HashMap<String, MayOpen>> {
    let (organization, now) = (organization.to_owned(), app.clock.now());
    let holders = app.db.read(move |c| holders::holders(c, &organization, now)).await?;
    let by = |lists: &[MayHold]| {
        let made_at = lists.iter().map(|list| list.made_at).min()?;
        let until = lists.iter().map(|list| list.expires_at).max()?;
        Some(MayOpen { made_at, until })
    };
    Ok(holders.into_iter().filter_map(|holder| Some((holder.terminal.id, by(&holder.lists)?))).collect())
}

/// Who could get through a door at a moment from now on, as things stand now: by the server, and by each terminal's list.
///
/// # Errors
/// `NotFound`, or those of the store.
pub async fn could_get_in(app: &App, organization: &str, door: &str, at: Millis) -> Result<Vec<Way>> {
    let (organization, door, keys) = (organization.to_owned(), door.to_owned(), app.keys.clone());
    app.db
        .read(move |c| {
            door::find(c, &organization, &door)?;
            let mut ways = on_line(c, &organization, &door, at)?;
            ways.extend(off_line(c, &keys, &organization, &door, at)?);
            ways.sort_unstable();
            Ok(ways)
        })
        .await
}

/// What the server would open for: links by their pages, and codes.
fn on_line(c: &mut AnyConnection, organization: &str, door: &str, at: Millis) -> Result<Vec<Way>> {
    let mut ways = Vec::new();
    let mut after = String::new();
    loop {
        let links = issued::links_to(c, organization, door, at, &after)?;
        let Some(last) = links.last() else {
            return Ok(ways);
        };
        after.clone_from(&last.id);
        let ids: Vec<&str> = links.iter().map(|link| link.id.as_str()).collect();
        let asked = Asked::each(&ids, &[door]);
        let facts = Facts::load(c, &asked, at)?;
        let states = facts::at_doors(c, &asked.pairs)?;
        let mut codes: HashMap<String, Vec<CodeRow>> = HashMap::new();
        for row in issued::living(c, organization, &ids)? {
            codes.entry(row.link_id.clone()).or_default().push(row);
        }
        // Whether the relay answers is another question.
        let Some(of_door) = facts.door(door, true, at) else {
            return Ok(ways);
        };
        for link in links {
            let at_door = (link.id.clone(), door.to_owned());
            let state = states.get(&at_door).copied().unwrap_or_default();
            let of_link = facts.link(&at_door, link.validity(), link.cooldown_ms, state);
            if decide(Asker::Link(&of_link), &of_door, at).granted() {
                ways.push(way(&link, None, link.valid_until));
            }
            for row in codes.remove(&link.id).unwrap_or_default() {
                if scan::decide(&of_code(&row), &of_link, &of_door, at).granted() {
                    let until = [link.valid_until, row.not_after].into_iter().flatten().min();
                    ways.push(way(&link, Some(row.id), until));
                }
            }
        }
    }
}

fn way(link: &LinkRow, code: Option<String>, until: Option<Millis>) -> Way {
    Way { link: link.id.clone(), name: link.name.clone(), code, terminal: None, until }
}

/// A code as it would be shown: signed well, and if it rotates, fresh.
fn of_code(row: &CodeRow) -> CodeFacts {
    let kind = Kind::from_code(&row.kind);
    let rotating = kind == Some(Kind::Rotating);
    CodeFacts {
        signed: (kind != Some(Kind::Online)).then_some(true),
        fresh: rotating.then_some(true),
        used: rotating.then_some(false),
        retired: row.retired_at.is_some(),
        not_before: row.not_before,
        not_after: row.not_after,
    }
}

/// What each terminal at the door would open for without a network, by the lists that it may have.
fn off_line(c: &mut AnyConnection, keys: &Keys, organization: &str, door: &str, at: Millis) -> Result<Vec<Way>> {
    let mut ways: BTreeMap<(String, String), Way> = BTreeMap::new();
    let mut offline: Option<Vec<(CodeRow, String, Code)>> = None;
    let mut may_have = Vec::new();
    for Holder { terminal, lists } in holders::holders(c, organization, at)? {
        may_have.extend(lists.into_iter().map(|list| (terminal.id.clone(), list.version)));
    }
    for (terminal, version) in may_have {
        let Some(row) = terminal_list::find(c, &terminal, version)? else {
            continue;
        };
        let (Some(manifest), Ok(list)) = (terminal_list::opened(&row.manifest), List::from_bytes(&row.body)) else {
            continue;
        };
        if list.door.id != door {
            continue;
        }
        if offline.is_none() {
            let rows = issued::offline(c, organization, at)?.into_iter();
            offline = Some(rows.filter_map(|(row, name)| read(keys, row, name, at)).collect());
        }
        let lookups: Vec<&str> = list.codes.keys().map(String::as_str).collect();
        let online = issued::named(c, organization, &lookups)?.into_iter();
        let online: Vec<_> = online.filter_map(|(row, name)| read(keys, row, name, at)).collect();
        for (row, name, code) in online.iter().chain(offline.iter().flatten()) {
            let known = Known { manifest: &manifest, list: &list, now: Some(at), reachable: true };
            if judge(known, code, |_| false).decision.granted() {
                let ends = [Some(opens_until(&manifest, &list)), row.not_after, entry_end(&list, row)];
                let until = ends.into_iter().flatten().min();
                let way = ways.entry((terminal.clone(), row.id.clone())).or_insert_with(|| Way {
                    link: row.link_id.clone(),
                    name: name.clone(),
                    code: Some(row.id.clone()),
                    terminal: Some(terminal.clone()),
                    until,
                });
                // By whichever list it has.
                way.until = way.until.max(until);
            }
        }
    }
    Ok(ways.into_values().collect())
}

/// A code as somebody may have kept it.
fn read(keys: &Keys, row: CodeRow, name: String, at: Millis) -> Option<(CodeRow, String, Code)> {
    let text = code::text(keys, &row, at).ok()?;
    let code = Code::read(text.as_bytes()).ok()?;
    Some((row, name, code))
}

fn opens_until(manifest: &Manifest, list: &List) -> Millis {
    manifest.expires_at.min(manifest.made_at + list.door.max_age_ms + 1)
}

fn entry_end(list: &List, row: &CodeRow) -> Option<Millis> {
    list.codes.get(&row.lookup).and_then(|entry| entry.until)
}
