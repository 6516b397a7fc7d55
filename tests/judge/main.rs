//! The judge: transcripts read as they are written, and what it says of them.

#![expect(clippy::indexing_slicing, reason = "a test that slips past its data fails, as it should")]

mod accepted;
mod alter;
mod demands;
mod heard;
mod known;
mod learned;
mod orders;
mod permits;
mod rejected;
mod sources;
mod transcripts;
