//! One explanation of what was seen so far, and sets of them.

use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rm_core::rules::Citation;
use rm_core::{AppId, SessionHandle};
use rm_sim::Machine;
use rm_sim::fault::Failure;
use rustc_hash::FxHasher;

use super::answers::{Answers, Diagram};
use super::script::CallId;

/// A fault that an explanation assumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Assumed {
    pub(super) call: CallId,
    pub(super) effect: &'static str,
    pub(super) failure: Failure,
}

/// A handle that a call should not have given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Objection {
    pub(super) call: CallId,
    /// One that it may have given instead.
    pub(super) instead: SessionHandle,
    pub(super) because: Citation,
}

/// Everything in which two explanations can differ from now on, but for the answers that are left.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Situation {
    pub(super) machine: Machine,
    /// How much of the time to the next line has passed, in milliseconds.
    pub(super) passed: u64,
    /// The changes that have happened and whose line is still to come.
    pub(super) happened: Vec<usize>,
    /// The calls that have ended and whose line is still to come.
    pub(super) finished: Vec<CallId>,
    /// The calls that had progress to report.
    pub(super) reported: Vec<CallId>,
    /// What speaks against handles that calls have given.
    pub(super) objections: Vec<Objection>,
    /// How many faults are assumed.
    pub(super) faults: usize,
}

/// An explanation of what was seen so far.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) now: Situation,
    /// The answers under which it holds.
    pub(super) answers: Answers,
    /// The faults it assumes.
    pub(super) assumed: Vec<Assumed>,
    /// Who runs.
    pub(super) running: Running,
}

/// The processes and services that run, and numbers that differ when they may be others.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) census: (usize, usize, u64),
    pub(super) all: Arc<Vec<AppId>>,
}

impl Running {
    pub(super) fn on(machine: &Machine) -> Self {
        let world = &machine.world;
        let processes = world.processes().map(|process| AppId::Process(process.id));
        Self { census: world.census(), all: Arc::new(processes.chain(world.services()).collect()) }
    }
}

impl State {
    pub(super) fn new(machine: Machine) -> Self {
        let running = Running::on(&machine);
        let now = Situation {
            machine,
            passed: 0,
            happened: Vec::new(),
            finished: Vec::new(),
            reported: Vec::new(),
            objections: Vec::new(),
            faults: 0,
        };
        Self { now, answers: Answers::ALL, assumed: Vec::new(), running }
    }
}

/// Explanations: those of one situation are one, under the answers of each.
#[derive(Default)]
pub(super) struct States {
    /// With what their situations hash to.
    all: HashTable<(u64, Rc<State>)>,
}

impl States {
    /// Adds an explanation; gives it back with the answers under which its situation was met so far, if any
    /// of its own is new.
    pub(super) fn add(&mut self, mut state: State, diagram: &mut Diagram) -> Option<Rc<State>> {
        let hash = hash(&state);
        let is_it = |(of, other): &(u64, Rc<State>)| *of == hash && other.now == state.now;
        match self.all.entry(hash, is_it, |(hash, _)| *hash) {
            Entry::Occupied(mut known) => {
                let before = known.get().1.answers;
                state.answers = diagram.united(before, state.answers);
                if state.answers == before {
                    return None;
                }
                let state = Rc::new(state);
                known.get_mut().1 = state.clone();
                Some(state)
            }
            Entry::Vacant(place) => {
                let state = Rc::new(state);
                place.insert((hash, state.clone()));
                Some(state)
            }
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// All of them, in no order.
    pub(super) fn into_all(self) -> Vec<State> {
        self.all.into_iter().map(|(_, state)| Rc::unwrap_or_clone(state)).collect()
    }
}

fn hash(state: &State) -> u64 {
    let mut hasher = FxHasher::default();
    state.now.hash(&mut hasher);
    hasher.finish()
}
