//! What goes out to people: mail with a calendar file, by way of the outbox.

mod account;
pub mod calendar;
pub mod mail;
pub mod outbox;
