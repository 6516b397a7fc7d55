//! A second `RmShutdown` before any `RmRestart` (OQ-46).

use super::{Next, Operation, View};
use crate::call::Call;
use crate::refusal::{ErrorCode, Refusal};
use crate::reply::{Output, Reply};
use crate::rules::{Citation, latitude::answers};

answers! {
    /// What a second shutdown does, and what is to be restarted after it.
    Second = "OQ-46" { RestartsBoth, RestartsItsOwn, Nothing, OutOfSequence }
}

impl Operation {
    /// The end of a second shutdown that does nothing, if it does not.
    pub(super) fn ends_as_second(&self, view: &View<'_>) -> Option<Next> {
        let session = view.session?;
        let is_second = matches!(self.call(), Call::Shutdown { .. })
            && !self.course.has_begun()
            && session.shutdown_called
            && !session.restart_called;
        match is_second.then(|| view.rules.ask::<Second>())? {
            Second::RestartsBoth | Second::RestartsItsOwn => None,
            answer @ Second::Nothing => {
                let because = Some(Citation::answer(answer));
                Some(Next::Done(Reply { because, ..Reply::success(Output::Nothing) }))
            }
            answer @ Second::OutOfSequence => {
                let (why, code) = ("there was a shutdown before", ErrorCode::REQUEST_OUT_OF_SEQUENCE);
                Some(view.refuse(Refusal::answered(why, code, answer)))
            }
        }
    }
}
