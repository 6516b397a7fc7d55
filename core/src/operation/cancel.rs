//! `RmCancelCurrentTask`: wakes the thread whose operation is the session's current task.

use super::shutdown::has_no_limit;
use super::{Next, Operation, View, cite};
use crate::call::Call;
use crate::effect::{Effect, Note};
use crate::outcome::Outcome;
use crate::process::Thread;
use crate::refusal::{ErrorCode, Fault, Refusal};
use crate::reply::{Output, Reply};
use crate::rules::latitude::answers;
use crate::session::Role;

answers! {
    /// A cancel while nothing runs.
    NothingRuns = "OQ-79" { NoEffect, CancelsNext, Refused }
}
answers! {
    /// Whether a cancel interrupts a wait.
    Wait = "OQ-84.wait" { Interrupted, WaitsOn }
}
answers! {
    /// Whether a list can be cancelled.
    ListCancelled = "OQ-45" { ByCancel, ByTheUserOnly, Never }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Cancel {
    requested: bool,
    /// Nothing ran in the process of the primary.
    found_nothing: bool,
    /// Why the request did not get through.
    failed: Option<Fault>,
}

impl Cancel {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        if let Some(fault) = self.failed {
            return view.refuse(Refusal::Machine(fault, cite::environment(operation.call())));
        }
        let done = Next::Done(Reply::success(Output::Nothing));
        if (self.requested && !self.found_nothing) || operation.course.is_noted() {
            return done; // RM-CANCEL-03: success says that cancelling was requested.
        }
        if let Some(thread) = current_task(operation, view) {
            // A wait that only a cancel ends is not over before it (OQ-59 c).
            let waits_for_this =
                || view.tasks.get(&thread).is_some_and(|task| has_no_limit(task.call(), view.rules));
            return Next::Do(match view.rules.ask::<Wait>() {
                Wait::WaitsOn if !waits_for_this() => Effect::Request(thread),
                Wait::Interrupted | Wait::WaitsOn => Effect::Interrupt(thread),
            });
        }
        // OQ-80: the primary may be another process.
        let elsewhere = operation.seat.filter(|seat| seat.role == Role::Secondary);
        if let (Some(seat), false) = (elsewhere, self.found_nothing) {
            return Next::Do(Effect::InterruptOwner(seat.slot));
        }
        match view.rules.ask::<NothingRuns>() {
            NothingRuns::NoEffect => done,
            NothingRuns::CancelsNext => Next::Do(Effect::Remember(Note::CancelNext)),
            NothingRuns::Refused => {
                let (why, code) = ("nothing runs on the session", ErrorCode::REQUEST_OUT_OF_SEQUENCE);
                view.refuse(Refusal::answered(why, code, NothingRuns::Refused))
            }
        }
    }

    pub(super) fn handle(&mut self, outcome: &Outcome) {
        (self.requested, self.found_nothing) = (true, *outcome == Outcome::Gone);
        if let Outcome::Failed(fault) = outcome {
            self.failed = Some(*fault);
        }
    }
}

/// The thread with the operation that a cancel reaches: the one that has its turn, else a list.
fn current_task(operation: &Operation, view: &View<'_>) -> Option<Thread> {
    let busy = view.session.and_then(|session| session.busy);
    let is_list = |task: &Operation| matches!(task.call(), Call::GetList { .. });
    let reaches =
        |task: &Operation| !is_list(task) || view.rules.ask::<ListCancelled>() == ListCancelled::ByCancel;
    let on_session = |task: &Operation| {
        task.is_cancellable() && task.call().session() == operation.call().session() && reaches(task)
    };
    let mut candidates = view.tasks.iter().filter(|(_, task)| on_session(task)).map(|(thread, _)| *thread);
    candidates.clone().find(|thread| Some(*thread) == busy).or_else(|| candidates.next())
}
