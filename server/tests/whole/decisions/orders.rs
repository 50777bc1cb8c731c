//! Cases that say in which order the checks come.

use super::{Case, HOUR, NOW, case, offline, online, seconds};
use domain::qr::Offline;

pub(super) fn unreadable(name: &'static str) -> Case {
    Case { code: "LK1F000".into(), ..case(name, &offline(1, |_| ())) }
}

/// The same code with other scopes than it was signed with.
fn forged(code: &Offline) -> Offline {
    Offline { scopes: vec![4, 5], ..code.clone() }
}

/// Several things wrong at once, one less from case to case: whoever takes them in another order finds another reason.
pub(super) fn orders() -> Vec<Case> {
    let old = Some(NOW + 40 * HOUR);
    let worst = |name, code: &Offline| Case { list: "everything_shut", reachable: false, ..case(name, code) };
    let elsewhere = |code: &mut Offline| code.scopes = vec![5];
    let ended = |code: &mut Offline| code.not_after = seconds(NOW);
    let early = |code: &mut Offline| code.not_before = seconds(NOW) + 1;
    let server = |code: &mut Offline| code.flags.needs_server = true;
    let other = |code: &mut Offline| code.audience = [9; 4];
    let foreign = offline(25, |code| {
        other(code);
        code.key = 2;
        server(code);
    });
    let unlisted = offline(25, |code| {
        code.key = 2;
        server(code);
    });
    let everything = offline(25, |code| {
        ended(code);
        early(code);
        elsewhere(code);
    });
    vec![
        Case { now: None, ..unreadable("order: a damaged code before the clock") },
        Case { now: old, ..unreadable("order: a damaged code before the list's age") },
        Case { now: None, ..worst("order: the clock before another organization", &foreign) },
        Case { now: old, ..worst("order: the list's age before another organization", &foreign) },
        Case {
            now: old,
            code: "https://example.com/".into(),
            ..worst("order: the list's age before the kind", &foreign)
        },
        worst("order: another organization before key, signature and flag", &forged(&foreign)),
        worst("order: the key before signature and flag", &forged(&unlisted)),
        worst("order: the signature before the flag", &forged(&offline(25, server))),
        worst("order: the flag before what is blocked", &offline(25, server)),
        worst("order: retired before everything that follows", &everything),
        worst(
            "order: revoked before the dates",
            &offline(26, |code| {
                ended(code);
                elsewhere(code);
            }),
        ),
        worst(
            "order: the end before paused and the beginning",
            &offline(27, |code| {
                ended(code);
                early(code);
                elsewhere(code);
            }),
        ),
        worst(
            "order: paused before the beginning",
            &offline(27, |code| {
                early(code);
                elsewhere(code);
            }),
        ),
        worst(
            "order: the beginning before the door",
            &offline(24, |code| {
                early(code);
                elsewhere(code);
            }),
        ),
        worst("order: another door before used up and locked down", &offline(24, elsewhere)),
        worst("order: the group's hours before used up", &offline(24, |code| code.scopes = vec![12])),
        worst("order: used up before the door itself", &offline(24, |_| ())),
        Case {
            opened: true,
            ..worst(
                "order: opened once before the door itself",
                &offline(1, |code| code.flags.once_per_terminal = true),
            )
        },
        worst("order: shut to codes before its hours", &offline(1, |_| ())),
        Case {
            list: "hours_off_and_locked_down",
            ..worst("order: the door's hours before a lockdown", &offline(1, |_| ()))
        },
        Case {
            list: "place_locked_down",
            ..worst("order: the place's lockdown before the relay", &offline(1, |_| ()))
        },
        Case { list: "door_locked_down", ..worst("order: the door's lockdown before the relay", &offline(1, |_| ())) },
        Case { list: "door_locked_down", ..case("order: another door before its lockdown", &offline(1, elsewhere)) },
        Case { list: "everything_shut", ..online("order: another door before an entry's own hours", 10) },
        Case { list: "everything_shut", opened: true, ..online("order: an entry's own hours before opened once", 11) },
    ]
}
