//! `/settings/delivery`: which servers carry messages, and tests of them.

use crate::app::App;
use crate::config::{Security, SmsKind};
use crate::error::{Error, Result};
use crate::http::admin::common::{Answer, done, into_form, partly, refused, show};
use crate::http::admin::links::message_line;
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::http::failure;
use crate::service::settings;
use crate::store::message::{self, State as MessageState};
use app::page::admin::{Section, settings::delivery as page};
use app::ui::Field;
use axum::extract::State;
use axum::http::StatusCode;
use domain::channel::Channel;
use std::time::{Duration, Instant};

/// How long a test's answer is waited for before the page is shown without it.
const PATIENCE: Duration = Duration::from_secs(8);
/// Tests shown.
const FEW: i64 = 5;

/// Both in a few words.
pub(super) fn summary(app: &App) -> String {
    let mail = app.config.smtp.as_ref().map_or("kept on this server", |smtp| smtp.host.as_str());
    let texts = app.config.sms.as_ref().map_or_else(|| "kept on this server".to_owned(), crate::config::Sms::server);
    format!("Mail: {mail}; text messages: {texts}")
}

fn mail(app: &App) -> String {
    let Some(smtp) = &app.config.smtp else {
        return "No mail server is configured: mail is kept on this server and reaches nobody.".to_owned();
    };
    let how = match smtp.security {
        Security::Tls => "over TLS",
        Security::StartTls => "over STARTTLS",
        Security::None => "without TLS",
    };
    let account = if smtp.login.is_some() { ", signed in" } else { "" };
    format!("{} port {}, {how}{account}, from {}.", smtp.host, smtp.port, app.config.mail_from)
}

fn texts(app: &App) -> String {
    let Some(sms) = &app.config.sms else {
        return "No text message service is configured: text messages are kept on this server and reach nobody."
            .to_owned();
    };
    match &sms.kind {
        SmsKind::Twilio { from, .. } => format!("{}, by Twilio's API, from {from}.", sms.server()),
        SmsKind::Generic { .. } => format!("{}, as JSON.", sms.server()),
    }
}

async fn model(app: &App, admin: &Admin) -> Result<page::Model> {
    let id = admin.organization.id.clone();
    let rows = app.db.read(move |c| message::tests(c, &id, FEW)).await?;
    let zone = &admin.organization.time_zone;
    Ok(page::Model {
        mail: mail(app),
        texts: texts(app),
        email: Field::new(admin.row.email.clone()),
        tests: rows.iter().map(|row| message_line(app, row, "", zone)).collect(),
        ..page::Model::default()
    })
}

/// `GET /settings/delivery`.
pub async fn form(State(app): State<App>, admin: Holder<needs::Settings>) -> Answer {
    let model = model(&app, &admin).await?;
    show(&app, &admin, Section::Settings, StatusCode::OK, model, page::view).await
}

/// `POST /settings/delivery/test`: to a number where one is given, else to an address.
pub async fn test(State(app): State<App>, form: AdminForm<needs::Settings>) -> Answer {
    let (admin, typed) = (&form.admin, &form.typed);
    let by_text = !typed.all("phone").is_empty();
    let (channel, to) =
        if by_text { (Channel::Sms, typed.text("phone")) } else { (Channel::Email, typed.text("email")) };
    match settings::test(&app, &admin.actor, channel, &to).await {
        Ok(id) => {
            app.outbox.notify_one();
            let to = "/settings/delivery";
            let Some(state) = ended(&app, id).await? else {
                let said = "The test is under way. Load this page again to see its outcome.";
                return done(admin, to, said.into(), None).await;
            };
            let (went, said) = outcome(&state);
            let said = format!("{said} What the server said stands under Last tests.");
            match went {
                Went::Out => done(admin, to, said, None).await,
                Went::Perhaps => partly(admin, to, said).await,
                Went::Nowhere => refused(admin, to, Error::Refused(said)).await,
            }
        }
        Err(error) => {
            let status = failure::status(&error);
            let mut model = model(&app, admin).await?;
            if by_text {
                model.phone = Field::new(to);
            } else {
                model.email = Field::new(to);
            }
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            show(&app, admin, Section::Settings, status, model, page::view).await
        }
    }
}

/// How far a test came.
enum Went {
    Out,
    Perhaps,
    Nowhere,
}

/// What a test came to, by the code of its message's state.
fn outcome(state: &str) -> (Went, &'static str) {
    let is = |other: MessageState| other.code() == state;
    if is(MessageState::Sent) {
        (Went::Out, "The test is over: it went out.")
    } else if is(MessageState::Kept) {
        (Went::Perhaps, "The test is over: it was kept on this server and reaches nobody.")
    } else if is(MessageState::Unknown) {
        (Went::Perhaps, "The test is over: it may have gone out.")
    } else if is(MessageState::Waiting) {
        (Went::Nowhere, "The test did not go out yet; it is tried again.")
    } else {
        (Went::Nowhere, "The test is over: it did not go out.")
    }
}

/// Waits until a message has come to something, or a first try of it; says which state that is.
async fn ended(app: &App, id: String) -> Result<Option<String>> {
    let mut changes = app.db.changes();
    let began = Instant::now();
    loop {
        let wanted = id.clone();
        let row = app.db.read(move |c| message::find(c, &wanted)).await?;
        let open = row.state == MessageState::Sending.code() || row.state == MessageState::Waiting.code();
        if !open || (row.attempts > 0 && row.state == MessageState::Waiting.code()) {
            return Ok(Some(row.state));
        }
        let Some(left) = PATIENCE.checked_sub(began.elapsed()) else {
            return Ok(None);
        };
        let _ = tokio::time::timeout(left, changes.changed()).await;
    }
}
