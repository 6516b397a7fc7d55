//! `RmStartSession`: finds a slot, makes up a key, writes the session down.

use alloc::vec::Vec;

use super::mutex::Mutex;
use super::{Ledger, Next, Operation, View, cite};
use crate::application::AppId;
use crate::effect::Effect;
use crate::library::{Seat, Session};
use crate::outcome::Outcome;
use crate::refusal::{Fault, Refusal};
use crate::reply::{Output, Reply};
use crate::rules::{Rules, latitude::answers};
use crate::session::{Role, SessionHandle, SessionKey, Slot};
use crate::store::{Data, SlotEntry, ValueName, session_hash};

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Start {
    mutex: Mutex,
    taken: Option<Vec<SlotEntry>>,
    /// Which owners run. Those that do not have left their slot behind.
    alive: Option<Vec<AppId>>,
    /// The slot the session is written to, once its writing has begun.
    slot: Option<Slot>,
    cleared: bool,
    key: Option<SessionKey>,
    written: u8,
    hash: u64,
    fault: Option<Fault>,
    handle: Option<SessionHandle>,
}

impl Start {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        if let Some(effect) = self.mutex.guard(view.rules, || self.inside(view)) {
            return Next::Do(effect);
        }
        let rule = cite::environment(&operation.call);
        if let Some(refusal) =
            self.mutex.refusal(rule).or(self.fault.map(|fault| Refusal::Machine(fault, rule)))
        {
            return view.refuse(refusal);
        }
        match (self.handle, self.key) {
            (_, None) => view.refuse(Refusal::TooManySessions),
            (None, Some(_)) => Next::Do(Effect::NewHandle(view.lowest_handle())),
            (Some(handle), Some(key)) => Next::Done(Reply::success(Output::Started(handle, key))),
        }
    }

    fn inside(&self, view: &View<'_>) -> Option<Effect> {
        if self.fault.is_some() {
            // RM-START-19: a failed start leaves no session behind.
            return self.slot.map(Effect::DeleteSession);
        }
        let Some(taken) = &self.taken else { return Some(Effect::ReadRoot) };
        let Some(alive) = &self.alive else {
            return Some(Effect::AreAlive(
                taken.iter().filter_map(|entry| Some(entry.owner?.into())).collect(),
            ));
        };
        let slot = self.slot.or_else(|| place(taken, alive, view.rules))?;
        if !self.cleared && taken.iter().any(|entry| entry.slot == slot) {
            return Some(Effect::DeleteSession(slot));
        }
        let Some(key) = self.key else { return Some(Effect::NewKey) };
        let owner = view.me.process;
        let (name, data) = match self.written {
            // The owner comes first: a key cut short is then one that a dead owner left behind.
            0 => (ValueName::Owner, Data::Process(owner)),
            1 => (ValueName::Sequence, Data::Number(0)),
            2 => (ValueName::SessionHash, Data::Hash(session_hash(&key.text(), owner))),
            _ => return None,
        };
        Some(Effect::WriteValue(slot, name, data))
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.mutex.handle(effect, &outcome);
        match (effect, outcome) {
            // Undoing a failed start: done or not, there is nothing more to try.
            (Effect::DeleteSession(_), Outcome::Done) if self.fault.is_some() => self.slot = None,
            (Effect::DeleteSession(_), Outcome::Failed(latest)) if self.fault.is_some() => {
                (self.slot, self.fault) = (None, Some(latest)); // RM-LIFE-05
            }
            (_, Outcome::Failed(fault)) => self.fault = Some(fault),
            (_, Outcome::Slots(slots)) => {
                let none = slots.is_empty();
                self.taken = Some(slots);
                self.alive = none.then(Vec::new);
            }
            (_, Outcome::Alive(alive)) => self.alive = Some(alive),
            (Effect::DeleteSession(_), _) => self.cleared = true,
            (_, Outcome::Key(key)) => self.key = Some(key),
            (Effect::WriteValue(slot, _, data), _) => {
                self.slot = Some(*slot);
                self.written += 1;
                if let Data::Hash(hash) = data {
                    self.hash = *hash;
                }
            }
            (Effect::Unlock, _) => (self.taken, self.alive) = (None, None),
            (_, Outcome::Handle(handle)) => {
                self.handle = Some(handle);
                if let Some(slot) = self.slot {
                    let seat = Seat { role: Role::Primary, slot, hash: self.hash };
                    ledger.library.sessions.insert(handle, Session::new(seat));
                }
            }
            _ => {}
        }
    }
}

answers! {
    /// Which slot to take when there are both a free and an abandoned one.
    Preferred = "OQ-116" { FirstAbandoned, LowestFree, LowerOfBoth }
}

/// The slot for a new session: free, or left behind by an owner that runs no more (OQ-23); none
/// when all are in use.
fn place(taken: &[SlotEntry], alive: &[AppId], rules: &Rules) -> Option<Slot> {
    let is_abandoned = |entry: &&SlotEntry| !entry.owner.is_some_and(|owner| alive.contains(&owner.into()));
    let abandoned = taken.iter().find(is_abandoned).map(|entry| entry.slot);
    let free = (0..Slot::COUNT).map(Slot).find(|slot| !taken.iter().any(|entry| entry.slot == *slot));
    let (Some(abandoned), Some(free)) = (abandoned, free) else { return abandoned.or(free) };
    Some(match rules.ask::<Preferred>() {
        Preferred::FirstAbandoned => abandoned,
        Preferred::LowestFree => free,
        Preferred::LowerOfBoth => abandoned.min(free),
    })
}
