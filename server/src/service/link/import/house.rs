//! The organization that a file's rows are judged against: its doors and groups by name, its limits.

use super::columns::Column;
use super::read::Row;
use super::{Problems, times};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::service::link::draft::{self, Draft, LinkInput};
use crate::store::door::{self, DoorAtPlace};
use crate::store::link::{self, words::fold};
use crate::store::organization::{self, OrganizationRow};
use domain::Millis;
use std::collections::HashMap;

/// What the rows of a file are judged against.
pub(super) struct House {
    organization: OrganizationRow,
    doors: Vec<DoorAtPlace>,
    /// Ids by everything that a door may be called.
    door_ids: HashMap<String, Vec<String>>,
    group_ids: HashMap<String, Vec<String>>,
    /// Names by id.
    pub(super) names: HashMap<String, String>,
}

impl House {
    pub(super) async fn load(app: &App, actor: &Actor) -> Result<Self> {
        let id = actor.organization.clone();
        let (organization, doors, groups) = app
            .db
            .read(move |c| Ok((organization::find(c, &id)?, door::all(c, &id)?, link::choices(c, &id)?.groups)))
            .await?;
        let (mut door_ids, mut group_ids, mut names) = (HashMap::new(), HashMap::new(), HashMap::new());
        let call = |ids: &mut HashMap<String, Vec<String>>, name: String, id: &str| {
            let known: &mut Vec<String> = ids.entry(fold(&name)).or_default();
            if !known.iter().any(|one| one == id) {
                known.push(id.to_owned());
            }
        };
        for at in &doors {
            let id = &at.door.id;
            for name in [id.clone(), at.door.name.clone(), format!("{}, {}", at.door.name, at.place.name)] {
                call(&mut door_ids, name, id);
            }
            names.insert(id.clone(), at.door.name.clone());
        }
        for (id, name) in groups {
            call(&mut group_ids, id.clone(), &id);
            call(&mut group_ids, name.clone(), &id);
            names.insert(id, name);
        }
        Ok(Self { organization, doors, door_ids, group_ids, names })
    }

    /// The names of those of these doors that refuse links.
    pub(super) fn refusing(&self, ids: &[String]) -> Vec<String> {
        let refusing = self.doors.iter().filter(|at| !at.door.accepts_digital && ids.contains(&at.door.id));
        refusing.map(|at| at.door.name.clone()).collect()
    }

    /// The ids of names separated by `|`.
    fn resolve(&self, column: Column, cell: &str, problems: &mut Problems) -> Vec<String> {
        let (ids, what) = if column == Column::Doors { (&self.door_ids, "door") } else { (&self.group_ids, "group") };
        let mut found = Vec::new();
        for name in cell.split('|').map(str::trim).filter(|name| !name.is_empty()) {
            match ids.get(&fold(name)).map(Vec::as_slice) {
                Some([id]) => found.push(id.clone()),
                Some(_) if what == "door" => problems
                    .push((Some(column), format!("Several doors are called {name}. Add the place: {name}, PLACE."))),
                Some(_) => problems.push((Some(column), format!("Several groups are called {name}. Write its id."))),
                None => problems.push((Some(column), format!("There is no {what} called {name}."))),
            }
        }
        found
    }

    /// A row as a form would have given it.
    fn input(&self, row: &Row, problems: &mut Problems) -> LinkInput {
        let get = |column| row.get(column).to_owned();
        let mut doors = self.resolve(Column::Doors, row.get(Column::Doors), problems);
        let groups = self.resolve(Column::Groups, row.get(Column::Groups), problems);
        if let ([only], true) = (self.doors.as_slice(), doors.is_empty() && groups.is_empty() && problems.is_empty()) {
            // A single door needs no choosing.
            doors.push(only.door.id.clone());
        }
        let first = self.doors.iter().find(|at| doors.first() == Some(&at.door.id));
        let zone = first.map_or(&self.organization.time_zone, |at| &at.place.time_zone).clone();
        let mut time = |column, read: fn(&str) -> std::result::Result<String, String>| {
            read(row.get(column)).unwrap_or_else(|sentence| {
                problems.push((Some(column), sentence));
                String::new()
            })
        };
        let (valid_from, valid_until) = (time(Column::ValidFrom, times::from), time(Column::ValidUntil, times::until));
        let mut yes = |column, otherwise: bool| match fold(row.get(column)).as_str() {
            "" => otherwise,
            "yes" | "y" | "true" | "1" | "x" | "on" | "ja" | "j" => true,
            "no" | "n" | "false" | "0" | "off" | "nein" => false,
            _ => {
                problems.push((Some(column), "Please write yes or no.".to_owned()));
                otherwise
            }
        };
        let (web, qr_off_line) = (yes(Column::Web, true), yes(Column::QrOffLine, false));
        LinkInput {
            name: get(Column::Name),
            email: get(Column::Email),
            phone: get(Column::Phone),
            company: get(Column::Company),
            host_name: get(Column::Host),
            host_contact: get(Column::HostContact),
            note: get(Column::Note),
            external_id: get(Column::ExternalId),
            language: match fold(row.get(Column::Language)).as_str() {
                "english" | "englisch" => "en".into(),
                "german" | "deutsch" => "de".into(),
                code => code.to_owned(),
            },
            doors,
            groups,
            valid_from,
            valid_until,
            zone,
            max_uses: get(Column::MaxUses),
            cooldown_minutes: get(Column::Cooldown),
            qr: fold(row.get(Column::Qr)),
            no_web: !web,
            qr_off_line,
            ..LinkInput::default()
        }
    }

    /// A checked row, or what is wrong with it.
    pub(super) fn check(
        &self,
        actor: &Actor,
        row: &Row,
        now: Millis,
    ) -> std::result::Result<(Draft, String), Problems> {
        let mut problems = Vec::new();
        if row.too_long {
            let sentence = "This row has more cells than the first line names. Put a text with a separator in quotes.";
            problems.push((None, sentence.to_owned()));
        }
        let input = self.input(row, &mut problems);
        let zone = input.zone.clone();
        // A row's times are its first door's, and so is its end.
        let zones = [zone.clone()];
        match draft::check(&input, actor, &self.organization, &zones, None, now) {
            Ok(draft) if problems.is_empty() => Ok((draft, zone)),
            Ok(_) => Err(problems),
            Err(Error::Fields(fields)) => {
                for field in fields {
                    let column = Column::of_field(field.field);
                    // What was said of a cell once is enough.
                    if column.is_none() || !problems.iter().any(|(one, _)| *one == column) {
                        problems.push((column, field.sentence));
                    }
                }
                Err(problems)
            }
            Err(other) => Err(vec![(None, other.to_string())]),
        }
    }
}
