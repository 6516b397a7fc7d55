//! `RmRegisterResources`: adds groups of resources to the session's key, all or none.

use super::join::JoinedAtEnd;
use super::mutex::Mutex;
use super::resources::{Seen, Taken};
use super::{Ledger, Next, Operation, View, cite};
use crate::call::Call;
use crate::effect::Effect;
use crate::library::Seat;
use crate::outcome::Outcome;
use crate::refusal::{ErrorCode, Fault, Refusal};
use crate::reply::{Output, Reply};
use crate::rules::{Rules, latitude::answers};
use crate::session::Role;
use crate::store::{Data, Phase, Record, ResourceKind, ValueName, groups_hash};

answers! {
    /// A registration between shutdown and restart.
    LateAfterShutdown = "OQ-25.shutdown" { Accepted, WithoutEffect, OutOfSequence }
}
answers! {
    /// A registration after the restart.
    LateAfterRestart = "OQ-25.restart" { Accepted, WithoutEffect, OutOfSequence }
}
answers! {
    /// A registration beside a shutdown or restart.
    LateDuring = "OQ-25.during" { Accepted, WithoutEffect, OutOfSequence, Waits }
}
answers! {
    /// A registration through a handle that outlived its session.
    Outlived = "OQ-20.register" { InvalidHandle, WriteFault, CredentialConflict, NothingHappens }
}
answers! {
    /// What remains of a registration that fails half-way.
    HalfWay = "OQ-107.register" { NothingRemains, WhatWasDone }
}
answers! {
    /// Whether a torn key is repaired.
    Repair = "OQ-109.repair" { Never, ByTheNextWrite }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Register {
    mutex: Mutex,
    /// What of its resources is there, where that matters.
    seen: Seen,
    /// The session's key as it was read, until the mutex is given back.
    record: Option<Record>,
    /// What of it counts to the end.
    found: Option<Found>,
    /// How many values are written, and not taken back.
    written: usize,
    fault: Option<Fault>,
    /// Taking back failed too: the key stays as it is, and its hashes show it.
    stuck: bool,
    /// An operation of the session was waited for (OQ-25.during).
    waited: bool,
}

/// What the session's key says to a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
enum Found {
    /// It is gone, or another session's.
    Nothing,
    /// It is there: how far its installer is, and whether it is torn.
    Key(Phase, bool),
}

impl Register {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        let rules = view.rules;
        if self.fault.is_none()
            && let Some(effect) = self.seen.next(operation.call(), rules)
        {
            return Next::Do(effect);
        }
        let taken = Taken::new(operation.call(), &self.seen, rules);
        let Some(seat) = operation.seat else { return view.refuse(gone(operation)) };
        // A resource that keeps all others out: nothing is done.
        let has_none = |kind| !taken.has(kind);
        let stops = taken.refusal.filter(|_| ResourceKind::ALL.into_iter().all(has_none));
        if stops.is_none()
            && let Some(effect) = self.mutex.guard(rules, || self.inside(seat, &taken, rules))
        {
            return Next::Do(effect);
        }
        let rule = cite::environment(operation.call());
        let failed = stops.or(self.mutex.refusal(rule));
        if let Some(refusal) = failed.or(self.fault.map(|fault| Refusal::Machine(fault, rule))) {
            return view.refuse(refusal);
        }
        let done = || match taken.refusal {
            Some(refusal) => view.refuse(refusal),
            None => Next::Done(Reply::success(Output::Nothing)),
        };
        match self.found {
            None | Some(Found::Nothing) => match outlived(operation, seat, rules) {
                Some(refusal) => view.refuse(refusal),
                None => done(),
            },
            Some(Found::Key(_, torn)) if torn && !writes_torn(rules) => view.refuse(Refusal::RegistryDamaged),
            Some(Found::Key(phase, _)) => match self.late(phase, rules) {
                Late::Accepted | Late::WithoutEffect => done(),
                Late::Refused(refusal) => view.refuse(refusal),
                Late::Waits => Next::Do(Effect::AwaitPhase(seat.slot)),
            },
        }
    }

    fn inside(&self, seat: Seat, taken: &Taken, rules: &Rules) -> Option<Effect> {
        let Some(found) = self.found else {
            return self.fault.is_none().then_some(Effect::ReadSession(seat.slot));
        };
        let Found::Key(phase, torn) = found else { return None };
        if !matches!(self.late(phase, rules), Late::Accepted) || (torn && !writes_torn(rules)) {
            return None;
        }
        let record = self.record.as_ref()?;
        if self.fault.is_none() {
            let (name, data) = write(self.written, record, torn, taken, rules)?;
            return Some(Effect::WriteValue(seat.slot, name, data));
        }
        // OQ-107: a registration that fails has no effect; the last value written goes first.
        let (last, _) = write(self.written.checked_sub(1)?, record, torn, taken, rules)?;
        if self.stuck || rules.ask::<HalfWay>() == HalfWay::WhatWasDone {
            return None;
        }
        Some(match record.values.get(&last) {
            Some(before) => Effect::WriteValue(seat.slot, last, before.clone()),
            None => Effect::DeleteValue(seat.slot, last),
        })
    }

    /// What comes of a registration at this point of the session's course (OQ-25).
    fn late(&self, phase: Phase, rules: &Rules) -> Late {
        let why = "it is too late to register";
        let code = ErrorCode::REQUEST_OUT_OF_SEQUENCE;
        match phase {
            _ if self.waited => Late::Accepted,
            Phase::Open => Late::Accepted,
            Phase::Operation => match rules.ask::<LateDuring>() {
                LateDuring::Accepted => Late::Accepted,
                LateDuring::WithoutEffect => Late::WithoutEffect,
                LateDuring::Waits => Late::Waits,
                answer @ LateDuring::OutOfSequence => Late::Refused(Refusal::answered(why, code, answer)),
            },
            Phase::ShutDown => match rules.ask::<LateAfterShutdown>() {
                LateAfterShutdown::Accepted => Late::Accepted,
                LateAfterShutdown::WithoutEffect => Late::WithoutEffect,
                answer @ LateAfterShutdown::OutOfSequence => {
                    Late::Refused(Refusal::answered(why, code, answer))
                }
            },
            Phase::Restarted => match rules.ask::<LateAfterRestart>() {
                LateAfterRestart::Accepted => Late::Accepted,
                LateAfterRestart::WithoutEffect => Late::WithoutEffect,
                answer @ LateAfterRestart::OutOfSequence => {
                    Late::Refused(Refusal::answered(why, code, answer))
                }
            },
        }
    }

    pub(super) fn handle(&mut self, ledger: &Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.mutex.handle(effect, &outcome);
        match (effect, outcome) {
            (Effect::Exist(_), Outcome::Paths(paths)) => self.seen.files = Some(paths),
            (Effect::Occupants(_), Outcome::Alive(alive)) => self.seen.processes = Some(alive),
            (Effect::Services(_), Outcome::Services(found)) => self.seen.services = Some(found),
            (Effect::ReadSession(_), Outcome::Session(record)) => {
                let expected = ledger.seat.map(|seat| seat.hash);
                self.record = record.filter(|record| record.session_hash() == expected);
                let key = |record: &Record| Found::Key(record.phase(), !record.is_whole());
                self.found = Some(self.record.as_ref().map_or(Found::Nothing, key));
            }
            (Effect::WriteValue(..) | Effect::DeleteValue(..), Outcome::Done) => match self.fault {
                None => self.written += 1,
                Some(_) => self.written -= 1,
            },
            (Effect::Unlock, _) => self.record = None,
            (Effect::AwaitPhase(_), _) => {
                let seen = core::mem::take(&mut self.seen);
                *self = Self { seen, waited: true, ..Self::default() };
            }
            // RM-LIFE-05: the latest error is what the call returns.
            (_, Outcome::Failed(fault)) => {
                self.stuck = self.fault.is_some();
                self.fault = Some(fault);
            }
            _ => {}
        }
    }
}

/// What comes of a registration that is late.
enum Late {
    Accepted,
    WithoutEffect,
    Refused(Refusal),
    Waits,
}

/// Whether a registration goes on although the key is torn.
fn writes_torn(rules: &Rules) -> bool {
    rules.ask::<Repair>() == Repair::ByTheNextWrite || !Refusal::RegistryDamaged.stands(rules)
}

fn gone(operation: &Operation) -> Refusal {
    Refusal::UnknownSession(cite::unknown_session(operation.call()))
}

/// What comes of a registration whose session is gone (OQ-20); `None` when nothing happens.
fn outlived(operation: &Operation, seat: Seat, rules: &Rules) -> Option<Refusal> {
    if seat.role == Role::Primary {
        return Some(gone(operation));
    }
    let why = "the session has ended";
    let answer = match rules.ask::<JoinedAtEnd>() {
        JoinedAtEnd::Valid => rules.ask::<Outlived>(),
        answer @ JoinedAtEnd::Invalid => {
            return Some(Refusal::answered(why, ErrorCode::INVALID_HANDLE, answer));
        }
        JoinedAtEnd::EndFails => return Some(gone(operation)),
    };
    let code = match answer {
        Outlived::InvalidHandle => ErrorCode::INVALID_HANDLE,
        Outlived::WriteFault => ErrorCode::WRITE_FAULT,
        Outlived::CredentialConflict => ErrorCode::SESSION_CREDENTIAL_CONFLICT,
        Outlived::NothingHappens => return None,
    };
    Some(Refusal::answered(why, code, answer))
}

/// The session's key, if it is still the key of the session that the handle stands for, and why
/// that key refuses the call.
pub(super) fn readable(record: Option<Record>, seat: Option<Seat>, call: &Call) -> (Record, Option<Refusal>) {
    let expected = seat.map(|seat| seat.hash);
    match record.filter(|record| record.session_hash() == expected) {
        Some(record) if record.is_whole() => (record, None),
        Some(record) => (record.sound(), Some(Refusal::RegistryDamaged)),
        // OQ-20: with the primary's end the handles of all secondaries have become invalid.
        None => (Record::default(), Some(Refusal::UnknownSession(cite::unknown_session(call)))),
    }
}

/// Of the values that a registration adds or changes, the one in this place: a group and its kind's hash for
/// each kind that is registered, then the sequence number.
fn write(
    mut at: usize,
    record: &Record,
    torn: bool,
    taken: &Taken,
    rules: &Rules,
) -> Option<(ValueName, Data)> {
    let mut is_it = || {
        let is_it = at == 0;
        at = at.wrapping_sub(1);
        is_it
    };
    let mut any = false;
    for kind in ResourceKind::ALL {
        let is_sound = !torn || record.is_sound(kind);
        let repairs = !is_sound && rules.ask::<Repair>() == Repair::ByTheNextWrite;
        let adds = taken.has(kind);
        any |= adds || repairs;
        if adds && is_it() {
            let number = u16::try_from(record.groups(kind).count()).unwrap_or(u16::MAX);
            return Some((ValueName::Group(kind, number), Data::Strings(taken.strings(kind))));
        }
        if (adds && is_sound || repairs) && is_it() {
            let new = adds.then(|| taken.strings(kind));
            let groups = record.groups(kind).chain(&new);
            return Some((ValueName::GroupsHash(kind), Data::Hash(groups_hash(groups))));
        }
    }
    let next = || (ValueName::Sequence, Data::Number(record.sequence().wrapping_add(1)));
    (any && is_it()).then(next)
}
