//! `RmJoinSession`: finds the slot whose hash agrees with the key.

use super::mutex::Mutex;
use super::{Ledger, Next, Operation, View, cite};
use crate::call::Call;
use crate::effect::Effect;
use crate::library::{Seat, Session};
use crate::outcome::Outcome;
use crate::process::UniqueProcess;
use crate::refusal::{Fault, Refusal};
use crate::reply::{Output, Reply};
use crate::session::{Role, SessionHandle};
use crate::store::{SlotEntry, session_hash};

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Join {
    mutex: Mutex,
    read: bool,
    found: Option<(Seat, UniqueProcess)>,
    owner_alive: Option<bool>,
    fault: Option<Fault>,
    handle: Option<SessionHandle>,
}

impl Join {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        if let Some(effect) = self.mutex.guard(view.rules, || self.inside()) {
            return Next::Do(effect);
        }
        let rule = cite::environment(&operation.call);
        if let Some(refusal) =
            self.mutex.refusal(rule).or(self.fault.map(|fault| Refusal::Machine(fault, rule)))
        {
            return view.refuse(refusal);
        }
        // RM-JOIN-12: a session whose owner died without ending it is no live session.
        match (self.owner_alive, self.handle) {
            (Some(true), None) => Next::Do(Effect::NewHandle(view.lowest_handle())),
            (Some(true), Some(handle)) => Next::Done(Reply::success(Output::Joined(handle))),
            (Some(false) | None, _) => view.refuse(Refusal::UnknownKey),
        }
    }

    fn inside(&self) -> Option<Effect> {
        match (self.fault, self.read, self.found, self.owner_alive) {
            (Some(_), ..) => None,
            (None, false, ..) => Some(Effect::ReadRoot),
            (None, true, Some((_, owner)), None) => Some(Effect::AreAlive([owner.into()].into())),
            (None, true, ..) => None,
        }
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.mutex.handle(effect, &outcome);
        match (effect, outcome) {
            (Effect::ReadRoot, Outcome::Failed(fault)) => self.fault = Some(fault),
            (_, Outcome::Slots(slots)) => {
                self.read = true;
                self.found = slots.iter().find_map(|entry| opened_by(entry, ledger.call));
            }
            (_, Outcome::Alive(alive)) => self.owner_alive = Some(!alive.is_empty()),
            (_, Outcome::Handle(handle)) => {
                self.handle = Some(handle);
                if let Some((seat, _)) = self.found {
                    ledger.library.sessions.insert(handle, Session::new(seat));
                }
            }
            _ => {}
        }
    }
}

/// The secondary's seat in this slot, and the slot's owner, if the key of the call is the slot's.
fn opened_by(entry: &SlotEntry, call: &Call) -> Option<(Seat, UniqueProcess)> {
    let Call::Join { key: Some(key), .. } = call else { return None };
    let (owner, hash) = (entry.owner?, entry.hash?);
    (session_hash(key, owner) == hash)
        .then_some((Seat { role: Role::Secondary, slot: entry.slot, hash }, owner))
}
