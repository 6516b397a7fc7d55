//! `RmShutdown`: refresh the list, decide, then stop class by class.
//!
//! The decision is one pure [`plan`](super::plan::shutdown). Carrying it out is read off the marks of
//! the applications still to be dealt with: [`steps`] names the next effect, [`fates`] says when an
//! application's fate is sealed. A sealed fate goes to the session's history and the mark is forgotten.

mod calling_off;
mod clocks;
mod fates;
mod picking_up;
mod steps;
mod targets;

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::meter::Meter;
use super::refresh::{Progress, Refresh};
use super::{Ledger, Next, Operation, View, causes, cite, plan};
use crate::app_status::AppStatus;
use crate::application::{Affected, AppId};
use crate::call::{Call, ShutdownFlags};
use crate::decision::{Decision, Verdict};
use crate::effect::{Effect, Message, Reach};
use crate::outcome::Outcome;
use crate::process::UniqueProcess;
use crate::refusal::{ErrorCode, Fault, Refusal};
use crate::reply::{Output, Reply};
use crate::rules::Rules;
pub(super) use clocks::has_no_limit;
use targets::{Mark, Stage, Target};

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Shutdown {
    refresh: Refresh,
    work: Option<Stopping>,
    /// Whether those who came meanwhile were picked up (OQ-68).
    picked_up: bool,
    /// Whether the session had called a shutdown that counts before this one.
    after_another: Option<bool>,
}

/// What sort of shutdown it was for a restart that comes after it, if it was not of the usual one
/// (OQ-70).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// It found nothing to stop.
    Empty,
    /// It stopped nothing on purpose.
    Refused,
    /// It failed before it tried to stop anything.
    Failed,
    /// It began to stop, and came to another result than 0, 351 or 1223.
    Broken,
}

/// A plan being carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Stopping {
    /// The applications whose fate is open, in the order in which they are dealt with.
    targets: Vec<Target>,
    /// A refusal called the shutdown off (RM-SHUT-29).
    vetoed: bool,
    /// Some fate was `ErrorOnStop`.
    failed: bool,
    /// Whether there was anything to stop.
    acts: bool,
    /// The stage whose time limit runs.
    armed: Option<Stage>,
    /// At which stage something else than a plain refusal called the shutdown off, and what.
    called_off: Option<(Option<Stage>, Refusal)>,
    /// The applications as a late look at their registrations saw them, and whether anything was
    /// done since (OQ-54).
    looked: Option<Arc<[Affected]>>,
    judged: bool,
    /// What kept that look from seeing anything.
    blind: Option<Fault>,
    meter: Meter,
}

impl Shutdown {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        let &Call::Shutdown { flags, .. } = operation.call() else { return Next::Wait };
        if let Some(work) = &self.work {
            return match work.poll(operation, flags, view) {
                Next::Done(reply) => self.pick_up(work, reply, flags, operation, view),
                next => next,
            };
        }
        match self.refresh.poll(operation, view) {
            Progress::Do(effect) => Next::Do(effect),
            Progress::Refused(refusal) => view.refuse(picking_up::refused(refusal, view.rules)),
            Progress::Ready(found) => {
                let Some(session) = view.session else {
                    return view.refuse(Refusal::UnknownSession(cite::unknown_session(operation.call())));
                };
                match plan::shutdown(found, session, flags, view) {
                    Ok(decisions) => Next::Do(Effect::Decide(decisions.into())),
                    Err(refusal) => {
                        let causes = causes::of(refusal, &found.affected, session, view);
                        Next::Done(Reply { causes, ..Reply::refused(refusal, view.rules) })
                    }
                }
            }
        }
    }

    /// Whether the session had called a shutdown that counts before this one.
    pub(super) fn is_after_another(&self) -> bool {
        self.after_another == Some(true)
    }

    /// What sort of shutdown it was that ends so. That of a cancelled one is asked elsewhere (OQ-82).
    pub(super) fn sort(&self, reply: &Reply, rules: &Rules) -> Option<Sort> {
        match (reply.refusal, &self.work) {
            (Some(Refusal::Cancelled(_)), _) => None,
            (Some(Refusal::RebootNeeded(_) | Refusal::NotRegistered), None) => Some(Sort::Refused),
            (Some(_), None) => Some(Sort::Failed),
            (None, Some(work)) => (!work.acts).then_some(Sort::Empty),
            (Some(_), Some(work)) if work.is_off_by_look() => {
                Some(if work.blind.is_some() { Sort::Failed } else { Sort::Refused })
            }
            (Some(refusal), Some(_)) => {
                let usual = [ErrorCode::FAIL_SHUTDOWN, ErrorCode::CANCELLED];
                (!usual.contains(&refusal.code(rules))).then_some(Sort::Broken)
            }
            (None, None) => None,
        }
    }

    /// Notes in the session what a shutdown leaves there. Where that is nothing new, the session stays shared.
    fn note(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: &Outcome) {
        let Some(session) = ledger.seen() else { return };
        self.after_another.get_or_insert(session.shutdown_called);
        let is_counted = session.shutdown_called && !session.restart_called && session.uncounted.is_none();
        let told = match effect {
            Effect::Send(process, Message::EndSession | Message::Close, _)
            | Effect::ControlEvent(process, _) => Some(AppId::Process(*process)),
            Effect::StopService(name) if *outcome == Outcome::Done => Some(AppId::Service(name.clone())),
            _ => None,
        };
        let beside = self.work.iter().flat_map(|work| work.also_told(effect, outcome));
        let told: Vec<_> = told.into_iter().chain(beside).collect();
        let registrations = match outcome {
            Outcome::Registrations(registrations) => Some(registrations),
            _ => None,
        };
        if is_counted && told.is_empty() && registrations.is_none() {
            return;
        }
        let Some(session) = ledger.session() else { return };
        // OQ-70, RM-RST-17: whatever comes of it, a restart has its place now.
        (session.shutdown_called, session.restart_called) = (true, false);
        session.uncounted = None;
        told.iter().for_each(|id| session.told(id));
        session.registered(registrations.cloned().unwrap_or_default());
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.note(ledger, effect, &outcome);
        let refreshing = self.is_refreshing(effect);
        match (&mut self.work, effect) {
            (Some(work), Effect::Settle(settlements)) => {
                for settled in settlements.iter() {
                    work.forget(&settled.id, settled.status);
                }
                if let Some(session) = ledger.session() {
                    session.settle(settlements);
                }
            }
            (Some(work), Effect::Decide(decisions)) => {
                (self.refresh, self.picked_up) = (Refresh::default(), true);
                work.take_up(decisions);
                if let Some(session) = ledger.session() {
                    session.meet(decisions, false);
                }
            }
            (Some(_), effect) if refreshing => self.refresh.handle(ledger, effect, outcome),
            (Some(work), effect) => work.handle(effect, outcome, ledger),
            (None, Effect::Decide(decisions)) => {
                self.refresh = Refresh::default();
                self.work = Some(Stopping::new(decisions));
                if let Some(session) = ledger.session() {
                    session.adopt(decisions);
                }
            }
            (None, effect) => self.refresh.handle(ledger, effect, outcome),
        }
    }
}

impl Stopping {
    fn new(decisions: &[Decision]) -> Self {
        let targets = targets::targets(decisions);
        let failed = decisions.iter().any(|decision| decision.verdict == Verdict::Fail);
        let acts = !targets.is_empty();
        Self { meter: Meter::new(targets.len()), targets, failed, acts, ..Self::default() }
    }

    fn poll(&self, operation: &Operation, flags: ShutdownFlags, view: &View<'_>) -> Next {
        let cancelled = operation.sees_cancel(view.rules);
        let session = view.session;
        if let Some(refusal) =
            session.filter(|_| !cancelled).and_then(|one| self.to_call_off(one, operation, flags, view))
        {
            return Next::Do(Effect::CallOff(refusal));
        }
        let settlements = self.settlements(flags, view.rules);
        if !settlements.is_empty() {
            return Next::Do(Effect::Settle(settlements.into()));
        }
        if matches!(operation.call(), Call::Shutdown { callback: true, .. })
            && let Some(percent) = self.meter.due(view.rules)
        {
            return Next::Do(Effect::Report(percent));
        }
        let step = if cancelled {
            self.wind_down(view.rules)
        } else {
            let look = session.and_then(|session| self.look(session, flags, view.rules));
            look.or_else(|| self.next_step(flags, view.rules))
        };
        match step {
            Some(effect) => Next::Do(effect),
            None if !self.targets.is_empty() => {
                view.refuse(Refusal::Cancelled(cite::cancelled(operation.call())))
            }
            None if self.vetoed => view.refuse(Refusal::Vetoed),
            None if let (Some((_, refusal)), Some(session)) = (self.called_off, session) => {
                Next::Done(self.refusal(refusal, session, view))
            }
            None if self.failed => view.refuse(Refusal::NotStopped),
            None => Next::Done(Reply::success(Output::Nothing)),
        }
    }

    fn handle(&mut self, effect: &Effect, outcome: Outcome, ledger: &Ledger<'_>) {
        self.judged |= self.looked.is_some();
        match effect {
            Effect::CallOff(refusal) => self.called_off = Some((self.stage(), *refusal)),
            Effect::Describe(_) => self.sees(outcome),
            Effect::Send(process, message, _) => {
                let forced = matches!(ledger.call, Call::Shutdown { flags, .. } if flags.force());
                self.vetoed |= outcome == Outcome::Refused && !forced;
                self.mark(&AppId::Process(*process), after_message(*message, &outcome));
            }
            Effect::ControlEvent(process, _) => {
                for other in self.also_told(effect, &outcome) {
                    self.mark(&other, Mark::Told);
                }
                let mark = if outcome == Outcome::Gone { Mark::Exited } else { Mark::Closing };
                self.mark(&AppId::Process(*process), mark);
            }
            Effect::StopService(name) => self.mark(&AppId::Service(name.clone()), after_stop(&outcome)),
            Effect::Terminate(process) => self.terminated(*process, &outcome),
            Effect::AreAlive(asked) => {
                let Outcome::Alive(alive) = outcome else { return };
                for id in asked.iter() {
                    let mark = if alive.contains(id) { Mark::Lingering } else { Mark::Stopped };
                    self.mark(id, mark);
                }
            }
            Effect::Registrations(asked) => {
                for target in self.targets.iter_mut().filter(|target| asked.contains(&target.process)) {
                    target.read = true;
                }
            }
            Effect::Arm(_) => {
                self.armed = self.stage();
                // The limit runs for whom a control event on its console has told, too.
                for target in self.targets.iter_mut().filter(|target| target.mark == Mark::Told) {
                    target.mark = Mark::Closing;
                }
            }
            Effect::ArmFor(id, _) => self.armed_for(id),
            Effect::WaitAny(asked) => self.waited(asked, outcome),
            Effect::Report(percent) => self.meter.reported(*percent),
            _ => {}
        }
    }

    /// The others that a control event has told to end.
    fn also_told(&self, effect: &Effect, outcome: &Outcome) -> Vec<AppId> {
        match (effect, outcome) {
            (Effect::ControlEvent(process, Reach::Console), Outcome::Done) => self.reached_with(*process),
            _ => Vec::new(),
        }
    }

    /// Whatever lives in a process goes with it.
    fn terminated(&mut self, process: UniqueProcess, outcome: &Outcome) {
        for target in self.targets.iter_mut().filter(|target| target.process == process) {
            target.mark = match (outcome, target.mark) {
                (Outcome::Failed(_), Mark::Overdue | Mark::Untouched | Mark::Refused) => Mark::Unstoppable,
                (Outcome::Failed(_), before) => before,
                (Outcome::Gone, Mark::Untouched | Mark::Refused) => Mark::Exited,
                _ => Mark::Stopped,
            };
        }
    }

    fn waited(&mut self, asked: &[AppId], outcome: Outcome) {
        match outcome {
            Outcome::Exited(exited) => exited.iter().for_each(|id| self.mark(id, Mark::Stopped)),
            Outcome::DeadlinePassed => {
                let waited_for = |target: &&mut Target| {
                    matches!(target.mark, Mark::Closing | Mark::Told) && asked.contains(&target.id)
                };
                for target in self.targets.iter_mut().filter(waited_for) {
                    target.mark = Mark::Overdue;
                }
            }
            _ => {}
        }
    }

    fn forget(&mut self, id: &AppId, status: AppStatus) {
        self.targets.retain(|target| target.id != *id);
        self.failed |= status.contains(AppStatus::ERROR_ON_STOP);
        if status.contains(AppStatus::STOPPED) || status.contains(AppStatus::STOPPED_OTHER) {
            self.meter.advance();
        }
    }

    fn mark(&mut self, id: &AppId, mark: Mark) {
        for target in self.targets.iter_mut().filter(|target| target.id == *id) {
            target.mark = mark;
            target.read = false; // Whatever happened to it, it may have registered anew since.
        }
    }

    /// The stage at work: that of the first application whose fate is open.
    fn stage(&self) -> Option<Stage> {
        self.targets.first().map(|target| target.stage)
    }
}

/// What the answer of the service control manager makes of a service.
const fn after_stop(outcome: &Outcome) -> Mark {
    match outcome {
        Outcome::Gone => Mark::Exited,
        Outcome::Refused => Mark::Declined,
        Outcome::Failed(_) => Mark::Unstoppable,
        _ => Mark::Closing,
    }
}

/// What a message and the answer to it make of an application.
const fn after_message(message: Message, outcome: &Outcome) -> Mark {
    match (message, outcome) {
        (Message::QueryEndSession, Outcome::Agreed) => Mark::Agreed,
        (Message::QueryEndSession, Outcome::Refused) => Mark::Refused,
        (Message::QueryEndSession, Outcome::Died) => Mark::ExitedAsked,
        (Message::StaySession, Outcome::Gone | Outcome::Died) => Mark::ExitedAnyway,
        (Message::StaySession, _) => Mark::Staying,
        (Message::Close, Outcome::Gone) | (Message::EndSession, Outcome::Died) => Mark::Stopped,
        (Message::QueryEndSession | Message::EndSession, Outcome::Gone) => Mark::Exited,
        (Message::QueryEndSession, _) => Mark::Silent,
        (Message::EndSession, _) => Mark::Told,
        (Message::Close, _) => Mark::Closing,
    }
}
