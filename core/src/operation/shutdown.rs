//! `RmShutdown`: refresh the list, decide, then stop class by class.
//!
//! The decision is one pure [`plan`](super::plan::shutdown). Carrying it out is read off the marks of
//! the applications still to be dealt with: [`steps`] names the next effect, [`fates`] says when an
//! application's fate is sealed. A sealed fate goes to the session's history and the mark is forgotten.

mod fates;
mod steps;

use alloc::vec::Vec;

use super::meter::Meter;
use super::refresh::{Progress, Refresh};
use super::{Ledger, Next, Operation, View, cite, plan};
use crate::application::{AppStatus, Class};
use crate::call::{Call, ShutdownFlags};
use crate::effect::{Decision, Effect, Message, Outcome, Verdict};
use crate::process::UniqueProcess;
use crate::refusal::Refusal;
use crate::reply::{Output, Reply};

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Shutdown {
    refresh: Refresh,
    work: Option<Stopping>,
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
    /// The class whose time limit runs.
    armed: Option<Class>,
    meter: Meter,
}

/// An application whose fate is open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Target {
    process: UniqueProcess,
    class: Class,
    mark: Mark,
}

/// What was done to an application so far, and what it answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
enum Mark {
    /// Nothing yet.
    Untouched,
    /// Asked, and all windows answered TRUE.
    Agreed,
    /// Asked, and a window answered FALSE.
    Refused,
    /// Asked, without an answer in time.
    Silent,
    /// Asked, and then told to stay after all.
    Staying,
    /// Told to end.
    Told,
    /// Told to end and still there.
    Lingering,
    /// Sent `WM_CLOSE` or a control event; its time limit runs.
    Closing,
    /// Its time limit has passed.
    Overdue,
    /// Gone, because of what was done to it.
    Stopped,
    /// Gone by itself, before anything reached it.
    Exited,
    /// Gone by itself, instead of answering.
    ExitedAsked,
    /// Gone by itself, although told to stay.
    ExitedAnyway,
    /// Not even force ended it.
    Unstoppable,
}

impl Shutdown {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        let Call::Shutdown { flags, .. } = operation.call else { return Next::Wait };
        if let Some(work) = &self.work {
            return work.poll(operation, flags, view);
        }
        match self.refresh.poll(operation, view) {
            Progress::Do(effect) => Next::Do(effect),
            Progress::Refused(refusal) => view.refuse(refusal),
            Progress::Ready(found) => {
                let Some(session) = view.session(operation) else {
                    return view.refuse(Refusal::UnknownSession(cite::unknown_session(&operation.call)));
                };
                match plan::shutdown(&found.affected, session, flags, view) {
                    Ok(decisions) => Next::Do(Effect::Decide(decisions.into())),
                    Err(refusal) => view.refuse(refusal),
                }
            }
        }
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: Outcome) {
        if let Some(session) = ledger.session() {
            session.shutdown_called = true; // OQ-70: whatever comes of it
            if let Effect::Send(process, Message::EndSession | Message::Close, _)
            | Effect::ControlEvent(process) = effect
            {
                session.told(*process);
            }
        }
        match (&mut self.work, effect) {
            (Some(work), Effect::Settle(settlements)) => {
                for settled in settlements.iter() {
                    work.forget(settled.process, settled.status);
                }
                if let Some(session) = ledger.session() {
                    session.settle(settlements);
                }
            }
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
        let open =
            decisions.iter().filter(|decision| decision.verdict == Verdict::Act).map(|decision| Target {
                process: decision.application.process,
                class: decision.application.about.app_type.class(),
                mark: Mark::Untouched,
            });
        let mut targets: Vec<_> = open.collect();
        targets.sort_by_key(|target| target.class);
        let failed = decisions.iter().any(|decision| decision.verdict == Verdict::Fail);
        Self { meter: Meter::new(targets.len()), targets, failed, ..Self::default() }
    }

    fn poll(&self, operation: &Operation, flags: ShutdownFlags, view: &View<'_>) -> Next {
        let settlements = self.settlements(flags, view.rules);
        if !settlements.is_empty() {
            return Next::Do(Effect::Settle(settlements.into()));
        }
        if matches!(operation.call, Call::Shutdown { callback: true, .. })
            && let Some(percent) = self.meter.due(view.rules)
        {
            return Next::Do(Effect::Report(percent));
        }
        let step = if operation.sees_cancel(view.rules) {
            self.wind_down(view.rules)
        } else {
            self.next_step(flags, view.rules)
        };
        match step {
            Some(effect) => Next::Do(effect),
            None if !self.targets.is_empty() => {
                view.refuse(Refusal::Cancelled(cite::cancelled(&operation.call)))
            }
            None if self.vetoed => view.refuse(Refusal::Vetoed),
            None if self.failed => view.refuse(Refusal::NotStopped),
            None => Next::Done(Reply::success(Output::Nothing)),
        }
    }

    fn handle(&mut self, effect: &Effect, outcome: Outcome, ledger: &Ledger<'_>) {
        match effect {
            Effect::Send(process, message, _) => {
                let forced = matches!(ledger.call, Call::Shutdown { flags, .. } if flags.force());
                self.vetoed |= outcome == Outcome::Refused && !forced;
                self.mark(*process, |_| after_message(*message, &outcome));
            }
            Effect::ControlEvent(process) => {
                self.mark(*process, |_| if outcome == Outcome::Gone { Mark::Exited } else { Mark::Closing });
            }
            Effect::Terminate(process) => {
                self.mark(*process, |before| match (&outcome, before) {
                    (Outcome::Failed(_), _) => Mark::Unstoppable,
                    (Outcome::Gone, Mark::Untouched | Mark::Refused) => Mark::Exited,
                    _ => Mark::Stopped,
                });
            }
            Effect::AreAlive(asked) => {
                let Outcome::Alive(alive) = outcome else { return };
                for process in asked.iter() {
                    let running = alive.contains(process);
                    self.mark(*process, |_| if running { Mark::Lingering } else { Mark::Stopped });
                }
            }
            Effect::Arm(_) => self.armed = self.class(),
            Effect::WaitAny(_) => self.waited(outcome),
            Effect::Report(percent) => self.meter.reported(*percent),
            _ => {}
        }
    }

    fn waited(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Exited(exited) => {
                for process in exited {
                    self.mark(process, |_| Mark::Stopped);
                }
            }
            Outcome::DeadlinePassed => {
                for target in self.targets.iter_mut().filter(|target| target.mark == Mark::Closing) {
                    target.mark = Mark::Overdue;
                }
            }
            _ => {}
        }
    }

    fn forget(&mut self, process: UniqueProcess, status: AppStatus) {
        self.targets.retain(|target| target.process != process);
        self.failed |= status.contains(AppStatus::ERROR_ON_STOP);
        if status.contains(AppStatus::STOPPED) || status.contains(AppStatus::STOPPED_OTHER) {
            self.meter.advance();
        }
    }

    fn mark(&mut self, process: UniqueProcess, mark: impl Fn(Mark) -> Mark) {
        for target in self.targets.iter_mut().filter(|target| target.process == process) {
            target.mark = mark(target.mark);
        }
    }

    /// The class being stopped: the first that has an application whose fate is open.
    fn class(&self) -> Option<Class> {
        self.targets.first().map(|target| target.class)
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
