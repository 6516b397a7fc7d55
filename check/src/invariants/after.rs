//! What can still be done when a case is over: with sessions that have failed and been cancelled, and with
//! places whose owners are dead. Nothing goes wrong any more here.

use std::sync::Arc;

use rm_core::store::Record;
use rm_core::{
    AppStatus, Application, Call, Caller, Decision, Effect, Entry, ErrorCode, Identity, Installer, Millis,
    Out, Output, Reply, Role, Scope, SessionHandle, ShutdownFlags, Thread, UniqueProcess, Verdict,
};
use rm_sim::choice::{Choice, Choose, NoChoice};
use rm_sim::transcript::Event;
use rm_sim::{FaultPlan, Move, Simulation, Stuck, Until};

use crate::played::{Played, is_answered};

/// Whatever is to be chosen, the first answer is taken: nothing goes wrong any more.
struct TheFirst;

impl Choose for TheFirst {
    fn choose(&mut self, _: &Choice) -> Option<usize> {
        Some(0)
    }
}

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
fn acts(simulation: &Simulation<TheFirst>, from: usize) -> Option<bool> {
    let lines = simulation.transcript.lines.get(from..).unwrap_or_default();
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

fn calm(played: &Played) -> Simulation<TheFirst> {
    let mut machine = played.machine.clone();
    machine.faults = FaultPlan::default();
    let transcript = played.transcript.clone();
    Simulation { machine, rules: played.rules.clone(), choose: TheFirst, transcript }
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
        _ => ended(played).map(drop),
    }
}

/// The run when all calls have ended, those that wait without limit because they were cancelled.
fn ended(played: &Played) -> Result<Simulation<TheFirst>, String> {
    let mut simulation = calm(played);
    let mut cancelled = Vec::new();
    loop {
        let in_flight: Vec<_> = simulation.machine.in_flight().collect();
        let mut goes_on = in_flight.is_empty();
        for who in in_flight.iter().copied() {
            match simulation.carry_within(who, &Until::End, Move::MANY) {
                Ok(_) => goes_on = true,
                Err(Stuck::Waits | Stuck::Forever(Effect::AwaitPhase(_))) => {}
                Err(Stuck::Forever(_)) if is_unforced(&simulation, who) && !cancelled.contains(&who) => {
                    cancel(&mut simulation, who)?;
                    cancelled.push(who);
                    goes_on = true;
                }
                Err(stuck) => return Err(format!("{who:?}: {stuck}")),
            }
        }
        match in_flight.first() {
            Some(who) if !goes_on => return Err(format!("{who:?} never ends")),
            Some(_) => {}
            None => return Ok(simulation),
        }
    }
}

/// Whether a thread is in a shutdown without force, which may wait without limit.
fn is_unforced(simulation: &Simulation<TheFirst>, who: Caller) -> bool {
    let installer = simulation.machine.installer(who.process);
    let task = installer.and_then(|installer| installer.tasks().get(&who.thread));
    task.is_some_and(|task| matches!(task.call(), Call::Shutdown { flags, .. } if !flags.force()))
}

/// Cancels what a thread is about.
fn cancel(simulation: &mut Simulation<TheFirst>, who: Caller) -> Result<(), String> {
    let installer = simulation.machine.installer(who.process);
    let task = installer.and_then(|installer| installer.tasks().get(&who.thread));
    let Some(session) = task.and_then(|task| task.call().session()) else {
        return Err(format!("{who:?} cannot be cancelled"));
    };
    comes_to(&call(simulation, who.process, Call::Cancel { session })?, &[0], "a cancel")
}

fn call(simulation: &mut Simulation<TheFirst>, process: UniqueProcess, call: Call) -> Result<Reply, String> {
    let who = Caller { process, thread: THREAD };
    simulation.begin(who, call.clone());
    let carried = simulation.carry_within(who, &Until::End, Move::MANY);
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

/// RM-CANCEL-14, RM-SHUT-47, RM-RST-17, RM-REG-10, RM-END-01, RM-END-11: whatever went wrong, a session whose
/// key is whole can be listed, shut down by force, restarted and ended; and then its place is free. A cancel
/// may count for what comes next (OQ-79 b), 121 may last (OQ-106 b), there may be one cycle only (OQ-47 b) and
/// one shutdown in it (OQ-46 d), not every shutdown may count (OQ-70), and the end may wait for those who have
/// joined (OQ-20.handles c).
///
/// # Errors
/// When one of these gives a code that makes no sense.
pub fn sessions_stay_usable(played: &Played) -> Result<(), String> {
    let mut simulation = ended(played)?;
    let installers: Vec<_> = simulation.machine.installers().keys().copied().collect();
    for process in installers {
        let Some(installer) = simulation.machine.installer(process) else { continue };
        let sessions: Vec<_> = installer.library().sessions.values().map(|session| session.seat).collect();
        let handles: Vec<_> = installer.library().sessions.keys().copied().collect();
        for (session, seat) in handles.into_iter().zip(sessions) {
            let place = simulation.machine.world.place(process, seat.slot);
            let key = simulation.machine.world.registry.keys.get(&place);
            let is_ours = key.is_some_and(|record| record.session_hash() == Some(seat.hash));
            let is_whole = key.is_some_and(Record::is_whole);
            if seat.role == Role::Primary {
                // OQ-109.start b: another may have taken the place of a session whose key was torn.
                if !is_ours && played.is_answered("OQ-109.start", 'b') {
                    continue;
                }
                if !is_ours {
                    return Err(format!("the session of {process:?} at {} is gone", seat.slot));
                }
                let over = use_it(played, &mut simulation, process, session, is_whole)?;
                if over && simulation.machine.world.registry.keys.contains_key(&place) {
                    return Err(format!("{} is not free after the end of its session", seat.slot));
                }
            } else {
                let ended = call(&mut simulation, process, Call::End { session })?;
                let outlived = played.is_answered("OQ-20.handles", 'b');
                let codes: &[u32] = if is_ours || outlived { &[0] } else { &[6] };
                comes_to(&ended, codes, "leaving")?;
            }
        }
    }
    Ok(())
}

/// RM-LIST-35, RM-SHUT-44: whatever went wrong, what a session has stopped and nobody has started again is named
/// by its list, and as stopped, as long as its key is whole.
///
/// # Errors
/// When the list passes over it, or shows it otherwise.
pub fn what_stays_stopped_is_named(played: &Played) -> Result<(), String> {
    let mut simulation = ended(played)?;
    let installers: Vec<_> = simulation.machine.installers().keys().copied().collect();
    for process in installers {
        let Some(installer) = simulation.machine.installer(process) else { continue };
        let sessions: Vec<_> =
            installer.library().sessions.iter().map(|(at, one)| (*at, one.clone())).collect();
        for (session, known) in sessions.into_iter().filter(|(_, one)| one.seat.role == Role::Primary) {
            let is_down =
                |one: &&Application| one.is_stopped() && !simulation.machine.world.is_running(&one.id());
            let down: Vec<_> = known.applications.iter().filter(is_down).cloned().collect();
            let listed = call(&mut simulation, process, list(session))?;
            // A list that fails is held against `sessions_stay_usable`.
            let Output::List(listed) = listed.output else { continue };
            let names = |one: &Application| {
                let is_it = |entry: &&Entry| entry.id() == one.id();
                listed
                    .entries
                    .iter()
                    .find(is_it)
                    .is_some_and(|entry| entry.status.contains(AppStatus::STOPPED))
            };
            if let Some(one) = down.iter().find(|one| !names(one)) {
                return Err(format!("{:?} stays stopped, and {listed:?} does not say so", one.id()));
            }
        }
    }
    Ok(())
}

/// The call that lists a session, with room for everybody.
pub(crate) fn list(session: SessionHandle) -> Call {
    let given = Out::Given;
    Call::GetList { session, needed: given, capacity: Some(100), entries: given, reasons: given }
}

fn use_it(
    played: &Played,
    simulation: &mut Simulation<TheFirst>,
    process: UniqueProcess,
    session: SessionHandle,
    is_whole: bool,
) -> Result<bool, String> {
    let cancelled: &[u32] = if played.is_answered("OQ-79", 'b') { &[1223] } else { &[] };
    if is_whole {
        let listed = call(simulation, process, list(session))?;
        comes_to(&listed, &[&[0, 5], cancelled].concat(), "a list")?;
        let callback = true;
        let shutdown = Call::Shutdown { session, flags: ShutdownFlags::FORCE, callback };
        let from = simulation.transcript.lines.len();
        let shut_down = call(simulation, process, shutdown)?;
        let acts = acts(simulation, from);
        let second: &[u32] = if is_because(&shut_down, "OQ-46 d") { &[776] } else { &[] };
        comes_to(&shut_down, &[&[0, 5, 350, 351], cancelled, second].concat(), "a shutdown")?;
        let restarted = call(simulation, process, Call::Restart { session, flags: 0, callback })?;
        let uncounted = is_refused_by_answer(&shut_down) || does_not_count(&shut_down, acts, &restarted);
        let sequence: &[u32] = if uncounted { &[776] } else { &[] };
        comes_to(&restarted, &[&[0, 352], cancelled, sequence].concat(), "a restart")?;
    }
    let ended = call(simulation, process, Call::End { session })?;
    comes_to(&ended, &[0], "the end")?;
    let ended_twice = call(simulation, process, Call::End { session })?;
    let twice = ended.code.0 == 0 && ended_twice.code.0 == 0;
    if twice { Err("a session can be ended twice".into()) } else { Ok(ended.code.0 == 0) }
}

/// RM-START-09, RM-START-10, RM-START-11, OQ-23: a place is usable once its owner is dead: when all installers
/// have died, another has room for 64 sessions, whatever they left; and not for one more. What they left may
/// still take places (OQ-23.place a, OQ-12 a), what is torn too (OQ-109.start a), or be in the way of all (OQ-109.start c).
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
    let Some(one) = played.made.first().map(|made| played.transcript.names.base_of(made.who.process)) else {
        return Ok(());
    };
    let Some(program) = simulation.machine.world.cast().find(&one) else { return Ok(()) };
    let late = simulation.spawn(program);
    simulation.machine.add(Installer::new(Identity::new(late)));
    let start = || Call::Start { handle: Out::Given, flags: 0, key: Out::Given };
    let lasts = |record: &Record| match record.is_whole() {
        true => played.is_answered("OQ-23.place", 'a'),
        false => played.is_answered("OQ-109.start", 'a'),
    };
    // Of other users and terminal sessions it sees nothing.
    let scope = if played.is_answered("OQ-13", 'b') { Scope::User } else { Scope::TsSession };
    let realm = simulation.machine.world.realm(late, scope);
    let left = simulation.machine.world.registry.keys.iter().filter(|(place, _)| place.realm == realm);
    let left: Vec<_> = left.map(|(_, record)| record.clone()).collect();
    if left.iter().any(|record| !record.is_whole()) && played.is_answered("OQ-109.start", 'c') {
        return comes_to(&call(&mut simulation, late, start())?, &[29], "a start beside a torn key");
    }
    let joined = |record: &Record| match played.is_answered("OQ-12", 'a') {
        true => record.joined().len(),
        false => 0,
    };
    let lasting = left.iter().filter(|record| lasts(record));
    let room = 64_usize.saturating_sub(lasting.map(|record| 1 + joined(record)).sum());
    for nth in 1..=room {
        comes_to(&call(&mut simulation, late, start())?, &[0], &format!("start {nth}"))?;
    }
    comes_to(&call(&mut simulation, late, start())?, &[353], "one more start")
}

/// RM-CANCEL-05, RM-CANCEL-15, RM-SHUT-54: an operation that is cancelled waits no longer for programs than
/// it takes to tell those who were asked that they may stay, even where it would wait without limit. It may
/// notice late or not at all (OQ-84 b), unless nothing else ends its wait (OQ-59 c).
///
/// # Errors
/// When it waits longer, or does not end.
pub fn who_is_cancelled_ends(left: Simulation<NoChoice>) -> Result<(), String> {
    let Simulation { machine, rules, transcript, .. } = left;
    let mut simulation = Simulation { machine, rules, choose: TheFirst, transcript };
    let answers = |latitude, letter| is_answered(&simulation.rules, latitude, letter);
    let (unlimited, late) =
        (answers("OQ-59", 'c'), answers("OQ-84.wait", 'b') || answers("OQ-84.moment", 'b'));
    simulation.machine.faults = FaultPlan::default();
    let operates = |simulation: &Simulation<TheFirst>, who: Caller| {
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
            Some(rm_core::Next::Do(Effect::Lock(..) | Effect::WriteValue(..)))
        ) {
            let Some(_) = simulation.step(who) else { break };
            if simulation.machine.world.blocked_in(who).is_some() {
                return Ok(());
            }
        }
        cancel(&mut simulation, who)?;
        let before = simulation.transcript.now();
        let programs = simulation.machine.world.processes().count();
        let carried = simulation.carry_within(who, &Until::End, Move::MANY);
        carried.map_err(|stuck| format!("a cancelled {operation:?}: {stuck}"))?;
        let Millis(message) = simulation.rules.limits.message;
        let most = u64::from(message) * u64::try_from(programs + 1).unwrap_or(u64::MAX);
        let lasted = simulation.transcript.now() - before;
        let only_so = matches!(operation, Call::Shutdown { flags, .. } if !flags.force()) && unlimited;
        if lasted > most && (only_so || !late) {
            return Err(format!("a cancelled {operation:?} goes on for {lasted} ms"));
        }
    }
    Ok(())
}
