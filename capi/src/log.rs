//! The log: lines on the standard error, for whoever runs a test.

use std::io::{Write, stderr};

/// Writes one line. Nothing comes of it when nobody listens.
pub(crate) fn line(text: &str) {
    let _ = writeln!(stderr(), "rstrtmgr: {text}");
}
