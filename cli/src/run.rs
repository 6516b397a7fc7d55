//! `rmsim run`: run scenarios.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rm_sim::Scenario;
use rm_sim::scenario::{Problem, Run};
use rm_sim::transcript::View;
use serde_json::json;

use crate::sources::{self, Source};
use crate::{Exit, Format, paint, problem};

/// What `rmsim run` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Scenario files; a folder means every `.toml` in it.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print what happens.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// How much of it: `story` is what happens between programs, `full` every effect. Without it,
    /// one scenario is shown as its story, and of several only how they went.
    #[arg(long, value_enum)]
    view: Option<HowMuch>,
    /// Write the full transcripts to this file.
    #[arg(long, value_name = "FILE")]
    transcript: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum HowMuch {
    Story,
    Full,
}

/// Runs the scenarios.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    let sources = match sources::read(&arguments.paths, "toml") {
        Ok(sources) => sources,
        Err(message) => {
            anstream::eprintln!("error: {message}");
            return Exit::BadInput;
        }
    };
    let view = match arguments.view {
        Some(HowMuch::Full) => Some(View::Full),
        Some(HowMuch::Story) => Some(View::Story),
        None => (sources.len() == 1).then_some(View::Story),
    };
    let mut exit = Exit::AsExpected;
    let mut transcripts = String::new();
    for source in &sources {
        let found = Scenario::parse(&source.text).and_then(|scenario| Ok((scenario.run()?, scenario)));
        let (run, scenario) = match found {
            Ok(found) => found,
            Err(problem) => {
                report_bad(&problem, source, arguments.format);
                exit = Exit::BadInput;
                continue;
            }
        };
        transcripts.push_str(&run.transcript.text(View::Full));
        if !run.unmet.is_empty() && exit == Exit::AsExpected {
            exit = Exit::Unmet;
        }
        let printed = match arguments.format {
            Format::Text => print_text(source, &scenario, &run, view),
            Format::Json => print_json(source, &scenario, &run),
        };
        // Whoever reads has stopped reading: nothing is left to do for them.
        if printed.is_err() {
            return exit;
        }
    }
    if let Some(path) = &arguments.transcript
        && let Err(error) = fs::write(path, transcripts)
    {
        anstream::eprintln!("error: {}: {error}", path.display());
        return Exit::BadInput;
    }
    exit
}

fn report_bad(problem: &Problem, source: &Source, format: Format) {
    if format == Format::Json {
        let (line, column) = problem::place(problem, source);
        let error = json!({ "message": problem.message, "line": line, "column": column });
        println!("{}", json!({ "scenario": source.path, "error": error }));
    } else {
        anstream::eprintln!("{}\n", problem::shown(problem, source));
    }
}

fn print_text(source: &Source, scenario: &Scenario, run: &Run, view: Option<View>) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    if let Some(view) = view {
        paint::transcript(&mut out, &run.transcript, view)?;
        writeln!(out)?;
    }
    let path = source.path.display().to_string();
    paint::verdict(&mut out, &path, scenario.why(), run.unmet.len(), run.expectations)?;
    for unmet in &run.unmet {
        writeln!(out, "{}\n", problem::shown(unmet, source))?;
    }
    Ok(())
}

fn print_json(source: &Source, scenario: &Scenario, run: &Run) -> io::Result<()> {
    let unmet = run.unmet.iter().map(|unmet| {
        let (line, column) = problem::place(unmet, source);
        json!({ "message": unmet.message, "line": line, "column": column })
    });
    let report = json!({
        "scenario": source.path,
        "why": scenario.why(),
        "expectations": run.expectations,
        "unmet": unmet.collect::<Vec<_>>(),
        "processes": run.transcript.names.processes().collect::<Vec<_>>(),
        "events": run.transcript.lines,
    });
    writeln!(io::stdout().lock(), "{report}")
}
