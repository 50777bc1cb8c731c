//! The settings' names, and the nearest one to a name that is none.

use super::Mistake;
use std::collections::BTreeMap;

/// What every environment variable of ours begins with.
pub(super) const PREFIX: &str = "LATCHKEY_";

/// All that can be set, without the prefix.
const KNOWN: [&str; 19] = [
    "DATA_DIR",
    "LISTEN",
    "BASE_URL",
    "DATABASE_URL",
    "SMTP_URL",
    "MAIL_FROM",
    "SMS_URL",
    "SECRET_KEY_FILE",
    "SECRET_KEY",
    "TRUSTED_PROXIES",
    "TLS_CERT",
    "TLS_KEY",
    "LOG",
    "LOG_FORMAT",
    "SESSION_IDLE_MINUTES",
    "SESSION_HOURS",
    "MAX_CONNECTIONS",
    "OPERATOR_CONTACT",
    "ALLOWED_TARGETS",
];

/// The values by name without prefix, and what was odd on the way.
#[derive(Default)]
pub(super) struct Found {
    pub(super) values: BTreeMap<&'static str, String>,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) warnings: Vec<String>,
}

/// Collects both sources. An unknown name is a mistake in the file, which is ours alone, and a warning in the environment.
pub(super) fn collect(env: &[(String, String)], file: Option<&str>) -> Found {
    let mut found = Found::default();
    match file.map(str::parse::<toml::Table>) {
        None => {}
        Some(Ok(table)) => table.iter().for_each(|(name, value)| found.take_from_file(name, value)),
        // The parser's own message quotes the line, which may hold a secret.
        Some(Err(cause)) => {
            let line = cause.span().map_or(1, |at| file.unwrap_or_default()[..at.start].matches('\n').count() + 1);
            found
                .mistakes
                .push(Mistake(format!("The configuration file is not TOML: line {line}: {}.", cause.message())));
        }
    }
    for (name, value) in env {
        let Some(short) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let value = value.trim();
        if let Some(known) = known(short) {
            if !value.is_empty() {
                found.values.insert(known, value.to_owned());
            }
        } else if short != "CONFIG" {
            found.warnings.push(format!(
                "{name} is not a setting{}; it is ignored.",
                hint(short, |near| format!("{PREFIX}{near}"))
            ));
        }
    }
    found
}

impl Found {
    fn take_from_file(&mut self, name: &str, value: &toml::Value) {
        let upper = name.to_uppercase();
        let short = upper.strip_prefix(PREFIX).unwrap_or(&upper);
        let Some(known) = known(short).filter(|_| name == name.to_lowercase()) else {
            let near = hint(short, str::to_lowercase);
            self.mistakes.push(Mistake(format!(
                "{name} in the configuration file is not a setting{near}. Correct or remove it."
            )));
            return;
        };
        match text(value) {
            Some(text) if text.trim().is_empty() => {}
            Some(text) => {
                self.values.insert(known, text.trim().to_owned());
            }
            None => self.mistakes.push(Mistake(format!(
                "{name} in the configuration file is neither text nor a number. Put its value in quotes."
            ))),
        }
    }
}

fn text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(all) => {
            let all: Option<Vec<&str>> = all.iter().map(toml::Value::as_str).collect();
            all.map(|all| all.join(","))
        }
        _ => None,
    }
}

fn known(short: &str) -> Option<&'static str> {
    KNOWN.into_iter().find(|name| *name == short)
}

fn hint(wrong: &str, say: impl Fn(&str) -> String) -> String {
    let nearest = KNOWN.into_iter().map(|name| (strsim::osa_distance(wrong, name), name)).min();
    match nearest {
        Some((far, name)) if far <= 2 + name.len() / 4 => format!("; did you mean {}", say(name)),
        _ => String::new(),
    }
}
