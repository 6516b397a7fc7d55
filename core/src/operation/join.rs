//! `RmJoinSession`: finds the slot whose hash agrees with the key.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::mutex::Mutex;
use super::start::{joined_take_places, places};
use super::{Ledger, Next, Operation, View, cite};
use crate::call::Call;
use crate::effect::{Effect, Outcome};
use crate::library::{Seat, Session};
use crate::name::Name;
use crate::process::UniqueProcess;
use crate::refusal::{ErrorCode, Fault, Refusal};
use crate::reply::{Output, Reply};
use crate::rules::{Rules, latitude::answers};
use crate::session::{Role, SessionHandle, Slot};
use crate::store::{Data, Phase, SlotEntry, ValueName, process_line, session_hash};

answers! {
    /// A key in the other letter case.
    KeyCase = "OQ-09.case" { Exact, AnyCase }
}
answers! {
    /// The key of no live session.
    UnknownKey = "OQ-14" { CredentialConflict, WriteFault, FileNotFound, InvalidHandle }
}
answers! {
    /// A key that is not 32 characters long.
    KeyLength = "OQ-15.length" { CredentialConflict, BadArgument }
}
answers! {
    /// An empty key.
    EmptyKey = "OQ-15.empty" { CredentialConflict, BadArgument }
}
answers! {
    /// A join in another user context.
    OtherUser = "OQ-16" { CredentialConflict, WriteFault, AccessDenied }
}
answers! {
    /// A process joins once more.
    JoinAgain = "OQ-17.again" { NewHandle, SameHandle, Refused }
}
answers! {
    /// A process joins its own session.
    JoinOwn = "OQ-17.own" { NewHandle, SameHandle, Refused }
}
answers! {
    /// A process joins again what it has left.
    Rejoin = "OQ-18" { Allowed, Refused }
}
answers! {
    /// A join during an operation of the primary.
    JoinDuring = "OQ-19.during" { Allowed, OutOfSequence, CredentialConflict, Waits }
}
answers! {
    /// A join after the session's shutdown.
    JoinAfter = "OQ-19.after" { Allowed, OutOfSequence, CredentialConflict }
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
        let rule = cite::environment(&operation.call);
        if let Some(refusal) = self.mutex.refusal(rule).or(refusal) {
            return view.refuse(refusal);
        }
        let Some(opened) = self.opened() else { return view.refuse(unknown(&operation.call, view.rules)) };
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
            return Some(Effect::AreAlive([opened.owner].into()));
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
            return Some(Refusal::Machine(fault, cite::environment(&operation.call)));
        }
        let found = self.found.as_ref()?;
        if found.torn && rules.ask::<TornJoin>() == TornJoin::Fails {
            let why = "a session's registry key is damaged";
            return Some(Refusal::answered(why, ErrorCode::WRITE_FAULT, TornJoin::Fails));
        }
        let Some(opened) = &found.opened else { return Some(unknown(&operation.call, rules)) };
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
            return Some(unknown(&operation.call, rules));
        }
        out_of_phase(opened.entry.phase, rules)
            .or_else(|| already(opened, self.handle, view))
            .or_else(|| found.is_full(rules).then_some(Refusal::TooManySessions))
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
                    ledger.library.sessions.insert(handle, Session::new(opened.seat));
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

/// What is refused because the process has a handle for the session, or had one.
fn already(opened: &Opened, new: Option<SessionHandle>, view: &View<'_>) -> Option<Refusal> {
    let why = "the process has joined the session before";
    match held(opened, view).filter(|_| new.is_none()) {
        Some((_, Role::Primary)) => {
            let answer = view.rules.ask::<JoinOwn>();
            (answer == JoinOwn::Refused).then(|| Refusal::answered(why, ErrorCode::UNSPECIFIED, answer))
        }
        Some((_, Role::Secondary)) => {
            let answer = view.rules.ask::<JoinAgain>();
            (answer == JoinAgain::Refused).then(|| Refusal::answered(why, ErrorCode::UNSPECIFIED, answer))
        }
        None if view.library.left.contains(&opened.seat.hash) => {
            let answer = view.rules.ask::<Rejoin>();
            (answer == Rejoin::Refused).then(|| Refusal::answered(why, ErrorCode::UNSPECIFIED, answer))
        }
        None => None,
    }
}

/// What is refused because of how far the primary is (OQ-19).
fn out_of_phase(phase: Phase, rules: &Rules) -> Option<Refusal> {
    let why = "the session's installer is too far for a join";
    let (sequence, conflict) = (ErrorCode::REQUEST_OUT_OF_SEQUENCE, ErrorCode::SESSION_CREDENTIAL_CONFLICT);
    match phase {
        Phase::Open => None,
        Phase::Operation => {
            let answer = rules.ask::<JoinDuring>();
            let code = match answer {
                JoinDuring::OutOfSequence => sequence,
                JoinDuring::CredentialConflict => conflict,
                JoinDuring::Allowed | JoinDuring::Waits => return None,
            };
            Some(Refusal::answered(why, code, answer))
        }
        Phase::ShutDown | Phase::Restarted => {
            let answer = rules.ask::<JoinAfter>();
            let code = match answer {
                JoinAfter::OutOfSequence => sequence,
                JoinAfter::CredentialConflict => conflict,
                JoinAfter::Allowed => return None,
            };
            Some(Refusal::answered(why, code, answer))
        }
    }
}

fn other_user(rules: &Rules) -> Refusal {
    let answer = rules.ask::<OtherUser>();
    let code = match answer {
        OtherUser::CredentialConflict => ErrorCode::SESSION_CREDENTIAL_CONFLICT,
        OtherUser::WriteFault => ErrorCode::WRITE_FAULT,
        OtherUser::AccessDenied => ErrorCode::ACCESS_DENIED,
    };
    Refusal::answered("the session is another user's", code, answer)
}

/// The key opens nothing: it is no key at all, or belongs to no live session (RM-JOIN-02).
fn unknown(call: &Call, rules: &Rules) -> Refusal {
    if let Some(refusal) = no_key(call, rules) {
        return refusal;
    }
    let answer = rules.ask::<UnknownKey>();
    let code = match answer {
        UnknownKey::CredentialConflict => ErrorCode::SESSION_CREDENTIAL_CONFLICT,
        UnknownKey::WriteFault => ErrorCode::WRITE_FAULT,
        UnknownKey::FileNotFound => ErrorCode::FILE_NOT_FOUND,
        UnknownKey::InvalidHandle => ErrorCode::INVALID_HANDLE,
    };
    Refusal::answered("the key belongs to no session", code, answer)
}

/// What a key that cannot be one is refused with. Where it is a bad argument, that is seen before
/// anything is done (see `arguments`).
pub(super) fn no_key(call: &Call, rules: &Rules) -> Option<Refusal> {
    let Call::Join { key: Some(key), .. } = call else { return None };
    let why = "the key is none";
    let code =
        |is_bad| if is_bad { ErrorCode::BAD_ARGUMENTS } else { ErrorCode::SESSION_CREDENTIAL_CONFLICT };
    match key.units().len() {
        32 => None,
        0 => {
            let answer = rules.ask::<EmptyKey>();
            Some(Refusal::answered(why, code(answer == EmptyKey::BadArgument), answer))
        }
        _ => {
            let answer = rules.ask::<KeyLength>();
            Some(Refusal::answered(why, code(answer == KeyLength::BadArgument), answer))
        }
    }
}
