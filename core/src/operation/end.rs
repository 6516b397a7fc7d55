//! `RmEndSession`: the primary's ends the session, a secondary's only leaves it.

use super::mutex::Mutex;
use super::{Ledger, Next, Operation, View, cite};
use crate::effect::Effect;
use crate::library::Seat;
use crate::outcome::Outcome;
use crate::refusal::{Fault, Refusal};
use crate::reply::{Output, Reply};
use crate::session::Role;

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct End {
    mutex: Mutex,
    /// What came of the one effect on the session's key: whether there was a session to end.
    ended: Option<Result<bool, Fault>>,
    released: bool,
}

impl End {
    pub(super) const fn is_released(&self) -> bool {
        self.released
    }

    pub(super) fn has_begun(&self) -> bool {
        self.mutex != Mutex::Wanted
    }

    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        let (Some(seat), Some(handle)) = (operation.seat, operation.call.session()) else {
            return view.refuse(Refusal::UnknownSession(cite::unknown_session(&operation.call)));
        };
        if let Some(effect) = self.mutex.guard(view.rules, || self.inside(seat)) {
            return Next::Do(effect);
        }
        let rule = cite::environment(&operation.call);
        match (self.mutex.refusal(rule), self.ended) {
            // OQ-107: the end did not take place; the handle still stands for the session.
            (Some(refusal), _) => view.refuse(refusal),
            (None, Some(Err(fault))) => view.refuse(Refusal::Machine(fault, rule)),
            _ if !self.released => Next::Do(Effect::ReleaseHandle(handle)),
            // RM-END-08: the primary has ended the session before.
            (None, Some(Ok(false))) => {
                view.refuse(Refusal::UnknownSession(cite::unknown_session(&operation.call)))
            }
            (None, _) => Next::Done(Reply::success(Output::Nothing)),
        }
    }

    fn inside(&self, seat: Seat) -> Option<Effect> {
        match (self.ended, seat.role) {
            (Some(_), _) => None,
            (None, Role::Primary) => Some(Effect::DeleteSession(seat.slot)),
            // RM-END-06: a secondary changes nothing, it only looks whether it still has a session.
            (None, Role::Secondary) => Some(Effect::ReadSession(seat.slot)),
        }
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: &Outcome) {
        self.mutex.handle(effect, outcome);
        match (effect, outcome) {
            (Effect::DeleteSession(_), Outcome::Done) => self.ended = Some(Ok(true)),
            (Effect::ReadSession(_), Outcome::Session(record)) => {
                let hash = record.as_ref().and_then(crate::store::Record::session_hash);
                self.ended = Some(Ok(hash == ledger.seat.map(|seat| seat.hash)));
            }
            (Effect::DeleteSession(_) | Effect::ReadSession(_), Outcome::Failed(fault)) => {
                self.ended = Some(Err(*fault));
            }
            (Effect::ReleaseHandle(handle), _) => {
                self.released = true;
                ledger.library.sessions.remove(handle);
            }
            _ => {}
        }
    }
}
