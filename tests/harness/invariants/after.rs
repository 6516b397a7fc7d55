//! What can still be done when a case is over: with sessions that have failed and been cancelled, and with
//! places whose owners are dead. Nothing goes wrong any more here.

use rm_core::{
    Call, Caller, Effect, ErrorCode, Identity, Installer, Millis, Out, Reply, Role, SessionHandle,
    ShutdownFlags, Thread, UniqueProcess,
};
use rm_sim::choice::NoChoice;
use rm_sim::{FaultPlan, Move, Simulation, Until};

use crate::played::Played;

/// A thread that has made no call so far.
const THREAD: Thread = Thread(9);

fn calm(played: &Played) -> Simulation<NoChoice> {
    let mut machine = played.machine.clone();
    machine.faults = FaultPlan::default();
    let transcript = played.transcript.clone();
    Simulation { machine, rules: played.rules.clone(), choose: NoChoice, transcript }
}

fn call(simulation: &mut Simulation<NoChoice>, process: UniqueProcess, call: Call) -> Result<Reply, String> {
    let who = Caller { process, thread: THREAD };
    simulation.begin(who, call.clone());
    let carried = simulation.carry_within(who, &Until::End, Move::MANY);
    carried.map_err(|stuck| format!("{call:?}: {stuck}"))?.ok_or_else(|| format!("{call:?} has no reply"))
}

/// Whether a call came to one of these codes.
fn comes_to(found: &Reply, codes: &[u32], what: &str) -> Result<(), String> {
    let ErrorCode(code) = found.code;
    if codes.contains(&code) { Ok(()) } else { Err(format!("afterwards {what} gives {found:?}")) }
}

/// RM-CANCEL-14, RM-SHUT-47, RM-RST-17, RM-REG-10, RM-END-01, RM-END-11: whatever went wrong, a session whose
/// key is whole can be listed, shut down by force, restarted and ended; and then its place is free.
///
/// # Errors
/// When one of these gives a code that makes no sense.
pub fn sessions_stay_usable(played: &Played) -> Result<(), String> {
    let mut simulation = calm(played);
    let installers: Vec<_> = simulation.machine.installers().keys().copied().collect();
    for process in installers {
        let Some(installer) = simulation.machine.installer(process) else { continue };
        let sessions: Vec<_> = installer.library().sessions.values().map(|session| session.seat).collect();
        let handles: Vec<_> = installer.library().sessions.keys().copied().collect();
        for (session, seat) in handles.into_iter().zip(sessions) {
            let place = simulation.machine.world.place(process, seat.slot);
            let key = simulation.machine.world.registry.keys.get(&place);
            let is_ours = key.is_some_and(|record| record.session_hash() == Some(seat.hash));
            let is_whole = key.is_some_and(rm_core::store::Record::is_whole);
            if seat.role == Role::Primary {
                if !is_ours {
                    return Err(format!("the session of {process:?} at {} is gone", seat.slot));
                }
                use_it(&mut simulation, process, session, is_whole)?;
                if simulation.machine.world.registry.keys.contains_key(&place) {
                    return Err(format!("{} is not free after the end of its session", seat.slot));
                }
            } else {
                let ended = call(&mut simulation, process, Call::End { session })?;
                comes_to(&ended, if is_ours { &[0] } else { &[6] }, "leaving")?;
            }
        }
    }
    Ok(())
}

fn use_it(
    simulation: &mut Simulation<NoChoice>,
    process: UniqueProcess,
    session: SessionHandle,
    is_whole: bool,
) -> Result<(), String> {
    if is_whole {
        let listing = Call::GetList {
            session,
            needed: Out::Given,
            capacity: Some(50),
            entries: Out::Given,
            reasons: Out::Given,
        };
        let listed = call(simulation, process, listing)?;
        comes_to(&listed, &[0, 5], "a list")?;
        let callback = true;
        let shutdown = Call::Shutdown { session, flags: ShutdownFlags::FORCE, callback };
        comes_to(&call(simulation, process, shutdown)?, &[0, 5, 350, 351], "a shutdown")?;
        comes_to(
            &call(simulation, process, Call::Restart { session, flags: 0, callback })?,
            &[0, 352],
            "a restart",
        )?;
    }
    comes_to(&call(simulation, process, Call::End { session })?, &[0], "the end")?;
    let ended_twice = call(simulation, process, Call::End { session })?;
    if ended_twice.code.0 == 0 { Err("a session can be ended twice".into()) } else { Ok(()) }
}

/// RM-START-09, RM-START-10, RM-START-11, OQ-23: a place is usable once its owner is dead: when all installers
/// have died, another has room for 64 sessions, whatever they left; and not for one more.
///
/// # Errors
/// When a start fails that should not, or the other way round.
pub fn places_of_the_dead_are_usable(played: &Played) -> Result<(), String> {
    let mut simulation = calm(played);
    let installers: Vec<_> = simulation.machine.installers().keys().copied().collect();
    for process in &installers {
        simulation.end(*process);
    }
    // It is of the same program as one of those: any will do.
    let Some(program) = simulation.machine.world.cast().find("setup0") else { return Ok(()) };
    let late = simulation.spawn(program);
    simulation.machine.add(Installer::new(Identity::new(late)));
    let start = || Call::Start { handle: Out::Given, flags: 0, key: Out::Given };
    for nth in 1..=64 {
        comes_to(&call(&mut simulation, late, start())?, &[0], &format!("start {nth}"))?;
    }
    comes_to(&call(&mut simulation, late, start())?, &[353], "start 65")
}

/// RM-CANCEL-05, RM-CANCEL-15, RM-SHUT-54: an operation that is cancelled waits no longer for programs than
/// it takes to tell those who were asked that they may stay, even where it would wait without limit.
///
/// # Errors
/// When it waits longer, or does not end.
pub fn who_is_cancelled_ends(mut simulation: Simulation<NoChoice>) -> Result<(), String> {
    simulation.machine.faults = FaultPlan::default();
    let operates = |simulation: &Simulation<NoChoice>, who: Caller| {
        let installer = simulation.machine.installer(who.process)?;
        let call = installer.tasks().get(&who.thread)?.call().clone();
        let next = simulation.machine.next(who, &simulation.rules);
        let acts = matches!(next, Some(rm_core::Next::Do(_)));
        (acts && matches!(call, Call::Shutdown { .. } | Call::Restart { .. })).then_some(call)
    };
    let in_flight: Vec<_> = simulation.machine.in_flight().collect();
    for who in in_flight {
        let Some(operation) = operates(&simulation, who) else { continue };
        // Whoever sits on the mutex is no program, and its limit is another.
        while matches!(
            simulation.machine.next(who, &simulation.rules),
            Some(rm_core::Next::Do(Effect::Lock(..)))
        ) {
            let Some(_) = simulation.step(who) else { break };
            if simulation.machine.world.blocked_in(who).is_some() {
                return Ok(());
            }
        }
        let Some(session) = operation.session() else { continue };
        comes_to(&call(&mut simulation, who.process, Call::Cancel { session })?, &[0], "a cancel")?;
        let before = simulation.transcript.now();
        let programs = simulation.machine.world.processes().count();
        let carried = simulation.carry_within(who, &Until::End, Move::MANY);
        carried.map_err(|stuck| format!("a cancelled {operation:?}: {stuck}"))?;
        let Millis(message) = simulation.rules.limits.message;
        let most = u64::from(message) * u64::try_from(programs + 1).unwrap_or(u64::MAX);
        let lasted = simulation.transcript.now() - before;
        if lasted > most {
            return Err(format!("a cancelled {operation:?} goes on for {lasted} ms"));
        }
    }
    Ok(())
}
