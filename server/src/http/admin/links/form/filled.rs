//! What the form takes: as it was typed, and as a link has it.

use crate::app::App;
use crate::error::Result;
use crate::http::admin::schedules::typed_week;
use crate::http::auth::{AdminForm, needs};
use crate::service::link::LinkInput;
use crate::store::code::{self, Settings};
use crate::store::connection::AnyConnection;
use crate::store::link::{self as store, Grants, LinkRow};
use app::text::when;
use domain::qr::Kind;
use domain::schedule::typed as week;

/// What was typed.
pub(super) fn typed(form: &AdminForm<needs::Links>) -> LinkInput {
    let typed = &form.typed;
    LinkInput {
        name: typed.text("name"),
        email: typed.text("email"),
        phone: typed.text("phone"),
        company: typed.text("company"),
        host_name: typed.text("host_name"),
        host_contact: typed.text("host_contact"),
        note: typed.text("note"),
        external_id: typed.text("external_id"),
        language: typed.text("language"),
        doors: typed.all("door"),
        groups: typed.all("group"),
        days: typed_week(typed),
        valid_from: typed.text("valid_from"),
        valid_until: typed.text("valid_until"),
        zone: typed.text("zone"),
        never_expires: typed.ticked("never_expires"),
        never_expires_confirmed: typed.ticked("never_expires_confirmed"),
        max_uses: typed.text("max_uses"),
        cooldown_minutes: typed.text("cooldown_minutes"),
        notify_host: Some(typed.ticked("notify_host")),
        qr: typed.text("qr"),
        no_web: typed.ticked("no_web"),
        qr_off_line: typed.ticked("qr_off_line"),
    }
}

/// What a link opens, and how.
pub(super) type Opening = (Grants, Settings);

pub(super) async fn read(app: &App, organization: String, id: String) -> Result<(LinkRow, Opening)> {
    let read = move |c: &mut AnyConnection| {
        Ok((store::find(c, &organization, &id)?, (store::grants_of(c, &id)?, code::settings(c, &id)?)))
    };
    app.db.read(read).await
}

/// A link as the form takes it.
pub(super) fn input_of(link: &LinkRow, (grants, code): Opening, zone: &str) -> LinkInput {
    LinkInput {
        name: link.name.clone(),
        email: link.email.clone(),
        phone: link.phone.clone(),
        company: link.company.clone(),
        host_name: link.host_name.clone(),
        host_contact: link.host_contact.clone(),
        note: link.note.clone(),
        external_id: link.external_id.clone(),
        language: link.language.clone(),
        doors: grants.doors,
        groups: grants.groups,
        days: week::typed(&grants.windows),
        valid_from: when::input(link.valid_from, zone),
        valid_until: link.valid_until.map_or_else(String::new, |until| when::input(until, zone)),
        zone: zone.to_owned(),
        never_expires: link.valid_until.is_none(),
        never_expires_confirmed: false,
        max_uses: link.max_uses.map_or_else(String::new, |max| max.to_string()),
        notify_host: Some(link.notify_host),
        qr: code.kind.map_or("none", Kind::code).into(),
        no_web: !code.web,
        qr_off_line: code.off_line,
        cooldown_minutes: if link.cooldown_ms > 0 { (link.cooldown_ms / 60_000).to_string() } else { String::new() },
    }
}
