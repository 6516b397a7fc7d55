//! Schedules: what else happens while calls are made.

use rm_core::{Call, Caller, Installer, Thread, UniqueProcess};

use crate::machine::Machine;
use crate::moves::Move;
use crate::world::{ProgramId, ServiceId, World};

/// What the threads of an installer are called of which one may cancel what the other is at.
pub const THREADS: [&str; 2] = ["", "other"];

/// Something that happens beside the calls; to whom, by number, counted round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Time passes to the next thing that happens by itself.
    Pass,
    /// A process exits that is no installer's.
    Exit(u8),
    /// A program starts.
    Spawn(u8),
    /// A service stops by itself.
    Stop(u8),
    /// A service is started by somebody.
    Serve(u8),
    /// An installer dies.
    Die(u8),
    /// Another thread of an installer that is in a call cancels what it is at.
    Cancel(u8),
}

/// Something that happens, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meanwhile {
    /// After so many moves of the calls since the one before.
    pub after: u32,
    /// What.
    pub what: Happening,
}

/// What happens while calls are made, in order. Playing it uses it up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// What has not happened yet.
    pub left: Vec<Meanwhile>,
}

impl Schedule {
    /// What happens before the next move of a call. To be asked before each of them until there is nothing
    /// more.
    pub fn due(&mut self) -> Option<Happening> {
        let next = self.left.first_mut()?;
        if next.after > 0 {
            next.after -= 1;
            return None;
        }
        Some(self.left.remove(0).what)
    }
}

impl Happening {
    /// The moves by which it happens now; none if there is nobody to whom it could.
    #[must_use]
    pub fn moves(self, machine: &Machine) -> Vec<Move> {
        let world = &machine.world;
        let one = match self {
            Self::Pass => world.next_event().map(Move::Pass),
            Self::Exit(pick) => {
                let all = world.processes().map(|process| process.id);
                let others: Vec<_> = all.filter(|process| machine.installer(*process).is_none()).collect();
                picked(&others, pick).map(Move::End)
            }
            Self::Spawn(pick) => picked(&programs(machine), pick).map(Move::Spawn),
            Self::Stop(pick) => {
                let serving: Vec<_> =
                    services(world).filter(|(_, serves)| *serves).map(|(id, _)| id).collect();
                picked(&serving, pick).map(Move::Stop)
            }
            Self::Serve(pick) => {
                let all: Vec<_> = services(world).map(|(id, _)| id).collect();
                picked(&all, pick).map(Move::Serve)
            }
            Self::Die(pick) => picked(&installers(machine), pick).map(Move::End),
            Self::Cancel(pick) => return cancels(machine, pick).unwrap_or_default(),
        };
        one.into_iter().collect()
    }
}

/// A call of `RmCancelCurrentTask`, by a thread that has nothing else to do.
fn cancels(machine: &Machine, pick: u8) -> Option<Vec<Move>> {
    let session = |installer: &Installer| installer.tasks().values().find_map(|it| it.call().session());
    let busy = machine.installers().iter().filter_map(|(process, it)| Some((*process, session(it)?)));
    let (process, session) = picked(&busy.collect::<Vec<_>>(), pick)?;
    let tasks = machine.installer(process)?.tasks();
    let thread = (0..).zip(THREADS).map(|(n, _)| Thread(n)).find(|thread| !tasks.contains_key(thread))?;
    let who = Caller { process, thread };
    Some(vec![Move::Begin(who, Call::Cancel { session }), Move::Finish(who)])
}

fn installers(machine: &Machine) -> Vec<UniqueProcess> {
    machine.installers().keys().copied().collect()
}

/// The programs that are neither an installer's nor there for services.
fn programs(machine: &Machine) -> Vec<ProgramId> {
    let world = &machine.world;
    let setups: Vec<_> = machine.installers().keys().filter_map(|process| world.process(*process)).collect();
    let is_setup = |id| setups.iter().any(|process| process.program == id);
    let all = world.cast().programs().filter(|(id, program)| !program.about.is_host() && !is_setup(*id));
    all.map(|(id, _)| id).collect()
}

/// The services, and whether each runs.
fn services(world: &World) -> impl Iterator<Item = (ServiceId, bool)> {
    world.cast().services().map(|(id, _)| (id, world.serving(id).is_some()))
}

/// One of those that there are, by a number that is counted round.
pub fn picked<T: Copy>(all: &[T], pick: u8) -> Option<T> {
    all.get(usize::from(pick).checked_rem(all.len())?).copied()
}
