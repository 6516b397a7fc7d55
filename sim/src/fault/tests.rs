//! What the table says, and how places are counted.

use std::collections::BTreeSet;
use std::sync::Arc;

use rm_core::store::{Data, ValueName};
use rm_core::{Affected, AppType, Description, Effect, Launch, Millis, Scope, Slot, Thread, UniqueProcess};

use super::*;

const WHO: Caller = Caller { process: UniqueProcess { id: 100, start_time: 1 }, thread: Thread(0) };
const LOCK: Effect = Effect::Lock(Scope::User, Millis(0));
const SLOT: Slot = Slot { scope: Scope::TsSession, number: 0 };
const READ: Effect = Effect::ReadSession(SLOT);

fn plan(at: Place, strike: Strike) -> FaultPlan {
    let mut plan = FaultPlan::default();
    plan.add(Planned { at, strike });
    plan
}

fn anywhere(nth: u32) -> Place {
    Place { by: WHO, effect: None, nth, within: None }
}

/// Which of these effects of one call are struck.
fn struck(plan: &mut FaultPlan, function: &str, effects: &[Effect]) -> Vec<bool> {
    plan.begin(WHO, function);
    let meets = |effect| {
        let strikes = plan.take(WHO, function, effect, |_| true).is_some();
        plan.count(WHO, function, effect);
        strikes
    };
    effects.iter().map(meets).collect()
}

#[test]
fn every_effect_of_the_table_exists() {
    for (effect, failures) in MODEL {
        assert!(Effect::NAMES.contains(&effect), "{effect}");
        assert!(!failures.is_empty(), "{effect}");
    }
}

#[test]
fn what_an_effect_may_fail_with_it_accepts() {
    let effects = [
        LOCK,
        READ,
        Effect::ReadRoot(Scope::TsSession),
        Effect::WriteValue(SLOT, ValueName::Sequence, Data::Number(0)),
        Effect::DeleteValue(SLOT, ValueName::Sequence),
        Effect::DeleteSession(SLOT),
        Effect::NewKey,
        Effect::Users([].into(), rm_core::Look::default()),
        Effect::Describe([].into()),
        Effect::Services(Arc::default()),
        Effect::Terminate(WHO.process),
        Effect::StopService("indexer".into()),
        launch(),
        Effect::StartService("indexer".into(), Millis(0)),
        Effect::Interrupt(WHO.thread),
    ];
    let named: BTreeSet<_> = effects.iter().map(Effect::name).collect();
    assert_eq!(named, MODEL.iter().map(|(name, _)| *name).collect());
    for effect in effects {
        for failure in Failure::of(effect.name()) {
            assert!(effect.accepts(&failure.outcome()), "{effect:?} {failure:?}");
        }
    }
}

fn launch() -> Effect {
    let about = Description::new("editor", "editor.exe", AppType::MainWindow);
    let application = Affected::new(WHO.process, about.into());
    Effect::Launch(Launch { application, command_line: "".into(), new_console: false, user: "user".into() })
}

#[test]
fn a_fault_strikes_once_and_is_gone() {
    let mut plan = plan(anywhere(2), Strike::Dies);
    assert_eq!(struck(&mut plan, "RmGetList", &[LOCK, READ, READ]), [false, true, false]);
    assert_eq!(plan, FaultPlan::default());
}

#[test]
fn what_fails_counts_only_what_may_fail_so() {
    let mut plan = plan(anywhere(2), Strike::Fails(WriteFault));
    assert_eq!(
        struck(&mut plan, "RmGetList", &[LOCK, READ, Effect::Unlock, READ]),
        [false, false, false, true]
    );
}

#[test]
fn each_call_of_a_function_counts_from_anew() {
    let within = Some(Within { function: "RmGetList", call: None });
    let mut plan = plan(Place { within, ..anywhere(2) }, Strike::Cancel);
    assert_eq!(struck(&mut plan, "RmShutdown", &[LOCK, READ]), [false, false]);
    assert_eq!(struck(&mut plan, "RmGetList", &[LOCK]), [false]);
    assert_eq!(struck(&mut plan, "RmGetList", &[LOCK, READ]), [false, true]);
}

#[test]
fn a_certain_call_can_be_meant() {
    let within = Some(Within { function: "RmGetList", call: Some(2) });
    let mut plan = plan(Place { within, ..anywhere(1) }, Strike::Dies);
    assert_eq!(struck(&mut plan, "RmGetList", &[LOCK]), [false]);
    assert_eq!(struck(&mut plan, "RmGetList", &[LOCK]), [true]);
}

#[test]
fn an_impossible_fault_is_passed_over_and_stays() {
    let mut plan = plan(anywhere(1), Strike::Cancel);
    assert_eq!(plan.take(WHO, "RmStartSession", &LOCK, |_| false), None);
    plan.count(WHO, "RmStartSession", &LOCK);
    assert_eq!(plan.take(WHO, "RmStartSession", &LOCK, |_| true), None);
    assert_eq!(plan.left().count(), 1);
}
