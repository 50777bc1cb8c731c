//! The visitor's code: large, black on white whatever the phone's colours, and a picture to keep.

use domain::qr::Kind;
use leptos::prelude::*;

use super::parts::timed;
use crate::text::Words;
use crate::text::when::Moment;

/// The code of a link.
#[derive(Clone, Debug)]
pub struct Code {
    /// The address of its picture, without its kind of file: `/visit/link_…/code`.
    pub picture: String,
    /// What it is.
    pub kind: Kind,
    /// How wide it is with its white, modules: shown so that each is as many whole pixels.
    pub modules: u32,
    /// When this picture ends, where the link goes on.
    pub good_until: Option<Moment>,
}

/// About as wide it is shown, pixels.
const WIDTH: u32 = 345;

/// What the page shows of the link's code.
#[derive(Clone, Debug, Default)]
pub enum Shown {
    /// The link has none.
    #[default]
    Nothing,
    /// It comes then.
    Later(Moment),
    /// It is here.
    Here(Box<Code>),
}

impl Shown {
    /// Whether the script has something to keep awake.
    pub(super) fn is_here(&self) -> bool {
        matches!(self, Self::Here(_))
    }

    /// Whether a page without script must load itself again.
    pub(super) fn rotates(&self) -> bool {
        matches!(self, Self::Here(code) if code.kind == Kind::Rotating)
    }
}

/// The card with the code.
pub(super) fn view(shown: Shown, words: &'static Words) -> AnyView {
    let code = match shown {
        Shown::Nothing => return ().into_any(),
        Shown::Later(at) => {
            return view! { <section class="door"><h2>{words.code}</h2><p>{timed(words.code_later, at)}</p></section> }
                .into_any();
        }
        Shown::Here(code) => code,
    };
    let rotating = code.kind == Kind::Rotating;
    let svg = format!("{}.svg", code.picture);
    let width = WIDTH / code.modules.max(1) * code.modules;
    let about = match code.kind {
        Kind::Online => None,
        Kind::Offline => Some(words.code_offline),
        Kind::Rotating => Some(words.code_rotating),
    };
    let until = code.good_until.map(|at| view! { <p>{timed(words.code_until, at)}</p> });
    let save = (!rotating).then(|| {
        view! { <a class="go" href=format!("{}.png", code.picture) download="door-code.png">{words.code_save}</a> }
    });
    let lost = rotating.then(|| view! { <p class="note" role="status" data-lost=words.code_lost></p> });
    view! {
        <section class="door code">
            <h2>{words.code}</h2>
            <p>{words.code_show}</p>
            <img src=svg alt=words.code_alt width=width height=width data-again=rotating/>
            {lost}
            {about.map(|about| view! { <p>{about}</p> })}
            {until}
            {save}
        </section>
    }
    .into_any()
}
