//! Applications that are started again: by a restart, or by somebody before it comes to them.

use rm_core::{Affected, Again, Description, Launch, Millis, Outcome, Part, UniqueProcess};

use super::{Process, ProgramId, World};

impl World {
    /// Notes when a process goes. Installers and hosts of services are never looked for.
    pub(super) fn remember_gone(&mut self, process: UniqueProcess) {
        let is_host = self.program_of(process).is_some_and(|program| program.about.is_host());
        if !is_host && !self.scene.members.contains_key(&process) {
            let born = self.scene.born;
            self.scene.gone.insert(process, born);
        }
    }

    /// What the machine says of a process.
    pub(super) fn about<'a>(&'a self, running: &'a Process) -> Option<&'a Part<Description>> {
        running.about.as_ref().or_else(|| Some(&self.scene.cast.program(running.program)?.about))
    }

    /// The first process of an application's executable, user and terminal session that was born after
    /// the application's own had gone, and is none of these.
    pub(super) fn again(&self, one: &Affected, not: &[UniqueProcess]) -> Option<Again> {
        let gone = *self.scene.gone.get(&one.process)?;
        let is_it = |running: &&Process| {
            running.id.start_time > gone
                && !not.contains(&running.id)
                && self.about(running).is_some_and(|about| {
                    about.image.same(&one.about.image)
                        && (&about.user, about.ts_session) == (&one.about.user, one.about.ts_session)
                })
        };
        let first =
            self.scene.processes.values().filter(is_it).min_by_key(|running| running.id.start_time)?;
        Some(Again { process: first.id, by_restart_manager: first.launched })
    }

    /// Starts an application again, as the user who is named.
    pub(super) fn launch(&mut self, caller: UniqueProcess, launch: &Launch) -> Outcome {
        let about = &launch.application.about;
        let Some(program) = self.program_like(about) else { return Outcome::NotStartable };
        let (process, elevated) = (self.start(program, None), self.is_elevated(caller));
        let ready_in = self.scene.cast.program(program).and_then(|program| program.ready).unwrap_or_default();
        let other = launch.user != about.user;
        if let Some(running) = self.scene.processes.get_mut(&process.id) {
            (running.launched, running.ready_in) = (true, ready_in);
            running.about = other.then(|| {
                Part::new(Description { user: launch.user.clone(), elevated, ..Description::clone(about) })
            });
        }
        Outcome::Launched(process)
    }

    /// The program that is started: the same, else one with the same executable; if it can be.
    fn program_like(&self, about: &Description) -> Option<ProgramId> {
        let launchable = || self.scene.cast.programs().filter(|(_, program)| program.launchable);
        let same = launchable().find(|(_, program)| *program.about == *about);
        let found = same.or_else(|| launchable().find(|(_, program)| program.about.image.same(&about.image)));
        found.filter(|(_, program)| self.exists(&program.about.image)).map(|(id, _)| id)
    }

    /// How long a process that was started is waited for at most, and what comes of it then.
    pub(super) fn becomes_ready(&self, process: UniqueProcess, limit: Millis) -> (Millis, Outcome) {
        let never = self.program_of(process).is_none_or(|program| program.ready.is_none());
        match self.process(process) {
            Some(running) if !never && running.ready_in <= limit => (running.ready_in, Outcome::Done),
            _ => (limit, Outcome::NoAnswer),
        }
    }
}
