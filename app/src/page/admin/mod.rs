//! The admin's pages: each a plain `Model` and a `view(model, chrome)` that gives the whole document.

use std::sync::Arc;

use domain::role::{Right, Role};

use leptos::prelude::AnyView;

use crate::shell::{self, Assets, Islands};
use crate::ui::icon::Icon;

pub mod account;
pub mod address;
pub mod admin_invite;
pub mod admins;
pub mod badge;
pub mod confirm;
pub mod could_it_open;
pub mod deliveries;
pub mod door;
pub mod door_form;
pub mod doors;
pub mod event;
pub mod events;
pub mod gauges;
pub mod group;
pub mod group_form;
pub mod groups;
pub mod held;
pub mod holidays;
pub mod import;
pub mod inspect;
pub mod invitation;
pub mod link;
pub mod link_form;
pub mod links;
pub mod many;
mod message;
pub mod overview;
mod parts;
pub mod passkey_new;
pub mod person;
pub mod place;
pub mod place_form;
pub mod place_lockdown;
pub mod places;
pub mod problem;
pub mod prove;
pub mod reach;
pub mod recovery_codes;
pub mod restrictions;
pub mod retention;
pub mod said;
pub mod schedule;
pub mod schedule_form;
pub mod schedules;
pub mod second_factor;
pub mod security;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod sign_in_factor;
pub mod simulator;
pub mod still_in;
pub mod terminal;
pub mod terminal_code;
pub mod terminal_form;
pub mod terminals;
pub mod totp;
pub mod week;
pub mod week_fields;

pub use message::{MessageKind, MessageLine, MessageState};
pub use parts::{DoorState, EventLine, WayBack};

/// What surrounds every admin page.
#[derive(Clone, Debug)]
pub struct Chrome {
    /// Addresses of style sheet, islands and icon.
    pub assets: Arc<Assets>,
    /// The organization's name.
    pub organization: String,
    /// Who is signed in.
    pub person: String,
    /// What they may do.
    pub role: Role,
    /// Where in the side bar the page stands.
    pub section: Section,
    /// The value of `csrf` in every form.
    pub form_token: String,
    /// What the request before this one did.
    pub flash: Option<Flash>,
    /// Lockdowns that last, the longest first.
    pub lockdowns: Vec<place_lockdown::Lockdown>,
    /// Whether the page came over plain http from elsewhere than this machine.
    pub insecure: bool,
}

impl Chrome {
    /// Whether whoever reads the page holds a right; what they may not do is not offered.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.role.may(right)
    }
}

/// The document of a page that is open even to those who lack a second factor that is asked of them: for them without
/// the side bar, whose every entry would only lead back here.
fn enrol(chrome: Chrome, demanded: bool, title: &str, body: AnyView) -> AnyView {
    if demanded { shell::alone(chrome, title, body) } else { shell::admin(chrome, title, Islands::None, body) }
}

/// What an action did, and the way back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flash {
    /// A sentence: *Ada Keller's link is paused.*
    pub text: String,
    /// Whether it worked.
    pub kind: FlashKind,
    /// The way back, where there is one.
    pub undo: Option<Undo>,
}

/// Whether what was asked was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlashKind {
    /// It was.
    #[default]
    Done,
    /// Not all of it was.
    Partly,
    /// It was not.
    Failed,
}

/// A form of one button that takes an action back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undo {
    /// Where it posts to.
    pub action: String,
    /// The button: *Resume it*.
    pub label: String,
    /// Further hidden fields.
    pub fields: Vec<(String, String)>,
}

/// A place in the side bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    /// `/`
    #[default]
    Overview,
    /// `/links`
    Links,
    /// `/doors`
    Doors,
    /// `/events`
    Events,
    /// `/places`
    Places,
    /// `/groups`
    Groups,
    /// `/schedules`
    Schedules,
    /// `/terminals`
    Terminals,
    /// `/simulator`
    Simulator,
    /// `/deliveries`
    Deliveries,
    /// `/admins`
    Admins,
    /// `/settings`
    Settings,
    /// `/account`
    Account,
}

impl Section {
    const ALL: [Self; 13] = [
        Self::Overview,
        Self::Links,
        Self::Doors,
        Self::Events,
        Self::Places,
        Self::Groups,
        Self::Schedules,
        Self::Terminals,
        Self::Simulator,
        Self::Deliveries,
        Self::Admins,
        Self::Settings,
        Self::Account,
    ];

    /// The section that an address stands in: `/links/link_1` in the links. The overview where it stands in none.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let first = path.split('/').nth(1).unwrap_or_default();
        Self::ALL.into_iter().find(|section| section.href().strip_prefix('/') == Some(first)).unwrap_or_default()
    }

    /// Its address.
    #[must_use]
    pub fn href(self) -> &'static str {
        match self {
            Self::Overview => "/",
            Self::Links => "/links",
            Self::Doors => "/doors",
            Self::Events => "/events",
            Self::Places => "/places",
            Self::Groups => "/groups",
            Self::Schedules => "/schedules",
            Self::Terminals => "/terminals",
            Self::Simulator => "/simulator",
            Self::Deliveries => "/deliveries",
            Self::Admins => "/admins",
            Self::Settings => "/settings",
            Self::Account => "/account",
        }
    }

    /// Its name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Links => "Access links",
            Self::Doors => "Doors",
            Self::Events => "Events",
            Self::Places => "Places",
            Self::Groups => "Groups",
            Self::Schedules => "Schedules",
            Self::Terminals => "Terminals",
            Self::Simulator => "Simulator",
            Self::Deliveries => "Deliveries",
            Self::Admins => "Admins",
            Self::Settings => "Settings",
            Self::Account => "Account",
        }
    }

    pub(crate) fn icon(self) -> Icon {
        match self {
            Self::Overview => Icon::Overview,
            Self::Links => Icon::Key,
            Self::Doors => Icon::Door,
            Self::Events => Icon::Events,
            Self::Places => Icon::Place,
            Self::Groups => Icon::Group,
            Self::Schedules => Icon::Schedule,
            Self::Terminals => Icon::Terminal,
            Self::Simulator => Icon::Simulator,
            Self::Deliveries => Icon::Mail,
            Self::Admins => Icon::People,
            Self::Settings => Icon::Settings,
            Self::Account => Icon::Person,
        }
    }
}
