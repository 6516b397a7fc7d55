//! Who would come back if somebody called `RmRestart` now: those that are forgotten if nobody does.

use rm_core::{AppId, AppStatus, Call, Caller, Effect, Role, SessionHandle};

use super::bench::Bench;
use crate::choice::Choose;
use crate::fault::FaultPlan;
use crate::simulation::Simulation;
use crate::transcript::{Event, Line, Transcript};
use crate::world::World;

/// The programs and services that a restart on this session would bring back, by name. It is tried on a
/// copy of the machine: the model says who, and nothing here has to know.
pub(super) fn by<C: Choose + Clone>(
    simulation: &Simulation<C>,
    who: Caller,
    session: SessionHandle,
) -> Vec<String> {
    let known = simulation.machine.installer(who.process).and_then(|it| it.library().sessions.get(&session));
    if known.is_none_or(|session| session.seat.role != Role::Primary || session.busy.is_some()) {
        return Vec::new();
    }
    let mut copy = Simulation { transcript: Transcript::silent(), ..simulation.clone() };
    copy.machine.faults = FaultPlan::default();
    let before = up(&copy.machine.world);
    // One that cannot go on brings nobody back.
    let _ = copy.call(who, Call::Restart { session, flags: 0, callback: false });
    up(&copy.machine.world).into_iter().filter(|name| !before.contains(name)).collect()
}

/// Whatever was stopped, could come back and does not run.
pub(super) fn forgotten(bench: &Bench) -> Vec<String> {
    let simulation = &bench.simulation;
    let mut names = bench.left_behind.clone();
    for (process, installer) in simulation.machine.installers() {
        let free = (0..).map(rm_core::Thread).find(|thread| !installer.tasks().contains_key(thread));
        let Some(thread) = free else { continue };
        let who = Caller { process: *process, thread };
        names.extend(installer.library().sessions.keys().flat_map(|session| by(simulation, who, *session)));
    }
    let running = up(&simulation.machine.world);
    names.retain(|name| !running.contains(name) && !came_back(name, simulation));
    names.sort();
    names.dedup();
    names
}

/// Whether something ran again after it was stopped, whoever started it: if it has gone since, that is its own
/// affair.
fn came_back<C>(name: &str, simulation: &Simulation<C>) -> bool {
    let (lines, names) = (&simulation.transcript.lines, &simulation.transcript.names);
    let of = |id: &AppId| match id {
        AppId::Process(process) => names.base_of(*process),
        AppId::Service(service) => service.to_string(),
    };
    let is_stopped =
        |status: AppStatus| status.contains(AppStatus::STOPPED) || status.contains(AppStatus::STOPPED_OTHER);
    let stopped = lines.iter().enumerate().rev().find_map(|(at, line)| match &line.event {
        Event::Did(Effect::Settle(settled), _) => {
            let it = settled.iter().find(|one| is_stopped(one.status) && of(&one.id) == name)?;
            Some((at, &it.id))
        }
        _ => None,
    });
    let Some((settled, id)) = stopped else { return false };
    let exited = |line: &Line| matches!(&line.event, Event::Exited(gone) if gone == id);
    let gone = lines.iter().take(settled).rposition(exited).unwrap_or(settled);
    lines.iter().skip(gone).any(|line| match &line.event {
        Event::Started(process) => names.base_of(*process) == name,
        Event::Serves(service, _) => service == name,
        _ => false,
    })
}

/// The programs and services that run, by name. The host of a service goes without saying.
fn up(world: &World) -> Vec<String> {
    let programs = world.processes().filter_map(|process| world.cast().program(process.program));
    let programs = programs.filter(|program| !program.about.is_host());
    let services = world.cast().services().filter(|(id, _)| world.serving(*id).is_some());
    programs.map(|program| program.name.clone()).chain(services.map(|(_, service)| service.name())).collect()
}
