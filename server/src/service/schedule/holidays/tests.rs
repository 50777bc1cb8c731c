use super::*;

/// 2026-11-26.
const TODAY: i32 = 20_783;

fn day(text: &str) -> i32 {
    when::parse_day(text).expect("a date")
}

fn calendar(events: &str) -> Vec<u8> {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n{events}END:VCALENDAR\r\n").into_bytes()
}

fn event(lines: &[&str]) -> String {
    format!("BEGIN:VEVENT\r\nUID:1@test\r\n{}\r\nEND:VEVENT\r\n", lines.join("\r\n"))
}

fn found(events: &str) -> Found {
    read(&calendar(events), TODAY).expect("a calendar")
}

/// As a public calendar of German holidays has it, with a folded line, an alarm and a zone that nobody needs.
const GERMAN: &str = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n\
BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261226\r\nDTSTAMP:20261101T120000Z\r\nUID:a@x\r\nCLASS:PUBLIC\r\nDESCRIPTION:Gesetzlicher Feiertag\\, bundesweit: siehe http://example.org/?a=b\\nund so weit\r\n er und so fort\r\nSUMMARY:Erster\r\n  Weihnachtstag\\, frei\r\nTRANSP:TRANSPARENT\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nSUMMARY:Not this one\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nSUMMARY:Betriebsferien\r\nDTSTART;VALUE=DATE:20261228\r\nDTEND;VALUE=DATE:20270102\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nSUMMARY:Neujahr\r\nDTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DATE:20270102\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nSUMMARY:Tag der Deutschen Einheit\r\nDTSTART;VALUE=DATE:20261003\r\nDTEND;VALUE=DATE:20261004\r\nEND:VEVENT\r\n";

#[test]
fn a_calendar_from_the_web_closes_its_days() {
    let found = found(GERMAN);
    let expected: Vec<(i32, &str)> = vec![
        (day("2026-12-25"), "Erster Weihnachtstag, frei"),
        (day("2026-12-28"), "Betriebsferien"),
        (day("2026-12-29"), "Betriebsferien"),
        (day("2026-12-30"), "Betriebsferien"),
        (day("2026-12-31"), "Betriebsferien"),
        (day("2027-01-01"), "Betriebsferien, Neujahr"),
    ];
    let dates: Vec<(i32, &str)> = found.dates.iter().map(|(day, name)| (*day, name.as_str())).collect();
    assert_eq!(dates, expected);
    assert_eq!(found.left_out, ["One date before Thu 26 November 2026."]);
}

#[test]
fn yearly_events_are_followed_for_three_years() {
    let found = found(
        &[
            event(&["SUMMARY:Christmas", "DTSTART;VALUE=DATE:19701225", "RRULE:FREQ=YEARLY"]),
            event(&[
                "SUMMARY:Thanksgiving",
                "DTSTART;VALUE=DATE:20001123",
                "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;WKST=SU",
            ]),
            event(&[
                "SUMMARY:Memorial",
                "DTSTART;VALUE=DATE:20200525",
                "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO",
                "EXDATE;VALUE=DATE:20280529",
            ]),
            event(&["SUMMARY:Leap", "DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY;UNTIL=20300101"]),
            event(&["SUMMARY:Twice", "DTSTART;VALUE=DATE:20260701", "RRULE:FREQ=YEARLY;COUNT=2", "DURATION:P2D"]),
            event(&["SUMMARY:Games", "DTSTART;VALUE=DATE:20240801", "RRULE:FREQ=YEARLY;INTERVAL=4"]),
        ]
        .concat(),
    );
    let of = |name: &str| {
        found.dates.iter().filter(|(_, called)| called == name).map(|(day, _)| when::day_text(*day)).collect::<Vec<_>>()
    };
    assert_eq!(of("Christmas"), ["2026-12-25", "2027-12-25", "2028-12-25"]);
    assert_eq!(of("Thanksgiving"), ["2026-11-26", "2027-11-25", "2028-11-23", "2029-11-22"]);
    assert_eq!(of("Memorial"), ["2027-05-31", "2029-05-28"]);
    assert_eq!(of("Leap"), ["2028-02-29"]);
    assert_eq!(of("Twice"), ["2027-07-01", "2027-07-02"]);
    assert_eq!(of("Games"), ["2028-08-01"]);
}

#[test]
fn what_closes_no_day_is_said_in_words() {
    let found = found(
        &[
            event(&[
                "SUMMARY:Party",
                "DTSTART;TZID=Europe/Berlin:20261231T200000",
                "DTEND;TZID=Europe/Berlin:20270101T020000",
            ]),
            event(&[
                "SUMMARY:Whole",
                "DTSTART;TZID=Europe/Berlin:20261231T000000",
                "DTEND;TZID=Europe/Berlin:20270101T000000",
            ]),
            event(&["SUMMARY:Elsewhere", "DTSTART:20261231T000000Z", "DTEND:20270101T000000Z"]),
            event(&["SUMMARY:Sundays", "DTSTART;VALUE=DATE:20261129", "RRULE:FREQ=WEEKLY"]),
            event(&["SUMMARY:Odd", "DTSTART;VALUE=DATE:20261129", "RRULE:FREQ=YEARLY;BYYEARDAY=100"]),
            event(&["SUMMARY:Called off", "DTSTART;VALUE=DATE:20261129", "STATUS:CANCELLED"]),
            event(&["SUMMARY:Undated"]),
            event(&["DTSTART;VALUE=DATE:20261340"]),
            event(&["SUMMARY:Eternal", "DTSTART;VALUE=DATE:20261129", "DTEND;VALUE=DATE:20990101"]),
            event(&["SUMMARY:Listed", "DTSTART;VALUE=DATE:20261129", "RDATE;VALUE=DATE:20261130"]),
            event(&["SUMMARY:Backwards", "DTSTART;VALUE=DATE:20261129", "DTEND;VALUE=DATE:20261128"]),
            event(&["SUMMARY:Later", "DTSTART;VALUE=DATE:22500101"]),
        ]
        .concat(),
    );
    let dates: Vec<&str> = found.dates.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(dates, ["Backwards", "Whole"], "{found:?}");
    for (index, part) in [
        "Party: it does not begin with a day",
        "Elsewhere: it does not begin with a day",
        "Sundays: it repeats weekly; only yearly events are followed.",
        "Odd: it repeats in a way that is not followed (BYYEARDAY=100).",
        "Called off: it is cancelled.",
        "Undated: it says no date",
        "An event without a name: it says no date",
        "Eternal: it lasts longer than a year.",
        "Listed: it names further dates",
        "One date after the year 2199.",
    ]
    .iter()
    .enumerate()
    {
        assert!(found.left_out[index].starts_with(part), "{part}: {:?}", found.left_out);
    }
}

#[test]
fn old_and_sloppy_files_are_read() {
    let lf =
        b"\xef\xbb\xbfBEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261224\nSUMMARY:Heiligabend\nEND:VEVENT\nEND:VCALENDAR";
    assert_eq!(read(lf, TODAY).expect("a calendar").dates, [(day("2026-12-24"), "Heiligabend".to_owned())]);
    let latin = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270106\r\nSUMMARY:Heilige Drei K\xf6nige\r\nEND:VEVENT\r\n";
    assert_eq!(read(latin, TODAY).expect("a calendar").dates[0].1, "Heilige Drei Könige");
    let lower = b"begin:vcalendar\r\nbegin:vevent\r\ndtstart;value=date:20270106\r\nsummary:\xe2\x80\xaeturned\x07\r\nend:vevent\r\n";
    assert_eq!(read(lower, TODAY).expect("a calendar").dates, [(day("2027-01-06"), "turned".to_owned())]);
    let unfinished = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:First\r\nBEGIN:VEVENT\r\nSUMMARY:Second\r\n";
    assert_eq!(read(unfinished, TODAY).expect("a calendar").left_out.len(), 2);
}

#[test]
fn rubbish_is_refused_in_words_and_breaks_nothing() {
    for rubbish in [b"".as_slice(), b"\x89PNG\r\n\x1a\n\0\0", b"<html>BEGIN:VCALENDAR", "BEGIN:\u{fffd}".as_bytes()] {
        assert!(read(rubbish, TODAY).is_err(), "{rubbish:?}");
    }
    assert!(read(&vec![b'x'; MOST_BYTES + 1], TODAY).expect_err("too large").contains("1 MiB"));
    // Deeper than any stack would bear.
    let deep = format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{}", "BEGIN:VALARM\r\n".repeat(60_000));
    assert!(read(deep.as_bytes(), TODAY).is_ok());
    let many: String = (0..2_001)
        .map(|ahead| event(&[&format!("DTSTART:{}", when::day_text(TODAY + ahead).replace('-', ""))]))
        .collect();
    assert!(read(&calendar(&many), TODAY).expect_err("too many").contains("2001 dates"));
    // A file cut, garbled and repeated anywhere is read or refused, never more.
    let whole = calendar(GERMAN);
    let mut random = 7u64;
    for _ in 0..3_000 {
        let mut next = |bound: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(random >> 33).unwrap_or(0) % bound
        };
        let mut file = whole.clone();
        for _ in 0..1 + next(6) {
            let at = next(file.len());
            match next(4) {
                0 => file.truncate(at.max(1)),
                1 => file[at] = u8::try_from(next(256)).unwrap_or(0),
                2 => drop(file.splice(at..at, b"\r\n ;:=,\"".iter().copied())),
                _ => {
                    let end = (at + next(80)).min(file.len());
                    file.extend_from_within(at..end);
                }
            }
        }
        if let Ok(found) = read(&file, TODAY) {
            assert!(found.dates.iter().all(|(day, name)| *day >= TODAY && name.chars().count() <= 100));
        }
    }
}
