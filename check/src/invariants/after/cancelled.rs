//! Whoever is cancelled waits no longer.

use rm_core::{Call, Caller, Effect, Millis, Next};
use rm_sim::choice::NoChoice;
use rm_sim::{Move, Simulation, Until};

use super::{Calm, cancel, whichever_way};
use crate::played::is_answered;

/// RM-CANCEL-05, RM-CANCEL-15, RM-SHUT-54: an operation that is cancelled waits no longer for programs than
/// it takes to tell those who were asked that they may stay, even where it would wait without limit. It may
/// notice late or not at all (OQ-84 b), unless nothing else ends its wait (OQ-59 c).
///
/// # Errors
/// When it waits longer, or does not end.
pub fn who_is_cancelled_ends(left: &Simulation<NoChoice>) -> Result<(), String> {
    whichever_way((&left.machine, &left.rules, &left.transcript), |calm| {
        let in_flight: Vec<_> = calm.machine.in_flight().collect();
        for who in in_flight {
            let Some(operation) = operates(calm, who) else { continue };
            if is_blocked(calm, who) {
                return Ok(());
            }
            waits_no_longer(calm, who, &operation)?;
        }
        Ok(())
    })
}

/// The operation that a thread is in, if it can go on.
fn operates(calm: &Calm, who: Caller) -> Option<Call> {
    let call = calm.machine.installer(who.process)?.tasks().get(&who.thread)?.call().clone();
    let acts = matches!(calm.machine.next(who, &calm.rules), Some(Next::Do(_)));
    (acts && matches!(call, Call::Shutdown { .. } | Call::Restart { .. })).then_some(call)
}

/// Whether somebody sits on the mutex that comes next: that is no program, and its limit is another.
fn is_blocked(calm: &mut Calm, who: Caller) -> bool {
    while matches!(
        calm.machine.next(who, &calm.rules),
        Some(Next::Do(Effect::Lock(..) | Effect::WriteValue(..)))
    ) {
        let Some(_) = calm.step(who) else { break };
        if calm.machine.world.blocked_in(who).is_some() {
            return true;
        }
    }
    false
}

fn waits_no_longer(calm: &mut Calm, who: Caller, operation: &Call) -> Result<(), String> {
    let answers = |latitude, letter| is_answered(&calm.rules, latitude, letter);
    let (unlimited, late) =
        (answers("OQ-59", 'c'), answers("OQ-84.wait", 'b') || answers("OQ-84.moment", 'b'));
    cancel(calm, who)?;
    let before = calm.transcript.now();
    let programs = calm.machine.world.processes().count();
    let carried = calm.carry_within(who, &Until::End, Move::MANY);
    carried.map_err(|stuck| format!("a cancelled {operation:?}: {stuck}"))?;
    let Millis(message) = calm.rules.limits.message;
    let most = u64::from(message) * u64::try_from(programs + 1).unwrap_or(u64::MAX);
    let lasted = calm.transcript.now() - before;
    let only_so = matches!(operation, Call::Shutdown { flags, .. } if !flags.force()) && unlimited;
    if lasted > most && (only_so || !late) {
        return Err(format!("a cancelled {operation:?} goes on for {lasted} ms"));
    }
    Ok(())
}
