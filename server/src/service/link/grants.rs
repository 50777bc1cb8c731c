//! What a link shall open, checked: single doors, groups, and hours of its own.

use super::draft::LinkInput;
use crate::error::Checks;
use crate::service::schedule::words;
use crate::store::link::Grants;
use domain::id::Kind;
use domain::schedule::typed;
use std::collections::BTreeMap;

/// The most single doors, and the most groups, of one link.
const MOST: usize = 200;

/// Checks what was typed and notes what is wrong with it.
pub(super) fn check(input: &LinkInput, checks: &mut Checks) -> Grants {
    let unique = |ids: &[String]| {
        let mut ids = ids.to_vec();
        ids.sort();
        ids.dedup();
        ids
    };
    let (windows, wrong) = typed::week(&input.days);
    for (day, refused) in wrong {
        checks.note(day, refused);
    }
    let grants = Grants { doors: unique(&input.doors), groups: unique(&input.groups), windows };
    if grants.doors.is_empty() && grants.groups.is_empty() {
        checks.note("door", "Choose at least one door or group.");
    }
    if grants.doors.len() > MOST || !grants.doors.iter().all(|door| Kind::Door.owns(door)) {
        checks.note("door", "One of these doors is not there any more. Choose again.");
    }
    if grants.groups.len() > MOST || !grants.groups.iter().all(|group| Kind::Group.owns(group)) {
        checks.note("group", "One of these groups is not there any more. Choose again.");
    }
    grants
}

/// Says in an event what a link opens.
pub(super) fn describe(detail: &mut BTreeMap<String, String>, grants: &Grants) {
    if !grants.windows.is_empty() {
        detail.insert("week".into(), words::week(&grants.windows).join("; "));
    }
    for (name, ids) in [("doors", &grants.doors), ("groups", &grants.groups)] {
        if !ids.is_empty() {
            detail.insert(name.into(), ids.join(" "));
        }
    }
}
