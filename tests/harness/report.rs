//! What a failure prints: the case, its story, and the ways to replay it.

use std::fmt::Write;

use rm_sim::transcript::View;

use crate::case::Case;
use crate::play::Failure;

/// Tells of a case that fails.
#[must_use]
pub fn text(name: &str, case: &Case, failure: &Failure) -> String {
    let mut simulation = case.setting.stage().simulation;
    for made in &failure.moves {
        // What is stuck here was stuck before: it is what the failure tells.
        let _ = simulation.make(made);
    }
    let mut text = format!("{name} does not hold: {}\n\n", failure.what);
    let _ = writeln!(text, "the smallest case:\n{case:?}");
    let _ = writeln!(text, "its story:\n{}", simulation.transcript.text(View::Story));
    let _ = writeln!(
        text,
        "to replay it: `cargo test -p rm-tests --test invariants {name}`, whose seed is kept in \
         tests/proptest-regressions/main.txt; or `rmsim run` with the scenario that follows. Kept below \
         fixtures/scenarios it is replayed, and held against the invariants, from then on.\n"
    );
    text + &case.setting.scenario(&failure.moves, &name.replace('_', " "))
}
