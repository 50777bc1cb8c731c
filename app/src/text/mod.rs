//! Every visitor-facing sentence, one place a language, and times as people say them.

pub mod calendar;
mod de;
mod en;
pub mod language;
pub mod mail;
pub mod reason;
pub mod sms;
mod template;
pub mod when;
pub mod words;

pub use language::Language;
pub use template::{around, clean, fill};
pub use words::Words;
