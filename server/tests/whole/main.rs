//! Latchkey whole: the real router, the real store, real processes.
#![allow(clippy::unwrap_used, reason = "a test that finds nothing where something must be has failed")]

mod admins;
mod bad_input;
mod browser;
mod chain;
mod contract;
mod crashing;
mod factors;
mod groups;
mod handling;
mod hours;
mod house;
mod keeping;
mod listing;
mod lockdown;
mod log;
mod mailing;
mod noticing;
mod organizations;
mod phones;
mod plans;
mod process;
mod quotas;
mod routes;
mod sessions;
mod setting_up;
mod settings;
mod signing_in;
mod sink;
mod support;
mod tapping;
mod texting;
mod visiting;
mod what_if;
mod writing;
