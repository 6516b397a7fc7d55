//! `RmCancelCurrentTask`: wakes the thread whose operation is the session's current task.

use super::{Next, Operation, View};
use crate::effect::Effect;
use crate::process::Thread;
use crate::reply::{Output, Reply};

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Cancel {
    requested: bool,
}

impl Cancel {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        match current_task(operation, view) {
            Some(thread) if !self.requested => Next::Do(Effect::Interrupt(thread)),
            // RM-CANCEL-03: success says that cancelling was requested. OQ-79: with nothing running
            // it has no effect, neither now nor on the next operation.
            _ => Next::Done(Reply::success(Output::Nothing)),
        }
    }

    pub(super) const fn handle(&mut self) {
        self.requested = true;
    }
}

/// The thread with the operation that a cancel reaches: the one that has its turn, else a list.
fn current_task(operation: &Operation, view: &View<'_>) -> Option<Thread> {
    let busy = view.session(operation).and_then(|session| session.busy);
    let on_session =
        |task: &Operation| task.is_cancellable() && task.call.session() == operation.call.session();
    let mut candidates = view.tasks.iter().filter(|(_, task)| on_session(task)).map(|(thread, _)| *thread);
    candidates.clone().find(|thread| Some(*thread) == busy).or_else(|| candidates.next())
}
