//! A generated house: doors, groups, hours, links and codes in every state, made by the services as people make them.

use crate::house::{House, Organization, week};
use app::text::when::iso_utc;
use server::service::actor::Actor;
use server::service::door::{self, DoorInput};
use server::service::group::{self, GroupInput};
use server::service::link::{self, LinkInput};
use server::service::place::{self, PlaceInput};
use server::service::place_lockdown;
use server::service::schedule::{self, ScheduleInput};

pub(crate) const HOUR: i64 = 3_600_000;

/// A die that falls the same way for the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % sides
    }

    pub(crate) fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }

    pub(crate) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A code that was issued at some time.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) link: String,
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    /// Whether its link lets it open off line though only the server counts.
    pub(crate) off_line: bool,
    /// Whether only the server knows all that binds it.
    pub(crate) needs_server: bool,
    /// Whether its link pauses between two openings of a door.
    pub(crate) pauses: bool,
}

/// The house.
pub(crate) struct World {
    pub(crate) house: House,
    pub(crate) ours: Organization,
    pub(crate) doors: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) links: Vec<String>,
    pub(crate) codes: Vec<Issued>,
}

impl World {
    /// Six doors at two places, four groups, and so many links with codes of every kind.
    pub(crate) async fn make(database: &str, seed: u64, links: usize) -> Self {
        Self::make_at(database, seed, links, "2026-12-02T10:00:00Z").await
    }

    /// The same at a moment of its own.
    pub(crate) async fn make_at(database: &str, seed: u64, links: usize, at: &str) -> Self {
        let mut dice = Dice(seed);
        let house = House::open(database);
        // What is on at which hour must not depend on when the test runs.
        let at: jiff::Timestamp = at.parse().unwrap();
        house.app.clock.shift(at.as_millisecond() - house.app.clock.now());
        let ours = house.organization("Quetzal").await;
        let owner = house.owner(&ours);
        let schedules = schedules(&house, &owner).await;
        let mut doors = Vec::new();
        for (at, zone) in ["Europe/Berlin", "America/New_York"].into_iter().enumerate() {
            let typed = PlaceInput { name: format!("Place {at}"), time_zone: zone.into(), ..PlaceInput::default() };
            let place = place::create(&house.app, &owner, &typed).await.unwrap();
            for number in 0..3 {
                let typed = DoorInput {
                    place_id: place.clone(),
                    name: format!("Door {number}"),
                    unlock_seconds: "5".into(),
                    accepts_digital: !(at == 1 && number == 2),
                    schedule_id: if number == 1 { schedules[2].clone() } else { String::new() },
                    ..DoorInput::default()
                };
                doors.push(door::create(&house.app, &owner, &typed).await.unwrap());
            }
            if at == 1 && seed % 2 == 1 {
                place_lockdown::lock_down(&house.app, &owner, &place, "drill", "access_manager").await.unwrap();
            }
        }
        door::lock_down(&house.app, &owner, &doors[2], "drill").await.unwrap();
        let mut groups = Vec::new();
        for (number, hours) in ["", &schedules[0], &schedules[1], &schedules[2]].into_iter().enumerate() {
            let members = doors.iter().filter(|_| dice.below(3) < 2).cloned().collect();
            let typed = GroupInput {
                name: format!("Group {number}"),
                doors: members,
                schedule_id: hours.into(),
                ..GroupInput::default()
            };
            groups.push(group::create(&house.app, &owner, &typed).await.unwrap());
        }
        let mut world = Self { house, ours, doors, groups, links: Vec::new(), codes: Vec::new() };
        for number in 0..links {
            world.link(&mut dice, number).await;
        }
        world
    }

    async fn link(&mut self, dice: &mut Dice, number: usize) {
        let (app, owner) = (&self.house.app, self.house.owner(&self.ours));
        let now = app.clock.now();
        let kind = *dice.of(&["online", "online", "offline", "offline", "offline", "rotating"]);
        let hour = |hours: i64| iso_utc(now + hours * HOUR);
        let some = |dice: &mut Dice, all: &[String], most: usize| -> Vec<String> {
            let mut some: Vec<String> = (0..dice.below(most + 1)).map(|_| dice.of(all).clone()).collect();
            some.sort_unstable();
            some.dedup();
            some
        };
        let (mut doors, groups) = (some(dice, &self.doors, 3), some(dice, &self.groups, 2));
        if doors.is_empty() && groups.is_empty() {
            doors.push(self.doors[0].clone());
        }
        let limited = dice.one_in(3);
        let own = dice.one_in(5);
        let pauses = dice.one_in(3);
        let off_line = dice.one_in(2) && kind != "rotating";
        let typed = LinkInput {
            name: format!("Guest {number}"),
            doors,
            groups,
            days: if own { week(&["mon-sun=00:00-12:00"]) } else { week(&[]) },
            valid_from: if dice.one_in(5) { hour(8) } else { String::new() },
            valid_until: hour(*dice.of(&[9, 14, 26, 100, 100, 600])),
            zone: "UTC".into(),
            cooldown_minutes: if pauses { "690" } else { "" }.into(),
            max_uses: if limited { "100000" } else { "" }.into(),
            qr: kind.into(),
            no_web: dice.one_in(4),
            qr_off_line: off_line,
            ..LinkInput::default()
        };
        let id = link::create(app, &owner, &typed).await.unwrap();
        let needs_server = kind == "offline" && (own || ((limited || pauses) && !off_line));
        let text = self.house.shows(&self.ours, &id).await;
        self.codes.push(Issued { link: id.clone(), kind, text, off_line, needs_server, pauses });
        if dice.one_in(6) {
            link::rotate(app, &owner, &id).await.unwrap();
            let text = self.house.shows(&self.ours, &id).await;
            self.codes.push(Issued { link: id.clone(), kind, text, off_line, needs_server, pauses });
        }
        self.end_somehow(dice, &id, limited).await;
        self.links.push(id);
    }

    /// Links that pause between two openings opened some doors an hour ago.
    pub(crate) fn opened(&self, dice: &mut Dice) {
        let at = self.house.app.clock.now() - HOUR;
        let mut links: Vec<&str> =
            self.codes.iter().filter(|code| code.pauses).map(|code| code.link.as_str()).collect();
        links.dedup();
        for link in links {
            for door in self.doors.iter().filter(|_| dice.one_in(2)) {
                let values = format!("VALUES ('{link}', '{door}', {at}, FALSE)");
                let into = "INSERT INTO link_door_states (link_id, door_id, last_granted_at, trying)";
                self.house.sql(&format!("{into} {values}")).unwrap();
            }
        }
    }

    /// Leaves most links as they are.
    pub(crate) async fn end_somehow(&self, dice: &mut Dice, id: &str, limited: bool) {
        let (app, owner) = (&self.house.app, self.house.owner(&self.ours));
        if limited && dice.one_in(2) {
            self.house.sql(&format!("UPDATE links SET uses = max_uses WHERE id = '{id}'")).unwrap();
            return;
        }
        match dice.below(12) {
            0 => drop(link::pause(app, &owner, id).await),
            1 => drop(link::revoke(app, &owner, id).await),
            _ => {}
        }
    }
}

/// Hours in the morning, around the clock with a closed date, and on weekends only.
async fn schedules(house: &House, owner: &Actor) -> Vec<String> {
    let mut ids = Vec::new();
    let every = ["mon-sun=06:00-18:00", "mon-sun=22:00-04:00", "mon-thu=00:00-00:00"];
    for (number, open) in every.into_iter().enumerate() {
        let typed = ScheduleInput { name: format!("Hours {number}"), days: week(&[open]) };
        ids.push(schedule::create(&house.app, owner, &typed).await.unwrap());
    }
    ids
}
