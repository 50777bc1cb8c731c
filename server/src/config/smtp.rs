//! The address of a mail server.

use std::fmt;
use std::net::IpAddr;
use url::{Host, Url};

/// A mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// The account and its password, if it wants one.
    pub login: Option<(String, String)>,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (`smtps://`).
    Tls,
    /// STARTTLS, and nothing is sent without it.
    StartTls,
    /// Not at all: on loopback, or because the operator said so.
    None,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let login = self.login.as_ref().map(|(account, _)| format!("{account}:redacted"));
        f.debug_struct("Smtp")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("login", &login)
            .finish()
    }
}

impl Smtp {
    /// Reads `smtp://user:password@host:587` or `smtps://host:465`, with `?tls=none` or `?tls=starttls`.
    /// On loopback `smtp://` means no TLS unless it is asked for, since there is nobody to hide from.
    ///
    /// # Errors
    /// What is wrong, without the address, which may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|cause| format!("it is no address ({cause})"))?;
        let tls = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return Err("it begins with neither smtp:// nor smtps://".into()),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("it names no host")?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err("something follows the host and port".into());
        }
        // Schemes that the URL standard does not know keep IP addresses as names.
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let loopback = bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if !loopback {
            Host::parse(host).map_err(|_| "its host is not a valid name")?;
        }
        let mut security = match (tls, loopback) {
            (true, _) => Security::Tls,
            (false, true) => Security::None,
            (false, false) => Security::StartTls,
        };
        for (name, value) in url.query_pairs() {
            security = match (&*name, &*value, tls) {
                ("tls", "none", false) => Security::None,
                ("tls", "starttls", false) => Security::StartTls,
                _ => return Err(
                    "of what follows the question mark only tls=none and tls=starttls are known, and only with smtp://"
                        .into(),
                ),
            };
        }
        let decode = |part: &str| {
            let decoded = percent_encoding::percent_decode_str(part).decode_utf8();
            decoded.map(|part| part.into_owned()).map_err(|_| "its account or password is not UTF-8")
        };
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (account, Some(password)) if !account.is_empty() => Some((decode(account)?, decode(password)?)),
            _ => return Err("an account and a password go together".into()),
        };
        let port = url.port().unwrap_or(if tls { 465 } else { 587 });
        Ok(Self { host: bare.to_owned(), port, security, login })
    }

    /// Whether the password would cross a network in the clear.
    #[must_use]
    pub fn exposes_password(&self) -> bool {
        let local = self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        self.login.is_some() && self.security == Security::None && !local
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_say_how_to_connect() {
        let smtp = Smtp::parse("smtp://me%40example.org:p%3Aw@mail.example.org").unwrap();
        assert_eq!((smtp.host.as_str(), smtp.port, smtp.security), ("mail.example.org", 587, Security::StartTls));
        assert_eq!(smtp.login, Some(("me@example.org".into(), "p:w".into())));
        let smtp = Smtp::parse("smtps://mail.example.org:465").unwrap();
        assert_eq!((smtp.port, smtp.security, smtp.login), (465, Security::Tls, None));
        assert_eq!(Smtp::parse("smtp://127.0.0.1:1025").unwrap().security, Security::None);
        assert_eq!(Smtp::parse("smtp://[::1]:25").unwrap().host, "::1");
        assert_eq!(Smtp::parse("smtp://localhost:25?tls=starttls").unwrap().security, Security::StartTls);
        let open = Smtp::parse("smtp://a:b@relay.lan:25?tls=none").unwrap();
        assert!(open.security == Security::None && open.exposes_password());
    }

    #[test]
    fn wrong_addresses_are_refused_and_passwords_stay_out_of_debug_output() {
        for wrong in [
            "mail.example.org",
            "http://mail.example.org",
            "smtp://",
            "smtp://host/path",
            "smtp://host?tls=maybe",
            "smtps://host?tls=none",
            "smtp://me@host",
        ] {
            assert!(Smtp::parse(wrong).is_err(), "{wrong}");
        }
        assert!(!format!("{:?}", Smtp::parse("smtp://me:hunter2@host")).contains("hunter2"));
    }
}
