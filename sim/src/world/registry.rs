//! The simulated registry: one key per session, and the write mutex that guards them.

use std::collections::BTreeMap;

use rm_core::store::{Data, Record, SlotEntry, ValueName};
use rm_core::{Caller, Slot, UniqueProcess};

/// The keys below `Software\Microsoft\RestartManager`, and their mutex.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Registry {
    /// The sessions' keys.
    pub keys: BTreeMap<Slot, Record>,
    /// The write mutex.
    pub mutex: Mutex,
}

/// The registry write mutex.
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
    pub(super) fn root(&self) -> Vec<SlotEntry> {
        let entry = |(slot, key): (&Slot, &Record)| SlotEntry {
            slot: *slot,
            owner: key.owner(),
            hash: key.session_hash(),
        };
        self.keys.iter().map(entry).collect()
    }

    pub(super) fn write(&mut self, slot: Slot, name: ValueName, data: Data) {
        self.keys.entry(slot).or_default().values.insert(name, data);
    }

    pub(super) fn delete_value(&mut self, slot: Slot, name: ValueName) {
        if let Some(key) = self.keys.get_mut(&slot) {
            key.values.remove(&name);
        }
    }

    /// A process is gone: if a thread of it held the mutex, the next to take it is told so.
    pub(super) fn abandon(&mut self, process: UniqueProcess) {
        if matches!(self.mutex, Mutex::Held(owner) if owner.process == process) {
            self.mutex = Mutex::Abandoned;
        }
    }
}
