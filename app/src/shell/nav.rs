//! The side bar, which moves to the bottom of a phone's screen with the daily four and the way to the rest.

use domain::role::Right;
use leptos::prelude::*;

use crate::page::admin::{Chrome, Section, said};
use crate::ui::{self, icon::Icon};

/// The side bar with the present section marked.
pub(super) fn side(chrome: &Chrome) -> AnyView {
    let here = chrome.section;
    let who = format!("{} · {}", chrome.organization, said::role(chrome.role));
    let out = view! { <button class="btn quiet small">{Icon::SignOut.view()} "Sign out"</button> };
    let settings = chrome.may(Right::Settings).then(|| item(here, Section::Settings, "rest"));
    view! {
        <nav class="side" aria-label="Main">
            <p class="brand">{ui::mark()} "Latchkey"</p>
            <ul>
                {item(here, Section::Overview, "day")}
                {item(here, Section::Links, "day")}
                {item(here, Section::Doors, "day")}
                {item(here, Section::Events, "day")}
                {item(here, Section::Places, "rest first")}
                {item(here, Section::Groups, "rest")}
                {item(here, Section::Schedules, "rest")}
                {item(here, Section::Terminals, "rest")}
                {item(here, Section::Deliveries, "rest first")}
                {item(here, Section::Simulator, "rest")}
                {item(here, Section::Admins, "rest first")}
                {settings}
                {item(here, Section::Account, "day")}
            </ul>
            <div class="who">
                <b>{chrome.person.clone()}</b>
                <span>{who}</span>
                {ui::form("/sign-out", &chrome.form_token, "", out.into_any())}
            </div>
        </nav>
    }
    .into_any()
}

fn item(here: Section, section: Section, class: &'static str) -> AnyView {
    let current = (here == section).then_some("page");
    view! {
        <li class=class>
            <a href=section.href() aria-current=current>{section.icon().view()} <span>{section.label()}</span></a>
        </li>
    }
    .into_any()
}

/// What is not of every day.
const REST: [Section; 8] = [
    Section::Places,
    Section::Groups,
    Section::Schedules,
    Section::Terminals,
    Section::Deliveries,
    Section::Simulator,
    Section::Admins,
    Section::Settings,
];

/// The sections that a phone's bar has no room for, as the account page lists them there.
pub(crate) fn rest(chrome: &Chrome) -> AnyView {
    let may = |section: &Section| *section != Section::Settings || chrome.may(Right::Settings);
    let items = REST
        .into_iter()
        .filter(may)
        .map(|section| {
            view! { <li><a class="way" href=section.href()>{section.icon().view()} {section.label()} {Icon::Go.view()}</a></li> }
        })
        .collect_view();
    view! { <ul class="rows">{items}</ul> }.into_any()
}
