//! Reads each setting, and goes on after a mistake so that all are said together.

use super::names::{self, Found};
use super::{Config, LogFormat, Mistake, Sms, Smtp, TlsFiles};
use crate::secret::RootKey;
use crate::store::DatabaseUrl;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use url::Url;

/// Reads a configuration out of both sources.
pub(super) fn read(env: Vec<(String, String)>, file: Option<&str>) -> Result<Config, Vec<Mistake>> {
    let Found { values, mistakes, warnings } = names::collect(&env, file);
    let mut settings = Settings { values, mistakes, warnings };
    let config = settings.config();
    if settings.mistakes.is_empty() { Ok(config) } else { Err(settings.mistakes) }
}

struct Settings {
    values: std::collections::BTreeMap<&'static str, String>,
    mistakes: Vec<Mistake>,
    warnings: Vec<String>,
}

impl Settings {
    fn config(&mut self) -> Config {
        let data_dir = self.path("DATA_DIR").unwrap_or_else(|| "./data".into());
        let tls = self.tls();
        let listen = self.take("LISTEN", "Give an address and a port, such as 127.0.0.1:3000 or [::]:3000.", listen);
        let listen = listen.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)));
        let given = self.take("BASE_URL", "Give scheme and host, such as https://doors.example.org.", base_url);
        let base_url_given = given.is_some();
        let base_url = given.unwrap_or_else(|| guessed_url(listen, tls.is_some()));
        let database = self.take_secret("DATABASE_URL", "Give sqlite://PATH or postgres://….", DatabaseUrl::parse);
        let smtp = self.take_secret("SMTP_URL", "Give smtp://USER:PASSWORD@HOST:587 or smtps://HOST:465.", Smtp::parse);
        if smtp.as_ref().is_some_and(Smtp::exposes_password) {
            self.warnings.push(
                "LATCHKEY_SMTP_URL sends its password without TLS. Remove tls=none if the mail server can do better."
                    .into(),
            );
        }
        let sms = self.take_secret(
            "SMS_URL",
            "Give twilio://ACCOUNT:TOKEN@api.twilio.com?from=+49…, or https://TOKEN@HOST/PATH of a service that takes JSON.",
            Sms::parse,
        );
        let mail_from = self.take("MAIL_FROM", "Give an address, such as Latchkey <doors@example.org>.", mailbox);
        let secret_key_file = self.path("SECRET_KEY_FILE");
        let secret_key =
            self.take_secret("SECRET_KEY", "Give base64 of 32 random bytes: openssl rand -base64 32.", |text| {
                RootKey::parse(text).ok_or_else(|| "it is not base64 of 32 bytes".to_owned())
            });
        if secret_key.is_some() && secret_key_file.is_some() {
            self.note("LATCHKEY_SECRET_KEY and LATCHKEY_SECRET_KEY_FILE are both set. Keep one of them.");
        }
        let trusted_proxies =
            self.take("TRUSTED_PROXIES", "Give addresses or networks, such as 10.0.0.5, 192.168.0.0/24.", networks);
        let log =
            self.take("LOG", "Give a level, such as info or debug, or a filter such as info,server=debug.", log_filter);
        let log_format = self.take("LOG_FORMAT", "Give text or json.", |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("it is neither".to_owned()),
        });
        Config {
            listen,
            database: database.unwrap_or_else(|| DatabaseUrl::Sqlite(data_dir.join("latchkey.db"))),
            smtp,
            sms,
            mail_from: mail_from.unwrap_or_else(|| guessed_sender(&base_url)),
            base_url,
            base_url_given,
            secret_key,
            secret_key_file: secret_key_file.unwrap_or_else(|| data_dir.join("secret.key")),
            data_dir,
            trusted_proxies: trusted_proxies.unwrap_or_default(),
            tls,
            log: log.unwrap_or_else(|| "info".into()),
            log_format: log_format.unwrap_or_default(),
            session_idle_minutes: self.number("SESSION_IDLE_MINUTES", 60, 1..=1_440),
            session_hours: self.number("SESSION_HOURS", 12, 1..=720),
            max_connections: self.number("MAX_CONNECTIONS", 4_096, 16..=1_000_000) as usize,
            operator_contact: self.take(
                "OPERATOR_CONTACT",
                "Give one line, such as an address or a phone number.",
                one_line,
            ),
            warnings: std::mem::take(&mut self.warnings),
        }
    }

    fn note(&mut self, sentence: &str) {
        self.mistakes.push(Mistake(sentence.to_owned()));
    }

    fn take<T>(&mut self, name: &'static str, remedy: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = self.values.remove(name)?;
        let said = format!("LATCHKEY_{name} is {value:?}");
        self.parsed(&said, remedy, parse(&value))
    }

    /// The same for a value that may hold a password: it is not repeated.
    fn take_secret<T>(
        &mut self,
        name: &'static str,
        remedy: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.values.remove(name)?;
        self.parsed(&format!("LATCHKEY_{name} cannot be used"), remedy, parse(&value))
    }

    fn parsed<T>(&mut self, said: &str, remedy: &str, parsed: Result<T, String>) -> Option<T> {
        parsed.map_err(|wrong| self.note(&format!("{said}: {wrong}. {remedy}"))).ok()
    }

    fn path(&mut self, name: &'static str) -> Option<PathBuf> {
        self.values.remove(name).map(PathBuf::from)
    }

    fn number(&mut self, name: &'static str, default: u32, range: RangeInclusive<u32>) -> u32 {
        let remedy = format!("Give a whole number from {} to {}.", range.start(), range.end());
        let parse = |text: &str| match text.parse() {
            Ok(number) if range.contains(&number) => Ok(number),
            Ok(_) => Err("it is out of range".to_owned()),
            Err(_) => Err("it is not a number".to_owned()),
        };
        self.take(name, &remedy, parse).unwrap_or(default)
    }

    fn tls(&mut self) -> Option<TlsFiles> {
        match (self.path("TLS_CERT"), self.path("TLS_KEY")) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
            (None, None) => None,
            (Some(_), None) => {
                self.note("LATCHKEY_TLS_CERT is set without LATCHKEY_TLS_KEY. Name the file of the certificate's private key too.");
                None
            }
            (None, Some(_)) => {
                self.note("LATCHKEY_TLS_KEY is set without LATCHKEY_TLS_CERT. Name the file of the certificate too.");
                None
            }
        }
    }
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    let text = text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    text.parse().map_err(|_| "it is not an address with a port".to_owned())
}

fn base_url(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|cause| format!("it is no address ({cause})"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("it begins with neither http:// nor https://".into());
    }
    if url.path() != "/"
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return Err("Latchkey lives at the root of a host; nothing but scheme, host and port belongs here".into());
    }
    Ok(url.origin().ascii_serialization())
}

fn guessed_url(listen: SocketAddr, tls: bool) -> String {
    let (scheme, usual) = if tls { ("https", 443) } else { ("http", 80) };
    let host = match listen.ip() {
        ip if ip.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    if listen.port() == usual { format!("{scheme}://{host}") } else { format!("{scheme}://{host}:{}", listen.port()) }
}

fn guessed_sender(base_url: &str) -> String {
    let url = Url::parse(base_url).ok();
    let domain = url.as_ref().and_then(Url::domain).filter(|domain| domain.contains('.')).unwrap_or("localhost");
    format!("Latchkey <latchkey@{domain}>")
}

fn mailbox(text: &str) -> Result<String, String> {
    let line = one_line(text)?;
    let address =
        line.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')).map_or(line.as_str(), |(_, address)| address);
    let right = address
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
    if right && !address.contains(char::is_whitespace) { Ok(line) } else { Err("it holds no mail address".into()) }
}

fn one_line(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) || text.len() > 320 {
        Err("it is not one short line".into())
    } else {
        Ok(text.to_owned())
    }
}

fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let network = part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| format!("{part:?} is neither an address nor a network"))
        })
        .collect()
}

fn log_filter(text: &str) -> Result<String, String> {
    let parsed = tracing_subscriber::EnvFilter::builder().parse(text);
    parsed.map(|_| text.to_owned()).map_err(|cause| format!("it is no filter ({cause})"))
}
