//! How a door opens: the kind of driver, and what each kind needs to know. All of them are in the form; the style
//! sheet shows the chosen one's.

use leptos::prelude::*;

use crate::ui::{self, Choice, Field};

/// The part of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// `simulator`, `http`, `mqtt`, `terminal`.
    pub kind: Field,
    /// A web request.
    pub http: Http,
    /// A message to a broker.
    pub mqtt: Mqtt,
    /// A terminal's id.
    pub terminal: Field,
    /// The terminals that stand at the door.
    pub terminals: Vec<Choice>,
}

/// What a web request takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Http {
    /// The address.
    pub url: Field,
    /// GET, POST or PUT.
    pub method: Field,
    /// One a line; values that are kept show as dots.
    pub headers: Field,
    /// `json`, `form` or `text`.
    pub body_kind: Field,
    /// With marks.
    pub body: Field,
    /// `ok`, `status` or `contains`.
    pub success: Field,
    /// For `status`.
    pub status: Field,
    /// For `contains`.
    pub contains: Field,
    /// What requests are signed with; dots while it is kept.
    pub secret: Field,
    /// PEM.
    pub certificate: Field,
}

/// What a message to a broker takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mqtt {
    /// The broker's address.
    pub url: Field,
    /// Where the command goes to.
    pub topic: Field,
    /// The command, with marks.
    pub payload: Field,
    /// `0` or `1`.
    pub qos: Field,
    /// Where the door says how it stands.
    pub state_topic: Field,
    /// What it says when it is open.
    pub open: Field,
    /// What it says when it is closed.
    pub closed: Field,
    /// Where the device says whether it is there.
    pub availability_topic: Field,
    /// What it says when it is not.
    pub offline: Field,
    /// PEM.
    pub certificate: Field,
}

impl Model {
    /// The field of this name.
    pub fn field(&mut self, name: &str) -> Option<&mut Field> {
        let (http, mqtt) = (&mut self.http, &mut self.mqtt);
        Some(match name {
            "driver" => &mut self.kind,
            "terminal_id" => &mut self.terminal,
            "http_url" => &mut http.url,
            "http_method" => &mut http.method,
            "http_headers" => &mut http.headers,
            "http_body_kind" => &mut http.body_kind,
            "http_body" => &mut http.body,
            "http_success" => &mut http.success,
            "http_status" => &mut http.status,
            "http_contains" => &mut http.contains,
            "http_secret" => &mut http.secret,
            "http_certificate" => &mut http.certificate,
            "mqtt_url" => &mut mqtt.url,
            "mqtt_topic" => &mut mqtt.topic,
            "mqtt_payload" => &mut mqtt.payload,
            "mqtt_qos" => &mut mqtt.qos,
            "mqtt_state_topic" => &mut mqtt.state_topic,
            "mqtt_open" => &mut mqtt.open,
            "mqtt_closed" => &mut mqtt.closed,
            "mqtt_availability_topic" => &mut mqtt.availability_topic,
            "mqtt_offline" => &mut mqtt.offline,
            "mqtt_certificate" => &mut mqtt.certificate,
            _ => return None,
        })
    }
}

fn choices(pairs: &[(&str, &str)]) -> Vec<Choice> {
    pairs.iter().map(|(value, label)| Choice { value: (*value).into(), label: (*label).into() }).collect()
}

/// The group of fields.
pub(super) fn view(model: Model) -> AnyView {
    let kinds = choices(&[
        ("simulator", "Simulated, to try things out"),
        ("http", "Web request to a relay or hub"),
        ("mqtt", "Message to an MQTT broker"),
        ("terminal", "The relay of a terminal at this door"),
    ]);
    view! {
        <fieldset class="opens-by">
            <legend>"How it opens"</legend>
            {ui::select("driver", "Driver", kinds, model.kind)}
            <p class="hint kind simulator">"It exists only here, on the simulator's page. Choose another when the hardware is there."</p>
            {http(model.http)}
            {mqtt(model.mqtt)}
            {terminal(model.terminals, model.terminal)}
        </fieldset>
    }
    .into_any()
}

fn terminal(terminals: Vec<Choice>, chosen: Field) -> AnyView {
    let choice = if terminals.is_empty() {
        let error = chosen.error.map(|error| view! { <p class="error">{error}</p> });
        view! {
            {error}
            <p class="hint">"No terminal stands at this door yet. Add one under Terminals, connect it, then choose it here."</p>
        }
        .into_any()
    } else {
        view! {
            {ui::select("terminal_id", "Terminal", terminals, chosen)}
            <p class="hint">"A tap wakes the terminal, which opens within five seconds or not at all. While it is off line, taps are refused at once."</p>
        }
        .into_any()
    };
    view! { <div class="kind terminal">{choice}</div> }.into_any()
}

const MARKS: &str = "{{door_id}} {{door_name}} {{event_id}} {{unlock_s}} {{unlock_ms}} {{issued_at}}";

fn http(http: Http) -> AnyView {
    let methods = choices(&[("POST", "POST"), ("GET", "GET"), ("PUT", "PUT")]);
    let kinds = choices(&[("json", "JSON"), ("form", "Form"), ("text", "Plain text")]);
    let hint = format!("Marks are filled in, here and in the address: {MARKS}. A GET has no body.");
    let wrong = [&http.success, &http.status, &http.contains, &http.secret, &http.certificate]
        .iter()
        .any(|field| field.error.is_some());
    let own = !http.status.value.is_empty()
        || !http.contains.value.is_empty()
        || !http.secret.value.is_empty()
        || !http.certificate.value.is_empty();
    let rules = choices(&[
        ("ok", "Any status from 200 to 299"),
        ("status", "Exactly this status"),
        ("contains", "200 to 299, and the answer contains"),
    ]);
    view! {
        <div class="kind http">
            {ui::input("http_url", "Address", http.url).bare().longest(1_000).autocomplete("off")
                .hint("Such as http://192.168.1.20/rpc/Switch.Set. Addresses on your own network must be listed in LATCHKEY_ALLOWED_TARGETS.").view()}
            <div class="two">
                {ui::select("http_method", "Method", methods, http.method)}
                {ui::select("http_body_kind", "The body is", kinds, http.body_kind)}
            </div>
            {ui::textarea("http_headers", "Headers", Some("One a line: Authorization: Bearer …. Values are kept sealed and shown as dots.".into()), http.headers)}
            {ui::textarea("http_body", "Body", Some(hint), http.body)}
            <details class="more-fields" open=wrong || own>
                <summary>"Success, signature, certificate"</summary>
                <div class="stack">
                {ui::select("http_success", "It is open when it answers", rules, http.success)}
                <div class="two">
                    {ui::input("http_status", "The status", http.status).bare().longest(3).autocomplete("off").hint("For \u{201c}exactly\u{201d}: 204.").view()}
                    {ui::input("http_contains", "The text", http.contains).bare().longest(200).autocomplete("off").hint("For \u{201c}contains\u{201d}.").view()}
                </div>
                {ui::input("http_secret", "Signing secret", http.secret).longest(200).autocomplete("off")
                    .hint("Signs each request in the header X-Latchkey-Signature, so that the door knows it is from here. Dots mean that one is set.").view()}
                {ui::textarea("http_certificate", "Certificate to trust", Some("PEM text. For an https address whose certificate no public authority has signed.".into()), http.certificate)}
                </div>
            </details>
        </div>
    }
    .into_any()
}

fn mqtt(mqtt: Mqtt) -> AnyView {
    let kinds = choices(&[("1", "The broker says that it has it"), ("0", "Sent and forgotten")]);
    let hint = format!("Marks are filled in: {MARKS}.");
    let says = "The whole message, or name=value for a value in JSON.";
    let more = [&mqtt.availability_topic, &mqtt.offline, &mqtt.certificate];
    let folded = more.iter().all(|field| field.error.is_none() && field.value.is_empty()) && mqtt.qos.value != "0";
    view! {
        <div class="kind mqtt">
            {ui::input("mqtt_url", "Broker", mqtt.url).bare().longest(500).autocomplete("off")
                .hint("Such as mqtt://user:password@192.168.1.5, or mqtts:// for TLS. It must speak MQTT 5. Addresses on your own network must be listed in LATCHKEY_ALLOWED_TARGETS.").view()}
            {ui::input("mqtt_topic", "Topic", mqtt.topic).bare().longest(300).autocomplete("off").hint("Where the command goes to: cmnd/gate/POWER.").view()}
            {ui::textarea("mqtt_payload", "Command", Some(hint), mqtt.payload)}
            {ui::input("mqtt_state_topic", "State topic", mqtt.state_topic).longest(300).autocomplete("off")
                .hint("Where the door says how it stands. With it an opening is confirmed only by the door itself; without it people read that the command was sent, not that the door is open.").view()}
            <div class="two">
                {ui::input("mqtt_open", "It says when open", mqtt.open).bare().longest(200).autocomplete("off").hint(says).view()}
                {ui::input("mqtt_closed", "It says when closed", mqtt.closed).bare().longest(200).autocomplete("off").hint("In the same way.").view()}
            </div>
            <details class="more-fields" open=!folded>
                <summary>"Delivery, availability, certificate"</summary>
                <div class="stack">
                {ui::select("mqtt_qos", "Delivery", kinds, mqtt.qos)}
                <div class="two">
                    {ui::input("mqtt_availability_topic", "Availability topic", mqtt.availability_topic).bare().longest(300).autocomplete("off").hint("Where the device says whether it is there.").view()}
                    {ui::input("mqtt_offline", "It says when off line", mqtt.offline).bare().longest(200).autocomplete("off").hint("Such as Offline.").view()}
                </div>
                {ui::textarea("mqtt_certificate", "Certificate to trust", Some("PEM text. For an mqtts broker whose certificate no public authority has signed.".into()), mqtt.certificate)}
                </div>
            </details>
        </div>
    }
    .into_any()
}
