//! What a restart does with the applications that the session has stopped.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::{eligible, rank};
use crate::app_status::AppStatus;
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

/// What a restart does with each application, in the order of restarting: Explorer, services, console
/// applications, those with windows (RM-RST-06). `None` if it is refused as a second restart.
pub(in crate::operation) fn restart(session: &Session, view: &View<'_>) -> Option<Vec<Decision>> {
    let again = session.restart_called.then(|| view.rules.ask::<Again>());
    let is_candidate = |known: &&Application| match again {
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
    Decision {
        application: known.was.clone(),
        verdict: if may { Verdict::Act } else { Verdict::Leave },
        because,
        masks: mask.unwrap_or_default(),
    }
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
