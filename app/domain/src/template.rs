//! Texts with marks, such as `{{door_id}}`, that a driver sends to a door: which marks there are, and how what they
//! stand for is written so that it cannot be taken for anything else.

use crate::Millis;

/// How a value is written into the text around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escape {
    /// Within a JSON string (RFC 8259), without its quotes.
    #[default]
    Json,
    /// Percent-encoded (RFC 3986): all but letters, digits and `-._~`.
    Percent,
    /// As it is, control characters left out.
    Plain,
}

/// What the marks stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// `{{door_id}}`.
    pub door_id: String,
    /// `{{door_name}}`.
    pub door_name: String,
    /// `{{event_id}}`: the event that the opening follows from.
    pub event_id: String,
    /// `{{unlock_ms}}`, and in seconds `{{unlock_s}}`: how long the door is to stay open.
    pub unlock_ms: Millis,
    /// `{{issued_at}}`: when it was asked for, Unix milliseconds.
    pub issued_at: Millis,
}

/// Every mark.
pub const MARKS: [&str; 6] = ["door_id", "door_name", "event_id", "unlock_ms", "unlock_s", "issued_at"];

/// A mark that there is none of; its name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "There is no mark {{{{{0}}}}}. Use {{{{door_id}}}}, {{{{door_name}}}}, {{{{event_id}}}}, {{{{unlock_ms}}}}, {{{{unlock_s}}}} or {{{{issued_at}}}}."
)]
pub struct Unknown(pub String);

/// Checks that every mark is known.
///
/// # Errors
/// `Unknown`, with the first that is not.
pub fn check(text: &str) -> Result<(), Unknown> {
    let mut rest = text;
    while let Some((name, after)) = next(rest).map(|(_, name, after)| (name, after)) {
        if !MARKS.contains(&name) {
            return Err(Unknown(name.chars().take(40).collect()));
        }
        rest = after;
    }
    Ok(())
}

/// The text with its marks filled in. What stands for a mark is not read for marks again; unknown ones stay.
#[must_use]
pub fn fill(text: &str, values: &Values, escape: Escape) -> String {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, name, after)) = next(rest) {
        filled.push_str(before);
        match value(name, values) {
            Some(value) => write(&mut filled, &value, escape),
            None => {
                filled.push_str("{{");
                filled.push_str(name);
                filled.push_str("}}");
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What stands before the next mark, its name, and what follows it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (before, from) = text.split_once("{{")?;
    let (name, after) = from.split_once("}}")?;
    // JSON has braces of its own: what is no name is no mark, but one may follow in it.
    if name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_') && !name.is_empty() {
        return Some((before, name, after));
    }
    let skipped = before.len() + 1;
    let (_, later) = text.split_at(skipped);
    next(later).map(|(more, name, after)| (text.get(..skipped + more.len()).unwrap_or(before), name, after))
}

fn value(name: &str, values: &Values) -> Option<String> {
    Some(match name {
        "door_id" => values.door_id.clone(),
        "door_name" => values.door_name.clone(),
        "event_id" => values.event_id.clone(),
        "unlock_ms" => values.unlock_ms.to_string(),
        "unlock_s" => (values.unlock_ms / 1_000).to_string(),
        "issued_at" => values.issued_at.to_string(),
        _ => return None,
    })
}

fn write(into: &mut String, value: &str, escape: Escape) {
    match escape {
        Escape::Json => {
            let quoted = serde_json::Value::from(value).to_string();
            into.push_str(quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default());
        }
        Escape::Percent => {
            for byte in value.bytes() {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    into.push(char::from(byte));
                } else {
                    into.push_str(&format!("%{byte:02X}"));
                }
            }
        }
        Escape::Plain => into.extend(value.chars().filter(|character| !character.is_control())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(name: &str) -> Values {
        Values {
            door_id: "door_1".into(),
            door_name: name.into(),
            event_id: "event_2".into(),
            unlock_ms: 5_000,
            issued_at: 1_700_000_000_123,
        }
    }

    #[test]
    fn marks_are_filled_and_braces_of_the_text_stay() {
        let text =
            r#"{"a":{"id":"{{door_id}}"},"s":{{unlock_s}},"ms":{{unlock_ms}},"e":"{{event_id}}","t":{{issued_at}}}"#;
        let filled = fill(text, &values("Gate"), Escape::Json);
        let read: serde_json::Value = serde_json::from_str(&filled).expect("JSON");
        assert_eq!(read["a"]["id"], "door_1");
        assert_eq!((read["s"].as_i64(), read["ms"].as_i64()), (Some(5), Some(5_000)));
        assert_eq!(check(text), Ok(()));
        assert_eq!(fill("{{{door_id}}}", &values(""), Escape::Plain), "{door_1}");
        assert_eq!(fill("{{ {{door_id}}", &values(""), Escape::Plain), "{{ door_1");
    }

    #[test]
    fn a_mark_that_does_not_exist_is_named() {
        assert_eq!(check("{{door_id}} {{lock}}"), Err(Unknown("lock".into())));
        assert!(Unknown("lock".into()).to_string().starts_with("There is no mark {{lock}}. Use {{door_id}}"));
        assert_eq!(fill("{{lock}}", &values(""), Escape::Plain), "{{lock}}");
    }

    proptest! {
        #[test]
        fn no_name_breaks_out_of_what_is_around_it(name in "\\PC{0,20}|[\\x00-\\x1f\"\\\\{}&=?#/ ]{0,20}") {
            let filled = fill(r#"{"name":"{{door_name}}","more":1}"#, &values(&name), Escape::Json);
            let read: serde_json::Value = serde_json::from_str(&filled).expect("JSON");
            prop_assert_eq!(read["name"].as_str(), Some(name.as_str()));
            prop_assert_eq!(read.as_object().map(serde_json::Map::len), Some(2));
            let filled = fill("{{door_name}}", &values(&name), Escape::Percent);
            prop_assert!(filled.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
            prop_assert!(!fill("{{door_name}}", &values(&name), Escape::Plain).chars().any(char::is_control));
        }
    }
}
