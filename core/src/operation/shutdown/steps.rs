//! The next effect of a shutdown being carried out, read off the marks.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Stopping;
use super::targets::{Mark, Target};
use crate::application::{AppId, Class};
use crate::call::ShutdownFlags;
use crate::effect::{Effect, Message, Reach};
use crate::process::UniqueProcess;
use crate::rules::{Rules, latitude::answers};

answers! {
    /// What becomes of those who agreed before somebody refused.
    Agreeing = "OQ-56.agreeing" { Stay, Untold, End }
}
answers! {
    /// Whether a refuser is told to end before force ends it.
    Refuser = "OQ-58" { ToldToEnd, TerminatedAtOnce }
}
answers! {
    /// What becomes of those who agreed before a cancel.
    AgreedBeforeCancel = "OQ-83" { Stay, Untold, End }
}

answers! {
    /// When the registration for restart is read that a restart will go by.
    Captured = "OQ-77" { WithTheList, WithTheAnswer, JustBeforeTheEnd }
}

answers! {
    /// Whether a control event reaches the others on the console.
    Reaches = "OQ-115.reach" { Console, Process }
}
answers! {
    /// Whether a console that has got a control event gets another for those who are still there.
    Events = "OQ-115.events" { One, OneEach }
}

/// A moment after which an application may have registered for restart anew.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// It has answered the query.
    Answered,
    /// It is going to be told to end, or ended.
    Ending,
}

impl Stopping {
    /// The next effect for the class being stopped; `None` when nothing is left to stop.
    pub(super) fn next_step(&self, flags: ShutdownFlags, rules: &Rules) -> Option<Effect> {
        match self.stage()?.class {
            Class::Gui | Class::Explorer => self.next_message(flags, rules),
            Class::Console => self.next_control_event(rules),
            Class::Service => self.next_stop(rules),
            Class::Unknown => {
                let next = self.first(Mark::Untouched)?;
                self.unread(Mark::Untouched, Moment::Ending, rules).or(Some(Effect::Terminate(next))) // RM-SHUT-42
            }
        }
    }

    /// Applications with windows: ask everybody, tell everybody, close who is left, wait.
    fn next_message(&self, flags: ShutdownFlags, rules: &Rules) -> Option<Effect> {
        let send = |process, message| Effect::Send(process, message, rules.limits.message);
        if self.is_called_off(flags) {
            // RM-SHUT-48: nobody is asked after the first refusal.
            let agreed = self.first(Mark::Agreed)?;
            return match rules.ask::<Agreeing>() {
                Agreeing::Stay => Some(send(agreed, Message::StaySession)), // RM-SHUT-49
                Agreeing::End => Some(send(agreed, Message::EndSession)),
                Agreeing::Untold => None,
            };
        }
        if let Some(next) = self.first(Mark::Untouched) {
            return Some(send(next, Message::QueryEndSession)); // RM-SHUT-27
        }
        for mark in [Mark::Agreed, Mark::Silent, Mark::Refused] {
            if let Some(effect) = self.unread(mark, Moment::Answered, rules) {
                return Some(effect);
            }
        }
        if let Some(next) = self.first(Mark::Refused) {
            return Some(match rules.ask::<Refuser>() {
                Refuser::ToldToEnd => send(next, Message::EndSession),
                Refuser::TerminatedAtOnce => Effect::Terminate(next), // RM-SHUT-30
            });
        }
        if let Some(next) = self.first(Mark::Agreed).or_else(|| self.first(Mark::Silent)) {
            return Some(send(next, Message::EndSession)); // RM-SHUT-28
        }
        if self.first(Mark::Told).is_some() {
            return Some(Effect::AreAlive(self.all(Mark::Told)));
        }
        if let Some(next) = self.first(Mark::Lingering) {
            let unread = self.unread(Mark::Lingering, Moment::Ending, rules);
            return unread.or(Some(send(next, Message::Close))); // RM-SHUT-31
        }
        self.wait_or_terminate(Effect::Arm(rules.limits.close), rules)
    }

    /// Console applications: send the control event to everybody, wait. Whom the event for another
    /// one has reached gets one of its own only if it is still there at its turn (OQ-115.events).
    fn next_control_event(&self, rules: &Rules) -> Option<Effect> {
        if self.first(Mark::Told).is_some() && rules.ask::<Events>() == Events::OneEach {
            return Some(Effect::AreAlive(self.all(Mark::Told)));
        }
        for mark in [Mark::Lingering, Mark::Untouched] {
            if let Some(next) = self.in_stage().find(|target| target.mark == mark) {
                let unread = self.unread(mark, Moment::Ending, rules);
                return unread.or(Some(Effect::ControlEvent(next.process, next.reach(rules)))); // RM-SHUT-34
            }
        }
        self.wait_or_terminate(Effect::Arm(rules.limits.console), rules)
    }

    /// Services: have the service control manager stop them, wait.
    fn next_stop(&self, rules: &Rules) -> Option<Effect> {
        let untouched = self.in_stage().find(|target| target.mark == Mark::Untouched);
        match untouched.map(|target| &target.id) {
            Some(AppId::Service(name)) => Some(Effect::StopService(name.clone())), // RM-SHUT-38
            _ => self.wait_or_terminate(Effect::Arm(rules.limits.service), rules),
        }
    }

    /// How those are registered for restart of whom that may have changed, if this is the moment at
    /// which that is looked at (OQ-77).
    fn unread(&self, mark: Mark, moment: Moment, rules: &Rules) -> Option<Effect> {
        let unread: Vec<_> = self.in_stage().filter(|target| target.mark == mark && !target.read).collect();
        let is_time = !unread.is_empty()
            && match rules.ask::<Captured>() {
                Captured::WithTheList => false,
                Captured::WithTheAnswer => moment == Moment::Answered,
                Captured::JustBeforeTheEnd => true,
            };
        is_time.then(|| Effect::Registrations(unread.iter().map(|target| target.process).collect()))
    }

    /// Waits for what is closing within the limit, then ends by force what is overdue. Without
    /// force nobody is overdue for long: the fate is sealed as a failure (RM-SHUT-55).
    fn wait_or_terminate(&self, arm: Effect, rules: &Rules) -> Option<Effect> {
        if self.first(Mark::Closing).is_none() {
            let overdue = self.first(Mark::Overdue)?;
            let unread = self.unread(Mark::Overdue, Moment::Ending, rules);
            return unread.or(Some(Effect::Terminate(overdue))); // RM-SHUT-12
        }
        if self.armed == self.stage() {
            return Some(Effect::WaitAny(self.all(Mark::Closing)));
        }
        Some(arm)
    }

    /// The next effect after a cancel: see who has gone of those told to end, and tell those who
    /// were asked to stay (OQ-83). Nobody else is touched (RM-CANCEL-13).
    pub(super) fn wind_down(&self, rules: &Rules) -> Option<Effect> {
        for mark in [Mark::Told, Mark::Closing] {
            if self.first(mark).is_some() {
                return Some(Effect::AreAlive(self.all(mark)));
            }
        }
        let asked = self.first(Mark::Agreed).or_else(|| self.first(Mark::Silent))?;
        match rules.ask::<AgreedBeforeCancel>() {
            AgreedBeforeCancel::Stay => Some(Effect::Send(asked, Message::StaySession, rules.limits.message)),
            AgreedBeforeCancel::End => Some(Effect::Send(asked, Message::EndSession, rules.limits.message)),
            AgreedBeforeCancel::Untold => None,
        }
    }

    /// Whether a refusal has called the shutdown of this class off (RM-SHUT-29).
    pub(super) fn is_called_off(&self, flags: ShutdownFlags) -> bool {
        !flags.force() && self.first(Mark::Refused).is_some()
    }

    /// The process of the first application of the stage that has this mark.
    pub(super) fn first(&self, mark: Mark) -> Option<UniqueProcess> {
        self.in_stage().find(|target| target.mark == mark).map(|target| target.process)
    }

    fn all(&self, mark: Mark) -> Arc<[AppId]> {
        self.in_stage().filter(|target| target.mark == mark).map(|target| target.id.clone()).collect()
    }

    /// The others that a control event for this process has reached, and who have had none so far.
    pub(super) fn reached_with(&self, process: UniqueProcess) -> Vec<AppId> {
        let console = self.in_stage().find(|target| target.process == process).and_then(|one| one.console);
        let shares = |target: &&Target| target.console == console && target.process != process;
        let untouched = self.in_stage().filter(|target| target.mark == Mark::Untouched);
        match console {
            Some(_) => untouched.filter(shares).map(|target| target.id.clone()).collect(),
            None => Vec::new(),
        }
    }

    fn in_stage(&self) -> impl Iterator<Item = &Target> {
        let stage = self.stage();
        self.targets.iter().filter(move |target| Some(target.stage) == stage)
    }
}

impl Target {
    /// Whom its control event reaches. On a console of its own that makes no difference.
    fn reach(&self, rules: &Rules) -> Reach {
        match self.console.map(|_| rules.ask::<Reaches>()) {
            Some(Reaches::Console) => Reach::Console,
            Some(Reaches::Process) | None => Reach::Process,
        }
    }
}
