use super::*;

const BERLIN: &str = "Europe/Berlin";
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

fn at(typed: &str, zone: &str) -> i64 {
    parse_input(typed, zone).expect("a real time")
}

#[test]
fn near_days_are_said_as_people_say_them() {
    let now = at("2026-11-24T14:31", BERLIN);
    let said = |typed: &str| moment(at(typed, BERLIN), now, BERLIN, Language::En).said;
    assert_eq!(said("2026-11-24T18:00"), "today 18:00");
    assert_eq!(said("2026-11-25T06:00"), "tomorrow 06:00");
    assert_eq!(said("2026-11-23T23:59"), "yesterday 23:59");
    assert_eq!(said("2026-11-28T09:00"), "Sat 28 Nov, 09:00");
    assert_eq!(said("2027-01-02T09:00"), "2 Jan 2027, 09:00");
}

#[test]
fn the_exact_form_names_day_second_and_zone() {
    let now = at("2026-11-24T14:31", BERLIN) + 5_000;
    let en = moment(now, now, BERLIN, Language::En);
    assert_eq!(en.exact, "Tue 24 November 2026, 14:31:05 Europe/Berlin");
    assert_eq!(en.iso, "2026-11-24T14:31:05+01:00");
    let de = moment(now, now, BERLIN, Language::De);
    assert_eq!(de.said, "heute 14:31");
    assert_eq!(de.exact, "Di. 24. November 2026, 14:31:05 Europe/Berlin");
}

#[test]
fn today_is_the_places_today_and_not_the_servers() {
    let now = at("2026-11-24T23:30", "UTC");
    let late = now + 45 * MINUTE;
    assert_eq!(moment(late, now, "UTC", Language::En).said, "tomorrow 00:15");
    assert_eq!(moment(late, now, BERLIN, Language::En).said, "today 01:15");
    assert_eq!(moment(late, now, "Pacific/Kiritimati", Language::En).said, "today 14:15");
    assert_eq!(moment(late, now, "America/St_Johns", Language::De).said, "heute 20:45");
}

#[test]
fn an_unknown_zone_reads_as_utc_and_says_so() {
    let now = at("2026-11-24T12:00", "UTC");
    let shown = moment(now, now, "Mars/Olympus", Language::En);
    assert_eq!(shown.exact, "Tue 24 November 2026, 12:00:00 UTC");
    assert!(!is_zone("Mars/Olympus") && is_zone(BERLIN));
    assert_eq!(zone_name(" europe/berlin "), Some(BERLIN.to_owned()));
    assert_eq!(zone_name("Mars/Olympus"), None);
    assert!(zones().iter().any(|zone| zone == BERLIN));
}

#[test]
fn a_time_the_clocks_jump_over_is_refused_with_the_next_one() {
    let skipped = |typed: &str, zone: &str| parse_input(typed, zone).expect_err("no such time").to_string();
    assert_eq!(
        skipped("2027-03-28T02:30", BERLIN),
        "This time does not exist in Europe/Berlin: the clocks go forward that night. Choose 03:00 or later."
    );
    assert!(skipped("2027-03-14T02:00", "America/New_York").contains("Choose 03:00"));
    // Lord Howe Island moves its clocks by half an hour.
    assert!(skipped("2026-10-04T02:10", "Australia/Lord_Howe").contains("Choose 02:30"));
    // The minutes on either side of the jump are one minute apart.
    assert_eq!(at("2027-03-28T03:00", BERLIN) - at("2027-03-28T01:59", BERLIN), MINUTE);
}

#[test]
fn a_time_that_happens_twice_is_the_first_and_is_told_apart() {
    let first = at("2026-10-25T02:30", BERLIN);
    let second = first + HOUR;
    assert_eq!(at("2026-10-25T03:00", BERLIN) - first, HOUR + 30 * MINUTE);
    let exact = |ms| moment(ms, ms, BERLIN, Language::En).exact;
    assert_eq!(exact(first), "Sun 25 October 2026, 02:30:00 Europe/Berlin (UTC+02)");
    assert_eq!(exact(second), "Sun 25 October 2026, 02:30:00 Europe/Berlin (UTC+01)");
}

#[test]
fn what_a_field_shows_is_what_it_says_when_sent_back() {
    for zone in [BERLIN, "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia", "UTC"] {
        for typed in ["2026-11-24T14:31", "2028-02-29T00:00", "2027-07-01T23:59"] {
            assert_eq!(input(at(typed, zone), zone), typed, "{zone}");
        }
    }
    assert_eq!(at("2026-11-24 14:31:30", "UTC"), at("2026-11-24T14:31", "UTC") + 30_000);
}

#[test]
fn rubbish_is_answered_in_words() {
    assert_eq!(parse_input("  ", BERLIN), Err(WhenError::Empty));
    for typed in ["tomorrow", "2026-13-01T10:00", "2027-02-29T10:00", "0024-11-24T10:00", "2026-11-24"] {
        assert_eq!(parse_input(typed, BERLIN), Err(WhenError::NotATime), "{typed}");
    }
    assert_eq!(
        parse_input("2026-11-24T10:00", "Mars/Olympus").expect_err("no zone").to_string(),
        "There is no time zone named Mars/Olympus."
    );
}

#[test]
fn the_end_of_tomorrow_is_2359_there_on_the_days_the_clocks_change_too() {
    for (now, end) in [
        ("2026-11-24T14:31", "2026-11-25T23:59"),
        ("2026-12-31T00:00", "2027-01-01T23:59"),
        ("2027-03-27T12:00", "2027-03-28T23:59"),
        ("2026-10-24T12:00", "2026-10-25T23:59"),
    ] {
        assert_eq!(input(end_of_tomorrow(at(now, BERLIN), BERLIN), BERLIN), end);
    }
    let spring = at("2027-03-27T23:59", BERLIN);
    assert_eq!(end_of_tomorrow(spring, BERLIN) - spring, 23 * HOUR);
    let autumn = at("2026-10-24T23:59", BERLIN);
    assert_eq!(end_of_tomorrow(autumn, BERLIN) - autumn, 25 * HOUR);
}

#[test]
fn lengths_are_said_in_two_units() {
    let said = |ms| duration(ms, Language::En);
    assert_eq!(said(-5), "0 s");
    assert_eq!(said(3_400), "4 s");
    assert_eq!(said(90_000), "1 min 30 s");
    assert_eq!(said(3 * HOUR + 29 * MINUTE), "3 h 29 min");
    assert_eq!(said(24 * HOUR), "1 day");
    assert_eq!(duration(51 * HOUR, Language::De), "2 Tage 3 h");
    assert_eq!(until(10_000, 4_000, Language::En), "6 s");
}

#[test]
fn absurd_numbers_do_not_break_a_page() {
    assert!(!moment(i64::MAX, i64::MIN, BERLIN, Language::En).exact.is_empty());
    assert_eq!(end_of_tomorrow(i64::MAX, BERLIN), i64::MAX);
    assert_eq!(duration(i64::MAX, Language::En), duration(i64::MAX - 1, Language::En));
    assert_eq!(iso_utc(0), "1970-01-01T00:00:00Z");
}

#[test]
fn hours_as_stretches_of_time_agree_with_the_wall_at_every_minute() {
    use domain::schedule::{Schedule, Span, Window};
    let window = |weekday, from, until| Window { weekday, span: Span::between(from, until).unwrap() };
    let mut schedule = Schedule {
        weekly: (0..7).map(|day| window(day, 90, 165)).chain([window(5, 1_380, 150), window(6, 600, 600)]).collect(),
        ..Schedule::default()
    };
    let days = [
        ("Europe/Berlin", "2027-03-28T02:00"),
        ("Europe/Berlin", "2027-10-31T02:00"),
        ("Australia/Lord_Howe", "2027-04-04T02:00"),
        ("Australia/Lord_Howe", "2027-10-03T01:30"),
        ("America/New_York", "2027-11-07T01:00"),
        ("Asia/Kathmandu", "2027-11-07T01:00"),
    ];
    for (zone, typed) in days {
        let day = parse_day(typed.get(..10).unwrap()).unwrap();
        for closed in [None, Some(day)] {
            schedule.exceptions = closed.into_iter().map(|day| (day, Vec::new())).collect();
            let from = instant(Wall { day, minute: 0 }, zone) - 14 * 3_600_000 - 12_345;
            let until = from + 60 * 3_600_000;
            let on = stretches(from, until, zone, |day| schedule.hours(day));
            assert!(on.windows(2).all(|pair| pair[0].1 < pair[1].0), "{on:?}");
            for at in (from..until).step_by(30_000) {
                let inside = on.iter().any(|(from, until)| (*from..*until).contains(&at));
                assert_eq!(inside, schedule.open_at(wall(at, zone)), "{zone} {at}");
            }
        }
    }
}
