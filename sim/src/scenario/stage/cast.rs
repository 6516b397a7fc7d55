//! The cast of a scenario: its programs, services and installers, as the world knows them.

mod program;

use std::collections::BTreeMap;

use rm_core::{AppType, Description, Millis, Name, Part, Service};
use toml::Spanned;

use crate::scenario::Problem;
use crate::scenario::format::{self, File};
use crate::world::{Cast, Program, ProgramId, ServiceId, ServiceProgram, Starting, Stopping};

/// Everything that a scenario has, by its place in the cast.
pub(super) struct Called<'a> {
    pub(super) cast: Cast,
    pub(super) installers: Vec<(ProgramId, &'a Spanned<String>, &'a format::Installer)>,
    /// The programs and hosts that run from the beginning.
    pub(super) running: Vec<Wanted<'a>>,
    /// The services that run from the beginning.
    pub(super) serving: Vec<ServiceId>,
}

/// A process that runs from the beginning.
pub(super) struct Wanted<'a> {
    pub(super) program: ProgramId,
    pub(super) name: &'a Spanned<String>,
    /// The process id it wants.
    pub(super) pid: Option<u32>,
    /// How long it has run, if that is said.
    pub(super) ran: Option<Millis>,
}

/// Calls everybody.
pub(super) fn call(file: &File) -> Result<Called<'_>, Problem> {
    let mut cast = Cast::default();
    let mut running = Vec::new();
    for directory in &file.directories {
        cast.add_directory(&Name::from(directory.as_str()));
    }
    for path in &file.files {
        cast.add_file(&path.as_str().into());
    }
    for (alias, of) in &file.links {
        cast.add_link(&alias.as_str().into(), &of.as_str().into());
    }
    only_one_of_a_name(file)?;
    for (name, program) in &file.program {
        let id = cast.add(program::called(file, name.get_ref(), program)?);
        if program.running {
            running.push(Wanted { program: id, name, pid: program.pid, ran: program.ran });
        }
    }
    let (hosts, mut wanted) = hosts(file, &mut cast);
    running.append(&mut wanted);
    let serving = services(file, &hosts, &mut cast)?;
    let mut installers = Vec::new();
    for (name, installer) in &file.installer {
        installers.push((cast.add(installer_of(name.get_ref(), installer)), name, installer));
    }
    Ok(Called { cast, installers, running, serving })
}

/// A name is that of one program, host, service or installer, letter case aside.
fn only_one_of_a_name(file: &File) -> Result<(), Problem> {
    let programs = file.program.keys().map(|name| (name, "program"));
    let hosts = file.host.keys().map(|name| (name, "host"));
    let services = file.service.keys().map(|name| (name, "service"));
    let installers = file.installer.keys().map(|name| (name, "installer"));
    let mut seen = BTreeMap::new();
    for (name, what) in installers.chain(programs).chain(hosts).chain(services) {
        if let Some(other) = seen.insert(Name::from(name.get_ref().as_str()).folded(), what) {
            return Err(Problem::new(name.span(), format!("there is a {other} called `{}`", name.get_ref())));
        }
    }
    Ok(())
}

/// The hosts by name, and those that run from the beginning whether or not a service does.
type Hosts<'a> = (BTreeMap<&'a str, ProgramId>, Vec<Wanted<'a>>);

fn hosts<'a>(file: &'a File, cast: &mut Cast) -> Hosts<'a> {
    let (mut hosts, mut running) = (BTreeMap::new(), Vec::new());
    for (name, host) in &file.host {
        let image = host.image.as_deref().unwrap_or(ServiceProgram::SVCHOST);
        let id = cast.add(Program {
            uses: paths(&host.uses),
            tagging: host.tagging,
            ..Program::new(name.get_ref(), ServiceProgram::of_system(name.get_ref(), image))
        });
        hosts.insert(name.get_ref().as_str(), id);
        let is_needed = |service: &format::Service| {
            service.running && service.host.as_ref().is_some_and(|host| host.get_ref() == name.get_ref())
        };
        if file.service.values().any(is_needed) {
            running.push(Wanted { program: id, name, pid: host.pid, ran: None });
        }
    }
    (hosts, running)
}

fn services(
    file: &File,
    hosts: &BTreeMap<&str, ProgramId>,
    cast: &mut Cast,
) -> Result<Vec<ServiceId>, Problem> {
    let mut serving = Vec::new();
    for (name, service) in &file.service {
        for needed in &service.needs {
            if !file.service.keys().any(|other| other.get_ref() == needed.get_ref()) {
                let message = format!("there is no service `{}`", needed.get_ref());
                return Err(Problem::new(needed.span(), message));
            }
        }
        let host = match (&service.host, &service.image) {
            (Some(host), None) => *hosts
                .get(host.get_ref().as_str())
                .ok_or_else(|| Problem::new(host.span(), format!("there is no host `{}`", host.get_ref())))?,
            (Some(_), Some(image)) => {
                return Err(Problem::new(image.span(), "a service that shares a host has the image of that"));
            }
            (None, image) => {
                let made_up = || ServiceProgram::own_image(name.get_ref());
                let image = image.as_ref().map_or_else(made_up, |image| image.get_ref().clone());
                cast.add(Program::new(name.get_ref(), ServiceProgram::of_system(name.get_ref(), &image)))
            }
        };
        let id = cast.add_service(service_of(name.get_ref(), service, host, cast)?);
        if service.running {
            serving.push(id);
        }
    }
    Ok(serving)
}

fn service_of(
    name: &str,
    service: &format::Service,
    host: ProgramId,
    cast: &Cast,
) -> Result<ServiceProgram, Problem> {
    let image = cast.program(host).map(|program| program.about.image.to_string()).unwrap_or_default();
    let about = Description {
        app_type: if service.critical { AppType::Critical } else { AppType::Service },
        service: Some(Service {
            name: name.into(),
            depends_on: service.needs.iter().map(|needed| needed.get_ref().as_str().into()).collect(),
            accepts_stop: service.accepts_stop,
        }),
        ..ServiceProgram::of_system(service.title.as_deref().unwrap_or(name), &image)
    };
    Ok(ServiceProgram {
        about: Part::new(about),
        host,
        uses: paths(&service.uses),
        stop: service.stop.clone().unwrap_or(Stopping::Stops(Millis(0)).into()),
        start: service.start.clone().unwrap_or(Starting::Starts(Millis(0)).into()),
        permitted: service.permitted,
        respawn: service.respawn.as_ref().map(program::respawn).transpose()?,
    })
}

fn installer_of(name: &str, installer: &format::Installer) -> Program {
    let about = Description {
        ts_session: installer.ts_session(),
        user: installer.user().into(),
        elevated: installer.elevated,
        ..Description::new(name, format!(r"C:\Installers\{name}.exe").as_str(), AppType::MainWindow)
    };
    Program { uses: paths(&installer.uses), ..Program::new(name, about) }
}

fn paths(paths: &[String]) -> Vec<Name> {
    paths.iter().map(|path| path.as_str().into()).collect()
}
