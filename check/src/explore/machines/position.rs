//! One moment of a small world.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rm_core::rules::Policy;
use rm_core::{Caller, Rules};
use rm_sim::scenario::{Opened, Scripted, SmallWorld};
use rm_sim::{Machine, Transcript};

use super::fault;
use crate::invariants::{Holds, Moment};

/// All that the future of a small world depends on; and one of the stories that lead there, which counts for
/// nothing when positions are compared.
#[derive(Debug)]
pub struct Position {
    /// The machine.
    pub machine: Machine,
    /// How many of its calls each thread has begun.
    pub(super) at: Vec<u8>,
    /// What has happened on the machine, as bits.
    pub(super) events: u64,
    /// The sessions that have been opened.
    pub(super) opened: Vec<Option<Opened>>,
    /// What went wrong.
    pub(super) struck: Vec<Blow>,
    /// The answers still open, if any are.
    pub(super) policy: Option<Arc<Policy>>,
    /// One of the shortest stories that lead here, if stories are told.
    pub(super) story: Option<Arc<Transcript>>,
}

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Blow {
    /// Whose effect it was.
    pub(super) who: Caller,
    /// The effect.
    pub(super) effect: &'static str,
    /// What went wrong.
    pub(super) what: &'static str,
    /// Whether the call has come to its end since.
    pub(super) replied: bool,
}

impl Position {
    pub(super) fn new(
        machine: Machine,
        world: &SmallWorld,
        opened: Vec<Option<Opened>>,
        policy: Option<Policy>,
        story: Option<Arc<Transcript>>,
    ) -> Self {
        let (at, struck) = (vec![0; world.threads.len()], Vec::new());
        Self { machine, at, events: 0, opened, struck, policy: policy.map(Arc::new), story }
    }

    /// Notes that the call a thread has begun last has opened a session.
    pub(super) fn opens(&mut self, thread: usize, world: &SmallWorld, opened: Opened) {
        let last = self.at.get(thread).and_then(|at| usize::from(*at).checked_sub(1));
        let scripted = world.threads.get(thread).zip(last).and_then(|((_, calls), last)| calls.get(last));
        let slot = scripted.and_then(Scripted::opens).and_then(|slot| self.opened.get_mut(slot));
        if let Some(slot) = slot {
            *slot = Some(opened);
        }
    }

    /// Whether no call is in flight, and none will be.
    pub(super) fn is_at_rest(&self, threads: &[(Caller, Vec<Scripted>)]) -> bool {
        if self.machine.in_flight().next().is_some() {
            return false;
        }
        let begins = |((who, calls), at): (&(Caller, Vec<Scripted>), &u8)| {
            let next = calls.get(usize::from(*at)).is_some_and(|next| next.is_possible(&self.opened));
            next && self.machine.installer(who.process).is_some()
        };
        !threads.iter().zip(&self.at).any(begins)
    }

    /// Whether no program has come or gone by itself.
    pub(super) fn only_calls_happened(&self) -> bool {
        self.events == 0 && !self.struck.iter().any(|blow| blow.what.starts_with("application"))
    }

    /// Holds it against an invariant of moments.
    pub(super) fn holds(&self, rules: &Rules, installers: usize, holds: fn(&Moment<'_>) -> Holds) -> Holds {
        let failures = self.struck.iter().filter(|blow| fault::is_failure(blow.what));
        let failed: Vec<_> = failures.map(|blow| blow.effect).collect();
        holds(&Moment { machine: &self.machine, rules, installers, failed: &failed })
    }
}

impl PartialEq for Position {
    fn eq(&self, other: &Self) -> bool {
        let Self { machine, at, events, opened, struck, policy, story: _ } = self;
        *at == other.at
            && *events == other.events
            && *struck == other.struck
            && *opened == other.opened
            && *policy == other.policy
            && *machine == other.machine
    }
}

impl Eq for Position {}

impl Hash for Position {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { machine, at, events, opened, struck, policy, story: _ } = self;
        (machine, at, events, opened, struck, policy).hash(state);
    }
}

/// As derived, but what is copied into is used again.
impl Clone for Position {
    fn clone(&self) -> Self {
        let Self { machine, at, events, opened, struck, policy, story } = self;
        Self {
            machine: machine.clone(),
            at: at.clone(),
            events: *events,
            opened: opened.clone(),
            struck: struck.clone(),
            policy: policy.clone(),
            story: story.clone(),
        }
    }

    fn clone_from(&mut self, from: &Self) {
        self.machine.clone_from(&from.machine);
        self.at.clone_from(&from.at);
        self.events = from.events;
        self.opened.clone_from(&from.opened);
        self.struck.clone_from(&from.struck);
        self.policy.clone_from(&from.policy);
        self.story.clone_from(&from.story);
    }
}
