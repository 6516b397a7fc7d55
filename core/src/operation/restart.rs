//! `RmRestart`: starts again what this session stopped and what may be started again.

use alloc::collections::VecDeque;
use alloc::sync::Arc;

use super::meter::Meter;
use super::mutex::Mutex;
use super::register::readable;
use super::{Ledger, Next, Operation, View, cite, plan};
use crate::app_status::AppStatus;
use crate::application::{Affected, AppType};
use crate::call::Call;
use crate::decision::{Decision, Launch, Settlement, Verdict};
use crate::effect::Effect;
use crate::limits::Millis;
use crate::outcome::Outcome;
use crate::process::UniqueProcess;
use crate::refusal::Refusal;
use crate::reply::{Output, Reply};
use crate::rule;
use crate::rules::{Citation, Rules, latitude::answers};

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
    came: Option<Came>,
    failed: bool,
    meter: Meter,
}

/// What came of starting an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
enum Came {
    Started(UniqueProcess),
    /// Somebody else had started it before.
    RanAlready(UniqueProcess),
    Failed,
}

answers! {
    /// What it is when a service runs already.
    RunsAlready = "OQ-74.service" { Success, Failure }
}
answers! {
    /// What a success says of a service.
    Ready = "OQ-76.service" { Runs, IsRequested }
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
            None => match plan::restart(session, view) {
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
        if let Some(settlement) = self.settlement(view.rules) {
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
            Some(next) => Next::Do(start(next, view.rules)),
            None if self.failed => view.refuse(Refusal::NotRestarted),
            None => Next::Done(Reply::success(Output::Nothing)),
        }
    }

    fn settlement(&self, rules: &Rules) -> Option<Settlement> {
        let id = self.left.front()?.id();
        let (status, restarted_as, because) = match self.came? {
            Came::Started(new) => (AppStatus::RESTARTED, Some(new), Citation::Rule(rule!("RM-RST-25"))),
            Came::Failed => (AppStatus::ERROR_ON_RESTART, None, Citation::Rule(rule!("RM-RST-26"))),
            Came::RanAlready(process) => {
                let answer = rules.ask::<RunsAlready>();
                let failed = answer == RunsAlready::Failure;
                let status = if failed { AppStatus::ERROR_ON_RESTART } else { AppStatus::UNKNOWN };
                (status, Some(process), Citation::answer(answer))
            }
        };
        Some(Settlement { id, status, restarted_as, because })
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: &Outcome) {
        match (effect, outcome) {
            (Effect::Launch(_) | Effect::StartService(..), Outcome::Launched(new)) => {
                self.came = Some(Came::Started(*new));
            }
            (Effect::StartService(..), Outcome::RunsAlready(process)) => {
                self.came = Some(Came::RanAlready(*process));
            }
            (Effect::Launch(_), Outcome::Failed(_))
            | (Effect::StartService(..), Outcome::Failed(_) | Outcome::NoAnswer) => {
                self.came = Some(Came::Failed);
            }
            (Effect::Settle(settlements), _) => {
                // RM-RST-31: a failure does not keep the others from being tried.
                self.came = None;
                let failed = |settled: &Settlement| settled.status.contains(AppStatus::ERROR_ON_RESTART);
                if settlements.iter().any(failed) {
                    self.failed = true
                } else {
                    self.meter.advance()
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

/// The effect that starts an application, or a service and waits until it runs.
fn start(application: &Affected, rules: &Rules) -> Effect {
    if let Some(service) = &application.about.service {
        let limit = match rules.ask::<Ready>() {
            Ready::Runs => rules.limits.service,
            Ready::IsRequested => Millis(0),
        };
        return Effect::StartService(service.name.clone(), limit); // RM-RST-04
    }
    let settings = application.restart.as_ref();
    Effect::Launch(Launch {
        command_line: settings.map_or_else(|| "".into(), |settings| settings.command_line.clone()),
        new_console: application.about.app_type == AppType::Console,
        application: application.clone(),
    })
}
