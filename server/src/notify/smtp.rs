//! One mail's conversation with a mail server, in two parts: what breaks before the mail itself was sent may be tried
//! again; once it was sent, only the server's own word tells what became of it.

use super::mail::Delivery;
use super::said;
use crate::config::{Security, Smtp};
use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use std::fmt;
use std::time::Duration;

/// How long a mail server may take until it is connected and knows who asks.
const GREETING: Duration = Duration::from_secs(20);
/// How long it may take over the addresses, and then over the mail.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it may take to say goodbye, which changes nothing any more.
const GOODBYE: Duration = Duration::from_secs(2);

/// A mail server that mail goes to.
#[derive(Clone)]
pub struct Server {
    settings: Smtp,
    tls: Option<TlsParameters>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Server {
    /// The server of these settings.
    ///
    /// # Errors
    /// A sentence, when its name cannot be used for TLS.
    pub(super) fn new(settings: &Smtp) -> Result<Self, String> {
        let tls = match settings.security {
            Security::StartTls | Security::Tls => {
                Some(TlsParameters::new(settings.host.clone()).map_err(|cause| cause.to_string())?)
            }
            Security::None => None,
        };
        Ok(Self { settings: settings.clone(), tls })
    }

    /// Hands a mail over once.
    pub(super) async fn send(&self, message: &Message) -> Delivery {
        let mut line = match tokio::time::timeout(GREETING, self.connect()).await {
            Ok(Ok(line)) => line,
            Ok(Err(cause)) => return Delivery::Later(said(&cause)),
            Err(_) => return Delivery::Later("the mail server does not answer in time".into()),
        };
        let delivery = hand_over(&mut line, message).await;
        // An answer that came stands, whatever the goodbye does.
        let _ = tokio::time::timeout(GOODBYE, line.abort()).await;
        delivery
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let (settings, hello) = (&self.settings, ClientId::default());
        let at_once = self.tls.clone().filter(|_| settings.security == Security::Tls);
        let address = (settings.host.as_str(), settings.port);
        let mut line = AsyncSmtpConnection::connect_tokio1(address, Some(GREETING), &hello, at_once, None).await?;
        if let (Security::StartTls, Some(tls)) = (settings.security, &self.tls) {
            line.starttls(tls.clone(), &hello).await?;
        }
        if let Some((account, password)) = &settings.login {
            line.auth(DEFAULT_MECHANISMS, &Credentials::new(account.clone(), password.clone())).await?;
        }
        Ok(line)
    }
}

async fn hand_over(line: &mut AsyncSmtpConnection, message: &Message) -> Delivery {
    let mail = message.formatted();
    match tokio::time::timeout(PATIENCE, addresses(line, message, &mail)).await {
        Ok(Ok(())) => {}
        Ok(Err(Stopped::Never(sentence))) => return Delivery::Never(sentence.into()),
        Ok(Err(Stopped::By(cause))) if cause.is_permanent() => return Delivery::Never(said(&cause)),
        Ok(Err(Stopped::By(cause))) if cause.is_transient() => return Delivery::Later(said(&cause)),
        Ok(Err(Stopped::By(cause))) => {
            return Delivery::Later(format!(
                "the mail server broke off before it was given the mail: {}",
                said(&cause)
            ));
        }
        Err(_) => return Delivery::Later("the mail server took longer than a minute over the addresses".into()),
    }
    match tokio::time::timeout(PATIENCE, line.message(&mail)).await {
        Ok(Ok(response)) => {
            let words: Vec<&str> = response.message().collect();
            Delivery::Taken(format!("{} {}", response.code(), words.join(" ")))
        }
        Ok(Err(cause)) if cause.is_permanent() => Delivery::Never(said(&cause)),
        Ok(Err(cause)) if cause.is_transient() => Delivery::Later(said(&cause)),
        Ok(Err(cause)) => {
            Delivery::Unsure(format!("the mail server broke off when it was given the mail: {}", said(&cause)))
        }
        Err(_) => Delivery::Unsure("the mail server took longer than a minute over the mail".into()),
    }
}

/// Why the mail itself was not sent.
enum Stopped {
    /// The server cannot take such a mail.
    Never(&'static str),
    /// By what the server said, or because it said nothing more.
    By(Error),
}

impl From<Error> for Stopped {
    fn from(cause: Error) -> Self {
        Self::By(cause)
    }
}

/// Everything up to the server's word that the mail may come.
async fn addresses(line: &mut AsyncSmtpConnection, message: &Message, mail: &[u8]) -> Result<(), Stopped> {
    let (envelope, mut wishes) = (message.envelope(), Vec::new());
    let mut all = envelope.to().iter().chain(envelope.from());
    if all.any(|address| !address.to_string().is_ascii()) {
        if !line.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Stopped::Never("the mail server takes no address with letters beyond ASCII"));
        }
        wishes.push(MailParameter::SmtpUtfEight);
    }
    if !mail.is_ascii() {
        if !line.server_info().supports_feature(Extension::EightBitMime) {
            return Err(Stopped::Never("the mail server takes no letters beyond ASCII"));
        }
        wishes.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    line.command(Mail::new(envelope.from().cloned(), wishes)).await?;
    for to in envelope.to() {
        line.command(Rcpt::new(to.clone(), Vec::new())).await?;
    }
    line.command(Data).await?;
    Ok(())
}
