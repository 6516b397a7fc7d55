//! One moment of a small world.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rm_core::rules::Policy;
use rm_core::{Caller, Part, Rules};
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
    pub(super) progress: Part<Progress>,
    /// One of the shortest stories that lead here, if stories are told.
    pub(super) story: Option<Arc<Transcript>>,
}

/// What has been done, and what is not asked any more.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Progress {
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
        let progress = Progress { at, events: 0, opened, struck, policy: policy.map(Arc::new) };
        Self { machine, progress: progress.into(), story }
    }

    /// Notes that the call a thread has begun last has opened a session.
    pub(super) fn opens(&mut self, thread: usize, world: &SmallWorld, opened: Opened) {
        let last = self.progress.at.get(thread).and_then(|at| usize::from(*at).checked_sub(1));
        let scripted = world.threads.get(thread).zip(last).and_then(|((_, calls), last)| calls.get(last));
        let slot = scripted.and_then(Scripted::opens).and_then(|slot| self.progress.opened.get_mut(slot));
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
            let next =
                calls.get(usize::from(*at)).is_some_and(|next| next.is_possible(&self.progress.opened));
            next && self.machine.installer(who.process).is_some()
        };
        !threads.iter().zip(&self.progress.at).any(begins)
    }

    /// Whether no program has come or gone by itself.
    pub(super) fn only_calls_happened(&self) -> bool {
        self.progress.events == 0
            && !self.progress.struck.iter().any(|blow| blow.what.starts_with("application"))
    }

    /// Holds it against an invariant of moments.
    pub(super) fn holds(&self, rules: &Rules, installers: usize, holds: fn(&Moment<'_>) -> Holds) -> Holds {
        let failures = self.progress.struck.iter().filter(|blow| fault::is_failure(blow.what));
        let failed: Vec<_> = failures.map(|blow| blow.effect).collect();
        holds(&Moment { machine: &self.machine, rules, installers, failed: &failed })
    }
}

impl PartialEq for Position {
    fn eq(&self, other: &Self) -> bool {
        let Self { machine, progress, story: _ } = self;
        *progress == other.progress && *machine == other.machine
    }
}

impl Eq for Position {}

impl Hash for Position {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { machine, progress, story: _ } = self;
        (machine, progress).hash(state);
    }
}

/// As derived, but what is copied into is used again.
impl Clone for Position {
    fn clone(&self) -> Self {
        let Self { machine, progress, story } = self;
        Self { machine: machine.clone(), progress: progress.clone(), story: story.clone() }
    }

    fn clone_from(&mut self, from: &Self) {
        self.machine.clone_from(&from.machine);
        self.progress.clone_from(&from.progress);
        self.story.clone_from(&from.story);
    }
}
