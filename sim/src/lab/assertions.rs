//! Ready assertions: what an installer should leave a machine like.
//!
//! Each gives an [`Error::Broken`] if it does not hold, with the story so far and a scenario that replays it.

use std::collections::BTreeSet;

use rm_core::{Effect, Outcome};

use super::{Broken, Error, Lab, forgotten};
use crate::transcript::{Event, View};
use crate::world::{Process, World};

impl Lab {
    /// Nobody uses any of these files.
    ///
    /// # Errors
    /// When somebody does.
    pub fn files_free(&self, files: &[&str]) -> Result<(), Error> {
        let used = files.iter().map(|file| (file, self.users(file))).find(|(_, users)| !users.is_empty());
        match used {
            None => Ok(()),
            Some((file, users)) => Err(self.broken(&format!("{file} is in use by {}", users.join(", ")))),
        }
    }

    /// A service, or some process of a program, runs.
    ///
    /// # Errors
    /// When it does not, or there is none of this name.
    pub fn running(&self, name: &str) -> Result<(), Error> {
        if self.is_running(name)? { Ok(()) } else { Err(self.broken(&format!("{name} does not run"))) }
    }

    /// No process of a program runs, or a service has stopped.
    ///
    /// # Errors
    /// When it runs, or there is none of this name.
    pub fn gone(&self, name: &str) -> Result<(), Error> {
        if self.is_running(name)? { Err(self.broken(&format!("{name} runs"))) } else { Ok(()) }
    }

    /// Every program and service that ran in the beginning runs.
    ///
    /// # Errors
    /// When one does not.
    pub fn all_back(&self) -> Result<(), Error> {
        let bench = self.bench();
        let (began, now) = (&bench.began.machine.world, &bench.simulation.machine.world);
        let programs = began.cast().programs();
        let programs =
            programs.filter(|(id, _)| now.processes_of(*id).count() < began.processes_of(*id).count());
        let programs = programs.map(|(_, program)| program.name.clone());
        let missing: BTreeSet<_> = programs.chain(services_gone(began, now)).collect();
        let missing: Vec<_> = missing.into_iter().collect();
        self.none("ran in the beginning, and not now", &missing)
    }

    /// Nobody is left stopped whom `RmRestart` would bring back if it were called now, or would have when the
    /// session ended. That is less than [`all_back`](Self::all_back): what has not registered for restart,
    /// or was masked by a filter, may stay stopped.
    ///
    /// # Errors
    /// When somebody is.
    pub fn nobody_forgotten(&self) -> Result<(), Error> {
        let forgotten = forgotten::forgotten(&self.bench());
        self.none("left stopped, although RmRestart would have brought it back", &forgotten)
    }

    /// Whatever ran in the beginning still runs, except for these programs and services.
    ///
    /// # Errors
    /// When something else has gone, or there is none of one of these names.
    pub fn only_stopped(&self, names: &[&str]) -> Result<(), Error> {
        for name in names {
            self.bench().named(name)?;
        }
        let bench = self.bench();
        let (began, now) = (&bench.began.machine.world, &bench.simulation.machine.world);
        let program = |process: &Process| began.cast().program(process.program);
        let gone = began.processes().filter(|process| !now.is_alive(process.id));
        let gone = gone.filter_map(program).filter(|program| !program.about.is_host());
        let gone = gone.map(|program| program.name.clone()).chain(services_gone(began, now));
        let gone: Vec<_> = gone.filter(|name| !names.contains(&name.as_str())).collect();
        self.none("stopped", &gone)
    }

    /// Nobody was ended by force: not by a forced shutdown, and not by [`Installer::terminate`].
    ///
    /// # Errors
    /// When somebody was.
    ///
    /// [`Installer::terminate`]: super::Installer::terminate
    pub fn nobody_killed(&self) -> Result<(), Error> {
        let bench = self.bench();
        let names = &bench.simulation.transcript.names;
        let forced = bench.simulation.transcript.lines.iter().filter_map(|line| match &line.event {
            Event::Did(Effect::Terminate(process), Outcome::Done) => Some(*process),
            _ => None,
        });
        let terminated = bench.terminated.iter().map(|(process, _)| *process);
        let killed: Vec<_> = forced.chain(terminated).map(|process| names.of(process)).collect();
        self.none("ended by force", &killed)
    }

    /// Whoever was ended by [`Installer::terminate`] used one of these files at that moment.
    ///
    /// # Errors
    /// When somebody was ended who did not.
    ///
    /// [`Installer::terminate`]: super::Installer::terminate
    pub fn killed_only_users(&self, files: &[&str]) -> Result<(), Error> {
        let bench = self.bench();
        let names = &bench.simulation.transcript.names;
        let innocent = bench.terminated.iter().filter(|(process, before)| {
            !files.iter().any(|file| before.users_of(&(*file).into()).contains(process))
        });
        let innocent: Vec<_> = innocent.map(|(process, _)| names.of(*process)).collect();
        self.none("ended by force without using any of the files", &innocent)
    }

    /// Every session was ended: nothing is left in the registry, and its mutexes are free.
    ///
    /// # Errors
    /// When something is.
    pub fn no_session_left(&self) -> Result<(), Error> {
        let bench = self.bench();
        let registry = &bench.simulation.machine.world.registry;
        match (registry.keys.len(), registry.mutexes.len()) {
            (0, 0) => Ok(()),
            (0, _) => Err(self.broken("the registry's mutex is held")),
            (left, _) => Err(self.broken(&format!("{left} session(s) left in the registry"))),
        }
    }

    fn none(&self, what: &str, names: &[String]) -> Result<(), Error> {
        if names.is_empty() { Ok(()) } else { Err(self.broken(&format!("{what}: {}", names.join(", ")))) }
    }

    /// What does not hold, told with what happened: for assertions of your own.
    #[must_use]
    pub fn broken(&self, what: &str) -> Error {
        let bench = self.bench();
        Error::Broken(Box::new(Broken {
            what: format!("{what} ({})", bench.why),
            story: bench.simulation.transcript.text(View::Story),
            scenario: bench.scenario(what),
        }))
    }
}

/// The services that ran then, and do not now.
fn services_gone(then: &World, now: &World) -> impl Iterator<Item = String> {
    let services = then.cast().services();
    let gone = services.filter(|(id, _)| then.serving(*id).is_some() && now.serving(*id).is_none());
    gone.map(|(_, service)| service.name())
}
