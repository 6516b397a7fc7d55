//! `RmJoinSession`: finds the slot whose hash agrees with the key.

mod refused;

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::mutex::Mutex;
use super::start::{joined_take_places, no_place_to_join, places};
use super::{Ledger, Next, Operation, View, cite};
use crate::call::Call;
use crate::effect::Effect;
use crate::library::{Seat, Session};
use crate::name::Name;
use crate::outcome::Outcome;
use crate::process::UniqueProcess;
use crate::refusal::{ErrorCode, Fault, Refusal};
use crate::reply::{Output, Reply};
use crate::rules::{Rules, latitude::answers};
use crate::session::{Role, SessionHandle, Slot};
use crate::store::{Data, Phase, SlotEntry, ValueName, process_line, session_hash};
pub(super) use refused::{JoinAfter, Rejoin, no_key};
use refused::{KeyCase, already, other_user, out_of_phase, unknown};

answers! {
    /// A process joins once more.
    JoinAgain = "OQ-17.again" { NewHandle, SameHandle, Refused }
}
answers! {
    /// A process joins its own session.
    JoinOwn = "OQ-17.own" { NewHandle, SameHandle, Refused }
}
answers! {
    /// A join during an operation of the primary.
    JoinDuring = "OQ-19.during" { Allowed, OutOfSequence, CredentialConflict, Waits }
}
answers! {
    /// What the primary's end makes of joined handles.
    JoinedAtEnd = "OQ-20.handles" { Invalid, Valid, EndFails }
}
answers! {
    /// What a join does with a torn key.
    TornJoin = "OQ-109.join" { PassesOver, Fails }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Join {
    mutex: Mutex,
    found: Option<Found>,
    owner_alive: Option<bool>,
    written: bool,
    fault: Option<Fault>,
    handle: Option<SessionHandle>,
}

/// What a look at the slots found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Found {
    /// The slot that the key opens.
    opened: Option<Opened>,
    /// Whether a torn key was met on the way to it, or it is torn itself.
    torn: bool,
    /// How many sessions and joined handles are counted together with it.
    places: usize,
}

/// A slot that a key opens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Opened {
    seat: Seat,
    owner: UniqueProcess,
    entry: SlotEntry,
    /// Whether the key fits as it is written.
    exactly: bool,
}

impl Join {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        let refusal = self.refusal(operation, view);
        if let Some(effect) = self.mutex.guard(view.rules, || self.inside(refusal.as_ref(), view)) {
            return Next::Do(effect);
        }
        let rule = cite::environment(operation.call());
        if let Some(refusal) = self.mutex.refusal(rule).or(refusal) {
            return view.refuse(refusal);
        }
        let Some(opened) = self.opened() else { return view.refuse(unknown(operation.call(), view.rules)) };
        if self.waits(opened, view.rules) {
            return Next::Do(Effect::AwaitPhase(opened.seat.slot));
        }
        if let Some(handle) = self.handle.or_else(|| same_handle(opened, view)) {
            return Next::Done(Reply::success(Output::Joined(handle)));
        }
        Next::Do(Effect::NewHandle(view.lowest_handle()))
    }

    fn inside(&self, refusal: Option<&Refusal>, view: &View<'_>) -> Option<Effect> {
        if self.found.is_none() && self.fault.is_none() {
            return Some(Effect::ReadRoot(places(view.rules)));
        }
        let opened = self.opened().filter(|_| refusal.is_none())?;
        if self.owner_alive.is_none() {
            return Some(Effect::AreAlive([opened.owner.into()].into()));
        }
        let writes = !self.written && !self.waits(opened, view.rules) && same_handle(opened, view).is_none();
        (writes && counts_joined(view.rules)).then(|| {
            let line = process_line(view.me.process);
            let lines: Arc<[Name]> =
                opened.entry.joined.iter().copied().map(process_line).chain([line]).collect();
            Effect::WriteValue(opened.seat.slot, ValueName::Joined, Data::Strings(lines))
        })
    }

    fn opened(&self) -> Option<&Opened> {
        self.found.as_ref()?.opened.as_ref()
    }

    /// Whether the call waits until the primary's operation is over (OQ-19).
    fn waits(&self, opened: &Opened, rules: &Rules) -> bool {
        opened.entry.phase == Phase::Operation && rules.ask::<JoinDuring>() == JoinDuring::Waits
    }

    /// Why the session is not joined, as far as that is known.
    fn refusal(&self, operation: &Operation, view: &View<'_>) -> Option<Refusal> {
        let rules = view.rules;
        if let Some(fault) = self.fault {
            return Some(Refusal::Machine(fault, cite::environment(operation.call())));
        }
        let found = self.found.as_ref()?;
        if found.torn && rules.ask::<TornJoin>() == TornJoin::Fails {
            let why = "a session's registry key is damaged";
            return Some(Refusal::answered(why, ErrorCode::WRITE_FAULT, TornJoin::Fails));
        }
        let Some(opened) = &found.opened else { return Some(unknown(operation.call(), rules)) };
        if !opened.exactly && rules.ask::<KeyCase>() == KeyCase::Exact {
            let (why, code) =
                ("the key fits in another letter case only", ErrorCode::SESSION_CREDENTIAL_CONFLICT);
            return Some(Refusal::answered(why, code, KeyCase::Exact));
        }
        if opened.entry.foreign {
            return Some(other_user(rules));
        }
        if !opened.entry.whole {
            // Passed over, and no other slot can fit.
            let (why, code) =
                ("the key belongs to a session that is passed over", ErrorCode::SESSION_CREDENTIAL_CONFLICT);
            return Some(Refusal::answered(why, code, TornJoin::PassesOver));
        }
        // RM-JOIN-12: a session whose owner died without ending it is no live session.
        if self.owner_alive == Some(false) {
            return Some(unknown(operation.call(), rules));
        }
        out_of_phase(opened.entry.phase, rules)
            .or_else(|| already(opened, self.handle, view))
            .or_else(|| found.is_full(rules).then(no_place_to_join))
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.mutex.handle(effect, &outcome);
        match (effect, outcome) {
            (Effect::ReadRoot(_) | Effect::WriteValue(..), Outcome::Failed(fault)) => {
                self.fault = Some(fault)
            }
            (_, Outcome::Slots(slots)) => self.found = Some(Found::new(slots, ledger.call)),
            (_, Outcome::Alive(alive)) => self.owner_alive = Some(!alive.is_empty()),
            (Effect::WriteValue(..), _) => self.written = true,
            // What was found may have changed: it is looked for again.
            (Effect::AwaitPhase(_), _) => *self = Self::default(),
            (_, Outcome::Handle(handle)) => {
                self.handle = Some(handle);
                if let Some(opened) = self.opened() {
                    ledger.library.sessions.insert(handle, Session::new(opened.seat).into());
                }
            }
            _ => {}
        }
    }
}

impl Found {
    fn new(slots: Vec<SlotEntry>, call: &Call) -> Self {
        let opened = slots.iter().find_map(|entry| opened_by(entry, call));
        let on_the_way = |entry: &&SlotEntry| {
            !entry.elsewhere && opened.as_ref().is_none_or(|opened| entry.slot <= opened.seat.slot)
        };
        let torn = slots.iter().filter(on_the_way).any(|entry| !entry.whole);
        let here = slots.iter().filter(|entry| !entry.elsewhere);
        let places = here.map(|entry| 1 + entry.joined.len()).sum();
        Self { opened, torn, places }
    }

    /// Whether no place is left for a joined handle (OQ-12).
    fn is_full(&self, rules: &Rules) -> bool {
        self.places >= usize::from(Slot::COUNT) && joined_take_places(rules)
    }
}

/// The slot, if the key of the call is the slot's.
fn opened_by(entry: &SlotEntry, call: &Call) -> Option<Opened> {
    let Call::Join { key: Some(key), .. } = call else { return None };
    let (owner, hash) = (entry.owner?, entry.hash?);
    let exactly = session_hash(key, owner) == hash;
    // Keys are written in lower case.
    let fits = exactly || session_hash(&key.lowered(), owner) == hash;
    let seat = Seat { role: Role::Secondary, slot: entry.slot, hash };
    fits.then(|| Opened { seat, owner, entry: entry.clone(), exactly })
}

/// Whether the session's key says who has joined.
pub(super) fn counts_joined(rules: &Rules) -> bool {
    rules.ask::<JoinedAtEnd>() == JoinedAtEnd::EndFails || joined_take_places(rules)
}

/// The handle that the process has for the session already, if a join gives it once more (OQ-17).
fn same_handle(opened: &Opened, view: &View<'_>) -> Option<SessionHandle> {
    let (handle, role) = held(opened, view)?;
    let same = match role {
        Role::Primary => view.rules.ask::<JoinOwn>() == JoinOwn::SameHandle,
        Role::Secondary => view.rules.ask::<JoinAgain>() == JoinAgain::SameHandle,
    };
    same.then_some(handle)
}

/// A handle that the process has for the session: the primary's, else one that it joined.
fn held(opened: &Opened, view: &View<'_>) -> Option<(SessionHandle, Role)> {
    let same = view.library.sessions.iter().filter(|(_, session)| session.seat.hash == opened.seat.hash);
    same.map(|(handle, session)| (*handle, session.seat.role)).min_by_key(|(_, role)| *role)
}
