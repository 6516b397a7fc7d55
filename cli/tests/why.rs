//! What `rmsim run --why` tells of one application, as a person at a terminal would see it.

mod rmsim;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use insta_cmd::assert_cmd_snapshot;
use rm_core::rules::Citation;
use rm_core::{AppId, Call, Effect};
use rm_sim::Scenario;
use rm_sim::transcript::Event;
use rm_sim::why::Account;
use rmsim::{rmsim, root};

fn why(application: &str, path: &str) -> Command {
    rmsim(&["run", "--why", application, path])
}

/// Programs, installers and calls of every kind, in a file that nothing else is tested by.
const SEVERAL: &str = "cli/tests/why/several.toml";

/// Services that hold files, are registered by name, need each other and share processes.
const SERVICES: &str = "cli/tests/why/services.toml";

/// Services that do not stop or do not start as they are told.
const SCM: &str = "cli/tests/why/service-control-manager.toml";

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
    let late = "fixtures/scenarios/shutdown/registrations-may-be-looked-at-when-all-have-been-asked.toml";
    assert_cmd_snapshot!(why("painter", late));
}

#[test]
fn a_service_is_found_by_its_short_name_and_said_to_be_affected_by_what() {
    assert_cmd_snapshot!(why("DATABASE", SERVICES));
    assert_cmd_snapshot!(why("reports", SERVICES));
    assert_cmd_snapshot!(why("spooler", SERVICES));
    assert_cmd_snapshot!(why("clock", SERVICES));
    assert_cmd_snapshot!(why("rest", SERVICES));
}

#[test]
fn of_a_host_it_is_told_what_becomes_of_its_services() {
    assert_cmd_snapshot!(why("svchost", SERVICES));
    assert_cmd_snapshot!(why("svchost", SERVICES).args(["--format", "json"]));
}

#[test]
fn what_the_service_control_manager_answers_is_told() {
    assert_cmd_snapshot!(why("fixed", SCM));
    assert_cmd_snapshot!(why("needed", SCM));
    assert_cmd_snapshot!(why("guarded", SCM));
    assert_cmd_snapshot!(why("denied", SCM));
    assert_cmd_snapshot!(why("again", SCM));
    assert_cmd_snapshot!(why("broken", SCM));
    assert_cmd_snapshot!(why("slow", SCM));
}

#[test]
fn whom_force_ends_of_a_host_and_whom_it_does_not() {
    assert_cmd_snapshot!(why("shared", "cli/tests/why/force.toml"));
    assert_cmd_snapshot!(why("neighbor", "cli/tests/why/force-with-its-host.toml"));
}

#[test]
fn a_filter_protects_the_others_of_a_process_that_is_stopped_as_a_whole() {
    assert_cmd_snapshot!(why("time", "cli/tests/why/whole-process.toml"));
}

#[test]
fn who_runs_elevated_or_as_somebody_else_is_told_so() {
    assert_cmd_snapshot!(why("elevated", "cli/tests/why/users.toml"));
    assert_cmd_snapshot!(why("stranger", "cli/tests/why/users.toml"));
    assert_cmd_snapshot!(why("user", "cli/tests/why/users.toml"));
}

#[test]
fn who_could_not_be_stopped_is_told_what_is_in_the_way() {
    assert_cmd_snapshot!(why("elsewhere", "cli/tests/why/the-rest-is-stopped.toml"));
}

#[test]
fn who_is_listed_for_its_console_alone_is_told_so() {
    assert_cmd_snapshot!(why("shell", "fixtures/scenarios/consoles/all-on-a-console-may-be-listed.toml"));
    assert_cmd_snapshot!(why("server", "fixtures/scenarios/consoles/all-on-a-console-may-be-listed.toml"));
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
        if path.is_dir() && !path.ends_with("broken") && !path.ends_with("worlds") {
            found.extend(scenarios(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).expect("text");
            found.push((path, Scenario::parse(&text).expect("a fixture is sound")));
        }
    }
    found
}

/// Whatever a scenario does, each of its programs, services and hosts has an account; it leaves out no call,
/// and no decision and no fate without the rule that it goes back to.
#[test]
fn every_account_goes_through_every_call_and_cites_every_fate() {
    let (mut fates, mut of_services) = (0, 0);
    for (path, scenario) in
        ["fixtures", "cli/tests/why"].iter().flat_map(|below| scenarios(&root().join(below)))
    {
        let run = scenario.run().expect("it runs");
        let calls = run.transcript.lines.iter().filter(|line| {
            use Call::{GetList, Restart, Shutdown};
            matches!(&line.event, Event::Called(GetList { .. } | Shutdown { .. } | Restart { .. }))
        });
        let calls = u32::try_from(calls.count()).expect("a few");
        let cast = run.machine.world.cast();
        let programs = cast.programs().map(|(_, program)| program.name.clone());
        for name in programs.chain(cast.services().map(|(_, service)| service.name().to_uppercase())) {
            let account = Account::new(&name, &run).expect(&name);
            // An end that brings back what was stopped is told of too (OQ-24).
            let sections = account.sections.iter().filter(|section| section.call != "RmEndSession");
            let told: u32 = sections.map(|section| section.times).sum();
            assert_eq!(told, calls, "{name} in {}", path.display());
            let statements = account.sections.iter().flat_map(|section| &section.statements);
            let cited: BTreeSet<_> = statements.flat_map(|one| &one.because).map(|ground| ground.0).collect();
            for (id, because) in run.transcript.lines.iter().flat_map(|line| sealed(&line.event)) {
                let is_told = match &id {
                    AppId::Process(process) => run.transcript.names.base_of(*process) == account.application,
                    AppId::Service(name) => account.services.contains(&name.to_string()),
                };
                if is_told {
                    assert!(cited.contains(&because), "{because} of {name} in {}", path.display());
                    fates += 1;
                    of_services += usize::from(id.process().is_none());
                }
            }
        }
    }
    assert!(fates > 300 && of_services > 50, "{fates} decisions and fates, {of_services} of services");
}

/// What an effect decides of whom, and what makes it so.
fn sealed(event: &Event) -> Vec<(AppId, Citation)> {
    match event {
        Event::Did(Effect::Decide(all), _) => {
            all.iter().map(|one| (one.application.id(), one.because)).collect()
        }
        Event::Did(Effect::Settle(all), _) => all.iter().map(|one| (one.id.clone(), one.because)).collect(),
        _ => Vec::new(),
    }
}
