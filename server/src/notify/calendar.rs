//! The calendar file (RFC 5545) of a link. It never holds the link's address, since calendars are often shared.

use crate::store::door::DoorAtPlace;
use crate::store::link::LinkRow;
use crate::store::organization::OrganizationRow;
use app::text::{Language, calendar};
use domain::Millis;
use icalendar::{Calendar, Component, Event, EventLike, Property};

/// The text of the file; a link without an end has no end there either.
#[must_use]
pub fn file(
    link: &LinkRow,
    organization: &OrganizationRow,
    doors: &[DoorAtPlace],
    language: Language,
    now: Millis,
) -> String {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (host, contact) = (given(&link.host_name), given(&link.host_contact));
    let text = calendar::visit(&organization.name, host.as_deref(), contact.as_deref(), language);
    let mut event = Event::new();
    event
        .uid(&format!("{}@latchkey", link.id))
        .summary(&text.summary)
        .description(&text.description)
        .append_property(Property::new("DTSTAMP", utc(now)))
        .append_property(Property::new("DTSTART", utc(link.valid_from)));
    if let Some(until) = link.valid_until {
        event.append_property(Property::new("DTEND", utc(until)));
    }
    if let Some(at) = doors.first() {
        let place: Vec<&str> =
            [at.place.name.as_str(), at.place.address.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
        event.location(&place.join(", "));
    }
    let mut file = Calendar::new();
    file.append_property(Property::new("METHOD", "PUBLISH"));
    file.push(event.done());
    file.to_string()
}

fn utc(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| String::new(), |at| at.strftime("%Y%m%dT%H%M%SZ").to_string())
}
