//! What the command prints and how it exits, as a person at a terminal would see it.

use std::path::Path;
use std::process::Command;

use insta_cmd::{assert_cmd_snapshot, get_cargo_bin};

fn rmsim(arguments: &[&str]) -> Command {
    let mut command = Command::new(get_cargo_bin("rmsim"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).args(arguments);
    command.env("NO_COLOR", "1").env("COLUMNS", "100");
    command
}

#[test]
fn one_scenario_is_told_as_a_story() {
    assert_cmd_snapshot!(rmsim(&["run", "fixtures/tour.toml"]));
}

#[test]
fn of_several_scenarios_only_the_verdicts_are_shown() {
    assert_cmd_snapshot!(rmsim(&["run", "fixtures/tour.toml", "fixtures/readme.toml"]));
}

#[test]
fn an_unmet_expectation_exits_with_1_and_shows_its_place() {
    assert_cmd_snapshot!(rmsim(&["run", "fixtures/unmet/a-code-that-does-not-come.toml"]));
}

#[test]
fn bad_input_exits_with_2_and_shows_its_place() {
    assert_cmd_snapshot!(rmsim(&["run", "fixtures/broken/unknown-field.toml"]));
}

#[test]
fn bad_input_wins_over_unmet_expectations_and_hides_none() {
    assert_cmd_snapshot!(rmsim(&[
        "run",
        "fixtures/unmet/a-code-that-does-not-come.toml",
        "fixtures/broken/unknown-rule.toml"
    ]));
}

#[test]
fn a_file_that_is_not_there_is_bad_input() {
    assert_cmd_snapshot!(rmsim(&["run", "fixtures/nothing.toml"]));
}

#[test]
fn json_is_one_object_a_scenario() {
    assert_cmd_snapshot!(rmsim(&[
        "run",
        "--format",
        "json",
        "fixtures/unmet/a-code-that-does-not-come.toml",
        "fixtures/broken/unknown-rule.toml"
    ]));
}

#[test]
fn a_transcript_file_holds_every_effect() {
    let file = std::env::temp_dir().join(format!("rmsim-transcript-{}", std::process::id()));
    let output = rmsim(&["run", "fixtures/tour.toml", "--transcript"]).arg(&file).output().expect("it runs");
    let text = std::fs::read_to_string(&file).expect("it was written");
    std::fs::remove_file(&file).expect("it can be removed");
    assert!(output.status.success());
    assert!(text.starts_with("restart manager transcript 1\n"), "{text}");
    assert!(text.contains("WriteValue Session0000 RegFiles0000 'C:\\Suite\\text.dll'"), "{text}");
}

#[test]
fn help_names_the_verbs_and_exit_codes() {
    assert_cmd_snapshot!(rmsim(&["--help"]));
    assert_cmd_snapshot!(rmsim(&["run", "--help"]));
}
