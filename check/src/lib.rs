//! What the documents allow, decided by the same model that simulates.
//!
//! The judge says whether what an implementation did is allowed, and what it has answered; the explorer
//! visits every state of a small world. Both follow every way a step can go, with
//! [`rm_core::Rules::alternatives`], over machines that are plain values.

pub mod boundary;
pub mod conform;
pub mod explore;
#[expect(clippy::indexing_slicing, reason = "they look at places of what they have just found")]
pub mod invariants;
pub mod judge;
pub mod played;
pub mod profile;
pub mod zoo;

pub use boundary::Boundary;
pub use judge::judge;
