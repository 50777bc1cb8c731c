//! The dashboard's routes: each handler takes the signed-in [`Admin`](super::auth::Admin) or a form only their page made.

pub mod account;
pub mod admins;
mod common;
pub mod could_it_open;
pub mod deliveries;
pub mod doors;
pub mod drivers;
pub mod erase;
pub mod events;
mod gauges;
pub mod groups;
pub mod invitation;
pub mod links;
pub mod live;
mod named;
pub mod overview;
pub mod place_lockdown;
pub mod places;
pub mod retention;
pub mod schedules;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod simulator;
pub mod standing;
mod week;
mod words;
