//! Gathers what exercises the catalogue: runs the scenarios of a folder, reads the invariants.

use std::io;
use std::path::Path;

use rm_sim::Scenario;
use rm_sim::spec::Exercise;

use crate::sources::{self, Source};
use crate::{Exit, problem};

/// What was found.
pub(crate) struct Gathered {
    /// What exercises what; nothing is known without the folder of the scenarios.
    pub(crate) exercise: Option<Exercise>,
    /// Whether a scenario was bad or did not do what it expects.
    pub(crate) exit: Exit,
}

/// Runs the scenarios and reads the invariants. What does not count is said in one line each.
pub(crate) fn gather(fixtures: &Path, invariants: &Path) -> io::Result<Gathered> {
    if !is_there(fixtures, "what exercises the entries is not shown") {
        return Ok(Gathered { exercise: None, exit: Exit::AsExpected });
    }
    let (mut exercise, mut exit) = (Exercise::default(), Exit::AsExpected);
    for source in sources::read(&[fixtures.to_path_buf()], "toml")? {
        let below = source.path.strip_prefix(fixtures).unwrap_or(&source.path);
        if !below.iter().any(|part| part == "broken" || part == "unmet" || part == "worlds") {
            exit = exit.max(add(&mut exercise, &source));
        }
    }
    if is_there(invariants, "the invariants do not count") {
        for source in sources::read(&[invariants.to_path_buf()], "rs")? {
            exercise.add_invariants(&source.path.display().to_string(), &source.text);
        }
    }
    Ok(Gathered { exercise: Some(exercise), exit })
}

/// Only a scenario that does what it expects exercises anything.
fn add(exercise: &mut Exercise, source: &Source) -> Exit {
    let run = Scenario::parse(&source.text).and_then(|scenario| Ok((scenario.run()?, scenario)));
    let (problem, exit) = match &run {
        Ok((run, scenario)) => match run.unmet.first() {
            None => {
                exercise.add_scenario(&source.path.display().to_string(), scenario, run);
                return Exit::AsExpected;
            }
            Some(unmet) => (unmet, Exit::Unmet),
        },
        Err(bad) => (bad, Exit::BadInput),
    };
    let (line, column) = problem::place(problem, source);
    anstream::eprintln!("note: {}:{line}:{column} does not count: {problem}", source.path.display());
    exit
}

fn is_there(folder: &Path, otherwise: &str) -> bool {
    let is_there = folder.is_dir();
    if !is_there {
        anstream::eprintln!("note: there is no folder `{}`: {otherwise}", folder.display());
    }
    is_there
}
