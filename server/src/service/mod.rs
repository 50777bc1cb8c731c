//! Use cases: each checks who asks, changes the store in one transaction, and records what it did.

pub mod account;
pub mod actor;
pub mod audit;
pub mod brokers;
pub mod code;
pub mod demo;
pub mod door;
pub mod erase;
pub mod factor;
pub mod group;
pub mod housekeeping;
pub mod invitation;
pub mod link;
pub mod logo;
pub mod lookup;
pub mod notices;
pub mod password;
pub mod people;
pub mod place;
pub mod place_lockdown;
pub mod quota;
pub mod refusals;
pub mod retention;
pub mod schedule;
pub mod settings;
pub mod setup;
pub mod terminal;
pub mod unlock;

/// A typed time zone as its database spells it, so that no page shows it as somebody happened to type it.
fn zone(typed: &str) -> Result<String, &'static str> {
    app::text::when::zone_name(typed).ok_or("Please choose a time zone from the list, such as Europe/Berlin.")
}
