//! Prints results for programs: one JSON object a line.

use std::io::{self, Write};

use rm_sim::scenario::Problem;
use serde::Serialize;

use crate::problem;
use crate::sources::Source;

/// What is wrong with an input, or what turned out otherwise than expected.
#[derive(Serialize)]
pub(crate) struct Place<'a> {
    message: &'a str,
    line: usize,
    column: usize,
}

impl<'a> Place<'a> {
    /// A problem with its line and column.
    pub(crate) fn new(problem: &'a Problem, source: &Source) -> Self {
        let (line, column) = problem::place(problem, source);
        Self { message: &problem.message, line, column }
    }
}

/// Prints one object.
pub(crate) fn print(object: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, object)?;
    writeln!(out)
}
