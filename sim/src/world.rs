//! The simulated machine: programs, processes, files, the registry, and what waits for time to pass.
//!
//! A [`World`] is a plain value. What never changes in a run (programs, which files they use) is its
//! [`Cast`], shared behind one pointer. No absolute time is in it: every time is what is left of a
//! wait, so that two ways to the same situation lead to the same value.

mod act;
mod again;
mod behavior;
mod files;
mod fixed;
mod ids;
mod life;
mod named;
mod newcomers;
mod parts;
mod perform;
mod registry;
mod respawn;
mod service;
mod time;
mod touched;
mod wait;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rm_core::arr::{Ask, Declared, Told};
use rm_core::{Affected, AppId, Description, Millis, Name, Part, RestartSettings, Rules, UniqueProcess};

use behavior::About;
pub use behavior::{
    Answer, Behavior, InTurn, NotUnderstood, Open, Reaction, Registers, Shown, Starting, Stopping, Window,
    parse_millis,
};
use fixed::Fixed;
pub use life::YOUNG;
pub use named::Named;
pub(crate) use parts::Parts;
pub use perform::Tried;
pub use registry::{Member, Mutex, Place, Realm, Registry};
pub use respawn::Respawn;
pub use service::{Phase, Running, ServiceId, ServiceProgram};
#[cfg(feature = "counted")]
pub use touched::touched;
pub use wait::Wait;

/// A program that can run: what its processes have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Program {
    /// The name scenarios and transcripts know it by.
    pub name: String,
    /// What the machine says of a process of it.
    pub about: Part<Description>,
    /// The files it holds while it runs.
    pub uses: Vec<Name>,
    /// How it registers for restart when it starts.
    pub restart: Option<Arc<RestartSettings>>,
    /// Of a host of several services: whether it can be told which of them uses a file.
    pub tagging: bool,
    /// How it answers.
    pub behavior: Behavior,
    /// Whether installers may stop it.
    pub permitted: bool,
    /// Whether it can be started again; a broken executable cannot.
    pub launchable: bool,
    /// The program whose last process takes its processes with it: the owner of their job, or a parent
    /// without which they do not go on.
    pub dies_with: Option<ProgramId>,
    /// Whether a supervisor starts it again when it has gone.
    pub respawn: Option<Respawn>,
    /// Whether the next process started takes the id of one that has gone.
    pub reuses_pid: bool,
    /// How long after it was started it is ready for use; never, if there is no time.
    pub ready: Option<Millis>,
}

impl Program {
    /// A well-behaved program that holds no file, has not registered, may be stopped and can be
    /// started again.
    #[must_use]
    pub fn new(name: &str, about: Description) -> Self {
        Self {
            name: name.into(),
            about: Part::new(about),
            uses: Vec::new(),
            restart: None,
            tagging: true,
            behavior: Behavior::default(),
            permitted: true,
            launchable: true,
            dies_with: None,
            respawn: None,
            reuses_pid: false,
            ready: Some(Millis(0)),
        }
    }
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
    services: Vec<ServiceProgram>,
    /// The services that use a file, by its folded name.
    served: BTreeMap<Name, Vec<ServiceId>>,
    /// The paths that are directories in the beginning, folded.
    directories: BTreeSet<Name>,
    /// Files that nobody holds, folded.
    files: BTreeSet<Name>,
    /// Other names of files: the name, and the file's own.
    links: Vec<(Name, Name)>,
}

/// A running process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Process {
    /// The process.
    pub id: UniqueProcess,
    /// What it runs.
    pub program: ProgramId,
    /// What it has told the system of itself.
    pub declared: Declared,
    /// What the machine says of it if it was started as somebody else than its program (OQ-78).
    pub about: Option<Part<Description>>,
    /// Whether Restart Manager started it.
    pub launched: bool,
    /// The time until it is ready for use.
    pub ready_in: Millis,
    /// The time until it exits, if that is settled.
    pub exits_in: Option<Millis>,
    /// The time until it has run for 60 seconds.
    pub young_for: Millis,
    /// How often it acted, where it does not always act the same.
    acted: BTreeMap<(About, usize), u32>,
}

/// The machine as one value, in the parts that change one without the other.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct World {
    /// The registry that installers share.
    pub registry: Part<Registry>,
    scene: Part<Scene>,
    waits: Part<wait::Waits>,
}

/// Who runs, and what else there is but the registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Scene {
    cast: Fixed<Cast>,
    /// Of whom the installers' processes are.
    members: Part<BTreeMap<UniqueProcess, Member>>,
    disk: Part<files::Disk>,
    processes: Part<BTreeMap<u32, Process>>,
    running: Part<BTreeSet<(ProgramId, u32)>>,
    serving: Part<BTreeMap<ServiceId, Running>>,
    /// How often services stopped and started, where they do not always act the same.
    acted: BTreeMap<(ServiceId, service::Control), u32>,
    supervisors: respawn::Supervisors,
    /// Process ids that the next processes started take, the next one last.
    freed: Vec<u32>,
    /// The lowest process id that is not used.
    unused: ids::Unused,
    /// Of processes that are gone, how many there had been by then: what was born later has a greater
    /// start time.
    gone: Part<BTreeMap<UniqueProcess, u64>>,
    /// How many processes there have been, or the greatest start time: the source of start times.
    born: u64,
    /// Who the processes are that will start, where that is known.
    newcomers: newcomers::Newcomers,
    /// How many keys were made up.
    keys: u32,
}

/// As derived, but what is copied into keeps what it shares already.
impl Clone for World {
    fn clone(&self) -> Self {
        let Self { registry, scene, waits } = self;
        Self { registry: registry.clone(), scene: scene.clone(), waits: waits.clone() }
    }

    fn clone_from(&mut self, from: &Self) {
        let Self { registry, scene, waits } = self;
        registry.clone_from(&from.registry);
        scene.clone_from(&from.scene);
        waits.clone_from(&from.waits);
    }
}

impl World {
    /// A machine on which nothing runs.
    #[must_use]
    pub fn new(cast: Cast) -> Self {
        let disk = Part::new(files::Disk::new(&cast));
        let scene = Scene { disk, cast: Fixed::new(cast), ..Scene::default() };
        Self { scene: scene.into(), ..Self::default() }
    }

    /// What never changes.
    #[must_use]
    pub fn cast(&self) -> &Cast {
        &self.scene.cast
    }

    /// The process, if it still runs.
    #[must_use]
    pub fn process(&self, process: UniqueProcess) -> Option<&Process> {
        touched::touch();
        self.scene.processes.get(&process.id).filter(|running| running.id == process)
    }

    /// The running processes of a program.
    pub fn processes_of(&self, program: ProgramId) -> impl Iterator<Item = UniqueProcess> {
        let range = (program, 0)..=(program, u32::MAX);
        self.scene.running.range(range).filter_map(|(_, id)| {
            touched::touch();
            self.scene.processes.get(id).map(|process| process.id)
        })
    }

    /// Numbers that differ after processes or services came or went.
    #[must_use]
    pub fn census(&self) -> (usize, usize, u64) {
        (self.scene.processes.len(), self.scene.serving.len(), self.scene.born)
    }

    /// Has a process make a call of application recovery and restart; the settings it asks for are
    /// those of another process, if that is given. `None` when one of them does not run.
    pub fn declare(
        &mut self,
        process: UniqueProcess,
        of: UniqueProcess,
        ask: &Ask,
        rules: &Rules,
    ) -> Option<Told> {
        self.process(process)?;
        let (declared, told) = self.process(of)?.declared.ask(ask, rules);
        self.scene.processes.get_mut(&of.id)?.declared = declared;
        Some(told)
    }

    /// Every running process.
    pub fn processes(&self) -> impl Iterator<Item = &Process> {
        self.scene.processes.values().inspect(|_| touched::touch())
    }

    /// Whether the process runs.
    #[must_use]
    pub fn is_alive(&self, process: UniqueProcess) -> bool {
        self.process(process).is_some()
    }

    /// Whether an application runs: its process, or the service.
    #[must_use]
    pub fn is_running(&self, id: &AppId) -> bool {
        match id {
            AppId::Process(process) => self.is_alive(*process),
            AppId::Service(name) => self.serves(name),
        }
    }

    /// Whether a process runs elevated.
    fn is_elevated(&self, process: UniqueProcess) -> bool {
        self.process(process).and_then(|running| self.about(running)).is_some_and(|about| about.elevated)
    }

    fn program_of(&self, process: UniqueProcess) -> Option<&Program> {
        self.scene.cast.program(self.process(process)?.program)
    }

    fn describe(&self, caller: UniqueProcess, process: UniqueProcess) -> Option<Affected> {
        let running = self.process(process)?;
        Some(Affected {
            restart: running.declared.restart.clone(),
            permitted: self.may_stop(caller, process),
            young: running.young_for > Millis(0),
            ..Affected::new(process, self.about(running)?.clone())
        })
    }

    /// Whether one process may stop another: an elevated one any that is not protected, else only
    /// what is not elevated and of the same user.
    fn may_stop(&self, caller: UniqueProcess, process: UniqueProcess) -> bool {
        let Some(program) = self.program_of(process) else { return false };
        let about = |process| self.process(process).and_then(|running| self.about(running));
        let Some(reached) = about(process) else { return false };
        let reaches = |caller: &Part<Description>| {
            caller.elevated || (!reached.elevated && caller.user == reached.user)
        };
        program.permitted && about(caller).is_some_and(reaches)
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

    /// The paths that are directories, folded.
    pub fn directories(&self) -> impl Iterator<Item = &Name> {
        self.directories.iter()
    }

    /// Says that there is a file that nobody holds.
    pub fn add_file(&mut self, path: &Name) {
        self.files.insert(path.folded());
    }

    /// The files that nobody holds, folded.
    pub fn files(&self) -> impl Iterator<Item = &Name> {
        self.files.iter()
    }

    /// Other names of files: the name, and the file's own.
    pub fn links(&self) -> impl Iterator<Item = (&Name, &Name)> {
        self.links.iter().map(|(alias, file)| (alias, file))
    }

    /// Says that a path is another name of a file.
    pub fn add_link(&mut self, alias: &Name, file: &Name) {
        self.links.push((alias.clone(), file.clone()));
    }

    /// The program in this place.
    #[must_use]
    pub fn program(&self, id: ProgramId) -> Option<&Program> {
        touched::touch();
        self.programs.get(usize::try_from(id.0).ok()?)
    }

    /// Every program with its place.
    pub fn programs(&self) -> impl Iterator<Item = (ProgramId, &Program)> {
        (0..).map(ProgramId).zip(&self.programs).inspect(|_| touched::touch())
    }

    /// The program with this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<ProgramId> {
        self.programs().find(|(_, program)| program.name == name).map(|(id, _)| id)
    }
}
