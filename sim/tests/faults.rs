//! What the table says, and how places are counted.

use std::collections::BTreeSet;
use std::sync::Arc;

use rm_core::store::{Data, ValueName};
use rm_core::{
    Affected, AppType, Array, Call, Caller, Description, Effect, Identity, Installer, Launch, Look, Millis,
    Out, Rules, Scope, SessionHandle, Slot, Thread, UniqueProcess,
};
use rm_sim::choice::NoChoice;
use rm_sim::fault::{Failure, FaultPlan, MODEL, Place, Planned, Strike, Struck, Within};
use rm_sim::world::{Cast, Program, ProgramId};
use rm_sim::{Machine, Moved, World};

const PROCESS: UniqueProcess = UniqueProcess { id: 100, start_time: 1 };
const WHO: Caller = Caller { process: PROCESS, thread: Thread(0) };
const SLOT: Slot = Slot { scope: Scope::TsSession, number: 0 };
const SESSION: SessionHandle = SessionHandle(0);
const FILE: &str = r"C:\App\core.dll";

#[test]
fn every_effect_of_the_table_exists() {
    for (effect, failures) in MODEL {
        assert!(Effect::NAMES.contains(effect), "{effect}");
        assert!(!failures.is_empty(), "{effect}");
    }
}

#[test]
fn what_an_effect_may_fail_with_it_accepts() {
    let effects = [
        Effect::Lock(Scope::User, Millis(0)),
        Effect::ReadSession(SLOT),
        Effect::ReadRoot(Scope::TsSession),
        Effect::WriteValue(SLOT, ValueName::Sequence, Data::Number(0)),
        Effect::DeleteValue(SLOT, ValueName::Sequence),
        Effect::DeleteSession(SLOT),
        Effect::NewKey,
        Effect::Users([].into(), Look::default()),
        Effect::Describe([].into()),
        Effect::Services(Arc::default()),
        Effect::Terminate(PROCESS),
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
    let application = Affected::new(PROCESS, about.into());
    Effect::Launch(Launch { application, command_line: "".into(), new_console: false, user: "user".into() })
}

/// A machine with an installer that has begun a session, and nothing to go wrong yet.
fn fresh() -> Machine {
    let mut cast = Cast::default();
    let program = |name| Program::new(name, Description::new(name, "a.exe", AppType::MainWindow));
    let (setup, _) = (cast.add(program("setup")), cast.add(program("editor")));
    let mut machine = Machine::new(World::new(cast));
    assert_eq!(machine.world.spawn(setup, Some(PROCESS.id)), PROCESS);
    machine.add(Installer::new(Identity::new(PROCESS)));
    struck(&mut machine, Call::Start { handle: Out::Given, flags: 0, key: Out::Given });
    machine
}

fn with(at: Place, strike: Strike) -> Machine {
    let mut machine = fresh();
    machine.faults.add(Planned { at, strike });
    machine
}

/// The editor starts: it changes nothing of what a call does next.
const ANYTHING: Strike = Strike::Spawn(ProgramId(1));

fn anywhere(nth: u32) -> Place {
    Place { by: WHO, effect: None, nth, within: None }
}

/// The effects of one call; those that are struck with a mark.
fn struck(machine: &mut Machine, call: Call) -> Vec<String> {
    machine.begin(WHO, call);
    let (mut met, rules) = (Vec::new(), Rules::default());
    let mut mark = "";
    for _ in 0..100 {
        let Some(moved) = machine.step(WHO, &rules, &mut NoChoice) else { break };
        match moved {
            Moved::Struck(Struck::Before(..)) => mark = "! ",
            Moved::Struck(Struck::Failed(effect, _)) => met.push(format!("! {}", effect.name())),
            Moved::Did(effect, _) => met.push(format!("{}{}", std::mem::take(&mut mark), effect.name())),
            Moved::Replied(..) => break,
            other => panic!("the call goes on: {other:?}"),
        }
    }
    met
}

fn list() -> Call {
    Call::GetList {
        session: SESSION,
        needed: Out::Given,
        capacity: Some(0),
        entries: Out::Given,
        reasons: Out::Given,
    }
}

fn register() -> Call {
    let files = [Some(FILE.into())].into_iter().collect();
    Call::Register { session: SESSION, files, processes: Array::default(), services: Array::default() }
}

#[test]
fn a_fault_strikes_once_and_is_gone() {
    let mut machine = with(anywhere(2), ANYTHING);
    assert_eq!(struck(&mut machine, list()), ["Lock", "! ReadSession", "Unlock", "Describe"]);
    assert_eq!(machine.faults, FaultPlan::default());
}

#[test]
fn what_fails_counts_only_what_may_fail_so() {
    let mut machine = with(anywhere(2), Strike::Fails(Failure::WriteFault));
    let met = struck(&mut machine, register());
    assert_eq!(met.get(..3), Some(&["Lock", "ReadSession", "! WriteValue"].map(String::from)[..]), "{met:?}");
}

#[test]
fn each_call_of_a_function_counts_from_anew() {
    let within = Some(Within { function: "RmGetList", call: None });
    let mut machine = with(Place { within, ..anywhere(2) }, ANYTHING);
    assert!(!struck(&mut machine, register()).iter().any(|met| met.starts_with('!')));
    // A list that is given up after one effect.
    machine.begin(WHO, list());
    let moved = machine.step(WHO, &Rules::default(), &mut NoChoice);
    assert!(matches!(moved, Some(Moved::Did(Effect::Lock(..), _))), "{moved:?}");
    machine.give_up(WHO);
    assert_eq!(struck(&mut machine, list()), ["Lock", "! ReadSession", "Unlock", "Users", "Describe"]);
}

#[test]
fn a_certain_call_can_be_meant() {
    let within = Some(Within { function: "RmGetList", call: Some(2) });
    let mut machine = with(Place { within, ..anywhere(1) }, ANYTHING);
    assert_eq!(struck(&mut machine, list()), ["Lock", "ReadSession", "Unlock", "Describe"]);
    assert_eq!(struck(&mut machine, list()), ["! Lock", "ReadSession", "Unlock", "Describe"]);
}

#[test]
fn an_impossible_fault_is_passed_over_and_stays() {
    let mut machine = with(anywhere(1), Strike::Cancel);
    let start = Call::Start { handle: Out::Given, flags: 0, key: Out::Given };
    // The operation of a start cannot be cancelled, as it has no session yet; that of a list comes too late.
    for call in [start, list()] {
        assert!(!struck(&mut machine, call).iter().any(|met| met.starts_with('!')));
        assert_eq!(machine.faults.left().count(), 1);
    }
    let mut machine = with(anywhere(1), Strike::Cancel);
    assert_eq!(struck(&mut machine, list()), ["! Lock", "Unlock"]);
    assert!(machine.faults.is_empty());
}
