//! `rmsim`: the Windows Restart Manager as an executable specification, on the command line.

mod conform;
mod explore;
mod json;
mod judge;
mod library;
mod paint;
mod problem;
mod run;
mod sources;
mod spec;
mod why;
mod wrap;
mod zoo;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// An executable specification of the Windows Restart Manager.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

const EXIT_CODES: &str = "\
Exit codes: 0 as expected; 1 not as expected, or not allowed; 2 bad input; 3 undecided, or cut short.";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run scenarios, print what happens, and check what they expect.
    Run(run::Arguments),
    /// Visit every state of a small world, and say what does not hold of them.
    Explore(explore::Arguments),
    /// Play the conformance suite on an implementation, and say what it gets wrong.
    Conform(conform::Arguments),
    /// Judge what was seen of an implementation: is it allowed, and which rule forbids it if not.
    Judge(judge::Arguments),
    #[command(name = rm_library::VERB, hide = true)]
    Library(library::Arguments),
    /// Look up rules and latitudes (what is left open), and what exercises them.
    Spec(spec::Arguments),
    /// Prove that the suite catches every broken implementation that is kept.
    Zoo(zoo::Arguments),
}

/// How to print results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// How a verb ended; the worst of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    AsExpected = 0,
    Unmet = 1,
    BadInput = 2,
    Bound = 3,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().verb {
        Verb::Run(arguments) => run::run(&arguments),
        Verb::Explore(arguments) => explore::run(&arguments),
        Verb::Conform(arguments) => conform::run(&arguments),
        Verb::Judge(arguments) => judge::run(&arguments),
        Verb::Library(arguments) => library::run(&arguments),
        Verb::Spec(arguments) => spec::run(&arguments),
        Verb::Zoo(arguments) => zoo::run(&arguments),
    };
    let exit = match result {
        Ok(exit) => exit,
        // Whoever reads has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::AsExpected,
        Err(error) => {
            anstream::eprintln!("error: {error}");
            Exit::BadInput
        }
    };
    ExitCode::from(exit as u8)
}
