//! `/links/act`: one deed on many links, asked first with their number and some of their names.

use super::super::common::{Answer, done, into_form, refused, show};
use super::list::Asked;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::service::link;
use crate::store::link::{Filter, LinkRow};
use app::page::admin::{Section, links as links_page, many as page};
use app::ui::{self, Field};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use domain::id::Kind;
use domain::link::may;
use domain::list::Deed;

/// Names that the question gives.
const EXAMPLES: usize = 6;
/// Links that were left as they are and are named.
const NAMED: usize = 5;
/// Links that may be ticked; a page has fewer.
const TICKED: usize = 200;

/// What was chosen, and what to do with it.
struct Chosen {
    deed: Option<Deed>,
    ids: Option<Vec<String>>,
    asked: Asked,
    newest: Option<String>,
}

impl Chosen {
    fn read(pairs: &[(String, String)]) -> Self {
        let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let all = |name: &str| -> Vec<String> {
            let values = pairs.iter().filter(|(key, value)| key == name && Kind::Link.owns(value));
            values.map(|(_, value)| value.clone()).take(TICKED).collect()
        };
        let ids = match get("scope").as_deref() {
            Some("all") => None,
            Some("page") => Some(all("here")),
            _ => Some(all("link")),
        };
        let deed = get("do").and_then(|code| Deed::from_code(&code));
        Self { deed, ids, asked: Asked::of(|name| get(name).unwrap_or_default()), newest: get("newest") }
    }

    /// The list that it was chosen from.
    fn back(&self) -> String {
        links_page::address(&self.asked.narrow(), "")
    }

    async fn links(&self, app: &App, admin: &Admin) -> Result<(Deed, Vec<LinkRow>)> {
        let deed = self.deed.ok_or_else(|| Error::Refused("Choose what to do.".into()))?;
        let links = match &self.ids {
            Some(ids) => link::named(app, &admin.actor, ids.clone()).await?,
            None => {
                let filter = Filter { newest: self.newest.clone(), ..self.asked.filter() };
                link::matching(app, &admin.actor, &filter).await?
            }
        };
        if links.is_empty() {
            return Err(Error::Refused("No link was chosen. Tick some, or choose all that match.".into()));
        }
        Ok((deed, links))
    }

    fn model(&self, app: &App, deed: Deed, links: &[LinkRow]) -> page::Model {
        let now = app.clock.now();
        let mut carried: Vec<(String, String)> = links_page::pairs(&self.asked.narrow(), "")
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        if self.ids.is_some() {
            carried.extend(links.iter().map(|link| ("link".to_owned(), link.id.clone())));
        } else {
            carried.push(("scope".into(), "all".into()));
            // What is made while somebody thinks about it was not meant.
            carried.extend(links.first().map(|link| ("newest".to_owned(), link.id.clone())));
        }
        let left = links.iter().filter(|link| {
            may(deed.change(), link.state(now)).is_err()
                || deed == Deed::Send && link.email.is_empty()
                || deed == Deed::Extend && link.valid_until.is_none()
        });
        page::Model {
            deed,
            count: i64::try_from(links.len()).unwrap_or(i64::MAX),
            examples: links.iter().take(EXAMPLES).map(|link| link.name.clone()).collect(),
            left: i64::try_from(left.count()).unwrap_or(0),
            days: Field::new("7"),
            carried,
            back: self.back(),
            form_error: None,
        }
    }
}

/// `GET /links/act`.
pub async fn ask_act(State(app): State<App>, admin: Holder<needs::Links>, RawQuery(query): RawQuery) -> Answer {
    let query = query.unwrap_or_default();
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let chosen = Chosen::read(&pairs);
    match chosen.links(&app, &admin).await {
        Ok((deed, links)) => {
            let model = chosen.model(&app, deed, &links);
            show(&app, &admin, Section::Links, StatusCode::OK, model, page::view).await
        }
        Err(error) => refused(&admin, &chosen.back(), error).await,
    }
}

/// `POST /links/act`.
pub async fn act(State(app): State<App>, form: AdminForm<needs::Links>) -> Answer {
    let chosen = Chosen::read(form.typed.pairs());
    let (deed, links) = match chosen.links(&app, &form.admin).await {
        Ok(found) => found,
        Err(error) => return refused(&form.admin, &chosen.back(), error).await,
    };
    let days = match deed {
        Deed::Extend => link::days(form.typed.get("days")),
        _ => Ok(0),
    };
    let days = match days {
        Ok(days) => days,
        Err(error) => {
            let status = crate::http::failure::status(&error);
            let mut model = chosen.model(&app, deed, &links);
            model.days = Field::new(form.typed.get("days"));
            into_form(error, |_, sentence| model.days.error = Some(sentence))?;
            return show(&app, &form.admin, Section::Links, status, model, page::view).await;
        }
    };
    let outcome = link::many(&app, &form.admin.actor, deed, days, links).await?;
    let left = left(&outcome.left);
    if outcome.done == 0 {
        return refused(&form.admin, &chosen.back(), Error::Refused(format!("Nothing was done. {left}"))).await;
    }
    let text = page::done(deed, i64::try_from(outcome.done).unwrap_or(i64::MAX));
    done(&form.admin, &chosen.back(), format!("{text} {left}").trim_end().to_owned(), None).await
}

/// Which links were left as they are, and why; the same reason is given once.
fn left(links: &[(String, String)]) -> String {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for (name, why) in links.iter().take(NAMED) {
        match reasons.iter_mut().find(|(reason, _)| reason == why) {
            Some((_, names)) => names.push(name.clone()),
            None => reasons.push((why, vec![name.clone()])),
        }
    }
    let left = |names: &[String]| if names.len() == 1 { "Left as it was" } else { "Left as they were" };
    let mut said: Vec<String> =
        reasons.iter().map(|(why, names)| format!("{}: {}. {why}", left(names), ui::list(names))).collect();
    if links.len() > NAMED {
        said.push(format!("So were {} more.", links.len() - NAMED));
    }
    said.join(" ")
}
