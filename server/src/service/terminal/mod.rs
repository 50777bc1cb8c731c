//! The server's half of terminals: what they scan, the lists they decide by without a network, what they did, and who
//! could still get in.

pub mod command;
pub mod hear;
pub mod journal;
pub mod list;
pub mod manage;
pub mod pair;
pub mod reach;
pub mod scan;
