//! The judge: transcripts read as they are written, and what it says of them.

mod accepted;
mod sources;
mod transcripts;
