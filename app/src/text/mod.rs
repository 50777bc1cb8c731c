//! Every visitor-facing sentence, one place a language, and times as people say them.

pub mod language;
pub mod when;

pub use language::Language;
