//! What a call leaves to be known after it: the phase in the session's key, and notes. Each is kept
//! only where an answer makes somebody need it.

use super::gate::Repeated;
use super::join::{JoinAfter, JoinDuring};
use super::register::{LateAfterRestart, LateAfterShutdown, LateDuring};
use super::shutdown::{self, Sort};
use super::{Next, Operation, View, Work};
use crate::call::Call;
use crate::effect::{Effect, Note};
use crate::outcome::Outcome;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::rules::{Answer, Citation, Rules, latitude::answers};
use crate::store::{Phase, ValueName};

answers! {
    /// Whether a restart starts again what a cancelled shutdown had stopped.
    RestartCancelled = "OQ-82.restart" { Restarted, StaysStopped }
}
answers! {
    /// Whether a restart has its place after a shutdown that found nothing to stop.
    AfterEmpty = "OQ-70.empty" { InSequence, OutOfSequence }
}
answers! {
    /// Whether it has after one that stopped nothing on purpose.
    AfterRefused = "OQ-70.refused" { InSequence, OutOfSequence }
}
answers! {
    /// Whether it has after one that failed before it tried to stop anything.
    AfterFailed = "OQ-70.failed" { InSequence, OutOfSequence }
}
answers! {
    /// Whether it has after one that began to stop and came to another result than is usual.
    AfterBroken = "OQ-70.broken" { InSequence, OutOfSequence }
}
answers! {
    /// How soon an operation notices a cancel. Of what `Later` allows, the model takes the latest:
    /// the operation ends with its ordinary result.
    Moment = "OQ-84.moment" { NextPoint, Later }
}

/// How much of its course an operation has written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Course {
    /// Whether the call has done anything.
    begun: bool,
    /// Whether it holds the registry mutex.
    holds_mutex: bool,
    /// How often it wrote the phase: when it began, and when it was done.
    phases: u8,
    /// How many notes it has left.
    notes: u8,
}

impl Course {
    pub(super) const fn holds_mutex(self) -> bool {
        self.holds_mutex
    }

    pub(super) const fn has_begun(self) -> bool {
        self.begun
    }

    pub(super) const fn is_noted(self) -> bool {
        self.notes > 0
    }

    /// Records that something was written down.
    pub(super) const fn handle(&mut self, effect: &Effect, outcome: &Outcome) -> bool {
        self.begun = true;
        match effect {
            Effect::WriteValue(_, ValueName::Phase, _) => self.phases += 1,
            Effect::Remember(_) => self.notes += 1,
            effect => {
                match effect {
                    Effect::Lock(..) => {
                        self.holds_mutex = matches!(outcome, Outcome::Held | Outcome::Abandoned);
                    }
                    Effect::Unlock => self.holds_mutex = false,
                    _ => {}
                }
                return false;
            }
        }
        true
    }
}

impl Operation {
    /// Whether the operation acts on a cancel. What waits without limit has no ordinary result for which
    /// it could come too late.
    pub(super) fn sees_cancel(&self, rules: &Rules) -> bool {
        self.cancelled
            && (rules.ask::<Moment>() == Moment::NextPoint || shutdown::has_no_limit(self.call(), rules))
    }

    /// What is written down before a shutdown or restart begins.
    pub(super) fn sets_out(&self, view: &View<'_>) -> Option<Effect> {
        (self.course.phases == 0).then(|| self.phase(Phase::Operation, view))?
    }

    /// The end of the call, or what is written down before it.
    pub(super) fn comes_to(&self, reply: Reply, view: &View<'_>) -> Next {
        // OQ-21 d: an end that waited for nobody came between.
        let is_beside = matches!(self.call(), Call::Register { .. } | Call::GetList { .. });
        if is_beside && reply.refusal.is_none() && view.session.is_none() {
            return view.refuse(self.ended_meanwhile(view.rules));
        }
        let after = match self.call() {
            Call::Shutdown { .. } => Phase::ShutDown,
            _ => Phase::Restarted,
        };
        if self.course.phases == 1
            && let Some(effect) = self.phase(after, view)
        {
            return Next::Do(effect);
        }
        let notes = [self.note(&reply, view), self.uncounted(&reply, view)];
        match notes.into_iter().flatten().nth(usize::from(self.course.notes)) {
            Some(note) => Next::Do(Effect::Remember(note)),
            None => Next::Done(reply),
        }
    }

    /// Writing a phase to the session's key, if anybody needs it there.
    fn phase(&self, phase: Phase, view: &View<'_>) -> Option<Effect> {
        let session = view.session?;
        let runs = match self.call() {
            Call::Shutdown { .. } => true,
            Call::Restart { .. } => session.shutdown_called,
            _ => false,
        };
        let write = || Effect::WriteValue(session.seat.slot, ValueName::Phase, phase.data());
        (runs && is_kept(view.rules)).then(write)
    }

    fn note(&self, reply: &Reply, view: &View<'_>) -> Option<Note> {
        match (reply.refusal?, self.call()) {
            (Refusal::RegistryBusy(_), _) => {
                (view.rules.ask::<Repeated>() == Repeated::FailsAgain).then_some(Note::Busy)
            }
            (Refusal::Cancelled(_), Call::Shutdown { .. }) => {
                let stays_stopped = view.rules.ask::<RestartCancelled>() == RestartCancelled::StaysStopped;
                let sequence = view.rules.ask::<super::gate::AfterCancel>();
                let matters = stays_stopped || sequence == super::gate::AfterCancel::OutOfSequence;
                matters.then_some(Note::ShutdownCancelled { stays_stopped })
            }
            _ => None,
        }
    }
}

impl Operation {
    /// That no shutdown so far counts, if this is the first that could have and does not (OQ-70).
    fn uncounted(&self, reply: &Reply, view: &View<'_>) -> Option<Note> {
        let Work::Shutdown(shutdown) = &self.work else { return None };
        let session = view.session?;
        // Once it is noted the session says so, and the note stays one of those that were left.
        let because = match shutdown.sort(reply, view.rules)? {
            Sort::Empty => out(view.rules.ask(), AfterEmpty::OutOfSequence),
            Sort::Refused => out(view.rules.ask(), AfterRefused::OutOfSequence),
            Sort::Failed => out(view.rules.ask(), AfterFailed::OutOfSequence),
            Sort::Broken => out(view.rules.ask(), AfterBroken::OutOfSequence),
        }?;
        (!shutdown.is_after_another() && session.shutdown_called || session.uncounted == Some(because))
            .then_some(Note::Uncounted(because))
    }
}

/// The answer, if it is the one by which a shutdown does not count.
fn out<A: Answer + PartialEq>(answer: A, out: A) -> Option<Citation> {
    (answer == out).then(|| Citation::answer(answer))
}

/// Whether anybody needs the phase: whoever joins or registers late, unless that is simply allowed.
fn is_kept(rules: &Rules) -> bool {
    rules.ask::<JoinDuring>() != JoinDuring::Allowed
        || rules.ask::<JoinAfter>() != JoinAfter::Allowed
        || rules.ask::<LateAfterShutdown>() != LateAfterShutdown::Accepted
        || rules.ask::<LateAfterRestart>() != LateAfterRestart::Accepted
        || rules.ask::<LateDuring>() != LateDuring::Accepted
}
