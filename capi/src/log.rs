//! The log: lines on the standard error, for whoever runs a test.

use std::panic::catch_unwind;

/// Writes one line, where the tests of a Rust program have it captured. Nothing comes of it when nobody
/// listens.
pub(crate) fn line(text: &str) {
    let _ = catch_unwind(|| eprintln!("rstrtmgr: {text}"));
}
