//! Sets the stage: the machine a scenario begins with.

mod cast;
mod policy;

use rm_core::rules::Rule;
use rm_core::{Identity, Installer, Rules, UniqueProcess};
use toml::Spanned;

use super::Problem;
use super::format::{self, File};
use crate::choice::Script;
use crate::machine::Machine;
use crate::simulation::Simulation;
use crate::transcript::{Event, Runs, Transcript};
use crate::world::{ProgramId, ServiceId, World};

/// The machine as the scenario describes it, ready for the first step.
pub(super) fn set(file: &File) -> Result<Simulation<Script>, Problem> {
    let rules = Rules::new(policy::policy(file)?);
    for rule in &file.rules {
        if Rule::find(rule.get_ref()).is_none() {
            return Err(Problem::new(rule.span(), format!("there is no rule `{}`", rule.get_ref())));
        }
    }
    for number in file.logged_on.keys() {
        if number.get_ref().parse::<u32>().is_err() {
            let message = format!("`{}` is no number of a terminal session", number.get_ref());
            return Err(Problem::new(number.span(), message));
        }
    }
    let called = cast::call(file)?;
    let mut machine = Machine::new(World::new(called.cast));
    let mut transcript = Transcript::default();
    transcript.add(None, Event::Note(file.why.clone()));
    for (id, name, installer) in called.installers {
        let process = start(&mut machine, &mut transcript, id, name, installer.pid)?;
        machine.add(Installer::new(identity(file, installer, process)));
    }
    for wanted in called.running {
        let process = start(&mut machine, &mut transcript, wanted.program, wanted.name, wanted.pid)?;
        if let Some(ran) = wanted.ran {
            machine.world.has_run(process, ran);
        }
    }
    for service in called.serving {
        machine.world.serve(service);
    }
    transcript.note_changes(&machine.world);
    for service in machine.world.cast().services().map(|(id, _)| id).collect::<Vec<_>>() {
        serves(&machine.world, &mut transcript, service);
    }
    Ok(Simulation { machine, rules, choose: Script::default(), transcript })
}

fn identity(file: &File, installer: &format::Installer, process: UniqueProcess) -> Identity {
    Identity {
        ts_session: installer.ts_session(),
        user: installer.user().into(),
        logged_on: file.logged_on(installer.ts_session()).into(),
        elevated: installer.elevated,
        service: installer.service,
        ..Identity::new(process)
    }
}

fn start(
    machine: &mut Machine,
    transcript: &mut Transcript,
    program: ProgramId,
    name: &Spanned<String>,
    pid: Option<u32>,
) -> Result<UniqueProcess, Problem> {
    if pid.is_some_and(|pid| machine.world.processes().any(|process| process.id.id == pid)) {
        return Err(Problem::new(name.span(), format!("the process id of `{}` is taken", name.get_ref())));
    }
    let process = machine.world.spawn(program, pid);
    transcript.names.add(process, name.get_ref());
    if let Some(program) = machine.world.cast().program(program) {
        let (about, restart) = (program.about.clone(), program.restart.clone());
        transcript.add(None, Event::Runs(Runs { process, about, restart, uses: program.uses.clone() }));
    }
    Ok(process)
}

/// Writes down that a service runs, if it does.
fn serves(world: &World, transcript: &mut Transcript, service: ServiceId) {
    let (Some(running), Some(program)) = (world.serving(service), world.cast().service(service)) else {
        return;
    };
    let (about, uses) = (program.about.clone(), program.uses.clone());
    transcript.add(None, Event::Runs(Runs { process: running.host, about, restart: None, uses }));
}
