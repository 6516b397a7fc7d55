//! Services and the service control manager: which run, in which process, and how they stop and start.

use std::collections::BTreeSet;

use rm_core::{
    Affected, AppId, AppType, Description, Fault, Millis, Name, Outcome, Part, ServiceQuery, Serving, Tag,
    UniqueProcess,
};

use super::behavior::{InTurn, Open, Starting, Stopping};
use super::respawn::{Respawn, Supervised};
use super::touched::touch;
use super::{Cast, ProgramId, World};
use crate::choice::{Choice, Choose};

/// A service that can run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceProgram {
    /// What the machine says of it; its short name is the name that scenarios know it by.
    pub about: Part<Description>,
    /// The program of its host process.
    pub host: ProgramId,
    /// The files it holds while it runs.
    pub uses: Vec<Name>,
    /// How it answers the stop control.
    pub stop: InTurn<Stopping>,
    /// How it starts.
    pub start: InTurn<Starting>,
    /// Whether installers may stop it.
    pub permitted: bool,
    /// What the service control manager does when it has gone: its recovery action.
    pub respawn: Option<Respawn>,
}

/// What the service control manager has a service do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Control {
    Stop,
    Start,
}

/// Which service, by its place in the cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(pub u32);

/// A service that is not stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Running {
    /// The process it lives in.
    pub host: UniqueProcess,
    /// Whether it is on the way to another state.
    pub phase: Phase,
}

/// Where a service stands that is not stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// It starts, and runs after this time; never, if it hangs on the way.
    Starting(Option<Millis>),
    /// It runs.
    Running,
    /// It stops, and has stopped after this time; never, if it hangs.
    Stopping(Option<Millis>),
}

impl Phase {
    /// That of a service that runs after this time, or never.
    const fn on_the_way(after: Option<Millis>) -> Self {
        if matches!(after, Some(Millis(0))) { Self::Running } else { Self::Starting(after) }
    }
}

impl ServiceProgram {
    /// The executable of the processes that services share.
    pub const SVCHOST: &str = r"C:\Windows\System32\svchost.exe";

    /// The executable of a service that has a process of its own, unless it has another.
    #[must_use]
    pub fn own_image(name: &str) -> String {
        format!(r"C:\Services\{name}.exe")
    }

    /// What the machine says of a process of services: of the system, in terminal session 0.
    #[must_use]
    pub fn of_system(title: &str, image: &str) -> Description {
        Description {
            ts_session: 0,
            user: "SYSTEM".into(),
            elevated: true,
            ..Description::new(title, image, AppType::Service)
        }
    }

    /// Its short name.
    #[must_use]
    pub fn name(&self) -> String {
        self.about.service.as_ref().map(|service| service.name.to_string()).unwrap_or_default()
    }

    /// Which application it is.
    #[must_use]
    pub fn id(&self) -> AppId {
        self.about
            .service
            .as_ref()
            .map_or(AppId::Process(UniqueProcess::NONE), |service| AppId::Service(service.name.clone()))
    }
}

impl Cast {
    /// Adds a service.
    pub fn add_service(&mut self, service: ServiceProgram) -> ServiceId {
        let id = ServiceId(u32::try_from(self.services.len()).unwrap_or(u32::MAX));
        for file in &service.uses {
            self.served.entry(file.folded()).or_default().push(id);
        }
        self.services.push(service);
        id
    }

    /// The service in this place.
    #[must_use]
    pub fn service(&self, id: ServiceId) -> Option<&ServiceProgram> {
        self.services.get(usize::try_from(id.0).ok()?)
    }

    /// Every service with its place.
    pub fn services(&self) -> impl Iterator<Item = (ServiceId, &ServiceProgram)> {
        (0..).map(ServiceId).zip(&self.services).inspect(|_| touch())
    }

    /// The service of this short name.
    #[must_use]
    pub fn find_service(&self, name: &Name) -> Option<ServiceId> {
        self.services().find(|(_, service)| service.about.is_called(name)).map(|(id, _)| id)
    }

    /// The services that need another one, each with its place.
    fn needing(&self, needed: ServiceId) -> impl Iterator<Item = ServiceId> {
        let needed = self.service(needed).map(|service| service.about.clone());
        let needs =
            move |other: &ServiceProgram| needed.as_ref().is_some_and(|one| one.is_needed_by(&other.about));
        self.services().filter(move |(_, other)| needs(other)).map(|(id, _)| id)
    }
}

impl World {
    /// A service that is not stopped.
    #[must_use]
    pub fn serving(&self, service: ServiceId) -> Option<&Running> {
        self.scene.serving.get(&service)
    }

    /// The services that are not stopped, by their places.
    pub(crate) fn serving_now(&self) -> impl Iterator<Item = ServiceId> {
        self.scene.serving.keys().copied()
    }

    /// The name of a service that is not stopped, and the process it is in.
    pub(crate) fn where_it_serves(&self, service: ServiceId) -> Option<(String, UniqueProcess)> {
        Some((self.scene.cast.service(service)?.name(), self.scene.serving.get(&service)?.host))
    }

    /// Whether the service of this short name is not stopped.
    #[must_use]
    pub fn serves(&self, name: &Name) -> bool {
        self.scene.cast.find_service(name).is_some_and(|service| self.scene.serving.contains_key(&service))
    }

    /// The services that are not stopped.
    pub fn services(&self) -> impl Iterator<Item = AppId> {
        self.scene.serving.keys().filter_map(|service| Some(self.scene.cast.service(*service)?.id()))
    }

    /// The services that live in a process.
    pub fn hosted(&self, host: UniqueProcess) -> impl Iterator<Item = ServiceId> {
        self.scene
            .serving
            .iter()
            .inspect(|_| touch())
            .filter(move |(_, running)| running.host == host)
            .map(|(id, _)| *id)
    }

    /// Starts a service at once, and those that it needs before it.
    pub fn serve(&mut self, service: ServiceId) -> Option<UniqueProcess> {
        self.begin_service(service, Phase::Running)
    }

    /// Stops a service at once. Its host goes with the last of its services.
    pub fn stop(&mut self, service: ServiceId) {
        let Some(stopped) = self.scene.serving.remove(&service) else { return };
        if self.hosted(stopped.host).next().is_none() {
            self.end(stopped.host);
        }
        self.lost(Supervised::Service(service), stopped.host);
    }

    fn begin_service(&mut self, service: ServiceId, phase: Phase) -> Option<UniqueProcess> {
        let program = self.scene.cast.service(service)?;
        let (host, about) = (program.host, program.about.clone());
        let needed: Vec<_> =
            self.scene.cast.services().filter(|(_, other)| other.about.is_needed_by(&about)).collect();
        let stopped: Vec<_> =
            needed.into_iter().map(|(id, _)| id).filter(|id| !self.scene.serving.contains_key(id)).collect();
        // Not yet entered: a service that needs itself would be started for ever.
        let running = self.processes_of(host).next();
        let process = running.unwrap_or_else(|| self.spawn(host, None));
        self.scene.serving.insert(service, Running { host: process, phase });
        for service in stopped {
            let begins =
                |world: &Self| world.until_it_runs(service, &mut BTreeSet::new()).map(Phase::on_the_way);
            let phase = if phase == Phase::Running { Some(phase) } else { begins(self) };
            self.begin_service(service, phase?);
        }
        Some(process)
    }

    /// How long it takes until a service runs that is started now, and those that it needs with it: never,
    /// if one hangs on the way. `None` if it cannot be started at all.
    fn until_it_runs(&self, service: ServiceId, seen: &mut BTreeSet<ServiceId>) -> Option<Option<Millis>> {
        match self.scene.serving.get(&service).map(|running| running.phase) {
            Some(Phase::Running) => return Some(Some(Millis(0))),
            Some(Phase::Starting(left)) => return Some(left),
            Some(Phase::Stopping(_)) => return None,
            None => {}
        }
        let program = self.scene.cast.service(service)?;
        let own = match self.turn_of(service, Control::Start, &program.start) {
            Starting::Fails => return None,
            Starting::Starts(after) => Some(after),
            Starting::Never => None,
        };
        let mut waits = Some(Millis(0));
        if seen.insert(service) {
            for (needed, _) in
                self.scene.cast.services().filter(|(_, other)| other.about.is_needed_by(&program.about))
            {
                let needed = self.until_it_runs(needed, seen)?;
                waits = waits.zip(needed).map(|(one, other)| one.max(other));
            }
        }
        let sum = |(waits, own): (Millis, Millis)| Millis(waits.0.saturating_add(own.0));
        Some(waits.zip(own).map(sum))
    }

    /// The hosts of services that use a file.
    pub(super) fn hosts_using<'a>(&'a self, file: &Name) -> impl Iterator<Item = UniqueProcess> + use<'a> {
        let services = self.scene.cast.served.get(file).into_iter().flatten();
        services.filter_map(|service| Some(self.scene.serving.get(service)?.host))
    }

    /// The services that an installer looks for, and those that need them, each once.
    pub(super) fn query(&self, caller: UniqueProcess, query: &ServiceQuery) -> Vec<Serving> {
        let named = query.names.iter().filter_map(|name| self.scene.cast.find_service(name));
        let hosted = query.hosts.iter().flat_map(|host| self.hosted(*host));
        let mut left: Vec<_> = named.chain(hosted).collect();
        let mut found = BTreeSet::new();
        while let Some(service) = left.pop() {
            if found.insert(service) {
                left.extend(
                    self.scene
                        .cast
                        .needing(service)
                        .filter(|needing| self.scene.serving.contains_key(needing)),
                );
            }
        }
        let files: BTreeSet<_> = query.files.iter().map(Name::folded).collect();
        found.into_iter().filter_map(|service| self.tagged(caller, service, &files)).collect()
    }

    fn tagged(&self, caller: UniqueProcess, service: ServiceId, files: &BTreeSet<Name>) -> Option<Serving> {
        let program = self.scene.cast.service(service)?;
        let host = self.scene.serving.get(&service).map(|running| running.host);
        let shares_process = host.is_some_and(|host| self.hosted(host).nth(1).is_some());
        let uses = |uses: &[Name]| uses.iter().any(|file| files.contains(&file.folded()));
        let host_program = self.scene.cast.program(program.host)?;
        // What the host itself holds belongs to none of its services.
        let fails = shares_process && (!host_program.tagging || uses(&host_program.uses));
        let tag = match (fails, uses(&program.uses) || (!shares_process && uses(&host_program.uses))) {
            (true, _) => Tag::Failed,
            (false, true) => Tag::Uses,
            (false, false) => Tag::DoesNot,
        };
        let affected = Affected {
            permitted: program.permitted && self.is_elevated(caller),
            shares_process,
            ..Affected::new(host.unwrap_or(UniqueProcess::NONE), program.about.clone())
        };
        Some(Serving { affected, uses: tag })
    }

    /// Has the service control manager stop a service.
    pub(super) fn stop_service(
        &mut self,
        caller: UniqueProcess,
        name: &Name,
        choose: &mut dyn Choose,
    ) -> Result<Outcome, Choice> {
        let Some(service) = self.scene.cast.find_service(name) else { return Ok(Outcome::Gone) };
        let Some(running) = self.scene.serving.get(&service).copied() else { return Ok(Outcome::Gone) };
        let Some(program) = self.scene.cast.service(service) else { return Ok(Outcome::Gone) };
        if !program.permitted || !self.is_elevated(caller) {
            return Ok(Outcome::Failed(Fault::AccessDenied));
        }
        let accepts = program.about.service.as_ref().is_some_and(|service| service.accepts_stop);
        let is_needed =
            self.scene.cast.needing(service).any(|needing| self.scene.serving.contains_key(&needing));
        if !accepts || is_needed || running.phase != Phase::Running {
            let stops_already = matches!(running.phase, Phase::Stopping(_));
            return Ok(if stops_already { Outcome::Done } else { Outcome::Refused });
        }
        let (stopping, bound) = (self.turn_of(service, Control::Stop, &program.stop), program.stop.bound());
        let stopping = stopping.chosen(&program.name(), "stop", choose)?;
        self.has_acted(service, Control::Stop, bound);
        let phase = match stopping {
            Stopping::Refuses => return Ok(Outcome::Refused),
            Stopping::Stops(Millis(0)) => {
                self.stop(service);
                return Ok(Outcome::Done);
            }
            Stopping::Stops(after) => Phase::Stopping(Some(after)),
            Stopping::Never | Stopping::Choose => Phase::Stopping(None),
        };
        self.scene.serving.insert(service, Running { phase, ..running });
        Ok(Outcome::Done)
    }

    /// Has the service control manager start a service; what comes at once, if anything does.
    pub(super) fn start_service(&mut self, name: &Name) -> Option<Outcome> {
        let fails = Some(Outcome::Failed(Fault::AccessDenied));
        let Some(service) = self.scene.cast.find_service(name) else { return fails };
        if let Some(running) = self.scene.serving.get(&service) {
            let runs = running.phase == Phase::Running;
            return runs.then_some(Outcome::RunsAlready(running.host));
        }
        let start = &self.scene.cast.service(service)?.start;
        let bound = start.bound();
        let after = self.until_it_runs(service, &mut BTreeSet::new());
        self.has_acted(service, Control::Start, bound);
        let Some(after) = after else { return fails };
        self.begin_service(service, Phase::on_the_way(after));
        None
    }

    /// What a service does this time.
    fn turn_of<T: Copy>(&self, service: ServiceId, control: Control, turns: &InTurn<T>) -> T {
        turns.after(self.scene.acted.get(&(service, control)).copied().unwrap_or(0))
    }

    /// Counts that a service has acted, as long as that makes a difference.
    fn has_acted(&mut self, service: ServiceId, control: Control, bound: u32) {
        if bound > 0 {
            let times = self.scene.acted.entry((service, control)).or_default();
            *times = bound.min(*times + 1);
        }
    }

    /// The process in which a service is that is not stopped.
    #[must_use]
    pub fn host_of(&self, name: &Name) -> Option<UniqueProcess> {
        Some(self.scene.serving.get(&self.scene.cast.find_service(name)?)?.host)
    }

    /// The process in which a service runs, once it does.
    pub(super) fn runs(&self, name: &Name) -> Option<UniqueProcess> {
        let running = self.scene.serving.get(&self.scene.cast.find_service(name)?)?;
        (running.phase == Phase::Running).then_some(running.host)
    }

    /// The times until services stop or run.
    pub(super) fn services_left(&self) -> impl Iterator<Item = Millis> {
        self.scene.serving.values().filter_map(|running| match running.phase {
            Phase::Starting(left) | Phase::Stopping(left) => left,
            Phase::Running => None,
        })
    }

    /// Lets time pass for services, and tells which stopped.
    pub(super) fn pass_services(&mut self, by: Millis) -> Vec<AppId> {
        let mut stopped = Vec::new();
        for (service, running) in self.scene.serving.iter_mut() {
            match &mut running.phase {
                Phase::Starting(Some(left)) if left.0 <= by.0 => running.phase = Phase::Running,
                Phase::Stopping(Some(left)) if left.0 <= by.0 => stopped.push(*service),
                Phase::Starting(Some(Millis(left))) | Phase::Stopping(Some(Millis(left))) => *left -= by.0,
                Phase::Running | Phase::Starting(None) | Phase::Stopping(None) => {}
            }
        }
        stopped.iter().for_each(|service| self.stop(*service));
        stopped.iter().filter_map(|service| Some(self.scene.cast.service(*service)?.id())).collect()
    }
}
