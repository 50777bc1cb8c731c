//! What every command shares: the configuration, the acting organization, how errors are said.

use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::service::setup;
use crate::store::organization::OrganizationRow;
use std::path::Path;

/// The configuration of environment and file, or a sentence for each mistake.
///
/// # Errors
/// One sentence for each mistake.
pub(super) fn configuration(file: Option<&Path>) -> std::result::Result<Config, Vec<String>> {
    Config::load(file).map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
}

/// The file in the data folder that says where its server is found.
pub(super) const ADDRESS: &str = "address";

/// What a command prints leads to the server of its data folder, where nothing else was said.
pub(super) fn beside_server(mut config: Config) -> Config {
    let told = || std::fs::read_to_string(config.data_dir.join(ADDRESS)).ok();
    if !config.base_url_given
        && let Some(address) = told().map(|told| told.trim().to_owned()).filter(|told| url::Url::parse(told).is_ok())
    {
        config.base_url = address;
    }
    config
}

/// The sentence for an error: an operator also sees the cause.
pub(super) fn sentence(error: &Error) -> String {
    match error {
        Error::Unavailable(cause) | Error::Collision(cause) => cause.clone(),
        Error::NotFound => "There is no such thing in this organization.".into(),
        other => other.to_string(),
    }
}

/// The organization to act for, and the operator as its actor.
///
/// # Errors
/// Those of [`setup::organization_named`].
pub(super) async fn acting(app: &App, org: Option<&str>) -> Result<(OrganizationRow, Actor)> {
    let organization = setup::organization_named(app, org).await?;
    let actor = Actor::operator(&organization.id);
    Ok((organization, actor))
}

/// An id or an exact name among rows.
///
/// # Errors
/// `Refused` when nothing, or more than one thing, is called so.
pub(super) fn named<T>(
    rows: Vec<T>,
    wanted: &str,
    what: &str,
    id: impl Fn(&T) -> &str,
    name: impl Fn(&T) -> &str,
) -> Result<T> {
    let mut found: Vec<T> = rows.into_iter().filter(|row| id(row) == wanted || name(row) == wanted).collect();
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(Error::Refused(format!("There is no {what} called {wanted}."))),
        (Some(_), false) => Err(Error::Refused(format!("Several {what}s are called {wanted}. Use the id instead."))),
    }
}
