//! One admin: who it is, what they may do, and the change of either.

use domain::role::Role;
use leptos::prelude::*;

use super::admins::{factor_badge, role_badge};
use super::{Chrome, parts, said};
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Fact, Field, icon::Icon};

/// The admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// `admin_…`.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whether it is the one who looks.
    pub you: bool,
    /// Whether they sign in with more than a password.
    pub second_factor: bool,
    /// Since when.
    pub since: Moment,
    /// When they were last seen.
    pub seen: Option<Moment>,
    /// The roles that whoever looks may give them; empty when their role is not theirs to change.
    pub roles: Vec<Role>,
    /// Why it is not; empty for those who change nobody.
    pub why_not: String,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let id = model.id.clone();
    let remove = (!model.roles.is_empty()).then(|| {
        view! { <a class="btn danger" href=format!("/admins/{id}/remove")>{Icon::Remove.view()} "Remove"</a> }
    });
    let own = model.you.then(|| view! { <a class="btn" href="/account">{Icon::Person.view()} "Your account"</a> });
    let actions = view! { {own} {remove} };
    let facts = ui::facts([
        Fact::text("E-mail", &model.email),
        Some(Fact::new("Signs in with", factor_badge(model.second_factor).view())),
        Some(Fact::new("Admin since", ui::time(&model.since))),
        Some(Fact::new("Last seen", model.seen.map_or_else(|| "Not yet".into_any(), |at| ui::time(&at)))),
    ]);
    let role = if model.roles.is_empty() {
        let may = format!("May {}.", said::role_may(model.role));
        let why = (!model.why_not.is_empty()).then(|| view! { <p class="small muted">{model.why_not}</p> });
        view! { <div class="stack"><p><b>{said::role(model.role)}</b> <span class="more">{may}</span></p>{why}</div> }
            .into_any()
    } else {
        let fields = view! {
            {parts::roles(&model.roles, &Field::new(model.role.code()))}
            <button class="btn primary">"Change role"</button>
        };
        ui::form(format!("/admins/{}/role", model.id), &chrome.form_token, "stack", fields.into_any())
    };
    let body = view! {
        {ui::back("/admins", "Admins")}
        {ui::head(&model.name, Some(role_badge(model.role)), actions.into_any())}
        <div class="grid cols">
            {ui::card("Role", ().into_any(), role)}
            {ui::card("Account", ().into_any(), facts)}
        </div>
    };
    shell::admin(chrome, &model.name, Islands::None, body.into_any())
}
