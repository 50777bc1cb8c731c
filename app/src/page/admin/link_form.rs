//! A new access link, or changes to one.

use domain::role::Right;
use leptos::prelude::*;

use super::{Chrome, week_fields};
use crate::shell::{self, Islands};
use crate::ui::{self, Choice, Field, icon::Icon};

mod code;
mod groups;
mod hours;
mod same;

pub use code::Code;
pub use groups::Group;
pub use same::Same;

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The link that is changed; `None` for a new one.
    pub id: Option<String>,
    /// The version it was opened at.
    pub version: i64,
    /// Whose link it is.
    pub name: Field,
    /// Where it is sent.
    pub email: Field,
    /// For a message by phone.
    pub phone: Field,
    /// Where the visitor comes from.
    pub company: Field,
    /// Whom they come to see.
    pub host_name: Field,
    /// How the visitor reaches the host.
    pub host_contact: Field,
    /// For admins only.
    pub note: Field,
    /// The number in another system.
    pub external_id: Field,
    /// `en`, `de`, or empty for the visitor's browser.
    pub language: Field,
    /// The doors to choose from, place by place.
    pub places: Vec<Place>,
    /// The groups to choose from, by name.
    pub groups: Vec<Group>,
    /// What is wrong with the choice of doors and groups.
    pub doors_error: Option<String>,
    /// Its QR code.
    pub code: Code,
    /// Hours of its own.
    pub hours: week_fields::Model,
    /// `YYYY-MM-DDTHH:MM` in [`Model::zone`].
    pub valid_from: Field,
    /// `YYYY-MM-DDTHH:MM` in [`Model::zone`].
    pub valid_until: Field,
    /// The IANA name of the zone that both times are in.
    pub zone: String,
    /// Whether the places are in several zones, so that an end may be left to the doors that are chosen.
    pub ends_by_doors: bool,
    /// Whether links that never end are allowed here.
    pub may_never_expire: bool,
    /// Whether the box is ticked.
    pub never_expires: bool,
    /// Whether to ask a second time before a link that never ends is made.
    pub ask_never_expires: bool,
    /// How many openings; empty for no limit.
    pub max_uses: Field,
    /// The least time between two openings of one door, minutes; empty for none.
    pub cooldown_minutes: Field,
    /// Whether the host is told when the visitor arrives.
    pub notify_host: bool,
    /// Whether to send it by e-mail at once; only for a new link.
    pub send: bool,
    /// Whether to send it by text message at once.
    pub send_sms: bool,
    /// What deserves a second look, a sentence each.
    pub warnings: Vec<String>,
    /// Links that this person has already; only for a new link.
    pub same: Vec<Same>,
    /// Whose link this one begins as a copy of.
    pub copy_of: Option<String>,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

/// A place with its doors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its doors, by name.
    pub doors: Vec<Door>,
}

/// A door to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Door {
    /// `door_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether links may open it at all.
    pub accepts_digital: bool,
    /// Whether it is ticked.
    pub chosen: bool,
}

impl Model {
    /// Puts an error at the field of this name (`doors` or `door` for the choice of doors), or on top when there is
    /// no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if self.hours.fail(field, &sentence) {
            return;
        }
        let sentence = Some(sentence);
        let place = match field {
            "name" => &mut self.name.error,
            "email" => &mut self.email.error,
            "phone" => &mut self.phone.error,
            "company" => &mut self.company.error,
            "host_name" => &mut self.host_name.error,
            "host_contact" => &mut self.host_contact.error,
            "note" => &mut self.note.error,
            "external_id" => &mut self.external_id.error,
            "language" => &mut self.language.error,
            "door" | "doors" | "group" => &mut self.doors_error,
            "qr" => &mut self.code.kind.error,
            "no_web" => &mut self.code.no_web_error,
            "valid_from" => &mut self.valid_from.error,
            "valid_until" => &mut self.valid_until.error,
            "max_uses" => &mut self.max_uses.error,
            "cooldown_minutes" => &mut self.cooldown_minutes.error,
            _ => &mut self.form_error,
        };
        *place = sentence;
    }
}

impl Model {
    /// Whether something must be mended before the link can be made.
    fn wrong(&self) -> bool {
        let fields = [
            &self.name,
            &self.email,
            &self.phone,
            &self.valid_from,
            &self.valid_until,
            &self.max_uses,
            &self.cooldown_minutes,
        ];
        self.ask_never_expires || self.form_error.is_some() || fields.iter().any(|field| field.error.is_some())
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let new = model.id.is_none();
    let (title, action, cancel, button) = match &model.id {
        None => {
            let button = if model.same.is_empty() { "Make link" } else { "Make it all the same" };
            ("New access link", "/links/new".to_owned(), "/links".to_owned(), button)
        }
        Some(id) => ("Edit access link", format!("/links/{id}/edit"), format!("/links/{id}"), "Save"),
    };
    let version = (!new).then(|| ui::version(model.version));
    let form_error = ui::form_error(model.form_error.clone());
    let warnings = view! { {same::view(&model.same)} {warnings(&model.warnings, model.wrong())} };
    let copy = model.copy_of.clone().map(|name| {
        view! { <p class="only">"Filled in like the link of " <b>{name}</b> ". It gets an address of its own." </p> }
    });
    let send = new.then(|| {
        view! {
            <div class="group">
                {ui::checkbox("send", "Send it by e-mail now", None, model.send)}
                {ui::checkbox("send_sms", "Send it by text message now", None, model.send_sms)}
            </div>
        }
    });
    let fields = view! {
        {form_error}
        {warnings}
        {version}
        {person(&model)}
        {opens(&model, chrome.may(Right::House))}
        {time(&model)}
        {code::view(&model.code)}
        {hours::view(model.hours.clone())}
        {visit(model)}
        {send}
        <p class="row"><button class="btn primary">{button}</button><a class="btn quiet" href=cancel.clone()>"Cancel"</a></p>
    };
    let body = view! {
        {ui::back(cancel, if new { "Access links" } else { "Back to the link" })}
        {ui::head(title, None, ().into_any())}
        {copy}
        <div class="card narrow"><div class="body">{ui::form(action, &chrome.form_token, "stack", fields.into_any())}</div></div>
    };
    shell::admin(chrome, title, Islands::None, body.into_any())
}

fn person(model: &Model) -> AnyView {
    view! {
        <fieldset>
            <legend>"Who"</legend>
            {ui::input("name", "Name", model.name.clone()).required().longest(100).autocomplete("off")
                .hint("The visitor reads it on their page.").view()}
            <div class="two">
                {ui::input("email", "E-mail", model.email.clone()).kind("email").longest(254).autocomplete("off").view()}
                {ui::input("phone", "Phone", model.phone.clone()).kind("tel").longest(40).autocomplete("off")
                    .hint("With its country: +49 30 …").view()}
            </div>
            {ui::input("company", "Company", model.company.clone()).longest(100).autocomplete("off").view()}
        </fieldset>
    }
    .into_any()
}

/// Doors to tick, place by place.
pub(super) fn doors(
    legend: &'static str,
    hint: Option<&'static str>,
    places: &[Place],
    error: Option<String>,
    may_add: bool,
) -> AnyView {
    let hint = hint.map(|hint| view! { <p class="hint">{hint}</p> });
    let error = error.map(|error| view! { <p class="error" id="doors-error">{error}</p> });
    let described = error.is_some().then_some("doors-error");
    let class = if error.is_some() { "wrong" } else { "" };
    view! {
        <fieldset class=class aria-describedby=described>
            <legend>{legend}</legend>{hint}{doors_by_place(places, may_add)}{error}
        </fieldset>
    }
    .into_any()
}

fn doors_by_place(places: &[Place], may_add: bool) -> AnyView {
    let groups = places
        .iter()
        .map(|place| {
            let doors = place.doors.iter().map(door).collect_view();
            view! { <div class="group"><p class="small muted">{place.name.clone()}</p><ul class="checks" aria-label=place.name.clone()>{doors}</ul></div> }
        })
        .collect_view();
    let none = places.iter().all(|place| place.doors.is_empty()).then(|| {
        let add = may_add.then(|| view! { " " <a href="/doors/new">"Add a door first"</a> "." });
        view! { <p class="muted">"There is no door yet." {add}</p> }
    });
    view! { {groups}{none} }.into_any()
}

fn opens(model: &Model, may_add: bool) -> AnyView {
    let error = model.doors_error.clone().map(|error| view! { <p class="error" id="doors-error">{error}</p> });
    let described = error.is_some().then_some("doors-error");
    let class = if error.is_some() { "wrong" } else { "" };
    view! {
        <fieldset class=class aria-describedby=described>
            <legend>"Opens"</legend>
            {groups::view(&model.groups)}
            {doors_by_place(&model.places, may_add)}
            {error}
        </fieldset>
    }
    .into_any()
}

fn door(door: &Door) -> AnyView {
    let flag = (!door.accepts_digital)
        .then(|| view! { <span class="more warn">"Refuses digital credentials; a link cannot open it."</span> });
    view! {
        <li>
            <label>
                <input type="checkbox" name="door" value=door.id.clone() checked=door.chosen/>
                <span>{door.name.clone()} {flag}</span>
            </label>
        </li>
    }
    .into_any()
}

fn time(model: &Model) -> AnyView {
    let never = model.may_never_expire.then(|| {
        let hint = "For people who come for years. Prefer an end; a link can be extended.";
        ui::checkbox("never_expires", "It never ends", Some(hint.into()), model.never_expires)
    });
    let sure = model.ask_never_expires.then(|| {
        view! {
            <div class="flash warn">
                {Icon::Alert.view()}
                {ui::checkbox("never_expires_confirmed", "Yes, this link shall work until somebody revokes it", None, false)}
            </div>
        }
    });
    view! {
        <fieldset>
            <legend>"When"</legend>
            <input type="hidden" name="zone" value=model.zone.clone()/>
            <div class="two">
                {ui::input("valid_from", "From", model.valid_from.clone()).kind("datetime-local").required().view()}
                {until(model)}
            </div>
            <p class="hint">"Times are in " {model.zone.clone()} "."</p>
            {never} {sure}
            <div class="two">
                {ui::input("max_uses", "How many openings", model.max_uses.clone()).kind("number").range(1, 100_000)
                    .hint("Empty for as many as they like.").view()}
                {ui::input("cooldown_minutes", "Minutes between two openings", model.cooldown_minutes.clone()).kind("number")
                    .range(0, 1_440).hint("Of one door. Empty for none.").view()}
            </div>
        </fieldset>
    }
    .into_any()
}

fn until(model: &Model) -> AnyView {
    let until = ui::input("valid_until", "Until", model.valid_until.clone()).kind("datetime-local").bare();
    if model.ends_by_doors {
        return until.hint("Empty for the usual end of a day, where the doors are.").view();
    }
    // A browser would not send the form with a required field empty and the other box ticked.
    if model.may_never_expire { until.view() } else { until.required().view() }
}

fn visit(model: Model) -> AnyView {
    let languages = [("", "As the visitor's browser says"), ("en", "English"), ("de", "Deutsch")]
        .map(|(value, label)| Choice { value: value.into(), label: label.into() });
    view! {
        <fieldset>
            <legend>"The visit"</legend>
            <div class="two">
                {ui::input("host_name", "Host", model.host_name).longest(100).autocomplete("off")
                    .hint("Whom they come to see.").view()}
                {ui::input("host_contact", "Host's phone or e-mail", model.host_contact).longest(100).autocomplete("off")
                    .hint("The visitor may call it when a door stays shut.").view()}
            </div>
            {ui::checkbox("notify_host", "Tell the host when the visitor arrives",
                Some("At the first door that opens, by e-mail or text message to the address or number above.".into()),
                model.notify_host)}
            {ui::textarea("note", "Note", Some("Only admins read it.".into()), model.note)}
            <div class="two">
                {ui::select("language", "Language", languages.into(), model.language)}
                {ui::input("external_id", "External id", model.external_id).longest(100).autocomplete("off")
                    .hint("The booking's number in another system.").view()}
            </div>
        </fieldset>
    }
    .into_any()
}

/// What deserves a second thought; `wrong`: something must be mended in any case.
fn warnings(warnings: &[String], wrong: bool) -> AnyView {
    if warnings.is_empty() {
        return ().into_any();
    }
    let lines = warnings
        .iter()
        .map(|warning| {
            // Sent back, so that what was read once is not asked again.
            view! { <p>{warning.clone()}<input type="hidden" name="warned" value=warning.clone()/></p> }
        })
        .collect_view();
    view! {
        <div class="flash warn" role="status">
            {Icon::Alert.view()}
            <div class="said">{lines}{(!wrong).then(|| view! { <p>"If it is meant so, go on."</p> })}</div>
        </div>
    }
    .into_any()
}
