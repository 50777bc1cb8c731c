//! One file a page: a plain-data view model and a function from it to a view.

pub mod admin;
pub mod terminal;
pub mod visit;
