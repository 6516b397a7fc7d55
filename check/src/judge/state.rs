//! One explanation of what was seen so far, and sets of them.

use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashTable;
use rm_core::{AppId, Policy};
use rm_sim::Machine;
use rm_sim::fault::Failure;
use rustc_hash::FxHasher;

use super::script::CallId;

/// A fault that an explanation assumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Assumed {
    pub(super) call: CallId,
    pub(super) effect: &'static str,
    pub(super) failure: Failure,
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
    /// How many faults are assumed.
    pub(super) faults: usize,
}

/// An explanation of what was seen so far.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) now: Situation,
    /// The answers under which it holds.
    pub(super) policy: Policy,
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
    pub(super) fn new(machine: Machine, policy: Policy) -> Self {
        let running = Running::on(&machine);
        let now = Situation {
            machine,
            passed: 0,
            happened: Vec::new(),
            finished: Vec::new(),
            reported: Vec::new(),
            faults: 0,
        };
        Self { now, policy, assumed: Vec::new(), running }
    }
}

/// Explanations: equal ones are one, and those that differ in the answers left to one question join.
#[derive(Default)]
pub(super) struct States {
    /// By situation, with what it hashes to; what is in one group differs in the answers only.
    groups: HashTable<(u64, Vec<Rc<State>>)>,
    count: usize,
}

impl States {
    /// Adds an explanation; gives back what is new by it, if anything is.
    pub(super) fn add(&mut self, mut state: State) -> Option<Rc<State>> {
        let hash = hash(&state);
        let is_it = |(of, group): &(u64, Vec<Rc<State>>)| {
            *of == hash && group.first().is_some_and(|first| first.now == state.now)
        };
        let entry = self.groups.entry(hash, is_it, |(hash, _)| *hash);
        let (_, group) = entry.or_insert_with(|| (hash, Vec::new())).into_mut();
        if group.iter().any(|one| one.policy.covers(&state.policy)) {
            return None;
        }
        while let Some(at) = group.iter().position(|one| one.policy.joined(&state.policy).is_some()) {
            state.policy = state.policy.united(&group.swap_remove(at).policy);
            self.count -= 1;
        }
        let state = Rc::new(state);
        group.push(state.clone());
        self.count += 1;
        Some(state)
    }

    /// How many there are.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// All of them, in no order.
    pub(super) fn into_all(self) -> Vec<State> {
        self.groups.into_iter().flat_map(|(_, group)| group).map(Rc::unwrap_or_clone).collect()
    }
}

fn hash(state: &State) -> u64 {
    let mut hasher = FxHasher::default();
    state.now.hash(&mut hasher);
    hasher.finish()
}
