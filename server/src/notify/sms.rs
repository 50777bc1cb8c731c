//! Text messages: over an HTTP API, or into files when none is configured.

use super::mail::Delivery;
use crate::config::{Config, Sms, SmsKind};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long reaching the server may take, TLS included.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a whole exchange may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// More of an answer than this is not read, bytes.
const MOST_READ: usize = 16_384;
/// More of an answer than this is not kept, characters.
const MOST_KEPT: usize = 300;

/// A text message, ready to go.
#[derive(Clone)]
pub struct Text {
    /// The message's id, by which a service may recognise a doubled one.
    pub id: String,
    /// The number, E.164.
    pub to: String,
    /// The words.
    pub text: String,
    /// What of the words must not be kept, should the server repeat it.
    pub secret: String,
}

/// Where text messages go.
#[derive(Clone, Debug)]
pub enum Texter {
    /// To a service.
    Service(Arc<Service>),
    /// To a folder.
    Files(PathBuf),
}

/// A service, with a client that is made when it is first needed.
#[derive(Debug)]
pub struct Service {
    sms: Sms,
    client: OnceLock<Result<Client, String>>,
}

impl Texter {
    /// The texter of a configuration.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        match &config.sms {
            Some(sms) => Self::Service(Arc::new(Service { sms: sms.clone(), client: OnceLock::new() })),
            None => Self::Files(config.data_dir.join("sms")),
        }
    }

    /// Hands a text message over once.
    pub async fn deliver(&self, text: &Text) -> Delivery {
        match self {
            Self::Service(service) => service.deliver(text).await,
            Self::Files(folder) => {
                let words = format!("To: {}\n\n{}\n", text.to, text.text);
                super::keep(folder, &format!("{}.txt", text.id), words.into_bytes()).await
            }
        }
    }
}

/// Never follows a redirect, and opens a connection for each message: on a kept one that the server is just closing,
/// nobody could tell whether the message went out.
fn client() -> Result<Client, String> {
    // A second time in one process is no harm: the same provider is there already.
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .connect_timeout(CONNECT)
        .timeout(PATIENCE)
        .redirect(Policy::none())
        .pool_max_idle_per_host(0)
        .http1_only()
        .no_proxy()
        .no_gzip()
        .user_agent(concat!("Latchkey/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|cause| super::said(&cause))
}

impl Service {
    async fn deliver(&self, text: &Text) -> Delivery {
        let client = match self.client.get_or_init(client) {
            Ok(client) => client,
            Err(cause) => return Delivery::Later(cause.clone()),
        };
        let request = client.post(self.sms.url.clone());
        let request = match &self.sms.kind {
            SmsKind::Twilio { account, token, from } => {
                let sender = if from.len() == 34 { "MessagingServiceSid" } else { "From" };
                let body = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs([("To", text.to.as_str()), (sender, from.as_str()), ("Body", text.text.as_str())])
                    .finish();
                let kind = "application/x-www-form-urlencoded";
                request.basic_auth(account, Some(token)).header("content-type", kind).body(body)
            }
            SmsKind::Generic { token } => {
                let body = serde_json::json!({ "to": text.to, "text": text.text, "id": text.id });
                let request = request.json(&body).header("idempotency-key", &text.id);
                match token {
                    Some(token) => request.bearer_auth(token),
                    None => request,
                }
            }
        };
        let delivery = match request.send().await {
            Ok(response) => self.judged(response).await,
            // Nothing was written before there was a connection.
            Err(cause) if cause.is_connect() => Delivery::Later(super::said(&cause.without_url())),
            Err(cause) if cause.is_builder() => Delivery::Never(super::said(&cause.without_url())),
            Err(cause) => Delivery::Unsure(super::said(&cause.without_url())),
        };
        delivery.map(|reply| clean(&reply, &text.secret))
    }

    async fn judged(&self, response: Response) -> Delivery {
        let status = response.status();
        let body = read(response).await;
        let reply = match &self.sms.kind {
            SmsKind::Twilio { .. } => twilio(status, &body),
            SmsKind::Generic { .. } => format!("{} {body}", status.as_u16()),
        };
        match status.as_u16() {
            200..=299 => Delivery::Taken(reply),
            300..=399 => Delivery::Never(format!("{reply} (it leads elsewhere, and Latchkey does not follow)")),
            429 | 500 | 503 => Delivery::Later(reply),
            400..=499 => Delivery::Never(reply),
            // A gateway that lost its backend, and whatever else a server says of itself: perhaps it went out.
            _ => Delivery::Unsure(reply),
        }
    }
}

/// The beginning of an answer's body; an answer that breaks off is still an answer.
async fn read(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < MOST_READ {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    bytes.truncate(MOST_READ);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What Twilio's JSON says: the message's id and state, or its error. The rest repeats the words that were sent.
fn twilio(status: StatusCode, body: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let text = |name: &str| json.get(name).and_then(serde_json::Value::as_str);
    match (text("message"), text("sid"), text("status")) {
        (Some(message), ..) => {
            let code = json.get("code").map_or_else(String::new, |code| format!(" ({code})"));
            format!("{} {message}{code}", status.as_u16())
        }
        (None, Some(sid), state) => format!("{} {} {sid}", status.as_u16(), state.unwrap_or("taken")),
        (None, None, _) => format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default()),
    }
}

/// One line without the secret that a server may have sent back.
fn clean(reply: &str, secret: &str) -> String {
    let reply = if secret.is_empty() { reply.to_owned() } else { reply.replace(secret, "…") };
    let line: String = reply.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MOST_KEPT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_said_is_one_line_without_the_words_it_repeats() {
        let taken = r#"{"sid":"SM1","status":"queued","body":"Your key: https://x/l/s3cret"}"#;
        assert_eq!(twilio(StatusCode::CREATED, taken), "201 queued SM1");
        let wrong = r#"{"code":21211,"message":"Invalid 'To' Phone Number","status":400}"#;
        assert_eq!(twilio(StatusCode::BAD_REQUEST, wrong), "400 Invalid 'To' Phone Number (21211)");
        assert_eq!(twilio(StatusCode::SERVICE_UNAVAILABLE, "<html>"), "503 Service Unavailable");
        assert_eq!(
            clean("200 {\r\n \"text\": \"go to /l/s3cret now\"}", "s3cret"),
            "200 { \"text\": \"go to /l/… now\"}"
        );
    }
}
