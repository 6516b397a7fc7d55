//! The next effect of a shutdown being carried out, read off the marks.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Stopping;
use super::targets::{Mark, Target};
use crate::application::{AppId, Class};
use crate::call::ShutdownFlags;
use crate::effect::{Effect, Message, Reach};
use crate::limits::Millis;
use crate::process::UniqueProcess;
use crate::rules::{Rules, latitude::answers};

answers! {
    /// How Explorer is stopped.
    ExplorerStops = "OQ-64.means" { ByMessages, ToldToExit }
}
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
        let class = self.stage()?.class;
        if self.is_called_off(flags, rules) {
            // RM-SHUT-48: nobody is asked after the first refusal.
            return self.next_parting(rules).or_else(|| self.see_off(flags, rules));
        }
        match class {
            Class::Gui | Class::Explorer => self.next_message(class, flags, rules),
            Class::Console => self.next_control_event(flags, rules),
            Class::Service => self.next_stop(flags, rules),
            Class::Unknown => {
                let next = self.first(Mark::Untouched)?;
                self.unread(Mark::Untouched, Moment::Ending, rules).or(Some(Effect::Terminate(next))) // RM-SHUT-42
            }
        }
    }

    /// Applications with windows: ask everybody, tell everybody, close who is left, wait.
    fn next_message(&self, class: Class, flags: ShutdownFlags, rules: &Rules) -> Option<Effect> {
        let send = |process, message| Some(Effect::Send(process, message, self.message_limit(flags, rules)));
        if let Some(next) = self.first(Mark::Untouched) {
            if let Some(clock) = self.start_clock(flags, rules) {
                return Some(clock);
            }
            let unasked =
                class == Class::Explorer && rules.ask::<ExplorerStops>() == ExplorerStops::ToldToExit;
            return send(next, if unasked { Message::EndSession } else { Message::QueryEndSession }); // RM-SHUT-27
        }
        for mark in [Mark::Agreed, Mark::Silent, Mark::Refused] {
            if let Some(effect) = self.unread(mark, Moment::Answered, rules) {
                return Some(effect);
            }
        }
        if !self.is_amid(rules) {
            if let Some(next) = self.refuser(rules) {
                return match rules.ask::<Refuser>() {
                    Refuser::ToldToEnd => send(next, Message::EndSession),
                    Refuser::TerminatedAtOnce => Some(Effect::Terminate(next)), // RM-SHUT-30
                };
            }
            if let Some(next) = self.first(Mark::Agreed).or_else(|| self.first(Mark::Silent)) {
                return send(next, Message::EndSession); // RM-SHUT-28
            }
        }
        self.see_off(flags, rules)
    }

    /// Those who were told to end: see who has gone, close who is left, wait.
    fn see_off(&self, flags: ShutdownFlags, rules: &Rules) -> Option<Effect> {
        if self.first(Mark::Told).is_some() {
            return Some(Effect::AreAlive(self.all(Mark::Told)));
        }
        if let Some(next) = self.first(Mark::Lingering) {
            let unread = self.unread(Mark::Lingering, Moment::Ending, rules);
            return unread.or(Some(Effect::Send(next, Message::Close, self.message_limit(flags, rules)))); // RM-SHUT-31
        }
        self.wait_or_terminate(rules.limits.close, flags, rules)
    }

    /// Console applications: send the control event to everybody, wait. Whom the event for another
    /// one has reached gets one of its own only if it is still there at its turn (OQ-115.events).
    fn next_control_event(&self, flags: ShutdownFlags, rules: &Rules) -> Option<Effect> {
        if self.first(Mark::Told).is_some() && rules.ask::<Events>() == Events::OneEach {
            return Some(Effect::AreAlive(self.all(Mark::Told)));
        }
        for mark in [Mark::Lingering, Mark::Untouched] {
            let next = self.in_stage().find(|target| target.mark == mark);
            if let Some(next) = next.filter(|_| !self.is_amid(rules)) {
                let unread = self.unread(mark, Moment::Ending, rules);
                return unread.or(Some(Effect::ControlEvent(next.process, next.reach(rules)))); // RM-SHUT-34
            }
        }
        self.wait_or_terminate(rules.limits.console, flags, rules)
    }

    /// Services: have the service control manager stop them, wait.
    fn next_stop(&self, flags: ShutdownFlags, rules: &Rules) -> Option<Effect> {
        let untouched = self.in_stage().find(|target| target.mark == Mark::Untouched);
        match untouched.filter(|_| !self.is_amid(rules)).map(|target| &target.id) {
            Some(AppId::Service(name)) => Some(Effect::StopService(name.clone())), // RM-SHUT-38
            _ => self.wait_or_terminate(rules.limits.service, flags, rules),
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
    fn wait_or_terminate(&self, limit: Millis, flags: ShutdownFlags, rules: &Rules) -> Option<Effect> {
        if let Some(wait) = self.wait(limit, flags, rules) {
            return Some(wait);
        }
        let overdue = self.first(Mark::Overdue)?;
        let unread = self.unread(Mark::Overdue, Moment::Ending, rules);
        unread.or(Some(Effect::Terminate(overdue))) // RM-SHUT-12
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
        let send = |message| Some(Effect::Send(asked, message, Some(rules.limits.message)));
        match rules.ask::<AgreedBeforeCancel>() {
            AgreedBeforeCancel::Stay => send(Message::StaySession),
            AgreedBeforeCancel::End => send(Message::EndSession),
            AgreedBeforeCancel::Untold => None,
        }
    }

    /// The process of the first application of the stage that has this mark.
    pub(super) fn first(&self, mark: Mark) -> Option<UniqueProcess> {
        self.in_stage().find(|target| target.mark == mark).map(|target| target.process)
    }

    pub(super) fn all(&self, mark: Mark) -> Arc<[AppId]> {
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

    pub(super) fn in_stage(&self) -> impl Iterator<Item = &Target> {
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
