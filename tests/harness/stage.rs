//! The machine a case begins with: as a scenario would set it up, so that a case can be written as one.

use std::sync::Arc;

use rm_core::{Caller, Description, Identity, Installer, RestartSettings, Rules, Thread, UniqueProcess};
use rm_sim::choice::NoChoice;
use rm_sim::fault::{Place, Planned, Strike};
use rm_sim::transcript::Transcript;
use rm_sim::world::{Cast, Program, ProgramId, World};
use rm_sim::{Machine, Simulation};

use crate::case::{Case, DIRECTORY, Drawn, INSTALLERS, Mishap, Who, Wrong, file};

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
}

/// Sets a case up.
#[must_use]
pub fn stage(case: &Case) -> Stage {
    let mut cast = Cast::default();
    cast.add_directory(&file(DIRECTORY).as_str().into());
    let add = |(at, drawn): (usize, &Drawn)| {
        cast.add(program(&format!("app{at}"), &format!(r"C:\Programs\app{at}.exe"), drawn))
    };
    let programs: Vec<_> = case.programs.iter().enumerate().map(add).collect();
    let setups: Vec<_> = (0..INSTALLERS)
        .map(|at| {
            let name = format!("setup{at}");
            let image = format!(r"C:\Installers\{name}.exe");
            (cast.add(program(&name, &image, &Drawn::default())), name)
        })
        .collect();
    let mut machine = Machine::new(World::new(cast));
    let mut transcript = Transcript::default();
    let mut installers = Vec::new();
    for (id, name) in setups {
        let process = machine.world.spawn(id, None);
        transcript.names.add(process, &name);
        for thread in THREADS {
            transcript.names.thread(process, thread);
        }
        machine.add(Installer::new(Identity::new(process)));
        installers.push(process);
    }
    for (at, drawn) in case.programs.iter().enumerate() {
        if drawn.running {
            let process = machine.world.spawn(programs[at], None);
            transcript.names.add(process, &format!("app{at}"));
        }
    }
    for planned in case.mishaps.iter().filter_map(|mishap| planned(mishap, &installers, &programs)) {
        machine.faults.add(planned);
    }
    let rules = Rules::new(case.policy());
    Stage { simulation: Simulation { machine, rules, choose: NoChoice, transcript }, installers, programs }
}

/// The thread that is meant.
#[must_use]
pub fn caller(installers: &[UniqueProcess], who: Who) -> Caller {
    Caller { process: installers[usize::from(who.installer) % installers.len()], thread: Thread(who.thread) }
}

/// A fault of the plan; `None` if it is about a program and there is none.
fn planned(mishap: &Mishap, installers: &[UniqueProcess], programs: &[ProgramId]) -> Option<Planned> {
    let program = |pick: u8| programs.get(usize::from(pick).checked_rem(programs.len())?).copied();
    let strike = match mishap.what {
        Wrong::Fails(failure) => Strike::Fails(failure),
        Wrong::Dies => Strike::Dies,
        Wrong::Cancel => Strike::Cancel,
        Wrong::Exit(pick) => Strike::Exit(program(pick)?),
        Wrong::Spawn(pick) => Strike::Spawn(program(pick)?),
        Wrong::Replace(old, new) => Strike::Replace(program(old)?, program(new)?),
    };
    let Mishap { by, effect, nth, within, .. } = *mishap;
    Some(Planned { at: Place { by: caller(installers, by), effect, nth, within }, strike })
}

fn program(name: &str, image: &str, drawn: &Drawn) -> Program {
    let about = Description { ts_session: drawn.ts_session, ..Description::new(name, image, drawn.app_type) };
    let settings = |flags| Arc::new(RestartSettings { command_line: "/again".into(), flags });
    Program {
        uses: drawn.uses.iter().map(|n| file(*n).as_str().into()).collect(),
        restart: drawn.registered.map(settings),
        behavior: drawn.behavior.clone(),
        permitted: drawn.permitted,
        launchable: drawn.launchable,
        ..Program::new(name, about)
    }
}
