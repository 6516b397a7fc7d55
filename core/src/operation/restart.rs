//! `RmRestart`: starts again what this session stopped and what may be started again.

use alloc::collections::VecDeque;
use alloc::sync::Arc;

use super::meter::Meter;
use super::mutex::Mutex;
use super::register::readable;
use super::{Ledger, Next, Operation, View, cite, plan};
use crate::application::{Affected, AppStatus, AppType};
use crate::call::Call;
use crate::effect::{Decision, Effect, Launch, Outcome, Settlement, Verdict};
use crate::process::UniqueProcess;
use crate::refusal::{Fault, Refusal};
use crate::reply::{Output, Reply};
use crate::rule;
use crate::rules::Citation;

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Restart {
    mutex: Mutex,
    read: bool,
    refusal: Option<Refusal>,
    work: Option<Starting>,
}

/// A plan being carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Starting {
    /// What is still to be started, in order.
    left: VecDeque<Affected>,
    /// What came of starting the first of them, until that is settled.
    came: Option<Result<UniqueProcess, Fault>>,
    failed: bool,
    meter: Meter,
}

impl Restart {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        let Some(session) = view.session(operation) else {
            return view.refuse(Refusal::UnknownSession(cite::unknown_session(&operation.call)));
        };
        if !session.shutdown_called {
            return view.refuse(Refusal::RestartBeforeShutdown);
        }
        let stands = self.refusal.filter(|refusal| refusal.stands(view.rules));
        let read = || (!self.read).then_some(Effect::ReadSession(session.seat.slot));
        if let Some(effect) = self.mutex.guard(view.rules, read) {
            return Next::Do(effect);
        }
        if let Some(refusal) = self.mutex.refusal(cite::environment(&operation.call)).or(stands) {
            return view.refuse(refusal);
        }
        match &self.work {
            None => match plan::restart(session, view.rules) {
                Some(decisions) => Next::Do(Effect::Decide(decisions.into())),
                None => view.refuse(Refusal::RestartAgain),
            },
            Some(work) => work.poll(operation, view),
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
            (Effect::Decide(decisions), _) => {
                self.work = Some(Starting::new(decisions));
                if let Some(session) = ledger.session() {
                    session.restart_called = true;
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

impl Starting {
    pub(super) fn new(decisions: &[Decision]) -> Self {
        let left: VecDeque<_> = decisions
            .iter()
            .filter(|decision| decision.verdict == Verdict::Act)
            .map(|decision| decision.application.clone())
            .collect();
        Self { meter: Meter::new(left.len()), left, ..Self::default() }
    }

    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        if let Some(settlement) = self.settlement() {
            return Next::Do(Effect::Settle(Arc::from([settlement])));
        }
        if matches!(operation.call, Call::Restart { callback: true, .. })
            && let Some(percent) = self.meter.due(view.rules)
        {
            return Next::Do(Effect::Report(percent));
        }
        match self.left.front() {
            Some(_) if operation.sees_cancel(view.rules) => {
                view.refuse(Refusal::Cancelled(cite::cancelled(&operation.call)))
            }
            Some(next) => Next::Do(Effect::Launch(launch(next))),
            None if self.failed => view.refuse(Refusal::NotRestarted),
            None => Next::Done(Reply::success(Output::Nothing)),
        }
    }

    fn settlement(&self) -> Option<Settlement> {
        let process = self.left.front()?.process;
        let (status, restarted_as, because) = match self.came? {
            Ok(new) => (AppStatus::RESTARTED, Some(new), rule!("RM-RST-25")),
            Err(_) => (AppStatus::ERROR_ON_RESTART, None, rule!("RM-RST-26")),
        };
        Some(Settlement { process, status, restarted_as, because: Citation::Rule(because) })
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: &Outcome) {
        match (effect, outcome) {
            (Effect::Launch(_), Outcome::Launched(new)) => self.came = Some(Ok(*new)),
            (Effect::Launch(_), Outcome::Failed(fault)) => self.came = Some(Err(*fault)),
            (Effect::Settle(settlements), _) => {
                // RM-RST-31: a failure does not keep the others from being tried.
                match self.came.take() {
                    Some(Ok(_)) => self.meter.advance(),
                    Some(Err(_)) | None => self.failed = true,
                }
                self.left.pop_front();
                if let Some(session) = ledger.session() {
                    session.settle(settlements);
                }
            }
            (Effect::Report(percent), _) => self.meter.reported(*percent),
            _ => {}
        }
    }
}

fn launch(application: &Affected) -> Launch {
    let settings = application.about.restart.as_ref();
    Launch {
        command_line: settings.map_or_else(|| "".into(), |settings| settings.command_line.clone()),
        new_console: application.about.app_type == AppType::Console,
        application: application.clone(),
    }
}
