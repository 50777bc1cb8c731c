//! Fills a new organization to look around in: places, doors, links in every state and 90 days of events,
//! all through the ordinary services, with a clock that walks through those days.

mod people;
mod terminals;

use super::actor::Actor;
use super::door::{self, DoorInput};
use super::link::{self, LinkInput};
use super::place::{self, PlaceInput};
use super::settings::{self, MessagesInput};
use super::setup::{self, SetupInput};
use super::unlock::{self, Tapper};
use crate::app::App;
use crate::driver::simulator::Mode;
use crate::error::{Error, Result};
use crate::secret::PlainSecret;
use crate::store::organization;
use crate::store::writer::Credential;
use app::text::Language;
use app::text::mail::OwnWords;
use domain::channel::Channel;
use domain::role::Role;
use std::collections::BTreeMap;

mod hours;

/// What is said at the end.
#[derive(Clone)]
pub struct Filled {
    /// `org_…`.
    pub organization: String,
    /// Whom to sign in as.
    pub email: String,
    /// With what; drawn anew each time, so that no demo has a known password.
    pub password: String,
    /// A working visitor link.
    pub url: String,
}

const DAY_MS: i64 = 86_400_000;
const DAYS: i64 = 90;

/// People who come; each link is for one of them.
const VISITORS: [(&str, &str, &str); 12] = [
    ("Ada Keller", "ada@keller.example", "Keller Architekten"),
    ("Bike courier", "", "Velopost"),
    ("Sami Aalto", "sami@aalto.example", "Aalto Acoustics"),
    ("Priya Raman", "priya@raman.example", ""),
    ("Cleaning, evenings", "clean@spotless.example", "Spotless GmbH"),
    ("Jorge Ibáñez", "jorge@ibanez.example", "Ibáñez Iluminación"),
    ("محمد الأحمد", "m.alahmad@example.com", ""),
    ("Lift inspection", "office@liftcheck.example", "Liftcheck"),
    ("Noor de Vries", "noor@devries.example", "De Vries Film"),
    ("Tomás Ó Briain", "tomas@obriain.example", ""),
    ("Catering", "hello@thymetable.example", "Thyme & Table"),
    ("Yuki Tanaka", "yuki@tanaka.example", "Tanaka Keys"),
];

/// Fills the organization.
///
/// # Errors
/// `Refused` when something is set up already; those of the services.
pub async fn fill(app: &App) -> Result<Filled> {
    if !app.db.read(organization::all).await?.is_empty() {
        return Err(Error::Refused(format!(
            "Something is set up already in {}, and stays as it is. Start it without --demo, or run the demo with an empty data folder: LATCHKEY_DATA_DIR=demo.",
            app.config.data_dir.display()
        )));
    }
    let end = app.clock.now();
    app.clock.shift(-DAYS * DAY_MS);
    let filled = story(app, end).await;
    // The last steps happen now, whatever came of the story.
    app.clock.shift(end - app.clock.now());
    filled
}

async fn story(app: &App, end: i64) -> Result<Filled> {
    let password = PlainSecret::new().expose().to_owned();
    let email = "maya@northwind.example".to_owned();
    let setup = SetupInput {
        organization: "Northwind Studios".into(),
        time_zone: "Europe/Berlin".into(),
        name: "Maya Lindqvist".into(),
        email: email.clone(),
        password: password.clone(),
    };
    let made = setup::set_up(app, &setup, None).await?;
    let maya =
        Actor { id: made.admin, organization: made.organization.clone(), role: Role::Owner, facts: BTreeMap::new() };
    people::join(app, &maya).await?;
    let doors = doors(app, &maya).await?;
    let words = OwnWords { subject: String::new(), greeting: "Welcome to {organization}, {name}".into() };
    let messages = MessagesInput { words: vec![(Language::En, words)], ..MessagesInput::default() };
    settings::messages(app, &maya, 1, &messages).await?;
    let mut random = Walk(7);
    let mut devices = Vec::new();
    for day in 0..DAYS {
        if day == DAYS - 1 {
            devices = terminals::yesterday(app, &maya, &doors).await?;
        }
        weekday(app, &maya, &doors, day, &mut random).await?;
        let next = end - (DAYS - day - 1) * DAY_MS;
        app.clock.shift((next - app.clock.now()).max(0));
    }
    app.clock.shift(end - app.clock.now());
    hours::fill(app, &maya, &doors).await?;
    let url = present(app, &maya, &doors).await?;
    people::expect(app, &maya).await?;
    terminals::today(app, &maya, &doors, &devices).await?;
    Ok(Filled { organization: made.organization, email, password, url })
}

async fn doors(app: &App, maya: &Actor) -> Result<Vec<String>> {
    let mut doors = Vec::new();
    let sites = [
        (
            "Lindenstraße 14",
            "Lindenstraße 14, 10969 Berlin",
            [
                ("Front door", "Ground floor, on the street", "5", true),
                ("Studio 3", "Second floor, left", "5", true),
                ("Server room", "Basement", "5", false),
            ],
        ),
        (
            "Ahornweg yard",
            "Ahornweg 2, 12489 Berlin",
            [
                ("Parking gate", "From Ahornweg", "20", true),
                ("Workshop", "Across the yard", "8", true),
                ("Paint store", "Behind the workshop", "5", true),
            ],
        ),
    ];
    for (name, address, here) in sites {
        let typed = PlaceInput {
            name: name.into(),
            address: address.into(),
            time_zone: "Europe/Berlin".into(),
            ..PlaceInput::default()
        };
        let place_id = place::create(app, maya, &typed).await?;
        for (name, description, seconds, accepts_digital) in here {
            let typed = DoorInput {
                name: name.into(),
                description: description.into(),
                place_id: place_id.clone(),
                unlock_seconds: seconds.into(),
                accepts_digital,
                ..DoorInput::default()
            };
            doors.push(door::create(app, maya, &typed).await?);
        }
    }
    Ok(doors)
}

/// One day: a link or none, some taps, some of them refused.
async fn weekday(app: &App, maya: &Actor, doors: &[String], day: i64, random: &mut Walk) -> Result<()> {
    if day % 7 >= 5 && random.below(3) > 0 {
        return Ok(());
    }
    app.clock.shift(7 * 3_600_000 + random.below(3_600_000));
    let (name, email, company) = VISITORS[random.index(VISITORS.len())];
    let mut typed = visitor(name, email, company, &[&doors[random.index(2)], &doors[3 + random.index(2)]]);
    if random.below(3) == 0 {
        typed.max_uses = "2".into();
    }
    let id = link::create(app, maya, &typed).await?;
    for _ in 0..1 + random.below(4) {
        app.clock.shift(60_000 + random.below(7_200_000));
        let door = if random.below(9) == 0 { &doors[2] } else { &doors[[0, 1, 3, 4][random.index(4)]] };
        tap(app, &id, door).await?;
    }
    match random.below(8) {
        0 => drop(link::revoke(app, maya, &id).await?),
        1 => drop(link::rotate(app, maya, &id).await?),
        _ => {}
    }
    Ok(())
}

/// What the visitor of the first look meets today: links in every state, doors in every mood.
async fn present(app: &App, maya: &Actor, doors: &[String]) -> Result<String> {
    let zone = "Europe/Berlin";
    let input = |at: i64| app::text::when::input(at, zone);
    let now = app.clock.now();
    let ada = {
        let typed = LinkInput {
            max_uses: "4".into(),
            // Of the numbers that Germany keeps for films.
            phone: "+49 30 23125 017".into(),
            note: "Brings two models, needs the lift".into(),
            ..host(visitor(
                "Ada Keller",
                "ada@keller.example",
                "Keller Architekten",
                &[&doors[0], &doors[1], &doors[3]],
            ))
        };
        link::create(app, maya, &typed).await?
    };
    tap(app, &ada, &doors[0]).await?;
    // Only where it is kept: a demo sends nothing to anybody.
    if app.config.sms.is_none() {
        link::send(app, maya, &ada, Channel::Sms).await?;
    }
    let tomorrow = LinkInput {
        valid_from: input(now + DAY_MS),
        valid_until: input(now + 2 * DAY_MS),
        ..host(visitor("Noor de Vries", "noor@devries.example", "De Vries Film", &[&doors[0]]))
    };
    link::create(app, maya, &tomorrow).await?;
    let paused = link::create(
        app,
        maya,
        &host(visitor("Catering", "hello@thymetable.example", "Thyme & Table", &[&doors[0], &doors[4]])),
    )
    .await?;
    link::pause(app, maya, &paused).await?;
    let spent = LinkInput { max_uses: "1".into(), ..visitor("Bike courier", "", "Velopost", &[&doors[0]]) };
    let spent = link::create(app, maya, &spent).await?;
    tap(app, &spent, &doors[0]).await?;
    let revoked = link::create(
        app,
        maya,
        &visitor("Lift inspection", "office@liftcheck.example", "Liftcheck", &[&doors[0], &doors[2]]),
    )
    .await?;
    link::revoke(app, maya, &revoked).await?;
    codes(app, maya, doors).await?;
    door::simulate(app, maya, &doors[3], Mode::Dead).await?;
    door::lock_down(app, maya, &doors[5], "Fresh varnish, keep out until it is dry").await?;
    let id = ada.clone();
    let owner = maya.organization.clone();
    let row = app.db.read(move |c| crate::store::link::find(c, &owner, &id)).await?;
    link::address(app, &row)
}

/// A link with a code of each kind, one of them opening by its code alone.
async fn codes(app: &App, maya: &Actor, doors: &[String]) -> Result<()> {
    let mut offline = host(visitor("Priya Raman", "priya@raman.example", "Raman Lighting", &[&doors[0], &doors[4]]));
    offline.qr = "offline".into();
    link::create(app, maya, &offline).await?;
    let mut rotating = host(visitor("Elif Demir", "elif@demir.example", "", &[&doors[0], &doors[1]]));
    rotating.qr = "rotating".into();
    link::create(app, maya, &rotating).await?;
    let mut online = host(visitor("Night cleaning", "team@clearsky.example", "Clear Sky", &[&doors[0], &doors[1]]));
    online.qr = "online".into();
    online.no_web = true;
    online.note = "By code at the door only".into();
    link::create(app, maya, &online).await?;
    Ok(())
}

fn visitor(name: &str, email: &str, company: &str, doors: &[&String]) -> LinkInput {
    LinkInput {
        name: name.into(),
        email: email.into(),
        company: company.into(),
        zone: "Europe/Berlin".into(),
        doors: doors.iter().map(|door| (*door).clone()).collect(),
        ..LinkInput::default()
    }
}

fn host(typed: LinkInput) -> LinkInput {
    LinkInput { host_name: "Jonas Weber".into(), host_contact: "+49 30 555 0117".into(), ..typed }
}

async fn tap(app: &App, link: &str, door: &str) -> Result<()> {
    let (id, door_id) = (link.to_owned(), door.to_owned());
    let version = app.db.read(move |c| crate::store::link::secret_version(c, &id)).await?;
    let tapper = Tapper {
        credential: Credential::Link { id: link.into(), secret_version: version },
        facts: BTreeMap::from([("address".into(), "203.0.113.0/24".into()), ("user_agent".into(), "Demo".into())]),
    };
    unlock::unlock(app, tapper, &door_id, &app.clock.request()).await?;
    Ok(())
}

/// Numbers that look random and are the same each time (Knuth's MMIX generator), so that two demos tell one story.
struct Walk(u64);

impl Walk {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % bound.max(1).unsigned_abs()).unwrap_or(0)
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(i64::try_from(length).unwrap_or(1))).unwrap_or(0)
    }
}
