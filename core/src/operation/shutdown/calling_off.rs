//! What calls a shutdown off once it has begun to ask, other than a plain FALSE.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Stopping;
use super::fates::Others;
use super::picking_up::refused;
use super::steps::Agreeing;
use super::targets::Mark;
use crate::application::{Affected, Class};
use crate::call::ShutdownFlags;
use crate::effect::{Effect, Message};
use crate::library::Session;
use crate::operation::plan::{self, Looks};
use crate::operation::{Operation, View, causes, cite};
use crate::outcome::Outcome;
use crate::process::UniqueProcess;
use crate::refusal::{Fault, Refusal};
use crate::reply::Reply;
use crate::rules::{Answer, Rules, latitude::answers};

answers! {
    /// What it means to give no answer to `WM_QUERYENDSESSION` in time.
    Silence = "OQ-61" { Unresponsive, Refuses, Agrees }
}
answers! {
    /// What it means to exit instead of answering.
    ExitsInstead = "OQ-112.answer" { NoAnswer, Refuses }
}

impl Stopping {
    /// The look at the registrations that comes when all have been asked, if it comes then (OQ-54).
    pub(super) fn look(&self, session: &Session, flags: ShutdownFlags, rules: &Rules) -> Option<Effect> {
        let is_asking = self.stage().is_some_and(|stage| stage.class == Class::Gui)
            && self.first(Mark::Untouched).is_some();
        let is_time = flags.only_registered()
            && self.looked.is_none()
            && !is_asking
            && !self.is_called_off(flags, rules)
            && rules.ask::<Looks>() == Looks::AfterAsking;
        let processes = || session.applications.iter().filter_map(|known| known.id().process());
        is_time.then(|| Effect::Describe(processes().collect()))
    }

    /// Why the shutdown is to be called off now, if it is.
    pub(super) fn to_call_off(
        &self,
        session: &Session,
        operation: &Operation,
        flags: ShutdownFlags,
        view: &View<'_>,
    ) -> Option<Refusal> {
        if self.called_off.is_some_and(|(stage, _)| stage == self.stage()) {
            return None;
        }
        let by_silence = || self.first(Mark::Silent).filter(|_| !flags.force());
        let by_exit = || self.first(Mark::ExitedAsked).filter(|_| !flags.force());
        if by_silence().is_some() && view.rules.ask::<Silence>() == Silence::Refuses {
            return Some(vetoed("an application did not answer in time", Silence::Refuses, view.rules));
        }
        if by_exit().is_some() && view.rules.ask::<ExitsInstead>() == ExitsInstead::Refuses {
            return Some(vetoed("an application exited when asked", ExitsInstead::Refuses, view.rules));
        }
        if let (Some(fault), None) = (self.blind, self.called_off) {
            let denied = fault == Fault::AccessDenied;
            let cite = if denied { cite::denied } else { cite::environment };
            return Some(Refusal::Machine(fault, cite(operation.call())));
        }
        let blocks = |one: &Affected| plan::blocks(one, session, view).is_some();
        let is_blocked = !self.judged && self.looked.is_some() && self.seen(session).iter().any(blocks);
        is_blocked.then_some(Refusal::NotRegistered)
    }

    /// Whether a refusal has called the shutdown of this class off (RM-SHUT-29), or something that
    /// counts as one.
    pub(super) fn is_called_off(&self, flags: ShutdownFlags, rules: &Rules) -> bool {
        let refused = !flags.force() && self.first(Mark::Refused).is_some();
        refused
            || self.called_off.is_some_and(|(stage, refusal)| {
                stage == self.stage() || is_by_look(refusal) || rules.ask::<Others>() == Others::Left
            })
    }

    /// What those hear who agreed before the shutdown was called off (RM-SHUT-49).
    pub(super) fn next_parting(&self, rules: &Rules) -> Option<Effect> {
        let silent = || self.first(Mark::Silent).filter(|_| rules.ask::<Silence>() == Silence::Agrees);
        let agreed = self.first(Mark::Agreed).or_else(silent)?;
        let send = |message| Some(Effect::Send(agreed, message, Some(rules.limits.message)));
        if self.is_off_by_look() {
            return send(Message::StaySession); // OQ-54: nothing is stopped.
        }
        match rules.ask::<Agreeing>() {
            Agreeing::Stay => send(Message::StaySession),
            Agreeing::End => send(Message::EndSession),
            Agreeing::Untold => None,
        }
    }

    /// Of the stage, the process of somebody who refused, or whose silence counts as that.
    pub(super) fn refuser(&self, rules: &Rules) -> Option<UniqueProcess> {
        let silent = || self.first(Mark::Silent).filter(|_| rules.ask::<Silence>() == Silence::Refuses);
        self.first(Mark::Refused).or_else(silent)
    }

    /// The end of a shutdown that was called off, with those who gave cause for it.
    pub(super) fn refusal(&self, refusal: Refusal, session: &Session, view: &View<'_>) -> Reply {
        let refusal = refused(refusal, view.rules);
        let causes = causes::of(refusal, &self.seen(session), session, view);
        Reply { causes, ..Reply::refused(refusal, view.rules) }
    }

    /// The affected applications as the look at the registrations saw them.
    fn seen(&self, session: &Session) -> Vec<Affected> {
        let services = session.applications.iter().map(|known| &known.was).filter(|one| one.is_service());
        services.chain(self.looked.iter().flat_map(|looked| &**looked)).cloned().collect()
    }

    /// Records what the look saw, or that it failed (RM-LIFE-05).
    pub(super) fn sees(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Described(described) => self.looked = Some(Arc::from(described)),
            Outcome::Failed(fault) => (self.looked, self.blind) = (Some(Arc::from([])), Some(fault)),
            _ => {}
        }
    }

    /// Whether it was the look at the registrations that called the shutdown off, so that nothing is
    /// stopped.
    pub(super) fn is_off_by_look(&self) -> bool {
        self.called_off.is_some_and(|(_, refusal)| is_by_look(refusal))
    }

    /// Whether an application is among those whose answer called the shutdown off.
    pub(super) fn is_refusal(&self, mark: Mark, rules: &Rules) -> bool {
        mark == Mark::Refused || (mark == Mark::Silent && rules.ask::<Silence>() == Silence::Refuses)
    }
}

/// Whether it is what the look at the registrations comes to.
const fn is_by_look(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::NotRegistered | Refusal::Machine(..))
}

/// A refusal by something that counts as one, with the code of one.
fn vetoed<A: Answer + PartialEq>(why: &'static str, answer: A, rules: &Rules) -> Refusal {
    Refusal::answered(why, Refusal::Vetoed.code(rules), answer)
}
