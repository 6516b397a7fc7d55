//! What the suites share: random cases, how they are played, and the invariants that hold of every run.
//!
//! A [`Case`](case::Case) is drawn ([`draw`]), staged ([`stage`]) and played ([`play`]); what comes of it
//! ([`played`]) is held against the [`invariants`], which it shares with the explorer. [`check`] does all that many times, makes the smallest
//! case that still fails and tells of it ([`report`]).

#![expect(
    clippy::indexing_slicing,
    reason = "a harness that slips past its data fails the test, as it should"
)]

pub mod calls;
pub mod case;
pub mod check;
pub mod draw;
pub mod neighbours;
pub mod play;
pub mod report;
pub mod shrink;
pub mod stage;

pub use rm_check::{invariants, played};
