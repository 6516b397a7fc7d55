//! What can still be done when a case is over, with nothing going wrong any more, whatever programs answer.
//!
//! | what | where |
//! | --- | --- |
//! | calls that were made end | here |
//! | sessions that have failed and been cancelled can be used and ended | `after/usable.rs` |
//! | what stays stopped is named | `after/stopped.rs` |
//! | places whose owners are dead can be taken | `after/places.rs` |
//! | whoever is cancelled waits no longer | `after/cancelled.rs` |

mod cancelled;
mod places;
mod stopped;
mod usable;

use rm_core::{Call, Caller, Effect, ErrorCode, Out, Reply, Rules, SessionHandle, Thread, UniqueProcess};
use rm_sim::choice::Odometer;
use rm_sim::{FaultPlan, Machine, Move, Simulation, Stuck, Transcript, Until};

use crate::played::Played;

pub use cancelled::who_is_cancelled_ends;
pub use places::places_of_the_dead_are_usable;
pub use stopped::what_stays_stopped_is_named;
pub use usable::sessions_stay_usable;

/// A run in which nothing goes wrong any more.
type Calm = Simulation<Odometer>;

/// How many ways are gone at most from where a case is over; those that differ in the last answers come first.
const WAYS: usize = 64;

/// A thread that has made no call so far.
const THREAD: Thread = Thread(9);

/// The answers that keep a session from being used as it is here: there is one cycle only, a cancelled
/// shutdown is followed by no restart, 121 lasts, a session that somebody has joined cannot be ended, and a
/// path that a list cannot work on makes it fail.
const REFUSED_BY_ANSWER: [&str; 7] = [
    "OQ-20.handles c",
    "OQ-28.missing c",
    "OQ-47 b",
    "OQ-71 c",
    "OQ-82.sequence b",
    "OQ-106 b",
    "OQ-108.list b",
];

fn is_refused_by_answer(found: &Reply) -> bool {
    found.because.is_some_and(|because| REFUSED_BY_ANSWER.contains(&because.to_string().as_str()))
}

/// Holds something against every way in which a run can go on: programs answer as they like.
fn whichever_way(
    (machine, rules, transcript): (&Machine, &Rules, &Transcript),
    holds: impl Fn(&mut Calm) -> Result<(), String>,
) -> Result<(), String> {
    let mut ways = Odometer::default();
    for _ in 0..WAYS {
        if !ways.next_round() {
            break;
        }
        let mut machine = machine.clone();
        machine.faults = FaultPlan::default();
        let (rules, transcript) = (rules.clone(), transcript.clone());
        let mut calm = Simulation { machine, rules, choose: ways, transcript };
        holds(&mut calm)?;
        ways = calm.choose;
    }
    Ok(())
}

/// The same when all its calls have ended.
fn whichever_way_it_ends(
    played: &Played,
    holds: impl Fn(&mut Calm) -> Result<(), String>,
) -> Result<(), String> {
    whichever_way(over(played), |calm| {
        end_calls(calm)?;
        holds(calm)
    })
}

/// Where a case is over.
const fn over(played: &Played) -> (&Machine, &Rules, &Transcript) {
    (&played.machine, &played.rules, &played.transcript)
}

/// RM-LIFE-05, RM-SHUT-55: every call ends; a shutdown that waits without limit (OQ-59 c) once it is cancelled,
/// and then whoever waits for it.
///
/// # Errors
/// When one does not.
pub fn every_call_ends(played: &Played) -> Result<(), String> {
    let in_flight = played.machine.in_flight().next();
    match in_flight.and_then(|who| played.made.iter().rfind(|made| made.who == who)) {
        Some(made) if !played.is_answered("OQ-59", 'c') => Err(format!("{made:?}")),
        _ => whichever_way_it_ends(played, |_| Ok(())),
    }
}

/// Lets all calls end, those that wait without limit by a cancel.
fn end_calls(calm: &mut Calm) -> Result<(), String> {
    let mut cancelled = Vec::new();
    loop {
        let in_flight: Vec<_> = calm.machine.in_flight().collect();
        let mut goes_on = in_flight.is_empty();
        for who in in_flight.iter().copied() {
            match calm.carry_within(who, &Until::End, Move::MANY) {
                Ok(_) => goes_on = true,
                Err(Stuck::Waits | Stuck::Forever(Effect::AwaitPhase(_))) => {}
                Err(Stuck::Forever(_)) if is_unforced(calm, who) && !cancelled.contains(&who) => {
                    cancel(calm, who)?;
                    cancelled.push(who);
                    goes_on = true;
                }
                Err(stuck) => return Err(format!("{who:?}: {stuck}")),
            }
        }
        match in_flight.first() {
            Some(who) if !goes_on => return Err(format!("{who:?} never ends")),
            Some(_) => {}
            None => return Ok(()),
        }
    }
}

/// Whether a thread is in a shutdown without force, which may wait without limit.
fn is_unforced(calm: &Calm, who: Caller) -> bool {
    let installer = calm.machine.installer(who.process);
    let task = installer.and_then(|installer| installer.tasks().get(&who.thread));
    task.is_some_and(|task| matches!(task.call(), Call::Shutdown { flags, .. } if !flags.force()))
}

/// Cancels what a thread is about.
fn cancel(calm: &mut Calm, who: Caller) -> Result<(), String> {
    let installer = calm.machine.installer(who.process);
    let task = installer.and_then(|installer| installer.tasks().get(&who.thread));
    let Some(session) = task.and_then(|task| task.call().session()) else {
        return Err(format!("{who:?} cannot be cancelled"));
    };
    comes_to(&call(calm, who.process, Call::Cancel { session })?, &[0], "a cancel")
}

fn call(calm: &mut Calm, process: UniqueProcess, call: Call) -> Result<Reply, String> {
    let who = Caller { process, thread: THREAD };
    calm.begin(who, call.clone());
    let carried = calm.carry_within(who, &Until::End, Move::MANY);
    carried.map_err(|stuck| format!("{call:?}: {stuck}"))?.ok_or_else(|| format!("{call:?} has no reply"))
}

/// Whether a call came to one of these codes.
fn comes_to(found: &Reply, codes: &[u32], what: &str) -> Result<(), String> {
    let ErrorCode(code) = found.code;
    if codes.contains(&code) || is_refused_by_answer(found) {
        Ok(())
    } else {
        Err(format!("afterwards {what} gives {found:?}"))
    }
}

/// The call that lists a session, with room for everybody.
pub(crate) fn list(session: SessionHandle) -> Call {
    let given = Out::Given;
    Call::GetList { session, needed: given, capacity: Some(100), entries: given, reasons: given }
}
