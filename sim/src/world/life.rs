//! How processes come and go, and who goes with them.

use std::collections::BTreeMap;

use rm_core::arr::Declared;
use rm_core::{Millis, UniqueProcess};

use super::{Process, ProgramId, Scene, World, respawn};

/// How long a process has to run before it counts as one that runs well (ARR-13).
pub const YOUNG: Millis = Millis(60_000);

impl World {
    /// Adds a process of a program that has run for long, under the given id or the next free one.
    pub fn spawn(&mut self, program: ProgramId, id: Option<u32>) -> UniqueProcess {
        self.spawn_other_than(program, id, None)
    }

    /// Starts a process of a program now, under the given id or the next free one.
    pub fn start(&mut self, program: ProgramId, id: Option<u32>) -> UniqueProcess {
        let process = self.spawn(program, id);
        self.has_run(process, Millis(0));
        process
    }

    /// Says that a process has run for so long.
    pub fn has_run(&mut self, process: UniqueProcess, ran: Millis) {
        if let Some(running) =
            self.scene.processes.get_mut(&process.id).filter(|running| running.id == process)
        {
            running.young_for = Millis(YOUNG.0.saturating_sub(ran.0));
        }
    }

    /// The same as [`spawn`](Self::spawn), but not under this id.
    pub(super) fn spawn_other_than(
        &mut self,
        program: ProgramId,
        id: Option<u32>,
        not: Option<u32>,
    ) -> UniqueProcess {
        let given = if id.is_none() { self.scene.newcomers.next(program) } else { None };
        self.scene.born = given.map_or(self.scene.born + 1, |given| self.scene.born.max(given.start_time));
        let Scene { freed, processes, .. } = &mut *self.scene;
        freed.retain(|freed| !processes.contains_key(freed));
        let freed = if id.is_none() && given.is_none() { self.scene.freed.pop() } else { None };
        let id = id.or(freed);
        let made_up = || UniqueProcess {
            id: id.unwrap_or_else(|| self.scene.unused.other_than(not, &self.scene.processes)),
            // The creation time tells processes apart; counting them keeps the clock out of the state.
            start_time: self.scene.born,
        };
        let process = given.unwrap_or_else(made_up);
        let id = process.id;
        let restart = self.scene.cast.program(program).and_then(|program| program.restart.clone());
        let acted = BTreeMap::new();
        let new = Process {
            id: process,
            program,
            declared: Declared { restart, ..Declared::default() },
            about: None,
            launched: false,
            ready_in: Millis(0),
            exits_in: None,
            young_for: Millis(0),
            acted,
        };
        self.scene.processes.insert(id, new);
        self.scene.running.insert((program, id));
        let Scene { unused, processes, .. } = &mut *self.scene;
        unused.skip(processes);
        process
    }

    /// Ends a process at once, and those that go with it. What its threads waited for is forgotten, a
    /// mutex they held is abandoned.
    pub fn end(&mut self, process: UniqueProcess) {
        let gone = self.process(process).map(|gone| gone.program);
        if let Some(program) = gone {
            self.remember_gone(process);
            self.scene.running.remove(&(program, process.id));
            self.scene.processes.remove(&process.id);
            self.scene.unused.free(process.id);
            let services: Vec<_> = self.hosted(process).collect();
            self.scene.serving.retain(|_, running| running.host != process);
            for service in services {
                self.lost(respawn::Supervised::Service(service), process);
            }
        }
        self.waits.inside.retain(|who, _| who.process != process);
        self.waits.limits.retain(|(who, _), _| who.process != process);
        self.registry.abandon(process);
        self.scene.members.remove(&process);
        if let Some(program) = gone {
            self.went(program, process);
        }
    }

    /// What comes of it that a process of this program has gone.
    fn went(&mut self, program: ProgramId, process: UniqueProcess) {
        let cast = self.scene.cast.clone();
        if cast.program(program).is_some_and(|program| program.reuses_pid) {
            self.scene.freed.push(process.id);
        }
        self.lost(respawn::Supervised::Program(program), process);
        if self.processes_of(program).next().is_some() {
            return;
        }
        for (dependent, _) in cast.programs().filter(|(_, other)| other.dies_with == Some(program)) {
            let all: Vec<_> = self.processes_of(dependent).collect();
            all.into_iter().for_each(|process| self.end(process));
        }
    }
}
