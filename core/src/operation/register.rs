//! `RmRegisterResources`: adds groups of resources to the session's key, all or none.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::mutex::Mutex;
use super::{Ledger, Next, Operation, View, cite};
use crate::call::{Array, Call};
use crate::effect::Effect;
use crate::library::Seat;
use crate::name::Name;
use crate::outcome::Outcome;
use crate::refusal::{Fault, Refusal};
use crate::reply::{Output, Reply};
use crate::store::{Data, Record, ResourceKind, ValueName, groups_hash, process_line};

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Register {
    mutex: Mutex,
    /// What is to be written, once the key was read.
    writes: Option<Vec<Write>>,
    /// How many of them are written, and not taken back.
    written: usize,
    refusal: Option<Refusal>,
    /// Taking back failed too: the key stays as it is, and its hashes show it.
    stuck: bool,
}

/// One value to write, and what it was before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Write {
    name: ValueName,
    data: Data,
    before: Option<Data>,
}

impl Register {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        if let Some(effect) = self.mutex.guard(view.rules, || self.inside(operation.seat?)) {
            return Next::Do(effect);
        }
        match self.mutex.refusal(cite::environment(&operation.call)).or(self.refusal) {
            Some(refusal) => view.refuse(refusal),
            None => Next::Done(Reply::success(Output::Nothing)),
        }
    }

    fn inside(&self, seat: Seat) -> Option<Effect> {
        if self.refusal.is_some() {
            return self.take_back(seat);
        }
        let Some(writes) = &self.writes else { return Some(Effect::ReadSession(seat.slot)) };
        let next = writes.get(self.written)?;
        Some(Effect::WriteValue(seat.slot, next.name, next.data.clone()))
    }

    /// OQ-107: a registration that fails has no effect; the last value written goes first.
    fn take_back(&self, seat: Seat) -> Option<Effect> {
        if self.stuck {
            return None;
        }
        let last = self.writes.as_ref()?.get(self.written.checked_sub(1)?)?;
        Some(match &last.before {
            Some(before) => Effect::WriteValue(seat.slot, last.name, before.clone()),
            None => Effect::DeleteValue(seat.slot, last.name),
        })
    }

    pub(super) fn handle(&mut self, ledger: &Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.mutex.handle(effect, &outcome);
        match (effect, outcome) {
            (Effect::ReadSession(_), Outcome::Session(record)) => {
                match readable(record, ledger.seat, ledger.call) {
                    Ok(record) => self.writes = Some(writes(&record, ledger.call)),
                    Err(refusal) => self.refusal = Some(refusal),
                }
            }
            (Effect::WriteValue(..) | Effect::DeleteValue(..), Outcome::Done) => match self.refusal {
                None => self.written += 1,
                Some(_) => self.written -= 1,
            },
            (Effect::Lock(_), _) => {}
            (Effect::Unlock, _) => self.writes = None,
            (_, Outcome::Failed(fault)) => self.fail(fault, ledger.call),
            _ => {}
        }
    }

    /// RM-LIFE-05: the latest error is what the call returns.
    fn fail(&mut self, fault: Fault, call: &Call) {
        self.stuck = self.refusal.is_some();
        self.refusal = Some(Refusal::Machine(fault, cite::environment(call)));
    }
}

/// The session's key, if it is still the key of the session that the handle stands for, and whole.
pub(super) fn readable(record: Option<Record>, seat: Option<Seat>, call: &Call) -> Result<Record, Refusal> {
    let expected = seat.map(|seat| seat.hash);
    match record {
        // OQ-20: with the primary's end the handles of all secondaries have become invalid.
        Some(record) if record.session_hash() == expected => {
            if record.is_whole() {
                Ok(record)
            } else {
                Err(Refusal::RegistryDamaged)
            }
        }
        _ => Err(Refusal::UnknownSession(cite::unknown_session(call))),
    }
}

/// The values that a registration adds or changes: a group and its kind's hash for each kind that
/// is registered, then the sequence number.
fn writes(record: &Record, call: &Call) -> Vec<Write> {
    let mut writes = Vec::new();
    for kind in ResourceKind::ALL {
        let strings = strings(call, kind);
        if strings.is_empty() {
            continue;
        }
        let mut groups: Vec<_> = record.groups(kind).cloned().collect();
        let number = u16::try_from(groups.len()).unwrap_or(u16::MAX);
        groups.push(strings.clone());
        writes.push((ValueName::Group(kind, number), Data::Strings(strings)));
        writes.push((ValueName::GroupsHash(kind), Data::Hash(groups_hash(groups.iter()))));
    }
    if !writes.is_empty() {
        writes.push((ValueName::Sequence, Data::Number(record.sequence().wrapping_add(1))));
    }
    let before = |name: &ValueName| record.values.get(name).cloned();
    writes.into_iter().map(|(name, data)| Write { name, before: before(&name), data }).collect()
}

/// What the call registers of one kind, as the registry keeps it. Null and empty names are passed over.
fn strings(call: &Call, kind: ResourceKind) -> Arc<[Name]> {
    let Call::Register { files, processes, services, .. } = call else { return Arc::from([]) };
    match kind {
        ResourceKind::Files => named(files).cloned().collect(),
        ResourceKind::Processes => {
            processes.elements().iter().map(|process| process_line(*process)).collect()
        }
        ResourceKind::Services => named(services).cloned().collect(),
    }
}

fn named(names: &Array<Option<Name>>) -> impl Iterator<Item = &Name> {
    names.elements().iter().flatten().filter(|name| !name.is_empty())
}
