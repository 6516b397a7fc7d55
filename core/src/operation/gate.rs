//! What refuses a call before it does anything: its arguments, its handle, its role, and what other
//! threads have under way on the session.

use super::beside::EndBeside;
use super::{Operation, View, arguments, cite};
use crate::call::Call;
use crate::refusal::{ErrorCode, Refusal};
use crate::rules::{Answer, Rules, latitude::answers};
use crate::session::{Role, SessionHandle};

answers! {
    /// What is checked first in `RmRegisterResources`.
    RegisterOrder = "OQ-01.register" { Arguments, Handle }
}
answers! {
    /// What is checked first in `RmGetList`.
    ListOrder = "OQ-01.list" { Arguments, Handle }
}
answers! {
    /// What is checked first in `RmShutdown` and `RmRestart`.
    OperationOrder = "OQ-01.operation" { Arguments, Handle }
}
answers! {
    /// What is checked first in a filter function.
    FilterOrder = "OQ-01.filter" { Arguments, Handle }
}
answers! {
    /// The code for a handle 0 that stands for no session.
    UnknownZero = "OQ-02.code" { InvalidHandle, BadArgument }
}
answers! {
    /// `RmGetList` through a joined handle.
    SecondaryLists = "OQ-03.list" { CredentialConflict, InvalidHandle, AccessDenied, Allowed }
}
answers! {
    /// `RmShutdown` through a joined handle.
    SecondaryShutsDown = "OQ-03.shutdown" { CredentialConflict, InvalidHandle, AccessDenied }
}
answers! {
    /// `RmRestart` through a joined handle.
    SecondaryRestarts = "OQ-03.restart" { CredentialConflict, InvalidHandle, AccessDenied }
}
answers! {
    /// `RmCancelCurrentTask` through a joined handle.
    SecondaryCancels = "OQ-80" { CredentialConflict, InvalidHandle, Allowed, AccessDenied }
}
answers! {
    /// A shutdown after a restart.
    NewCycle = "OQ-47" { Allowed, Refused }
}
answers! {
    /// A cancel from inside the status callback.
    CancelInside = "OQ-81" { Accepted, Refused }
}
answers! {
    /// A restart after a shutdown that was cancelled.
    AfterCancel = "OQ-82.sequence" { InSequence, OutOfSequence }
}
answers! {
    /// A call that is repeated after 121.
    Repeated = "OQ-106" { Afresh, FailsAgain }
}

impl Operation {
    /// What is refused before anything is done: arguments, then the handle, then the role (OQ-01).
    pub(super) fn gate(&self, view: &View<'_>) -> Option<Refusal> {
        let handle = self.handle_refused(view);
        if let Some(arguments) = arguments::refused(self.call(), view.rules) {
            return Some(handle.map_or(arguments, |handle| self.first(arguments, handle, view.rules)));
        }
        if handle.is_some() {
            return handle;
        }
        let key = (self.call().function(), self.call().session());
        let met_busy = view.library.busy.contains(&key) && !self.course.has_begun();
        if met_busy && view.rules.ask::<Repeated>() == Repeated::FailsAgain {
            let why = "the registry mutex was not free before";
            return Some(Refusal::answered(why, ErrorCode::SEM_TIMEOUT, Repeated::FailsAgain));
        }
        let seat = self.seat?;
        let session = view.session;
        if session.is_none() && self.call().takes_turns() && !self.is_over() {
            return Some(self.ended_meanwhile(view.rules));
        }
        if seat.role == Role::Secondary
            && let Some(refusal) = secondary(self.call(), view.rules)
        {
            return Some(refusal);
        }
        // What has begun is not refused any more: it may hold the mutex.
        if self.course.has_begun() {
            return None;
        }
        self.beside.refusal(self.call(), view.rules).or_else(|| self.out_of_place(session?, view.rules))
    }

    /// What the moment refuses: where in the session's course the call comes.
    fn out_of_place(&self, session: &crate::library::Session, rules: &Rules) -> Option<Refusal> {
        let code = ErrorCode::REQUEST_OUT_OF_SEQUENCE;
        match self.call() {
            Call::Shutdown { .. } if session.restart_called => {
                let answer = rules.ask::<NewCycle>();
                let why = "the session has been restarted";
                (answer == NewCycle::Refused).then(|| Refusal::answered(why, code, answer))
            }
            Call::Restart { .. } if session.shutdown_cancelled => {
                let answer = rules.ask::<AfterCancel>();
                let why = "the shutdown was cancelled";
                (answer == AfterCancel::OutOfSequence).then(|| Refusal::answered(why, code, answer))
            }
            Call::Cancel { .. } if self.inside.is_some() => {
                let answer = rules.ask::<CancelInside>();
                let why = "the callback may not cancel its own operation";
                let refused = answer == CancelInside::Refused;
                refused.then(|| Refusal::answered(why, ErrorCode::UNSPECIFIED, answer))
            }
            _ => None,
        }
    }

    /// The handle stands for no session. Whether a 0 is then a missing argument is open.
    fn handle_refused(&self, view: &View<'_>) -> Option<Refusal> {
        let handle = self.call().session()?;
        if self.seat.is_some() {
            return None;
        }
        if handle == SessionHandle(0) && view.rules.ask::<UnknownZero>() == UnknownZero::BadArgument {
            let why = "a handle is needed, and 0 stands for no session";
            return Some(Refusal::answered(why, ErrorCode::BAD_ARGUMENTS, UnknownZero::BadArgument));
        }
        if self.call().is_about_filters() {
            return Some(Refusal::UnknownSessionOfFilters);
        }
        Some(Refusal::UnknownSession(cite::unknown_session(self.call())))
    }

    /// Of a bad argument and a bad handle, the one that is found first.
    fn first(&self, arguments: Refusal, handle: Refusal, rules: &Rules) -> Refusal {
        fn pick<A: Answer + PartialEq>(rules: &Rules, codes: [ErrorCode; 2], handle_first: A) -> Refusal {
            let answer = rules.ask::<A>();
            if answer == handle_first {
                Refusal::answered("no session has this handle", codes[1], answer)
            } else {
                Refusal::answered("an argument cannot be taken", codes[0], answer)
            }
        }
        let codes = [arguments.code(rules), handle.code(rules)];
        match self.call() {
            Call::Register { .. } => pick(rules, codes, RegisterOrder::Handle),
            Call::GetList { .. } => pick(rules, codes, ListOrder::Handle),
            Call::Shutdown { .. } | Call::Restart { .. } => pick(rules, codes, OperationOrder::Handle),
            Call::AddFilter { .. } | Call::RemoveFilter { .. } | Call::GetFilterList { .. } => {
                pick(rules, codes, FilterOrder::Handle)
            }
            Call::Start { .. } | Call::Join { .. } | Call::Cancel { .. } | Call::End { .. } => arguments,
        }
    }

    /// The session was ended while the call waited for its turn, or by an end that waits for nobody.
    pub(super) fn ended_meanwhile(&self, rules: &Rules) -> Refusal {
        match rules.ask::<EndBeside>() {
            EndBeside::AtOnce => {
                let why = "the session was ended meanwhile";
                Refusal::answered(why, ErrorCode::INVALID_HANDLE, EndBeside::AtOnce)
            }
            _ => Refusal::UnknownSession(cite::unknown_session(self.call())),
        }
    }
}

/// What is refused to a secondary installer, and how.
fn secondary(call: &Call, rules: &Rules) -> Option<Refusal> {
    let why = "only the primary installer may make this call";
    let (conflict, invalid, denied) =
        (ErrorCode::SESSION_CREDENTIAL_CONFLICT, ErrorCode::INVALID_HANDLE, ErrorCode::ACCESS_DENIED);
    match call {
        Call::GetList { .. } => {
            let answer = rules.ask::<SecondaryLists>();
            let code = match answer {
                SecondaryLists::CredentialConflict => conflict,
                SecondaryLists::InvalidHandle => invalid,
                SecondaryLists::AccessDenied => denied,
                SecondaryLists::Allowed => return None,
            };
            Some(Refusal::answered(why, code, answer))
        }
        Call::Shutdown { .. } => {
            let answer = rules.ask::<SecondaryShutsDown>();
            let code = match answer {
                SecondaryShutsDown::CredentialConflict => conflict,
                SecondaryShutsDown::InvalidHandle => invalid,
                SecondaryShutsDown::AccessDenied => denied,
            };
            Some(Refusal::answered(why, code, answer))
        }
        Call::Restart { .. } => {
            let answer = rules.ask::<SecondaryRestarts>();
            let code = match answer {
                SecondaryRestarts::CredentialConflict => conflict,
                SecondaryRestarts::InvalidHandle => invalid,
                SecondaryRestarts::AccessDenied => denied,
            };
            Some(Refusal::answered(why, code, answer))
        }
        Call::Cancel { .. } => {
            let answer = rules.ask::<SecondaryCancels>();
            let code = match answer {
                SecondaryCancels::CredentialConflict => conflict,
                SecondaryCancels::InvalidHandle => invalid,
                SecondaryCancels::Allowed => return None,
                SecondaryCancels::AccessDenied => denied,
            };
            Some(Refusal::answered(why, code, answer))
        }
        Call::AddFilter { .. } | Call::RemoveFilter { .. } | Call::GetFilterList { .. } => {
            cite::primary_only(call).map(Refusal::SecondaryInstaller)
        }
        Call::Start { .. } | Call::Join { .. } | Call::Register { .. } | Call::End { .. } => None,
    }
}
