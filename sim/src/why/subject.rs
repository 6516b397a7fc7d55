//! What an account is about: all processes of a program or one of them, a service, or the services of a
//! process that hosts them.

use rm_core::rules::Citation;
use rm_core::{AppId, UniqueProcess, rule};

use super::facts::Facts;
use super::{Statement, listed, named};
use crate::transcript::Names;
use crate::world::{ServiceProgram, World};

/// What was asked about.
pub(super) struct Subject {
    /// The name that was asked for.
    pub(super) name: String,
    /// The applications: processes, the oldest first, or services.
    pub(super) apps: Vec<AppId>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Program,
    Service,
    Host,
}

/// A name that no program, no service and no process of the run has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing in this scenario is called `{name}`{}; there {}", nearest_is(.nearest.as_ref()), there_is(.known))]
pub struct Unknown {
    /// What was looked for.
    pub name: String,
    /// What there is that is most like it, if anything is.
    pub nearest: Option<String>,
    /// What there is.
    pub known: Vec<String>,
}

impl Subject {
    /// The service with this short name, letter case aside; else the program; else the process. A program's
    /// first process has the program's name, and the program is meant.
    pub(super) fn find(name: &str, facts: &Facts<'_>) -> Result<Self, Unknown> {
        let (names, cast) = (&facts.transcript.names, facts.world.cast());
        if let Some(service) = facts.service(&name.into()) {
            return Ok(Self { name: service.name(), apps: vec![service.id()], kind: Kind::Service });
        }
        let program = cast.find(name);
        let is_meant = |(process, called): &(UniqueProcess, &str)| {
            if program.is_some() { names.base_of(*process) == name } else { *called == name }
        };
        let mut processes: Vec<_> = names.processes().filter(is_meant).map(|(process, _)| process).collect();
        processes.sort_by_key(|process| process.start_time);
        if program.is_none() && processes.is_empty() {
            return Err(Unknown::new(name, names, facts.world));
        }
        let host = program.or_else(|| cast.find(&names.base_of(*processes.first()?)));
        let hosted = cast.services().map(|(_, service)| service).filter(|one| Some(one.host) == host);
        let hosted: Vec<_> = hosted.map(ServiceProgram::id).collect();
        if hosted.is_empty() {
            let apps = processes.into_iter().map(AppId::from).collect();
            return Ok(Self { name: name.into(), apps, kind: Kind::Program });
        }
        let lived = |id: &AppId| facts.processes_of(id).iter().any(|host| processes.contains(host));
        let apps = hosted.into_iter().filter(|id| program.is_some() || lived(id)).collect();
        Ok(Self { name: name.into(), apps, kind: Kind::Host })
    }

    /// Whether it is a process that hosts services: what is told is told of them.
    pub(super) fn is_host(&self) -> bool {
        self.kind == Kind::Host
    }

    /// What there is to know of services beforehand: where they live, and who needs whom.
    pub(super) fn about(&self, facts: &Facts<'_>) -> Option<Statement> {
        match (self.kind, self.apps.first()) {
            (Kind::Host, _) => {
                let text = format!(
                    "{} hosts services, and is stopped service by service: {}.",
                    self.name,
                    named(facts, &self.apps)
                );
                Some(Statement::new(text, [Citation::Rule(rule!("RM-SHUT-43"))]))
            }
            (Kind::Service, Some(AppId::Service(name))) => {
                Some(Statement::new(service(facts, facts.service(name)?), []))
            }
            _ => None,
        }
    }

    /// That nothing of it ever ran.
    pub(super) const fn never_ran(&self) -> &'static str {
        match self.kind {
            Kind::Program => "no process of it ever ran",
            Kind::Service => "it never ran",
            Kind::Host => "no service in it ever ran",
        }
    }
}

/// Where a service lives, with whom, and who needs whom.
fn service(facts: &Facts<'_>, service: &ServiceProgram) -> String {
    let cast = facts.world.cast();
    let host = cast.program(service.host).map_or("", |host| &host.name);
    let all = || cast.services().map(|(_, other)| other);
    let called =
        |some: Vec<&ServiceProgram>| listed(&some.into_iter().map(ServiceProgram::name).collect::<Vec<_>>());
    let neighbors: Vec<_> =
        all().filter(|other| other.host == service.host && other.about != service.about).collect();
    let needed: Vec<_> = all().filter(|other| other.about.is_needed_by(&service.about)).collect();
    let needing: Vec<_> = all().filter(|other| service.about.is_needed_by(&other.about)).collect();
    let lives = if neighbors.is_empty() {
        "in a process of its own".into()
    } else {
        format!("in {host}, with {}", called(neighbors))
    };
    let mut text = format!("{} is a service {lives}", service.name());
    if !needed.is_empty() {
        text.push_str(&format!("; it needs {}", called(needed)));
    }
    if !needing.is_empty() {
        let need = if needing.len() == 1 { "needs" } else { "need" };
        text.push_str(&format!("; {} {need} it", called(needing)));
    }
    text + "."
}

impl Unknown {
    fn new(name: &str, names: &Names, world: &World) -> Self {
        let programs = world.cast().programs().map(|(_, program)| program.name.clone());
        let services = world.cast().services().map(|(_, service)| service.name());
        let processes = names.processes().map(|(_, name)| name.to_string());
        let mut known: Vec<_> = programs.chain(services).chain(processes).collect();
        known.sort();
        known.dedup();
        let folded = name.to_lowercase();
        let like = |known: &str| strsim::normalized_damerau_levenshtein(&folded, &known.to_lowercase());
        let nearest = known.iter().filter(|known| like(known) > 0.5);
        let nearest = nearest.max_by(|a, b| like(a).total_cmp(&like(b))).cloned();
        Self { name: name.into(), nearest, known }
    }
}

fn nearest_is(nearest: Option<&String>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; the nearest: `{nearest}`"))
}

fn there_is(known: &[String]) -> String {
    let quoted: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [one] => format!("is {one}"),
        _ => format!("are {}", listed(&quoted)),
    }
}
