//! The strategies that others use too: what they draw is valid, replays, and shrinks to what matters.

use std::fmt::Debug;

use harness::check::config;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use rm_core::{FilterAction, Outcome, ShutdownFlags, Target};
use rm_sim::Scenario;
use rm_sim::lab::{Error, Lab};
use rm_sim::strategies::{
    DrawnInstaller, DrawnProgram, DrawnService, Happening, Meanwhile, Setting, Settings, fault_plan, program,
    schedule, service, settings,
};
use rm_sim::transcript::Event;
use rm_sim::world::Answer;

use super::fixtures::as_scenario;

const FILES: [&str; 2] = [r"C:\App\app.exe", r"C:\App\lib.dll"];

fn anything() -> Settings {
    settings(&FILES).installers(&["updater", "Agent"]).programs(1..=12).any_policy().meanwhile()
}

fn runner(seed: u64, cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 100_000,
        ..config()
    })
}

/// What proptest finds to be the smallest that does not hold.
fn smallest<S: Strategy>(seed: u64, cases: &S, holds: impl Fn(&S::Value) -> bool) -> S::Value {
    let found = runner(seed, 4096).run(cases, |case| {
        prop_assert!(holds(&case));
        Ok(())
    });
    let smallest = found.err().and_then(|error| match error {
        TestError::Fail(_, case) => Some(case),
        TestError::Abort(_) => None,
    });
    smallest.expect("a case that does not hold")
}

/// What most updaters do, by each installer.
fn update(setting: &Setting) -> Lab {
    let lab = Lab::with(setting, "Everybody updates.");
    for installer in &setting.installers {
        // The first call that cannot go on is the last of its thread.
        let _ = updates(&lab, &installer.name);
    }
    lab
}

fn updates(lab: &Lab, installer: &str) -> Result<(), Error> {
    let refused = |call: Result<(), Error>| match call {
        Err(error) if error.code().is_none() => Err(error),
        _ => Ok(()),
    };
    let session = lab.installer(installer)?.start_session()?;
    let target = Target { module: Some(DrawnProgram::image(0).as_str().into()), ..Target::default() };
    refused(session.register_files(&FILES))?;
    refused(session.add_filter(target, FilterAction::NO_RESTART))?;
    refused(session.shutdown_with(ShutdownFlags(0), |_| {}))?;
    refused(session.restart_with(|_| {}))?;
    refused(session.end())
}

#[test]
fn whatever_is_drawn_replays_as_a_scenario() {
    let found = runner(1, 512).run(&anything(), |setting| {
        let lab = update(&setting);
        as_scenario(&lab.scenario("it replays"), &lab.transcript()).map_err(TestCaseError::fail)
    });
    assert!(found.is_ok(), "{found:?}");
}

#[test]
fn whatever_a_setting_shrinks_to_is_valid() {
    let found = runner(2, 24).run(&anything(), |setting| {
        for smaller in setting.smaller() {
            prop_assert!(smaller != setting, "it is the same: {setting:?}");
            for (at, service) in smaller.services.iter().enumerate() {
                prop_assert!(service.needs.iter().all(|needed| usize::from(*needed) < at), "{smaller:?}");
            }
            let scenario = smaller.scenario(&[], "it is valid");
            let staged = Scenario::parse(&scenario).and_then(|scenario| scenario.stage());
            prop_assert!(staged.is_ok(), "{:?} of {scenario}", staged.err());
        }
        Ok(())
    });
    assert!(found.is_ok(), "{found:?}");
}

#[test]
fn a_service_that_goes_takes_only_itself_out_of_what_others_need() {
    let needs = |needs: &[u8]| DrawnService { needs: needs.into(), ..DrawnService::default() };
    let services = vec![needs(&[]), needs(&[0]), needs(&[0, 1])];
    let setting = Setting { services, ..Setting::default() };
    let fewer: Vec<_> = setting.smaller().into_iter().filter(|smaller| smaller.services.len() == 2).collect();
    let first_gone = [needs(&[]), needs(&[0])];
    let second_gone = [needs(&[]), needs(&[0])];
    let third_gone = [needs(&[]), needs(&[0])];
    let left: Vec<_> = fewer.iter().map(|smaller| smaller.services.as_slice()).collect();
    assert_eq!(left, [&third_gone[..], &second_gone, &first_gone]);
}

/// Whether any program refused to end.
fn refused(lab: &Lab) -> bool {
    lab.transcript().lines.iter().any(|line| matches!(line.event, Event::Did(_, Outcome::Refused)))
}

#[test]
fn a_refusal_shrinks_to_one_program_that_says_no() {
    let cases = settings(&FILES[..1]).installers(&["updater", "agent"]).services(0).any_policy().meanwhile();
    for seed in 0..4 {
        let setting = smallest(seed, &cases, |setting| !refused(&update(setting)));
        let told = format!("{setting:?}");
        assert_eq!(told, "app0: MainWindow uses [`C:\\App\\app.exe`], asked No(Millis(0))\n", "seed {seed}");
    }
}

#[test]
fn what_always_fails_shrinks_to_as_little_as_was_asked_for() {
    let cases =
        settings(&FILES).installers(&["updater"]).programs(2..=5).services(1..=3).any_policy().meanwhile();
    let least = Setting {
        programs: vec![DrawnProgram::default(); 2],
        services: vec![DrawnService::default()],
        installers: vec![DrawnInstaller::called("updater")],
        ..Setting::default()
    };
    assert_eq!(smallest(3, &cases, |_| false), least);
}

/// The smallest of a strategy's own.
fn shrinks_to<T: Debug + PartialEq>(cases: impl Strategy<Value = T>, holds: impl Fn(&T) -> bool, to: T) {
    assert_eq!(smallest(4, &cases, holds), to);
}

#[test]
fn what_settings_are_made_of_shrinks_as_they_do() {
    shrinks_to(program(&FILES), |_| false, DrawnProgram::default());
    let deaf = DrawnService { accepts_stop: false, ..DrawnService::default() };
    shrinks_to(service(&FILES), |service| service.accepts_stop, deaf);
    shrinks_to(fault_plan(), |_| false, Vec::new());
    let is_late = |it: &Meanwhile| it.after >= 20 && matches!(it.what, Happening::Exit(_));
    let schedule = smallest(4, &schedule(), |schedule| !schedule.left.iter().any(is_late));
    assert!(matches!(schedule.left[..], [Meanwhile { after: 20, what: Happening::Exit(_) }]), "{schedule:?}");
    let late = |drawn: &DrawnProgram| match drawn.behavior.query.after(0) {
        Answer::Yes(after) => after.0 < 5_000,
        _ => true,
    };
    let drawn = smallest(5, &program(&FILES), late);
    let answer = drawn.behavior.query.after(0);
    assert!(matches!(answer, Answer::Yes(after) if after.0 % 1_000 == 0), "whole seconds: {drawn:?}");
}

#[test]
fn what_is_beside_a_setting_shrinks_too() {
    // That the last candidates of the setting are in vain must not end the search.
    let is_registered = |setting: &Setting| setting.programs.iter().any(|drawn| drawn.registered.is_some());
    let holds = |(setting, number): &(Setting, u32)| *number < 700 || !is_registered(setting);
    let (setting, number) = smallest(6, &(anything(), 0..1_000u32), holds);
    assert_eq!((setting.programs.len(), number), (1, 700), "{setting:?}");
}
