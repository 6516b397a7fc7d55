//! A second refresh of the list, when everything is stopped (OQ-68), and a first one that is denied
//! (OQ-69).

use alloc::vec::Vec;

use super::{Shutdown, Stopping, targets};
use crate::call::ShutdownFlags;
use crate::decision::{Decision, Verdict};
use crate::effect::Effect;
use crate::operation::plan::{self, Newcomers};
use crate::operation::refresh::{Progress, Refresh};
use crate::operation::{Next, Operation, View};
use crate::refusal::{ErrorCode, Fault, Refusal};
use crate::reply::Reply;
use crate::rules::{Rules, latitude::answers};

answers! {
    /// The code when the refresh is denied.
    DeniedCode = "OQ-69" { AccessDenied, FailShutdown, Other }
}

/// What becomes of a shutdown whose refresh was refused.
pub(super) fn refused(refusal: Refusal, rules: &Rules) -> Refusal {
    let Refusal::Machine(Fault::AccessDenied, _) = refusal else { return refusal };
    let why = "the look at the affected applications was denied";
    match rules.ask::<DeniedCode>() {
        DeniedCode::AccessDenied => refusal,
        answer @ DeniedCode::FailShutdown => Refusal::answered(why, ErrorCode::FAIL_SHUTDOWN, answer),
        answer @ DeniedCode::Other => Refusal::answered(why, ErrorCode::UNSPECIFIED, answer),
    }
}

impl Shutdown {
    /// The end of a shutdown, unless it looks once more who uses the resources.
    pub(super) fn pick_up(
        &self,
        work: &Stopping,
        reply: Reply,
        flags: ShutdownFlags,
        operation: &Operation,
        view: &View<'_>,
    ) -> Next {
        let is_refreshing = self.refresh != Refresh::default();
        let goes_on = !self.picked_up
            && work.targets.is_empty()
            && !work.vetoed
            && work.called_off.is_none()
            && (is_refreshing || !operation.sees_cancel(view.rules))
            && view.rules.ask::<Newcomers>() == Newcomers::PickedUp;
        let Some(session) = view.session.filter(|_| goes_on) else { return Next::Done(reply) };
        match self.refresh.poll(operation, view) {
            Progress::Do(effect) => Next::Do(effect),
            Progress::Refused(refusal) => view.refuse(refused(refusal, view.rules)),
            Progress::Ready(found) => {
                let decisions = plan::newcomers(&found.affected, session, flags, view);
                if decisions.is_empty() {
                    Next::Done(reply)
                } else {
                    Next::Do(Effect::Decide(decisions.into()))
                }
            }
        }
    }

    /// Whether an effect belongs to the second refresh.
    pub(super) fn is_refreshing(&self, effect: &Effect) -> bool {
        self.refresh != Refresh::default() || matches!(effect, Effect::Lock(..) | Effect::ReadSession(_))
    }
}

impl Stopping {
    /// Takes in who came while the others were stopped.
    pub(super) fn take_up(&mut self, decisions: &[Decision]) {
        let newcomers: Vec<_> = targets::targets(decisions);
        self.meter.extend(newcomers.len());
        self.failed |= decisions.iter().any(|decision| decision.verdict == Verdict::Fail);
        self.armed = None;
        self.targets.extend(newcomers);
    }
}
