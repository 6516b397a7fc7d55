//! What processes and threads are called in a transcript.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::{AppId, Caller, Filter, Thread, UniqueProcess};

use crate::world::World;

/// The names of a run: a process is called by its program's name, the second one `name.2`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    processes: BTreeMap<UniqueProcess, String>,
    bases: BTreeMap<UniqueProcess, String>,
    running: BTreeSet<AppId>,
    threads: BTreeMap<(UniqueProcess, String), Thread>,
}

impl Names {
    /// Names a process after its program, unless it has a name.
    pub fn add(&mut self, process: UniqueProcess, program: &str) {
        if self.processes.contains_key(&process) {
            return;
        }
        let earlier = self.bases.values().filter(|base| *base == program).count();
        let name = if earlier == 0 { program.to_string() } else { format!("{program}.{}", earlier + 1) };
        self.bases.insert(process, program.to_string());
        self.processes.insert(process, name);
        self.running.insert(process.into());
    }

    /// The name of a process.
    #[must_use]
    pub fn of(&self, process: UniqueProcess) -> String {
        let unnamed = || format!("{}:{}", process.id, process.start_time);
        self.processes.get(&process).cloned().unwrap_or_else(unnamed)
    }

    /// The name of a process that has one.
    #[must_use]
    pub fn named(&self, process: UniqueProcess) -> Option<&str> {
        self.processes.get(&process).map(String::as_str)
    }

    /// The name of an application: its process's, or its own if it is a service.
    #[must_use]
    pub fn app(&self, id: &AppId) -> String {
        match id {
            AppId::Process(process) => self.of(*process),
            AppId::Service(name) => name.to_string(),
        }
    }

    /// The name of the program a process runs.
    #[must_use]
    pub fn base_of(&self, process: UniqueProcess) -> String {
        self.bases.get(&process).cloned().unwrap_or_else(|| self.of(process))
    }

    /// Every process that was named.
    pub fn processes(&self) -> impl Iterator<Item = (UniqueProcess, &str)> {
        self.processes.iter().map(|(process, name)| (*process, name.as_str()))
    }

    /// The process with this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<UniqueProcess> {
        self.processes.iter().find(|(_, known)| *known == name).map(|(process, _)| *process)
    }

    /// The thread of a process with this name; threads are numbered as they are first named.
    pub fn thread(&mut self, process: UniqueProcess, name: &str) -> Thread {
        let taken = self.threads.keys().filter(|(owner, _)| *owner == process).count();
        let next = Thread(u32::try_from(taken).unwrap_or(u32::MAX));
        *self.threads.entry((process, name.to_string())).or_insert(next)
    }

    /// The name of a thread that has one; it is empty for the main thread.
    #[must_use]
    pub fn thread_name(&self, who: Caller) -> Option<&str> {
        self.threads().find(|(one, _)| *one == who).map(|(_, name)| name)
    }

    /// Every thread that was named.
    pub fn threads(&self) -> impl Iterator<Item = (Caller, &str)> {
        let caller = |process: UniqueProcess, thread: Thread| Caller { process, thread };
        self.threads.iter().map(move |((process, name), thread)| (caller(*process, *thread), name.as_str()))
    }

    /// The names of the processes alone.
    #[must_use]
    pub fn of_processes(&self) -> Self {
        Self { running: BTreeSet::new(), threads: BTreeMap::new(), ..self.clone() }
    }

    /// What the callback of a thread is called, as a thread of its own.
    #[must_use]
    pub fn callback(&self, who: Caller) -> String {
        match self.caller(who).split_once('/') {
            Some((_, thread)) => format!("{thread}.callback"),
            None => "callback".into(),
        }
    }

    /// The name of a caller: the process, and the thread unless it is the only named one.
    #[must_use]
    pub fn caller(&self, who: Caller) -> String {
        let is_it = |((owner, _), thread): &(&(UniqueProcess, String), &Thread)| {
            *owner == who.process && **thread == who.thread
        };
        match self.threads.iter().find(is_it) {
            Some(((_, thread), _)) if !thread.is_empty() => format!("{}/{thread}", self.of(who.process)),
            _ => self.of(who.process),
        }
    }

    /// A filter as transcripts show it.
    #[must_use]
    pub fn filter(&self, filter: &Filter) -> String {
        super::words::filter(filter, self)
    }

    /// The processes and services that were running at the last look and are no more.
    pub(super) fn take_exited(&mut self, world: &World) -> Vec<AppId> {
        let gone: Vec<_> = self.running.iter().filter(|id| !world.is_running(id)).cloned().collect();
        self.running.retain(|id| !gone.contains(id));
        gone
    }

    /// Takes in the services that run, and names the processes that nobody has named; with each of
    /// them, whether it is there for services.
    pub(super) fn take_in(&mut self, world: &World) -> Vec<(UniqueProcess, bool)> {
        let mut new = Vec::new();
        for process in world.processes().filter(|process| !self.processes.contains_key(&process.id)) {
            let Some(program) = world.cast().program(process.program) else { continue };
            new.push((process.id, program));
        }
        for (process, program) in &new {
            self.add(*process, &program.name);
        }
        self.running.extend(world.services());
        new.into_iter().map(|(process, program)| (process, program.about.is_host())).collect()
    }
}
