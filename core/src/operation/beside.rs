//! What other threads have under way on the session when a call begins, and what that means for it.

use super::cite;
use crate::call::Call;
use crate::library::Seat;
use crate::refusal::{ErrorCode, Refusal};
use crate::rules::{Answer, Rules, latitude::answers};
use crate::session::Role;

answers! {
    /// Calls beside each other of which no other question speaks. Carried out in turn means here:
    /// with results that they could have had in turn.
    Pair = "OQ-05" { InTurn, LaterFails }
}
answers! {
    /// A list beside a shutdown or restart.
    ListBeside = "OQ-37" { AtOnce, Waits, Fails, WaitsAndIsCancelled }
}
answers! {
    /// Two shutdowns, or two restarts, beside each other.
    SameBeside = "OQ-48.same" { Waits, Fails }
}
answers! {
    /// A shutdown beside a restart.
    MixedBeside = "OQ-48.mixed" { Waits, Fails }
}
answers! {
    /// The primary's end beside another call.
    EndBeside = "OQ-21" { Waits, Cancels, Fails, AtOnce }
}

/// What was under way on the session when a call began. Forgotten once the call has done something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(crate) struct Beside {
    /// Of the call's own kind, a shutdown or a restart.
    same: bool,
    /// A shutdown beside a restart, or the other way round.
    mixed: bool,
    /// A shutdown or a restart, beside a list.
    operation: bool,
    /// Anything, beside the primary's end.
    any: bool,
    /// A call of which no other question speaks.
    other: bool,
    /// The operation beside the list was cancelled.
    cancelled: bool,
}

impl Beside {
    /// What a call finds under way when it begins.
    pub(crate) fn new<'a>(call: &Call, seat: Option<Seat>, others: impl Iterator<Item = &'a Call>) -> Self {
        let Some(seat) = seat else { return Self::default() };
        others.fold(Self::default(), |mut beside, other| {
            use Call as C;
            *(match (call, other) {
                (C::Cancel { .. }, _) | (_, C::Cancel { .. }) => return beside,
                // OQ-25.during is judged by the session's key, which other processes see too.
                (C::Register { .. }, C::Shutdown { .. } | C::Restart { .. }) => return beside,
                (C::Shutdown { .. }, C::Shutdown { .. }) | (C::Restart { .. }, C::Restart { .. }) => {
                    &mut beside.same
                }
                (C::Shutdown { .. }, C::Restart { .. }) | (C::Restart { .. }, C::Shutdown { .. }) => {
                    &mut beside.mixed
                }
                (C::GetList { .. }, C::Shutdown { .. } | C::Restart { .. }) => &mut beside.operation,
                (C::End { .. }, _) if seat.role == Role::Primary => &mut beside.any,
                _ => &mut beside.other,
            }) = true;
            beside
        })
    }

    /// Notes that an operation that the list found under way was cancelled.
    pub(super) const fn was_cancelled(&mut self) {
        self.cancelled = self.operation;
    }

    /// Whether a list that found an operation under way is to wait for it.
    pub(super) fn waits(self, rules: &Rules) -> bool {
        let waits =
            || matches!(rules.ask::<ListBeside>(), ListBeside::Waits | ListBeside::WaitsAndIsCancelled);
        self.operation && waits()
    }

    /// Why the call is refused for what is under way.
    pub(super) fn refusal(self, call: &Call, rules: &Rules) -> Option<Refusal> {
        fn fails<A: Answer + PartialEq>(given: bool, on: A, rules: &Rules) -> Option<Refusal> {
            let why = "another call on the session is under way";
            let answered = || rules.ask::<A>() == on;
            (given && answered()).then(|| Refusal::answered(why, ErrorCode::UNSPECIFIED, on))
        }
        let cancelled = || self.cancelled && rules.ask::<ListBeside>() == ListBeside::WaitsAndIsCancelled;
        fails(self.same, SameBeside::Fails, rules)
            .or_else(|| fails(self.mixed, MixedBeside::Fails, rules))
            .or_else(|| fails(self.operation, ListBeside::Fails, rules))
            .or_else(|| fails(self.any, EndBeside::Fails, rules))
            .or_else(|| fails(self.other, Pair::LaterFails, rules))
            .or_else(|| cancelled().then(|| Refusal::Cancelled(cite::cancelled(call))))
    }
}
