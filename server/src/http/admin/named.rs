//! What an id names, with the page it has.

use crate::http::router;
use crate::store::names::Names;
use app::page::admin::event::Named;
use domain::id::Kind;
use std::collections::HashSet;
use std::sync::LazyLock;

/// The paths there are: a link leads only to a page of this version.
static PATHS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| router::session_routes().into_iter().map(|route| route.path).collect());

/// The page of a thing and, where single ones have none, the list it stands in.
const PAGES: [(Kind, &[&str]); 9] = [
    (Kind::Door, &["/doors/{id}"]),
    (Kind::Link, &["/links/{id}"]),
    (Kind::Place, &["/places/{id}"]),
    (Kind::Group, &["/groups/{id}"]),
    (Kind::Schedule, &["/schedules/{id}"]),
    (Kind::Terminal, &["/terminals/{id}"]),
    (Kind::Admin, &["/admins/{id}", "/admins"]),
    (Kind::Message, &["/deliveries/{id}", "/deliveries"]),
    (Kind::Invitation, &["/admins"]),
];

/// What an id names; none for what is no id of a thing.
pub(super) fn named(id: &str, names: &Names) -> Option<Named> {
    if id == "operator" {
        return Some(Named { name: "The operator".into(), href: String::new() });
    }
    if Kind::Event.owns(id) {
        return Some(Named { name: "An event".into(), href: format!("/events/{id}") });
    }
    let (_, pages) = PAGES.iter().find(|(kind, _)| kind.owns(id))?;
    let page = pages.iter().find(|page| PATHS.contains(**page)).filter(|_| names.has(id));
    let name = names.of(id).filter(|name| !name.is_empty()).unwrap_or("Since removed");
    Some(Named { name: name.to_owned(), href: page.map(|page| page.replace("{id}", id)).unwrap_or_default() })
}
