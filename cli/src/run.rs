//! `rmsim run`: run scenarios.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use rm_check::Boundary;
use rm_core::UniqueProcess;
use rm_sim::Scenario;
use rm_sim::scenario::{Problem, Run};
use rm_sim::transcript::{Line, LogLine, View};
use serde::Serialize;

use crate::json::{self, Place};
use crate::sources::{self, Source};
use crate::{Exit, Format, paint, problem, why};

/// What `rmsim run` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Scenario files; a folder means every `.toml` in it.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print what happens.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// What of it: `story` is what happens between programs, `full` every effect, `log` the event log.
    /// Without it, one scenario is shown as its story, and of several only how they went.
    #[arg(long, value_enum)]
    view: Option<HowMuch>,
    /// Instead of the story, say why this application was listed or not, stopped or not, started again
    /// or not: a program of the scenario, as `editor`, one process of it, as `editor.2`, or a service.
    #[arg(long, value_name = "APP", conflicts_with = "view")]
    why: Option<String>,
    /// Write the full transcripts to this file.
    #[arg(long, value_name = "FILE")]
    transcript: Option<PathBuf>,
    /// Write what was seen from outside to this file, for `rmsim judge`; of several scenarios, to a file
    /// each in this folder.
    #[arg(long, value_name = "PATH")]
    boundary: Option<PathBuf>,
    /// Tell there what applications are told, too: messages, control events, arguments.
    #[arg(long, requires = "boundary")]
    messages: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum HowMuch {
    Story,
    Full,
    Log,
}

/// Runs the scenarios.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let sources = sources::read(&arguments.paths, "toml")?;
    let view = arguments.view.or_else(|| (sources.len() == 1).then_some(HowMuch::Story));
    let mut exit = Exit::AsExpected;
    let mut transcripts = String::new();
    for source in &sources {
        match Scenario::parse(&source.text).and_then(|scenario| Ok((scenario.run()?, scenario))) {
            Ok((run, scenario)) => {
                exit = exit.max(if run.unmet.is_empty() { Exit::AsExpected } else { Exit::Unmet });
                if let Some(path) = &arguments.boundary {
                    let path = if sources.len() == 1 { path.clone() } else { beside(path, source) };
                    keep(&path, &scenario, &run, arguments.messages)?;
                }
                transcripts.push_str(&run.transcript.text(View::Full));
                if let Some(application) = &arguments.why {
                    exit = exit.max(why::print(application, source, &scenario, &run, arguments.format)?);
                } else {
                    match arguments.format {
                        Format::Text => print_text(source, &scenario, &run, view)?,
                        Format::Json => print_json(source, &scenario, &run)?,
                    }
                }
            }
            Err(problem) => {
                exit = Exit::BadInput;
                report_bad(&problem, source, arguments.format)?;
            }
        }
    }
    if let Some(path) = &arguments.transcript {
        fs::write(path, transcripts).map_err(sources::at(path))?;
    }
    Ok(exit)
}

/// The file of a scenario's boundary transcript in a folder.
fn beside(folder: &Path, source: &Source) -> PathBuf {
    let name = source.path.with_extension("seen");
    let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).filter(|part| part != "/").collect();
    folder.join(name.join("-"))
}

/// Writes what was seen of a run from outside.
fn keep(path: &Path, scenario: &Scenario, run: &Run, messages: bool) -> io::Result<()> {
    let start = scenario.stage().map_err(io::Error::other)?;
    let of = if messages { Boundary::hearing } else { Boundary::of };
    let seen = of(&start, &run.transcript, &run.rules);
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    let text = if is_json { serde_json::to_string_pretty(&seen.told())? } else { seen.text() };
    fs::write(path, text).map_err(sources::at(path))
}

/// How a scenario went, for programs.
#[derive(Serialize)]
struct Report<'a> {
    scenario: &'a Path,
    why: &'a str,
    expectations: usize,
    unmet: Vec<Place<'a>>,
    processes: Vec<(UniqueProcess, &'a str)>,
    events: &'a [Line],
    log: Vec<LogLine>,
}

/// A scenario that could not be run, for programs.
#[derive(Serialize)]
struct Bad<'a> {
    scenario: &'a Path,
    error: Place<'a>,
}

fn report_bad(problem: &Problem, source: &Source, format: Format) -> io::Result<()> {
    match format {
        Format::Text => writeln!(anstream::stderr().lock(), "{}\n", problem::shown(problem, source)),
        Format::Json => json::print(&Bad { scenario: &source.path, error: Place::new(problem, source) }),
    }
}

fn print_text(source: &Source, scenario: &Scenario, run: &Run, view: Option<HowMuch>) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    match view {
        Some(HowMuch::Story) => paint::transcript(&mut out, &run.transcript, View::Story)?,
        Some(HowMuch::Full) => paint::transcript(&mut out, &run.transcript, View::Full)?,
        Some(HowMuch::Log) => paint::event_log(&mut out, &run.transcript)?,
        None => {}
    }
    if view.is_some() {
        writeln!(out)?;
    }
    print_verdict(&mut out, source, scenario, run)
}

/// How a scenario went, and what turned out otherwise than expected.
pub(crate) fn print_verdict(
    out: &mut impl Write,
    source: &Source,
    scenario: &Scenario,
    run: &Run,
) -> io::Result<()> {
    let path = source.path.display().to_string();
    paint::verdict(out, &path, scenario.why(), run.unmet.len(), run.expectations)?;
    for unmet in &run.unmet {
        writeln!(out, "{}\n", problem::shown(unmet, source))?;
    }
    Ok(())
}

fn print_json(source: &Source, scenario: &Scenario, run: &Run) -> io::Result<()> {
    json::print(&Report {
        scenario: &source.path,
        why: scenario.why(),
        expectations: run.expectations,
        unmet: run.unmet.iter().map(|unmet| Place::new(unmet, source)).collect(),
        processes: run.transcript.names.processes().collect(),
        events: &run.transcript.lines,
        log: run.transcript.event_log(),
    })
}
