//! `rmsim conform`: what an implementation does otherwise than the documents demand.

mod junit;
mod tested;
mod text;

use std::cell::RefCell;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use rm_check::conform::{CaseResult, Outcome, Stranger, Suite, Summary};
use rm_check::judge::Learned;
use rm_core::Policy;
use rm_core::rules::Rule;
use rm_sim::spec::NotShown;
use serde::Serialize;
use tested::Tested;

use crate::{Exit, json, judge, sources};

/// What `rmsim conform` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// What to test: `model`; `zoo:NAME`; `exec:COMMAND`, which speaks JSON lines (docs/conform.md); or
    /// `lib:PATH`, a shared library with the functions of Restart Manager.
    #[arg(long, value_name = "BACKEND")]
    backend: Tested,
    /// Only the cases about this rule.
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// Only the cases with this text in their names.
    #[arg(long, value_name = "TEXT")]
    case: Option<String>,
    /// Allow these answers to open questions only: `default`, `documented`, or a policy file. The model plays
    /// by them, too.
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
    /// Keep what was seen in the cases that failed, in this folder, for `rmsim judge`.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How to print the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object.
    Json,
    /// For systems that show the results of tests.
    Junit,
}

/// The whole report, for programs.
#[derive(Serialize)]
struct Report<'a> {
    backend: String,
    rules_version: &'a str,
    passed: usize,
    failed: usize,
    undecided: usize,
    skipped: usize,
    #[serde(flatten)]
    summary: &'a Summary,
    learned: &'a [Learned],
}

/// Plays the cases.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let policy = match arguments.policy.as_deref().map(judge::policy).transpose()?.transpose() {
        Ok(policy) => policy,
        Err((problem, source)) => {
            judge::report_bad(&problem, &source, crate::Format::Text)?;
            return Ok(Exit::BadInput);
        }
    };
    let suite = match suite(arguments, policy) {
        Ok(suite) => suite,
        Err(message) => {
            anstream::eprintln!("error: {message}");
            return Ok(Exit::BadInput);
        }
    };
    let results = played(arguments, &suite);
    let summary = Summary::of(&results);
    let learned: Vec<Learned> = suite
        .stranger
        .iter()
        .flat_map(|known| known.borrow().learned().cloned().collect::<Vec<_>>())
        .collect();
    if let Some(folder) = &arguments.keep {
        keep(folder, &results)?;
    }
    let mut out = anstream::stdout().lock();
    match arguments.format {
        Format::Text => text::print(&mut out, arguments, &results, &summary, &learned)?,
        Format::Json => {
            let [passed, failed, undecided, skipped] = summary.counts;
            json::print(&Report {
                backend: arguments.backend.to_string(),
                rules_version: env!("CARGO_PKG_VERSION"),
                passed,
                failed,
                undecided,
                skipped,
                summary: &summary,
                learned: &learned,
            })?;
        }
        Format::Junit => junit::print(&mut out, &arguments.backend.to_string(), &results)?,
    }
    out.flush()?;
    let [passed, failed, undecided, _] = summary.counts;
    Ok(match failed {
        0 if undecided > 0 || passed == 0 => Exit::Bound,
        0 => Exit::AsExpected,
        _ => Exit::Unmet,
    })
}

fn suite(arguments: &Arguments, policy: Option<Policy>) -> Result<Suite, String> {
    let rule = arguments
        .rule
        .as_deref()
        .map(|id| Rule::find(id).ok_or_else(|| format!("there is no rule `{id}`; `rmsim spec` lists them")));
    let is_known = arguments.backend.is_known();
    let stranger = (!is_known && policy.is_none()).then(|| RefCell::new(Stranger::default()));
    let suite = Suite { policy, stranger, rule: rule.transpose()?, named: arguments.case.clone() };
    if suite.cases().next().is_none() {
        return Err("no case is about that".into());
    }
    Ok(suite)
}

fn played(arguments: &Arguments, suite: &Suite) -> Vec<CaseResult> {
    let many = u64::try_from(suite.cases().count()).unwrap_or_default();
    let style = ProgressStyle::with_template("{pos} of {len} cases  {msg}").ok();
    let bar = style.map_or_else(ProgressBar::hidden, |style| ProgressBar::new(many).with_style(style));
    let results = suite.cases().map(|case| {
        bar.set_message(case.name.clone());
        let result = suite.play(case, &mut *arguments.backend.new_subject(suite.policy));
        bar.inc(1);
        result
    });
    let results = results.collect();
    bar.finish_and_clear();
    results
}

/// Writes down what was seen in the cases that failed.
fn keep(folder: &Path, results: &[CaseResult]) -> io::Result<()> {
    fs::create_dir_all(folder).map_err(sources::at(folder))?;
    for result in results {
        let seen = match &result.outcome {
            Outcome::Failed(judged) | Outcome::Undecided(judged) => Some(&judged.0),
            Outcome::Died(seen, _) => Some(&**seen),
            Outcome::Passed | Outcome::Skipped(_) => None,
        };
        if let Some(seen) = seen {
            let path = folder.join(format!("{}.seen", result.case.name.replace('/', "--")));
            fs::write(&path, seen.text()).map_err(sources::at(&path))?;
        }
    }
    Ok(())
}

/// Why no case is about some demands.
fn excuses() -> NotShown {
    NotShown::parse(rm_check::conform::NOT_SHOWN).unwrap_or_default()
}
