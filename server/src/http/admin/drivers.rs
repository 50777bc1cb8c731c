//! How a door opens, in the door's form and on its page; and `POST /doors/{id}/test`.

use super::common::{Answer, done, refused};
use crate::app::App;
use crate::driver::http::settings::{BodyKind, Method, Success};
use crate::driver::{http, mqtt, simulator, terminal};
use crate::error::Error;
use crate::http::auth::{Admin, AdminForm, needs};
use crate::http::form::Typed;
use crate::http::proof;
use crate::service::door::driver::{DriverInput, HttpInput, KEPT, MqttInput, shown};
use crate::service::door::test::{self, Ended};
use crate::store::door::DoorRow;
use crate::store::terminal::desk;
use app::page::admin::door_form::driver as form;
use app::ui::{Choice, Field};
use axum::extract::{Path, State};

/// For a new door.
pub(super) fn fresh() -> form::Model {
    again(&DriverInput {
        kind: simulator::KIND.into(),
        http: HttpInput {
            method: Method::default().code().into(),
            body_kind: BodyKind::default().code().into(),
            success: "ok".into(),
            ..HttpInput::default()
        },
        mqtt: MqttInput { qos: "1".into(), ..MqttInput::default() },
        terminal: String::new(),
    })
}

/// What was posted; nothing where the form does not say how the door opens.
pub(super) fn typed(typed: &Typed) -> Option<DriverInput> {
    (!typed.get("driver").is_empty()).then(|| DriverInput {
        kind: typed.text("driver"),
        http: HttpInput {
            url: typed.text("http_url"),
            method: typed.text("http_method"),
            headers: typed.text("http_headers"),
            body_kind: typed.text("http_body_kind"),
            body: typed.text("http_body"),
            success: typed.text("http_success"),
            status: typed.text("http_status"),
            contains: typed.text("http_contains"),
            secret: typed.text("http_secret"),
            certificate: typed.text("http_certificate"),
        },
        mqtt: MqttInput {
            url: typed.text("mqtt_url"),
            topic: typed.text("mqtt_topic"),
            payload: typed.text("mqtt_payload"),
            qos: typed.text("mqtt_qos"),
            state_topic: typed.text("mqtt_state_topic"),
            open: typed.text("mqtt_open"),
            closed: typed.text("mqtt_closed"),
            availability_topic: typed.text("mqtt_availability_topic"),
            offline: typed.text("mqtt_offline"),
            certificate: typed.text("mqtt_certificate"),
        },
        terminal: typed.text("terminal_id"),
    })
}

/// Changing where a door's commands go, or what they carry, is a change of secrets: whoever finds a session open must not
/// point a door elsewhere. True when that is wished without it.
pub(super) async fn lacks_proof(
    app: &App,
    admin: &Admin,
    typed: Option<&DriverInput>,
    door: Option<&DoorRow>,
) -> crate::error::Result<bool> {
    let Some(typed) = typed.filter(|typed| typed.kind != simulator::KIND) else {
        return Ok(false);
    };
    let (wished, is) = (again(typed), door.map(stored));
    let changed = is.is_none_or(|is| {
        wished.kind.value != is.kind.value
            || (typed.kind == http::KIND && wished.http != is.http)
            || (typed.kind == mqtt::KIND && wished.mqtt != is.mqtt)
            || (typed.kind == terminal::KIND && wished.terminal != is.terminal)
    });
    Ok(changed && !proof::is_fresh(app, &admin.session).await?)
}

/// The form again, with what was typed.
pub(super) fn again(typed: &DriverInput) -> form::Model {
    let (web, message) = (&typed.http, &typed.mqtt);
    form::Model {
        kind: Field::new(&typed.kind),
        http: form::Http {
            url: Field::new(&web.url),
            method: Field::new(&web.method),
            headers: Field::new(&web.headers),
            body_kind: Field::new(&web.body_kind),
            body: Field::new(&web.body),
            success: Field::new(&web.success),
            status: Field::new(&web.status),
            contains: Field::new(&web.contains),
            secret: Field::new(&web.secret),
            certificate: Field::new(&web.certificate),
        },
        mqtt: form::Mqtt {
            url: Field::new(&message.url),
            topic: Field::new(&message.topic),
            payload: Field::new(&message.payload),
            qos: Field::new(&message.qos),
            state_topic: Field::new(&message.state_topic),
            open: Field::new(&message.open),
            closed: Field::new(&message.closed),
            availability_topic: Field::new(&message.availability_topic),
            offline: Field::new(&message.offline),
            certificate: Field::new(&message.certificate),
        },
        terminal: Field::new(&typed.terminal),
        terminals: Vec::new(),
    }
}

/// The terminals that may open a door: those that stand at it.
pub(super) async fn terminals(app: &App, admin: &Admin, door: Option<&str>) -> crate::error::Result<Vec<Choice>> {
    let Some(door) = door.map(str::to_owned) else {
        return Ok(Vec::new());
    };
    let organization = admin.organization.id.clone();
    let rows = app.db.read(move |c| desk::at_door(c, &organization, &door)).await?;
    let counts = rows.into_iter().filter(|row| row.revoked_at.is_none());
    Ok(counts.map(|row| Choice { value: row.id, label: row.name }).collect())
}

/// The form with what is stored; secrets show that they are there, and nothing of themselves.
pub(super) fn stored(door: &DoorRow) -> form::Model {
    let mut model = fresh();
    model.kind = Field::new(&door.driver);
    if door.driver == http::KIND
        && let Some(settings) = http::settings(door)
    {
        let headers: Vec<String> = settings.headers.iter().map(|name| format!("{name}: {KEPT}")).collect();
        let (success, status, contains) = match settings.success {
            Success::Ok => ("ok", String::new(), String::new()),
            Success::Status { status } => ("status", status.to_string(), String::new()),
            Success::Contains { text } => ("contains", String::new(), text),
        };
        model.http = form::Http {
            url: Field::new(shown(&settings.url, &settings.user)),
            method: Field::new(settings.method.code()),
            headers: Field::new(headers.join("\n")),
            body_kind: Field::new(settings.body_kind.code()),
            body: Field::new(settings.body),
            success: Field::new(success),
            status: Field::new(status),
            contains: Field::new(contains),
            secret: Field::new(if settings.signed { KEPT } else { "" }),
            certificate: Field::new(settings.certificate),
        };
    }
    if door.driver == mqtt::KIND
        && let Some(settings) = mqtt::settings(door)
    {
        model.mqtt = form::Mqtt {
            url: Field::new(shown(&settings.url, &settings.user)),
            topic: Field::new(settings.topic),
            payload: Field::new(settings.payload),
            qos: Field::new(settings.qos.to_string()),
            state_topic: Field::new(settings.state_topic),
            open: Field::new(settings.open),
            closed: Field::new(settings.closed),
            availability_topic: Field::new(settings.availability_topic),
            offline: Field::new(settings.offline),
            certificate: Field::new(settings.certificate),
        };
    }
    if let Some(named) = terminal::of(door) {
        model.terminal = Field::new(named);
    }
    model
}

/// What a door's driver talks to, as its page shows it.
pub(super) fn address(door: &DoorRow) -> String {
    match door.driver.as_str() {
        http::KIND => http::settings(door)
            .map(|settings| format!("{} {}", settings.method.code(), shown(&settings.url, &settings.user)))
            .unwrap_or_default(),
        mqtt::KIND => mqtt::settings(door)
            .map(|settings| format!("{} at {}", settings.topic, shown(&settings.url, &settings.user)))
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// `POST /doors/{id}/test`.
pub async fn test(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    let (admin, to) = (&form.admin, format!("/doors/{id}"));
    match test::test(&app, &admin.actor, &id).await {
        Ok(tested) => {
            let name = &tested.name;
            let verdict = match tested.ended {
                Ended::Opened => format!("{name} says that it opened, after {} ms.", tested.took_ms),
                Ended::Sent => {
                    format!("{name} was sent the command, after {} ms. It does not report back.", tested.took_ms)
                }
                Ended::Refused => format!("{name} did not open."),
                Ended::NoAnswer => format!("{name} did not answer and may have opened."),
            };
            let text = if tested.answer.is_empty() || tested.ended == Ended::NoAnswer {
                verdict
            } else {
                format!("{verdict} {}", tested.answer)
            };
            match tested.ended {
                Ended::Opened | Ended::Sent => done(admin, &to, text, None).await,
                Ended::Refused | Ended::NoAnswer => refused(admin, &to, Error::Refused(text)).await,
            }
        }
        Err(error) => refused(admin, &to, error).await,
    }
}
