//! A message's line: what it is, to whom it goes, and what became of it.

use domain::channel::Channel;
use leptos::prelude::*;

use crate::text::when::Moment;
use crate::ui::{self, Badge, Tone, icon::Icon};

/// What a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MessageKind {
    /// It carries a link.
    #[default]
    Link,
    /// It reminds a visitor of their link's end.
    Reminder,
    /// It tells a host that their visitor is there.
    Arrival,
    /// It invites somebody to become an admin.
    Invitation,
    /// It tells an admin's former address of the change.
    AddressChanged,
    /// It shows that messages arrive.
    Test,
}

impl MessageKind {
    /// The kind with this code of the delivery log.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "link" => Self::Link,
            "reminder" => Self::Reminder,
            "arrival" => Self::Arrival,
            "invitation" => Self::Invitation,
            "address_changed" => Self::AddressChanged,
            "test" => Self::Test,
            _ => return None,
        })
    }

    fn words(self, channel: Channel) -> &'static str {
        match (self, channel) {
            (Self::Link, Channel::Email) => "Link by e-mail",
            (Self::Link, Channel::Sms) => "Link by text message",
            (Self::Reminder, _) => "Reminder that the link ends",
            (Self::Arrival, Channel::Email) => "The visitor's arrival, to the host",
            (Self::Arrival, Channel::Sms) => "The visitor's arrival, to the host by text message",
            (Self::Invitation, _) => "Invitation to become an admin",
            (Self::AddressChanged, _) => "Notice that an admin's address changed",
            (Self::Test, Channel::Email) => "Test mail",
            (Self::Test, Channel::Sms) => "Test text message",
        }
    }
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MessageState {
    /// To be sent.
    #[default]
    Waiting,
    /// Being handed over.
    Sending,
    /// The server took it.
    Sent,
    /// Written to a file: no server is configured.
    Kept,
    /// Given up.
    Failed,
    /// It may have been sent.
    Unknown,
}

impl MessageState {
    /// The state with this code of the delivery log: `waiting`, `sending`, `sent`, `kept`, `failed`, `unknown`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "waiting" => Self::Waiting,
            "sending" => Self::Sending,
            "sent" => Self::Sent,
            "kept" => Self::Kept,
            "failed" => Self::Failed,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }

    pub(super) fn badge(self) -> Badge {
        let (tone, text) = match self {
            Self::Waiting => (Tone::Plain, "Waiting"),
            Self::Sending => (Tone::Plain, "Sending"),
            Self::Sent => (Tone::Ok, "Sent"),
            Self::Kept => (Tone::Off, "Kept"),
            Self::Failed => (Tone::No, "Failed"),
            Self::Unknown => (Tone::Warn, "Unknown"),
        };
        Badge::new(tone, text)
    }

    pub(super) fn sentence(self, channel: Channel) -> &'static str {
        match (self, channel) {
            (Self::Waiting, _) => "It goes out in a moment, or at the next try.",
            (Self::Sending, Channel::Email) => "It is being handed to the mail server.",
            (Self::Sending, Channel::Sms) => "It is being handed to the text message service.",
            (Self::Sent, Channel::Email) => "The mail server took it.",
            (Self::Sent, Channel::Sms) => "The text message service took it.",
            (Self::Kept, Channel::Email) => "Kept on this server: no mail server is configured.",
            (Self::Kept, Channel::Sms) => "Kept on this server: no text message service is configured.",
            (Self::Failed, Channel::Email) => "It was not sent. Check the address, then send it again.",
            (Self::Failed, Channel::Sms) => "It was not sent. Check the number, then send it again.",
            (Self::Unknown, _) => "It may or may not have gone out. Ask before you send it again.",
        }
    }
}

/// One message of the delivery log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageLine {
    /// `message_…`.
    pub id: String,
    /// What it is.
    pub kind: MessageKind,
    /// How it goes.
    pub channel: Channel,
    /// `link_…`, the link it is about; empty where it is about none.
    pub link_id: String,
    /// The name on that link.
    pub link_name: String,
    /// To whom.
    pub recipient: String,
    /// Where it stands.
    pub state: MessageState,
    /// How often it was tried.
    pub attempts: i64,
    /// What the server said last; may be empty.
    pub server_reply: String,
    /// When it was asked for.
    pub created: Moment,
    /// When its state changed last.
    pub updated: Moment,
    /// When the next try is, while it waits after a failure.
    pub next: Option<Moment>,
}

/// A message as a row; `named` also says whose link it is about.
pub(super) fn row(line: MessageLine, named: bool) -> AnyView {
    let tries = (line.attempts > 1).then(|| format!(" · {} tries", line.attempts));
    let next = line.next.map(|at| view! { " · next try " {ui::time(&at)} });
    let name = (named && !line.link_id.is_empty()).then(|| {
        view! { <a class="cover" href=format!("/links/{}", line.link_id)><b>{line.link_name}</b></a> " " }
    });
    let class = if name.is_some() { "muted" } else { "" };
    let icon = if line.channel == Channel::Sms { Icon::Phone } else { Icon::Mail };
    let reply = (!line.server_reply.is_empty())
        .then(|| view! { <p class="small mono reply">"Server: " {line.server_reply}</p> });
    view! {
        <li class="message">
            <div>
                <p>{name} <span class=class>{line.recipient}</span></p>
                <p class="small kind">{icon.view()} {line.kind.words(line.channel)}</p>
                <p class="small muted">{line.state.sentence(line.channel)} " " {ui::time(&line.updated)} {tries} {next}</p>
                {reply}
            </div>
            {line.state.badge().view()}
        </li>
    }
    .into_any()
}
