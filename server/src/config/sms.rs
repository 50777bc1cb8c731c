//! The address of a service that sends text messages.

use domain::input;
use std::fmt;
use std::net::IpAddr;
use url::{Host, Url};

/// A service that sends text messages.
#[derive(Clone, PartialEq, Eq)]
pub struct Sms {
    /// Where messages are posted to; without account or token.
    pub url: Url,
    /// How they are posted.
    pub kind: SmsKind,
}

/// How messages are posted.
#[derive(Clone, PartialEq, Eq)]
pub enum SmsKind {
    /// As forms to Twilio's API, or to one like it.
    Twilio {
        /// The account's SID.
        account: String,
        /// Its token.
        token: String,
        /// A number, a sender's name, or the SID of a messaging service (`MG…`).
        from: String,
    },
    /// As JSON `{"to", "text", "id"}` to any address.
    Generic {
        /// Sent as `Authorization: Bearer …`.
        token: Option<String>,
    },
}

impl fmt::Debug for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path and query of a generic address may themselves be secret.
        write!(f, "Sms({})", self.server())
    }
}

impl Sms {
    /// Reads `twilio://ACCOUNT:TOKEN@HOST?from=+49…` or `https://TOKEN@HOST/PATH`. Without TLS (`twilio+http://`,
    /// `http://`) only this machine can be named.
    ///
    /// # Errors
    /// What is wrong, without the address, which may hold a token.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").ok_or("it is no address")?;
        let (twilio, tls) = match scheme.to_ascii_lowercase().as_str() {
            "twilio" => (true, true),
            "twilio+http" => (true, false),
            "https" => (false, true),
            "http" => (false, false),
            _ => return Err("it begins with neither twilio:// nor https://".into()),
        };
        // The URL standard reads hosts strictly only where it knows the scheme.
        let plain = format!("{}://{rest}", if tls { "https" } else { "http" });
        let mut url = Url::parse(&plain).map_err(|cause| format!("it is no address ({cause})"))?;
        if !tls && !is_loopback(&url) {
            return Err("without TLS it may name only this machine".into());
        }
        if url.fragment().is_some() {
            return Err("something follows a #".into());
        }
        let (account, token) = (decoded(url.username())?, decoded(url.password().unwrap_or_default())?);
        let cleared = url.set_username("").and_then(|()| url.set_password(None));
        cleared.map_err(|()| "it names no host")?;
        if !twilio {
            if !token.is_empty() {
                return Err("what stands before the @ is a bearer token alone, without a colon".into());
            }
            return Ok(Self { url, kind: SmsKind::Generic { token: Some(account).filter(|token| !token.is_empty()) } });
        }
        if account.is_empty() || token.is_empty() || !account.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err("it names no account with its token".into());
        }
        if url.path() != "/" {
            return Err("something follows the host and port".into());
        }
        let from = sender(url.query().unwrap_or_default())?;
        url.set_query(None);
        url.set_path(&format!("/2010-04-01/Accounts/{account}/Messages.json"));
        Ok(Self { url, kind: SmsKind::Twilio { account, token, from } })
    }

    /// The server as people may read it: host and port.
    #[must_use]
    pub fn server(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

/// The sender, out of `from=…`; a `+` there is meant, and no space as in a form.
fn sender(query: &str) -> Result<String, String> {
    let from =
        query.strip_prefix("from=").ok_or("of what follows the question mark only from=… is known, and needed")?;
    let from = decoded(from)?;
    let service = from.len() == 34 && from.starts_with("MG") && from.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let name = (1..=11).contains(&from.len())
        && from.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
        && from.bytes().any(|byte| byte.is_ascii_alphabetic());
    if service || name {
        return Ok(from);
    }
    input::e164(&from).map_err(|_| {
        "its sender is neither a number such as +4930555011, nor a name of at most 11 letters and digits, nor a messaging service (MG…)"
            .to_owned()
    })
}

fn decoded(part: &str) -> Result<String, String> {
    let decoded = percent_encoding::percent_decode_str(part).decode_utf8();
    let decoded = decoded.map_err(|_| "its account or token is not UTF-8")?;
    if decoded.chars().any(char::is_control) {
        Err("it holds a control character".into())
    } else {
        Ok(decoded.into_owned())
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_say_where_and_as_whom() {
        let sms = Sms::parse("twilio://AC12:s%40cret@api.twilio.com?from=+4930555011").unwrap();
        assert_eq!(sms.url.as_str(), "https://api.twilio.com/2010-04-01/Accounts/AC12/Messages.json");
        let kind = SmsKind::Twilio { account: "AC12".into(), token: "s@cret".into(), from: "+4930555011".into() };
        assert!(sms.kind == kind && sms.server() == "api.twilio.com");
        let sms = Sms::parse("twilio+http://AC12:t@127.0.0.1:8080?from=%2B4930555011").unwrap();
        assert_eq!(sms.url.as_str(), "http://127.0.0.1:8080/2010-04-01/Accounts/AC12/Messages.json");
        assert!(Sms::parse("twilio://AC12:t@x.example?from=Northwind").is_ok());
        assert!(Sms::parse(&format!("twilio://AC12:t@x.example?from=MG{}", "0".repeat(32))).is_ok());
        let sms = Sms::parse("https://k3y@sms.example.org:8443/send?route=2").unwrap();
        assert_eq!(sms.url.as_str(), "https://sms.example.org:8443/send?route=2");
        assert!(sms.kind == SmsKind::Generic { token: Some("k3y".into()) } && sms.server() == "sms.example.org:8443");
        assert!(Sms::parse("http://[::1]:9/x").unwrap().kind == SmsKind::Generic { token: None });
    }

    #[test]
    fn wrong_addresses_are_refused_and_tokens_stay_out_of_debug_output() {
        for wrong in [
            "sms.example.org",
            "smtp://a:b@host",
            "http://sms.example.org/send",
            "twilio+http://AC12:t@sms.example.org?from=+4930555011",
            "twilio://api.twilio.com?from=+4930555011",
            "twilio://AC12@api.twilio.com?from=+4930555011",
            "twilio://AC12:t@api.twilio.com",
            "twilio://AC12:t@api.twilio.com?to=+4930555011",
            "twilio://AC12:t@api.twilio.com?from=030555011",
            "twilio://AC12:t@api.twilio.com?from=",
            "twilio://AC12:t@api.twilio.com/path?from=+4930555011",
            "twilio://A/C:t@api.twilio.com?from=+4930555011",
            "https://me:pw@sms.example.org/",
            "https://sms.example.org/#x",
            "https://",
        ] {
            assert!(Sms::parse(wrong).is_err(), "{wrong}");
        }
        for secret in ["twilio://AC12:hunter2@host?from=+4930555011", "https://hunter2@host/hunter2?hunter2"] {
            assert!(!format!("{:?}", Sms::parse(secret).unwrap()).contains("hunter2"));
        }
    }
}
