//! `RmRestart`: starts again what this session stopped and what may be started again.
//!
//! What is to be started is one pure [`plan`](super::plan::restart); [`starting`] carries it out.

mod starting;

use alloc::vec::Vec;

use super::mutex::Mutex;
use super::register::readable;
use super::{Ledger, Next, Operation, View, cite, plan};
use crate::application::AppId;
use crate::effect::Effect;
use crate::library::Session;
use crate::outcome::Outcome;
use crate::refusal::{ErrorCode, Refusal};
pub(super) use starting::Starting;

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Restart {
    mutex: Mutex,
    read: bool,
    refusal: Option<Refusal>,
    /// Those that were told to end and run still, where that matters (OQ-117.restart).
    alive: Option<Vec<AppId>>,
    work: Option<Starting>,
}

impl Restart {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        let Some(session) = view.session else {
            return view.refuse(Refusal::UnknownSession(cite::unknown_session(operation.call())));
        };
        if !session.shutdown_called {
            return view.refuse(out_of_sequence(session));
        }
        let stands = self.refusal.filter(|refusal| refusal.stands(view.rules));
        let read = || (!self.read).then_some(Effect::ReadSession(session.seat.slot));
        if let Some(effect) = self.mutex.guard(view.rules, read) {
            return Next::Do(effect);
        }
        if let Some(refusal) = self.mutex.refusal(cite::environment(operation.call())).or(stands) {
            return view.refuse(refusal);
        }
        if let Some(work) = &self.work {
            return work.poll(operation, session, view);
        }
        let late = plan::told_and_not_stopped(session, view.rules);
        match &self.alive {
            None if !late.is_empty() => Next::Do(Effect::AreAlive(late.into())),
            alive => match plan::restart(session, alive.as_deref(), view) {
                Some(decisions) => Next::Do(Effect::Decide(decisions.into())),
                None => view.refuse(Refusal::RestartAgain),
            },
        }
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.mutex.handle(effect, &outcome);
        match (effect, outcome) {
            (Effect::ReadSession(_), Outcome::Session(record)) => {
                self.read = true;
                (_, self.refusal) = readable(record, ledger.seat, ledger.call);
            }
            (Effect::ReadSession(_), Outcome::Failed(fault)) => {
                self.read = true;
                self.refusal = Some(Refusal::Machine(fault, cite::environment(ledger.call)));
            }
            (Effect::AreAlive(_), Outcome::Alive(alive)) => self.alive = Some(alive),
            (Effect::Decide(decisions), _) => {
                self.alive = None;
                self.work = Some(Starting::new(decisions));
                if let Some(session) = ledger.session() {
                    (session.restart_called, session.cycled) = (true, true);
                    session.respect(decisions);
                }
            }
            (effect, outcome) => {
                if let Some(work) = &mut self.work {
                    work.handle(ledger, effect, &outcome);
                }
            }
        }
    }
}

/// No shutdown was called, or none that counts (OQ-70).
fn out_of_sequence(session: &Session) -> Refusal {
    session.uncounted.map_or(Refusal::RestartBeforeShutdown, |because| {
        let why = "no shutdown was called after which a restart has its place";
        Refusal::Answered(why, ErrorCode::REQUEST_OUT_OF_SEQUENCE, because)
    })
}
