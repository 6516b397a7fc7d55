//! What the suites share: random cases, how they are played, and the invariants that hold of every run.
//!
//! A [`Case`](case::Case) is a setting drawn by [`rm_sim::strategies`] and acts ([`draw`]). It is played ([`play`]);
//! what comes of it ([`played`]) is held against the [`invariants`], which it shares with the explorer. [`check`] does
//! all that many times, has the smallest case found that still fails, and tells of it ([`report`]).

#![cfg(feature = "harness")]
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

pub use rm_check::{invariants, played};
