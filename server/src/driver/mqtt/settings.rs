//! How a door behind an MQTT broker is set up: what may be read, and what is sealed.

use crate::net::{Target, Trust};
use domain::template::{Escape, Values, fill};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use url::Url;

/// What everybody who may look at the door may see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The broker's address, without user and password.
    pub url: String,
    /// The user, whose password is sealed.
    pub user: String,
    /// Where the command goes to.
    pub topic: String,
    /// The command, with marks.
    pub payload: String,
    /// 0: sent and forgotten; 1: the broker says that it has it.
    pub qos: u8,
    /// Where the door says how it stands; may be empty.
    pub state_topic: String,
    /// What it says there when it is open.
    pub open: String,
    /// What it says there when it is closed.
    pub closed: String,
    /// Where the device says whether it is there; may be empty.
    pub availability_topic: String,
    /// What it says there when it is not.
    pub offline: String,
    /// Whom to believe on mqtts, PEM; empty for the public authorities.
    pub certificate: String,
}

/// What is sealed.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// The user's password.
    pub password: String,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(redacted)")
    }
}

impl Settings {
    /// Where the broker is.
    #[must_use]
    pub fn target(&self) -> Option<Target> {
        let url = Url::parse(&self.url).ok()?;
        let tls = (url.scheme() == "mqtts").then(|| Trust::of(&self.certificate));
        Target::of(&url, if tls.is_some() { 8_883 } else { 1_883 }, tls)
    }

    /// The topics to hear of.
    #[must_use]
    pub fn topics(&self) -> BTreeSet<String> {
        [&self.state_topic, &self.availability_topic].into_iter().filter(|topic| !topic.is_empty()).cloned().collect()
    }

    /// The command with its marks filled in: escaped for JSON where it is JSON, else as they are.
    #[must_use]
    pub fn command(&self, values: &Values) -> String {
        let as_json = fill(&self.payload, values, Escape::Json);
        let is_json = self.payload.trim_start().starts_with(['{', '[', '"'])
            && serde_json::from_str::<serde::de::IgnoredAny>(&as_json).is_ok();
        if is_json { as_json } else { fill(&self.payload, values, Escape::Plain) }
    }
}

/// Whether a message says what was wished: the whole of it, or `name=value` for a value in a JSON object, points in
/// the name leading further in.
#[must_use]
pub fn says(message: &[u8], wished: &str) -> bool {
    let Ok(text) = std::str::from_utf8(message) else {
        return false;
    };
    if text.trim() == wished {
        return true;
    }
    let (Some((name, value)), Ok(json)) = (wished.split_once('='), serde_json::from_str::<serde_json::Value>(text))
    else {
        return false;
    };
    let found = name.split('.').try_fold(&json, |within, step| within.get(step));
    found.is_some_and(|found| match found {
        serde_json::Value::String(text) => text == value,
        other => serde_json::from_str::<serde_json::Value>(value).is_ok_and(|wished| wished == *other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_whole_or_by_one_of_its_values() {
        assert!(says(b"ON", "ON") && says(b" ON\n", "ON") && !says(b"on", "ON") && !says(b"OFFON", "ON"));
        assert!(says(br#"{"state":"UNLOCK","battery":90}"#, "state=UNLOCK"));
        assert!(says(br#"{"lock":{"open":true}}"#, "lock.open=true"));
        assert!(!says(br#"{"state":"LOCK"}"#, "state=UNLOCK") && !says(b"\xff", "") && !says(b"state", "state=x"));
    }

    #[test]
    fn a_name_cannot_break_out_of_a_json_command() {
        let values = Values { door_name: "a\",\"b\":\"c".into(), ..Values::default() };
        let json = Settings { payload: r#"{"name":"{{door_name}}"}"#.into(), ..Settings::default() };
        let read: serde_json::Value = serde_json::from_str(&json.command(&values)).unwrap();
        assert_eq!(read["name"], "a\",\"b\":\"c");
        let plain = Settings { payload: "OPEN {{door_name}}".into(), ..Settings::default() };
        assert_eq!(plain.command(&values), "OPEN a\",\"b\":\"c");
    }
}
