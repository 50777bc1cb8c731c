//! One's own account: password, sessions, and on a phone the way to the rest.

use leptos::prelude::*;

use super::{Chrome, said};
use crate::shell::{self, Islands, nav};
use crate::text::when::Moment;
use crate::ui::{self, Badge, Field, Tone, icon::Icon};

/// The account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The address one signs in with.
    pub email: String,
    /// What one is called.
    pub name: Field,
    /// What else one signs in with: *An authenticator app and 2 passkeys*; empty without a second factor.
    pub factors: String,
    /// Recovery codes that are left, where there is a second factor.
    pub codes_left: i64,
    /// What is wrong with the present password; nothing typed is shown again.
    pub current: Option<String>,
    /// What is wrong with the new one.
    pub password: Option<String>,
    /// What is wrong with its repetition.
    pub password_again: Option<String>,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
    /// Where one is signed in, this one first.
    pub sessions: Vec<Session>,
}

/// One session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Its public id.
    pub id: String,
    /// Whether it is the one that looks.
    pub this: bool,
    /// When it was last used.
    pub seen: Moment,
    /// When one signed in.
    pub since: Moment,
    /// The network's prefix.
    pub address: String,
    /// What the browser calls itself.
    pub user_agent: String,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let sentence = Some(sentence.into());
        match field {
            "name" => self.name.error = sentence,
            "current" => self.current = sentence,
            "password" => self.password = sentence,
            "password_again" => self.password_again = sentence,
            _ => self.form_error = sentence,
        }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let token = chrome.form_token.clone();
    let others = model.sessions.iter().filter(|session| !session.this).count();
    let end_others = (others > 0).then(|| {
        let button = view! { <button class="btn small">"End all others"</button> };
        ui::form("/account/sessions/end-others", &token, "", button.into_any())
    });
    let sessions = model.sessions.clone().into_iter().map(|one| session(one, &token)).collect_view();
    let sessions = view! { <ul class="rows">{sessions}</ul> };
    let out = view! { <button class="btn">{Icon::SignOut.view()} "Sign out"</button> };
    let who = format!("{} · {} · {}", chrome.person, said::role(chrome.role), chrome.organization);
    let body = view! {
        {ui::head("Account", None, ().into_any())}
        <p class="lead">{who} <span class="more">{model.email.clone()}</span></p>
        // First, since it is the only way there on a phone.
        <section class="card phone-only more-ways"><header><h2>"More"</h2></header>{nav::rest(&chrome)}</section>
        <div class="grid cols">
            <div class="grid">
                {ui::card("You", ().into_any(), you(&model, &token))}
                {ui::card_of("card", "Signed in", end_others.into_any(), sessions.into_any())}
            </div>
            <div class="grid">
                {factors(&model)}
                {ui::card("Password", ().into_any(), password(model, &token))}
            </div>
        </div>
        <div class="phone-only at-last">{ui::form("/sign-out", &token, "", out.into_any())}</div>
    };
    shell::admin(chrome, "Account", Islands::None, body.into_any())
}

fn you(model: &Model, token: &str) -> AnyView {
    let fields = view! {
        {ui::input("name", "Name", model.name.clone()).required().longest(100).autocomplete("name").view()}
        <button class="btn">"Save"</button>
    };
    view! {
        <div class="stack">
            {ui::form("/account/name", token, "stack", fields.into_any())}
            <div class="pair-line">
                <div><h3>"E-mail"</h3><p>{model.email.clone()}</p></div>
                <a class="btn small" href="/account/address">"Change"<span class="hidden">" e-mail address"</span></a>
            </div>
        </div>
    }
    .into_any()
}

fn factors(model: &Model) -> AnyView {
    let (badge, text, label) = if model.factors.is_empty() {
        let text = "A password alone can be guessed or read over your shoulder. An app or a passkey cannot.".to_owned();
        (Badge::new(Tone::Off, "Off"), text, ("Set up", " a second factor"))
    } else {
        let left = ui::count(model.codes_left, "recovery code", "recovery codes");
        (Badge::new(Tone::Ok, "On"), format!("{}. {left} left.", model.factors), ("Change", " the second factor"))
    };
    let body = view! {
        <div class="stack">
            <p>{text}</p>
            <p class="row"><a class="btn" href="/account/second-factor">{Icon::Secure.view()} <span>{label.0}<span class="hidden">{label.1}</span></span></a></p>
        </div>
    };
    ui::card("Second factor", badge.view(), body.into_any())
}

fn password(model: Model, token: &str) -> AnyView {
    let field = |error| Field { value: String::new(), error };
    let fields = view! {
        {ui::form_error(model.form_error)}
        <input type="hidden" name="username" autocomplete="username" value=model.email/>
        {ui::input("current", "Present password", field(model.current)).kind("password").required().autocomplete("current-password").view()}
        {ui::input("password", "New password", field(model.password)).kind("password").required().autocomplete("new-password")
            .hint("At least 15 characters. It ends every other session.").view()}
        {ui::input("password_again", "New password again", field(model.password_again)).kind("password").required()
            .autocomplete("new-password").view()}
        <button class="btn primary">"Change password"</button>
    };
    ui::form("/account/password", token, "stack", fields.into_any())
}

fn session(session: Session, token: &str) -> AnyView {
    let browser = browser(&session.user_agent);
    let label = format!("End the session of {browser}");
    let end = if session.this {
        Badge::new(Tone::Ok, "This one").view()
    } else {
        let button = view! { <button class="btn small" aria-label=label>"End"</button> };
        ui::form(format!("/account/sessions/{}/end", session.id), token, "", button.into_any())
    };
    view! {
        <li class="pair">
            <div>
                <b>{browser}</b>
                <p class="small muted">
                    "Used " {ui::time(&session.seen)} " from " {session.address} ", signed in " {ui::time(&session.since)}
                </p>
            </div>
            {end}
        </li>
    }
    .into_any()
}

/// A browser's name for itself in words: *Firefox on Linux*.
#[must_use]
pub fn browser(user_agent: &str) -> String {
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    // Most browsers also name those they descend from, so the younger stand first.
    let name = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "An unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn a_browser_is_named_by_itself_and_not_by_its_ancestors() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(browser(edge), "Edge on Windows");
        assert_eq!(
            browser("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"),
            "Safari on iPhone"
        );
        assert_eq!(browser(""), "An unknown browser");
    }
}
