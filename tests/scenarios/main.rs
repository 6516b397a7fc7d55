//! Every fixture does what it expects, and what happens in it is a snapshot to be reviewed.

use std::fs;
use std::path::Path;

use rm_sim::Scenario;
use rm_sim::transcript::View;

#[test]
fn every_fixture_does_what_it_expects() {
    insta::glob!("../../fixtures", "**/*.toml", |path| {
        if is_broken(path) {
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
        let before = &text[..problem.span.start];
        let (line, column) =
            (before.matches('\n').count() + 1, before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1);
        let found = &text[problem.span.clone()];
        insta::assert_snapshot!(format!("{line}:{column}: {}\nat: {found}\n", problem.message));
    });
}

#[test]
fn the_same_scenario_gives_the_same_bytes() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/readme.toml"))
        .expect("it is there");
    let play = || Scenario::parse(&text).and_then(|scenario| scenario.run()).expect("it is sound").transcript;
    assert_eq!(play().text(View::Full), play().text(View::Full));
}

fn is_broken(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "broken")
}
