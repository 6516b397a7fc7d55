//! What the command prints and how it exits, as a person at a terminal would see it.

mod rmsim;

use std::process::Command;

use insta_cmd::assert_cmd_snapshot;
use rmsim::rmsim;

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

/// Against a few files of its own: what they exercise changes with no new scenario.
fn spec(arguments: &[&str]) -> Command {
    let mut command = rmsim(&[
        "spec",
        "--fixtures",
        "cli/tests/spec/fixtures",
        "--invariants",
        "cli/tests/spec/harness/invariants",
    ]);
    command.args(arguments);
    command
}

#[test]
fn a_rule_is_shown_with_what_is_open_and_what_exercises_it() {
    assert_cmd_snapshot!(spec(&["rm-cancel-03", "RM-CANCEL-05"]));
}

#[test]
fn a_latitude_is_shown_with_its_answers_and_what_was_seen() {
    assert_cmd_snapshot!(spec(&["OQ-27.null"]));
    assert_cmd_snapshot!(spec(&["oq-56"]));
}

#[test]
fn an_unknown_id_is_bad_input_and_hides_no_other() {
    assert_cmd_snapshot!(spec(&["RM-CANCEL-O3", "RM-CB-01"]));
    assert_cmd_snapshot!(spec(&["--area", "RM-SHT"]));
    assert_cmd_snapshot!(spec(&["--format", "json", "OQ-56.cod"]));
}

#[test]
fn without_an_id_an_area_or_a_kind_is_listed() {
    assert_cmd_snapshot!(spec(&["--area", "RM-CANCEL"]));
    assert_cmd_snapshot!(spec(&["--kind", "out-of-scope", "--kind", "defect", "--area", "rm-rst"]));
}

#[test]
fn without_the_folder_of_the_scenarios_no_exercise_is_shown() {
    assert_cmd_snapshot!(rmsim(&["spec", "RM-CB-01", "--fixtures", "nowhere"]));
    assert_cmd_snapshot!(rmsim(&["spec", "--coverage", "--fixtures", "nowhere"]));
}

const COVERAGE: [&str; 4] = ["--coverage", "--area", "RM-CANCEL", "--not-shown"];

#[test]
fn coverage_exits_with_1_when_a_demand_is_bare_or_an_excuse_is_outdated() {
    assert_cmd_snapshot!(spec(&COVERAGE).arg("cli/tests/spec/not-shown.txt"));
    assert_cmd_snapshot!(spec(&COVERAGE).args(["cli/tests/spec/not-shown.txt", "--format", "json"]));
}

#[test]
fn coverage_exits_with_0_when_all_is_exercised_or_excused() {
    assert_cmd_snapshot!(spec(&COVERAGE).arg("cli/tests/spec/complete.txt"));
}

#[test]
fn coverage_does_not_count_what_is_not_sound() {
    assert_cmd_snapshot!(spec(&COVERAGE).arg("cli/tests/spec/broken.txt"));
    let wrong =
        ["spec", "--fixtures", "cli/tests/spec/wrong", "--invariants", "cli/tests/spec/harness/invariants"];
    assert_cmd_snapshot!(rmsim(&wrong).args(COVERAGE).arg("cli/tests/spec/complete.txt"));
}

#[test]
fn the_whole_catalogue_is_one_json_object_a_line() {
    let output = spec(&["--format", "json"]).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let objects: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(output.status.success() && objects.len() > 500, "{}", objects.len());
    let of = |id: &str| objects.iter().find(|object| object["id"] == id).expect(id);
    assert_eq!(of("RM-RST-02")["evidence"], "documented");
    assert_eq!(of("OQ-80")["exercised_by"]["fixtures"]["cli/tests/spec/fixtures/cancel.toml"][0], "cited");
    assert_eq!(of("OQ-27.null")["answers"][1]["policies"][0], "default");
}

#[test]
fn help_names_the_verbs_and_exit_codes() {
    assert_cmd_snapshot!(rmsim(&["--help"]));
    assert_cmd_snapshot!(rmsim(&["run", "--help"]));
    assert_cmd_snapshot!(rmsim(&["spec", "--help"]));
}

#[test]
fn a_small_world_is_explored_and_what_was_met_is_told() {
    assert_cmd_snapshot!(rmsim(&["explore", "fixtures/worlds/joins-against-a-dying-owner.toml"]));
    let world = "fixtures/worlds/the-last-of-64-places.toml";
    assert_cmd_snapshot!(rmsim(&["explore", world, "--threads", "1", "--format", "json"]));
}

#[test]
fn what_does_not_hold_is_told_and_written_as_a_scenario() {
    let folder = std::env::temp_dir().join(format!("rmsim-explore-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder of our own");
    let file = folder.join("counterexample.toml");
    let written = file.to_str().expect("a plain path");
    let mut explore = rmsim(&[
        "explore",
        "cli/tests/explore/never-out-of-sequence.toml",
        "--write",
        written,
        "--property",
        "never RmRestart 776",
    ]);
    let explored = explore.output().expect("it runs");
    insta::assert_snapshot!(
        String::from_utf8_lossy(&explored.stdout).replace(written, "counterexample.toml")
    );
    assert_eq!(explored.status.code(), Some(1));
    let run = rmsim(&["run", written]).output().expect("it runs");
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stdout));
    std::fs::remove_dir_all(folder).expect("the folder of our own");
}

#[test]
fn a_bound_exits_with_3_and_says_so() {
    let world = "fixtures/worlds/two-installers-and-a-cancel.toml";
    assert_cmd_snapshot!(rmsim(&["explore", world, "--threads", "1", "--max-states", "100"]));
}

#[test]
fn a_property_that_there_is_not_exits_with_2() {
    let world = "fixtures/worlds/the-last-of-64-places.toml";
    assert_cmd_snapshot!(rmsim(&["explore", world, "--property", "no-such"]));
}
