//! A Latchkey of a test's own: the real router over a real store, with two organizations that must not meet.

use axum::Router;
use domain::id::Kind;
use domain::role::Role;
use server::app::App;
use server::config::Config;
use server::http::router::router;
use server::service::actor::Actor;
use server::service::door::{self, DoorInput};
use server::service::group::{self, GroupInput};
use server::service::link::{self, LinkInput};
use server::service::place::{self, PlaceInput};
use server::service::schedule::{self, ScheduleInput};
use server::service::setup::{self, SetupInput};
use server::service::terminal::manage::{self, TerminalInput};
use server::store::admin::AdminRow;
use server::store::event::EventRow;
use server::store::invitation::InvitationRow;

use crate::browser::Browser;
use crate::support::Fresh;

/// Every owner's password.
pub(crate) const PASSWORD: &str = "a calm lighthouse at noon";

/// The server under test. Its database goes with it.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) router: Router,
    fresh: Fresh,
}

/// An organization, with its owner and something to open. Whatever it is called contains its marker.
#[derive(Clone)]
pub(crate) struct Organization {
    pub(crate) marker: &'static str,
    pub(crate) id: String,
    pub(crate) admin: String,
    pub(crate) email: String,
}

/// A place with a door and a link to it.
#[derive(Clone)]
pub(crate) struct Things {
    pub(crate) place: String,
    pub(crate) door: String,
    pub(crate) link: String,
    /// What stands behind `/l/`.
    pub(crate) secret: String,
    /// A group with the door, where a test made one.
    pub(crate) group: String,
    /// A schedule, where a test made one.
    pub(crate) schedule: String,
    /// A terminal at the door that no device is yet, where a test made one.
    pub(crate) terminal: String,
}

impl House {
    pub(crate) fn open(database: &str) -> Self {
        Self::open_with(database, &[])
    }

    /// With settings of its own.
    pub(crate) fn open_with(database: &str, more: &[(&str, String)]) -> Self {
        let fresh = Fresh::moulded(database);
        let dir = fresh.folder.path().to_string_lossy().into_owned();
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let config = Config::read(
            [("LATCHKEY_DATA_DIR".to_owned(), dir), ("LATCHKEY_DATABASE_URL".to_owned(), fresh.url.clone())]
                .into_iter()
                .chain(more),
            None,
        )
        .expect("a configuration");
        let app = App::open(config).expect("an opened store");
        let router = router(app.clone());
        Self { app, router, fresh }
    }

    pub(crate) fn url(&self) -> &str {
        &self.fresh.url
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    pub(crate) async fn organization(&self, marker: &'static str) -> Organization {
        let email = format!("owner@{}.example", marker.to_lowercase());
        let typed = SetupInput {
            organization: format!("{marker} House"),
            time_zone: "Europe/Berlin".into(),
            name: format!("{marker} Owner"),
            email: email.clone(),
            password: PASSWORD.into(),
        };
        let made = setup::set_up(&self.app, &typed, None).await.expect("an organization");
        Organization { marker, id: made.organization, admin: made.admin, email }
    }

    /// A browser in which the owner has signed in as people do.
    pub(crate) async fn signed_in(&self, organization: &Organization) -> Browser {
        let mut browser = self.browser();
        let page = browser.sign_in(&organization.email, PASSWORD).await;
        assert_eq!((page.status, page.location()), (303, "/"), "{}", page.body);
        browser
    }

    /// A browser in which another admin of the organization has signed in. Made past the services: how people join
    /// is another test's business.
    pub(crate) async fn colleague(&self, organization: &Organization, role: Role) -> Browser {
        let row = self.admin(organization, role).await;
        let mut browser = self.browser();
        let page = browser.sign_in(&row.email, PASSWORD).await;
        assert_eq!((page.status, page.location()), (303, "/"), "{}", page.body);
        browser
    }

    /// Another admin of the organization, without a trace in its log.
    pub(crate) async fn admin(&self, organization: &Organization, role: Role) -> AdminRow {
        let email = format!("{}-{}@colleagues.example", role.code(), self.app.clock.salt());
        let row = AdminRow {
            id: self.app.clock.id(Kind::Admin),
            organization_id: organization.id.clone(),
            name: format!("{} Colleague", organization.marker),
            email_key: email.clone(),
            email: email.clone(),
            password_hash: self.app.hasher.hash(PASSWORD).await.expect("a hash"),
            role: role.code().into(),
            created_at: 0,
            password_changed_at: 0,
            removed_at: None,
        };
        let stored = row.clone();
        self.app.db.write(move |tx| server::store::admin::insert(tx, &stored)).await.expect("a colleague");
        row
    }

    /// An open invitation, without a trace in the log; its id.
    pub(crate) async fn invited(&self, organization: &Organization, role: Role) -> String {
        let secret = server::secret::PlainSecret::new();
        let row = InvitationRow {
            id: self.app.clock.id(Kind::Invitation),
            organization_id: organization.id.clone(),
            name: format!("{} Invited", organization.marker),
            email: format!("{}@invited.example", self.app.clock.salt()),
            role: role.code().into(),
            secret_hash: secret.hash().to_hex(),
            secret_sealed: Vec::new(),
            invited_by: organization.admin.clone(),
            created_at: self.app.clock.now(),
            expires_at: self.app.clock.now() + 86_400_000,
            used_at: None,
            withdrawn_at: None,
        };
        let id = row.id.clone();
        self.app.db.write(move |tx| server::store::invitation::insert(tx, &row)).await.expect("an invitation");
        id
    }

    pub(crate) async fn things(&self, organization: &Organization) -> Things {
        self.things_like(organization, |_| ()).await
    }

    /// A link with wishes of its own.
    pub(crate) async fn things_like(&self, organization: &Organization, wish: impl FnOnce(&mut LinkInput)) -> Things {
        let (app, marker) = (&self.app, organization.marker);
        let actor = Actor::operator(&organization.id);
        let typed = PlaceInput {
            name: format!("{marker} Court"),
            address: String::new(),
            time_zone: "Europe/Berlin".into(),
            ..PlaceInput::default()
        };
        let place = place::create(app, &actor, &typed).await.expect("a place");
        let typed = DoorInput {
            place_id: place.clone(),
            name: format!("{marker} Gate"),
            unlock_seconds: "5".into(),
            accepts_digital: true,
            ..Default::default()
        };
        let door = door::create(app, &actor, &typed).await.expect("a door");
        let mut typed = LinkInput {
            name: format!("{marker} Visitor"),
            doors: vec![door.clone()],
            zone: "Europe/Berlin".into(),
            ..Default::default()
        };
        wish(&mut typed);
        let link = link::create(app, &actor, &typed).await.expect("a link");
        let secret = self.secret(organization, &link).await;
        Things { place, door, link, secret, group: String::new(), schedule: String::new(), terminal: String::new() }
    }

    /// A group of these doors.
    pub(crate) async fn group(&self, organization: &Organization, doors: &[&str]) -> String {
        let typed = GroupInput {
            name: format!("{} Group", organization.marker),
            doors: doors.iter().map(|door| (*door).to_owned()).collect(),
            ..Default::default()
        };
        group::create(&self.app, &Actor::operator(&organization.id), &typed).await.expect("a group")
    }

    /// A schedule with these windows, such as `mon-fri=08:00-18:00`.
    pub(crate) async fn schedule(&self, organization: &Organization, open: &[&str]) -> String {
        let typed = ScheduleInput { name: format!("{} Hours", organization.marker), days: week(open) };
        schedule::create(&self.app, &Actor::operator(&organization.id), &typed).await.expect("a schedule")
    }

    /// A terminal at a door, waiting for its code.
    pub(crate) async fn waiting_terminal(&self, organization: &Organization, door: &str) -> String {
        let typed = TerminalInput { name: format!("{} Terminal", organization.marker), door_id: door.to_owned() };
        manage::add(&self.app, &Actor::operator(&organization.id), &typed).await.expect("a terminal").0
    }

    pub(crate) fn owner(&self, organization: &Organization) -> Actor {
        Actor { id: organization.admin.clone(), ..Actor::operator(&organization.id) }
    }

    pub(crate) async fn secret(&self, organization: &Organization, link: &str) -> String {
        let (_, address) = link::show(&self.app, &self.owner(organization), link, "test").await.expect("its address");
        address.rsplit('/').next().expect("a secret").to_owned()
    }

    /// What the log says, oldest first, once every opening under way has been written down.
    pub(crate) async fn events(&self, organization: &Organization) -> Vec<EventRow> {
        let mut rows = self.latest(organization, i64::from(u16::MAX)).await;
        rows.sort_by_key(|row| row.sequence);
        rows
    }

    /// The newest of them.
    pub(crate) async fn last_event(&self, organization: &Organization) -> EventRow {
        self.latest(organization, 1).await.pop().expect("an event")
    }

    async fn latest(&self, organization: &Organization, most: i64) -> Vec<EventRow> {
        self.app.tasks.close();
        self.app.tasks.wait().await;
        self.app.tasks.reopen();
        let id = organization.id.clone();
        let filter = server::store::event::Filter::default();
        self.app.db.read(move |c| server::store::event::list(c, &id, &filter, most)).await.expect("events")
    }

    /// How often the log has an action with an outcome.
    pub(crate) async fn count(&self, organization: &Organization, action: &str, outcome: &str) -> usize {
        self.events(organization).await.iter().filter(|row| row.action == action && row.outcome == outcome).count()
    }

    /// Everything that the database holds, as text.
    pub(crate) async fn dump(&self) -> String {
        if self.url().starts_with("postgres") {
            return crate::support::xml(self.url());
        }
        let folder = std::fs::read_dir(self.fresh.folder.path()).expect("a folder");
        folder
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.to_string_lossy().contains("latchkey.db"))
            .map(|path| String::from_utf8_lossy(&std::fs::read(path).expect("a file")).into_owned())
            .collect()
    }

    /// A second process' view of the same database: another writer, another pool.
    pub(crate) fn another(&self) -> App {
        App::open((*self.app.config).clone()).expect("the same store again")
    }

    pub(crate) fn clone_url(&self) -> String {
        self.fresh.url.clone()
    }

    /// The names of all doors.
    pub(crate) async fn dump_doors(&self, organization: &Organization) -> Vec<String> {
        let id = organization.id.clone();
        let doors = self.app.db.read(move |c| server::store::door::all(c, &id)).await;
        doors.expect("doors").into_iter().map(|at| at.door.name).collect()
    }

    /// The events, as soon as the database can be read again.
    pub(crate) async fn settled_events(&self, organization: &Organization) -> Vec<server::store::event::EventRow> {
        for _ in 0..100 {
            if self.app.db.read(server::store::organization::all).await.is_ok() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        self.events(organization).await
    }

    /// Runs a statement past Latchkey, but not past the database's own guards.
    pub(crate) fn sql(&self, sql: &str) -> Result<(), String> {
        crate::support::try_run(self.url(), sql)
    }

    /// Runs a statement as somebody who owns the database would, guards taken off.
    pub(crate) fn unguarded(&self, sql: &str) {
        if self.url().starts_with("postgres") {
            let off = format!("SET session_replication_role = replica; {sql}");
            self.sql(&off).expect("a statement");
        } else {
            let guards = [
                "events_no_update",
                "events_no_delete",
                "event_people_no_update",
                "checkpoints_no_update",
                "checkpoints_no_delete",
                "beginnings_no_update",
                "beginnings_no_delete",
            ];
            let off: String = guards.iter().map(|guard| format!("DROP TRIGGER IF EXISTS {guard};")).collect();
            self.sql(&format!("{off} {sql}")).expect("a statement");
        }
    }
}

/// Windows such as `mon-fri=08:00-18:00` as a form sends them.
pub(crate) fn week(open: &[&str]) -> [Vec<(String, String)>; 7] {
    let mut week: [Vec<(String, String)>; 7] = Default::default();
    let day = |name: &str| ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|day| *day == name);
    for text in open {
        let (days, hours) = text.split_once('=').expect("days and hours");
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let (from, until) = hours.split_once('-').expect("from and until");
        for day in &mut week[day(first).expect("a day")..=day(last).expect("a day")] {
            day.push((from.to_owned(), until.to_owned()));
        }
    }
    week
}
