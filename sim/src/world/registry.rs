//! The simulated registry: one key per session, and the write mutexes that guard them.
//!
//! Everybody reaches what those share with whom it is counted: the [`Realm`] that a scope means for
//! a process. The realms of one scope know nothing of each other.

use std::collections::BTreeMap;
use std::fmt;

use rm_core::store::{Data, Phase, Record, SlotEntry, ValueName};
use rm_core::{Caller, Name, Scope, Slot, UniqueProcess};

use super::World;

/// The keys below `Software\Microsoft\RestartManager`, and their mutexes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Registry {
    /// The sessions' keys.
    pub keys: BTreeMap<Place, Record>,
    /// The write mutexes that somebody holds, or died holding.
    pub mutexes: BTreeMap<Realm, Mutex>,
}

/// Where a session's key lies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Among whom it is counted.
    pub realm: Realm,
    /// Its number there.
    pub number: u16,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session{:04}", self.number)
    }
}

/// Those who share something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Realm {
    /// The processes of one user.
    User(Name),
    /// The processes of one terminal session.
    TsSession(u32),
    /// All processes.
    Machine,
}

/// Of whom an installer's process is, and where it runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// Its user.
    pub user: Name,
    /// Its terminal session.
    pub ts_session: u32,
}

/// A registry write mutex.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mutex {
    /// Nobody holds it.
    #[default]
    Free,
    /// A thread holds it.
    Held(Caller),
    /// Its owner died holding it.
    Abandoned,
}

impl Registry {
    /// The mutex of a realm.
    #[must_use]
    pub fn mutex(&self, realm: &Realm) -> Mutex {
        self.mutexes.get(realm).copied().unwrap_or_default()
    }

    pub(super) fn release(&mut self, who: Caller) {
        self.mutexes.retain(|_, mutex| *mutex != Mutex::Held(who));
    }

    pub(super) fn write(&mut self, place: Place, name: ValueName, data: Data) {
        self.keys.entry(place).or_default().values_mut().insert(name, data);
    }

    pub(super) fn delete_value(&mut self, place: &Place, name: ValueName) {
        if let Some(key) = self.keys.get_mut(place) {
            key.values_mut().remove(&name);
        }
    }

    /// A process is gone: if a thread of it held a mutex, the next to take it is told so. Keys that
    /// were made to vanish with their owner do.
    pub(super) fn abandon(&mut self, process: UniqueProcess) {
        for mutex in self.mutexes.values_mut() {
            if matches!(mutex, Mutex::Held(owner) if owner.process == process) {
                *mutex = Mutex::Abandoned;
            }
        }
        self.keys
            .retain(|_, key| key.owner() != Some(process) || !key.values.contains_key(&ValueName::Volatile));
    }
}

impl World {
    /// Says of whom a process is, and where it runs.
    pub fn enrol(&mut self, process: UniqueProcess, member: Member) {
        self.scene.members.insert(process, member);
    }

    /// What a scope means for a process.
    #[must_use]
    pub fn realm(&self, process: UniqueProcess, scope: Scope) -> Realm {
        let member = self.scene.members.get(&process);
        match scope {
            Scope::User => Realm::User(
                member.map_or_else(|| rm_core::Identity::USER.into(), |member| member.user.clone()),
            ),
            Scope::TsSession => Realm::TsSession(member.map_or(1, |member| member.ts_session)),
            Scope::Machine => Realm::Machine,
        }
    }

    /// Where a slot lies that a process speaks of.
    #[must_use]
    pub fn place(&self, process: UniqueProcess, slot: Slot) -> Place {
        Place { realm: self.realm(process, slot.scope), number: slot.number }
    }

    /// What a process sees of the slots: those of its realm, and that others have theirs.
    pub(super) fn root(&self, who: Caller, scope: Scope) -> Vec<SlotEntry> {
        let own = self.realm(who.process, scope);
        let user = |process| self.scene.members.get(&process).map(|member| &member.user);
        let entry = |(place, key): (&Place, &Record)| {
            let owner = key.owner();
            SlotEntry {
                slot: Slot { scope, number: place.number },
                owner,
                hash: key.session_hash(),
                whole: key.is_whole(),
                foreign: owner.and_then(user).is_some_and(|owner| Some(owner) != user(who.process)),
                elsewhere: place.realm != own,
                phase: key.phase(),
                joined: key.joined(),
            }
        };
        let mut entries: Vec<_> =
            self.registry.keys.iter().map(entry).filter(|entry| !entry.elsewhere || entry.foreign).collect();
        entries.sort_by_key(|entry| entry.elsewhere);
        entries
    }

    /// What tells a session from a later one in the same slot.
    pub(crate) fn session_hash(&self, who: Caller, slot: Slot) -> Option<u64> {
        self.registry.keys.get(&self.place(who.process, slot))?.session_hash()
    }

    /// Whether the owner of a session is in no operation any more, or is gone.
    pub(super) fn is_past_operation(&self, place: &Place) -> bool {
        let key = self.registry.keys.get(place);
        let runs = |key: &Record| key.owner().is_some_and(|owner| self.is_alive(owner));
        key.is_none_or(|key| key.phase() != Phase::Operation || !runs(key))
    }
}
