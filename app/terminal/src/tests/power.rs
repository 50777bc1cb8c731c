use super::*;
use crate::wire::{HeartbeatAnswer, Outcome};
use proptest::prelude::*;

#[test]
fn an_opening_that_lost_its_power_goes_up_as_unknown_and_is_never_opened_again() {
    let mut bench = Bench::with(&list());
    assert!(opening(&bench.alone(&offline(9, true), at(0))).is_some());
    let effects = bench.restart();
    let expected = [Effect::Say(Say::Interrupted(1)), Effect::Upload, Effect::FetchList { have: Some(10) }];
    assert_eq!(effects, expected);
    let record = &bench.disk.records[&1];
    assert_eq!((record.stage, record.entry.outcome), (Stage::Done, Outcome::Unknown));
    assert_eq!(bench.restart(), [Effect::FetchList { have: Some(10) }], "closed once");
    assert_eq!(shown(&bench.alone(&offline(9, true), at(5_000))).entry.reason, "uses_exhausted");
}

#[test]
fn a_question_that_lost_its_power_goes_up_as_a_denial_and_its_number_is_spent() {
    let mut bench = Bench::with(&list());
    let request = bench.ask("code", at(0));
    bench.restart();
    let entry = &bench.disk.records[&1].entry;
    assert_eq!((entry.decision, entry.reason.as_str(), entry.outcome), (Verdict::Deny, "needs_network", Outcome::None));
    assert_eq!(bench.answer(&request.scan, &granted(4_900), at(100)), []);
    assert_eq!(bench.ask("code", at(200)).sequence, 2);
}

fn hears(bench: &mut Bench, later: i64) {
    let answer = HeartbeatAnswer {
        now: NOW + later,
        list: 10,
        name: String::new(),
        organization: String::new(),
        place: String::new(),
        door: DoorName::default(),
    };
    let effects = bench.terminal.heard(answer, at(later), at(later));
    bench.take(effects);
}

#[test]
fn a_clock_set_back_while_the_power_was_off_makes_nothing_young_again() {
    let mut bench = Bench::with(&list());
    assert_eq!(shown(&bench.alone(&offline(1, false), at(20 * HOUR))).entry.reason, "allowed");
    bench.restart();
    assert_eq!(shown(&bench.alone(&offline(2, false), at(HOUR))).entry.reason, "clock_wrong");
    assert_eq!(shown(&bench.alone(&offline(3, false), at(20 * HOUR + 1))).entry.reason, "allowed");
}

#[test]
fn a_clock_that_ran_ahead_is_forgotten_when_the_server_is_heard() {
    let mut bench = Bench::with(&list());
    bench.restart();
    let year = 365 * 24 * HOUR;
    assert_eq!(shown(&bench.alone(&offline(1, false), at(year))).entry.reason, "list_too_old");
    assert_eq!(shown(&bench.alone(&offline(2, false), at(HOUR))).entry.reason, "clock_wrong");
    hears(&mut bench, 2 * HOUR);
    assert_eq!(shown(&bench.alone(&offline(3, false), at(2 * HOUR))).entry.reason, "allowed");
    bench.restart();
    assert_eq!(shown(&bench.alone(&offline(4, false), at(3 * HOUR))).entry.reason, "allowed");
}

#[test]
fn numbers_are_not_used_twice_by_a_machine_that_was_set_back() {
    let mut bench = Bench::with(&list());
    let effects = bench.terminal.stored(40, at(0));
    bench.take(effects);
    bench.restart();
    assert_eq!(bench.ask("code", at(200)).sequence, 41);
    // While one is under way, nothing at or after it is forgotten.
    let effects = bench.terminal.stored(41, at(300));
    bench.take(effects);
    assert_eq!(bench.disk.records[&41].stage, Stage::Asked);
}

/// What happens to a terminal, as numbers: whose code, what becomes of it, and after how many effects the power goes.
fn happenings() -> impl Strategy<Value = Vec<(u8, u8, usize)>> {
    prop::collection::vec((0..6u8, 0..5u8, 0..12usize), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whenever_the_power_goes_no_scan_is_lost_none_opens_twice_and_none_before_it_is_stored(happenings in happenings()) {
        let mut list = list();
        let mut bench = Bench::with(&list);
        listed(&mut list, 5, true);
        let mut clock = 0;
        let mut begun = 0;
        let mut opened: BTreeMap<i64, usize> = BTreeMap::new();
        let mut uploaded: BTreeMap<i64, usize> = BTreeMap::new();
        for (number, fate, cut) in happenings {
            clock += 4_000;
            let mut left = cut;
            let mut due = bench.terminal.scanned(offline(number, number % 2 == 0).as_bytes(), [number; 16], at(clock));
            let mut lost = false;
            // Carries out effect by effect; what they lead to comes next.
            while !due.is_empty() {
                let effect = due.remove(0);
                if left == 0 && fate == 4 {
                    lost = true;
                    break;
                }
                left = left.saturating_sub(1);
                match effect {
                    Effect::Store(writes) => {
                        begun += writes.iter().filter(|one| matches!(one, Write::Record(record) if record.stage == Stage::Asked)).count();
                        bench.disk.store(&writes);
                    }
                    Effect::Ask(request) => due.extend(match fate {
                        0 => bench.terminal.answered(&request.scan, &granted(4_000), at(clock + 5)),
                        1 => bench.terminal.answered(&request.scan, &denied("expired"), at(clock + 5)),
                        _ => bench.terminal.gave_up(&request.scan, at(clock + 1_500)),
                    }),
                    Effect::Open(opening) => {
                        let Job::Scan(sequence) = opening.job else { panic!("a scan") };
                        prop_assert_eq!(bench.disk.records[&sequence].stage, Stage::Granted);
                        *opened.entry(sequence).or_default() += 1;
                        due.extend(bench.terminal.relayed(&Job::Scan(sequence), Outcome::Opened, ""));
                    }
                    _ => {}
                }
            }
            if lost {
                bench.restart();
            }
            if fate == 3 {
                let done: Vec<i64> = bench.disk.records.keys().copied().collect();
                for sequence in &done {
                    *uploaded.entry(*sequence).or_default() += 1;
                }
                let effects = bench.terminal.stored(done.last().copied().unwrap_or(0), at(clock));
                bench.take(effects);
            }
        }
        bench.restart();
        for (sequence, record) in &bench.disk.records {
            prop_assert_eq!(record.stage, Stage::Done);
            *uploaded.entry(*sequence).or_default() += 1;
        }
        let all: Vec<i64> = (1..).take(begun).collect();
        prop_assert_eq!(uploaded.keys().copied().collect::<Vec<_>>(), all, "each scan that was begun, without gaps");
        prop_assert!(uploaded.values().all(|times| *times == 1) && opened.values().all(|times| *times == 1));
    }
}
