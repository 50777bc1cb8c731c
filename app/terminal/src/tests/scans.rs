use super::*;
use crate::wire::{ClaimAnswer, Command, HeartbeatAnswer, Kind, Mode, Outcome, Progress, Relay, ResultRequest};
use crate::{DEADLINE_MS, FOLLOWED_MS, PATIENCE_MS, REPEAT_MS};

#[test]
fn a_scan_on_line_is_kept_asked_kept_opened_shown_and_goes_up() {
    let mut bench = Bench::with(&list());
    let request = bench.ask(" LK1NSOMETHING\r\n", at(100));
    assert_eq!((request.sequence, request.at), (1, Some(NOW + 100)), "by the server's time");
    assert_eq!(request.bytes().expect("base64"), b"LK1NSOMETHING");
    assert!(request.scan.len() == 32);
    assert_eq!(bench.disk.records[&1].stage, Stage::Asked);

    let effects = bench.answer(&request.scan, &granted(4_900), at(300));
    let [Effect::Open(opening), Effect::Show(first)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*opening, Opening { job: Job::Scan(1), unlock_ms: 5_000, before: at(100).steady + 4_900 });
    assert!(!first.done && first.entry.mode == Mode::OnLine && first.entry.kind == Kind::Unreadable);
    let told = bench.terminal.relayed(&Job::Scan(1), Outcome::Opened, "It answered 200.\n");
    let told = bench.take(told);
    let [Effect::Show(second), Effect::Upload] = told.as_slice() else { panic!("{told:?}") };
    assert!(second.done && second.entry.outcome == Outcome::Opened && second.entry.note == "It answered 200.");
    assert_eq!(bench.disk.records[&1], Record { stage: Stage::Done, entry: second.entry.clone() });
    // Nothing of it twice.
    assert_eq!(bench.terminal.relayed(&Job::Scan(1), Outcome::Opened, ""), []);
    assert_eq!(bench.terminal.answered(&request.scan, &granted(4_900), at(400)), []);
}

#[test]
fn an_answer_with_too_little_time_left_opens_nothing() {
    for (left, heard, opens) in [(200, 199, true), (200, 200, false), (0, 0, false), (60_000, 5_000, false)] {
        let mut bench = Bench::with(&list());
        let request = bench.ask("code", at(0));
        let effects = bench.answer(&request.scan, &granted(left), at(heard));
        assert_eq!(opening(&effects).is_some(), opens, "{left} {heard}");
        if !opens {
            let shown = shown(&effects);
            assert!(shown.done && shown.entry.outcome == Outcome::None && !shown.entry.note.is_empty());
            assert_eq!(bench.disk.records[&1].stage, Stage::Done);
        }
    }
}

#[test]
fn an_unknown_word_of_a_later_server_is_a_denial() {
    let answer: ScanAnswer = serde_json::from_str(r#"{"decision":"perhaps","reason":"moon","more":1}"#).expect("read");
    let mut bench = Bench::with(&list());
    let request = bench.ask("code", at(0));
    let effects = bench.answer(&request.scan, &answer, at(10));
    assert!(opening(&effects).is_none());
    assert_eq!(shown(&effects).entry.reason, "moon");
}

#[test]
fn the_same_code_within_three_seconds_is_the_same_scan() {
    let mut bench = Bench::with(&list());
    let request = bench.ask("code", at(0));
    assert_eq!(bench.scan("code", at(50)), [], "it is being asked about");
    assert_eq!(bench.scan("another", at(60)), []);
    bench.answer(&request.scan, &granted(4_000), at(100));
    let again = bench.scan("code", at(2_000));
    assert!(opening(&again).is_none());
    assert!(shown(&again).repeat && shown(&again).entry.scan == request.scan && !shown(&again).done);
    let told = bench.terminal.relayed(&Job::Scan(1), Outcome::Opened, "");
    bench.take(told);
    assert!(shown(&bench.scan("code", at(2_000 + REPEAT_MS - 1))).done, "held before the reader all the time");
    let other = bench.ask("another", at(5_000));
    assert_eq!(other.sequence, 2);
    bench.answer(&other.scan, &denied("expired"), at(5_010));
    assert_eq!(bench.ask("code", at(2_000 + 2 * REPEAT_MS)).sequence, 3);
}

/// Whoever makes a code up may write anybody's name on it.
#[test]
fn a_code_that_is_not_signed_well_is_nobodys() {
    let mut bench = Bench::with(&list());
    let real = offline(9, false);
    let forged = format!("{}{}", &real[..real.len() - 2], if real.ends_with("AA") { "BA" } else { "AA" });
    for (text, whose) in [(&real, true), (&forged, false)] {
        let time = at(if whose { 0 } else { 20_000 });
        let request = bench.ask(text, time);
        let effects = bench.terminal.gave_up(&request.scan, time);
        let effects = bench.take(effects);
        let entry = &shown(&effects).entry;
        assert_eq!((entry.decision == Verdict::Grant, entry.credential.is_some()), (whose, whose), "{entry:?}");
    }
}

#[test]
fn without_an_answer_the_list_decides_the_same_scan_and_a_late_answer_is_dropped() {
    let mut bench = Bench::with(&list());
    let request = bench.ask(&offline(9, false), at(0));
    let effects = bench.terminal.gave_up(&request.scan, at(PATIENCE_MS));
    let effects = bench.take(effects);
    let before = at(0).steady + DEADLINE_MS;
    assert_eq!(opening(&effects), Some(&Opening { job: Job::Scan(1), unlock_ms: 4_000, before }));
    let entry = &shown(&effects).entry;
    assert_eq!((entry.mode, entry.scan.as_str(), entry.list), (Mode::OffLine, request.scan.as_str(), 10));
    assert_eq!(entry.credential.as_deref(), Some("09090909090909090909"));
    assert!(entry.trace.contains("revoked=pass"));
    assert_eq!(bench.answer(&request.scan, &denied("revoked"), at(1_600)), []);
    assert_eq!(bench.terminal.gave_up(&request.scan, at(1_700)), []);
}

#[test]
fn off_line_each_kind_has_its_answer() {
    let mut list = list();
    let known = listed(&mut list, 5, false);
    block(&mut list, 8, Blocked::Paused);
    let mut bench = Bench::with(&list);
    let foreign = "https://example.com/ticket";
    let long = "x".repeat(domain::qr::LONGEST + 1);
    for (code, reason) in [
        (known.as_str(), "allowed"),
        (&Online([6; 16]).text(), "needs_network"),
        (&offline(8, false), "paused"),
        (foreign, "needs_network"),
        ("LK1F000", "qr_unreadable"),
    ] {
        assert_eq!(shown(&bench.alone(code, at(10))).entry.reason, reason, "{code}");
    }
    assert_eq!(shown(&bench.scan(&long, at(10))).entry.reason, "qr_unreadable", "nobody is asked about that");
    assert_eq!(bench.scan(" \r\n", at(20)), []);
    assert_eq!(bench.disk.records.len(), 6);
    assert!(!format!("{:?}", bench.disk.records).contains(foreign), "no raw code is kept");
}

#[test]
fn what_opens_once_a_terminal_opens_once_whoever_decided() {
    let mut list = list();
    let known = listed(&mut list, 5, true);
    for code in [known, offline(9, true)] {
        let mut bench = Bench::with(&list);
        let request = bench.ask(&code, at(0));
        assert!(opening(&bench.answer(&request.scan, &granted(4_000), at(10))).is_some());
        let told = bench.terminal.relayed(&Job::Scan(1), Outcome::Opened, "");
        bench.take(told);
        bench.restart();
        assert_eq!(shown(&bench.alone(&code, at(10_000))).entry.reason, "uses_exhausted");
    }
}

#[test]
fn an_opening_that_failed_may_be_tried_again() {
    for (outcome, reason) in [
        (Outcome::Failed, "allowed"),
        (Outcome::None, "allowed"),
        (Outcome::Unknown, "uses_exhausted"),
        (Outcome::Opened, "uses_exhausted"),
    ] {
        let mut bench = Bench::with(&list());
        bench.alone(&offline(9, true), at(0));
        let told = bench.terminal.relayed(&Job::Scan(1), outcome, "");
        bench.take(told);
        assert_eq!(shown(&bench.alone(&offline(9, true), at(4_000))).entry.reason, reason);
    }
}

#[test]
fn without_a_relay_the_server_opens_and_is_asked_what_became_of_it() {
    for (last, word) in
        [(Some(Progress::Open), Progress::Open), (None, Progress::TimedOut), (Some(Progress::Failed), Progress::Failed)]
    {
        let mut bench = Bench::with(&list());
        bench.terminal.set_relay(Relay::None);
        assert_eq!(bench.terminal.heartbeat("latchkey 1", 0, at(0)).relay, Relay::None);
        let request = bench.ask("code", at(0));
        assert_eq!(request.relay, Relay::None);
        let under_way = ScanAnswer { opening: Some(Progress::Opening), ..granted(0) };
        let effects = bench.answer(&request.scan, &under_way, at(700));
        let [Effect::Show(first), Effect::Upload, Effect::AskAgain(again)] = effects.as_slice() else {
            panic!("{effects:?}")
        };
        assert!(!first.done && *again == request);
        assert_eq!(bench.disk.records[&1].stage, Stage::Done, "nothing here is to be moved");
        assert_eq!(bench.answer(&request.scan, &under_way, at(1_300)), [Effect::AskAgain(request.clone())]);
        assert_eq!(bench.terminal.gave_up(&request.scan, at(2_900)), [Effect::AskAgain(request.clone())]);
        let effects = bench.answer(&request.scan, &ScanAnswer { opening: last, ..granted(0) }, at(3_500));
        assert!(shown(&effects).done && shown(&effects).opening == Some(word));
        assert_eq!(bench.answer(&request.scan, &under_way, at(3_600)), []);
    }
}

#[test]
fn the_server_is_not_asked_for_ever_what_became_of_an_opening() {
    let mut bench = Bench::with(&list());
    bench.terminal.set_relay(Relay::None);
    let request = bench.ask("code", at(0));
    bench.answer(&request.scan, &ScanAnswer { opening: Some(Progress::Opening), ..granted(0) }, at(700));
    let effects = bench.terminal.gave_up(&request.scan, at(700 + FOLLOWED_MS));
    assert!(matches!(effects.as_slice(), [Effect::Show(shown)] if shown.opening == Some(Progress::TimedOut)));
}

#[test]
fn without_a_relay_and_without_a_network_the_verdict_is_shown_and_nothing_opens() {
    let mut bench = Bench::with(&list());
    bench.terminal.set_relay(Relay::None);
    let effects = bench.alone(&offline(9, true), at(0));
    assert!(opening(&effects).is_none());
    let shown_first = shown(&effects);
    assert!(shown_first.done && shown_first.entry.decision == Verdict::Grant && shown_first.entry.note.is_empty());
    assert_eq!(bench.disk.records[&1].entry.outcome, Outcome::None);
    assert_eq!(shown(&bench.alone(&offline(9, true), at(5_000))).entry.reason, "uses_exhausted");
}

#[test]
fn a_command_opens_within_its_time_and_never_after() {
    let mut bench = Bench::new();
    let command = |left_ms| Command { event: "event_9".into(), unlock_ms: 3_000, left_ms };
    let claimed = ClaimAnswer { commands: vec![command(4_100), command(500)] };
    let effects = bench.terminal.claimed(claimed, at(0), at(500));
    let job = Job::Command("event_9".into());
    let [Effect::Open(first), Effect::Result(late)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*first, Opening { job: job.clone(), unlock_ms: 3_000, before: at(4_100).steady });
    assert!(!late.opened && !late.note.is_empty());
    let told = bench.terminal.relayed(&job, Outcome::Opened, "ok");
    assert_eq!(told, [Effect::Result(ResultRequest { event: "event_9".into(), opened: true, note: "ok".into() })]);
    let told = bench.terminal.relayed(&job, Outcome::None, "");
    assert!(matches!(told.as_slice(), [Effect::Result(result)] if !result.opened && !result.note.is_empty()));
}

#[test]
fn a_revoked_terminal_forgets_everything_and_opens_nothing() {
    let mut bench = Bench::with(&list());
    let request = bench.ask(&offline(9, false), at(0));
    let effects = bench.terminal.revoked();
    assert_eq!(bench.take(effects), [Effect::Wipe]);
    assert!(bench.disk.identity.is_none() && bench.disk.records.is_empty() && bench.disk.list.is_none());
    assert_eq!(bench.terminal.gave_up(&request.scan, at(1_500)), []);
    assert_eq!(bench.answer(&request.scan, &granted(4_900), at(1_600)), []);
    assert_eq!(bench.scan(&offline(9, false), at(9_000)), []);
    let commands = vec![Command { event: "event_9".into(), unlock_ms: 1, left_ms: 4_000 }];
    assert_eq!(bench.terminal.claimed(ClaimAnswer { commands }, at(0), at(1)), []);
    assert_eq!(bench.terminal.list_received(whole(&list(), 99, NOW), at(0)), []);
    assert_eq!(bench.terminal.revoked(), []);
    assert!(!format!("{:?}", bench.terminal).contains("secret"));
}

fn heard(bench: &mut Bench, now: i64, list: i64, asked: Time, heard: Time) -> Vec<Effect> {
    let answer = HeartbeatAnswer {
        now,
        list,
        name: "Front".into(),
        organization: "Studio House".into(),
        place: "Main Street 1".into(),
        door: DoorName { id: "door_1".into(), name: "Front door".into() },
    };
    let effects = bench.terminal.heard(answer, asked, heard);
    bench.take(effects)
}

#[test]
fn clocks_are_corrected_and_far_off_ones_reported_once() {
    let mut bench = Bench::with(&list());
    assert_eq!(bench.terminal.heartbeat("latchkey 1", 2, at(0)).offset, Some(30_000));
    let far = |later: i64| Time { wall: NOW - 300_000 + later, steady: 7_000 + later };
    let said = heard(&mut bench, NOW + 1_000, 10, far(900), far(1_100));
    assert_eq!(said, [Effect::Say(Say::ClockFarOff(299_900 + 100))]);
    assert_eq!(heard(&mut bench, NOW + 2_000, 10, far(2_000), far(2_000)), []);
    // A reading that took too long is thrown away.
    heard(&mut bench, NOW + 900_000, 10, far(3_000), far(14_000));
    assert_eq!(bench.terminal.now(far(14_000)), Some(NOW + 14_000));
    assert_eq!(bench.terminal.identity().name, "Front");
    // After a start a clock without a battery shows 1970: nothing is guessed.
    bench.restart();
    let lost = Time { wall: 5_000, steady: 0 };
    let request = bench.ask(&offline(9, false), lost);
    assert_eq!(request.at, None, "the server is told of no time rather than of a wrong one");
    let effects = bench.terminal.gave_up(&request.scan, lost);
    assert_eq!(shown(&bench.take(effects)).entry.reason, "clock_wrong");
    assert_eq!(bench.disk.records[&1].entry.at, 5_000);
    heard(&mut bench, NOW + 60_000, 10, lost, lost);
    let later = Time { wall: 9_000, steady: 4_000 };
    assert_eq!(shown(&bench.alone(&offline(9, false), later)).entry.reason, "allowed");
}

#[test]
fn a_wall_clock_that_jumps_while_it_runs_changes_nothing() {
    let mut bench = Bench::with(&list());
    let jumped = Time { wall: NOW + 400 * 24 * HOUR, ..at(5_000) };
    let effects = bench.alone(&offline(9, false), jumped);
    assert_eq!((shown(&effects).entry.reason.as_str(), shown(&effects).entry.at), ("allowed", NOW + 5_000));
}
