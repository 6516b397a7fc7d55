//! What `rmsim run --why` tells of one application, as a person at a terminal would see it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use insta_cmd::{assert_cmd_snapshot, get_cargo_bin};
use rm_core::{Call, Effect};
use rm_sim::Scenario;
use rm_sim::transcript::Event;
use rm_sim::why::Account;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn why(application: &str, path: &str) -> Command {
    let mut command = Command::new(get_cargo_bin("rmsim"));
    command.current_dir(root()).args(["run", "--why", application, path]);
    command.env("NO_COLOR", "1").env("COLUMNS", "100");
    command
}

/// Programs, installers and calls of every kind, in a file that nothing else is tested by.
const SEVERAL: &str = "cli/tests/why/several.toml";

#[test]
fn who_refuses_and_who_is_kept_running_by_that() {
    assert_cmd_snapshot!(why("painter", "cli/tests/why/veto.toml"));
    assert_cmd_snapshot!(why("reader", "cli/tests/why/veto.toml"));
}

#[test]
fn a_filter_is_named_by_what_it_prevents() {
    assert_cmd_snapshot!(why("painter", "cli/tests/why/filters.toml"));
    assert_cmd_snapshot!(why("editor", "cli/tests/why/filters.toml"));
}

#[test]
fn a_program_of_another_terminal_session_keeps_everybody_running() {
    assert_cmd_snapshot!(why("viewer", "cli/tests/why/elsewhere.toml"));
    assert_cmd_snapshot!(why("editor", "cli/tests/why/elsewhere.toml"));
}

#[test]
fn a_program_comes_back_or_stays_closed_or_cannot_be_started() {
    assert_cmd_snapshot!(why("editor", SEVERAL));
    assert_cmd_snapshot!(why("indexer", SEVERAL));
    assert_cmd_snapshot!(why("broken", SEVERAL));
}

#[test]
fn one_process_of_a_program_can_be_asked_about() {
    assert_cmd_snapshot!(why("editor.3", SEVERAL));
}

#[test]
fn who_is_never_affected_is_told_why() {
    assert_cmd_snapshot!(why("bystander", SEVERAL));
    assert_cmd_snapshot!(why("never", SEVERAL));
}

#[test]
fn who_would_not_come_back_blocks_a_shutdown_of_only_registered() {
    assert_cmd_snapshot!(why("editor", "cli/tests/why/only-registered.toml"));
}

#[test]
fn an_unknown_name_is_bad_input_and_shows_what_there_is() {
    assert_cmd_snapshot!(why("edtor", SEVERAL));
    assert_cmd_snapshot!(why("edtor", SEVERAL).args(["--format", "json"]));
}

#[test]
fn unmet_expectations_are_shown_below_the_account() {
    assert_cmd_snapshot!(why("editor", "fixtures/unmet/a-code-that-does-not-come.toml"));
}

#[test]
fn the_account_is_there_for_programs_too() {
    assert_cmd_snapshot!(why("viewer", "cli/tests/why/elsewhere.toml").args(["--format", "json"]));
}

fn scenarios(below: &Path) -> Vec<(PathBuf, Scenario)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("broken") {
            found.extend(scenarios(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).expect("text");
            found.push((path, Scenario::parse(&text).expect("a fixture is sound")));
        }
    }
    found
}

/// Whatever a scenario does, each of its programs has an account; it leaves out no call, and no decision
/// and no fate without the rule that it goes back to.
#[test]
fn every_account_goes_through_every_call_and_cites_every_fate() {
    let mut fates = 0;
    for (path, scenario) in scenarios(&root().join("fixtures")) {
        let run = scenario.run().expect("it runs");
        let calls = run.transcript.lines.iter().filter(|line| {
            use Call::{GetList, Restart, Shutdown};
            matches!(&line.event, Event::Called(GetList { .. } | Shutdown { .. } | Restart { .. }))
        });
        let calls = u32::try_from(calls.count()).expect("a few");
        for (_, program) in run.machine.world.cast().programs() {
            let name = &program.name;
            let account = Account::new(name, &run).expect(name);
            let told: u32 = account.sections.iter().map(|section| section.times).sum();
            assert_eq!(told, calls, "{name} in {}", path.display());
            let statements = account.sections.iter().flat_map(|section| &section.statements);
            let cited: BTreeSet<_> = statements.flat_map(|one| &one.because).map(|ground| ground.0).collect();
            for line in &run.transcript.lines {
                let Event::Did(effect, _) = &line.event else { continue };
                let whose: Vec<_> = match effect {
                    Effect::Decide(all) => {
                        all.iter().map(|one| (one.application.process, one.because)).collect()
                    }
                    Effect::Settle(all) => {
                        all.iter().filter_map(|one| Some((one.id.process()?, one.because))).collect()
                    }
                    _ => continue,
                };
                for (process, because) in whose {
                    if run.transcript.names.base_of(process) == *name {
                        assert!(cited.contains(&because), "{because} of {name} in {}", path.display());
                        fates += 1;
                    }
                }
            }
        }
    }
    assert!(fates > 300, "{fates} decisions and fates");
}
