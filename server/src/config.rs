//! The configuration: from the environment and an optional file, checked as a whole before anything starts.
//!
//! `LATCHKEY_ALLOWED_TARGETS` is a reserved name; nothing reads it yet.

mod names;
mod read;
mod sms;
mod smtp;

pub use sms::{Sms, SmsKind};
pub use smtp::{Security, Smtp};

use crate::secret::RootKey;
use crate::store::DatabaseUrl;
use ipnet::IpNet;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Everything an operator can set.
#[derive(Clone, Debug)]
pub struct Config {
    /// `LATCHKEY_DATA_DIR`: where the database, the key, mails and checkpoints are kept.
    pub data_dir: PathBuf,
    /// `LATCHKEY_LISTEN`: where the server waits for connections.
    pub listen: SocketAddr,
    /// `LATCHKEY_BASE_URL`: the address under which people reach it; scheme, host and port, without a slash at its end.
    pub base_url: String,
    /// Whether the base URL was given; otherwise it is a guess made from `listen`.
    pub base_url_given: bool,
    /// `LATCHKEY_DATABASE_URL`.
    pub database: DatabaseUrl,
    /// `LATCHKEY_SMTP_URL`; without it mail is kept in files.
    pub smtp: Option<Smtp>,
    /// `LATCHKEY_SMS_URL`; without it text messages are kept in files.
    pub sms: Option<Sms>,
    /// `LATCHKEY_MAIL_FROM`: the sender of all mail, `Name <address>` or an address.
    pub mail_from: String,
    /// `LATCHKEY_SECRET_KEY`: the root key itself.
    pub secret_key: Option<RootKey>,
    /// `LATCHKEY_SECRET_KEY_FILE`: where the root key is, unless it is given itself.
    pub secret_key_file: PathBuf,
    /// `LATCHKEY_TRUSTED_PROXIES`: whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// `LATCHKEY_TLS_CERT` and `LATCHKEY_TLS_KEY`.
    pub tls: Option<TlsFiles>,
    /// `LATCHKEY_LOG`: a filter of the `tracing` kind, such as `info` or `info,server::http=debug`.
    pub log: String,
    /// `LATCHKEY_LOG_FORMAT`.
    pub log_format: LogFormat,
    /// `LATCHKEY_SESSION_IDLE_MINUTES`: an admin's session ends after so long without use.
    pub session_idle_minutes: u32,
    /// `LATCHKEY_SESSION_HOURS`: and after so long in any case.
    pub session_hours: u32,
    /// `LATCHKEY_MAX_CONNECTIONS`: how many connections are served at once.
    pub max_connections: usize,
    /// `LATCHKEY_OPERATOR_CONTACT`: whom people are told to ask for more links by text message or e-mail.
    pub operator_contact: Option<String>,
    /// What is odd but no reason not to start; to be logged at start.
    pub warnings: Vec<String>,
}

/// Certificate and key, PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those between it and the root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// One setting that cannot be used: a sentence with its name, its value unless that is secret, and the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake(pub String);

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Config {
    /// Reads this process' environment and the file: the one named by `--config`, by `LATCHKEY_CONFIG`,
    /// or `latchkey.toml` in the data folder if it is there. The environment wins.
    ///
    /// # Errors
    /// Every mistake there is, not only the first.
    pub fn load(named: Option<&Path>) -> Result<Self, Vec<Mistake>> {
        let env: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| {
                let name = name.into_string().ok()?;
                name.starts_with(names::PREFIX).then(|| (name, value.to_string_lossy().into_owned()))
            })
            .collect();
        let set = |wanted: &str| {
            env.iter().find(|(name, value)| name == wanted && !value.is_empty()).map(|(_, value)| PathBuf::from(value))
        };
        let named = named.map(Path::to_owned).or_else(|| set("LATCHKEY_CONFIG"));
        let path = named
            .clone()
            .unwrap_or_else(|| set("LATCHKEY_DATA_DIR").unwrap_or_else(|| "./data".into()).join("latchkey.toml"));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(cause) if named.is_none() && cause.kind() == std::io::ErrorKind::NotFound => None,
            Err(cause) => {
                return Err(vec![Mistake(format!(
                    "The configuration file {} cannot be read: {cause}.",
                    path.display()
                ))]);
            }
        };
        Self::read(env, text.as_deref())
    }

    /// Reads the given settings: `LATCHKEY_…` pairs, and the text of a TOML file with the same names in lower case,
    /// with or without `latchkey_` in front. An empty value counts as none.
    ///
    /// # Errors
    /// Every mistake there is, not only the first.
    pub fn read(env: impl IntoIterator<Item = (String, String)>, file: Option<&str>) -> Result<Self, Vec<Mistake>> {
        read::read(env.into_iter().collect(), file)
    }
}

#[cfg(test)]
mod tests;
