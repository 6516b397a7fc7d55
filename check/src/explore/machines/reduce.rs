//! Steps that are taken in one order, because no other order leads anywhere else.
//!
//! When a thread is about to take a step that commutes with whatever others can do before it, and that no
//! property of states can notice, it goes alone: the others go on from where that leads.
//!
//! * *Private* steps touch nothing but the call itself and the library of its process: effects that
//!   [are so](rm_core::Effect::is_private), finding a handle, counting a time limit (no time passes while somebody
//!   can go on), telling how far it is, and a reply.
//! * Work on the *registry* under its mutex, and giving it back: nobody else reads or writes there before.
//! * The *first* step of a call that has just begun: what others do between is as well done before it begins,
//!   and is taken there.
//!
//! Other threads of the same process could notice each of them; where they have something left to do, none of them
//! goes alone. If all that they have left is to cancel, a private step or one on the registry still does, if the
//! call would take it as well after the cancel. A cancel itself is noticed by nothing but the operation that it
//! reaches, at its one effect: once begun it goes alone, unless the session it found could end meanwhile.
//!
//! Where an installer can die, its death is between any two steps: neither the registry nor beginnings are taken
//! in one order then, nor a reply that opens a session for others. Nothing is where something may still go wrong
//! before an effect, where answers are open, and where an answer lets a cancel reach into another process (OQ-80)
//! or the registry be used without the mutex (OQ-19, OQ-25, OQ-37, OQ-111).

use rm_core::rules::{Latitude, Policy};
use rm_core::{Call, Caller, Effect, Next, Rules};
use rm_sim::Move;
use rm_sim::scenario::{Scripted, SmallWorld};

use super::{Machines, Options, Position};

const CANCEL: &str = "RmCancelCurrentTask";
const START: &str = "RmStartSession";
const JOIN: &str = "RmJoinSession";
const END: &str = "RmEndSession";

/// A kind of steps that can be taken in one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reduction {
    /// Those that touch nothing but the call and the library of its process.
    Private,
    /// Work on the registry under its mutex.
    Registry,
    /// The first one of a call.
    Beginnings,
    /// Those of a cancel.
    Cancels,
}

impl Reduction {
    /// Every kind, with its name.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Private, "private"),
        (Self::Registry, "registry"),
        (Self::Beginnings, "beginnings"),
        (Self::Cancels, "cancels"),
    ];
}

/// Which kinds of steps are taken in one order, where that is sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reductions(u8);

impl Reductions {
    /// None: every order is taken.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self(0b1111);

    const fn has(self, one: Reduction) -> bool {
        self.0 >> one as u8 & 1 == 1
    }
}

impl FromIterator<Reduction> for Reductions {
    fn from_iter<T: IntoIterator<Item = Reduction>>(kinds: T) -> Self {
        Self(kinds.into_iter().fold(0, |all, one| all | 1 << one as u8))
    }
}

/// Which steps are taken in one order in a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reducing {
    kinds: Reductions,
    /// For each thread the others of its process; none where nothing is taken in one order.
    beside: Vec<Vec<usize>>,
    /// Whether nobody dies, and the registry is used under its mutex alone.
    nobody_dies: bool,
}

/// What the other threads of a process may still do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Company {
    /// Nothing.
    None,
    /// Cancel, and nothing else.
    Cancels,
    /// Other calls.
    Other,
}

impl Reducing {
    pub(super) fn new(options: Options, world: &SmallWorld, first: &Position, policy: &Policy) -> Self {
        let usual = |ids: &[&str]| {
            let usual = Policy::default();
            ids.iter().filter_map(|id| Latitude::find(id)).all(|id| policy.answers(id).eq(usual.answers(id)))
        };
        if options.reduce == Reductions::NONE || first.progress.policy.is_some() || !usual(&["OQ-80"]) {
            return Self::default();
        }
        let beside = |(at, (who, _)): (usize, &(Caller, Vec<Scripted>))| {
            let others = world.threads.iter().enumerate();
            let is_one = |(other, one): &(usize, &(Caller, _))| *other != at && one.0.process == who.process;
            others.filter(is_one).map(|(other, _)| other).collect()
        };
        let can_die = world.events.iter().any(|event| matches!(event, Move::End(_)))
            || first.machine.installers().keys().any(|process| holds_something(first, *process));
        let nobody_dies = usual(&["OQ-13", "OQ-19.during", "OQ-25.during", "OQ-37", "OQ-111"]) && !can_die;
        let beside = world.threads.iter().enumerate().map(beside).collect();
        Self { kinds: options.reduce, beside, nobody_dies }
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
        if self.reduction.beside.is_empty() || position.progress.struck.len() < usize::from(self.faults) {
            return None;
        }
        (0..self.world.threads.len())
            .find(|thread| self.is_unnoticed(position, *thread, rules).unwrap_or(false))
    }

    /// Whether nobody else can notice the next step of a thread; nothing if it has none.
    fn is_unnoticed(&self, position: &Position, thread: usize, rules: &Rules) -> Option<bool> {
        let (who, _) = self.world.threads.get(thread)?;
        let installer = position.machine.installer(who.process)?;
        let operation = installer.tasks().get(&who.thread)?;
        if position.machine.world.blocked_in(*who).is_some() {
            return Some(false);
        }
        let &Reducing { kinds, nobody_dies, .. } = &self.reduction;
        if let Call::Cancel { .. } = operation.call()
            && kinds.has(Reduction::Cancels)
        {
            return Some(nobody_dies && self.keeps_its_session(position, thread));
        }
        let begins = nobody_dies && kinds.has(Reduction::Beginnings) && !operation.has_begun();
        let company = self.company(position, thread);
        let next = installer.poll_effect(who.thread, rules);
        let is_own = match &next {
            Next::Wait => return Some(false),
            _ if company == Company::Other => return Some(false),
            _ if company == Company::None && begins => return Some(true),
            Next::Done(_) => {
                let may_be_lost = !nobody_dies && self.opens(position, thread);
                return Some(kinds.has(Reduction::Private) && company == Company::None && !may_be_lost);
            }
            Next::Do(effect) => {
                (kinds.has(Reduction::Private) && is_own(effect))
                    || (kinds.has(Reduction::Registry) && nobody_dies && is_of_registry(effect))
            }
        };
        Some(is_own && (company == Company::None || installer.goes_on_if_cancelled(who.thread, rules)))
    }

    /// Whether the call that a thread is in opens a session that others can join, even if it dies then.
    fn opens(&self, position: &Position, thread: usize) -> bool {
        let begun = position.progress.at.get(thread).and_then(|at| usize::from(*at).checked_sub(1));
        let calls = self.world.threads.get(thread).map(|(_, calls)| calls);
        calls.zip(begun).and_then(|(calls, begun)| calls.get(begun)?.opens()).is_some()
    }

    /// What the other threads of a thread's process may still do.
    fn company(&self, position: &Position, thread: usize) -> Company {
        let (mut company, calls) = (Company::None, self.calls_beside(position, thread));
        for call in calls {
            if call != CANCEL {
                return Company::Other;
            }
            company = Company::Cancels;
        }
        company
    }

    /// Whether nobody opens or ends a session in a thread's process.
    fn keeps_its_session(&self, position: &Position, thread: usize) -> bool {
        self.calls_beside(position, thread).all(|call| ![START, JOIN, END].contains(&call))
    }

    /// The calls that other threads of a thread's process are in, and those that they have still to make.
    fn calls_beside<'a>(
        &'a self,
        position: &'a Position,
        thread: usize,
    ) -> impl Iterator<Item = &'static str> + 'a {
        let beside = self.reduction.beside.get(thread).into_iter().flatten();
        beside.flat_map(|other| {
            let is_in_flight = self.is_in_flight(position, *other) == Some(true);
            let begun = position.progress.at.get(*other).copied().unwrap_or_default();
            let calls = self.world.threads.get(*other).map_or(&[][..], |(_, calls)| calls);
            calls.iter().skip(usize::from(begun) - usize::from(is_in_flight)).map(Scripted::function)
        })
    }
}

/// Whether an effect touches nothing but the call, its limits and the library of its process.
const fn is_own(effect: &Effect) -> bool {
    effect.is_private()
        || matches!(effect, Effect::NewHandle(_) | Effect::Arm(_) | Effect::ArmFor(..) | Effect::Report(_))
}

/// Whether an effect is one of those that are made with the mutex of the registry in hand, or gives it back.
const fn is_of_registry(effect: &Effect) -> bool {
    effect.is_of_registry() || matches!(effect, Effect::Unlock)
}
