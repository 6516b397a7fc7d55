//! What the suites share: random worlds and schedules, and the invariants that hold of every run.

#![expect(
    clippy::indexing_slicing,
    reason = "a harness that slips past its data fails the test, as it should"
)]

pub mod invariants;
pub mod play;
pub mod schedule;
