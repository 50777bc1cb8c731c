//! Connections to addresses that admins choose: doors' relays and hubs, webhooks. Each address that a name stands for
//! is looked at, and the connection goes to the very address that was looked at, so that a name which answers
//! differently the second time leads nowhere else. No redirects, no proxies.

pub mod exchange;
mod tls;

pub use tls::{Trust, certificates};

use async_trait::async_trait;
use domain::network;
use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use url::{Host, Url};

/// Looking a name up, connecting and the TLS handshake take this long at most, all together.
pub const CONNECT: Duration = Duration::from_secs(3);
/// One of several addresses is given up after this.
const ONE: Duration = Duration::from_secs(1);
/// The setting, as sentences name it.
const SETTING: &str = "LATCHKEY_ALLOWED_TARGETS";

/// Turns a name into addresses.
#[async_trait]
pub trait Resolve: fmt::Debug + Send + Sync {
    /// The addresses of a host; an address as text stands for itself.
    async fn resolve(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>>;
}

/// This machine's own way of looking names up.
#[derive(Clone, Copy, Debug)]
struct System;

#[async_trait]
impl Resolve for System {
    async fn resolve(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}

/// Why there is no connection. Nothing was sent in either case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The address is off the public internet, and not on the operator's list.
    #[error("{0}")]
    Forbidden(String),
    /// Nobody answers there, or not with the right certificate.
    #[error("{0}")]
    Unreachable(String),
}

/// Both directions of a connection.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Where to connect to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// A name, or an address as text, an IPv6 one without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// Whom to believe, where it is TLS.
    pub tls: Option<Trust>,
}

impl Target {
    /// The target of an address with a host. `port` is for one that names none and has no usual one.
    #[must_use]
    pub fn of(url: &Url, port: u16, tls: Option<Trust>) -> Option<Self> {
        let host = match url.host()? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        Some(Self { host, port: url.port_or_known_default().unwrap_or(port), tls })
    }
}

/// The way out.
#[derive(Clone, Debug)]
pub struct Net {
    allowed: Arc<[IpNet]>,
    resolver: Arc<dyn Resolve>,
}

impl Net {
    /// With the networks that the operator lists.
    #[must_use]
    pub fn new(allowed: &[IpNet]) -> Self {
        Self::with(allowed, Arc::new(System))
    }

    /// With another way of looking names up.
    #[must_use]
    pub fn with(allowed: &[IpNet], resolver: Arc<dyn Resolve>) -> Self {
        Self { allowed: allowed.into(), resolver }
    }

    /// What kind of address it is that may not be connected to; nothing for one that may.
    #[must_use]
    pub fn forbids(&self, ip: IpAddr) -> Option<&'static str> {
        let kind = network::special(ip)?;
        let carried = match ip {
            IpAddr::V6(six) => network::carried(six).map(IpAddr::from),
            IpAddr::V4(_) => None,
        };
        let listed = |ip: &IpAddr| self.allowed.iter().any(|net| net.contains(ip));
        (!listed(&ip) && !carried.as_ref().is_some_and(listed)).then_some(kind)
    }

    /// The same for a host that is an address itself, for a form: the name of another host is looked up only when it
    /// is connected to.
    #[must_use]
    pub fn forbids_literal(&self, host: &str) -> Option<String> {
        // As the system's own reading has it: 127.1, 0x7f000001 and 2130706433 are 127.0.0.1.
        let read = Url::parse(&format!("http://{}/", bracketed(host))).ok();
        let ip = match read.as_ref().and_then(Url::host)? {
            Host::Ipv4(ip) => IpAddr::from(ip),
            Host::Ipv6(ip) => IpAddr::from(ip),
            Host::Domain(name) if is_local(name) => IpAddr::from([127, 0, 0, 1]),
            Host::Domain(_) => return None,
        };
        self.forbids(ip).map(|kind| forbidden(host, ip, kind))
    }

    /// Connects, to an address that may be connected to.
    ///
    /// # Errors
    /// Why not, in a sentence.
    pub async fn connect(&self, target: &Target) -> Result<Box<dyn Stream>, Failure> {
        let connect = async {
            let stream = self.dial(target).await?;
            match &target.tls {
                None => Ok(Box::new(stream) as Box<dyn Stream>),
                Some(trust) => tls::shake(stream, &target.host, trust).await.map_err(Failure::Unreachable),
            }
        };
        match tokio::time::timeout(CONNECT, connect).await {
            Ok(connected) => connected,
            Err(_) => Err(Failure::Unreachable(format!(
                "{} did not take the connection within {} seconds.",
                said(target),
                CONNECT.as_secs()
            ))),
        }
    }

    async fn dial(&self, target: &Target) -> Result<TcpStream, Failure> {
        let found = self.resolver.resolve(&target.host, target.port).await;
        let addresses = found
            .map_err(|_| Failure::Unreachable(format!("No address is known for {}. Check the name.", target.host)))?;
        let mut refused = None;
        let mut permitted = Vec::new();
        for address in addresses {
            match self.forbids(address.ip()) {
                None => permitted.push(address),
                Some(kind) => {
                    refused = refused.or_else(|| Some(forbidden(&target.host, address.ip(), kind)));
                }
            }
        }
        let several = permitted.len() > 1;
        let mut last = None;
        for address in permitted {
            let connected =
                match tokio::time::timeout(if several { ONE } else { CONNECT }, TcpStream::connect(address)).await {
                    Ok(Ok(stream)) => {
                        let _ = stream.set_nodelay(true);
                        return Ok(stream);
                    }
                    Ok(Err(cause)) => why(&cause),
                    Err(_) => "did not take the connection in time",
                };
            last = Some(connected);
        }
        match (last, refused) {
            (Some(why), _) => Err(Failure::Unreachable(format!("{} {why}.", said(target)))),
            (None, Some(sentence)) => Err(Failure::Forbidden(sentence)),
            (None, None) => Err(Failure::Unreachable(format!("No address is known for {}.", target.host))),
        }
    }
}

/// Names that mean this machine whatever a resolver says (RFC 6761).
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() }
}

fn said(target: &Target) -> String {
    format!("{}:{}", bracketed(&target.host), target.port)
}

fn forbidden(host: &str, ip: IpAddr, kind: &str) -> String {
    let is = if host == ip.to_string() { format!("{host} is {kind}") } else { format!("{host} is {ip}, {kind}") };
    format!("{is}. Latchkey connects to such addresses only when the operator lists them in {SETTING}.")
}

fn why(cause: &std::io::Error) -> &'static str {
    match cause.kind() {
        std::io::ErrorKind::ConnectionRefused => "refused the connection",
        std::io::ErrorKind::ConnectionReset => "reset the connection",
        std::io::ErrorKind::HostUnreachable | std::io::ErrorKind::NetworkUnreachable => "cannot be reached",
        _ => "could not be connected to",
    }
}
