//! Every state of one small world, breadth first: proof that states are plain values, merge, and
//! stay few. Two installers and a cancelling thread; one application with a window, one in a
//! console, each answering whatever it can.

#![expect(clippy::indexing_slicing, reason = "both lists have one place for each thread")]

use std::collections::{HashSet, VecDeque};

use rm_core::{
    Array, Call, Caller, Identity, Installer, Name, Out, Rules, SessionHandle, ShutdownFlags, Thread,
};
use rm_sim::choice::{NoChoice, Odometer};
use rm_sim::world::{Answer, Behavior, Cast, Reaction, World};
use rm_sim::{Machine, Moved};

mod cast;

/// What a moment consists of: the machine, and how many of its calls each thread has begun.
type State = (Machine, Vec<usize>);
type Script = (Caller, Vec<Call>);

#[test]
fn every_state_of_a_small_world_is_visited_once() {
    let rules = Rules::default();
    let (machine, scripts) = stage(&rules);
    let first = (machine, vec![0; scripts.len()]);
    let (mut seen, mut left) = (HashSet::from([first.clone()]), VecDeque::from([first]));
    let (mut steps, mut ends) = (0, 0);
    while let Some(state) = left.pop_front() {
        let next = successors(&state, &scripts, &rules);
        ends += usize::from(next.is_empty());
        for state in next {
            steps += 1;
            if seen.insert(state.clone()) {
                left.push_back(state);
            }
        }
    }
    // A change of these numbers is a change of what the model can do, or of what it remembers.
    assert_eq!((seen.len(), steps, ends), (32_211, 80_350, 8));
}

/// Every state one move away: a thread begins its next call or moves by one effect, with each choice
/// that arises; when nobody can move, time passes.
fn successors((machine, begun): &State, scripts: &[Script], rules: &Rules) -> Vec<State> {
    let mut next = Vec::new();
    let mut somebody_moves = false;
    for (at, (who, calls)) in scripts.iter().enumerate() {
        let in_flight = machine.next(*who, rules).is_some();
        if machine.is_ready(*who, rules) {
            somebody_moves = true;
            next.extend(steps(machine, *who, rules).into_iter().map(|machine| (machine, begun.clone())));
        } else if let Some(call) = calls.get(begun[at]).filter(|_| !in_flight) {
            let (mut machine, mut begun) = (machine.clone(), begun.clone());
            machine.begin(*who, call.clone());
            begun[at] += 1;
            next.push((machine, begun));
        }
    }
    if !somebody_moves {
        let mut machine = machine.clone();
        next.extend(machine.pass_time().map(|_| (machine, begun.clone())));
    }
    next
}

/// Every machine that one move of a thread can lead to. A move that only begins to wait counts.
fn steps(machine: &Machine, who: Caller, rules: &Rules) -> Vec<Machine> {
    let (mut odometer, mut next) = (Odometer::default(), Vec::new());
    while odometer.next_round() {
        let mut machine = machine.clone();
        let moved = machine.step(who, rules, &mut odometer);
        assert!(!matches!(moved, None | Some(Moved::Open(_) | Moved::Waits)), "{moved:?}");
        next.push(machine);
    }
    next
}

/// The setup has a session with both files registered and now shuts down, restarts and ends it;
/// another thread of it may cancel at any moment; a helper joins, registers and leaves.
fn stage(rules: &Rules) -> (Machine, Vec<Script>) {
    let any = Behavior {
        query: Answer::Choose.into(),
        end_session: Reaction::Choose.into(),
        close: Reaction::Choose.into(),
        control: Reaction::Choose.into(),
        ..Behavior::default()
    };
    let mut cast = Cast::default();
    let programs = cast::programs(&mut cast, &any);
    let mut machine = Machine::new(World::new(cast));
    let [editor, indexer, setup, helper] = programs.map(|program| machine.world.spawn(program, None));
    let _ = (editor, indexer);
    for process in [setup, helper] {
        machine.add(Installer::new(Identity::new(process)));
    }
    let who = |process, thread| Caller { process, thread: Thread(thread) };
    let session = SessionHandle(0);
    let files =
        |names: &[&str]| -> Array<Option<Name>> { names.iter().map(|name| Some((*name).into())).collect() };
    let register = |names: &[&str]| {
        let (processes, services) = (Array::default(), Array::default());
        Call::Register { session, files: files(names), processes, services }
    };
    let start = Call::Start { handle: Out::Given, flags: 0, key: Out::Given };
    let mut key = None;
    for call in [start, register(&cast::FILES)] {
        machine.begin(who(setup, 0), call);
        loop {
            if let Some(Moved::Replied(_, reply)) = machine.step(who(setup, 0), rules, &mut NoChoice) {
                if let rm_core::Output::Started(_, handed, _) = reply.output {
                    key = Some(handed.text());
                }
                break;
            }
        }
    }
    let (flags, callback) = (ShutdownFlags::default(), true);
    let scripts = vec![
        (
            who(setup, 0),
            vec![
                Call::Shutdown { session, flags, callback },
                Call::Restart { session, flags: 0, callback },
                Call::End { session },
            ],
        ),
        (who(setup, 1), vec![Call::Cancel { session }]),
        (
            who(helper, 0),
            vec![
                Call::Join { handle: Out::Given, key },
                register(&[r"C:\App\more.dll"]),
                Call::End { session },
            ],
        ),
    ];
    (machine, scripts)
}
