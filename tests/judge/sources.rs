//! Where transcripts come from: the fixtures, and random cases.

use std::fs;
use std::path::{Path, PathBuf};

use harness::case::Case;
use harness::play::{Failure, play};
use rm_check::Boundary;
use rm_core::Rules;
use rm_sim::choice::Script;
use rm_sim::transcript::Transcript;
use rm_sim::{Scenario, Simulation};

/// What is seen from outside of every fixture.
pub(crate) fn fixtures() -> Vec<(PathBuf, Boundary)> {
    paths().into_iter().map(|path| (path.clone(), of_fixture(&path, Boundary::of))).collect()
}

/// The same, with what applications are told.
pub(crate) fn heard() -> Vec<(PathBuf, Boundary)> {
    paths().into_iter().map(|path| (path.clone(), of_fixture(&path, Boundary::hearing))).collect()
}

/// What is seen from outside of a scenario.
pub(crate) fn of_scenario(path: &Path) -> Boundary {
    of_fixture(path, Boundary::of)
}

fn paths() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut paths = Vec::new();
    for folder in ["scenarios", "clients"] {
        find(&root.join(folder), &mut paths);
    }
    assert!(paths.len() > 100, "only {} scenarios", paths.len());
    paths
}

/// What is seen from outside of a run that began so.
type Seen = fn(&Simulation<Script>, &Transcript, &Rules) -> Boundary;

fn of_fixture(path: &Path, seen: Seen) -> Boundary {
    let text = fs::read_to_string(path).expect("a fixture can be read");
    let scenario = Scenario::parse(&text).expect("a fixture is sound");
    let run = scenario.run().expect("a fixture is sound");
    seen(&scenario.stage().expect("a fixture has a stage"), &run.transcript, &run.rules)
}

fn find(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            find(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
}

/// What is seen from outside when a case is played, with what applications are told.
pub(crate) fn of_case(case: &Case) -> Result<Boundary, Failure> {
    let played = play(case, |_| Ok(()))?;
    Ok(Boundary::hearing(&case.setting.stage().simulation, &played.transcript, &played.rules))
}
