//! What a restart does with the applications that the session has stopped.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::eligible::YoungComesBack;
use super::{eligible, rank};
use crate::app_status::AppStatus;
use crate::application::AppId;
use crate::decision::{Decision, Verdict};
use crate::filter::FilterAction;
use crate::library::{Application, Session};
use crate::operation::View;
use crate::operation::second::Second;
use crate::rule;
use crate::rules::{Citation, Rules, latitude::answers};

answers! {
    /// What a second restart does with what failed in the first.
    Again = "OQ-71" { Nothing, RetriesFailures, Refused, Everything }
}
answers! {
    /// `RmNoRestart` added after the shutdown.
    LateNoRestart = "OQ-87.norestart" { Prevents, Ignored }
}
answers! {
    /// `RmNoShutdown` added after the shutdown.
    LateNoShutdown = "OQ-87.noshutdown" { Prevents, Ignored }
}
answers! {
    /// Whether an application may be restarted again when its filter is removed.
    FilterRemoved = "OQ-88.eligible" { MayRestart, MayNot }
}
answers! {
    /// Whether a stopped application that may not be restarted makes the restart fail.
    IneligibleCode = "OQ-72.code" { Success, FailureIfRegistered, Failure }
}
answers! {
    /// Whether a restart starts what exited only after its shutdown had let go of it.
    LateExit = "OQ-117.restart" { Restarted, Left }
}
answers! {
    /// The order in which what was stopped is restarted.
    Order = "OQ-66.restart" { ByClass, ReverseOfStops }
}

/// The applications that were told to end and had not exited when their shutdown let go of them, if a
/// restart is to start those that have by now (OQ-117.restart).
pub(in crate::operation) fn told_and_not_stopped(session: &Session, rules: &Rules) -> Vec<AppId> {
    let open = session.applications.iter().filter(|known| known.is_told_and_open());
    let open: Vec<_> = open.map(Application::id).collect();
    let matters = !open.is_empty() && rules.ask::<LateExit>() == LateExit::Restarted;
    if matters { open } else { Vec::new() }
}

/// What a restart does with each application, in the order of restarting: Explorer, services, console
/// applications, those with windows (RM-RST-06). `None` if it is refused as a second restart. Of those
/// that were told to end and not seen to exit, the ones that are alive are given where that matters.
pub(in crate::operation) fn restart(
    session: &Session,
    alive: Option<&[AppId]>,
    view: &View<'_>,
) -> Option<Vec<Decision>> {
    let again = session.restart_called.then(|| view.rules.ask::<Again>());
    let exited_late = |known: &Application| {
        known.is_told_and_open() && alive.is_some_and(|alive| !alive.contains(&known.id()))
    };
    let is_candidate = |known: &&Application| match again {
        _ if exited_late(known) => true,
        None => known.is_stopped(),
        // What failed is not tried again; what a cancelled restart did not come to still waits.
        Some(Again::Nothing) => known.is_stopped() && !known.status.contains(AppStatus::ERROR_ON_RESTART),
        Some(Again::RetriesFailures) => known.is_stopped(),
        Some(Again::Everything) => known.status.contains(AppStatus::STOPPED),
        Some(Again::Refused) => false,
    };
    if again == Some(Again::Refused) {
        return None;
    }
    let mut stopped: Vec<_> = session.applications.iter().filter(is_candidate).collect();
    let all: Vec<_> = stopped.iter().map(|known| &*known.was.about).collect();
    let ranks = rank::ranks(&all);
    let mut ranked: Vec<_> = stopped.drain(..).zip(ranks).collect();
    ranked.sort_by_key(|(known, rank)| Reverse((known.was.about.app_type.class(), *rank)));
    if ranked.len() > 1 && view.rules.ask::<Order>() == Order::ReverseOfStops {
        // What exited late exited last.
        ranked.sort_by_key(|(known, _)| Reverse(known.stopped_as.unwrap_or(u16::MAX)));
    }
    Some(ranked.into_iter().map(|(known, _)| start(known, session, view)).collect())
}

fn start(known: &Application, session: &Session, view: &View<'_>) -> Decision {
    let mask = restart_mask(known, session, view.rules);
    let (may, because) = match mask {
        Some(_) => (false, Citation::Rule(rule!("RM-RST-18"))),
        None if known.superseded && view.rules.ask::<Second>() == Second::RestartsItsOwn => {
            (false, Citation::answer(Second::RestartsItsOwn))
        }
        None => eligible::may_start(&known.was, view.me, view.rules),
    };
    let verdict = match may {
        true => Verdict::Act,
        false if fails(known, because, view.rules) => Verdict::Fail,
        false => Verdict::Leave,
    };
    Decision { application: known.was.clone(), verdict, because, masks: mask.unwrap_or_default() }
}

/// Whether it is a failure that an application is passed over.
fn fails(known: &Application, because: Citation, rules: &Rules) -> bool {
    fails_by_age(because)
        || match rules.ask::<IneligibleCode>() {
            IneligibleCode::Success => false,
            IneligibleCode::FailureIfRegistered => known.was.restart.is_some(),
            IneligibleCode::Failure => true,
        }
}

/// Whether it is the answer by which an application that ran too short makes the restart fail.
pub(in crate::operation) fn fails_by_age(because: Citation) -> bool {
    because == Citation::answer(YoungComesBack::Fails)
}

/// The mask bits of the filter that keeps an application from being restarted, if one does.
fn restart_mask(known: &Application, session: &Session, rules: &Rules) -> Option<AppStatus> {
    let was_masked = known.masks.contains(AppStatus::RESTART_MASKED);
    let action = session.filters.action(&known.was, rules);
    let prevents = match action {
        Some(_) if was_masked => true,
        Some(FilterAction::NO_RESTART) => rules.ask::<LateNoRestart>() == LateNoRestart::Prevents,
        Some(FilterAction::NO_SHUTDOWN) => rules.ask::<LateNoShutdown>() == LateNoShutdown::Prevents,
        Some(_) => false,
        None => was_masked && rules.ask::<FilterRemoved>() == FilterRemoved::MayNot,
    };
    prevents.then_some(AppStatus::RESTART_MASKED)
}
