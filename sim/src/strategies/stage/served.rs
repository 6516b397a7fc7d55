//! The services of a setting, and the processes they live in.

use std::collections::BTreeSet;

use rm_core::{AppType, Description, Part, Service};

use super::{HOST, by_name, in_order};
use crate::strategies::{DrawnService, Setting};
use crate::world::{Cast, Program, ProgramId, ServiceId, ServiceProgram};

/// The services as the cast knows them.
pub(super) struct Served {
    /// The programs of the processes they live in; first that which several share, if any does.
    pub(super) hosts: Vec<ProgramId>,
    /// The services, in the order of the setting.
    pub(super) services: Vec<ServiceId>,
    /// Those that run from the beginning, in the order of their names.
    pub(super) running: Vec<ServiceId>,
    /// The process that several share, if it runs from the beginning.
    pub(super) running_host: Option<ProgramId>,
}

/// Adds the services of a setting to its cast.
pub(super) fn served(setting: &Setting, cast: &mut Cast) -> Served {
    let shared = setting.services.iter().any(|drawn| drawn.shares_host).then(|| {
        let about = ServiceProgram::of_system(HOST, ServiceProgram::SVCHOST);
        let (uses, tagging) = (setting.host.uses.clone(), setting.host.tagging);
        cast.add(Program { uses, tagging, ..Program::new(HOST, about) })
    });
    let mut hosts = Vec::from_iter(shared);
    let runs = runs(&setting.services);
    let (mut services, mut running, mut running_host) = (Vec::new(), Vec::new(), None);
    for (at, name, drawn) in by_name(&setting.services, |at, _| DrawnService::name(at)) {
        let shared = shared.filter(|_| drawn.shares_host);
        let host = shared.unwrap_or_else(|| {
            let about = ServiceProgram::of_system(&name, &ServiceProgram::own_image(&name));
            let host = cast.add(Program::new(&name, about));
            hosts.push(host);
            host
        });
        let image = cast.program(host).map(|program| program.about.image.to_string()).unwrap_or_default();
        let id = cast.add_service(program(at, drawn, host, &image));
        services.push((at, id));
        if runs.contains(&at) {
            running.push(id);
            running_host = running_host.or(shared);
        }
    }
    Served { hosts, services: in_order(services), running, running_host }
}

/// The services that run from the beginning: by themselves, or because one that runs needs them.
fn runs(services: &[DrawnService]) -> BTreeSet<usize> {
    let mut runs = BTreeSet::new();
    for (at, drawn) in services.iter().enumerate().rev() {
        if drawn.running || runs.contains(&at) {
            runs.insert(at);
            runs.extend(drawn.needed(at));
        }
    }
    runs
}

fn program(at: usize, drawn: &DrawnService, host: ProgramId, image: &str) -> ServiceProgram {
    let name = DrawnService::name(at);
    let needed = drawn.needed(at).map(DrawnService::name);
    let about = Description {
        app_type: if drawn.critical { AppType::Critical } else { AppType::Service },
        service: Some(Service {
            name: name.as_str().into(),
            depends_on: needed.map(|one| one.as_str().into()).collect(),
            accepts_stop: drawn.accepts_stop,
        }),
        ..ServiceProgram::of_system(&name, image)
    };
    ServiceProgram {
        about: Part::new(about),
        host,
        uses: drawn.uses.clone(),
        stop: drawn.stop.clone(),
        start: drawn.start.clone(),
        permitted: drawn.permitted,
        respawn: drawn.respawn,
    }
}
