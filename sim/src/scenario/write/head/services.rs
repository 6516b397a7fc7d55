//! Services and the processes they live in.

use rm_core::{AppType, Millis, Name};

use super::super::toml::{key, list, quoted};
use super::{Ids, paths, respawns, section};
use crate::world::{Program, ServiceProgram, Starting, Stopping, World};

/// The sections of hosts that several services share, and of services, as far as a scenario can say what
/// they are: a process of its own is called as its service is.
pub(super) fn sections(text: &mut String, world: &World, ids: &mut Ids) {
    let cast = world.cast();
    let is_own = |program: &Program| cast.find_service(&Name::from(program.name.as_str())).is_some();
    let shared = cast.programs().filter(|(_, program)| program.about.is_host() && !is_own(program));
    for (id, host) in shared {
        let pid = world.processes_of(id).next().and_then(|process| ids.unusual(process));
        let image = host.about.image.to_string();
        let fields = [
            (image != ServiceProgram::SVCHOST, "image", quoted(&image)),
            paths("uses", &host.uses),
            (!host.tagging, "tagging", "false".into()),
            (pid.is_some(), "pid", pid.unwrap_or_default().to_string()),
        ];
        section(text, &format!("host.{}", key(&host.name)), &fields);
    }
    for (id, service) in cast.services() {
        if let Some(host) = cast.program(service.host) {
            service_of(text, service, host, world.serving(id).is_some());
        }
    }
}

fn service_of(text: &mut String, service: &ServiceProgram, host: &Program, running: bool) {
    let (name, about) = (service.name(), &service.about);
    let needs = about.service.as_ref().map_or(&[][..], |service| &service.depends_on);
    let needs = list(needs.iter().map(|needed| quoted(&needed.to_string())));
    let accepts_stop = about.service.as_ref().is_some_and(|service| service.accepts_stop);
    let (title, image) = (about.app_name.to_string(), host.about.image.to_string());
    let shares = host.name != name;
    let fields = [
        (title != name, "title", quoted(&title)),
        (shares, "host", quoted(&host.name)),
        (!shares && image != ServiceProgram::own_image(&name), "image", quoted(&image)),
        paths("uses", &service.uses),
        (needs != "[]", "needs", needs),
        (about.app_type == AppType::Critical, "critical", "true".into()),
        (!accepts_stop, "accepts-stop", "false".into()),
        (!service.permitted, "permitted", "false".into()),
        (!running, "running", "false".into()),
        (service.stop != Stopping::Stops(Millis(0)).into(), "stop", quoted(&service.stop.to_string())),
        (service.start != Starting::Starts(Millis(0)).into(), "start", quoted(&service.start.to_string())),
        respawns(service.respawn),
    ];
    section(text, &format!("service.{}", key(&name)), &fields);
}
