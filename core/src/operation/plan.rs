//! Plans: what a shutdown or a restart will do with each application, decided before anything is
//! done. Straight and pure; carrying a plan out is the machine.

use alloc::vec::Vec;

use super::View;
use crate::application::{Affected, AppStatus, AppType};
use crate::call::ShutdownFlags;
use crate::effect::{Decision, Verdict};
use crate::filter::FilterAction;
use crate::library::{Application, Session};
use crate::reboot::RebootReasons;
use crate::refusal::Refusal;
use crate::rule;
use crate::rules::{Citation, Rules, latitude::answers};

answers! {
    /// Which reboot reasons keep a shutdown from stopping anything.
    NoAction = "OQ-49" { AnyReason, OnlyCriticalAndSelf }
}
answers! {
    /// Whether a forced shutdown is kept from acting by a lack of permission.
    ForcePermission = "OQ-50.permission" { NoAction, Ignored }
}
answers! {
    /// Whether a forced shutdown is kept from acting by another terminal session.
    ForceSession = "OQ-50.session" { NoAction, Ignored }
}
answers! {
    /// Whether filters are applied before the reboot reasons are computed.
    ReasonsAndFilters = "OQ-42" { ReasonsFirst, FiltersFirst }
}
answers! {
    /// Whether what is not to be stopped blocks a shutdown of only registered applications.
    UnregisteredKept = "OQ-52.noshutdown" { DoesNotBlock, Blocks }
}
answers! {
    /// Whether what is not to be restarted blocks a shutdown of only registered applications.
    NotToRestart = "OQ-52.norestart" { DoesNotBlock, Blocks }
}
answers! {
    /// The result when everything affected is protected by filters.
    AllMasked = "OQ-93" { Success, FailShutdown }
}
answers! {
    /// Whether Explorer comes back without having registered.
    Explorer = "OQ-64.restart" { Restarted, Left }
}
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

/// The reboot reasons of the affected applications (RM-LIST-10).
pub(super) fn reasons(affected: &[Affected], session: Option<&Session>, view: &View<'_>) -> RebootReasons {
    let given = giving(affected, session, view);
    given.fold(RebootReasons::NONE, |reasons, (_, given)| reasons.with(given))
}

/// The affected applications whose reboot reasons count, each with those that it gives.
pub(super) fn giving<'a>(
    affected: &'a [Affected],
    session: Option<&'a Session>,
    view: &'a View<'_>,
) -> impl Iterator<Item = (&'a Affected, RebootReasons)> {
    let protects = move |one: &Affected| {
        session.and_then(|session| session.filters.action(one, view.rules)) == Some(FilterAction::NO_SHUTDOWN)
            && view.rules.ask::<ReasonsAndFilters>() == ReasonsAndFilters::FiltersFirst
    };
    let give = affected.iter().filter(move |one| !protects(one));
    give.map(|one| (one, RebootReasons::of_one(one, view.me)))
}

/// What a shutdown does with the applications of the refreshed list; or why it does nothing.
pub(super) fn shutdown(
    affected: &[Affected],
    session: &Session,
    flags: ShutdownFlags,
    view: &View<'_>,
) -> Result<Vec<Decision>, Refusal> {
    let reasons = reasons(affected, Some(session), view);
    if keeps_from_acting(reasons, flags, view.rules) {
        return Err(Refusal::RebootNeeded(reasons)); // RM-SHUT-06
    }
    // Looked at before any message is sent (OQ-54).
    if flags.only_registered() && affected.iter().any(|one| blocks(one, session, view.rules).is_some()) {
        return Err(Refusal::NotRegistered);
    }
    let mut decisions: Vec<_> = affected.iter().map(|one| stop(one, session, view)).collect();
    let all_masked = decisions.iter().all(|decision| decision.verdict == Verdict::Leave);
    if all_masked && !decisions.is_empty() && view.rules.ask::<AllMasked>() == AllMasked::FailShutdown {
        decisions.iter_mut().for_each(|decision| decision.verdict = Verdict::Fail);
    }
    Ok(decisions)
}

/// Whether a shutdown does nothing for these reasons. Force changes nothing by default (RM-SHUT-57).
fn keeps_from_acting(reasons: RebootReasons, flags: ShutdownFlags, rules: &Rules) -> bool {
    let mut reasons = reasons;
    let overcome = |reasons: &mut RebootReasons, reason: RebootReasons| *reasons = reasons.without(reason);
    if flags.force()
        && reasons == RebootReasons::PERMISSION_DENIED
        && rules.ask::<ForcePermission>() == ForcePermission::Ignored
    {
        overcome(&mut reasons, RebootReasons::PERMISSION_DENIED);
    }
    if flags.force()
        && reasons == RebootReasons::SESSION_MISMATCH
        && rules.ask::<ForceSession>() == ForceSession::Ignored
    {
        overcome(&mut reasons, RebootReasons::SESSION_MISMATCH);
    }
    reasons.any()
        && match rules.ask::<NoAction>() {
            NoAction::AnyReason => true,
            NoAction::OnlyCriticalAndSelf => reasons.without(RebootReasons::OVERCOME_ELSEWHERE).any(),
        }
}

/// Why an application keeps `RmShutdownOnlyRegistered` from stopping anything, if it does (RM-SHUT-17).
pub(super) fn blocks(one: &Affected, session: &Session, rules: &Rules) -> Option<Citation> {
    let (is_restartable, because) = restartable(one, rules);
    let blocks = match session.filters.action(one, rules) {
        Some(FilterAction::NO_SHUTDOWN) => {
            !is_restartable && rules.ask::<UnregisteredKept>() == UnregisteredKept::Blocks
        }
        Some(FilterAction::NO_RESTART) => {
            !is_restartable || rules.ask::<NotToRestart>() == NotToRestart::Blocks
        }
        _ => !is_restartable, // OQ-53
    };
    blocks.then(|| if is_restartable { Citation::answer(NotToRestart::Blocks) } else { because })
}

fn stop(one: &Affected, session: &Session, view: &View<'_>) -> Decision {
    let action = session.filters.action(one, view.rules);
    let (verdict, because) = if action == Some(FilterAction::NO_SHUTDOWN) {
        (Verdict::Leave, rule!("RM-SHUT-46"))
    } else if RebootReasons::of_one(one, view.me).any() {
        (Verdict::Fail, rule!("RM-SHUT-24"))
    } else {
        (Verdict::Act, rule!("RM-SHUT-02"))
    };
    let masks = action.map_or(AppStatus::UNKNOWN, |action| action.masks(view.rules));
    Decision { application: one.clone(), verdict, because: Citation::Rule(because), masks }
}

/// What a restart does with the applications the session has stopped: Explorer first, then console
/// applications, then those with windows (RM-RST-06). `None` if it is refused as a second restart.
pub(super) fn restart(session: &Session, rules: &Rules) -> Option<Vec<Decision>> {
    let again = session.restart_called.then(|| rules.ask::<Again>());
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
    stopped.sort_by_key(|known| core::cmp::Reverse(known.was.about.app_type.class()));
    Some(stopped.into_iter().map(|known| start(known, session, rules)).collect())
}

fn start(known: &Application, session: &Session, rules: &Rules) -> Decision {
    let (may, because) = may_start(&known.was, rules);
    let mask = restart_mask(known, session, rules);
    let (may, because) =
        if mask.is_some() { (false, Citation::Rule(rule!("RM-RST-18"))) } else { (may, because) };
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

/// Whether an application that was stopped may be started again, filters aside.
fn may_start(one: &Affected, rules: &Rules) -> (bool, Citation) {
    match &one.about.restart {
        Some(settings) if !settings.allows_update() => (false, Citation::Rule(rule!("RM-RST-20"))),
        Some(_) => (true, Citation::Rule(rule!("RM-RST-03"))),
        None if one.about.app_type == AppType::Explorer => {
            let answer = rules.ask::<Explorer>();
            (answer == Explorer::Restarted, Citation::answer(answer))
        }
        None => (false, Citation::Rule(rule!("RM-RST-28"))),
    }
}

/// `bRestartable` (RM-LIST-25), filters aside, and why.
pub(super) fn restartable(one: &Affected, rules: &Rules) -> (bool, Citation) {
    if one.about.app_type == AppType::Critical {
        return (false, Citation::Rule(rule!("RM-LIST-27")));
    }
    may_start(one, rules) // else OQ-43
}
