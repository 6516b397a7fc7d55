//! Plans: what a shutdown or a restart will do with each application, decided before anything is
//! done. Straight and pure; carrying a plan out is the machine.

use alloc::vec::Vec;

use crate::application::{Affected, AppStatus, AppType};
use crate::call::ShutdownFlags;
use crate::effect::{Decision, Verdict};
use crate::library::{Application, Session};
use crate::process::Identity;
use crate::reboot::RebootReasons;
use crate::refusal::Refusal;
use crate::rule;
use crate::rules::{Citation, Rules, latitude::answers};

answers! {
    /// Which reboot reasons keep a shutdown from stopping anything.
    NoAction = "OQ-49" { AnyReason, OnlyCriticalAndSelf }
}
answers! {
    /// Whether Explorer comes back without having registered.
    Explorer = "OQ-64.restart" { Restarted, Left }
}
answers! {
    /// What a second restart does with what failed in the first.
    Again = "OQ-71" { Nothing, RetriesFailures, Refused, Everything }
}

/// What a shutdown does with the applications of the refreshed list; or why it does nothing.
pub(super) fn shutdown(
    affected: &[Affected],
    flags: ShutdownFlags,
    me: Identity,
    rules: &Rules,
) -> Result<Vec<Decision>, Refusal> {
    let reasons = RebootReasons::of(affected, me);
    if keeps_from_acting(reasons, rules) {
        return Err(Refusal::RebootNeeded(reasons)); // RM-SHUT-06; force changes nothing: RM-SHUT-57
    }
    // RM-SHUT-17, by bRestartable (OQ-53); looked at before any message is sent (OQ-54).
    if flags.only_registered() && affected.iter().any(|one| !is_restartable(one, rules)) {
        return Err(Refusal::NotRegistered);
    }
    Ok(affected.iter().map(|one| stop(one, me)).collect())
}

fn keeps_from_acting(reasons: RebootReasons, rules: &Rules) -> bool {
    reasons.any()
        && match rules.ask::<NoAction>() {
            NoAction::AnyReason => true,
            NoAction::OnlyCriticalAndSelf => reasons.without(RebootReasons::OVERCOME_ELSEWHERE).any(),
        }
}

fn stop(one: &Affected, me: Identity) -> Decision {
    let hindered = RebootReasons::of(core::slice::from_ref(one), me).any();
    let (verdict, because) =
        if hindered { (Verdict::Fail, rule!("RM-SHUT-24")) } else { (Verdict::Act, rule!("RM-SHUT-02")) };
    Decision { application: one.clone(), verdict, because: Citation::Rule(because) }
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
    Some(stopped.into_iter().map(|known| start(&known.was, rules)).collect())
}

fn start(one: &Affected, rules: &Rules) -> Decision {
    let (act, because) = match &one.about.restart {
        Some(settings) if !settings.allows_update() => (false, Citation::Rule(rule!("RM-RST-20"))),
        Some(_) => (true, Citation::Rule(rule!("RM-RST-03"))),
        None if one.about.app_type == AppType::Explorer => {
            let answer = rules.ask::<Explorer>();
            (answer == Explorer::Restarted, Citation::answer(answer))
        }
        None => (false, Citation::Rule(rule!("RM-RST-28"))),
    };
    let verdict = if act { Verdict::Act } else { Verdict::Leave };
    Decision { application: one.clone(), verdict, because }
}

/// `bRestartable` (RM-LIST-25).
pub(super) fn is_restartable(one: &Affected, rules: &Rules) -> bool {
    // RM-LIST-27; else OQ-43.
    one.about.app_type != AppType::Critical && start(one, rules).verdict == Verdict::Act
}
