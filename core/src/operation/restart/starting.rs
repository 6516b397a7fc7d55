//! A restart being carried out: one application after the other is started, unless it runs again
//! already.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::super::meter::Meter;
use super::super::plan::{IneligibleCode, fails_by_age};
use super::super::{Ledger, Next, Operation, View, cite};
use crate::app_status::AppStatus;
use crate::application::{Affected, AppId, AppType};
use crate::call::Call;
use crate::decision::{Decision, Launch, Settlement, Verdict};
use crate::effect::Effect;
use crate::library::Session;
use crate::limits::Millis;
use crate::outcome::{Again, Outcome};
use crate::process::UniqueProcess;
use crate::refusal::{ErrorCode, Refusal};
use crate::reply::{Output, Reply};
use crate::rule;
use crate::rules::{Citation, Rules, latitude::answers};

answers! {
    /// What it is when a service runs already.
    ServiceRuns = "OQ-74.service" { Success, Failure }
}
answers! {
    /// What it is when somebody has started the application again.
    ApplicationRuns = "OQ-74.application" { Success, SecondInstance, Failure }
}
answers! {
    /// What it is when another session has started the application again.
    OtherSession = "OQ-114.result" { Success, SecondInstance, Failure }
}
answers! {
    /// What the status shows of an application that another session has started again.
    OtherSessionShows = "OQ-114.status" { Nothing, Restarted }
}
answers! {
    /// What it is when there is nothing that could be started.
    NoExecutable = "OQ-75" { Failure, PassedOver }
}
answers! {
    /// What a success says of a service.
    ServiceReady = "OQ-76.service" { Runs, IsRequested }
}
answers! {
    /// What a success says of an application.
    ApplicationReady = "OQ-76.application" { IsStarted, IsReady }
}
answers! {
    /// What an application shows that was passed over, filters aside.
    IneligibleShows = "OQ-72.status" { Nothing, ErrorOnRestart }
}

/// A plan being carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(in crate::operation) struct Starting {
    /// What is passed over although no filter wants it so, until that is settled (OQ-72.status).
    passed_over: Vec<AppId>,
    /// What says of the first that fails by being passed over why it is (OQ-72.code, OQ-73).
    unfit: Option<Citation>,
    /// What is still to be started, in order.
    left: VecDeque<Affected>,
    /// Whether somebody was asked if the first of them runs again.
    looked: bool,
    /// What came of starting the first of them, until that is settled.
    came: Option<Came>,
    /// Whether what was started is ready, as far as that is waited for (OQ-76.application).
    ready: bool,
    failed: bool,
    meter: Meter,
}

/// What came of starting an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
enum Came {
    Started(UniqueProcess),
    /// A service that somebody else had started before.
    RanAlready(UniqueProcess),
    /// An application that somebody else had started before.
    RanAgain(Again),
    /// There is nothing that could be started.
    NotStartable,
    /// It was started, and did not become ready.
    NotReady,
    Failed,
}

impl Starting {
    pub(in crate::operation) fn new(decisions: &[Decision]) -> Self {
        let of = |verdict| decisions.iter().filter(move |decision| decision.verdict == verdict);
        let left: VecDeque<_> = of(Verdict::Act).map(|decision| decision.application.clone()).collect();
        let masked = |decision: &&Decision| decision.masks.contains(AppStatus::RESTART_MASKED);
        let passed_over = decisions.iter().filter(|one| one.verdict != Verdict::Act && !masked(one));
        Self {
            passed_over: passed_over.map(|decision| decision.application.id()).collect(),
            unfit: of(Verdict::Fail).map(|decision| decision.because).next(),
            meter: Meter::new(left.len()),
            left,
            ..Self::default()
        }
    }

    pub(in crate::operation) fn poll(
        &self,
        operation: &Operation,
        session: &Session,
        view: &View<'_>,
    ) -> Next {
        if let Some(settlements) = self.settlements(view.rules) {
            return Next::Do(Effect::Settle(settlements));
        }
        if matches!(operation.call(), Call::Restart { callback: true, .. })
            && let Some(percent) = self.meter.due(view.rules)
            && self.came.is_none()
        {
            return Next::Do(Effect::Report(percent));
        }
        if let Some(Came::Started(new)) = self.came {
            return Next::Do(Effect::AwaitReady(new, view.rules.limits.close)); // OQ-76.application
        }
        match self.left.front() {
            Some(_) if operation.sees_cancel(view.rules) => {
                view.refuse(Refusal::Cancelled(cite::cancelled(operation.call())))
            }
            Some(next) => Next::Do(self.start(next, session, view)),
            None if self.failed => view.refuse(Refusal::NotRestarted),
            None => match self.unfit {
                Some(because) => view.refuse(ineligible(because, view.rules)),
                None => Next::Done(Reply::success(Output::Nothing)),
            },
        }
    }

    /// The fates that are sealed: of those passed over, then of each that was started or could not be.
    fn settlements(&self, rules: &Rules) -> Option<Arc<[Settlement]>> {
        if !self.passed_over.is_empty() && rules.ask::<IneligibleShows>() == IneligibleShows::ErrorOnRestart {
            let because = Citation::answer(IneligibleShows::ErrorOnRestart);
            let status = AppStatus::ERROR_ON_RESTART;
            let shows = |id: &AppId| Settlement { id: id.clone(), status, restarted_as: None, because };
            return Some(self.passed_over.iter().map(shows).collect());
        }
        self.settlement(rules).map(|settlement| Arc::from([settlement]))
    }

    fn settlement(&self, rules: &Rules) -> Option<Settlement> {
        let first = self.left.front()?;
        let failure = AppStatus::ERROR_ON_RESTART;
        let (status, restarted_as, because) = match self.came? {
            Came::Started(_) if self.is_awaited(first, rules) => return None,
            Came::Started(new) => (AppStatus::RESTARTED, Some(new), Citation::Rule(rule!("RM-RST-25"))),
            Came::Failed => (failure, None, Citation::Rule(rule!("RM-RST-26"))),
            Came::NotReady => (failure, None, Citation::answer(ApplicationReady::IsReady)),
            Came::NotStartable => {
                let answer = rules.ask::<NoExecutable>();
                let failed = answer == NoExecutable::Failure;
                (if failed { failure } else { AppStatus::UNKNOWN }, None, Citation::answer(answer))
            }
            Came::RanAlready(process) => {
                let answer = rules.ask::<ServiceRuns>();
                let failed = answer == ServiceRuns::Failure;
                let status = if failed { failure } else { AppStatus::UNKNOWN };
                (status, Some(process), Citation::answer(answer))
            }
            Came::RanAgain(again) => ran_again(again, rules)?,
        };
        Some(Settlement { id: first.id(), status, restarted_as, because })
    }

    /// Whether an application that was started has still to become ready.
    fn is_awaited(&self, one: &Affected, rules: &Rules) -> bool {
        !one.is_service() && !self.ready && rules.ask::<ApplicationReady>() == ApplicationReady::IsReady
    }

    /// The effect that starts an application, or a service and waits until it runs. Whether an
    /// application runs again already is looked up before; not of one that this session has started
    /// before and is to start once more (OQ-71).
    fn start(&self, next: &Affected, session: &Session, view: &View<'_>) -> Effect {
        let rules = view.rules;
        if let Some(service) = &next.about.service {
            let limit = match rules.ask::<ServiceReady>() {
                ServiceReady::Runs => rules.limits.service,
                ServiceReady::IsRequested => Millis(0),
            };
            return Effect::StartService(service.name.clone(), limit); // RM-RST-04
        }
        let others = session.applications.iter().filter(|known| known.was.id() != next.id());
        let once_more = session
            .applications
            .iter()
            .any(|known| known.was.id() == next.id() && known.restarted_as.is_some());
        if !self.looked && !once_more {
            // RM-RST-03: each instance comes back, and one of them does not stand for another.
            let not = others.filter(|known| !known.was.is_service()).filter_map(|known| known.restarted_as);
            return Effect::RunningAgain(next.clone(), not.collect());
        }
        let settings = next.restart.as_ref();
        // OQ-78: only who is somebody else gets here with another identity.
        let is_stranger = next.about.user == view.me.logged_on && next.about.user != view.me.user;
        Effect::Launch(Launch {
            command_line: settings.map_or_else(|| "".into(), |settings| settings.command_line.clone()),
            new_console: next.about.app_type == AppType::Console,
            user: if is_stranger { view.me.user.clone() } else { next.about.user.clone() },
            application: next.clone(),
        })
    }

    pub(in crate::operation) fn handle(
        &mut self,
        ledger: &mut Ledger<'_>,
        effect: &Effect,
        outcome: &Outcome,
    ) {
        match (effect, outcome) {
            (Effect::RunningAgain(..), Outcome::Again(again)) => {
                (self.looked, self.came) = (true, again.map(Came::RanAgain));
            }
            (Effect::Launch(_) | Effect::StartService(..), Outcome::Launched(new)) => {
                self.came = Some(Came::Started(*new));
            }
            (Effect::StartService(..), Outcome::RunsAlready(process)) => {
                self.came = Some(Came::RanAlready(*process));
            }
            (Effect::Launch(_), Outcome::NotStartable) => self.came = Some(Came::NotStartable),
            (Effect::Launch(_), Outcome::Failed(_))
            | (Effect::StartService(..), Outcome::Failed(_) | Outcome::NoAnswer) => {
                self.came = Some(Came::Failed);
            }
            (Effect::AwaitReady(..), Outcome::NoAnswer | Outcome::Died) => self.came = Some(Came::NotReady),
            // It was started, whoever does not want to wait.
            (Effect::AwaitReady(..), _) => self.ready = true,
            (Effect::Settle(settlements), _) => {
                if self.came.is_some() {
                    self.settled(settlements);
                } else {
                    self.passed_over.clear();
                }
                if let Some(session) = ledger.session() {
                    session.settle(settlements);
                }
            }
            (Effect::Report(percent), _) => self.meter.reported(*percent),
            _ => {}
        }
    }

    /// RM-RST-31: a failure does not keep the others from being tried.
    fn settled(&mut self, settlements: &[Settlement]) {
        (self.came, self.looked, self.ready) = (None, false, false);
        let failed = |settled: &Settlement| settled.status.contains(AppStatus::ERROR_ON_RESTART);
        if settlements.iter().any(failed) {
            self.failed = true
        } else {
            self.meter.advance()
        }
        self.left.pop_front();
    }
}

/// What it comes to that an application runs again; `None` if another instance of it is started.
fn ran_again(again: Again, rules: &Rules) -> Option<(AppStatus, Option<UniqueProcess>, Citation)> {
    if !again.by_restart_manager {
        let answer = rules.ask::<ApplicationRuns>();
        let status = match answer {
            ApplicationRuns::Success => AppStatus::UNKNOWN,
            ApplicationRuns::SecondInstance => return None,
            ApplicationRuns::Failure => AppStatus::ERROR_ON_RESTART,
        };
        return Some((status, None, Citation::answer(answer)));
    }
    let answer = rules.ask::<OtherSession>();
    match answer {
        OtherSession::Success => match rules.ask::<OtherSessionShows>() {
            OtherSessionShows::Nothing => Some((AppStatus::UNKNOWN, None, Citation::answer(answer))),
            shows @ OtherSessionShows::Restarted => {
                Some((AppStatus::RESTARTED, Some(again.process), Citation::answer(shows)))
            }
        },
        OtherSession::SecondInstance => None,
        OtherSession::Failure => Some((AppStatus::ERROR_ON_RESTART, None, Citation::answer(answer))),
    }
}

/// Some application was passed over, and that counts as a failure.
fn ineligible(because: Citation, rules: &Rules) -> Refusal {
    let cited = if fails_by_age(because) { because } else { Citation::answer(rules.ask::<IneligibleCode>()) };
    Refusal::Answered("some application may not be started again", ErrorCode::FAIL_RESTART, cited)
}
