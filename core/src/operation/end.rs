//! `RmEndSession`: the primary's ends the session, a secondary's only leaves it.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::join::{JoinedAtEnd, Rejoin, counts_joined};
use super::mutex::Mutex;
use super::restart::Starting;
use super::{Ledger, Next, Operation, View, cite, plan};
use crate::application::AppId;
use crate::effect::{Effect, Note};
use crate::library::{Application, Seat};
use crate::name::Name;
use crate::outcome::Outcome;
use crate::process::UniqueProcess;
use crate::refusal::{ErrorCode, Fault, Refusal};
use crate::reply::{Output, Reply};
use crate::rules::latitude::answers;
use crate::session::{Role, SessionHandle};
use crate::store::{Data, Record, ValueName, process_line};

answers! {
    /// What the end does with what was stopped and not restarted.
    LeftStopped = "OQ-24" { StaysStopped, Restarted }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct End {
    mutex: Mutex,
    /// Who has joined the session, once its key was read; `None` inside when it is gone.
    joined: Option<Option<Vec<UniqueProcess>>>,
    /// Whether one of them runs.
    somebody_joined: Option<bool>,
    /// Whether the session was ended or left, or why not.
    ended: Option<Result<(), Fault>>,
    /// Bringing back what the session stopped.
    starting: Option<Starting>,
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
        let (Some(seat), Some(handle)) = (operation.seat, operation.call().session()) else {
            return view.refuse(Refusal::UnknownSession(cite::unknown_session(operation.call())));
        };
        if let Some(effect) = self.mutex.guard(view.rules, || self.inside(seat, view)) {
            return Next::Do(effect);
        }
        let rule = cite::environment(operation.call());
        match (self.mutex.refusal(rule), self.ended) {
            // OQ-107: the end did not take place; the handle still stands for the session.
            (Some(refusal), _) => view.refuse(refusal),
            (None, Some(Err(fault))) => view.refuse(Refusal::Machine(fault, rule)),
            _ if self.somebody_joined == Some(true) => {
                let why = "somebody has joined the session";
                view.refuse(Refusal::answered(why, ErrorCode::UNSPECIFIED, JoinedAtEnd::EndFails))
            }
            _ if !self.released => self.leave(operation, seat, handle, view),
            // RM-END-08: the primary has ended the session before.
            _ if seat.role == Role::Secondary && self.joined == Some(None) => {
                match view.rules.ask::<JoinedAtEnd>() {
                    JoinedAtEnd::Valid => Next::Done(Reply::success(Output::Nothing)),
                    answer @ (JoinedAtEnd::Invalid | JoinedAtEnd::EndFails) => {
                        let why = "the session has ended";
                        view.refuse(Refusal::answered(why, ErrorCode::INVALID_HANDLE, answer))
                    }
                }
            }
            _ => Next::Done(Reply::success(Output::Nothing)),
        }
    }

    fn inside(&self, seat: Seat, view: &View<'_>) -> Option<Effect> {
        if self.ended.is_some() {
            return None;
        }
        let reads = match seat.role {
            Role::Primary => view.rules.ask::<JoinedAtEnd>() == JoinedAtEnd::EndFails,
            // RM-END-06: a secondary changes nothing, it only looks whether it still has a session.
            Role::Secondary => true,
        };
        let joined = match &self.joined {
            None if reads => return Some(Effect::ReadSession(seat.slot)),
            None => None,
            Some(joined) => joined.as_ref(),
        };
        match (seat.role, joined) {
            (Role::Primary, Some(joined)) if !joined.is_empty() => match self.somebody_joined {
                None => Some(Effect::AreAlive(joined.iter().copied().map(AppId::Process).collect())),
                Some(true) => None,
                Some(false) => Some(Effect::DeleteSession(seat.slot)),
            },
            (Role::Primary, _) => Some(Effect::DeleteSession(seat.slot)),
            (Role::Secondary, Some(joined)) if counts_joined(view.rules) => {
                let mut left = joined.clone();
                let own = left.iter().position(|process| *process == view.me.process)?;
                left.remove(own);
                let lines: Arc<[Name]> = left.into_iter().map(process_line).collect();
                Some(Effect::WriteValue(seat.slot, ValueName::Joined, Data::Strings(lines)))
            }
            (Role::Secondary, _) => None,
        }
    }

    /// What is done once the session was ended or left: the handle goes last.
    fn leave(&self, operation: &Operation, seat: Seat, handle: SessionHandle, view: &View<'_>) -> Next {
        match seat.role {
            Role::Primary => {
                if let Some(effect) = self.brings_back(operation, view) {
                    return Next::Do(effect);
                }
            }
            Role::Secondary => {
                if !operation.course.is_noted() && view.rules.ask::<Rejoin>() == Rejoin::Refused {
                    return Next::Do(Effect::Remember(Note::Left(seat.hash)));
                }
            }
        }
        Next::Do(Effect::ReleaseHandle(handle))
    }

    /// The next step of restarting what the session stopped, where its end does that. What cannot be
    /// started stays stopped, and the end succeeds all the same.
    fn brings_back(&self, operation: &Operation, view: &View<'_>) -> Option<Effect> {
        if let Some(starting) = &self.starting {
            return match starting.poll(operation, view.session?, view) {
                Next::Do(effect) => Some(effect),
                Next::Wait | Next::Done(_) => None,
            };
        }
        let session = view.session?;
        let any = session.applications.iter().any(Application::is_stopped);
        let restarts = any && view.rules.ask::<LeftStopped>() == LeftStopped::Restarted;
        let decisions = restarts.then(|| plan::restart(session, None, view))??;
        Some(Effect::Decide(decisions.into()))
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: &Outcome) {
        self.mutex.handle(effect, outcome);
        match (effect, outcome) {
            (Effect::DeleteSession(_) | Effect::WriteValue(..), Outcome::Done) => self.ended = Some(Ok(())),
            (Effect::ReadSession(_), Outcome::Session(record)) => {
                let own = |record: &&Record| record.session_hash() == ledger.seat.map(|seat| seat.hash);
                self.joined = Some(record.as_ref().filter(own).map(Record::joined));
            }
            (Effect::AreAlive(_), Outcome::Alive(alive)) => self.somebody_joined = Some(!alive.is_empty()),
            (
                Effect::DeleteSession(_) | Effect::ReadSession(_) | Effect::WriteValue(..),
                Outcome::Failed(fault),
            ) => self.ended = Some(Err(*fault)),
            (Effect::Decide(decisions), _) => self.starting = Some(Starting::new(decisions)),
            (Effect::ReleaseHandle(handle), _) => {
                self.released = true;
                ledger.library.sessions.remove(handle);
            }
            (effect, outcome) => {
                if let Some(starting) = &mut self.starting {
                    starting.handle(ledger, effect, outcome);
                }
            }
        }
    }
}
