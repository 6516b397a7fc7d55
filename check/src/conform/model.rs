//! The model as an implementation that the suite drives: it can do everything, and may have a flaw.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rm_core::arr::{Ask, HResult};
use rm_core::{Call, Caller, Millis, Name, Policy, Rules, Thread, UniqueProcess};
use rm_sim::fault::Struck;
use rm_sim::scenario::Need;
use rm_sim::transcript::Event as Happened;
use rm_sim::world::Named;
use rm_sim::{Moved, Scenario, Simulation, Stuck, Until};

use super::implementation::{Implementation, Surroundings, Unable};
use crate::boundary::{Event, Line, Watcher};
use crate::zoo::{Flaw, Flawed, Sound};

/// The model, on a simulated machine.
#[derive(Debug)]
pub struct Model {
    /// The answers it gives to open questions; those of a case if none are said.
    policy: Option<Policy>,
    flaw: Option<Box<dyn Flaw>>,
    running: Option<Running>,
}

/// A machine that was set up, and what was seen of it.
#[derive(Debug)]
struct Running {
    simulation: Simulation<Flawed>,
    watcher: Watcher,
    seen: VecDeque<Line>,
    /// The calls that were begun from outside, the last one first.
    calls: VecDeque<Caller>,
    held: BTreeSet<Caller>,
}

impl std::fmt::Debug for dyn Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Flaw")
    }
}

impl Model {
    /// The model with these answers to open questions, or with those that each case is about.
    #[must_use]
    pub fn new(policy: Option<Policy>) -> Self {
        Self::with(Box::new(Sound), policy)
    }

    /// The model with a flaw.
    #[must_use]
    pub fn with(flaw: Box<dyn Flaw>, policy: Option<Policy>) -> Self {
        Self { policy, flaw: Some(flaw), running: None }
    }

    fn running(&mut self) -> Result<&mut Running, Unable> {
        self.running.as_mut().ok_or_else(|| "no world was set up".into())
    }
}

impl Implementation for Model {
    fn begin(&mut self, who: Caller, call: Call, inside: Option<Thread>) {
        if let Some(running) = &mut self.running {
            running.begin(who, call, inside);
        }
    }

    fn next(&mut self, patience: Millis) -> Option<Line> {
        self.running.as_mut()?.next(patience)
    }
}

impl Surroundings for Model {
    fn cannot(&self) -> BTreeMap<Need, Unable> {
        BTreeMap::new()
    }

    fn set_up(&mut self, world: &str) -> Result<(), Unable> {
        let scenario = Scenario::parse(world).map_err(|problem| problem.to_string())?;
        let Simulation { machine, mut rules, choose, transcript } =
            scenario.stage().map_err(|problem| problem.to_string())?;
        if let Some(policy) = self.policy {
            rules = Rules::new(policy);
        }
        let flaw = self.flaw.take().unwrap_or_else(|| Box::new(Sound));
        let choose = Flawed { script: choose, flaw, unheard: Vec::new() };
        let simulation = Simulation { machine, rules, choose, transcript };
        let watcher = Watcher::new(&simulation).knowing_threads(&simulation).hearing();
        self.running = Some(Running {
            simulation,
            watcher,
            seen: VecDeque::new(),
            calls: VecDeque::new(),
            held: BTreeSet::new(),
        });
        Ok(())
    }

    fn start(&mut self, name: &str) -> Result<(), Unable> {
        let running = self.running()?;
        let named = running.simulation.machine.world.cast().named(name);
        running.simulation.start(named.ok_or_else(|| format!("there is no program or service `{name}`"))?);
        running.watch();
        Ok(())
    }

    fn stop(&mut self, name: &str) -> Result<(), Unable> {
        let running = self.running()?;
        let simulation = &mut running.simulation;
        match simulation.machine.world.cast().named(name) {
            Some(Named::Service(service)) => simulation.stop(service),
            _ => {
                let process = simulation.transcript.names.find(name);
                simulation.end(process.ok_or_else(|| format!("there is no process `{name}`"))?);
            }
        }
        running.watch();
        Ok(())
    }

    fn now(&self) -> u64 {
        self.running.as_ref().map_or(0, |running| running.simulation.transcript.now())
    }

    fn hears(&self) -> bool {
        true
    }

    fn program(&self, process: UniqueProcess) -> Option<String> {
        let names = &self.running.as_ref()?.simulation.transcript.names;
        names.named(process).map(|_| names.base_of(process))
    }

    fn hold(&mut self, who: Caller, until: &Until) -> Result<bool, Unable> {
        let running = self.running()?;
        let mut until = until.clone();
        // A call that is held before such an effect goes past it first.
        if let (Until::Before(name, nth), true) = (&mut until, running.held.contains(&who)) {
            *nth += u32::from(running.simulation.is_about_to(who, name));
        }
        let carried = running.simulation.carry(who, &until);
        running.watch();
        // A call that waits for another stays where it is, too.
        let is_there = matches!(carried, Ok(None) | Err(Stuck::Waits | Stuck::Forever(_)));
        if is_there {
            running.held.insert(who);
        }
        Ok(is_there)
    }

    fn release(&mut self, who: Caller) {
        if let Some(running) = &mut self.running {
            running.held.remove(&who);
            running.calls.retain(|one| *one != who);
            running.calls.push_front(who);
        }
    }

    fn choose(&mut self, answers: &[String]) -> Result<(), Unable> {
        self.running()?.simulation.choose.script.left.extend(answers.iter().cloned());
        Ok(())
    }

    fn declare(&mut self, process: UniqueProcess, ask: &Ask) -> Result<(), Unable> {
        let running = self.running()?;
        let Simulation { machine, rules, transcript, .. } = &mut running.simulation;
        if let Some(told) = machine.world.declare(process, process, ask, rules)
            && told.result == Some(HResult::S_OK)
        {
            transcript.add(None, Happened::Declared(process, process, ask.clone(), told));
        }
        running.watch();
        Ok(())
    }

    fn change(&mut self, path: &Name, deletes: bool) -> Result<(), Unable> {
        let running = self.running()?;
        let world = &mut running.simulation.machine.world;
        let done = if deletes { world.delete(path) } else { world.make_directory(path) };
        if !done {
            return Err(format!("`{path}` cannot be changed"));
        }
        running.simulation.transcript.add(None, Happened::Changed(path.clone(), deletes));
        running.watch();
        Ok(())
    }
}

impl Running {
    fn begin(&mut self, who: Caller, mut call: Call, inside: Option<Thread>) {
        self.watcher.knows(who);
        let function = call.function();
        if let Some(seen) = self.simulation.choose.flaw.call(who, &mut call) {
            let at = self.simulation.transcript.now();
            self.seen.push_back(Line::new(at, Event::Replied(who, function, seen)));
            return;
        }
        self.calls.retain(|one| *one != who);
        self.calls.push_front(who);
        match inside {
            Some(outer) => self.simulation.begin_inside(who, call, outer),
            None => self.simulation.begin(who, call),
        }
        self.watch();
    }

    /// Takes in what happened; calls that were begun from outside are known there.
    fn watch(&mut self) {
        self.watcher.watch(&self.simulation.transcript);
        for line in self.watcher.lines.drain(..) {
            if matches!(&line.event, Event::Begins(who, ..) if self.calls.contains(who)) {
                continue;
            }
            if self.simulation.choose.kept(&line.event) {
                continue;
            }
            let mut seen = Vec::new();
            self.simulation.choose.flaw.seen(line.event, &mut seen);
            self.seen.extend(seen.into_iter().map(|event| Line::new(line.at, event)));
        }
        let machine = &self.simulation.machine;
        self.calls.retain(|who| machine.in_flight().any(|one| one == *who));
    }

    fn next(&mut self, Millis(patience): Millis) -> Option<Line> {
        let mut left = patience;
        while self.seen.is_empty() {
            if self.moves() {
                continue;
            }
            let next = self.simulation.machine.world.next_event().filter(|next| next.0 <= left);
            let by = next.map_or(left, |next| next.0);
            if next.is_none() && (by == 0 || patience == u32::MAX) {
                return None;
            }
            left -= by;
            self.simulation.pass(Millis(by));
            self.watch();
        }
        self.seen.pop_front()
    }

    /// Moves the call begun last that can move.
    fn moves(&mut self) -> bool {
        let free: Vec<_> = self.calls.iter().copied().filter(|who| !self.held.contains(who)).collect();
        let moved = free.into_iter().any(|who| match self.simulation.step(who) {
            Some(
                Moved::Did(..) | Moved::Replied(..) | Moved::Struck(Struck::Failed(..) | Struck::Before(..)),
            ) => true,
            Some(Moved::Blocked(_) | Moved::Waits | Moved::Open(_)) | None => false,
        });
        self.watch();
        moved
    }
}
