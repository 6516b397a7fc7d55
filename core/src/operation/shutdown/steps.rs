//! The next effect of a shutdown being carried out, read off the marks.

use alloc::sync::Arc;

use super::{Mark, Stopping, Target};
use crate::application::Class;
use crate::call::ShutdownFlags;
use crate::effect::{Effect, Message};
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

impl Stopping {
    /// The next effect for the class being stopped; `None` when nothing is left to stop.
    pub(super) fn next_step(&self, flags: ShutdownFlags, rules: &Rules) -> Option<Effect> {
        match self.class()? {
            Class::Gui | Class::Explorer => self.next_message(flags, rules),
            Class::Console => self.next_control_event(rules),
            Class::Unknown => self.first(Mark::Untouched).map(Effect::Terminate), // RM-SHUT-42
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
            return Some(send(next, Message::Close)); // RM-SHUT-31
        }
        self.wait_or_terminate(Effect::Arm(rules.limits.close))
    }

    /// Console applications: send the control event to everybody, wait.
    fn next_control_event(&self, rules: &Rules) -> Option<Effect> {
        if let Some(next) = self.first(Mark::Untouched) {
            return Some(Effect::ControlEvent(next)); // RM-SHUT-34
        }
        self.wait_or_terminate(Effect::Arm(rules.limits.console))
    }

    /// Waits for what is closing within the limit, then ends by force what is overdue. Without
    /// force nobody is overdue for long: the fate is sealed as a failure (RM-SHUT-55).
    fn wait_or_terminate(&self, arm: Effect) -> Option<Effect> {
        if self.first(Mark::Closing).is_none() {
            return self.first(Mark::Overdue).map(Effect::Terminate); // RM-SHUT-12
        }
        if self.armed == self.class() {
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

    /// The first application of the class being stopped that has this mark.
    pub(super) fn first(&self, mark: Mark) -> Option<UniqueProcess> {
        self.in_class().find(|target| target.mark == mark).map(|target| target.process)
    }

    fn all(&self, mark: Mark) -> Arc<[UniqueProcess]> {
        self.in_class().filter(|target| target.mark == mark).map(|target| target.process).collect()
    }

    fn in_class(&self) -> impl Iterator<Item = &Target> {
        let class = self.class();
        self.targets.iter().filter(move |target| Some(target.class) == class)
    }
}
