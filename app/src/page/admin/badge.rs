//! A link's code on paper: a badge of A6, or of a credit card's size, in the visitor's language.

use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::text::Language;
use crate::ui;

/// The badge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// `link_…`.
    pub id: String,
    /// Whether of a credit card's size; else A6.
    pub card: bool,
    /// The visitor's.
    pub language: Language,
    /// Whose it is.
    pub name: String,
    /// May be empty.
    pub company: String,
    /// Whose doors.
    pub organization: String,
    /// Address, width and height of the organization's logo.
    pub logo: Option<(String, i64, i64)>,
    /// The doors' names.
    pub doors: Vec<String>,
    /// From when.
    pub from: String,
    /// Until when the picture is good; none: without an end.
    pub until: Option<String>,
    /// The picture's address.
    pub picture: String,
}

/// Doors named before *and 4 more*.
const NAMED: usize = 5;

/// The page: what is printed, and around it what only the screen shows.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let id = model.id.clone();
    let title = format!("Badge of {}", model.name);
    let size = |card: bool, label: &'static str| {
        let address = if card { format!("/links/{id}/badge?size=card") } else { format!("/links/{id}/badge") };
        let current = (card == model.card).then_some("page");
        view! { <a class="btn" href=address aria-current=current rel="nofollow">{label}</a> }
    };
    let body = view! {
        {ui::back(format!("/links/{id}"), "Back to the link")}
        {ui::head(&title, None, view! { {size(false, "A6")} {size(true, "Credit card")} }.into_any())}
        <p class="lead">"Print this page from your browser, without margins and at full size. Whoever has the paper can open the doors."</p>
        {paper(&model)}
    };
    shell::admin(chrome, &title, Islands::None, body.into_any())
}

fn paper(model: &Model) -> AnyView {
    let german = model.language == Language::De;
    let (from, until, always, opens, alt) = if german {
        ("Gültig ab", "bis", "bis auf Weiteres", "Öffnet", "QR-Code")
    } else {
        ("Good from", "until", "until further notice", "Opens", "QR code")
    };
    let until = model.until.clone().map_or_else(|| always.to_owned(), |at| format!("{until} {at}"));
    let doors = if model.doors.len() > NAMED + 1 {
        let first = model.doors.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = if german { "weitere" } else { "more" };
        format!("{first} + {} {more}", model.doors.len() - NAMED)
    } else {
        model.doors.join(", ")
    };
    let house = match model.logo.clone() {
        Some((src, width, height)) => {
            view! { <img src=src width=(width + 1) / 2 height=(height + 1) / 2 alt=model.organization.clone()/> }
                .into_any()
        }
        None => model.organization.clone().into_any(),
    };
    let company = (!model.company.is_empty()).then(|| view! { <p class="company">{model.company.clone()}</p> });
    view! {
        <article class=if model.card { "badge-paper of-card" } else { "badge-paper" } lang=model.language.code()>
            <p class="house">{house}</p>
            <img class="code" src=model.picture.clone() alt=alt/>
            <div class="whose">
                <h2>{model.name.clone()}</h2>
                {company}
                <p>{opens} ": " {doors}</p>
                <p>{from} " " {model.from.clone()} " " {until}</p>
            </div>
        </article>
    }
    .into_any()
}
