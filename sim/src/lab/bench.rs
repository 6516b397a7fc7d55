//! What stands on the bench: the machine, and every move that was made with it.

use rm_core::{Call, Caller, Next, Reply, UniqueProcess};

use super::error::Error;
use super::forgotten;
use crate::choice::{Choose, Script};
use crate::moves::Move;
use crate::scenario::written;
use crate::schedule::{Schedule, THREADS};
use crate::simulation::{Simulation, Stuck, Until};
use crate::transcript::Event;
use crate::world::{Named, World};

#[derive(Debug)]
pub(super) struct Bench {
    /// What the machine is there for.
    pub(super) why: String,
    /// The machine as it was in the beginning.
    pub(super) began: Simulation<Script>,
    /// The machine as it is.
    pub(super) simulation: Simulation<Script>,
    moves: Vec<Move>,
    /// The threads whose status callback runs, the innermost last.
    calling_back: Vec<Caller>,
    /// What else happens while calls are made.
    pub(super) meanwhile: Schedule,
    /// The files that installers replaced.
    pub(super) replaced: Vec<String>,
    /// The processes that an installer ended itself, each with the world as it was before.
    pub(super) terminated: Vec<(UniqueProcess, World)>,
    /// Who was still to be brought back when a session ended.
    pub(super) left_behind: Vec<String>,
}

impl Bench {
    pub(super) fn new<C: Choose>(simulation: Simulation<C>, why: &str) -> Self {
        let Simulation { machine, rules, mut transcript, .. } = simulation;
        for process in machine.installers().keys() {
            for thread in THREADS {
                transcript.names.thread(*process, thread);
            }
        }
        let simulation = Simulation { machine, rules, transcript, choose: Script::default() };
        Self {
            why: why.into(),
            began: simulation.clone(),
            simulation,
            moves: Vec::new(),
            calling_back: Vec::new(),
            meanwhile: Schedule::default(),
            replaced: Vec::new(),
            terminated: Vec::new(),
            left_behind: Vec::new(),
        }
    }

    /// Makes a move that nothing hinders: what happens on the machine by itself.
    pub(super) fn make(&mut self, made: Move) {
        // Only a call that is carried on can be stuck.
        let _ = self.carry(made);
    }

    /// Carries a call on to its end, or to the moment before an effect of this name or its reply, while
    /// other things happen.
    pub(super) fn carry_to(
        &mut self,
        who: Caller,
        until: Option<&'static str>,
    ) -> Result<Option<Reply>, Stuck> {
        for _ in 0..Move::MANY {
            while let Some(what) = self.meanwhile.due() {
                // A cancel that has to wait stays where it is.
                what.moves(&self.simulation.machine).into_iter().for_each(|made| self.make(made));
            }
            let comes = self.simulation.comes_next(who);
            if until.is_some() && (comes == until || comes == Some(Until::REPLY)) {
                return Ok(None);
            }
            let machine = &self.simulation.machine;
            let moved = match machine.next(who, &self.simulation.rules) {
                // It is no more, and neither is its installer.
                None => return Ok(None),
                Some(_) if self.meanwhile.left.is_empty() => {
                    return self.carry(until.map_or(Move::Finish(who), |name| Move::Reach(who, name)));
                }
                Some(Next::Wait) => return Err(Stuck::Waits),
                Some(Next::Do(effect)) if !machine.world.is_ready(who) => {
                    Move::Pass(machine.world.next_event().ok_or(Stuck::Forever(effect))?)
                }
                Some(_) => Move::Step(who),
            };
            let reply = self.carry(moved)?;
            if reply.is_some() {
                return Ok(reply);
            }
        }
        Err(Stuck::Endless(Move::MANY))
    }

    /// Makes a move; the reply, if a call ended with it.
    pub(super) fn carry(&mut self, made: Move) -> Result<Option<Reply>, Stuck> {
        let carried = self.simulation.make(&made);
        self.moves.push(made);
        carried
    }

    /// Begins a call, by the callback if that is what the thread is in. Who it is that makes it then.
    pub(super) fn begin(&mut self, who: Caller, call: Call) -> Result<Caller, Error> {
        let names = &mut self.simulation.transcript.names;
        let (mut by, mut outer) = (who, None);
        for calls_back in &self.calling_back {
            if *calls_back == by {
                let name = names.callback(by);
                outer = Some(by.thread);
                by.thread = names.thread(by.process, &name);
            }
        }
        let Some(installer) = self.simulation.machine.installer(by.process) else {
            return Err(Error::Died { installer: names.of(by.process), function: call.function() });
        };
        if let Some(other) = installer.tasks().get(&by.thread) {
            let function = other.call().function();
            return Err(Error::Busy { thread: names.caller(by), function });
        }
        if let Call::End { session } = &call {
            self.left_behind.extend(forgotten::by(&self.simulation, by, *session));
        }
        self.make(match outer {
            Some(outer) => Move::BeginInside(by, call, outer),
            None => Move::Begin(by, call),
        });
        Ok(by)
    }

    /// From now on, calls of this thread are made in its callback.
    pub(super) fn enter_callback(&mut self, who: Caller) {
        self.calling_back.push(who);
    }

    pub(super) fn leave_callback(&mut self) {
        self.calling_back.pop();
    }

    pub(super) fn installer(&self, name: &str) -> Result<UniqueProcess, Error> {
        let installers = self.simulation.machine.installers();
        let names = &self.simulation.transcript.names;
        let found = names.find(name).filter(|process| installers.contains_key(process));
        let known = || installers.keys().map(|process| names.of(*process)).collect();
        found.ok_or_else(|| Error::unknown("installer", name, known()))
    }

    pub(super) fn process(&self, name: &str) -> Result<UniqueProcess, Error> {
        let names = &self.simulation.transcript.names;
        let known = || names.processes().map(|(_, name)| name.to_string()).collect();
        names.find(name).ok_or_else(|| Error::unknown("process", name, known()))
    }

    pub(super) fn named(&self, name: &str) -> Result<Named, Error> {
        let cast = self.simulation.machine.world.cast();
        let programs = cast.programs().map(|(_, program)| program.name.clone());
        let services = cast.services().map(|(_, service)| service.name());
        let known = || programs.chain(services).collect();
        cast.named(name).ok_or_else(|| Error::unknown("program or service", name, known()))
    }

    /// What was done so far as a scenario. What was chosen is chosen again.
    pub(super) fn scenario(&self, why: &str) -> String {
        let mut start = self.began.clone();
        let chosen = self.simulation.transcript.lines.iter().filter_map(|line| match &line.event {
            Event::Chose(_, answer) => Some(String::from(*answer)),
            _ => None,
        });
        start.choose.left.extend(chosen);
        written(start, &self.moves, why)
    }
}
