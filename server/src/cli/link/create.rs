//! `latchkey link create`: what a form has, as options.

use super::channel;
use crate::service::link::LinkInput;
use clap::Args;
use domain::channel::Channel;

#[derive(Debug, Args)]
pub(in super::super) struct Create {
    /// Who visits.
    #[arg(long)]
    name: String,
    /// Their e-mail address.
    #[arg(long, default_value = "")]
    email: String,
    /// Their phone number.
    #[arg(long, default_value = "")]
    phone: String,
    /// Where they come from.
    #[arg(long, default_value = "")]
    company: String,
    /// Whom they come to see.
    #[arg(long, default_value = "")]
    host_name: String,
    /// How to reach the host.
    #[arg(long, default_value = "")]
    host_contact: String,
    /// Tell the host when the visitor arrives; as the organization is set when left out.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    notify_host: Option<bool>,
    /// For admins only.
    #[arg(long, default_value = "")]
    note: String,
    /// What another system calls it.
    #[arg(long, default_value = "")]
    external_id: String,
    /// en or de; the browser's when left out.
    #[arg(long, default_value = "")]
    language: String,
    /// A door's id or name; may be given several times.
    #[arg(long = "door", value_name = "ID|NAME")]
    pub(super) doors: Vec<String>,
    /// A group's id or name; may be given several times.
    #[arg(long = "group", value_name = "ID|NAME")]
    pub(super) groups: Vec<String>,
    /// Weekly windows such as mon-fri=08:00-18:00; may be given several times. Always when left out.
    #[arg(long = "open", value_name = "DAYS=FROM-UNTIL")]
    pub(super) open: Vec<String>,
    /// RFC 3339, or 2026-11-24T09:00 in the organization's zone; now when left out.
    #[arg(long, default_value = "", value_name = "T")]
    valid_from: String,
    /// The same; the end of tomorrow when left out, in the zone of the doors' place.
    #[arg(long, default_value = "", value_name = "T")]
    valid_until: String,
    /// No end at all.
    #[arg(long, conflicts_with = "valid_until")]
    never_expires: bool,
    /// How many openings.
    #[arg(long, default_value = "", value_name = "N", value_parser = number)]
    max_uses: String,
    /// The least time between two openings of one door.
    #[arg(long, default_value = "", value_name = "MINUTES", value_parser = number)]
    cooldown_minutes: String,
    /// Its QR code: none, online (checked by the server), offline (opens without a network) or rotating (on the
    /// visitor's page only).
    #[arg(long, default_value = "none", value_name = "KIND")]
    qr: String,
    /// Its page opens nothing and shows the code only.
    #[arg(long)]
    no_web: bool,
    /// Its code may open while a terminal has no network, where only the server could count its openings.
    #[arg(long)]
    qr_off_line: bool,
    /// Send it by e-mail, or as named: email, sms, or both; the running server does so within seconds.
    #[arg(long, value_name = "CHANNEL", num_args = 0..=1, default_missing_value = "email", value_delimiter = ',', value_parser = channel)]
    pub(super) send: Vec<Channel>,
    /// Print one JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

/// As the service takes it, without what is looked up by name.
pub(super) fn input(create: Create, zone: String) -> LinkInput {
    LinkInput {
        name: create.name,
        email: create.email,
        phone: create.phone,
        company: create.company,
        host_name: create.host_name,
        host_contact: create.host_contact,
        note: create.note,
        external_id: create.external_id,
        language: create.language,
        valid_from: create.valid_from,
        valid_until: create.valid_until,
        zone,
        never_expires: create.never_expires,
        // Whoever types a long option means it.
        never_expires_confirmed: create.never_expires,
        max_uses: create.max_uses,
        cooldown_minutes: create.cooldown_minutes,
        notify_host: create.notify_host,
        qr: create.qr,
        no_web: create.no_web,
        qr_off_line: create.qr_off_line,
        ..LinkInput::default()
    }
}

fn number(text: &str) -> std::result::Result<String, String> {
    let whole = text.is_empty() || text.parse::<u32>().is_ok();
    whole.then(|| text.to_owned()).ok_or_else(|| "it is no whole number".to_owned())
}
