//! The services of a case, and the processes they live in.

use std::sync::Arc;

use rm_core::{AppType, Description, Service};
use rm_sim::world::{Cast, Program, ProgramId, ServiceId, ServiceProgram};

use super::{HOST, files};
use crate::case::{Case, DrawnService, service};

/// The services as the cast knows them.
pub(super) struct Served {
    /// The programs of the processes they live in; first that which several share, if any does.
    pub(super) hosts: Vec<ProgramId>,
    pub(super) services: Vec<ServiceId>,
    /// Those that run from the beginning.
    pub(super) running: Vec<ServiceId>,
}

/// Adds the services of a case to its cast.
pub(super) fn served(case: &Case, cast: &mut Cast) -> Served {
    let mut hosts = Vec::new();
    if case.services.iter().any(|drawn| drawn.shares_host) {
        let about = ServiceProgram::of_system(HOST, ServiceProgram::SVCHOST);
        let (uses, tagging) = (files(&case.host.uses), case.host.tagging);
        hosts.push(cast.add(Program { uses, tagging, ..Program::new(HOST, about) }));
    }
    let mut services = Vec::new();
    for (at, drawn) in (0..).zip(&case.services) {
        let (name, image) = (service(at), ServiceProgram::own_image(&service(at)));
        let host = if drawn.shares_host {
            hosts[0]
        } else {
            let host = cast.add(Program::new(&name, ServiceProgram::of_system(&name, &image)));
            hosts.push(host);
            host
        };
        let image = cast.program(host).map(|program| program.about.image.to_string()).unwrap_or_default();
        services.push(cast.add_service(program(at, drawn, host, &image)));
    }
    let running = services.iter().copied().zip(0..).filter(|(_, at)| runs(case, *at));
    Served { hosts, running: running.map(|(id, _)| id).collect(), services }
}

/// The services that one needs: of those drawn, the ones before it.
fn needed(drawn: &DrawnService, at: u8) -> impl Iterator<Item = u8> {
    drawn.needs.iter().copied().filter(move |needed| *needed < at)
}

/// Whether a service runs from the beginning: by itself, or because one that runs needs it.
fn runs(case: &Case, at: u8) -> bool {
    let later = (0..).zip(&case.services).skip(usize::from(at) + 1);
    let needing = later.filter(|(other, drawn)| needed(drawn, *other).any(|one| one == at));
    case.services[usize::from(at)].running
        || needing.map(|(other, _)| other).any(|other: u8| runs(case, other))
}

fn program(at: u8, drawn: &DrawnService, host: ProgramId, image: &str) -> ServiceProgram {
    let name = service(at);
    let about = Description {
        app_type: if drawn.critical { AppType::Critical } else { AppType::Service },
        service: Some(Service {
            name: name.as_str().into(),
            depends_on: needed(drawn, at).map(|one| service(one).as_str().into()).collect(),
            accepts_stop: drawn.accepts_stop,
        }),
        ..ServiceProgram::of_system(&name, image)
    };
    ServiceProgram {
        about: Arc::new(about),
        host,
        uses: files(&drawn.uses),
        stop: drawn.stop.clone(),
        start: drawn.start.clone(),
        permitted: drawn.permitted,
        respawn: drawn.respawn,
    }
}
