//! The dashboard's routes: each handler takes the signed-in [`Admin`](super::auth::Admin) or a form only their page made.

pub mod account;
pub mod admins;
mod common;
pub mod could_it_open;
pub mod deliveries;
pub mod doors;
pub mod events;
pub mod factors;
mod gauges;
pub mod groups;
pub mod invitation;
pub mod links;
pub mod live;
mod named;
pub mod overview;
pub mod passkeys;
pub mod place_lockdown;
pub mod places;
pub mod prove;
pub mod schedules;
pub mod security;
pub mod setup;
pub mod sign_in;
pub mod sign_in_factor;
pub mod simulator;
mod week;
mod words;
