//! When an application's fate is sealed, what its status becomes, and which rule says so.

use alloc::vec::Vec;

use super::Stopping;
use super::targets::{Mark, Target};
use crate::app_status::AppStatus;
use crate::application::Class;
use crate::call::ShutdownFlags;
use crate::decision::Settlement;
use crate::operation::plan::{Looks, OtherWindows};
use crate::refusal::Refusal;
use crate::rule;
use crate::rules::{Citation, Rules, latitude::answers};

answers! {
    /// Status of one that exits before its turn.
    ExitsBefore = "OQ-67" { StoppedOther, Stopped }
}
answers! {
    /// Status of one that exits while it is asked.
    ExitsAsked = "OQ-112.asked" { Stopped, StoppedOther }
}
answers! {
    /// Status of one that exits although told to stay.
    ExitsAnyway = "OQ-112.stay" { StoppedOther, Stopped, Nothing }
}
answers! {
    /// Whether the other classes are stopped after a refusal.
    Others = "OQ-56.others" { Left, Stopped }
}
answers! {
    /// Who shows `ErrorOnStop` after a refusal.
    Blamed = "OQ-57" { Refuser, All, Nobody }
}

answers! {
    /// What force does to a service that has not stopped in time.
    ServiceByForce = "OQ-62" { IfAlone, WithItsHost, Never }
}

impl Stopping {
    /// The fates that are sealed and not yet in the session's history.
    pub(super) fn settlements(&self, flags: ShutdownFlags, rules: &Rules) -> Vec<Settlement> {
        let sealed = |target: &Target| {
            let (status, because) =
                fate(target, flags, rules).or_else(|| self.beyond_reach(target, flags))?;
            Some(Settlement { id: target.id.clone(), status, restarted_as: None, because })
        };
        let settled: Vec<_> = self.targets.iter().filter_map(sealed).collect();
        if settled.is_empty() && self.is_called_off(flags, rules) && self.next_step(flags, rules).is_none() {
            return self.called_off(rules);
        }
        settled
    }

    /// The fate of what only force can stop, once its turn has come without force.
    fn beyond_reach(&self, target: &Target, flags: ShutdownFlags) -> Option<(AppStatus, Citation)> {
        let its_turn = target.stage.class == Class::Unknown && self.stage() == Some(target.stage);
        let because = if target.windows_by_force {
            Citation::answer(OtherWindows::OnlyByForce)
        } else {
            Citation::Rule(rule!("RM-SHUT-42"))
        };
        (its_turn && !flags.force()).then_some((AppStatus::ERROR_ON_STOP, because))
    }

    /// Everybody's fate once a refusal has called the shutdown off and those who agreed know it.
    fn called_off(&self, rules: &Rules) -> Vec<Settlement> {
        let others = rules.ask::<Others>();
        let by_look = self.is_off_by_look();
        let why = match self.called_off {
            Some((_, Refusal::Answered(_, _, because))) => because,
            _ => Citation::Rule(rule!("RM-SHUT-29")),
        };
        let left = |target: &&Target| Some(target.stage) == self.stage() || others == Others::Left || by_look;
        let settle = |target: &Target| {
            let (status, because) = match target.stage.class {
                _ if by_look => (AppStatus::UNKNOWN, Citation::answer(Looks::AfterAsking)),
                _ if self.is_refusal(target.mark, rules) => {
                    (blame(Blamed::Refuser, rules), Citation::answer(rules.ask::<Blamed>()))
                }
                Class::Gui => (blame(Blamed::All, rules), why),
                _ => (AppStatus::UNKNOWN, Citation::answer(others)),
            };
            Settlement { id: target.id.clone(), status, restarted_as: None, because }
        };
        self.targets.iter().filter(left).map(settle).collect()
    }
}

impl Target {
    /// What keeps force from ending a service: the others that live in its process, or that force
    /// is not for services (OQ-62).
    fn is_beyond_force(&self, rules: &Rules) -> Option<Citation> {
        if self.stage.class != Class::Service {
            return None;
        }
        let answer = rules.ask::<ServiceByForce>();
        let ends = match answer {
            ServiceByForce::IfAlone => !self.shares_process,
            ServiceByForce::WithItsHost => true,
            ServiceByForce::Never => false,
        };
        (!ends).then(|| Citation::answer(answer))
    }
}

/// The fate of one application, if it is sealed by what was done to it.
fn fate(target: &Target, flags: ShutdownFlags, rules: &Rules) -> Option<(AppStatus, Citation)> {
    match target.mark {
        Mark::Stopped => Some((AppStatus::STOPPED, Citation::Rule(rule!("RM-SHUT-44")))),
        Mark::Exited => {
            let answer = rules.ask::<ExitsBefore>();
            let stopped =
                if answer == ExitsBefore::Stopped { AppStatus::STOPPED } else { AppStatus::STOPPED_OTHER };
            Some((stopped, Citation::answer(answer)))
        }
        Mark::ExitedAsked => {
            let answer = rules.ask::<ExitsAsked>();
            let stopped =
                if answer == ExitsAsked::Stopped { AppStatus::STOPPED } else { AppStatus::STOPPED_OTHER };
            Some((stopped, Citation::answer(answer)))
        }
        Mark::ExitedAnyway => {
            let answer = rules.ask::<ExitsAnyway>();
            let status = match answer {
                ExitsAnyway::StoppedOther => AppStatus::STOPPED_OTHER,
                ExitsAnyway::Stopped => AppStatus::STOPPED,
                ExitsAnyway::Nothing => AppStatus::UNKNOWN,
            };
            Some((status, Citation::answer(answer)))
        }
        Mark::Unstoppable => Some((AppStatus::ERROR_ON_STOP, Citation::Rule(rule!("RM-SHUT-45")))),
        Mark::Declined if target.accepts_stop => {
            Some((AppStatus::ERROR_ON_STOP, Citation::Rule(rule!("RM-SHUT-40"))))
        }
        Mark::Declined => {
            Some((AppStatus::ERROR_ON_STOP, Citation::answer(rules.ask::<crate::reboot::Unstoppable>())))
        }
        Mark::Overdue if !flags.force() => {
            Some((AppStatus::ERROR_ON_STOP, Citation::Rule(rule!("RM-SHUT-55"))))
        }
        Mark::Overdue => target.is_beyond_force(rules).map(|answer| (AppStatus::ERROR_ON_STOP, answer)),
        _ => None,
    }
}

fn blame(whom: Blamed, rules: &Rules) -> AppStatus {
    let blamed = rules.ask::<Blamed>();
    let blames = blamed == Blamed::All || (blamed == whom && whom == Blamed::Refuser);
    if blames { AppStatus::ERROR_ON_STOP } else { AppStatus::UNKNOWN }
}
