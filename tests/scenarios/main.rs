//! Every fixture does what it expects, and what happens in it is a snapshot to be reviewed.

#![expect(clippy::string_slice, reason = "spans lie within the text they come from")]

use std::fs;
use std::path::Path;

use rm_sim::Scenario;
use rm_sim::scenario::Problem;
use rm_sim::transcript::View;

#[test]
fn every_fixture_does_what_it_expects() {
    insta::glob!("../../fixtures", "**/*.toml", |path| {
        if ["broken", "unmet", "worlds"].iter().any(|apart| is_below(path, apart)) {
            return;
        }
        let text = fs::read_to_string(path).expect("a fixture can be read");
        let run = Scenario::parse(&text).and_then(|scenario| scenario.run()).expect("a fixture is sound");
        assert!(run.unmet.is_empty(), "{}: {:#?}", path.display(), run.unmet);
        assert!(run.expectations > 0, "{} expects nothing", path.display());
        insta::assert_snapshot!(run.transcript.text(View::Full));
    });
}

#[test]
fn every_broken_fixture_is_refused_with_its_place() {
    insta::glob!("../../fixtures/broken", "*.toml", |path| {
        let text = fs::read_to_string(path).expect("a fixture can be read");
        let problem =
            Scenario::parse(&text).and_then(|scenario| scenario.run()).expect_err("a broken fixture");
        insta::assert_snapshot!(place(&text, &problem));
    });
}

#[test]
fn the_scenario_in_the_readme_does_what_it_expects() {
    let readme =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).expect("it is there");
    let block =
        readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a scenario");
    let run = Scenario::parse(block).and_then(|scenario| scenario.run()).expect("it is sound");
    assert_eq!((run.unmet, run.expectations), (vec![], 4));
}

#[test]
fn the_same_scenario_gives_the_same_bytes() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/readme.toml"))
        .expect("it is there");
    let play = || Scenario::parse(&text).and_then(|scenario| scenario.run()).expect("it is sound").transcript;
    assert_eq!(play().text(View::Full), play().text(View::Full));
}

#[test]
fn every_unmet_fixture_says_what_came_instead() {
    insta::glob!("../../fixtures/unmet", "*.toml", |path| {
        let text = fs::read_to_string(path).expect("a fixture can be read");
        let run = Scenario::parse(&text).and_then(|scenario| scenario.run()).expect("a fixture is sound");
        let unmet: Vec<_> = run.unmet.iter().map(|unmet| place(&text, unmet)).collect();
        insta::assert_snapshot!(unmet.join("\n"));
    });
}

fn is_below(path: &Path, folder: &str) -> bool {
    path.components().any(|part| part.as_os_str() == folder)
}

fn place(text: &str, problem: &Problem) -> String {
    let before = &text[..problem.span.start];
    let line = before.matches('\n').count() + 1;
    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
    format!("{line}:{column}: {}\nat: {}\n", problem.message, &text[problem.span.clone()])
}
