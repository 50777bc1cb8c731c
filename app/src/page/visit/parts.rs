//! What several visitor's pages share: the organization's line, the host, the foot, sentences with a name in them.

use leptos::prelude::*;

use super::{Chrome, Host, icon};
use crate::text::when::Moment;
use crate::text::{Language, Words, around};

/// The organization, where the page may name it.
pub(super) fn organization(chrome: &Chrome) -> impl IntoView + use<> {
    let name = chrome.organization.clone()?;
    if let Some((src, width, height)) = chrome.brand.logo.clone() {
        // Twice as fine as shown.
        let (width, height) = ((width + 1) / 2, (height + 1) / 2);
        return Some(
            view! { <header class="org"><img class="logo" src=src width=width height=height alt=name/></header> }
                .into_any(),
        );
    }
    Some(view! { <header class="org">{icon::mark()}<bdi>{name}</bdi></header> }.into_any())
}

/// A sentence with a name in its gap, kept apart from the text's direction.
pub(super) fn named(template: &'static str, name: String) -> impl IntoView {
    let (before, after) = around(template);
    view! { {before}<bdi>{name}</bdi>{after} }
}

/// A sentence with a moment in its gap.
pub(super) fn timed(template: &'static str, moment: Moment) -> impl IntoView {
    let (before, after) = around(template);
    let Moment { said, exact, iso } = moment;
    view! { {before}<time datetime=iso title=exact>{said}</time>{after} }
}

/// *If a door stays shut, ask Jonas Weber: +49 30 555 0117*; nothing when nobody is known.
pub(super) fn ask(template: &'static str, host: Option<&Host>) -> impl IntoView + use<> {
    let host = host?;
    let (before, after) = around(template);
    let name = (!host.name.is_empty()).then(|| view! { <bdi>{host.name.clone()}</bdi> });
    let contact = (!host.contact.is_empty()).then(|| contact(&host.contact));
    let between = (name.is_some() && contact.is_some()).then_some(": ");
    if name.is_none() && contact.is_none() {
        return None;
    }
    Some(view! { <p>{before}{name}{between}{contact}{after}</p> })
}

fn contact(text: &str) -> impl IntoView + use<> {
    let text = text.to_owned();
    match address(&text) {
        Some(href) => view! { <a href=href><bdi>{text}</bdi></a> }.into_any(),
        None => view! { <bdi>{text}</bdi> }.into_any(),
    }
}

/// The `tel:` or `mailto:` address of a contact that is plainly one.
pub(super) fn address(contact: &str) -> Option<String> {
    let contact = contact.trim();
    if let Some((local, domain)) = contact.split_once('@') {
        let plain =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c));
        return (plain(local) && plain(domain) && domain.contains('.')).then(|| format!("mailto:{contact}"));
    }
    let digits = contact.chars().filter(char::is_ascii_digit).count();
    let number = contact.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '(')
        && contact.chars().all(|c| c.is_ascii_digit() || " +()-./".contains(c));
    // E.164 numbers have at most 15 digits; a trunk zero in brackets may come on top.
    (number && (4..=16).contains(&digits)).then(|| {
        let dialled: String = contact.replace("(0)", "").chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        format!("tel:{dialled}")
    })
}

/// Links to this page in the other languages; `page` is its address, empty for the present one.
pub(super) fn languages(current: Language, page: &str) -> impl IntoView + use<> {
    Language::ALL
        .into_iter()
        .filter(|language| *language != current)
        .map(|language| {
            let code = language.code();
            view! { <a href=format!("{page}?lang={code}") lang=code hreflang=code>{language.own_name()}</a> }
        })
        .collect_view()
}

/// The way on from a page that says no: one large button that calls or writes to the host, or their words.
pub(super) fn reach(words: &'static Words, host: Option<&Host>) -> impl IntoView + use<> {
    let host = host?;
    let Host { name, contact } = host.clone();
    let Some(href) = address(&contact).filter(|_| !name.is_empty()) else {
        return Some(ask(words.questions, Some(host)).into_any());
    };
    let label = if href.starts_with("tel:") { words.call } else { words.write_to };
    Some(
        view! {
            <a class="go" href=href><span>{named(label, name)}<small><bdi>{contact}</bdi></small></span></a>
        }
        .into_any(),
    )
}

/// The foot of a page that has nothing but the languages in it, and below doors whom to ask.
pub(super) fn foot(chrome: &Chrome, host: Option<&Host>, page: &str) -> impl IntoView + use<> {
    let ask = ask(chrome.language.words().help, host);
    view! { <footer>{ask}<p class="links">{languages(chrome.language, page)}</p></footer> }
}
