//! The machine a case begins with: as a scenario would set it up, so that a case can be written as one.

mod served;

use std::sync::Arc;

use rm_core::{
    Caller, Description, Identity, Installer, Name, RestartSettings, Rules, Thread, UniqueProcess,
};
use rm_sim::choice::NoChoice;
use rm_sim::fault::{Place, Planned, Strike};
use rm_sim::transcript::Transcript;
use rm_sim::world::{Cast, Program, ProgramId, ServiceId, World};
use rm_sim::{Machine, Simulation};

use crate::calls::picked;
use crate::case::{Case, DIRECTORY, Drawn, Mishap, Setup, Who, Wrong, file};
use served::{Served, served};

/// The name of the process that several services share.
pub const HOST: &str = "host";

/// The names of an installer's threads.
pub const THREADS: [&str; 2] = ["", "other"];

/// A case ready to be played.
pub struct Stage {
    /// The machine, and the rules it is played by.
    pub simulation: Simulation<NoChoice>,
    /// The installers.
    pub installers: Vec<UniqueProcess>,
    /// The programs.
    pub programs: Vec<ProgramId>,
    /// The services.
    pub services: Vec<ServiceId>,
}

/// Sets a case up, in the order in which a scenario does.
#[must_use]
pub fn stage(case: &Case) -> Stage {
    let mut cast = Cast::default();
    cast.add_directory(&file(DIRECTORY).as_str().into());
    let add = |(at, drawn): (usize, &Drawn)| {
        cast.add(program(&format!("app{at}"), &format!(r"C:\Programs\app{at}.exe"), drawn))
    };
    let programs: Vec<_> = case.programs.iter().enumerate().map(add).collect();
    let Served { hosts, services, running } = served(case, &mut cast);
    let setups: Vec<_> = case.setups.iter().enumerate().map(|(at, setup)| installer(at, setup)).collect();
    let setups: Vec<_> = setups.into_iter().map(|setup| (setup.name.clone(), cast.add(setup))).collect();
    let mut machine = Machine::new(World::new(cast));
    let mut transcript = Transcript::default();
    let mut installers = Vec::new();
    for ((name, id), setup) in setups.into_iter().zip(&case.setups) {
        let process = machine.world.spawn(id, None);
        transcript.names.add(process, &name);
        for thread in THREADS {
            transcript.names.thread(process, thread);
        }
        machine.add(Installer::new(identity(process, setup)));
        installers.push(process);
    }
    for (at, drawn) in case.programs.iter().enumerate() {
        if drawn.running {
            let process = machine.world.spawn(programs[at], None);
            transcript.names.add(process, &format!("app{at}"));
        }
    }
    if running.iter().any(|id| case.services[id.0 as usize].shares_host) {
        let process = machine.world.spawn(hosts[0], None);
        transcript.names.add(process, HOST);
    }
    for service in running {
        machine.world.serve(service);
    }
    transcript.note_changes(&machine.world);
    for planned in case.mishaps.iter().filter_map(|mishap| planned(mishap, &installers, &programs, &hosts)) {
        machine.faults.add(planned);
    }
    let rules = Rules::new(case.policy());
    let simulation = Simulation { machine, rules, choose: NoChoice, transcript };
    Stage { simulation, installers, programs, services }
}

/// The thread that is meant.
#[must_use]
pub fn caller(installers: &[UniqueProcess], who: Who) -> Caller {
    Caller { process: installers[usize::from(who.installer) % installers.len()], thread: Thread(who.thread) }
}

/// A fault of the plan; `None` if it is about a program and there is none.
fn planned(
    mishap: &Mishap,
    installers: &[UniqueProcess],
    programs: &[ProgramId],
    hosts: &[ProgramId],
) -> Option<Planned> {
    let program = |pick: u8| picked(programs, pick);
    let strike = match mishap.what {
        Wrong::Fails(failure) => Strike::Fails(failure),
        Wrong::Dies => Strike::Dies,
        Wrong::Cancel => Strike::Cancel,
        Wrong::Exit(pick) => Strike::Exit(picked(&[programs, hosts].concat(), pick)?),
        Wrong::Spawn(pick) => Strike::Spawn(program(pick)?),
        Wrong::Replace(old, new) => Strike::Replace(program(old)?, program(new)?),
    };
    let Mishap { by, effect, nth, within, .. } = *mishap;
    Some(Planned { at: Place { by: caller(installers, by), effect, nth, within }, strike })
}

fn program(name: &str, image: &str, drawn: &Drawn) -> Program {
    let about = Description {
        ts_session: drawn.ts_session,
        user: user(drawn.of_other_user).into(),
        elevated: drawn.elevated,
        console: drawn.on_shared_console.then_some(1),
        ..Description::new(name, image, drawn.app_type)
    };
    let settings = |flags| Arc::new(RestartSettings { command_line: "/again".into(), flags });
    Program {
        uses: files(&drawn.uses),
        restart: drawn.registered.map(settings),
        behavior: drawn.behavior.clone(),
        permitted: drawn.permitted,
        launchable: drawn.launchable,
        respawn: drawn.respawn,
        ..Program::new(name, about)
    }
}

fn user(other: bool) -> &'static str {
    if other { "other" } else { Identity::USER }
}

fn files(numbers: &[u8]) -> Vec<Name> {
    numbers.iter().map(|n| file(*n).as_str().into()).collect()
}

fn installer(at: usize, setup: &Setup) -> Program {
    let name = format!("setup{at}");
    let image = format!(r"C:\Installers\{name}.exe");
    let Setup { elevated, of_other_user, ts_session } = *setup;
    program(&name, &image, &Drawn { elevated, of_other_user, ts_session, ..Drawn::default() })
}

fn identity(process: UniqueProcess, setup: &Setup) -> Identity {
    let Setup { elevated, of_other_user, ts_session } = *setup;
    Identity { ts_session, user: user(of_other_user).into(), elevated, ..Identity::new(process) }
}
