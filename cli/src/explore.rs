//! `rmsim explore`: visit every state of a small world.

mod progress;

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use rm_check::explore::{
    Bound, Bounds, Machines, Options, Path, Position, Reduction, Reductions, Step, Summary, Verdict, Walked,
};
use rm_sim::Scenario;
use rm_sim::scenario::Problem;
use rm_sim::transcript::View;
use serde::Serialize;

use crate::sources::{self, Source};
use crate::{Exit, Format, json, paint, problem, wrap};

/// What `rmsim explore` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The scenario whose steps are taken in every order.
    #[arg(value_name = "SCENARIO")]
    path: PathBuf,
    /// How many threads to use; as many as the machine has, if left out.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Begin no further layer when there are more states than this.
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    max_states: u64,
    /// Let so many things go wrong: one in every order of the threads, two in one order. As the scenario says,
    /// if left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=2))]
    faults: Option<u8>,
    /// Take every answer that the documents leave open.
    #[arg(long)]
    open: bool,
    /// Take every order, also of steps that nobody else can notice.
    #[arg(long)]
    no_reduce: bool,
    /// Take one order of these steps alone that nobody else can notice: private, registry, beginnings, cancels.
    /// All, if left out.
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = reduction, conflicts_with = "no_reduce")]
    reduce: Option<Vec<Reduction>>,
    /// Hold each step against the invariants of stories too, by one of the shortest stories that takes it.
    #[arg(long)]
    stories: bool,
    /// Look at this property alone.
    #[arg(long, value_name = "NAME")]
    property: Option<String>,
    /// How to print what comes of it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Where to write the scenario that leads to what does not hold.
    #[arg(long, value_name = "FILE", default_value = "counterexample.toml")]
    write: PathBuf,
}

/// Reads the name of a kind of steps.
fn reduction(name: &str) -> Result<Reduction, String> {
    let known = Reduction::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind);
    known.ok_or_else(|| {
        let names: Vec<_> = Reduction::ALL.iter().map(|(_, name)| *name).collect();
        format!("there is no such kind; there are: {}", names.join(", "))
    })
}

/// Explores a world.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let source = sources::one(arguments.path.clone())?;
    let Arguments { faults, open, stories, .. } = *arguments;
    let reduce = match &arguments.reduce {
        _ if arguments.no_reduce || stories => Reductions::NONE,
        Some(kinds) => kinds.iter().copied().collect(),
        None => Reductions::ALL,
    };
    let options = Options { faults, open, reduce, stories };
    let machines = Scenario::parse(&source.text).and_then(|scenario| Machines::new(&scenario, options));
    let machines = match machines {
        Ok(machines) => machines,
        Err(problem) => return bad(&problem, &source),
    };
    let machines = match &arguments.property {
        None => machines,
        Some(name) => match machines.only(name) {
            Ok(machines) => machines,
            Err(names) => {
                let message = format!("there is no property `{name}`; there are: {}", names.join(", "));
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
        },
    };
    let most = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = arguments.threads.unwrap_or(most);
    // Which of several shortest stories is told is settled where there is one thread.
    let threads = if stories { 1 } else { threads };
    let bounds = Bounds { threads, max_states: arguments.max_states, ..Bounds::default() };
    let walked = progress::walk(&machines, &bounds);
    let summary = Summary::new(&machines, &walked);
    match arguments.format {
        Format::Text => print(&mut anstream::stdout().lock(), &source, &summary)?,
        Format::Json => json::print(&Report { scenario: &source.path, summary: &summary })?,
    }
    let broken = walked.verdicts().find(|(_, verdict)| *verdict == Verdict::Fails);
    if let Some((property, _)) = broken {
        if let Some(path) = walked.path(&machines, &property.name) {
            tell(arguments, &machines, &property.name, &path)?;
        }
        return Ok(Exit::Unmet);
    }
    Ok(exit(&walked))
}

/// What came of it, for programs.
#[derive(Serialize)]
struct Report<'a> {
    scenario: &'a std::path::Path,
    #[serde(flatten)]
    summary: &'a Summary,
}

fn print(out: &mut impl Write, source: &Source, summary: &Summary) -> io::Result<()> {
    writeln!(out, "{}", source.path.display())?;
    for (heading, text) in summary.paragraphs() {
        wrap::wrapped(out, &format!("{heading:<12}"), &" ".repeat(12), &text)?;
    }
    wrap::wrapped(out, "", "", &summary.end())
}

fn exit(walked: &Walked<Machines>) -> Exit {
    match walked.bound {
        None => Exit::AsExpected,
        Some(Bound::Violation) => Exit::Unmet,
        Some(Bound::States(_)) => Exit::Bound,
    }
}

fn bad(problem: &Problem, source: &Source) -> io::Result<Exit> {
    writeln!(anstream::stderr().lock(), "{}\n", problem::shown(problem, source))?;
    Ok(Exit::BadInput)
}

/// Tells of the shortest way to what does not hold, and writes it down.
fn tell(
    arguments: &Arguments,
    machines: &Machines,
    property: &str,
    path: &Path<Position, Step>,
) -> io::Result<()> {
    let why = format!("It does not hold that {property}: {}", path.what.replace(['\n', '\t'], " "));
    let told = machines.told(path, &why).map_err(|problem| io::Error::other(problem.to_string()))?;
    fs::write(&arguments.write, &told.scenario).map_err(sources::at(&arguments.write))?;
    if arguments.format == Format::Text {
        let mut out = anstream::stdout().lock();
        writeln!(out, "\nThe shortest way to it takes {} steps:\n", path.steps.len())?;
        paint::transcript(&mut out, &told.transcript, View::Story)?;
        let file = arguments.write.display();
        writeln!(out, "\n{why}\nWritten to {file}; `rmsim run --view full {file}` goes the same way.")?;
    }
    Ok(())
}
