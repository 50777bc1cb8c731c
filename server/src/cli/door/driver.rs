//! `latchkey door set-driver …` and `latchkey door test …`.

use crate::app::App;
use crate::cli::output::print;
use crate::cli::terminal;
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::service::door::driver::{DriverInput, HttpInput, MqttInput};
use crate::service::door::test::{self, Ended};
use crate::store::door::DoorAtPlace;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;

/// A kind of driver.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum Kind {
    /// Exists only here.
    Simulator,
    /// A web request to a relay or hub.
    Http,
    /// A message to an MQTT broker.
    Mqtt,
    /// The relay of a terminal at the door.
    Terminal,
}

/// The marks {{door_id}} {{door_name}} {{event_id}} {{unlock_ms}} {{unlock_s}} {{issued_at}} are filled in, in the
/// address and in the body. docs/doors.md has worked examples.
#[derive(Debug, Args)]
pub(in crate::cli) struct SetDriver {
    /// The door's id or name.
    pub(super) door: String,
    /// What opens it.
    kind: Kind,
    /// The address: http://… or https://…, or the broker's, mqtt://… or mqtts://….
    #[arg(long, default_value = "")]
    url: String,
    /// http: GET, POST or PUT.
    #[arg(long, default_value = "POST")]
    method: String,
    /// http: a header, such as "Authorization: Bearer …"; several times for several.
    #[arg(long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// http: the body.
    #[arg(long, default_value = "")]
    body: String,
    /// http: what the body is: json, form or text.
    #[arg(long, default_value = "json")]
    body_kind: String,
    /// http: open is this very status, instead of any from 200 to 299.
    #[arg(long, conflicts_with = "contains")]
    status: Option<String>,
    /// http: open is 200 to 299 with this text in the answer.
    #[arg(long)]
    contains: Option<String>,
    /// http: a file with the secret that requests are signed with.
    #[arg(long, value_name = "FILE")]
    signing_secret_file: Option<PathBuf>,
    /// mqtt: where the command goes to.
    #[arg(long, default_value = "")]
    topic: String,
    /// mqtt: the command.
    #[arg(long, default_value = "")]
    payload: String,
    /// mqtt: 1, the broker says that it has it, or 0, sent and forgotten.
    #[arg(long, default_value = "1")]
    qos: String,
    /// mqtt: where the door says how it stands.
    #[arg(long, default_value = "")]
    state_topic: String,
    /// mqtt: what it says when it is open: the whole message, or name=value for a value in JSON.
    #[arg(long, default_value = "")]
    open: String,
    /// mqtt: what it says when it is closed.
    #[arg(long, default_value = "")]
    closed: String,
    /// mqtt: where the device says whether it is there.
    #[arg(long, default_value = "")]
    availability_topic: String,
    /// mqtt: what it says when it is not.
    #[arg(long, default_value = "")]
    offline: String,
    /// terminal: its id or name; the only one at the door when left out.
    #[arg(long, value_name = "ID|NAME")]
    pub(super) terminal: Option<String>,
    /// A PEM file with the certificate to trust.
    #[arg(long, value_name = "FILE")]
    certificate_file: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

fn contents(file: Option<&PathBuf>) -> Result<String> {
    let Some(path) = file else {
        return Ok(String::new());
    };
    let read = std::fs::read_to_string(path);
    Ok(read.map_err(|cause| Error::Refused(format!("{}: {cause}", path.display())))?.trim().to_owned())
}

impl SetDriver {
    pub(super) async fn typed(&self, app: &App, at: &DoorAtPlace) -> Result<DriverInput> {
        let success = match (&self.status, &self.contains) {
            (Some(_), _) => "status",
            (None, Some(_)) => "contains",
            (None, None) => "ok",
        };
        Ok(DriverInput {
            kind: match self.kind {
                Kind::Simulator => crate::driver::simulator::KIND.into(),
                Kind::Http => crate::driver::http::KIND.into(),
                Kind::Mqtt => crate::driver::mqtt::KIND.into(),
                Kind::Terminal => crate::driver::terminal::KIND.into(),
            },
            http: HttpInput {
                url: self.url.clone(),
                method: self.method.to_uppercase(),
                headers: self.headers.join("\n"),
                body_kind: self.body_kind.clone(),
                body: self.body.clone(),
                success: success.into(),
                status: self.status.clone().unwrap_or_default(),
                contains: self.contains.clone().unwrap_or_default(),
                secret: contents(self.signing_secret_file.as_ref())?,
                certificate: contents(self.certificate_file.as_ref())?,
            },
            mqtt: MqttInput {
                url: self.url.clone(),
                topic: self.topic.clone(),
                payload: self.payload.clone(),
                qos: self.qos.clone(),
                state_topic: self.state_topic.clone(),
                open: self.open.clone(),
                closed: self.closed.clone(),
                availability_topic: self.availability_topic.clone(),
                offline: self.offline.clone(),
                certificate: contents(self.certificate_file.as_ref())?,
            },
            terminal: match self.kind {
                Kind::Terminal => terminal::at_door(app, &at.door, self.terminal.as_deref()).await?.id,
                _ => String::new(),
            },
        })
    }
}

/// Tests a door and says what came of it.
pub(super) async fn test(app: &App, actor: &Actor, id: &str, json: bool) -> Result<()> {
    let tested = test::test(app, actor, id).await?;
    let object = json!({
        "id": id, "name": tested.name, "ended": tested.ended.code(), "answer": tested.answer, "took_ms": tested.took_ms,
    });
    let line = format!("{}: {} after {} ms. {}", tested.name, tested.ended.code(), tested.took_ms, tested.answer);
    print(json, &object, &line)?;
    match tested.ended {
        Ended::Opened | Ended::Sent => Ok(()),
        Ended::Refused | Ended::NoAnswer => Err(Error::Refused(format!("{} did not open.", tested.name))),
    }
}
