//! `RmStartSession`: finds a slot, makes up a key, writes the session down.

use alloc::vec::Vec;

use super::mutex::Mutex;
use super::{Ledger, Next, Operation, View, cite};

use crate::application::AppId;
use crate::effect::Effect;
use crate::library::{Seat, Session};
use crate::outcome::Outcome;
use crate::refusal::{ErrorCode, Fault, Refusal};
use crate::reply::{Output, Reply};
use crate::rules::{Rules, latitude::answers};
use crate::session::{Role, Scope, SessionHandle, SessionKey, Slot};
use crate::store::{Data, SlotEntry, ValueName, session_hash};

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Start {
    mutex: Mutex,
    taken: Option<Vec<SlotEntry>>,
    /// Whether one of them was torn.
    met_torn: bool,
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
        let rule = cite::environment(operation.call());
        if let Some(refusal) =
            self.mutex.refusal(rule).or(self.fault.map(|fault| Refusal::Machine(fault, rule)))
        {
            return view.refuse(refusal);
        }
        match (self.handle, self.key) {
            (_, None) => view.refuse(self.no_place(view.rules)),
            (None, Some(_)) => Next::Do(Effect::NewHandle(view.lowest_handle())),
            (Some(handle), Some(key)) => {
                let terminated = view.rules.ask::<Terminator>() == Terminator::Function;
                Next::Done(Reply::success(Output::Started(handle, key, terminated)))
            }
        }
    }

    fn inside(&self, view: &View<'_>) -> Option<Effect> {
        if self.fault.is_some() {
            // RM-START-19: a failed start leaves no session behind.
            let left = self.slot.filter(|_| view.rules.ask::<HalfWay>() == HalfWay::NothingRemains);
            return left.map(Effect::DeleteSession);
        }
        let Some(taken) = &self.taken else { return Some(Effect::ReadRoot(places(view.rules))) };
        if taken.iter().any(|entry| !entry.whole) && view.rules.ask::<TornStart>() == TornStart::Fails {
            return None;
        }
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
            3 if view.rules.ask::<DeadPrimary>() == DeadPrimary::Vanishes => {
                (ValueName::Volatile, Data::Number(1))
            }
            _ => return None,
        };
        Some(Effect::WriteValue(slot, name, data))
    }

    /// Why no key was made up: the places are taken, or a torn key is in the way.
    fn no_place(&self, rules: &Rules) -> Refusal {
        match rules.ask::<TornStart>() {
            TornStart::Fails if self.met_torn => {
                let why = "a session's registry key is damaged";
                Refusal::answered(why, ErrorCode::WRITE_FAULT, TornStart::Fails)
            }
            _ => Refusal::TooManySessions,
        }
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.mutex.handle(effect, &outcome);
        match (effect, outcome) {
            // Undoing a failed start: done or not, there is nothing more to try.
            (Effect::DeleteSession(_), Outcome::Done) if self.fault.is_some() => self.slot = None,
            (Effect::DeleteSession(_), Outcome::Failed(latest)) => {
                (self.slot, self.fault) = (None, Some(latest)); // RM-LIFE-05
            }
            (_, Outcome::Failed(fault)) => self.fault = Some(fault),
            (_, Outcome::Slots(mut slots)) => {
                slots.retain(|entry| !entry.elsewhere);
                let none = slots.is_empty();
                self.met_torn = slots.iter().any(|entry| !entry.whole);
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
                    ledger.library.sessions.insert(handle, Session::new(seat).into());
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
answers! {
    /// Who puts the NUL behind the key.
    Terminator = "OQ-10" { Function, Nobody }
}
answers! {
    /// Whether a joined handle takes a place.
    JoinedTakesPlace = "OQ-12" { Takes, TakesNone }
}
answers! {
    /// Within what the places are counted.
    UserSession = "OQ-13" { TsSession, User }
}
answers! {
    /// What becomes of a session whose primary has died.
    DeadPrimary = "OQ-23.data" { Vanishes, Stays }
}
answers! {
    /// Whether what a dead primary left takes a place.
    LeftPlace = "OQ-23.place" { Taken, TakenOver }
}
answers! {
    /// What remains of a start that fails half-way.
    HalfWay = "OQ-107.session" { NothingRemains, WhatWasDone }
}
answers! {
    /// What a start does with a torn key.
    TornStart = "OQ-109.start" { PassesOver, TakesOver, Fails }
}

/// Among whom the places for sessions are counted.
pub(super) fn places(rules: &Rules) -> Scope {
    match rules.ask::<UserSession>() {
        UserSession::TsSession => Scope::TsSession,
        UserSession::User => Scope::User,
    }
}

/// Whether joined handles take places, so that a session's key has to say who has joined.
pub(super) fn joined_take_places(rules: &Rules) -> bool {
    rules.ask::<JoinedTakesPlace>() == JoinedTakesPlace::Takes
}

/// What a join beyond the places is refused with, where joined handles take some.
pub(super) fn no_place_to_join() -> Refusal {
    let (why, code) = ("64 sessions and joined handles are open already", ErrorCode::MAX_SESSIONS_REACHED);
    Refusal::answered(why, code, JoinedTakesPlace::Takes)
}

/// The slot for a new session: free, or left behind by an owner that runs no more (OQ-23); none
/// when all are in use.
fn place(taken: &[SlotEntry], alive: &[AppId], rules: &Rules) -> Option<Slot> {
    let is_left = |entry: &&SlotEntry| {
        let dead = !entry.owner.is_some_and(|owner| alive.contains(&owner.into()));
        match entry.whole {
            false => rules.ask::<TornStart>() == TornStart::TakesOver,
            true => dead && rules.ask::<LeftPlace>() == LeftPlace::TakenOver,
        }
    };
    let (abandoned, used): (Vec<_>, Vec<_>) = taken.iter().partition(is_left);
    let joined: usize = used.iter().map(|entry| entry.joined.len()).sum();
    if joined > 0 && used.len() + joined >= usize::from(Slot::COUNT) && joined_take_places(rules) {
        return None;
    }
    let scope = places(rules);
    let mut all = (0..Slot::COUNT).map(|number| Slot { scope, number });
    let free = all.find(|slot| !taken.iter().any(|entry| entry.slot == *slot));
    let abandoned = abandoned.first().map(|entry| entry.slot);
    let (Some(abandoned), Some(free)) = (abandoned, free) else { return abandoned.or(free) };
    Some(match rules.ask::<Preferred>() {
        Preferred::FirstAbandoned => abandoned,
        Preferred::LowestFree => free,
        Preferred::LowerOfBoth => abandoned.min(free),
    })
}
