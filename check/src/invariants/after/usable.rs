//! Sessions that have failed and been cancelled can be used and ended.

use std::sync::Arc;

use rm_core::store::Record;
use rm_core::{
    Call, Decision, Effect, Reply, Role, Seat, SessionHandle, ShutdownFlags, UniqueProcess, Verdict,
};
use rm_sim::transcript::Event;

use super::{Calm, call, comes_to, is_refused_by_answer, list, whichever_way_it_ends};
use crate::played::Played;

/// RM-CANCEL-14, RM-SHUT-47, RM-RST-17, RM-REG-10, RM-END-01, RM-END-11: whatever went wrong, a session whose
/// key is whole can be listed, shut down by force, restarted and ended; and then its place is free. A cancel
/// may count for what comes next (OQ-79 b), 121 may last (OQ-106 b), there may be one cycle only (OQ-47 b) and
/// one shutdown in it (OQ-46 d), not every shutdown may count (OQ-70), and the end may wait for those who have
/// joined (OQ-20.handles c).
///
/// # Errors
/// When one of these gives a code that makes no sense.
pub fn sessions_stay_usable(played: &Played) -> Result<(), String> {
    whichever_way_it_ends(played, |calm| {
        let installers: Vec<_> = calm.machine.installers().keys().copied().collect();
        for process in installers {
            let Some(installer) = calm.machine.installer(process) else { continue };
            let sessions = installer.library().sessions.iter();
            let sessions: Vec<_> = sessions.map(|(session, known)| (*session, known.seat)).collect();
            for (session, seat) in sessions {
                is_usable(played, calm, process, (session, seat))?;
            }
        }
        Ok(())
    })
}

fn is_usable(
    played: &Played,
    calm: &mut Calm,
    process: UniqueProcess,
    (session, seat): (SessionHandle, Seat),
) -> Result<(), String> {
    let place = calm.machine.world.place(process, seat.slot);
    let key = calm.machine.world.registry.keys.get(&place);
    let is_ours = key.is_some_and(|record| record.session_hash() == Some(seat.hash));
    let is_whole = key.is_some_and(Record::is_whole);
    if seat.role != Role::Primary {
        let ended = call(calm, process, Call::End { session })?;
        let outlived = played.is_answered("OQ-20.handles", 'b');
        let codes: &[u32] = if is_ours || outlived { &[0] } else { &[6] };
        return comes_to(&ended, codes, "leaving");
    }
    if !is_ours {
        // OQ-109.start b: another may have taken the place of a session whose key was torn.
        return match played.is_answered("OQ-109.start", 'b') {
            true => Ok(()),
            false => Err(format!("the session of {process:?} at {} is gone", seat.slot)),
        };
    }
    let over = use_it(played, calm, process, session, is_whole)?;
    match over && calm.machine.world.registry.keys.contains_key(&place) {
        true => Err(format!("{} is not free after the end of its session", seat.slot)),
        false => Ok(()),
    }
}

/// Lists, shuts down, restarts and ends; tells whether it is over.
fn use_it(
    played: &Played,
    calm: &mut Calm,
    process: UniqueProcess,
    session: SessionHandle,
    is_whole: bool,
) -> Result<bool, String> {
    let cancelled: &[u32] = if played.is_answered("OQ-79", 'b') { &[1223] } else { &[] };
    if is_whole {
        let listed = call(calm, process, list(session))?;
        comes_to(&listed, &[&[0, 5], cancelled].concat(), "a list")?;
        let callback = true;
        let shutdown = Call::Shutdown { session, flags: ShutdownFlags::FORCE, callback };
        let from = calm.transcript.lines.len();
        let shut_down = call(calm, process, shutdown)?;
        let acts = acts(calm, from);
        let second: &[u32] = if is_because(&shut_down, "OQ-46 d") { &[776] } else { &[] };
        comes_to(&shut_down, &[&[0, 5, 350, 351], cancelled, second].concat(), "a shutdown")?;
        let restarted = call(calm, process, Call::Restart { session, flags: 0, callback })?;
        let uncounted = is_refused_by_answer(&shut_down) || does_not_count(&shut_down, acts, &restarted);
        let sequence: &[u32] = if uncounted { &[776] } else { &[] };
        comes_to(&restarted, &[&[0, 352], cancelled, sequence].concat(), "a restart")?;
    }
    let ended = call(calm, process, Call::End { session })?;
    comes_to(&ended, &[0], "the end")?;
    let ended_twice = call(calm, process, Call::End { session })?;
    let twice = ended.code.0 == 0 && ended_twice.code.0 == 0;
    if twice { Err("a session can be ended twice".into()) } else { Ok(ended.code.0 == 0) }
}

/// Whether the shutdown is of a sort after which an answer has no place for the restart (OQ-70 b); `acts` is
/// whether it decided to stop somebody, if it came to decide.
fn does_not_count(shut_down: &Reply, acts: Option<bool>, restarted: &Reply) -> bool {
    let because = |answer| is_because(restarted, answer);
    match (shut_down.code.0, acts) {
        (0, acts) => acts == Some(false) && because("OQ-70.empty b"),
        (351, None) => because("OQ-70.failed b") && is_because(shut_down, "OQ-108.shutdown b"),
        (350, None) => because("OQ-70.refused b"),
        (351 | 1223, _) => false,
        (_, None) => because("OQ-70.failed b"),
        (_, Some(_)) => because("OQ-70.broken b"),
    }
}

/// Whether the call that was made from here on decided to stop somebody; `None` if it came to no decision.
fn acts(calm: &Calm, from: usize) -> Option<bool> {
    let lines = calm.transcript.lines.get(from..).unwrap_or_default();
    let decided = lines.iter().filter_map(|line| match &line.event {
        Event::Did(Effect::Decide(decisions), _) => Some(decisions),
        _ => None,
    });
    let acts = |decisions: &Arc<[Decision]>| decisions.iter().any(|one| one.verdict == Verdict::Act);
    decided.map(acts).reduce(|one, other| one || other)
}

fn is_because(reply: &Reply, answer: &str) -> bool {
    reply.because.is_some_and(|because| because.to_string() == answer)
}
