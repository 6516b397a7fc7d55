//! Steps that are taken in one order, because no other order leads anywhere else.
//!
//! When a thread is about to take a step that commutes with whatever others can do before it, and that no
//! property of states can notice, it goes alone: the others go on from where that leads. There are two sorts.
//!
//! * *Private* steps touch nothing but the call itself and the library of its process: effects that
//!   [are so](rm_core::Effect::is_private), finding a handle, counting a time limit (no time passes while somebody
//!   can go on), telling how far it is, and a reply, unless that opens a session others wait for. Another thread
//!   of the same process could notice them, or cancel the call; where there is one, none of them goes alone.
//! * Work on the *registry* under its mutex: nobody else reads or writes there until it is given back. Another
//!   process notices if the writer dies half way; where one can die, none of them goes alone.
//!
//! Neither is taken where something may still go wrong before an effect, where answers are open, and where an
//! answer lets a cancel reach into another process (OQ-80) or the registry be used without the mutex (OQ-19,
//! OQ-25, OQ-37, OQ-111).

use rm_core::rules::{Latitude, Policy};
use rm_core::{Caller, Effect, Next, Rules};
use rm_sim::Move;
use rm_sim::scenario::SmallWorld;

use super::{Machines, Options, Position};

/// Which steps are taken in one order in a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reduction {
    /// For each thread whether its private steps are.
    private: Vec<bool>,
    /// Whether work on the registry is.
    registry: bool,
}

impl Reduction {
    pub(super) fn new(options: Options, world: &SmallWorld, first: &Position, policy: &Policy) -> Self {
        let usual = |ids: &[&str]| {
            let usual = Policy::default();
            ids.iter().filter_map(|id| Latitude::find(id)).all(|id| policy.answers(id).eq(usual.answers(id)))
        };
        if !options.reduce || first.policy.is_some() || !usual(&["OQ-80"]) {
            return Self::default();
        }
        let alone = |who: &Caller| {
            world.threads.iter().filter(|(other, _)| other.process == who.process).count() == 1
        };
        let can_die = world.events.iter().any(|event| matches!(event, Move::End(_)))
            || first.machine.installers().keys().any(|process| holds_something(first, *process));
        let registry = usual(&["OQ-13", "OQ-19.during", "OQ-25.during", "OQ-37", "OQ-111"]) && !can_die;
        Self { private: world.threads.iter().map(|(who, _)| alone(who)).collect(), registry }
    }
}

/// Whether a shutdown could stop a process because of what it holds.
fn holds_something(first: &Position, process: rm_core::UniqueProcess) -> bool {
    let world = &first.machine.world;
    let program = world.process(process).and_then(|running| world.cast().program(running.program));
    program.is_none_or(|program| !program.uses.is_empty())
}

impl Machines {
    /// The thread that goes alone, if one does.
    pub(super) fn goes_alone(&self, position: &Position, rules: &Rules) -> Option<usize> {
        if self.reduction.private.is_empty() || position.struck.len() < usize::from(self.faults) {
            return None;
        }
        let mut threads = self.world.threads.iter().enumerate();
        threads.find(|(thread, (who, _))| self.is_unnoticed(position, *thread, *who, rules)).map(|(at, _)| at)
    }

    /// Whether nobody else can notice the next step of a thread.
    fn is_unnoticed(&self, position: &Position, thread: usize, who: Caller, rules: &Rules) -> bool {
        let machine = &position.machine;
        let in_flight =
            machine.installer(who.process).is_some_and(|one| one.tasks().contains_key(&who.thread));
        if !in_flight || machine.world.blocked_in(who).is_some() {
            return false;
        }
        let is_private = self.reduction.private.get(thread) == Some(&true);
        match machine.next(who, rules) {
            Some(Next::Do(effect)) => {
                (is_private && is_own(&effect)) || (self.reduction.registry && effect.is_of_registry())
            }
            Some(Next::Done(_)) => is_private && !self.opens(position, thread),
            Some(Next::Wait) | None => false,
        }
    }

    /// Whether the call that a thread is in opens a session.
    fn opens(&self, position: &Position, thread: usize) -> bool {
        let begun = position.at.get(thread).and_then(|at| usize::from(*at).checked_sub(1));
        let calls = self.world.threads.get(thread).map(|(_, calls)| calls);
        calls.zip(begun).and_then(|(calls, begun)| calls.get(begun)?.opens()).is_some()
    }
}

/// Whether an effect touches nothing but the call, its limits and the library of its process.
const fn is_own(effect: &Effect) -> bool {
    effect.is_private()
        || matches!(effect, Effect::NewHandle(_) | Effect::Arm(_) | Effect::ArmFor(..) | Effect::Report(_))
}
