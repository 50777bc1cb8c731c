use super::*;
use crate::wire::HeartbeatAnswer;
use domain::terminal::Refused;

fn received(bench: &mut Bench, answer: ListAnswer) -> Vec<Effect> {
    let effects = bench.terminal.list_received(answer, at(1_000));
    bench.take(effects)
}

#[test]
fn only_a_newer_list_of_its_own_that_the_server_signed_is_taken() {
    let mut bench = Bench::with(&list());
    let kept = bench.disk.list.clone();
    let mut newer = list();
    newer.door.unlock_ms = 1;
    let sign = |change: fn(&mut Manifest)| {
        let mut manifest = manifest(&newer, 11, NOW);
        change(&mut manifest);
        ListAnswer { manifest: manifest.sign(&list_key()), ..whole(&newer, 11, NOW) }
    };
    let forged = manifest(&newer, 11, NOW).sign(&SigningKey::from_bytes(&[4; 32]));
    for (answer, why) in [
        (ListAnswer { manifest: forged, ..whole(&newer, 11, NOW) }, Refused::Signature),
        (ListAnswer { manifest: "a.b.c".into(), ..whole(&newer, 11, NOW) }, Refused::Signature),
        (sign(|manifest| manifest.aud = "terminal_2".into()), Refused::Audience),
        (sign(|manifest| manifest.version = 10), Refused::Older),
        (sign(|manifest| manifest.expires_at = NOW + 1_000), Refused::Expired),
        (ListAnswer { list: whole(&list(), 1, 1).list, ..whole(&newer, 11, NOW) }, Refused::Content),
        (ListAnswer { list: Some("[]".into()), ..whole(&newer, 11, NOW) }, Refused::Content),
    ] {
        assert_eq!(received(&mut bench, answer), [Effect::Say(Say::ListRefused(why))]);
        assert_eq!(bench.disk.list, kept);
        assert_eq!(bench.terminal.have(), Some(10));
    }
    received(&mut bench, whole(&newer, 11, NOW));
    assert_eq!(bench.terminal.have(), Some(11));
}

#[test]
fn a_change_makes_the_newer_list_or_the_whole_is_asked_for() {
    let mut bench = Bench::with(&list());
    let mut newer = list();
    listed(&mut newer, 5, false);
    block(&mut newer, 9, Blocked::Revoked);
    let change = |from| ListAnswer {
        manifest: manifest(&newer, 11, NOW).sign(&list_key()),
        list: None,
        change: Some(list().change_to(&newer)),
        from: Some(from),
    };
    assert_eq!(received(&mut bench, change(9)), [Effect::FetchList { have: None }], "against another one");
    let mut wrong = change(10);
    wrong.change.as_mut().expect("a change").blocked.clear();
    assert_eq!(received(&mut bench, wrong), [Effect::FetchList { have: None }]);
    let none = ListAnswer { change: None, ..change(10) };
    assert_eq!(received(&mut bench, none), [Effect::FetchList { have: None }]);
    assert!(matches!(received(&mut bench, change(10)).as_slice(), [Effect::Say(Say::ListTaken { version: 11, .. })]));
    assert_eq!(bench.disk.list, whole(&newer, 11, NOW).list.map(|text| (change(10).manifest, text)));
    assert_eq!(shown(&bench.alone(&offline(9, false), at(2_000))).entry.reason, "revoked");
}

#[test]
fn a_list_that_is_spoiled_or_lost_opens_nothing_and_no_older_one_takes_its_place() {
    let mut bench = Bench::with(&list());
    let (_, text) = bench.disk.list.as_mut().expect("a list");
    *text = text.replace("4000", "9000");
    let effects = bench.restart();
    assert_eq!(effects, [Effect::Say(Say::ListSpoiled), Effect::FetchList { have: None }]);
    assert_eq!(shown(&bench.alone(&offline(9, false), at(0))).entry.reason, "list_too_old");
    assert_eq!(received(&mut bench, whole(&list(), 10, NOW)), [Effect::Say(Say::ListRefused(Refused::Older))]);
    received(&mut bench, whole(&list(), 11, NOW));
    assert_eq!(shown(&bench.alone(&offline(9, false), at(9_000))).entry.reason, "allowed");
}

#[test]
fn an_aged_list_opens_nothing() {
    let mut bench = Bench::with(&list());
    assert_eq!(bench.terminal.list_times(), Some((NOW, NOW + 36 * HOUR)));
    let code = |number| {
        let mut code = offline(number, false);
        code.make_ascii_lowercase();
        code
    };
    assert_eq!(shown(&bench.alone(&code(1), at(20 * HOUR))).entry.reason, "allowed");
    assert_eq!(shown(&bench.alone(&code(2), at(36 * HOUR + 1))).entry.reason, "list_too_old");
}

#[test]
fn a_mark_stays_until_a_list_knows_of_the_opening() {
    let mut bench = Bench::with(&list());
    let code = offline(9, true);
    bench.alone(&code, at(1_000));
    let told = bench.terminal.relayed(&Job::Scan(1), crate::wire::Outcome::Opened, "");
    bench.take(told);
    // Made after the opening, but before the server heard of it.
    received(&mut bench, whole(&list(), 11, NOW + 5_000));
    assert_eq!(shown(&bench.alone(&code, at(10_000))).entry.reason, "uses_exhausted");
    let effects = bench.terminal.stored(2, at(20_000));
    bench.take(effects);
    assert!(bench.disk.records.is_empty());
    bench.restart();
    assert_eq!(shown(&bench.alone(&code, at(30_000))).entry.reason, "uses_exhausted");
    received(&mut bench, whole(&list(), 12, NOW + 20_001));
    assert!(bench.disk.marks.is_empty());
    assert_eq!(shown(&bench.alone(&code, at(40_000))).entry.reason, "allowed");
}

#[test]
fn a_list_is_fetched_when_there_is_a_newer_one_or_the_one_at_hand_runs_out() {
    let mut bench = Bench::with(&list());
    let mut heard = |now, list, later| {
        let (name, organization, place) = (String::new(), String::new(), String::new());
        let answer = HeartbeatAnswer { now, list, name, organization, place, door: DoorName::default() };
        let effects = bench.terminal.heard(answer, at(later), at(later));
        bench.take(effects)
    };
    let fetch = [Effect::FetchList { have: Some(10) }];
    assert_eq!(heard(NOW + 1_000, 10, 1_000), []);
    assert_eq!(heard(NOW + 2_000, 11, 2_000), fetch);
    assert_eq!(heard(NOW + 23 * HOUR, 10, 23 * HOUR), []);
    assert_eq!(heard(NOW + 23 * HOUR + 1, 10, 23 * HOUR + 1), fetch);
}
