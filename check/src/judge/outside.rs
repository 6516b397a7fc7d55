//! The world as explanations have it: who runs, and what changes from outside.

use rm_core::arr::HResult;
use rm_core::{AppId, Effect, Reach, Rules, UniqueProcess};
use rm_sim::Machine;
use rm_sim::world::Named;

use super::script::CallId;
use super::search::{Astray, Search, is_blind};
use super::state::{Running, State};
use crate::boundary::{Change, Contact, Event};

impl Search<'_> {
    /// Whether an effect has nothing to do with any change of the world that may come.
    pub(super) fn is_apart(&self, state: &State, effect: &Effect) -> bool {
        if is_blind(effect) {
            return true;
        }
        // That it tells somebody something has its place among what was seen.
        if self.boundary.messages && Contact::may_come_of(effect) {
            return false;
        }
        let goes_along = |(_, program): (_, &rm_sim::world::Program)| program.dies_with.is_some();
        let now = self.from + state.now.passed;
        let mut open = self
            .script
            .possible(self.boundary, self.next, now)
            .filter(|(at, _)| !state.now.happened.contains(at));
        !self.pass.outside
            || (open.all(|(_, change)| !touches(effect, change))
                && !state.now.machine.world.cast().programs().any(goes_along))
    }

    /// Whether the caller can be gone before the next line.
    pub(super) fn may_die(&self, state: &State, call: CallId) -> bool {
        let process = self.script.calls.get(call).map(|made| made.who.process);
        let now = self.from + self.time;
        let mut possible = self.script.possible(self.boundary, self.next, now);
        possible.any(|(at, change)| {
            !state.now.happened.contains(&at)
                && matches!(change, Change::Gone(gone) if Some(*gone) == process)
        })
    }

    /// Whether something can have changed that has not yet.
    pub(super) fn has_open_changes(&self, state: &State) -> bool {
        self.script
            .possible(self.boundary, self.next, self.from + state.now.passed)
            .any(|(at, _)| !state.now.happened.contains(&at))
    }

    /// What changes of the world can lead to that come from outside.
    pub(super) fn changes(&mut self, state: &State) -> Vec<State> {
        let now = self.from + state.now.passed;
        let possible: Vec<_> = self
            .script
            .possible(self.boundary, self.next, now)
            .filter(|(at, _)| !state.now.happened.contains(at))
            .collect();
        let mut found = Vec::new();
        for (at, change) in possible {
            for mut changed in self.changed(state, change) {
                self.moves += 1;
                if !matches!(change, Change::Starts(_) | Change::Gone(_) | Change::Stopped(_)) {
                    changed.now.happened.push(at);
                    changed.now.happened.sort_unstable();
                }
                if self.looks(&mut changed) {
                    found.push(changed);
                }
            }
        }
        found
    }

    /// What a change from outside can lead to.
    fn changed(&self, state: &State, change: &Change) -> Vec<State> {
        let act = |rules: &Rules| {
            let mut machine = state.now.machine.clone();
            self.change(&mut machine, change, rules).then_some(machine)
        };
        // What comes of a registration may be left open; of everything else nothing is.
        let ways = match change {
            Change::Declares(..) => self.ways(state.answers, act),
            _ => vec![(state.answers, act(self.rules))],
        };
        let changed = ways.into_iter().filter_map(|(answers, machine)| {
            let mut changed = State { answers, ..state.clone() };
            changed.now.machine = machine?;
            Some(changed)
        });
        changed.collect()
    }

    /// Changes a machine from outside, if it can be so.
    fn change(&self, machine: &mut Machine, change: &Change, rules: &Rules) -> bool {
        match change {
            Change::Starts(process) => {
                let program = self.boundary.newcomers.iter().find(|(one, _)| one == process);
                let program = program.and_then(|(_, program)| machine.world.cast().find(program));
                let Some(program) = program else { return false };
                // The process of services comes with the first of them.
                let is_host = machine.world.cast().program(program).is_none_or(|one| one.about.is_host());
                // Nobody takes the id of a process that still runs.
                let is_free = machine.world.processes().all(|running| running.id.id != process.id);
                // Who is seen to be given arguments was started with them.
                let is_given = self.boundary.messages
                    && self.boundary.lines.iter().any(|line| {
                        matches!(&line.event, Event::Changes(Change::Told(id, Contact::Arguments(_)))
                        if id.process() == Some(*process))
                    });
                !is_host
                    && is_free
                    && (!is_given || self.pass.world)
                    && machine.world.start(program, None) == *process
            }
            Change::Gone(process) => {
                let is_alive = machine.world.is_alive(*process);
                machine.end(*process);
                is_alive
            }
            Change::Serves(name, _) | Change::Stopped(name) => {
                let Some(Named::Service(service)) = machine.world.cast().named(&name.to_string()) else {
                    return false;
                };
                if matches!(change, Change::Serves(..)) {
                    machine.world.serve(service);
                    return true;
                }
                let was_serving = machine.world.serving(service).is_some();
                machine.world.stop(service);
                was_serving
            }
            Change::Told(..) => self.pass.world,
            Change::Deleted(path) => machine.world.delete(path),
            Change::Directory(path) => machine.world.make_directory(path),
            Change::Declares(process, ask) => {
                let told = machine.world.declare(*process, *process, ask, rules);
                // What was refused is not told.
                told.is_some_and(|told| told.result == Some(HResult::S_OK))
            }
        }
    }

    /// Looks who runs now. Whoever is gone or new must have been seen to be; false if somebody was not.
    pub(super) fn looks(&mut self, state: &mut State) -> bool {
        if state.now.machine.world.census() == state.running.census {
            return true;
        }
        let running = Running::on(&state.now.machine);
        let now = self.from + state.now.passed;
        let mut agrees = true;
        let gone = state.running.all.iter().filter(|id| !running.all.contains(id)).map(|id| (id, true));
        let came = running.all.iter().filter(|id| !state.running.all.contains(id)).map(|id| (id, false));
        for (id, is_gone) in gone.chain(came) {
            let is_it = |change: &Change| match (change, id) {
                (Change::Gone(process), AppId::Process(one)) => is_gone && process == one,
                (Change::Starts(process), AppId::Process(one)) => !is_gone && process == one,
                (Change::Stopped(name), AppId::Service(one)) => is_gone && name.same(one),
                (Change::Serves(name, _), AppId::Service(one)) => !is_gone && name.same(one),
                _ => false,
            };
            let mut possible = self.script.possible(self.boundary, self.next, now);
            let seen = possible.find(|(at, change)| is_it(change) && !state.now.happened.contains(at));
            drop(possible);
            match seen {
                Some((at, _)) => state.now.happened.push(at),
                // That a service runs which Restart Manager started goes without saying.
                None if !is_gone && matches!(id, AppId::Service(_)) => {}
                None => {
                    self.goes_astray(Astray::World(id.clone(), is_gone));
                    agrees = false;
                }
            }
        }
        state.now.happened.sort_unstable();
        state.running = running;
        agrees || self.pass.world || self.partly_known()
    }
}

/// Whether an effect may have to do with a change of the world.
fn touches(effect: &Effect, change: &Change) -> bool {
    let (Change::Gone(process) | Change::Starts(process)) = change else {
        // Nobody else tells applications anything.
        return !matches!(change, Change::Told(..));
    };
    // Whoever takes the id of another has to do with what becomes of that one.
    let is_it = |other: &UniqueProcess| other.id == process.id;
    match effect {
        Effect::Send(other, ..) | Effect::Terminate(other) | Effect::AwaitReady(other, _) => is_it(other),
        Effect::ControlEvent(other, Reach::Process) => is_it(other),
        Effect::WaitAny(all) | Effect::AreAlive(all) => {
            all.iter().any(|one| one.process().is_none_or(|one| is_it(&one)))
        }
        Effect::Describe(all) | Effect::Registrations(all) | Effect::Occupants(all) => all.iter().any(is_it),
        Effect::Arm(_) | Effect::ArmFor(..) => false,
        _ => true,
    }
}
