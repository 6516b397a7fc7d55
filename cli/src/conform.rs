//! `rmsim conform`: whether an implementation does what the documents demand.

use std::io::{self, Write};

use clap::Args;
use rm_check::conform::{CaseResult, Model, Outcome, RuleResult, Suite, Summary};

use crate::paint::{BAD, DIM, GOOD};
use crate::{Exit, Format};

/// What `rmsim conform` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// What to test: `model`.
    #[arg(long, value_name = "BACKEND")]
    backend: String,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Plays the cases.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let suite = Suite::default();
    let results: Vec<CaseResult> =
        suite.cases().map(|case| suite.play(case, &mut Model::new(None))).collect();
    let mut out = anstream::stdout().lock();
    for result in &results {
        match &result.outcome {
            Outcome::Passed => {}
            Outcome::Skipped(why) => writeln!(out, "skipped {}: {why}", result.case.name)?,
            Outcome::Failed(failed) => {
                writeln!(out, "{BAD}failed{BAD:#} {}\n{}\n{:#?}", result.case.name, failed.0.text(), failed.1.rejections)?;
            }
            Outcome::Undecided(failed) => {
                writeln!(out, "undecided {} {:?}", result.case.name, failed.1.doubts)?;
            }
        }
    }
    let summary = Summary::of(&results);
    let _ = (&arguments.format, GOOD, DIM, &arguments.backend);
    writeln!(out, "{:?}", summary.counts)?;
    for (rule, result) in &summary.rules {
        if !matches!(result, RuleResult::Passed { .. }) {
            writeln!(out, "{rule} {result:?}")?;
        }
    }
    Ok(Exit::AsExpected)
}
