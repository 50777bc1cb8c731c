//! A door behind an MQTT broker, as typed.

use super::{Address, MOVED, MqttInput, Prepared, address, http::certificate, sealed};
use crate::app::App;
use crate::driver::mqtt::settings::{Secrets, Settings};
use crate::driver::{self, mqtt};
use crate::error::Checks;
use crate::store::door::DoorRow;
use domain::{input, template};

/// Checks, and puts together what there is to store.
pub(super) fn prepare(
    app: &App,
    id: &str,
    before: Option<&DoorRow>,
    typed: &MqttInput,
    checks: &mut Checks,
) -> Option<Prepared> {
    let before = before.filter(|door| door.driver == mqtt::KIND);
    let was = before.and_then(mqtt::settings).unwrap_or_default();
    let kept: Secrets = before
        .and_then(|door| driver::secrets(&app.keys, door))
        .and_then(|plain| serde_json::from_slice(&plain).ok())
        .unwrap_or_default();
    let line = checks.take("mqtt_url", input::line(&typed.url, 500));
    let mut to = Address::default();
    if !line.is_empty() {
        to = checks.take("mqtt_url", address(app, &line, ["mqtt", "mqtts"]));
        to.url.truncate(to.url.trim_end_matches('/').len());
        if to.url.matches('/').count() > 2 {
            checks.note(
                "mqtt_url",
                "Only the broker belongs here, as in mqtt://192.168.1.5; the topic has a field of its own.",
            );
        }
    }
    let settings = Settings {
        url: to.url,
        user: to.user,
        topic: checks
            .take("mqtt_topic", input::line(&typed.topic, 300).map_err(|refused| refused.to_string()).and_then(topic)),
        payload: checks.take("mqtt_payload", payload(&typed.payload)),
        qos: u8::from(typed.qos != "0"),
        state_topic: checks.take("mqtt_state_topic", optional(&typed.state_topic)),
        open: checks.take("mqtt_open", input::optional_line(&typed.open, 200)),
        closed: checks.take("mqtt_closed", input::optional_line(&typed.closed, 200)),
        availability_topic: checks.take("mqtt_availability_topic", optional(&typed.availability_topic)),
        offline: checks.take("mqtt_offline", input::optional_line(&typed.offline, 200)),
        certificate: checks.take("mqtt_certificate", certificate(&typed.certificate)),
    };
    if !settings.state_topic.is_empty() {
        if settings.open.is_empty() {
            checks.note("mqtt_open", "Please say what the door says when it is open.");
        } else if settings.open == settings.closed {
            checks.note("mqtt_closed", "This is what it says when it is open.");
        }
        if settings.state_topic == settings.topic {
            checks.note(
                "mqtt_state_topic",
                "Our own command would be heard here. Take the topic that the device writes to.",
            );
        }
    }
    if !settings.availability_topic.is_empty() && settings.offline.is_empty() {
        checks.note("mqtt_offline", "Please say what the device says when it is off line.");
    }
    let mut secrets = Secrets::default();
    match to.password {
        Some(password) => secrets.password = password,
        // A password that is only kept must not travel to another broker than the one it was typed for.
        None if was.user.is_empty() || was.url != settings.url => checks.note("mqtt_url", MOVED),
        None => secrets.password.clone_from(&kept.password),
    }
    let changed = secrets != kept;
    let plain = if secrets == Secrets::default() { None } else { serde_json::to_vec(&secrets).ok() };
    Some(Prepared {
        kind: mqtt::KIND,
        settings: serde_json::to_string(&settings).ok()?,
        sealed: sealed(app, id, before, plain, changed),
        host: to.host,
        secrets_changed: changed,
    })
}

fn topic(text: String) -> Result<String, String> {
    if text.contains(['+', '#']) || text.starts_with('$') {
        return Err("This is one topic, without + and # and not one of the broker's own.".into());
    }
    Ok(text)
}

fn optional(typed: &str) -> Result<String, String> {
    input::optional_line(typed, 300).map_err(|refused| refused.to_string()).and_then(topic)
}

fn payload(typed: &str) -> Result<String, String> {
    let text = input::lines(typed, 4_000).map_err(|refused| refused.to_string())?;
    template::check(&text).map_err(|unknown| unknown.to_string())?;
    Ok(text)
}
