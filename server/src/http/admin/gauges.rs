//! Quotas as gauges.

use crate::app::App;
use crate::service::quota::whom;
use crate::store::quota::Standing;
use app::page::admin::gauges::Gauge;
use app::text::{Language, when};
use domain::channel::Channel;

/// How an organization stands, as its gauges say it.
pub(super) fn models(app: &App, zone: &str, standings: Vec<Standing>) -> Vec<Gauge> {
    standings.into_iter().map(|standing| model(app, zone, &standing)).collect()
}

fn model(app: &App, zone: &str, standing: &Standing) -> Gauge {
    let renews = standing.renews_at.map(|at| when::day(at, zone, Language::En));
    let contact = whom(app.config.operator_contact.as_deref());
    let more = match (standing.full(), renews) {
        (true, Some(day)) if standing.limit > 0 => format!("Used up until {day}. For more, ask {contact}."),
        (true, _) => format!("Nothing left. For more, ask {contact}."),
        (false, Some(day)) => format!("Begins anew on {day}."),
        (false, None) => "For all time. Sending a link again does not count.".to_owned(),
    };
    let name = match standing.channel {
        Channel::Email => "By e-mail in all",
        Channel::Sms => "By text message this month",
    };
    Gauge { name, used: standing.used, limit: standing.limit, more }
}
