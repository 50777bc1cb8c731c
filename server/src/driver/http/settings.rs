//! How a door that is opened by a web request is set up: what may be read, and what is sealed.

use crate::net::{Target, Trust};
use domain::template::{Escape, Values, fill};
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// What everybody who may look at the door may see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The address, without user and password; path and query may hold marks.
    pub url: String,
    /// The user of the address, whose password is sealed.
    pub user: String,
    /// GET, POST or PUT.
    pub method: Method,
    /// The names of the headers, whose values are sealed.
    pub headers: Vec<String>,
    /// How the body is to be read.
    pub body_kind: BodyKind,
    /// The body, with marks.
    pub body: String,
    /// What counts as open.
    pub success: Success,
    /// Whether requests are signed.
    pub signed: bool,
    /// Whom to believe on https, PEM; empty for the public authorities.
    pub certificate: String,
}

/// What is sealed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// The headers in their order.
    pub headers: Vec<(String, String)>,
    /// The password of the address' user.
    pub password: String,
    /// What requests are signed with; empty for no signature.
    pub signing: String,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(redacted)")
    }
}

impl Secrets {
    /// Whether there is nothing to seal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How it is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Without a body.
    Get,
    /// The usual one for something that acts.
    #[default]
    Post,
    /// Some hubs want it.
    Put,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 3] = [Self::Get, Self::Post, Self::Put];

    /// As it is sent.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// What a body is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// JSON; values are escaped for it.
    #[default]
    Json,
    /// As a web form sends it; values are percent-encoded.
    Form,
    /// Plain text; values stand as they are.
    Text,
}

impl BodyKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Json, Self::Form, Self::Text];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Form => "form",
            Self::Text => "text",
        }
    }

    /// The media type that is sent along.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// How values are written into it.
    #[must_use]
    pub fn escape(self) -> Escape {
        match self {
            Self::Json => Escape::Json,
            Self::Form => Escape::Percent,
            Self::Text => Escape::Plain,
        }
    }
}

/// What counts as open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Success {
    /// Any status from 200 to 299.
    #[default]
    Ok,
    /// This very status.
    Status {
        /// The status.
        status: u16,
    },
    /// A status from 200 to 299, and a text within the first 64 KB of the answer.
    Contains {
        /// The text.
        text: String,
    },
}

/// An address in two: scheme, host and port, in which no marks may stand, and the rest. Nothing without a scheme.
#[must_use]
pub fn split(url: &str) -> Option<(&str, &str)> {
    let start = url.find("://")? + 3;
    let end = url.get(start..)?.find(['/', '?', '#', '\\']).map_or(url.len(), |at| start + at);
    url.split_at_checked(end)
}

impl Settings {
    /// The address with its marks filled in.
    #[must_use]
    pub fn filled(&self, values: &Values) -> Option<Url> {
        let (origin, rest) = split(&self.url)?;
        Url::parse(&format!("{origin}{}", fill(rest, values, Escape::Percent))).ok()
    }

    /// Where an address leads.
    #[must_use]
    pub fn target(&self, url: &Url) -> Option<Target> {
        let tls = (url.scheme() == "https").then(|| Trust::of(&self.certificate));
        Target::of(url, 80, tls)
    }

    /// Scheme, host and port: whom the sealed settings are meant for.
    #[must_use]
    pub fn origin(&self) -> String {
        self.filled(&Values::default()).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }
}
