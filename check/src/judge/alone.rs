//! Steps that are taken in one order, because every other order comes to the same.
//!
//! Of several calls under way one goes alone where its next step commutes with whatever the others can do before
//! it. The others go on from where that leads; nothing is left out but orders, and a test compares what comes of
//! following them all. There are three sorts.
//!
//! * *Private* steps of the only call of a process.
//! * Calls that only *read*, while nothing else is under way: nobody changes what they see until the first of them
//!   comes back, nor does time. They go on up to their reply, which they give when it was seen.
//! * Work on the *registry* by who holds its mutex, which is given back at once. Whoever dies in the midst leaves
//!   it torn; where somebody can, this does not go alone, nor where an answer has others reach past the mutex.

use rm_core::rules::Latitude;
use rm_core::{Call, Effect, Millis, Next};

use super::idle::{LATE, is_one_place};
use super::script::{CallId, What};
use super::search::{Search, is_blind};
use super::state::State;
use crate::boundary::{Budget, Change, Event};

/// The questions of which another answer than the first has somebody look into the registry or write there
/// without its mutex; so have those of late comers.
const PAST_THE_MUTEX: [Latitude; 2] = [Latitude::named("OQ-37", 4), Latitude::named("OQ-111", 2)];
/// Whether a call fails that begins beside another; by the first answer it does not.
const BESIDE: Latitude = Latitude::named("OQ-05", 2);

/// Just the first answer.
const FIRST: u8 = 1;

impl Search<'_> {
    /// A call whose next effect nobody else can notice: it is as good as any to go on with.
    pub(super) fn alone(&self, state: &State, moving: &[CallId]) -> Option<CallId> {
        let process = |call: CallId| self.script.calls.get(call).map(|made| made.who.process);
        if let [only] = *moving
            && !self.may_die(state, only)
            && self.script.is_undisturbed(only, self.next, true)
        {
            let is_alike = |next: &Next| match next {
                Next::Do(effect) if self.pass.late && state.now.passed < self.time => is_blind(effect),
                Next::Do(effect) => self.is_apart(state, effect),
                Next::Done(_) => true,
                Next::Wait => false,
            };
            let who = self.script.calls.get(only).map(|made| made.who);
            let is_ready = who.is_some_and(|who| state.now.machine.world.is_ready(who));
            if is_ready && self.alternatives(state, only).iter().all(|(_, next)| is_alike(next)) {
                return Some(only);
            }
        }
        let is_private = |call: &CallId| {
            let is_only_one = moving.iter().filter(|other| process(**other) == process(*call)).count() == 1;
            let next = || self.alternatives(state, *call);
            is_only_one
                && self.script.is_undisturbed(*call, self.next, false)
                && next().iter().all(|(_, next)| matches!(next, Next::Do(effect) if effect.is_private()))
        };
        moving.iter().copied().find(is_private).or_else(|| self.unnoticed(state, moving))
    }

    /// A call whose next step comes to the same in whatever order it is taken.
    fn unnoticed(&self, state: &State, moving: &[CallId]) -> Option<CallId> {
        // Where anything is let pass there is more than the model can do.
        if !self.reduces || self.pass.overtime || self.pass.world {
            return None;
        }
        let who = |call: &CallId| self.script.calls.get(*call).map(|made| made.who);
        let world = &state.now.machine.world;
        // Who waits for the mutex may wait for too long.
        let waits = |who| matches!(world.blocked_in(who), Some(Effect::Lock(..)));
        if moving.iter().filter_map(who).any(waits) {
            return None;
        }
        let is_one = |call: &&CallId| {
            who(call).is_some_and(|who| world.is_ready(who))
                && (self.reads_on(state, **call, moving) || self.has_the_registry(state, **call))
        };
        moving.iter().find(is_one).copied()
    }

    /// Whether a call has such a step before it, where another one begins: it is as good as taken.
    pub(super) fn is_on_its_way(&self, state: &State) -> bool {
        let moving: Vec<_> = self.moving(state).collect();
        self.unnoticed(state, &moving).is_some()
    }

    /// Whether a call has nothing left but to come back, and that can wait until it is seen to.
    pub(super) fn rests(&self, state: &State, call: CallId, moving: &[CallId]) -> bool {
        let may_rest = self.reduces && !self.pass.overtime && !self.pass.world && !self.is_next(call);
        may_rest
            && self.only_reads(state, call, moving)
            && !self.is_noticed_beside(state, call)
            && self.alternatives(state, call).iter().all(|(_, next)| matches!(next, Next::Done(_)))
    }

    /// Whether a call only reads on.
    fn reads_on(&self, state: &State, call: CallId, moving: &[CallId]) -> bool {
        let goes_on = |next: &Next| match next {
            Next::Do(_) => true,
            Next::Done(_) => self.is_next(call),
            Next::Wait => false,
        };
        self.only_reads(state, call, moving)
            && self.alternatives(state, call).iter().all(|(_, next)| goes_on(next))
    }

    /// The line with which a call comes back, and in how much time: before anybody has waited for the mutex
    /// for too long.
    fn comes_back(&self, state: &State, call: CallId) -> Option<(usize, u64)> {
        let ends = self.script.calls.get(call)?.ends?;
        let by = self.boundary.lines.get(ends)?.at.saturating_sub(self.from + state.now.passed);
        (by < u64::from(self.rules.limits.mutex.0)).then_some((ends, by))
    }

    fn is_next(&self, call: CallId) -> bool {
        self.script.what.get(self.next) == Some(&What::Replied(call))
    }

    /// Whether until a call comes back nothing can happen but that it and others read.
    fn only_reads(&self, state: &State, call: CallId, moving: &[CallId]) -> bool {
        let reads = |call: &CallId| {
            let made = self.script.calls.get(*call);
            made.is_some_and(|made| matches!(made.call, Call::GetList { .. } | Call::GetFilterList { .. }))
        };
        let Some((ends, by)) = self.comes_back(state, call) else { return false };
        let is_later = |difference: Millis| u64::from(difference.0) > by;
        self.boundary.faults == Budget::None
            && moving.iter().all(reads)
            && self.script.is_certain_from(self.next)
            && self.script.what.get(self.next..ends).unwrap_or_default().iter().all(|what| match what {
                What::Begins(other) => reads(other),
                What::Changes(_) => false,
                What::Replied(_) | What::Progress(_) => true,
            })
            && state.now.machine.world.next_difference().is_none_or(is_later)
    }

    /// Whether a call that begins before this one comes back could find it under way, and fail for that.
    fn is_noticed_beside(&self, state: &State, call: CallId) -> bool {
        let policy = self.diagram.borrow_mut().hull(state.answers);
        let may_fail = policy.set(BESIDE) != FIRST;
        may_fail && !self.script.is_undisturbed(call, self.next, false)
    }

    /// Whether a call works on the registry, and nobody else can before it has given the mutex back.
    fn has_the_registry(&self, state: &State, call: CallId) -> bool {
        let of_registry = |next: &Next| match next {
            Next::Do(effect) => effect.is_of_registry() || *effect == Effect::Unlock,
            Next::Done(_) | Next::Wait => false,
        };
        let has_time = state.now.passed < self.time;
        !(self.pass.late && has_time)
            && self.comes_back(state, call).is_some()
            && self.alternatives(state, call).iter().all(|(_, next)| of_registry(next))
            && self.keeps_to_the_mutex(state)
            && !self.dies(call)
    }

    /// Whether everybody shares one mutex and one registry, and keeps to it.
    fn keeps_to_the_mutex(&self, state: &State) -> bool {
        let policy = self.diagram.borrow_mut().hull(state.answers);
        let mut questions = LATE.iter().chain(&PAST_THE_MUTEX);
        questions.all(|one| policy.set(*one) == FIRST) && is_one_place(&state.now.machine)
    }

    /// Whether the caller is seen to be gone before its call comes back.
    fn dies(&self, call: CallId) -> bool {
        let Some(made) = self.script.calls.get(call) else { return true };
        let lines = self.boundary.lines.get(self.next..made.ends.unwrap_or(self.boundary.lines.len()));
        let is_gone = |change: &Event| matches!(change, Event::Changes(Change::Gone(gone)) if *gone == made.who.process);
        !self.script.is_certain_from(self.next)
            || lines.unwrap_or_default().iter().any(|line| is_gone(&line.event))
    }
}
