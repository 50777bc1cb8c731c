//! The visitor's pages: no wasm, one small script, and every answer in words a visitor knows.
//!
//! Each page is a plain `Model` and a `view(model, chrome)` that gives the whole document.

use std::sync::Arc;

use domain::colour::Shades;

use crate::shell::Assets;
use crate::text::Language;

pub mod answer;
mod card;
pub mod code;
pub mod confirm;
pub mod doors;
mod icon;
mod parts;
pub mod result;
mod shell;
pub mod state;
#[cfg(test)]
mod tests;
pub mod too_early;
pub mod trouble;

pub use answer::Answer;

/// What surrounds every visitor's page.
#[derive(Clone)]
pub struct Chrome {
    /// Addresses of the style sheet, the script and the icon.
    pub assets: Arc<Assets>,
    /// The language of the page.
    pub language: Language,
    /// The organization's name; `None` where naming it would tell a stranger something.
    pub organization: Option<String>,
    /// How the organization's pages look.
    pub brand: Brand,
}

/// An organization's logo and colour; ours where it has none.
#[derive(Clone, Debug, Default)]
pub struct Brand {
    /// Address, width and height of the logo, in its own pixels: twice as shown.
    pub logo: Option<(String, i64, i64)>,
    /// The shades of its colour.
    pub shades: Option<Shades>,
}

/// Whom to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// The host's name; may be empty.
    pub name: String,
    /// A telephone number, a mail address, or any words; may be empty.
    pub contact: String,
}
