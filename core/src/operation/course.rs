//! What a call leaves to be known after it: the phase in the session's key, and notes. Each is kept
//! only where an answer makes somebody need it.

use super::gate::Repeated;
use super::join::{JoinAfter, JoinDuring};
use super::register::{LateAfterRestart, LateAfterShutdown, LateDuring};
use super::{Next, Operation, View};
use crate::call::Call;
use crate::effect::{Effect, Note};
use crate::outcome::Outcome;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::rules::{Rules, latitude::answers};
use crate::store::{Phase, ValueName};

answers! {
    /// Whether a restart starts again what a cancelled shutdown had stopped.
    RestartCancelled = "OQ-82.restart" { Restarted, StaysStopped }
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
    /// Whether it has left its note.
    noted: bool,
}

impl Course {
    pub(super) const fn holds_mutex(self) -> bool {
        self.holds_mutex
    }

    pub(super) const fn has_begun(self) -> bool {
        self.begun
    }

    pub(super) const fn is_noted(self) -> bool {
        self.noted
    }

    /// Records that something was written down.
    pub(super) const fn handle(&mut self, effect: &Effect, outcome: &Outcome) -> bool {
        self.begun = true;
        match effect {
            Effect::WriteValue(_, ValueName::Phase, _) => self.phases += 1,
            Effect::Remember(_) => self.noted = true,
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
    /// Whether the operation acts on a cancel.
    pub(super) fn sees_cancel(&self, rules: &Rules) -> bool {
        self.cancelled && rules.ask::<Moment>() == Moment::NextPoint
    }

    /// What is written down before a shutdown or restart begins.
    pub(super) fn sets_out(&self, view: &View<'_>) -> Option<Effect> {
        (self.course.phases == 0).then(|| self.phase(Phase::Operation, view))?
    }

    /// The end of the call, or what is written down before it.
    pub(super) fn comes_to(&self, reply: Reply, view: &View<'_>) -> Next {
        // OQ-21 d: an end that waited for nobody came between.
        let is_beside = matches!(self.call, Call::Register { .. } | Call::GetList { .. });
        if is_beside && reply.refusal.is_none() && view.session(self).is_none() {
            return view.refuse(self.ended_meanwhile(view.rules));
        }
        let after = match self.call {
            Call::Shutdown { .. } => Phase::ShutDown,
            _ => Phase::Restarted,
        };
        if self.course.phases == 1
            && let Some(effect) = self.phase(after, view)
        {
            return Next::Do(effect);
        }
        match self.note(&reply, view).filter(|_| !self.course.noted) {
            Some(note) => Next::Do(Effect::Remember(note)),
            None => Next::Done(reply),
        }
    }

    /// Writing a phase to the session's key, if anybody needs it there.
    fn phase(&self, phase: Phase, view: &View<'_>) -> Option<Effect> {
        let session = view.session(self)?;
        let runs = match self.call {
            Call::Shutdown { .. } => true,
            Call::Restart { .. } => session.shutdown_called,
            _ => false,
        };
        let write = || Effect::WriteValue(session.seat.slot, ValueName::Phase, phase.data());
        (runs && is_kept(view.rules)).then(write)
    }

    fn note(&self, reply: &Reply, view: &View<'_>) -> Option<Note> {
        match (reply.refusal?, &self.call) {
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

/// Whether anybody needs the phase: whoever joins or registers late, unless that is simply allowed.
fn is_kept(rules: &Rules) -> bool {
    rules.ask::<JoinDuring>() != JoinDuring::Allowed
        || rules.ask::<JoinAfter>() != JoinAfter::Allowed
        || rules.ask::<LateAfterShutdown>() != LateAfterShutdown::Accepted
        || rules.ask::<LateAfterRestart>() != LateAfterRestart::Accepted
        || rules.ask::<LateDuring>() != LateDuring::Accepted
}
