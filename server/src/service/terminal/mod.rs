//! The server's half of terminals: what they scan, the lists they decide by without a network, what they did, and who
//! could still get in.

pub mod journal;
pub mod list;
pub mod reach;
pub mod scan;
