//! What calls report, and whether it is so.

use rm_core::store::ValueName;
use rm_core::{Affected, AppStatus, AppType, Call, Effect, Outcome, RebootReasons, Refusal, Verdict};

use super::{Holds, ends_something, holds, shutdowns, started, touched_app};
use crate::played::Played;

/// RM-CB-02, RM-CB-03, RM-CB-07: progress lies within 0 to 100 and strictly increases.
pub fn progress_strictly_increases(played: &Played) -> Holds {
    for made in &played.made {
        let reported = made.did.iter().filter_map(|(effect, _)| match effect {
            Effect::Report(percent) => Some(*percent),
            _ => None,
        });
        let reported: Vec<_> = reported.collect();
        let increases = reported.windows(2).all(|pair| pair[0] < pair[1]);
        holds(increases && reported.iter().all(|percent| *percent <= 100), || format!("{reported:?}"))?;
    }
    Ok(())
}

/// RM-REG-20, RM-LIST-33, RM-END-10, RM-JOIN-13: only a shutdown does something to programs, and only a
/// restart starts any; but the end of a session may do what its restart would have done (OQ-24 b).
pub fn only_a_shutdown_touches_and_only_a_restart_starts(played: &Played) -> Holds {
    for made in &played.made {
        for (effect, _) in &made.did {
            let (starts, touches) = (started(effect).is_some(), touched_app(effect).is_some());
            holds(!touches || matches!(made.call, Call::Shutdown { .. }), || format!("{made:?}"))?;
            let may_start = match made.call {
                Call::Restart { .. } => true,
                Call::End { .. } => played.is_answered("OQ-24", 'b'),
                _ => false,
            };
            holds(!starts || may_start, || format!("{made:?}"))?;
        }
    }
    Ok(())
}

/// RM-SHUT-05, RM-SHUT-54: when a shutdown succeeds, everybody it was to stop is gone.
pub fn a_shutdown_that_succeeds_leaves_nobody(played: &Played) -> Holds {
    for (made, _) in shutdowns(played).filter(|(made, _)| made.code() == Some(0)) {
        for (effect, _) in &made.did {
            let Effect::Decide(decisions) = effect else { continue };
            for decision in decisions.iter().filter(|decision| decision.verdict == Verdict::Act) {
                let one = decision.application.id();
                holds(played.was_gone(&one, made.span.1), || format!("{one:?} runs after {made:?}"))?;
            }
            let failed = decisions.iter().any(|decision| decision.verdict == Verdict::Fail);
            holds(!failed, || format!("{made:?}"))?;
        }
    }
    Ok(())
}

/// RM-SHUT-44, RM-SHUT-45: when a shutdown succeeds, everybody it was to stop counts as stopped, by itself or by
/// something else.
pub fn whoever_a_shutdown_stops_counts_as_stopped(played: &Played) -> Holds {
    let stopped = AppStatus::STOPPED.with(AppStatus::STOPPED_OTHER);
    for (made, _) in shutdowns(played).filter(|(made, _)| made.code() == Some(0)) {
        let (mut acted_on, mut settled) = (Vec::new(), Vec::new());
        for (effect, _) in &made.did {
            match effect {
                Effect::Decide(decisions) => {
                    let acts = decisions.iter().filter(|decision| decision.verdict == Verdict::Act);
                    acted_on.extend(acts.map(|decision| decision.application.id()));
                }
                Effect::Settle(settlements) => {
                    let of_stopping = settlements.iter().filter(|one| one.status.0 & stopped.0 != 0);
                    settled.extend(of_stopping.map(|one| one.id.clone()));
                }
                _ => {}
            }
        }
        let left = acted_on.iter().find(|one| !settled.contains(one));
        holds(left.is_none(), || format!("{left:?} does not count as stopped after {made:?}"))?;
    }
    Ok(())
}

/// RM-SHUT-06, RM-SHUT-24, RM-SHUT-25, RM-SHUT-41, RM-TYPE-08: one who is critical, out of reach or the installer
/// itself keeps a shutdown from touching anybody, forced or not.
pub fn who_cannot_be_stopped_keeps_everybody_running(played: &Played) -> Holds {
    for (made, _) in shutdowns(played) {
        let here = played.program(made.who.process).map(|program| program.about.ts_session);
        let gives_reason = |one: &Affected| {
            let elsewhere = !one.is_service() && Some(one.about.ts_session) != here;
            let critical = one.about.app_type == AppType::Critical || one.process == made.who.process;
            critical || elsewhere || !one.permitted
        };
        let decided = made.did.iter().flat_map(|(effect, _)| match effect {
            Effect::Decide(decisions) => decisions.iter().collect(),
            _ => Vec::new(),
        });
        // Whom a filter protects is to be left alone anyway.
        let mut met = decided.filter(|decision| decision.verdict != Verdict::Leave);
        let reason = met.find(|decision| gives_reason(&decision.application));
        let touches = made.did.iter().any(|(effect, _)| touched_app(effect).is_some());
        holds(reason.is_none() || !touches, || format!("{reason:?} in {made:?}"))?;
    }
    Ok(())
}

/// RM-SHUT-06, RM-LIFE-13, RM-SHUT-17, RM-SHUT-21: a shutdown that is refused as a whole touches nobody, and
/// tells nobody of progress; unless its session is ended under it (OQ-21 d). Without force, no answer
/// (OQ-61 b) and an exit (OQ-112.answer b) may count as the refusal of one application. Where the registrations
/// are looked at when all have been asked (OQ-54 b), nobody is ended; where the list is refreshed once more when
/// everybody is stopped (OQ-68 b), nobody is touched from there on.
pub fn a_shutdown_that_is_refused_touches_nobody(played: &Played) -> Holds {
    for (made, flags) in shutdowns(played) {
        let Some(reply) = &made.reply else { continue };
        let refused = !matches!(
            reply.refusal,
            None | Some(Refusal::Vetoed | Refusal::NotStopped | Refusal::Cancelled(_))
        );
        let because = reply.because.map(|because| because.to_string());
        let by_one = match because.as_deref() {
            Some("OQ-21 d") => true,
            Some("OQ-61 b" | "OQ-112.answer b") => !flags.force(),
            _ => false,
        };
        let looks = matches!(
            (reply.refusal, because.as_deref()),
            (Some(Refusal::NotRegistered | Refusal::Machine(..)), _) | (_, Some("OQ-69 b" | "OQ-69 c"))
        );
        let asked_first = looks && flags.only_registered() && played.is_answered("OQ-54", 'b');
        let does = |effect: &Effect| match asked_first {
            true => ends_something(effect),
            false => touched_app(effect).is_some() || matches!(effect, Effect::Report(_)),
        };
        let again = made.did.iter().rposition(|(effect, _)| matches!(effect, Effect::Lock(..)));
        let from = again.filter(|_| played.is_answered("OQ-68", 'b')).unwrap_or_default();
        let did = made.did[from..].iter().any(|(effect, _)| does(effect));
        holds(!refused || !did || by_one, || format!("{made:?}"))?;
    }
    Ok(())
}

/// RM-RST-03, RM-RST-07, RM-RST-31: unless it is cancelled, a restart tries everybody it decided to start, and
/// 352 says that one of them failed. None that it has started itself stands for another.
pub fn a_restart_tries_everybody(played: &Played) -> Holds {
    for made in played.made.iter().filter(|made| matches!(made.call, Call::Restart { .. })) {
        let Some(code) = made.code().filter(|code| matches!(code, 0 | 352)) else { continue };
        let (mut decided, mut settled, mut failed) = (Vec::new(), Vec::new(), false);
        let mut launched = Vec::new();
        for (effect, outcome) in &made.did {
            match (effect, outcome) {
                (Effect::Launch(_), Outcome::Launched(process)) => launched.push(*process),
                (Effect::RunningAgain(one, _), Outcome::Again(Some(again))) => {
                    holds(!launched.contains(&again.process), || {
                        format!("{one:?} is not started by {made:?}")
                    })?;
                }
                (Effect::Decide(decisions), _) => {
                    let of = |verdict| decisions.iter().filter(move |decision| decision.verdict == verdict);
                    decided.extend(of(Verdict::Act).map(|decision| decision.application.id()));
                    failed |= of(Verdict::Fail).next().is_some();
                }
                (Effect::Settle(settlements), _) => {
                    let own = settlements.iter().filter(|settled| decided.contains(&settled.id));
                    let own: Vec<_> = own.collect();
                    failed |= own.iter().any(|settled| settled.status.contains(AppStatus::ERROR_ON_RESTART));
                    settled.extend(own.into_iter().map(|settled| settled.id.clone()));
                }
                (Effect::Launch(_) | Effect::StartService(..), Outcome::Failed(_) | Outcome::NoAnswer) => {
                    failed = true
                }
                _ => {}
            }
        }
        holds(decided == settled && failed == (code == 352), || format!("{made:?}"))?;
    }
    Ok(())
}

/// RM-LIFE-05, RM-LIFE-04: an effect that fails makes its call fail, with the code of the latest failure;
/// what fails in stopping or starting one application is told of that one, and no call depends on the phase
/// that it leaves for others to see. What failed once with 121 may do so again (OQ-106 b).
pub fn a_failure_is_reported(played: &Played) -> Holds {
    for made in &played.made {
        let Some(code) = made.code() else { continue };
        let failure = made.did.iter().rev().find_map(|(effect, outcome)| match (effect, outcome) {
            (
                Effect::Terminate(_)
                | Effect::Launch(_)
                | Effect::StopService(_)
                | Effect::StartService(..)
                | Effect::WriteValue(_, ValueName::Phase, _),
                _,
            ) => None,
            (_, Outcome::NotFree) => Some(121),
            (_, Outcome::Failed(rm_core::Fault::AccessDenied)) => match made.call {
                Call::Shutdown { .. } if played.is_answered("OQ-69", 'b') => Some(351),
                Call::Shutdown { .. } if played.is_answered("OQ-69", 'c') => Some(1359),
                _ => Some(5),
            },
            (_, Outcome::Failed(rm_core::Fault::OutOfMemory)) => Some(14),
            (_, Outcome::Failed(rm_core::Fault::WriteFault)) => Some(29),
            _ => None,
        });
        holds(failure.is_none_or(|expected| expected == code), || format!("{failure:?} in {made:?}"))?;
        let again = code == 121 && made.did.is_empty() && played.is_answered("OQ-106", 'b');
        let from_nowhere = matches!(code, 14 | 121) && failure.is_none() && !again;
        holds(!from_nowhere, || format!("{made:?}"))?;
    }
    Ok(())
}

/// RM-LIST-11, RM-SHUT-06, RM-SHUT-17: whoever gives a reboot reason or keeps a shutdown from acting is
/// named, and nobody else is.
pub fn whoever_gives_cause_is_named(played: &Played) -> Holds {
    for made in &played.made {
        let Some(reply) = &made.reply else { continue };
        let named = reply.causes.iter().fold(RebootReasons::NONE, |all, cause| all.with(cause.reason));
        let (expected, blocked) = match (&reply.output, reply.refusal) {
            (rm_core::Output::List(list), _) => (list.reasons, false),
            (_, Some(Refusal::RebootNeeded(reasons))) => (reasons, false),
            (_, refusal) => (RebootReasons::NONE, refusal == Some(Refusal::NotRegistered)),
        };
        let without = reply.causes.iter().any(|cause| !cause.reason.any());
        holds(named == expected && without == blocked, || format!("{made:#?}"))?;
    }
    Ok(())
}
