//! The simulated machine: programs, processes, files, the registry, and what waits for time to pass.
//!
//! A [`World`] is a plain value. What never changes in a run (programs, which files they use) is its
//! [`Cast`], shared behind one pointer. No absolute time is in it: every time is what is left of a
//! wait, so that two ways to the same situation lead to the same value.

mod behavior;
mod files;
mod perform;
mod registry;
mod time;
mod wait;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rm_core::{Affected, Caller, Description, Millis, Name, UniqueProcess};

pub use behavior::{Answer, Behavior, NotUnderstood, Reaction, Shown, parse_millis};
pub use perform::Tried;
pub use registry::{Member, Mutex, Place, Realm, Registry};
pub use wait::Wait;

/// A program that can run: what its processes have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Program {
    /// The name scenarios and transcripts know it by.
    pub name: String,
    /// What the machine says of a process of it.
    pub about: Arc<Description>,
    /// The files it holds while it runs.
    pub uses: Vec<Name>,
    /// How it answers.
    pub behavior: Behavior,
    /// Whether installers may stop it.
    pub permitted: bool,
    /// Whether it can be started again; a removed or broken executable cannot.
    pub launchable: bool,
}

/// Which program, by its place in the cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProgramId(pub u32);

/// What never changes in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cast {
    programs: Vec<Program>,
    /// The programs that use a file, by its folded name.
    users: BTreeMap<Name, Vec<ProgramId>>,
    /// The paths that are directories in the beginning, folded.
    directories: BTreeSet<Name>,
    /// Files that nobody holds, folded.
    files: BTreeSet<Name>,
    /// Other names of files: the name, and the file's own.
    links: Vec<(Name, Name)>,
}

/// A running process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Process {
    /// The process.
    pub id: UniqueProcess,
    /// What it runs.
    pub program: ProgramId,
    /// The time until it exits, if that is settled.
    pub exits_in: Option<Millis>,
}

/// The machine as one value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct World {
    cast: Arc<Cast>,
    /// The registry that installers share.
    pub registry: Registry,
    /// Of whom the installers' processes are.
    members: BTreeMap<UniqueProcess, Member>,
    disk: files::Disk,
    processes: BTreeMap<u32, Process>,
    running: BTreeSet<(ProgramId, u32)>,
    waits: BTreeMap<Caller, Wait>,
    deadlines: BTreeMap<Caller, Millis>,
    /// How many processes there have been: the source of start times and, unless told otherwise, ids.
    born: u32,
    /// How many keys were made up.
    keys: u32,
}

impl World {
    /// A machine on which nothing runs.
    #[must_use]
    pub fn new(cast: Cast) -> Self {
        Self { disk: files::Disk::new(&cast), cast: Arc::new(cast), ..Self::default() }
    }

    /// What never changes.
    #[must_use]
    pub fn cast(&self) -> &Cast {
        &self.cast
    }

    /// Starts a process of a program, under the given id or the next free one.
    pub fn spawn(&mut self, program: ProgramId, id: Option<u32>) -> UniqueProcess {
        self.born += 1;
        let unused = || (1..).map(|n| 4 * (24 + n)).find(|id| !self.processes.contains_key(id));
        let id = id.or_else(unused).unwrap_or(u32::MAX);
        // The creation time tells processes apart; counting them keeps the clock out of the state.
        let process = UniqueProcess { id, start_time: u64::from(self.born) };
        self.processes.insert(id, Process { id: process, program, exits_in: None });
        self.running.insert((program, id));
        process
    }

    /// Ends a process at once. What its threads waited for is forgotten, a mutex they held is
    /// abandoned.
    pub fn end(&mut self, process: UniqueProcess) {
        if let Some(gone) = self.process(process) {
            self.running.remove(&(gone.program, process.id));
            self.processes.remove(&process.id);
        }
        self.waits.retain(|who, _| who.process != process);
        self.deadlines.retain(|who, _| who.process != process);
        self.registry.abandon(process);
        self.members.remove(&process);
    }

    /// The process, if it still runs.
    #[must_use]
    pub fn process(&self, process: UniqueProcess) -> Option<&Process> {
        self.processes.get(&process.id).filter(|running| running.id == process)
    }

    /// The running processes of a program.
    pub fn processes_of(&self, program: ProgramId) -> impl Iterator<Item = UniqueProcess> {
        let range = (program, 0)..=(program, u32::MAX);
        self.running.range(range).filter_map(|(_, id)| self.processes.get(id).map(|process| process.id))
    }

    /// Every running process.
    pub fn processes(&self) -> impl Iterator<Item = &Process> {
        self.processes.values()
    }

    /// Whether the process runs.
    #[must_use]
    pub fn is_alive(&self, process: UniqueProcess) -> bool {
        self.process(process).is_some()
    }

    fn program_of(&self, process: UniqueProcess) -> Option<&Program> {
        self.cast.program(self.process(process)?.program)
    }

    fn describe(&self, process: UniqueProcess) -> Option<Affected> {
        let program = self.program_of(process)?;
        Some(Affected { process, about: program.about.clone(), permitted: program.permitted })
    }
}

impl Cast {
    /// Adds a program.
    pub fn add(&mut self, program: Program) -> ProgramId {
        let id = ProgramId(u32::try_from(self.programs.len()).unwrap_or(u32::MAX));
        for file in &program.uses {
            self.users.entry(file.folded()).or_default().push(id);
        }
        self.programs.push(program);
        id
    }

    /// Says that a path is a directory.
    pub fn add_directory(&mut self, path: &Name) {
        self.directories.insert(path.folded());
    }

    /// Says that there is a file that nobody holds.
    pub fn add_file(&mut self, path: &Name) {
        self.files.insert(path.folded());
    }

    /// Says that a path is another name of a file.
    pub fn add_link(&mut self, alias: &Name, file: &Name) {
        self.links.push((alias.clone(), file.clone()));
    }

    /// The program in this place.
    #[must_use]
    pub fn program(&self, id: ProgramId) -> Option<&Program> {
        self.programs.get(usize::try_from(id.0).ok()?)
    }

    /// Every program with its place.
    pub fn programs(&self) -> impl Iterator<Item = (ProgramId, &Program)> {
        (0..).map(ProgramId).zip(&self.programs)
    }

    /// The program with this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<ProgramId> {
        self.programs().find(|(_, program)| program.name == name).map(|(id, _)| id)
    }
}
