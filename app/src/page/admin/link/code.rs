//! The link's QR code: what it is, how long its picture is good, and the ways to hand it over.

use domain::link::State;
use domain::qr::Kind;
use domain::role::Right;
use leptos::prelude::*;

use super::Model;
use crate::page::admin::Chrome;
use crate::text::when::Moment;
use crate::ui::{self, Fact, icon::Icon};

/// The code of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// What it is.
    pub kind: Kind,
    /// Whether the page opens doors as well.
    pub web: bool,
    /// Whether it was allowed to open off line in any case, and can.
    pub off_line: bool,
    /// Whether something about the link can only be counted by the server, or known by it.
    pub counted: bool,
    /// When it was made; none: it is not there yet.
    pub made: Option<Moment>,
    /// When it will be there.
    pub comes: Option<Moment>,
    /// When its picture ends.
    pub until: Option<Moment>,
    /// Whether the link goes on after that.
    pub goes_on: bool,
    /// Its picture's address, when it was asked for.
    pub picture: Option<String>,
    /// The longest that a terminal without a network still opens for it after it was revoked: *36 h*.
    pub lag: String,
}

/// What a kind is, in a few words.
#[must_use]
pub fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Online => "Online code",
        Kind::Offline => "Offline code",
        Kind::Rotating => "Rotating code",
    }
}

/// The card.
pub(super) fn card(model: &Model, chrome: &Chrome) -> AnyView {
    let Some(code) = &model.code else {
        return ().into_any();
    };
    let body = view! {
        <div class="stack">
            {picture(model, code, chrome.may(Right::Links))}
            {ui::facts(facts(code, model.state == State::Revoked))}
            {advice(code).map(|advice| view! { <p class="small muted">{advice}</p> })}
        </div>
    };
    let what = view! { <a class="small" href="/codes/inspect">"Read any code"</a> };
    ui::card("QR code", what.into_any(), body.into_any())
}

fn picture(model: &Model, code: &Code, may: bool) -> AnyView {
    let address = format!("/links/{}", model.id);
    if model.state == State::Revoked {
        let text = if code.kind == Kind::Rotating {
            "This link is revoked; its code opens nothing any more."
        } else {
            "This link is revoked. The server refuses its code, and so does every terminal that knows; one without a network may not know yet."
        };
        return view! { <p>{text}</p> }.into_any();
    }
    if code.made.is_none() {
        return match &code.comes {
            Some(at) => {
                view! { <p>"It will be here " {ui::time(at)} ": an offline code is signed for 30 days at most."</p> }
                    .into_any()
            }
            None => view! { <p>"There is none: the link opens no door any more."</p> }.into_any(),
        };
    }
    if code.kind == Kind::Rotating {
        return view! { <p>"It is on the visitor's page only, new every 15 seconds. A mail carries the link alone."</p> }
            .into_any();
    }
    if !may {
        return ().into_any();
    }
    let save = view! {
        <div class="row">
            <a class="btn" href=format!("{address}/code.png") download=file(&model.name, "png")>{Icon::Download.view()} "PNG"</a>
            <a class="btn" href=format!("{address}/code.svg") download=file(&model.name, "svg")>{Icon::Download.view()} "SVG"</a>
            <a class="btn" href=format!("{address}/badge") rel="nofollow">{Icon::Code.view()} "Print a badge"</a>
        </div>
    };
    let shown = match &code.picture {
        Some(picture) => {
            view! { <img class="qr" src=picture.clone() alt="The QR code" width="240" height="240"/> }.into_any()
        }
        None => view! {
            <p><a class="btn" href=format!("{address}?code=1") rel="nofollow">{Icon::Show.view()} "Show the code"</a></p>
        }
        .into_any(),
    };
    view! {
        {shown}
        {save}
        <p class="small muted">"Whoever has the picture can open the doors, so showing, saving and printing it are events of their own."</p>
    }
    .into_any()
}

/// A name for the file that people know again; nothing in it that a file system minds.
fn file(name: &str, kind: &str) -> String {
    let plain: String = name.chars().map(|one| if one.is_alphanumeric() { one } else { '-' }).collect();
    let plain = plain.trim_matches('-');
    format!("{}.{kind}", if plain.is_empty() { "code" } else { plain })
}

fn facts(code: &Code, revoked: bool) -> [Option<Fact>; 5] {
    let made = code.made.as_ref().map(|made| Fact::new("Made", ui::time(made)));
    if revoked {
        return [Fact::text("Kind", named(code.kind)), made, None, None, None];
    }
    let off_line = match (code.kind, code.off_line, code.counted) {
        (Kind::Rotating, ..) => "Refused: only the server verifies it",
        (Kind::Online, false, _) => "Refused: only the server knows it",
        (Kind::Offline, false, true) => "Refused: only the server counts its openings and knows its hours",
        (_, true, true) => "Opens once a terminal",
        (_, true, false) | (Kind::Offline, false, false) => "Opens",
    };
    let until = code.until.as_ref().map(|until| {
        let fact = Fact::new("Picture good until", ui::time(until));
        if code.goes_on {
            fact.more("The next one is made a week before; the visitor finds it on their page.")
        } else {
            fact
        }
    });
    [
        Fact::text("Kind", named(code.kind)),
        Fact::text("Page", if code.web { "Opens doors too" } else { "Shows the code and opens nothing" }),
        Fact::text("Without a network", off_line),
        made,
        until,
    ]
}

/// What an admin should know before relying on it.
fn advice(code: &Code) -> Option<String> {
    let opens_off_line = match code.kind {
        Kind::Offline => code.off_line || !code.counted,
        Kind::Online => code.off_line,
        Kind::Rotating => false,
    };
    opens_off_line.then(|| {
        format!(
            "Revoked or paused, it is refused within seconds where a terminal has its network. One without still opens \
             for it until its network is back, or its list is too old: {} at most. Then it refuses everything.",
            code.lag
        )
    })
}
