//! The machine a setting describes: as a scenario would set it up, so that what is done with it can be written
//! as one.

mod served;

use std::sync::Arc;

use rm_core::{
    Caller, Description, Identity, Installer, Name, RestartSettings, Rules, Thread, UniqueProcess,
};

use super::{DrawnInstaller, DrawnProgram, Mishap, Setting, Who, Wrong};
use crate::choice::NoChoice;
use crate::fault::{Place, Planned, Strike};
use crate::scenario::written;
use crate::schedule::{THREADS, picked};
use crate::transcript::Transcript;
use crate::world::{Cast, Program, ProgramId, ServiceId, World};
use crate::{Machine, Move, Simulation};
use served::{Served, served};

/// The name of the process that several services share.
pub const HOST: &str = "host";

/// A setting ready to be played; all in the order of the setting.
#[derive(Debug)]
pub struct Staged {
    /// The machine, and the rules it is played by.
    pub simulation: Simulation<NoChoice>,
    /// The installers' processes.
    pub installers: Vec<UniqueProcess>,
    /// The programs.
    pub programs: Vec<ProgramId>,
    /// The processes that services live in; first that which several share, if any does.
    pub hosts: Vec<ProgramId>,
    /// The services.
    pub services: Vec<ServiceId>,
}

impl Staged {
    /// The thread that is meant; none if there is no installer.
    #[must_use]
    pub fn caller(&self, who: Who) -> Option<Caller> {
        let process = picked(&self.installers, who.installer)?;
        let threads = u32::try_from(THREADS.len()).unwrap_or(1);
        Some(Caller { process, thread: Thread(who.thread % threads) })
    }

    /// A fault of the plan; none if it is about somebody and there is nobody.
    fn planned(&self, mishap: &Mishap) -> Option<Planned> {
        let program = |pick| picked(&self.programs, pick);
        let strike = match mishap.what {
            Wrong::Fails(failure) => Strike::Fails(failure),
            Wrong::Dies => Strike::Dies,
            Wrong::Cancel => Strike::Cancel,
            Wrong::Exit(pick) => Strike::Exit(picked(&[&self.programs[..], &self.hosts[..]].concat(), pick)?),
            Wrong::Spawn(pick) => Strike::Spawn(program(pick)?),
            Wrong::Replace(old, new) => Strike::Replace(program(old)?, program(new)?),
        };
        let Mishap { by, effect, nth, within, .. } = *mishap;
        Some(Planned { at: Place { by: self.caller(by)?, effect, nth, within }, strike })
    }
}

impl Setting {
    /// The machine before the first call, in the order in which a scenario sets it up: by name.
    #[must_use]
    pub fn stage(&self) -> Staged {
        let mut cast = Cast::default();
        for directory in &self.directories {
            cast.add_directory(directory);
        }
        let programs = by_name(&self.programs, |at, _| DrawnProgram::name(at));
        let programs: Vec<_> = programs
            .into_iter()
            .map(|(at, name, drawn)| {
                let id = cast.add(program(&name, &DrawnProgram::image(at), drawn));
                (at, id, drawn.running.then_some(name))
            })
            .collect();
        let served = served(self, &mut cast);
        let installers = by_name(&self.installers, |_, drawn| drawn.name.clone());
        let installers: Vec<_> =
            installers.into_iter().map(|(at, _, drawn)| (at, cast.add(installer(drawn)), drawn)).collect();
        let mut machine = Machine::new(World::new(cast));
        let mut transcript = Transcript::default();
        let spawned = installers.into_iter().map(|(at, id, drawn)| {
            let process = machine.world.spawn(id, None);
            transcript.names.add(process, &drawn.name);
            for thread in THREADS {
                transcript.names.thread(process, thread);
            }
            machine.add(Installer::new(identity(process, drawn)));
            (at, process)
        });
        let installers = in_order(spawned.collect());
        for (_, id, name) in &programs {
            if let Some(name) = name {
                let process = machine.world.spawn(*id, None);
                transcript.names.add(process, name);
            }
        }
        if let Some(host) = served.running_host {
            let process = machine.world.spawn(host, None);
            transcript.names.add(process, HOST);
        }
        let Served { hosts, services, running, .. } = served;
        for service in running {
            machine.world.serve(service);
        }
        transcript.note_changes(&machine.world);
        let rules = Rules::new(self.policy());
        let simulation = Simulation { machine, rules, choose: NoChoice, transcript };
        let programs = in_order(programs.into_iter().map(|(at, id, _)| (at, id)).collect());
        let mut staged = Staged { simulation, installers, programs, hosts, services };
        for mishap in &self.mishaps {
            if let Some(planned) = staged.planned(mishap) {
                staged.simulation.machine.faults.add(planned);
            }
        }
        staged
    }

    /// A scenario of what was done with the machine: `rmsim run` replays it to the same bytes.
    #[must_use]
    pub fn scenario(&self, moves: &[Move], why: &str) -> String {
        written(self.stage().simulation, moves, why)
    }
}

/// Things with their places and names, in the order of their names.
fn by_name<T>(things: &[T], name: impl Fn(usize, &T) -> String) -> Vec<(usize, String, &T)> {
    let named = things.iter().enumerate().map(|(at, thing)| (at, name(at, thing), thing));
    let mut named: Vec<_> = named.collect();
    named.sort_by(|(_, one, _), (_, other, _)| one.cmp(other));
    named
}

/// What was in the order of names, in that of places.
fn in_order<T>(mut placed: Vec<(usize, T)>) -> Vec<T> {
    placed.sort_by_key(|(at, _)| *at);
    placed.into_iter().map(|(_, thing)| thing).collect()
}

fn program(name: &str, image: &str, drawn: &DrawnProgram) -> Program {
    let about = Description {
        ts_session: drawn.ts_session,
        user: user(drawn.of_other_user),
        elevated: drawn.elevated,
        console: drawn.on_shared_console.then_some(1),
        ..Description::new(name, image, drawn.app_type)
    };
    let settings = |flags| Arc::new(RestartSettings { command_line: "/again".into(), flags });
    Program {
        uses: drawn.uses.clone(),
        restart: drawn.registered.map(settings),
        behavior: drawn.behavior.clone(),
        permitted: drawn.permitted,
        launchable: drawn.launchable,
        respawn: drawn.respawn,
        ..Program::new(name, about)
    }
}

fn user(other: bool) -> Name {
    if other { "other" } else { Identity::USER }.into()
}

fn installer(drawn: &DrawnInstaller) -> Program {
    let DrawnInstaller { name, elevated, of_other_user, ts_session } = drawn;
    let image = format!(r"C:\Installers\{name}.exe");
    let (elevated, of_other_user, ts_session) = (*elevated, *of_other_user, *ts_session);
    program(name, &image, &DrawnProgram { elevated, of_other_user, ts_session, ..DrawnProgram::default() })
}

fn identity(process: UniqueProcess, drawn: &DrawnInstaller) -> Identity {
    let DrawnInstaller { elevated, of_other_user, ts_session, .. } = *drawn;
    Identity { ts_session, user: user(of_other_user), elevated, ..Identity::new(process) }
}
