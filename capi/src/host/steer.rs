//! Steering: what a test does with the machine besides calling the API on it.

use std::sync::MutexGuard;
use std::time::{Duration, Instant};

use rm_core::{Millis, UniqueProcess};
use rm_sim::transcript::View;
use rm_sim::world::{Named, World};
use serde::{Deserialize, Serialize};
use windows_sys::Win32::Foundation::ERROR_TIMEOUT;

use super::{Host, State};
use crate::asked::Process;
use crate::failure::Failure;

/// Something to be done with the machine, or asked of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Steer {
    /// From now on time is held, or not.
    Hold(bool),
    /// Let so many milliseconds pass, and every call move on meanwhile.
    Advance(u32),
    /// How much time has passed.
    Now,
    /// The answer to the next choice that nobody has answered yet.
    Choose(String),
    /// A program or service starts.
    Spawn(String),
    /// A process or service ends by itself.
    Exit(String),
    /// Whether a program, a service or a process runs.
    IsRunning(String),
    /// Which process it is.
    Process(String),
    /// The process at this place among those that run.
    ProcessAt(u32),
    /// Whether this process runs.
    IsAlive(Process),
    /// Wait until so many calls block and no other moves, at most so many milliseconds of real time.
    AwaitBlocked(u32, u32),
    /// How many calls block, and how long it takes until something happens by itself.
    Pending,
    /// What happened so far, with every effect or as a story.
    Transcript(bool),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Steered {
    Done,
    Millis(u64),
    Is(bool),
    Process(Process),
    Text(String),
    /// The process at a place, and the program it runs; none behind the last.
    Running(Option<(Process, String)>),
    /// So many calls block; so many milliseconds until something happens by itself, if anything does.
    Pending(u32, Option<u32>),
}

impl Host {
    pub(crate) fn steer(&self, steer: Steer) -> Result<Steered, Failure> {
        let mut state = self.lock();
        match steer {
            Steer::Hold(held) => state.held = held,
            Steer::Advance(time) => self.advance(state, time),
            Steer::Now => return Ok(Steered::Millis(state.simulation.transcript.now())),
            Steer::Choose(answer) => state.simulation.choose.left.push_back(answer),
            Steer::Spawn(name) => return Ok(state.spawn(&name)?.map_or(Steered::Done, Steered::Process)),
            Steer::Exit(name) => state.exit(&name)?,
            Steer::IsRunning(name) => return Ok(Steered::Is(state.is_running(&name)?)),
            Steer::Process(name) => {
                let process = state.process(&name).ok_or_else(|| Failure::not_found(&name))?;
                return Ok(Steered::Process(process.into()));
            }
            Steer::ProcessAt(index) => return Ok(Steered::Running(state.process_at(index))),
            Steer::IsAlive(process) => return Ok(Steered::Is(state.world().is_alive(process.into()))),
            Steer::Pending => return Ok(state.pending()),
            Steer::AwaitBlocked(calls, patience) => self.await_blocked(state, calls, patience)?,
            Steer::Transcript(full) => {
                let view = if full { View::Full } else { View::Story };
                return Ok(Steered::Text(state.simulation.transcript.text(view)));
            }
        }
        self.moved.notify_all();
        Ok(Steered::Done)
    }

    /// Lets time pass from one thing that happens to the next; in between, whoever can move does.
    fn advance(&self, mut state: MutexGuard<'_, State>, time: u32) {
        let mut left = time;
        loop {
            while state.somebody_moves() && !state.closed {
                state = self.rest(state);
            }
            if left == 0 || state.closed {
                return;
            }
            let next = state.machine().world.next_event();
            let by = next.map_or(left, |next| next.0.min(left));
            state.simulation.pass(Millis(by));
            left -= by;
            self.moved.notify_all();
        }
    }

    fn await_blocked(
        &self,
        mut state: MutexGuard<'_, State>,
        calls: u32,
        patience: u32,
    ) -> Result<(), Failure> {
        let until = Instant::now() + Duration::from_millis(patience.into());
        let wanted = usize::try_from(calls).unwrap_or(usize::MAX);
        loop {
            let blocked = state.in_flight().count();
            if blocked >= wanted && !state.somebody_moves() {
                return Ok(());
            }
            let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
            else {
                let message = format!("{blocked} calls are in flight, and {calls} were to block");
                return Err(Failure::new(ERROR_TIMEOUT, message));
            };
            state = self.moved.wait_timeout(state, left).map_or_else(|gone| gone.into_inner().0, |got| got.0);
        }
    }

    /// Another machine takes its place: no call on this one comes to an end.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.moved.notify_all();
    }

    /// Writes down that the boundary refused a call.
    pub(crate) fn note(&self, text: String) {
        self.lock().note(text);
    }
}

impl State {
    const fn world(&self) -> &World {
        &self.simulation.machine.world
    }

    /// The process of this name, if it runs; else one that runs of the program of this name.
    fn process(&self, name: &str) -> Option<UniqueProcess> {
        let named = self.simulation.transcript.names.find(name);
        named.filter(|process| self.world().is_alive(*process)).or_else(|| {
            let program = self.world().cast().find(name)?;
            self.world().processes_of(program).next()
        })
    }

    fn process_at(&self, index: u32) -> Option<(Process, String)> {
        let process = self.world().processes().nth(usize::try_from(index).ok()?)?;
        Some((process.id.into(), self.simulation.transcript.names.base_of(process.id)))
    }

    fn pending(&self) -> Steered {
        let rules = &self.simulation.rules;
        let blocked = self.in_flight().filter(|who| !self.machine().is_ready(*who, rules)).count();
        let next = self.world().next_event().map(|next| next.0);
        Steered::Pending(u32::try_from(blocked).unwrap_or(u32::MAX), next)
    }

    fn is_running(&self, name: &str) -> Result<bool, Failure> {
        let world = self.world();
        if let Some(named) = world.cast().named(name) {
            return Ok(world.is_up(named));
        }
        let process = self.simulation.transcript.names.find(name);
        process.map(|process| world.is_alive(process)).ok_or_else(|| Failure::not_found(name))
    }

    fn spawn(&mut self, name: &str) -> Result<Option<Process>, Failure> {
        let named = self.world().cast().named(name).ok_or_else(|| Failure::not_found(name))?;
        Ok(self.simulation.start(named).map(Into::into))
    }

    fn exit(&mut self, name: &str) -> Result<(), Failure> {
        if let Some(Named::Service(service)) = self.world().cast().named(name) {
            self.simulation.stop(service);
            return Ok(());
        }
        let process = self.process(name).ok_or_else(|| Failure::not_found(name))?;
        self.simulation.end(process);
        Ok(())
    }
}
