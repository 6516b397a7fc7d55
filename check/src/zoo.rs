//! The zoo: implementations that are broken, each in a way that really happened.

mod flaw;

pub use flaw::{Flaw, Sound};
pub(crate) use flaw::Flawed;
