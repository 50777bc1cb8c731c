//! A link's form: made and changed, with everything typed kept when something is wrong.

use crate::app::App;
use crate::error::{Checks, Error, Result};
use crate::http::admin::common::{Answer, done, into_form, partly, show};
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::service::link::{self, LinkInput};
use crate::store::door::{self as doors, DoorAtPlace};
use crate::store::group::{self as groups, Listed};
use app::page::admin::{Section, link_form as page, week_fields};
use app::text::when;
use app::ui::Field;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::channel::Channel;
use domain::input;
use domain::role::Right;

mod duplicate;
mod filled;
mod same;

use super::deeds::voided;
pub use duplicate::duplicate;
use filled::{input_of, read, typed};

/// What a link may open.
struct House {
    doors: Vec<DoorAtPlace>,
    groups: Vec<Listed>,
}

impl House {
    async fn load(app: &App, admin: &Admin) -> Result<Self> {
        let organization = admin.organization.id.clone();
        app.db
            .read(move |c| Ok(Self { doors: doors::all(c, &organization)?, groups: groups::all(c, &organization)? }))
            .await
    }

    /// Whatever doors these choices come to.
    fn chosen(&self, input: &LinkInput) -> Vec<String> {
        let groups = self.groups.iter().filter(|group| input.groups.contains(&group.row.id));
        input.doors.iter().chain(groups.flat_map(|group| &group.door_ids)).cloned().collect()
    }
}

/// The zone that times are typed in: the one all places share, else the organization's.
fn zone(admin: &Admin, doors: &[DoorAtPlace]) -> String {
    let first = doors.first().filter(|_| !in_several_zones(doors)).map(|at| &at.place.time_zone);
    first.unwrap_or(&admin.organization.time_zone).clone()
}

/// Whether the end of a day is not the same moment at all of these doors.
fn in_several_zones(doors: &[DoorAtPlace]) -> bool {
    doors.windows(2).any(|two| two[0].place.time_zone != two[1].place.time_zone)
}

/// Doors to tick, place by place.
pub(in crate::http::admin) fn doors_to_choose(doors: &[DoorAtPlace], chosen: &[String]) -> Vec<page::Place> {
    let mut places: Vec<page::Place> = Vec::new();
    let mut last = None;
    for at in doors {
        if last != Some(&at.place.id) {
            last = Some(&at.place.id);
            places.push(page::Place { name: at.place.name.clone(), doors: Vec::new() });
        }
        if let Some(place) = places.last_mut() {
            place.doors.push(page::Door {
                id: at.door.id.clone(),
                name: at.door.name.clone(),
                accepts_digital: at.door.accepts_digital,
                chosen: chosen.contains(&at.door.id),
            });
        }
    }
    places
}

fn groups_to_choose(groups: &[Listed], chosen: &[String]) -> Vec<page::Group> {
    let choice = |group: &Listed| page::Group {
        id: group.row.id.clone(),
        name: group.row.name.clone(),
        doors: group.doors.clone(),
        chosen: chosen.contains(&group.row.id),
    };
    groups.iter().map(choice).collect()
}

fn model(admin: &Admin, typed: LinkInput, id: Option<String>, version: i64, house: &House) -> page::Model {
    page::Model {
        id,
        version,
        name: Field::new(typed.name),
        email: Field::new(typed.email),
        phone: Field::new(typed.phone),
        company: Field::new(typed.company),
        host_name: Field::new(typed.host_name),
        host_contact: Field::new(typed.host_contact),
        note: Field::new(typed.note),
        external_id: Field::new(typed.external_id),
        language: Field::new(typed.language),
        places: doors_to_choose(&house.doors, &typed.doors),
        groups: groups_to_choose(&house.groups, &typed.groups),
        hours: week_fields::Model { days: typed.days, errors: Default::default() },
        valid_from: Field::new(typed.valid_from),
        valid_until: Field::new(typed.valid_until),
        zone: typed.zone,
        ends_by_doors: in_several_zones(&house.doors),
        may_never_expire: admin.actor.role.may(Right::Own),
        never_expires: typed.never_expires,
        max_uses: Field::new(typed.max_uses),
        cooldown_minutes: Field::new(typed.cooldown_minutes),
        notify_host: typed.notify_host.unwrap_or_default(),
        code: page::Code {
            kind: Field::new(typed.qr),
            no_web: typed.no_web,
            no_web_error: None,
            off_line: typed.qr_off_line,
        },
        ..Default::default()
    }
}

/// `GET /links/new`.
pub async fn new(State(app): State<App>, admin: Holder<needs::Links>) -> Answer {
    let house = House::load(&app, &admin).await?;
    let (zone, now) = (zone(&admin, &house.doors), app.clock.now());
    // A single door needs no choosing.
    let only = match house.doors.as_slice() {
        [only] if only.door.accepts_digital => vec![only.door.id.clone()],
        _ => Vec::new(),
    };
    // Which day ends is known once the doors are chosen.
    let until = if in_several_zones(&house.doors) {
        String::new()
    } else {
        when::input(link::default_until(now, &zone, admin.organization.default_validity_days), &zone)
    };
    let typed = LinkInput {
        valid_from: when::input(now, &zone),
        valid_until: until,
        host_name: admin.row.name.clone(),
        host_contact: admin.row.email.clone(),
        notify_host: Some(admin.organization.arrival_notice),
        doors: only,
        zone,
        ..Default::default()
    };
    let model = model(&admin, typed, None, 0, &house);
    show(&app, &admin, Section::Links, StatusCode::OK, model, page::view).await
}

/// `POST /links/new`.
pub async fn create(State(app): State<App>, form: AdminForm<needs::Links>) -> Answer {
    let input = typed(&form);
    let send = channels(&form);
    if let Err(error) = reachable(&input, &send) {
        return again(&app, &form, input, None, Some(error)).await;
    }
    if needs_second_look(&app, &form, &input, None).await? {
        let refused = link::refuses(&app, &form.admin.actor, None, &input).await;
        return again(&app, &form, input, None, refused.err()).await;
    }
    match link::create(&app, &form.admin.actor, &input).await {
        Ok(id) => {
            let mut text = format!("The link for {} is made.", input.name.trim());
            let mut all_sent = true;
            for channel in send {
                match link::send(&app, &form.admin.actor, &id, channel).await {
                    Ok(recipient) => {
                        app.outbox.notify_one();
                        text = format!("{text} It goes to {recipient}.");
                    }
                    Err(error) => {
                        text = format!("{text} It was not sent {}. {error}", by(channel));
                        all_sent = false;
                    }
                }
            }
            let to = format!("/links/{id}");
            if all_sent { done(&form.admin, &to, text, None).await } else { partly(&form.admin, &to, text).await }
        }
        Err(error) => again(&app, &form, input, None, Some(error)).await,
    }
}

/// How the new link shall be sent.
fn channels(form: &AdminForm<needs::Links>) -> Vec<Channel> {
    let ticked = |channel: &Channel| form.typed.ticked(if *channel == Channel::Email { "send" } else { "send_sms" });
    Channel::ALL.into_iter().filter(ticked).collect()
}

fn by(channel: Channel) -> &'static str {
    if channel == Channel::Email { "by e-mail" } else { "by text message" }
}

/// Nothing is made yet when it could not be sent as wished.
fn reachable(input: &LinkInput, send: &[Channel]) -> Result<()> {
    let mut checks = Checks::default();
    if send.contains(&Channel::Email) && input.email.trim().is_empty() {
        checks.note("email", "Type the address that the link shall go to, or untick sending it.");
    }
    if send.contains(&Channel::Sms) && input::e164(&input.phone).is_err() {
        checks.note("phone", "A text message needs the number with its country code, such as +49 30 555 0117.");
    }
    checks.done()
}

/// `GET /links/{id}/edit`.
pub async fn edit(State(app): State<App>, admin: Holder<needs::Links>, Path(id): Path<String>) -> Answer {
    let house = House::load(&app, &admin).await?;
    let organization = admin.organization.id.clone();
    let (link, opens) = read(&app, organization, id).await?;
    let input = input_of(&link, opens, &zone(&admin, &house.doors));
    let mut warned = warnings(link.valid_from, link.valid_until, &house.chosen(&input), &house.doors);
    warned.extend(link::hours_warning(&input, link.valid_from.max(app.clock.now()), link.valid_until));
    warned.extend(link::code_warning(&input));
    let model = page::Model { warnings: warned, ..model(&admin, input, Some(link.id), link.version, &house) };
    show(&app, &admin, Section::Links, StatusCode::OK, model, page::view).await
}

/// `POST /links/{id}/edit`.
pub async fn update(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Links>) -> Answer {
    let input = typed(&form);
    if needs_second_look(&app, &form, &input, Some(&id)).await? {
        let refused = link::refuses(&app, &form.admin.actor, Some(&id), &input).await;
        return again(&app, &form, input, Some(id), refused.err()).await;
    }
    match link::edit(&app, &form.admin.actor, &id, form.typed.version(), &input).await {
        Ok(changed) => {
            let text = format!("Saved.{}", voided(&changed));
            done(&form.admin, &format!("/links/{id}"), text, None).await
        }
        Err(error) => again(&app, &form, input, Some(id), Some(error)).await,
    }
}

fn warnings(from: i64, until: Option<i64>, chosen: &[String], doors: &[DoorAtPlace]) -> Vec<String> {
    let chosen: Vec<&DoorAtPlace> = doors.iter().filter(|at| chosen.contains(&at.door.id)).collect();
    link::warnings(from, until, &chosen)
}

/// What the form as typed deserves to be warned of.
fn warned_of(app: &App, admin: &Admin, input: &LinkInput, house: &House) -> Vec<String> {
    let days = admin.organization.default_validity_days;
    let now = app.clock.now();
    let at = |text: &str| when::parse_input(text, &input.zone).ok();
    let from = at(&input.valid_from).unwrap_or(now);
    let until = if input.never_expires {
        None
    } else {
        let chosen = house.chosen(input);
        let zones = house.doors.iter().filter(|at| chosen.contains(&at.door.id)).map(|at| at.place.time_zone.as_str());
        let default = || link::default_end(now.max(from), zones, &input.zone, days);
        Some(at(&input.valid_until).unwrap_or_else(default))
    };
    let mut warned = warnings(from.max(now), until, &house.chosen(input), &house.doors);
    warned.extend(link::hours_warning(input, from.max(now), until));
    warned.extend(link::code_warning(input));
    warned
}

/// A warning goes before the deed: what the form did not say yet, it says first. That a link has no end is asked by a
/// question of its own, but that alone.
async fn needs_second_look(
    app: &App,
    form: &AdminForm<needs::Links>,
    input: &LinkInput,
    id: Option<&str>,
) -> Result<bool> {
    let house = House::load(app, &form.admin).await?;
    let mut seen = form.typed.all("warned");
    if input.never_expires {
        seen.extend(link::warnings(0, None, &[]));
    }
    let new = same::others(app, &form.admin, input, id).await?;
    Ok(warned_of(app, &form.admin, input, &house)
        .iter()
        .chain(new.iter().map(|one| &one.id))
        .any(|warning| !seen.contains(warning)))
}

/// The form again, with what was typed, what is wrong, and what deserves a second look.
async fn again(
    app: &App,
    form: &AdminForm<needs::Links>,
    input: LinkInput,
    id: Option<String>,
    error: Option<Error>,
) -> Answer {
    let house = House::load(app, &form.admin).await?;
    let status = error.as_ref().map_or(StatusCode::OK, crate::http::failure::status);
    let warned = warned_of(app, &form.admin, &input, &house);
    let ask =
        matches!(&error, Some(Error::Fields(fields)) if fields.iter().any(|field| field.field == "never_expires"));
    let mut model = page::Model {
        warnings: warned,
        same: same::others(app, &form.admin, &input, id.as_deref()).await?,
        ask_never_expires: ask && form.admin.actor.role.may(Right::Own),
        send: form.typed.ticked("send"),
        send_sms: form.typed.ticked("send_sms"),
        ..model(&form.admin, input, id, form.typed.version(), &house)
    };
    if let Some(error) = error {
        into_form(error, |field, sentence| model.fail(field, sentence))?;
    }
    show(app, &form.admin, Section::Links, status, model, page::view).await
}
