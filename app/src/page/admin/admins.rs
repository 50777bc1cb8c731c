//! Who runs the organization: its admins, and who is invited.

use domain::channel::Channel;
use domain::role::{Right, Role};
use leptos::prelude::*;

use super::{Chrome, MessageState, said};
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Badge, Tone, icon::Icon};

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// By name.
    pub people: Vec<Row>,
    /// Latest first.
    pub invited: Vec<Invited>,
    /// Admins who left and are still named, for those who may erase them: id and name.
    pub left: Vec<(String, String)>,
    /// Whether whoever looks may invite, and so send again and take back.
    pub inviting: bool,
    /// Whether everybody needs a second factor.
    pub required: bool,
}

/// One admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
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
    /// When they were last seen.
    pub seen: Option<Moment>,
}

/// One invitation that nobody used yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// `invitation_…`.
    pub id: String,
    /// Who.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The role it gives.
    pub role: Role,
    /// Whether whoever looks may grant that role.
    pub yours: bool,
    /// When it ends.
    pub until: Moment,
    /// Whether it has ended.
    pub over: bool,
    /// Where its mail stands; none when none was sent.
    pub mail: Option<MessageState>,
    /// What the mail server said; may be empty.
    pub server_reply: String,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let invite = model
        .inviting
        .then(|| view! { <a class="btn primary" href="/admins/invite">{Icon::Add.view()} "Invite an admin"</a> });
    let token = chrome.form_token.clone();
    let alone = (model.people.len() == 1 && model.invited.is_empty() && chrome.may(Right::People)).then(|| {
        view! { <p class="lead">"You are the only one. Somebody else with a role of their own can stand in for you, and the log tells you apart."</p> }
    });
    let people = model.people.into_iter().map(row).collect_view();
    let invited = (!model.invited.is_empty()).then(|| {
        let rows = model.invited.into_iter().map(|one| invited(one, &token)).collect_view();
        ui::card_of("card", "Invited", ().into_any(), view! { <ul class="rows">{rows}</ul> }.into_any())
    });
    let required = if model.required {
        "Everybody needs a second factor to sign in."
    } else {
        "A second factor is up to each of them."
    };
    let security = chrome.may(Right::Settings).then(|| view! { " " <a href="/settings/security">"Change this"</a> });
    let left = (!model.left.is_empty()).then(|| {
        let rows = model
            .left
            .into_iter()
            .map(|(id, name)| {
                let label = format!("Erase {name}");
                view! {
                    <li class="pair">
                        <div><b>{name}</b> <span class="more">"Removed; what they did still stands in the log by their name."</span></div>
                        <a class="btn small danger" href=format!("/admins/{id}/erase") aria-label=label>"Erase"</a>
                    </li>
                }
            })
            .collect_view();
        ui::card_of("card", "Who left", ().into_any(), view! { <ul class="rows">{rows}</ul> }.into_any())
    });
    let body = view! {
        {ui::head("Admins", None, invite.into_any())}
        {alone}
        <p class="lead">{required} {security}</p>
        <div class="grid">
            <div class="card"><ul class="rows">{people}</ul></div>
            {invited}
            {left}
        </div>
    };
    shell::admin(chrome, "Admins", Islands::None, body.into_any())
}

fn row(one: Row) -> AnyView {
    let you = one.you.then(|| view! { <span class="muted">" (you)"</span> });
    let seen = one.seen.map_or_else(|| "not seen yet".into_any(), |at| view! { "seen " {ui::time(&at)} }.into_any());
    view! {
        <li class="pair person">
            <div>
                <a class="cover" href=format!("/admins/{}", one.id)><b>{one.name}</b></a>{you}
                <p class="small muted">{one.email} " · " {seen}</p>
            </div>
            <div class="badges">{role_badge(one.role).view()} {factor_badge(one.second_factor).view()}</div>
        </li>
    }
    .into_any()
}

/// A role as a badge.
pub(super) fn role_badge(role: Role) -> Badge {
    Badge::new(if role == Role::Owner { Tone::Key } else { Tone::Plain }, said::role(role))
}

/// Whether somebody signs in with more than a password, as a badge.
pub(super) fn factor_badge(second_factor: bool) -> Badge {
    if second_factor { Badge::new(Tone::Ok, "Second factor") } else { Badge::new(Tone::Off, "Password only") }
}

fn invited(one: Invited, token: &str) -> AnyView {
    let (word, badge) = if one.over {
        ("ended ", Badge::new(Tone::No, "Ended"))
    } else {
        ("good until ", one.mail.map_or_else(|| Badge::new(Tone::Plain, "Not mailed"), MessageState::badge))
    };
    let mail = one.mail.filter(|_| !one.over).map(|state| {
        let reply = (state == MessageState::Failed && !one.server_reply.is_empty())
            .then(|| view! { <p class="small mono reply">"Server: " {one.server_reply.clone()}</p> });
        view! { <p class="small muted">{state.sentence(Channel::Email)}</p> {reply} }
    });
    let deeds = one.yours.then(|| {
        // Begins with what the button shows.
        let again = format!("Send{} the invitation of {}", if one.mail.is_some() { " again" } else { "" }, one.name);
        let back = format!("Take back the invitation of {}", one.name);
        let page = || view! { <input type="hidden" name="page" value="/admins"/> };
        let again =
            view! { {page()} <button class="btn small" aria-label=again>{Icon::Send.view()} {if one.mail.is_some() { "Send again" } else { "Send" }}</button> };
        let back = view! { {page()} <button class="btn small danger" aria-label=back>"Take back"</button> };
        view! {
            <div class="row">
                {ui::form(format!("/admins/invitations/{}/resend", one.id), token, "", again.into_any())}
                {ui::form(format!("/admins/invitations/{}/withdraw", one.id), token, "", back.into_any())}
            </div>
        }
    });
    view! {
        <li class="invited">
            <div>
                <p><b>{one.name}</b> " " <span class="muted">{one.email}</span></p>
                <p class="small muted">{said::role(one.role)} ", " {word} {ui::time(&one.until)}</p>
                {mail}
            </div>
            <div class="badges">{badge.view()}</div>
            {deeds}
        </li>
    }
    .into_any()
}
