//! `/settings`: what there is to decide, with what is decided now.

use super::common::{Answer, show};
use crate::app::App;
use crate::http::auth::{Holder, needs};
use crate::store::organization::OrganizationRow;
use crate::store::settings as store;
use app::page::admin::{Section, settings as page};
use app::ui::{self, icon::Icon};
use axum::extract::State;
use axum::http::StatusCode;
use domain::role::Right;

pub mod delivery;
pub mod general;
pub mod looks;
pub mod messages;

/// `GET /settings`.
pub async fn hub(State(app): State<App>, admin: Holder<needs::Settings>) -> Answer {
    let id = admin.organization.id.clone();
    let (texts, logo) = app.db.read(move |c| Ok((store::texts(c, &id)?, store::logo_size(c, &id)?))).await?;
    let organization = &admin.organization;
    let mut pages = vec![
        page::Page {
            href: "/settings/general",
            icon: Icon::Settings,
            name: "General",
            now: format!(
                "{}, {}, links good for {} at most",
                organization.name,
                organization.time_zone,
                ui::count(organization.max_validity_days, "day", "days")
            ),
        },
        page::Page {
            href: "/settings/messages",
            icon: Icon::Bell,
            name: "Messages",
            now: by_itself(organization, !texts.is_empty()),
        },
        page::Page {
            href: "/settings/looks",
            icon: Icon::Show,
            name: "Looks",
            now: match (logo.is_some(), organization.colour.as_str()) {
                (true, "") => "Your logo, our colour".to_owned(),
                (false, "") => "Latchkey's mark and colour".to_owned(),
                (true, colour) => format!("Your logo, colour {colour}"),
                (false, colour) => format!("Latchkey's mark, colour {colour}"),
            },
        },
        page::Page { href: "/settings/delivery", icon: Icon::Send, name: "Delivery", now: delivery::summary(&app) },
        page::Page {
            href: "/settings/security",
            icon: Icon::Secure,
            name: "Security",
            now: if organization.second_factor_required {
                "Everybody needs a second factor".to_owned()
            } else {
                "A second factor is up to each admin".to_owned()
            },
        },
    ];
    if admin.actor.role.may(Right::Own) {
        let kept = |days: Option<i64>| days.map_or_else(|| "for good".into(), |days| ui::count(days, "day", "days"));
        let events = kept(organization.event_retention_days);
        let now = match organization.person_retention_days {
            Some(days) => format!("Events are kept {events}, people {}", ui::count(days, "day", "days")),
            None => format!("Events are kept {events}"),
        };
        pages.push(page::Page { href: "/settings/retention", icon: Icon::Events, name: "Retention", now });
    }
    show(&app, &admin, Section::Settings, StatusCode::OK, page::Model { pages }, page::view).await
}

fn by_itself(organization: &OrganizationRow, own_words: bool) -> String {
    let reminder = match organization.reminder_hours {
        Some(hours) => format!("Reminder {} before a link ends", ui::count(hours, "hour", "hours")),
        None => "No reminder".to_owned(),
    };
    let arrival =
        if organization.arrival_notice { "hosts hear of arrivals" } else { "hosts hear nothing by themselves" };
    let words = if own_words { "your words" } else { "our words" };
    format!("{reminder}, {arrival}, {words}")
}
