//! What keeps the house easy to find one's way in: small files, fixtures that say what they are
//! for, no test that is switched off.

use std::fs;
use std::path::{Path, PathBuf};

/// Where a file is too long to be about one thing.
const LINES: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(below: &Path, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("target") {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            let text = fs::read_to_string(&path).expect("text");
            found.push((path, text));
        }
    }
    found
}

fn sources() -> Vec<(PathBuf, String)> {
    ["core", "sim", "check", "cli", "tests", "capi", "library"]
        .iter()
        .flat_map(|package| files(&root().join(package), "rs"))
        .collect()
}

#[test]
fn no_source_file_is_too_long() {
    let long: Vec<_> = sources().into_iter().filter(|(_, text)| text.lines().count() > LINES).collect();
    let names: Vec<_> = long.iter().map(|(path, text)| (path, text.lines().count())).collect();
    assert!(names.is_empty(), "longer than {LINES} lines: {names:?}");
}

#[test]
fn every_source_file_begins_by_saying_what_it_is_about() {
    let silent: Vec<_> = sources().into_iter().filter(|(_, text)| !text.starts_with("//! ")).collect();
    let names: Vec<_> = silent.iter().map(|(path, _)| path).collect();
    assert!(names.is_empty(), "{names:?}");
}

/// What a patch expects to find in its file: the lines of a hunk that are there before.
fn expected(hunk: &str) -> String {
    let lines = hunk.lines().skip(1).filter(|line| line.starts_with([' ', '-']) || line.is_empty());
    lines.map(|line| line.get(1..).unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_mistake_that_is_planted_fits_the_source() {
    let mistakes = files(&root().join("check/mistakes"), "patch");
    assert!(mistakes.len() >= 12, "{} mistakes", mistakes.len());
    for (path, patch) in mistakes {
        for file in patch.split("\n--- a/").skip(1) {
            let name = file.lines().next().expect("a name");
            let source = fs::read_to_string(root().join(name)).expect("a source file");
            let mut hunks = file.split("\n@@").skip(1).peekable();
            assert!(hunks.peek().is_some(), "{}: nothing of {name} is changed", path.display());
            assert!(hunks.all(|hunk| source.contains(&expected(hunk))), "{}: {name} differs", path.display());
        }
    }
}

#[test]
fn no_test_is_switched_off_and_nothing_is_unfinished() {
    let marks = [concat!("#[ign", "ore"), concat!("to", "do!("), concat!("unimpl", "emented!(")];
    let found: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| marks.iter().any(|mark| text.contains(mark)))
        .map(|(path, _)| path)
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn every_scenario_names_the_rules_it_checks() {
    let scenarios = files(&root().join("fixtures/scenarios"), "toml");
    assert!(scenarios.len() >= 12, "only {} scenarios", scenarios.len());
    for (path, text) in scenarios {
        let scenario = rm_sim::Scenario::parse(&text).expect("a fixture is sound");
        assert!(scenario.rules().next().is_some(), "{} names no rule", path.display());
    }
}
