//! A place's lockdown: the banner while it lasts, the card on the place's page, and the page that asks before one.

use domain::role::{Right, Role};
use leptos::prelude::*;

use super::{Chrome, reach, said};
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Choice, Fact, Field, icon::Icon};

/// A lockdown that lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lockdown {
    /// `place_…`.
    pub place_id: String,
    /// The place's name.
    pub place: String,
    /// Since when.
    pub since: Moment,
    /// Who; may be empty.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The least role that may lift it.
    pub lift_role: Role,
    /// Whether whoever reads this may.
    pub may_lift: bool,
}

/// The page that asks before a lockdown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// `place_…`.
    pub id: String,
    /// The place's name.
    pub name: String,
    /// The doors that it shuts, by name.
    pub doors: Vec<String>,
    /// Why.
    pub reason: Field,
    /// The code of the least role that may lift it.
    pub lift_role: Field,
    /// What is wrong as a whole.
    pub form_error: Option<String>,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let sentence = Some(sentence.into());
        match field {
            "reason" => self.reason.error = sentence,
            "lift_role" => self.lift_role.error = sentence,
            _ => self.form_error = sentence,
        }
    }
}

/// Who may lift it, in words.
fn lifters(role: Role) -> &'static str {
    match role {
        Role::Owner => "owners only",
        Role::Administrator => "administrators and owners",
        Role::AccessManager | Role::Observer => "access managers, administrators and owners",
    }
}

/// The banner of every lockdown of the organization, on every page while it lasts.
pub(crate) fn banners(chrome: &Chrome) -> AnyView {
    chrome.lockdowns.iter().map(|lockdown| banner(lockdown, &chrome.form_token)).collect_view().into_any()
}

fn banner(lockdown: &Lockdown, token: &str) -> AnyView {
    let place = view! { <a href=format!("/places/{}", lockdown.place_id)>{lockdown.place.clone()}</a> };
    let by = (!lockdown.by.is_empty()).then(|| format!(" by {}", lockdown.by));
    view! {
        <section class="flash lockdown" aria-label=format!("Lockdown of {}", lockdown.place)>
            {Icon::Lockdown.view()}
            <p>
                <b>{place} " is locked down"</b> " since " {ui::time(&lockdown.since)} {by} ": " {lockdown.reason.clone()}
            </p>
            {lift(lockdown, token, "btn small")}
        </section>
    }
    .into_any()
}

fn lift(lockdown: &Lockdown, token: &str, class: &'static str) -> AnyView {
    if !lockdown.may_lift {
        return ().into_any();
    }
    let label = format!("Lift the lockdown of {}", lockdown.place);
    let button = view! { <button class=class aria-label=label>{Icon::Open.view()} "Lift"</button> };
    ui::form(format!("/places/{}/lift", lockdown.place_id), token, "", button.into_any())
}

/// The card on the place's page.
pub(super) fn card(id: &str, lockdown: Option<&Lockdown>, doors: &[(String, String)], chrome: &Chrome) -> AnyView {
    let body = match lockdown {
        Some(lockdown) => {
            let facts = ui::facts([
                Some(Fact::new("Since", ui::time(&lockdown.since))),
                Fact::text("By", &lockdown.by),
                Fact::text("Why", &lockdown.reason),
                Fact::text("Lifted by", lifters(lockdown.lift_role)),
            ]);
            view! {
                <p>"No door here opens, for nobody: neither for links nor for admins."</p>
                {facts}
                {reach::ask(doors)}
                {lift(lockdown, &chrome.form_token, "btn")}
            }
            .into_any()
        }
        None if chrome.may(Right::Doors) => view! {
            <p>"In an emergency all doors here can be shut for everybody at once."</p>
            <p><a class="btn danger" href=format!("/places/{id}/lockdown")>{Icon::Lockdown.view()} "Lock this place down"</a></p>
        }
        .into_any(),
        None => view! { <p class="muted">"Not locked down."</p> }.into_any(),
    };
    ui::card("Lockdown", ().into_any(), view! { <div class="stack">{body}</div> }.into_any())
}

/// The way to a lockdown from a page about all places: one place at once, several by choice. Nothing without a place
/// or the right.
pub fn button(places: &[Choice], chrome: &Chrome) -> AnyView {
    if !chrome.may(Right::Doors) {
        return ().into_any();
    }
    match places {
        [] => ().into_any(),
        [only] => view! {
            <a class="btn danger" href=format!("/places/{}/lockdown", only.value)>{Icon::Lockdown.view()} "Lock down"</a>
        }
        .into_any(),
        several => {
            let ways = several
                .iter()
                .map(|place| {
                    view! { <li><a class="way" href=format!("/places/{}/lockdown", place.value)>{place.label.clone()} {Icon::Go.view()}</a></li> }
                })
                .collect_view();
            view! {
                <details class="fold menu">
                    <summary class="btn danger">{Icon::Lockdown.view()} "Lock a place down"</summary>
                    <ul class="rows card">{ways}</ul>
                </details>
            }
            .into_any()
        }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let back = format!("/places/{}", model.id);
    let title = format!("Lock {} down", model.name);
    let doors = match model.doors.len() {
        0 => "It has no doors yet.".to_owned(),
        1 => format!(
            "{} opens for nobody until the lockdown is lifted: not for links, not for admins.",
            ui::list(&model.doors)
        ),
        _ => format!(
            "{} open for nobody until the lockdown is lifted: not for links, not for admins.",
            ui::list(&model.doors)
        ),
    };
    let roles = [Role::AccessManager, Role::Administrator, Role::Owner]
        .map(|role| Choice { value: role.code().into(), label: choice(role) });
    let fields = view! {
        {ui::form_error(model.form_error)}
        <ul class="consequences">
            <li>{doors}</li>
            <li>"A door that is opening this very moment is not stopped."</li>
            <li>"Visitors read that the doors are locked for everyone; the reason only admins see."</li>
        </ul>
        {ui::input("reason", "Why", model.reason).required().longest(200).autocomplete("off").view()}
        {ui::select("lift_role", "Who may lift it", roles.into(), model.lift_role)}
        <p class="row">
            <button class="btn danger solid">{Icon::Lockdown.view()} "Lock down now"</button>
            <a class="btn quiet" href=back.clone()>"Cancel"</a>
        </p>
    };
    let body = view! {
        {ui::back(back, "Back to the place")}
        {ui::head(&title, None, ().into_any())}
        <div class="card narrow"><div class="body">{ui::form(format!("/places/{}/lockdown", model.id), &chrome.form_token, "stack", fields.into_any())}</div></div>
    };
    shell::admin(chrome, &title, Islands::None, body.into_any())
}

fn choice(role: Role) -> String {
    match role {
        Role::Owner => "Owners only".to_owned(),
        Role::Administrator => "Administrators and owners".to_owned(),
        role => format!("Every {}, administrators and owners", said::role(role).to_lowercase()),
    }
}
