//! The conformance suite is neither deaf nor paranoid: the model passes, and every broken implementation is
//! caught. `rmsim zoo` does the same under more policies, and shows what catches whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use rm_check::boundary::Line;
use rm_check::conform::{
    Exec, Implementation, Model, Outcome, RuleResult, Subject, Suite, Summary, Surroundings, Unable, cases,
};
use rm_check::zoo::{Hunt, Member, each};
use rm_core::rules::{Rule, RuleKind};
use rm_core::{Call, Caller, Millis, Policy, Thread};
use rm_sim::scenario::Need;
use rm_sim::spec::NotShown;

fn passes(policy: Option<Policy>) {
    let suite = Suite { policy, ..Suite::default() };
    for case in suite.cases() {
        let result = suite.play(case, &mut Model::new(policy));
        // Under other answers than those it is about, a case can come to something else.
        let is_skipped = matches!(result.outcome, Outcome::Skipped(_)) && policy.is_some();
        let passed = is_skipped || matches!(result.outcome, Outcome::Passed);
        assert!(passed, "{}: {:#?}", case.name, result.outcome);
    }
}

#[test]
fn every_scenario_is_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/scenarios");
    let areas = fs::read_dir(folder).expect("the scenarios are there");
    let many: usize = areas
        .map(|area| fs::read_dir(area.expect("it can be read").path()).expect("it is a folder").count())
        .sum();
    assert_eq!(cases().len(), many);
}

#[test]
fn the_model_passes_by_the_answers_that_a_case_is_about() {
    passes(None);
}

#[test]
fn the_model_passes_by_the_answers_of_the_documents() {
    passes(Some(Policy::documented()));
}

#[test]
fn every_broken_implementation_is_caught() {
    let members: Vec<_> = Member::all().collect();
    assert!(members.len() >= 40, "{} are kept", members.len());
    let names: BTreeSet<_> = members.iter().map(|member| member.name).collect();
    assert_eq!(names.len(), members.len(), "two have one name");
    let hunt = Hunt::new();
    let caught = each(&members, |member| hunt.catch(member, 1));
    for (member, caught) in members.iter().zip(caught) {
        assert!(!caught.is_empty(), "nothing catches `{}`: {}", member.name, member.story);
    }
}

#[test]
fn every_demand_that_can_be_shown_has_a_case_that_the_model_passes() {
    let excuses = NotShown::parse(rm_check::conform::NOT_SHOWN).expect("the list can be read");
    let suite = Suite::default();
    let results: Vec<_> = suite.cases().map(|case| suite.play(case, &mut Model::new(None))).collect();
    let summary = Summary::of(&results);
    for rule in Rule::all().filter(|rule| rule.row().kind == RuleKind::Demand && rule.row().observable) {
        let is_excused = excuses.excuses.iter().any(|excuse| excuse.rule == rule);
        let passed = matches!(summary.rules.get(&rule), Some(RuleResult::Passed { .. }));
        assert!(passed != is_excused, "{rule}: {:?}", summary.rules.get(&rule));
    }
}

/// The model, as one that has no services.
struct WithoutServices(Model);

impl Implementation for WithoutServices {
    fn begin(&mut self, who: Caller, call: Call, inside: Option<Thread>) {
        self.0.begin(who, call, inside);
    }

    fn next(&mut self, patience: Millis) -> Option<Line> {
        self.0.next(patience)
    }
}

impl Surroundings for WithoutServices {
    fn cannot(&self) -> BTreeMap<Need, Unable> {
        [(Need::Services, "there is no service manager".into())].into()
    }

    fn set_up(&mut self, world: &str) -> Result<(), Unable> {
        self.0.set_up(world)
    }

    fn start(&mut self, name: &str) -> Result<(), Unable> {
        self.0.start(name)
    }

    fn stop(&mut self, name: &str) -> Result<(), Unable> {
        self.0.stop(name)
    }

    fn now(&self) -> u64 {
        self.0.now()
    }
}

#[test]
fn what_cannot_be_done_is_skipped_with_the_reason_and_never_passed() {
    let suite = Suite { named: Some("services/".into()), ..Suite::default() };
    for case in suite.cases().filter(|case| case.needs.contains(&Need::Services)) {
        match suite.play(case, &mut WithoutServices(Model::new(None))).outcome {
            Outcome::Skipped(why) => assert_eq!(why, "services: there is no service manager"),
            other => panic!("{}: {other:#?}", case.name),
        }
    }
}

/// What comes of the first case on a command.
fn outcome(command: &str) -> Outcome {
    let suite = Suite { named: Some("start/handles-count".into()), ..Suite::default() };
    let case = suite.cases().next().expect("the case is there");
    let subject: &mut dyn Subject = &mut Exec::new(command);
    suite.play(case, subject).outcome
}

#[test]
#[cfg(unix)]
fn an_implementation_that_dies_or_talks_nonsense_has_failed() {
    for (command, why) in [
        ("exit 1", "asked to `hello`, it ended"),
        ("echo hello; cat > /dev/null", "asked to `hello`, it said what is no JSON"),
        (r#"read a; echo '{"cannot":{}}'; read a; echo '{}'; read a"#, "asked to `begin`, it ended"),
    ] {
        match outcome(command) {
            Outcome::Died(_, said) => {
                assert!(said.starts_with(why) || said.contains("it was gone"), "{said}")
            }
            other => panic!("{command}: {other:#?}"),
        }
    }
}
