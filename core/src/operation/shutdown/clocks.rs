//! How long a shutdown waits, for which messages together, and for whom at the same time.

use alloc::sync::Arc;

use super::Stopping;
use super::targets::{Mark, Target};
use crate::application::{AppId, Class};
use crate::call::{Call, ShutdownFlags};
use crate::effect::Effect;
use crate::limits::Millis;
use crate::rules::{Rules, latitude::answers};

answers! {
    /// How long a shutdown without force waits for what does not respond.
    Patience = "OQ-59" { AsForced, Longer, Unlimited }
}
answers! {
    /// What one time limit covers.
    Scope = "OQ-60.scope" { Application, Message, Class }
}
answers! {
    /// Whether the applications of a class stop at the same time.
    Together = "OQ-60.together" { Together, InTurn }
}

/// The limit that is in force for this shutdown; `None` if there is none.
fn in_force(limit: Millis, flags: ShutdownFlags, rules: &Rules) -> Option<Millis> {
    if flags.force() {
        return Some(limit);
    }
    match rules.ask::<Patience>() {
        Patience::AsForced => Some(limit),
        Patience::Longer => Some(rules.limits.longer(limit)),
        Patience::Unlimited => None,
    }
}

/// Whether a call is a shutdown that waits until it is cancelled, if need be.
pub(in crate::operation) fn has_no_limit(call: &Call, rules: &Rules) -> bool {
    let unforced = matches!(call, Call::Shutdown { flags, .. } if !flags.force());
    unforced && rules.ask::<Patience>() == Patience::Unlimited
}

impl Stopping {
    /// How long the answer to a message is waited for; `None` where something longer is counted, or
    /// nothing at all.
    pub(super) fn message_limit(&self, flags: ShutdownFlags, rules: &Rules) -> Option<Millis> {
        match rules.ask::<Scope>() {
            Scope::Message => in_force(rules.limits.message, flags, rules),
            Scope::Application | Scope::Class => None,
        }
    }

    /// What starts the clock before the first message, if one limit covers more than one message.
    pub(super) fn start_clock(&self, flags: ShutdownFlags, rules: &Rules) -> Option<Effect> {
        let next = self.in_stage().find(|target| target.mark == Mark::Untouched)?;
        match rules.ask::<Scope>() {
            Scope::Message => None,
            Scope::Application if next.armed => None,
            Scope::Application => {
                Some(Effect::ArmFor(next.id.clone(), in_force(rules.limits.close, flags, rules)?))
            }
            Scope::Class if self.is_armed(rules) => None,
            Scope::Class => Some(Effect::Arm(in_force(rules.limits.close, flags, rules)?)),
        }
    }

    /// The wait for what is closing, or what starts the clock of that wait.
    pub(super) fn wait(&self, limit: Millis, flags: ShutdownFlags, rules: &Rules) -> Option<Effect> {
        // Whom a control event for another one has told is waited for when that one is dealt with.
        let marks = [Mark::Closing, Mark::Told];
        let mark = marks.into_iter().find(|mark| self.first(*mark).is_some())?;
        let first = self.in_stage().find(|target| target.mark == mark)?;
        let in_turn = rules.ask::<Together>() == Together::InTurn;
        let only = || Effect::WaitAny(Arc::from([first.id.clone()]));
        if first.armed {
            return Some(only());
        }
        let limit = in_force(limit, flags, rules);
        Some(match limit.filter(|_| !self.is_armed(rules)) {
            None if in_turn => only(),
            None => Effect::WaitAny(self.all(mark)),
            Some(limit) if in_turn && rules.ask::<Scope>() != Scope::Class => {
                Effect::ArmFor(first.id.clone(), limit)
            }
            Some(limit) => Effect::Arm(limit),
        })
    }

    /// Whether somebody has to be dealt with to the end before the next one is told (OQ-60.together).
    pub(super) fn is_amid(&self, rules: &Rules) -> bool {
        let begun = |target: &Target| match target.mark {
            Mark::Told | Mark::Closing | Mark::Overdue => true,
            // Who outlasts an event for another one on its console has not had its turn.
            Mark::Lingering => target.stage.class != Class::Console,
            _ => false,
        };
        self.in_stage().any(begun) && rules.ask::<Together>() == Together::InTurn
    }

    /// Whether the limit of the stage runs, or that of the whole class.
    fn is_armed(&self, rules: &Rules) -> bool {
        let class = |stage: Option<super::Stage>| stage.map(|stage| stage.class);
        self.armed == self.stage()
            || (class(self.armed) == class(self.stage()) && rules.ask::<Scope>() == Scope::Class)
    }

    /// Records that the clock of an application was started.
    pub(super) fn armed_for(&mut self, id: &AppId) {
        for target in self.targets.iter_mut().filter(|target| target.id == *id) {
            target.armed = true;
            if target.mark == Mark::Told {
                target.mark = Mark::Closing;
            }
        }
    }
}
