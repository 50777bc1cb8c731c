//! One's own second factor: authenticator app, passkeys, recovery codes; and where to begin when one is asked for.

use leptos::prelude::*;

use super::{Chrome, enrol};
use crate::text::when::Moment;
use crate::ui::{self, Badge, Tone, icon::Icon};

/// What is set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// Whether the organization asks for a second factor and there is none: then this is the only page there is.
    pub demanded: bool,
    /// Since when there is an authenticator app.
    pub app_since: Option<Moment>,
    /// Oldest first.
    pub passkeys: Vec<Passkey>,
    /// Whether browsers give passkeys to this server.
    pub passkeys_work: bool,
    /// Recovery codes that are left.
    pub codes_left: i64,
}

/// One passkey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passkey {
    /// `passkey_…`.
    pub id: String,
    /// As its owner calls it.
    pub name: String,
    /// Since when.
    pub since: Moment,
    /// When it was last used.
    pub used: Option<Moment>,
}

impl Model {
    /// Whether there is any second factor.
    #[must_use]
    pub fn has_any(&self) -> bool {
        self.app_since.is_some() || !self.passkeys.is_empty()
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let lead = if model.demanded {
        "Your organization asks everybody for a second factor. Set one up, and you are in."
    } else {
        "With a second factor, a password that somebody guessed or read over your shoulder opens nothing."
    };
    let back = (!model.demanded).then(|| ui::back("/account", "Account"));
    let codes = model.has_any().then(|| codes(model.codes_left));
    let demanded = model.demanded;
    let body = view! {
        {back}
        {ui::head("Second factor", None, ().into_any())}
        <p class="lead">{lead}</p>
        <div class="grid sheet">
            {app(model.app_since)}
            {passkeys(model.passkeys, model.passkeys_work)}
            {codes}
        </div>
    };
    enrol(chrome, demanded, "Second factor", body.into_any())
}

fn app(since: Option<Moment>) -> AnyView {
    let (badge, text, deeds) = match since {
        Some(since) => (
            Badge::new(Tone::Ok, "On"),
            view! { "On since " {ui::time(&since)} ". Signing in asks for the six digits that it shows." }.into_any(),
            view! {
                <a class="btn small" href="/account/totp">"Change phone"</a>
                <a class="btn small danger" href="/account/totp/remove">"Remove"</a>
            }
            .into_any(),
        ),
        None => (
            Badge::new(Tone::Off, "Off"),
            "An app on your phone shows six digits that change every half minute. It works without a network."
                .into_any(),
            view! { <a class="btn" href="/account/totp">{Icon::Phone.view()} "Set up an app"</a> }.into_any(),
        ),
    };
    ui::card(
        "Authenticator app",
        badge.view(),
        view! { <div class="stack"><p>{text}</p><p class="row">{deeds}</p></div> }.into_any(),
    )
}

fn passkeys(passkeys: Vec<Passkey>, work: bool) -> AnyView {
    let add = work.then(|| view! { <p class="row"><a class="btn" href="/account/passkeys/new">{Icon::Passkey.view()} "Add a passkey"</a></p> });
    let cannot = (!work).then(|| {
        view! { <p class="small muted">"Not here yet: browsers give passkeys only to a server with a name and https. Whoever runs this server can set that up."</p> }
    });
    let none = passkeys.is_empty();
    let rows = passkeys
        .into_iter()
        .map(|one| {
            let used = one.used.map_or_else(
                || "never used yet".into_any(),
                |used| view! { "used " {ui::time(&used)} }.into_any(),
            );
            let label = format!("Remove the passkey {}", one.name);
            view! {
                <li class="pair">
                    <div><b>{one.name}</b><p class="small muted">"Added " {ui::time(&one.since)} ", " {used}</p></div>
                    <a class="btn small danger" href=format!("/account/passkeys/{}/remove", one.id) aria-label=label>"Remove"</a>
                </li>
            }
        })
        .collect_view();
    let list = (!none).then(|| view! { <ul class="rows">{rows}</ul> });
    let about = view! {
        <div class="body stack">
            <p>"Your fingerprint, face or a security key instead of digits. It cannot be typed into the wrong page."</p>
            {cannot}
            {add}
        </div>
    };
    let badge = if none { Badge::new(Tone::Off, "None") } else { Badge::new(Tone::Ok, "On") };
    ui::card_of("card", "Passkeys", badge.view(), view! { {list} {about} }.into_any())
}

fn codes(left: i64) -> AnyView {
    let badge = match left {
        0 => Badge::new(Tone::No, "None left"),
        1..=3 => Badge::new(Tone::Warn, format!("{left} left")),
        _ => Badge::new(Tone::Plain, format!("{left} left")),
    };
    let text = if left <= 3 {
        "Few are left. Make new ones before you need them."
    } else {
        "Each lets you in once when phone and passkeys are gone."
    };
    let make = view! { <a class="btn small" href="/account/recovery-codes">"Make new codes"</a> };
    ui::card(
        "Recovery codes",
        badge.view(),
        view! { <div class="stack"><p>{text}</p><p class="row">{make}</p></div> }.into_any(),
    )
}
