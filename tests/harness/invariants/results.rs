//! What calls give back: lists, statuses, progress, cancellation.

use std::collections::BTreeMap;

use rm_core::{Call, Caller, Effect, Message, RebootReasons, Refusal, UniqueProcess};

use super::{Holds, holds, shutdowns};
use crate::play::{Made, Played};

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

/// RM-LIST-05, RM-LIST-06, RM-LIST-08: 234 exactly when there is not room for all.
pub fn a_list_is_234_exactly_when_it_does_not_fit(played: &Played) -> Holds {
    for made in &played.made {
        let (Call::GetList { capacity: Some(capacity), .. }, Some(reply)) = (&made.call, &made.reply) else {
            continue;
        };
        let rm_core::Output::List(list) = &reply.output else { continue };
        let fits = list.needed <= *capacity;
        let filled = if fits { list.needed } else { 0 };
        holds(
            (reply.code.0 == 0) == fits
                && (reply.code.0 == 234) != fits
                && u32::try_from(list.entries.len()) == Ok(filled),
            || format!("{made:#?}"),
        )?;
    }
    Ok(())
}

/// RM-SHUT-08, RM-LIST-29: Stopped, StoppedOther, Restarted and both errors, once shown, stay until
/// the session's next shutdown.
pub fn what_the_list_has_shown_stays_until_the_next_shutdown(played: &Played) -> Holds {
    const HISTORY: u32 = 0x2 | 0x4 | 0x8 | 0x10 | 0x20;
    let mut shown: BTreeMap<(UniqueProcess, _), Vec<(rm_core::Name, u32)>> = BTreeMap::new();
    let mut ordered: Vec<_> = played.made.iter().collect();
    ordered.sort_by_key(|made| made.span.1);
    for made in ordered {
        let session = (made.who.process, made.call.session());
        let in_shutdown = shutdowns(played).any(|(other, _)| {
            (other.who.process, other.call.session()) == session
                && other.span.0 < made.span.1
                && made.span.0 < other.span.1
        });
        if matches!(made.call, Call::Shutdown { .. } | Call::End { .. }) || in_shutdown {
            shown.remove(&session);
            continue;
        }
        let Some(rm_core::Reply { code: rm_core::ErrorCode(0), output: rm_core::Output::List(list), .. }) =
            &made.reply
        else {
            continue;
        };
        let now: Vec<_> =
            list.entries.iter().map(|entry| (entry.app_name.clone(), entry.status.0 & HISTORY)).collect();
        for (app, bits) in shown.get(&session).into_iter().flatten() {
            let kept = *bits == 0 || now.iter().any(|(name, status)| name == app && status & bits == *bits);
            // A failed restart may show without Stopped, a restarted application gets a new entry.
            holds(kept, || format!("{app:?} had shown {bits:#x}, now {now:?} in {made:#?}"))?;
        }
        shown.insert(session, now);
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

/// RM-CANCEL-05, RM-CANCEL-06: 1223 only for an operation that somebody asked to cancel.
pub fn only_a_cancelled_operation_reports_so(played: &Played) -> Holds {
    for made in
        played.made.iter().filter(|made| made.reply.as_ref().is_some_and(|reply| reply.code.0 == 1223))
    {
        let asked = played.made.iter().any(|other| {
            let interrupts =
                other.did.iter().any(|(effect, _)| *effect == Effect::Interrupt(made.who.thread));
            interrupts && other.who.process == made.who.process && other.span.0 < made.span.1
        });
        holds(asked, || format!("{made:#?}"))?;
    }
    Ok(())
}

/// RM-CANCEL-05, RM-CANCEL-13: an operation that was asked to cancel begins nothing more that stops
/// or starts an application. What it was in the midst of may still come to its end.
pub fn a_cancelled_operation_begins_nothing_more(played: &Played) -> Holds {
    let begins = |effect: &Effect| {
        matches!(
            effect,
            Effect::Send(_, Message::QueryEndSession | Message::EndSession | Message::Close, _)
                | Effect::ControlEvent(_)
                | Effect::Terminate(_)
                | Effect::Launch(_)
        )
    };
    for (at, effect, _, by) in played.events() {
        let Effect::Interrupt(thread) = effect else { continue };
        let who = Caller { thread: *thread, ..by.who };
        let of_target = |made: &Made| made.who == who && made.covers(at);
        let later =
            played.events().filter(|(when, effect, _, made)| *when > at && of_target(made) && begins(effect));
        let begun: Vec<_> = later.map(|(_, effect, outcome, _)| (effect, outcome)).collect();
        holds(begun.len() <= 1, || format!("{begun:#?}"))?;
    }
    Ok(())
}
