//! `rmsim spec`: look up rules and latitudes, and what exercises them.

mod gather;
mod text;

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use rm_core::rules::{LatitudeKind, Rule, RuleKind};
use rm_sim::scenario::Problem;
use rm_sim::spec::{self, Article, Coverage, Entry, Exercise, NotShown, Unknown};
use serde::Serialize;

use crate::json::{self, Place};
use crate::sources::{self, Source};
use crate::{Exit, Format, problem};

/// What `rmsim spec` takes.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// Rules and latitudes to tell everything about: `RM-RST-02`, `OQ-56.code`; `OQ-56` means all
    /// its parts. Without one, all are listed.
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// List only what is of this kind, a rule's or a latitude's.
    #[arg(long, value_parser = kinds(), conflicts_with = "ids")]
    kind: Vec<String>,
    /// List or count only this area, such as `RM-SHUT`, with the latitudes that touch it.
    #[arg(long, conflicts_with = "ids")]
    area: Vec<String>,
    /// Count how many demands are exercised, and show those that nothing exercises.
    #[arg(long, conflicts_with_all = ["ids", "kind"])]
    coverage: bool,
    /// The folder with the scenarios; those in folders called `broken`, `unmet` or
    /// `worlds` do not count.
    #[arg(long, value_name = "DIR", default_value = "fixtures")]
    fixtures: PathBuf,
    /// The folder with the invariants.
    #[arg(long, value_name = "DIR", default_value = "check/src/invariants")]
    invariants: PathBuf,
    /// The list of demands that the simulator can not show yet, with reasons.
    #[arg(long, value_name = "FILE", default_value = "docs/not-shown.txt", requires = "coverage")]
    not_shown: PathBuf,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const EXIT_CODES: &str = "\
Exit codes: 0 as expected; 1 (with --coverage) a demand that could be shown is exercised by nothing, one \
that could not be shown is exercised after all, or a scenario does not do what it expects; 2 bad input, such \
as an unknown id.";

/// Looks things up.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let mut areas = Vec::new();
    for name in &arguments.area {
        match spec::area(name) {
            Ok(area) => areas.push(area),
            Err(unknown) => return report_unknown(&unknown, arguments.format),
        }
    }
    let gathered = gather::gather(&arguments.fixtures, &arguments.invariants)?;
    if arguments.coverage && gathered.exercise.is_none() {
        return Ok(Exit::BadInput);
    }
    let is_wanted = |entry: &Entry| {
        (areas.is_empty() || areas.iter().any(|area| entry.concerns(area)))
            && (arguments.kind.is_empty() || arguments.kind.iter().any(|kind| kind == entry.kind()))
    };
    if arguments.coverage {
        let rules = Rule::all().filter(|rule| is_wanted(&Entry::Rule(*rule)));
        let exercise = gathered.exercise.unwrap_or_default();
        return Ok(coverage(arguments, rules, &exercise)?.max(gathered.exit));
    }
    let exercise = gathered.exercise.as_ref();
    if arguments.ids.is_empty() {
        let entries: Vec<_> = Entry::all().filter(is_wanted).collect();
        match arguments.format {
            Format::Text => text::list(&mut anstream::stdout().lock(), &entries, exercise)?,
            Format::Json => articles(&entries, exercise, Format::Json)?,
        }
        return Ok(Exit::AsExpected);
    }
    let mut exit = Exit::AsExpected;
    for id in &arguments.ids {
        match spec::find(id) {
            Ok(entries) => articles(&entries, exercise, arguments.format)?,
            Err(unknown) => exit = report_unknown(&unknown, arguments.format)?,
        }
    }
    Ok(exit)
}

fn articles(entries: &[Entry], exercise: Option<&Exercise>, format: Format) -> io::Result<()> {
    for entry in entries {
        let article = Article::new(*entry, exercise);
        match format {
            Format::Text => text::article(&mut anstream::stdout().lock(), &article)?,
            Format::Json => json::print(&article)?,
        }
    }
    Ok(())
}

/// The coverage of the demands, for programs.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    coverage: &'a Coverage,
    outdated: Vec<Place<'a>>,
}

fn coverage(
    arguments: &Arguments,
    rules: impl Iterator<Item = Rule>,
    exercise: &Exercise,
) -> io::Result<Exit> {
    let source = sources::one(arguments.not_shown.clone())?;
    let list = match NotShown::parse(&source.text) {
        Ok(list) => list,
        Err(bad) => return report_bad(&bad, &source, arguments.format),
    };
    let coverage = Coverage::new(rules, exercise, &list);
    match arguments.format {
        Format::Text => text::coverage(&mut anstream::stdout().lock(), &coverage, &source)?,
        Format::Json => {
            let outdated = coverage.outdated.iter().map(|problem| Place::new(problem, &source)).collect();
            json::print(&Report { coverage: &coverage, outdated })?;
        }
    }
    Ok(if coverage.is_complete() { Exit::AsExpected } else { Exit::Unmet })
}

/// A list that could not be read, for programs.
#[derive(Serialize)]
struct Bad<'a> {
    list: &'a Path,
    error: Place<'a>,
}

fn report_bad(bad: &Problem, source: &Source, format: Format) -> io::Result<Exit> {
    match format {
        Format::Text => anstream::eprintln!("{}", problem::shown(bad, source)),
        Format::Json => json::print(&Bad { list: &source.path, error: Place::new(bad, source) })?,
    }
    Ok(Exit::BadInput)
}

/// An id that nothing has, for programs.
#[derive(Serialize)]
struct NotFound<'a> {
    id: &'a str,
    error: String,
    nearest: &'a [&'static str],
}

fn report_unknown(unknown: &Unknown, format: Format) -> io::Result<Exit> {
    let Unknown { id, nearest, .. } = unknown;
    match format {
        Format::Text => anstream::eprintln!("error: {unknown}"),
        Format::Json => json::print(&NotFound { id, error: unknown.to_string(), nearest })?,
    }
    Ok(Exit::BadInput)
}

fn kinds() -> PossibleValuesParser {
    let rules = RuleKind::ALL.iter().map(|kind| kind.word());
    let latitudes = LatitudeKind::ALL.iter().map(|kind| kind.word());
    rules.chain(latitudes).collect::<Vec<_>>().into()
}
