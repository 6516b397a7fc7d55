//! Plans: what a shutdown or a restart will do with each application, decided before anything is
//! done. Straight and pure; carrying a plan out is the machine.

pub(super) mod eligible;
pub(super) mod rank;
pub(super) mod restart;

pub(super) use restart::{IneligibleCode, fails_by_age, restart, told_and_not_stopped};

use alloc::vec::Vec;

use super::View;
use super::refresh::Refreshed;
use crate::app_status::AppStatus;
use crate::application::{Affected, AppType};
use crate::call::ShutdownFlags;
use crate::decision::{Decision, Verdict};
use crate::filter::FilterAction;
use crate::library::Session;
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
    /// When the registrations are looked at, if only registered applications are to be stopped.
    Looks = "OQ-54" { BeforeMessages, AfterAsking }
}
answers! {
    /// How an application with other windows is stopped.
    OtherWindows = "OQ-65" { ByMessages, OnlyByForce }
}
answers! {
    /// What a shutdown does with who comes to use the resources after its refresh. One that picks them
    /// up looks once more, when everything else has been dealt with.
    Newcomers = "OQ-68" { NotTouched, PickedUp }
}
answers! {
    /// In which order the applications of a class are dealt with. Of the other orders, the model takes
    /// the reverse.
    Order = "OQ-66.order" { OfTheList, Another }
}
answers! {
    /// The result when everything affected is protected by filters.
    AllMasked = "OQ-93" { Success, FailShutdown }
}
answers! {
    /// Whether a filter protects the whole host process, where services cannot be told apart.
    Neighbor = "OQ-91" { ProtectedToo, Stopped }
}
answers! {
    /// Whether a service that a filter protects stays although one that it needs is to be stopped.
    Dependant = "OQ-92" { Stays, Stopped }
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
    give.map(|one| (one, RebootReasons::of_one(one, view.me, view.rules)))
}

/// What a shutdown does with the applications of the refreshed list; or why it does nothing.
pub(super) fn shutdown(
    found: &Refreshed,
    session: &Session,
    flags: ShutdownFlags,
    view: &View<'_>,
) -> Result<Vec<Decision>, Refusal> {
    let affected = &found.affected;
    let reasons = reasons(affected, Some(session), view);
    if keeps_from_acting(reasons, flags, view.rules) {
        return Err(Refusal::RebootNeeded(reasons)); // RM-SHUT-06
    }
    let blocked = || affected.iter().any(|one| blocks(one, session, view).is_some());
    if flags.only_registered() && view.rules.ask::<Looks>() == Looks::BeforeMessages && blocked() {
        return Err(Refusal::NotRegistered);
    }
    let mut decisions: Vec<_> = affected.iter().map(|one| stop(one, affected, session, view)).collect();
    spare_dependants(&mut decisions, found);
    let all_masked = decisions.iter().all(|decision| decision.verdict == Verdict::Leave);
    if all_masked && !decisions.is_empty() && view.rules.ask::<AllMasked>() == AllMasked::FailShutdown {
        decisions.iter_mut().for_each(|decision| decision.verdict = Verdict::Fail);
    }
    if decisions.len() > 1 && view.rules.ask::<Order>() == Order::Another {
        decisions.reverse();
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
pub(super) fn blocks(one: &Affected, session: &Session, view: &View<'_>) -> Option<Citation> {
    let blocks = eligible::blocks(one, view.me, view.rules); // OQ-53
    match session.filters.action(one, view.rules) {
        Some(FilterAction::NO_SHUTDOWN) => {
            blocks.filter(|_| view.rules.ask::<UnregisteredKept>() == UnregisteredKept::Blocks)
        }
        Some(FilterAction::NO_RESTART) => blocks.or_else(|| {
            let answer = view.rules.ask::<NotToRestart>();
            (answer == NotToRestart::Blocks).then(|| Citation::answer(answer))
        }),
        _ => blocks,
    }
}

/// What a shutdown does with who came to use the resources while the others were stopped.
pub(super) fn newcomers(
    affected: &[Affected],
    session: &Session,
    flags: ShutdownFlags,
    view: &View<'_>,
) -> Vec<Decision> {
    let is_new = |one: &&Affected| !session.applications.iter().any(|known| known.id() == one.id());
    let new: Vec<_> = affected.iter().filter(is_new).cloned().collect();
    let decide = |one: &Affected| {
        let decision = stop(one, &new, session, view);
        let blocked = flags.only_registered().then(|| blocks(one, session, view)).flatten();
        match (decision.verdict, blocked) {
            (Verdict::Act, Some(because)) => Decision { verdict: Verdict::Fail, because, ..decision },
            (Verdict::Act, None) if decision.because == Citation::Rule(rule!("RM-SHUT-02")) => {
                Decision { because: Citation::answer(Newcomers::PickedUp), ..decision }
            }
            _ => decision,
        }
    };
    new.iter().map(decide).collect()
}

fn stop(one: &Affected, all: &[Affected], session: &Session, view: &View<'_>) -> Decision {
    let (verdict, because) = if let Some(because) = protected(one, all, session, view.rules) {
        (Verdict::Leave, because)
    } else if RebootReasons::of_one(one, view.me, view.rules).any() {
        (Verdict::Fail, Citation::Rule(rule!("RM-SHUT-24")))
    } else if one.about.app_type == AppType::OtherWindow
        && view.rules.ask::<OtherWindows>() == OtherWindows::OnlyByForce
    {
        (Verdict::Act, Citation::answer(OtherWindows::OnlyByForce))
    } else {
        (Verdict::Act, Citation::Rule(rule!("RM-SHUT-02")))
    };
    let action = session.filters.action(one, view.rules);
    let masks = action.map_or(AppStatus::UNKNOWN, |action| action.masks(view.rules));
    Decision { application: one.clone(), verdict, because, masks }
}

/// Who is there only because it needs an affected service stays with that one: nothing is stopped for
/// the sake of a service that a filter protects (RM-SHUT-39, RM-FILT-09).
fn spare_dependants(decisions: &mut [Decision], found: &Refreshed) {
    while let Some(spared) = decisions.iter().position(|decision| {
        let needs = |other: &&Decision| other.application.about.is_needed_by(&decision.application.about);
        decision.verdict == Verdict::Act
            && found.is_dependant(&decision.application)
            && decisions.iter().filter(needs).all(|needed| needed.verdict == Verdict::Leave)
    }) {
        let Some(decision) = decisions.get_mut(spared) else { return };
        (decision.verdict, decision.because) = (Verdict::Leave, Citation::Rule(rule!("RM-FILT-09")));
    }
}

/// What keeps an application from being stopped, if a filter does: its own, or that of a service
/// with which it shares a process that can only be stopped as a whole.
fn protected(one: &Affected, all: &[Affected], session: &Session, rules: &Rules) -> Option<Citation> {
    let has_filter = |one: &Affected| session.filters.action(one, rules) == Some(FilterAction::NO_SHUTDOWN);
    let neighbor = |other: &&Affected| {
        other.whole_process && other.process == one.process && other.about != one.about && has_filter(other)
    };
    let goes_with_another = |other: &Affected| other.about.is_needed_by(&one.about) && !has_filter(other);
    if !has_filter(one) {
        let neighbor = one.whole_process && all.iter().any(|other| neighbor(&other));
        let answer = neighbor.then(|| rules.ask::<Neighbor>()).filter(|one| *one == Neighbor::ProtectedToo);
        return answer.map(Citation::answer);
    }
    if one.whole_process && rules.ask::<Neighbor>() == Neighbor::Stopped {
        return None;
    }
    if all.iter().any(goes_with_another) && rules.ask::<Dependant>() == Dependant::Stopped {
        return None;
    }
    Some(Citation::Rule(rule!("RM-SHUT-46")))
}
