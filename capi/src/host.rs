//! The simulated machine of a process, and how threads move their calls on it.
//!
//! Any number of threads call at once. Each carries its own call on, one effect at a time, and lets go of
//! the machine in between. Whoever blocks rests until another thread has moved or time has passed:
//! *auto* time passes as soon as nobody can move; *held* time passes when the test says so. Nothing is
//! held while a status callback runs, which may call back in; what it does meanwhile holds up no time.

mod choose;
mod members;
mod steer;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rm_core::{Call, Caller, Effect, Next, Thread, UniqueProcess};
use rm_sim::transcript::Event;
use rm_sim::{Machine, Moved, Scenario, Simulation};

use crate::answered::Answered;
use crate::asked::{Asked, Process};
use crate::failure::Failure;
use crate::{guard, log};
use choose::Answers;
use members::Member;
pub(crate) use steer::{Steer, Steered};

/// Which thread of its process makes a call, as the process itself counts them.
pub(crate) type Token = u64;

/// A machine that threads and processes share.
#[derive(Debug)]
pub(crate) struct Host {
    state: Mutex<State>,
    /// Somebody has moved, or time has passed.
    moved: Condvar,
}

#[derive(Debug)]
struct State {
    simulation: Simulation<Answers>,
    /// Whether time passes only when the test says so.
    held: bool,
    /// Whether another machine has taken its place.
    closed: bool,
    members: Vec<Member>,
    /// How many real processes use the machine, besides the one that has it.
    present: u32,
    /// What the threads of a process are called here.
    threads: BTreeMap<(UniqueProcess, Token), String>,
    /// The calls whose status callback runs now, the innermost last.
    inside: BTreeMap<(UniqueProcess, Token), Vec<Caller>>,
    /// Whether it was said that nothing will happen any more.
    warned: bool,
}

impl Host {
    /// The machine that a scenario begins with. What its script does is for the callers to do.
    pub(crate) fn new(scenario: &Scenario) -> Result<Self, Failure> {
        let staged = scenario.stage().map_err(|problem| Failure::parameter(problem.message))?;
        let Simulation { machine, rules, transcript, .. } = staged;
        let members = members::of(scenario, &machine, &transcript.names)?;
        let simulation = Simulation { machine, rules, choose: Answers::default(), transcript };
        let state = State {
            simulation,
            held: false,
            closed: false,
            members,
            present: 0,
            threads: BTreeMap::new(),
            inside: BTreeMap::new(),
            warned: false,
        };
        Ok(Self { state: Mutex::new(state), moved: Condvar::new() })
    }

    /// The machine, also after a panic in the midst of a move: it is a plain value, and whatever call
    /// was being moved is left where it was.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rest<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.moved.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a call for a thread of a process and carries it to its end. The status callback is
    /// `report`.
    pub(crate) fn call(
        &self,
        process: Process,
        token: Token,
        asked: Asked,
        report: &mut dyn FnMut(u8),
    ) -> Result<Answered, Failure> {
        let mut state = self.lock();
        if state.machine().installer(process.into()).is_none() {
            return Err(Failure::died());
        }
        let (who, outer) = state.caller(process.into(), token);
        let call = Call::from(asked);
        match outer {
            Some(outer) => state.simulation.begin_inside(who, call, outer),
            None => state.simulation.begin(who, call),
        }
        drop(state);
        let carried = catch_unwind(AssertUnwindSafe(|| self.carry(who, token, report)));
        if !matches!(carried, Ok(Ok(_))) {
            self.lock().simulation.machine.give_up(who);
            self.moved.notify_all();
        }
        carried.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Carries a call on to its end.
    fn carry(&self, who: Caller, token: Token, report: &mut dyn FnMut(u8)) -> Result<Answered, Failure> {
        let mut state = self.lock();
        let (mut reported, mut rested) = (None, false);
        loop {
            if state.closed {
                return Err(Failure::died());
            }
            if let Some(percent) = state.about_to_report(who)
                && reported != Some(percent)
            {
                reported = Some(percent);
                state = self.in_callback(state, who, token, || report(percent));
                continue;
            }
            match state.simulation.step(who) {
                Some(Moved::Replied(_, reply)) => {
                    self.moved.notify_all();
                    return Ok(reply.into());
                }
                // One effect at a time: others may move now.
                Some(Moved::Did(..) | Moved::Struck(_)) => {
                    guard::planted(true);
                    rested = false;
                    self.moved.notify_all();
                    drop(state);
                    state = self.lock();
                }
                Some(moved @ (Moved::Blocked(_) | Moved::Waits)) => {
                    if moved == Moved::Waits && state.waits_for_itself(who, token) {
                        return Err(Failure::deadlock());
                    }
                    if !std::mem::replace(&mut rested, true) {
                        self.moved.notify_all();
                    }
                    let effect = if let Moved::Blocked(effect) = &moved { Some(effect) } else { None };
                    state = self.blocked(state, who, effect);
                }
                Some(Moved::Open(choice)) => {
                    return Err(Failure::internal(format!("nobody chooses {choice}")));
                }
                None => return Err(Failure::died()),
            }
        }
    }

    /// Runs the status callback of a call, with nothing held.
    fn in_callback<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        who: Caller,
        token: Token,
        report: impl FnOnce(),
    ) -> MutexGuard<'a, State> {
        state.inside.entry((who.process, token)).or_default().push(who);
        // Those who waited for this thread to move can stop waiting.
        self.moved.notify_all();
        drop(state);
        report();
        let mut state = self.lock();
        if let Some(inside) = state.inside.get_mut(&(who.process, token)) {
            inside.pop();
        }
        state
    }

    /// Has a thread rest that cannot move: until time has passed, or somebody else has moved.
    fn blocked<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        who: Caller,
        effect: Option<&Effect>,
    ) -> MutexGuard<'a, State> {
        if !state.held && !state.somebody_moves() {
            if let Some(next) = state.simulation.machine.world.next_event() {
                state.simulation.pass(next);
                self.moved.notify_all();
                return state;
            }
            state.warn_of_rest(who, effect);
        }
        self.rest(state)
    }
}

impl State {
    /// Who makes a call: a thread, or the callback that runs on it.
    fn caller(&mut self, process: UniqueProcess, token: Token) -> (Caller, Option<Thread>) {
        let known = self.threads.keys().filter(|(owner, _)| *owner == process).count();
        let usual = if known == 0 { String::new() } else { format!("thread-{}", known + 1) };
        let thread = self.threads.entry((process, token)).or_insert(usual).clone();
        let outer = self.inside.get(&(process, token)).and_then(|inside| inside.last()).copied();
        let names = &mut self.simulation.transcript.names;
        // The first thread of a process goes by the name of the process.
        names.thread(process, "");
        let mut name = outer.map_or(thread, |outer| names.callback(outer));
        loop {
            let who = Caller { process, thread: names.thread(process, &name) };
            // A panic may have left a call where the thread would make its next.
            let is_free = self
                .simulation
                .machine
                .installer(process)
                .is_none_or(|installer| !installer.tasks().contains_key(&who.thread));
            if is_free {
                return (who, outer.map(|outer| outer.thread));
            }
            name.push('+');
        }
    }

    /// Whether a call waits for the operation in whose status callback it is made: for ever.
    fn waits_for_itself(&self, who: Caller, token: Token) -> bool {
        let session = |who: &Caller| {
            let installer = self.machine().installer(who.process)?;
            installer.tasks().get(&who.thread)?.call().session()
        };
        let outer = self.inside.get(&(who.process, token)).into_iter().flatten();
        session(&who).is_some_and(|own| outer.filter_map(session).any(|other| other == own))
    }

    /// What the status callback of a thread's call is to be told next, if anything.
    fn about_to_report(&self, who: Caller) -> Option<u8> {
        match self.simulation.machine.next(who, &self.simulation.rules)? {
            Next::Do(Effect::Report(percent)) => Some(percent),
            _ => None,
        }
    }

    /// The calls in flight that are not in the midst of a callback.
    fn in_flight(&self) -> impl Iterator<Item = Caller> {
        let inside: BTreeSet<_> = self.inside.values().flatten().copied().collect();
        self.machine().in_flight().filter(move |who| !inside.contains(who))
    }

    const fn machine(&self) -> &Machine {
        &self.simulation.machine
    }

    /// Whether some call in flight can move on as things are.
    fn somebody_moves(&self) -> bool {
        self.in_flight().any(|who| self.machine().is_ready(who, &self.simulation.rules))
    }

    /// Says once that a call waits for what does not come by itself.
    fn warn_of_rest(&mut self, who: Caller, effect: Option<&Effect>) {
        if std::mem::replace(&mut self.warned, true) {
            return;
        }
        let who = self.simulation.transcript.names.caller(who);
        let what = effect.map_or("another call on the session", Effect::name);
        log::line(&format!(
            "`{who}` waits for something that does not come by itself ({what}): until another thread cancels, or the test steers"
        ));
    }

    /// Writes down what the model does not hear of.
    fn note(&mut self, text: String) {
        self.simulation.transcript.add(None, Event::Note(text));
    }
}
