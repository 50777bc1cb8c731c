//! `/settings/messages`, and the mail as it would look.

use crate::app::App;
use crate::error::Result;
use crate::http::admin::common::{Answer, done, into_form, show};
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::http::{failure, logo};
use crate::notify::dress;
use crate::service::settings::{self, MessagesInput};
use crate::store::settings as store;
use app::page::admin::{Section, settings::messages as page};
use app::text::mail::{self, MailModel, MailPlace, OwnWords};
use app::text::{Language, when};
use app::ui::Field;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse};
use serde::Deserialize;

/// Styles stand in attributes, as mail needs them; nothing else is allowed on this page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'; \
     base-uri 'none'; form-action 'none'";

fn model(version: i64, typed: MessagesInput) -> page::Model {
    let words = |wanted: Language| {
        let found = typed.words.iter().find(|(language, _)| *language == wanted);
        found.map(|(_, words)| words.clone()).unwrap_or_default()
    };
    let (en, de) = (words(Language::En), words(Language::De));
    page::Model {
        version,
        reminder_hours: Field::new(typed.reminder_hours.clone()),
        arrival_notice: typed.arrival_notice,
        subject_en: Field::new(en.subject),
        greeting_en: Field::new(en.greeting),
        subject_de: Field::new(de.subject),
        greeting_de: Field::new(de.greeting),
        form_error: None,
    }
}

/// `GET /settings/messages`.
pub async fn form(State(app): State<App>, admin: Holder<needs::Settings>) -> Answer {
    let id = admin.organization.id.clone();
    let texts = app.db.read(move |c| store::texts(c, &id)).await?;
    let organization = &admin.organization;
    let typed = MessagesInput {
        reminder_hours: organization.reminder_hours.map_or_else(String::new, |hours| hours.to_string()),
        arrival_notice: organization.arrival_notice,
        words: Language::ALL.map(|language| (language, settings::words(&texts, language))).into(),
    };
    let model = model(organization.version, typed);
    show(&app, &admin, Section::Settings, StatusCode::OK, model, page::view).await
}

/// `POST /settings/messages`.
pub async fn save(State(app): State<App>, form: AdminForm<needs::Settings>) -> Answer {
    let (admin, typed) = (&form.admin, &form.typed);
    let words =
        |subject: &str, greeting: &str| OwnWords { subject: typed.text(subject), greeting: typed.text(greeting) };
    let input = MessagesInput {
        reminder_hours: typed.text("reminder_hours"),
        arrival_notice: typed.ticked("arrival_notice"),
        words: vec![
            (Language::En, words("subject_en", "greeting_en")),
            (Language::De, words("subject_de", "greeting_de")),
        ],
    };
    match settings::messages(&app, &admin.actor, typed.version(), &input).await {
        Ok(()) => done(admin, "/settings/messages", "Saved.".into(), None).await,
        Err(error) => {
            let status = failure::status(&error);
            let mut model = model(typed.version(), input);
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            show(&app, admin, Section::Settings, status, model, page::view).await
        }
    }
}

/// Which language the mail is looked at in.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    language: String,
}

/// `GET /settings/messages/preview`: a mail to nobody, as it is saved.
pub async fn preview(State(app): State<App>, admin: Holder<needs::Settings>, Query(asked): Query<Asked>) -> Answer {
    let language = Language::parse(&asked.language).unwrap_or_default();
    let mail = mail::access_link(example(&app, &admin, language).await?);
    let back = "<p style=\"max-width:520px;margin:0 auto 24px;font-size:14px\"><a href=\"/settings/messages\">Back to the settings</a></p>";
    let subject = format!(
        "<p style=\"max-width:520px;margin:0 auto 24px;padding:12px 16px;border:1px solid #d3cec4;border-radius:10px;overflow-wrap:anywhere\"><b>{}</b></p>",
        html_escape::encode_double_quoted_attribute(&mail.subject)
    );
    let begin = format!("<main>{back}{subject}<div role=\"article\"");
    let html = mail.html.replacen("<div role=\"article\"", &begin, 1).replacen("</body>", "</main></body>", 1);
    let mut response = Html(html).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}

async fn example(app: &App, admin: &Admin, language: Language) -> Result<MailModel> {
    let organization = admin.organization.clone();
    let id = organization.id.clone();
    let (texts, size) = app.db.read(move |c| Ok((store::texts(c, &id)?, store::logo_size(c, &id)?))).await?;
    let zone = organization.time_zone.clone();
    Ok(MailModel {
        language,
        organization: organization.name.clone(),
        visitor: "Ada Keller".into(),
        host: Some(admin.row.name.clone()),
        contact: Some(admin.row.email.clone()),
        places: vec![MailPlace {
            name: organization.name.clone(),
            address: String::new(),
            doors: vec![if language == Language::De { "Haustür" } else { "Front door" }.into()],
        }],
        good_from_ms: None,
        good_until_ms: Some(when::end_of_tomorrow(app.clock.now(), &zone)),
        zone,
        uses: None,
        code: None,
        by_code: false,
        url: format!("{}/l/…", app.base_url()),
        own: settings::words(&texts, language),
        dress: dress(&organization, size.map(|(hash, width, height)| (logo::address(&hash), width, height))),
    })
}
