//! What a transcript holds, in the order in which questions are asked of it.

use std::collections::BTreeMap;

use rm_core::rules::{Citation, Latitude};
use rm_core::{Affected, AppId, Caller, Effect, Filter, Identity, Name, Outcome, Rules, UniqueProcess};

use super::made::Made;
use crate::machine::Machine;
use crate::scenario::Run;
use crate::transcript::{Event, Runs, Transcript};
use crate::world::{Program, ServiceProgram, World};

/// A run, sorted by calls.
pub(super) struct Facts<'a> {
    pub(super) transcript: &'a Transcript,
    pub(super) world: &'a World,
    pub(super) rules: &'a Rules,
    /// Every call, in the order in which they began.
    pub(super) calls: Vec<Made<'a>>,
    machine: &'a Machine,
    lives: BTreeMap<AppId, Vec<Life>>,
}

/// A time in which an application ran, by lines of the transcript. A process has one, a service may
/// have several.
struct Life {
    born: usize,
    died: usize,
    /// The process that it is, or that it lived in.
    process: UniqueProcess,
}

impl Life {
    const fn covers(&self, line: usize) -> bool {
        self.born < line && self.died > line
    }
}

impl<'a> Facts<'a> {
    pub(super) fn new(run: &'a Run) -> Self {
        let Run { transcript, machine, rules, .. } = run;
        let (world, lives) = (&machine.world, BTreeMap::new());
        let mut facts = Self { transcript, world, rules, calls: Vec::new(), machine, lives };
        let mut open: BTreeMap<Caller, usize> = BTreeMap::new();
        for (at, line) in transcript.lines.iter().enumerate() {
            match (&line.event, line.who) {
                (Event::Called(call), Some(who)) => {
                    open.insert(who, facts.calls.len());
                    facts.calls.push(Made::new(who, call, line.at, at));
                }
                (Event::Did(effect, outcome), Some(who)) => {
                    facts.notice(effect, outcome, at);
                    let made = open.get(&who).and_then(|made| facts.calls.get_mut(*made));
                    if let Some(made) = made {
                        made.effects.push((at, line.at, effect, outcome));
                    }
                }
                (Event::Replied(_, reply), Some(who)) => {
                    if let Some(made) = open.remove(&who).and_then(|made| facts.calls.get_mut(made)) {
                        made.reply = Some(reply);
                    }
                }
                (Event::Runs(Runs { process, about, .. }), _) => {
                    let service = about.service.as_ref();
                    let id = service.map_or((*process).into(), |own| AppId::Service(own.name.clone()));
                    facts.begins(id, *process, at);
                }
                (Event::Started(process), _) => facts.begins((*process).into(), *process, at),
                (Event::Serves(name, host), _) => facts.serves(&name.as_str().into(), *host, at),
                (Event::Exited(id), _) => {
                    facts.lives.entry(id.clone()).or_default().iter_mut().for_each(|life| {
                        life.died = life.died.min(at);
                    });
                    open.retain(|who, _| AppId::from(who.process) != *id);
                }
                _ => {}
            }
        }
        facts
    }

    /// Takes in who turns out to run.
    fn notice(&mut self, effect: &Effect, outcome: &Outcome, at: usize) {
        match (effect, outcome) {
            (Effect::StartService(name, _), Outcome::Launched(host) | Outcome::RunsAlready(host)) => {
                self.serves(name, *host, at);
            }
            (_, Outcome::Launched(process)) => self.begins((*process).into(), *process, at),
            (_, Outcome::Services(all)) => {
                for one in all.iter().filter(|one| one.runs()) {
                    self.begins(one.affected.id(), one.affected.process, at);
                }
            }
            _ => {}
        }
    }

    fn serves(&mut self, name: &Name, host: UniqueProcess, at: usize) {
        self.begins(host.into(), host, at);
        self.begins(AppId::Service(name.clone()), host, at);
    }

    /// Notes that an application runs from here on, unless it is known to.
    fn begins(&mut self, id: AppId, process: UniqueProcess, at: usize) {
        let lives = self.lives.entry(id).or_default();
        if lives.last().is_none_or(|life| life.died < at) {
            lives.push(Life { born: at, died: usize::MAX, process });
        }
    }

    /// The answer in force to a latitude that the run asked.
    pub(super) fn answer(&self, id: &str) -> Option<Citation> {
        let latitude = Latitude::find(id).filter(|latitude| self.rules.was_asked(*latitude))?;
        Some(Citation::Latitude(latitude, self.rules.policy.answers(latitude).next()?))
    }

    /// What an application is called.
    pub(super) fn name(&self, id: &AppId) -> String {
        self.transcript.names.app(id)
    }

    /// What a process is called.
    pub(super) fn process_name(&self, process: UniqueProcess) -> String {
        self.transcript.names.of(process)
    }

    /// What a process runs.
    pub(super) fn program(&self, process: UniqueProcess) -> Option<&'a Program> {
        let cast = self.world.cast();
        cast.program(cast.find(&self.transcript.names.base_of(process))?)
    }

    /// The service that has this name.
    pub(super) fn service(&self, name: &Name) -> Option<&'a ServiceProgram> {
        let cast = self.world.cast();
        cast.service(cast.find_service(name)?)
    }

    /// Who an installer is, unless it is gone.
    pub(super) fn identity(&self, who: Caller) -> Option<&'a Identity> {
        Some(&self.machine.installer(who.process)?.me)
    }

    /// The files an application holds while it runs.
    pub(super) fn uses(&self, id: &AppId) -> &'a [Name] {
        match id {
            AppId::Process(process) => self.program(*process).map_or(&[], |program| &program.uses),
            AppId::Service(name) => self.service(name).map_or(&[], |service| &service.uses),
        }
    }

    /// Those of these applications that ran during a call, or that it speaks of.
    pub(super) fn concerned(&self, apps: &[AppId], made: &Made<'_>) -> Vec<AppId> {
        // A restart looks at those that are gone: what became of them last is what counts.
        let is_gone = |id: &AppId| {
            let mut earlier = self.earlier(made).filter_map(|earlier| earlier.settlement(id));
            made.is_restart() && earlier.next().is_some_and(|settled| settled.restarted_as.is_none())
        };
        let is_concerned = |id: &&AppId| self.ran_at(id, made.begun) || made.speaks_of(id) || is_gone(id);
        apps.iter().filter(is_concerned).cloned().collect()
    }

    /// Whether an application ran at a line of the transcript.
    pub(super) fn ran_at(&self, id: &AppId, line: usize) -> bool {
        self.lives(id).iter().any(|life| life.covers(line))
    }

    /// Whether an application had begun to run when the call was made.
    pub(super) fn has_run(&self, id: &AppId, made: &Made<'_>) -> bool {
        self.lives(id).iter().any(|life| life.born < made.begun)
    }

    /// Whether an application runs in the end.
    pub(super) fn runs(&self, id: &AppId) -> bool {
        self.lives(id).last().is_some_and(|life| life.died == usize::MAX)
    }

    /// When an application that ran before a line exited or stopped, if it has.
    pub(super) fn ended_before(&self, id: &AppId, line: usize) -> Option<u64> {
        let life = self.lives(id).iter().rfind(|life| life.born < line)?;
        self.transcript.lines.get(life.died).map(|line| line.at)
    }

    /// When an application exited or stopped for good, if it has.
    pub(super) fn ended_at(&self, id: &AppId) -> Option<u64> {
        self.ended_before(id, usize::MAX)
    }

    /// The process of an application as it was at a line, or last before it.
    pub(super) fn process_of(&self, id: &AppId, line: usize) -> Option<UniqueProcess> {
        self.lives(id).iter().rfind(|life| life.born < line).map(|life| life.process)
    }

    /// Every process that an application has lived in, the first one first.
    pub(super) fn processes_of(&self, id: &AppId) -> Vec<UniqueProcess> {
        let mut processes: Vec<_> = self.lives(id).iter().map(|life| life.process).collect();
        processes.dedup();
        processes
    }

    /// The services that lived in a process at a line.
    pub(super) fn hosted(&self, host: UniqueProcess, line: usize) -> impl Iterator<Item = &AppId> {
        let lived = move |life: &Life| life.process == host && life.covers(line);
        let services = self.lives.iter().filter(|(id, _)| id.process().is_none());
        services.filter(move |(_, lives)| lives.iter().any(lived)).map(|(id, _)| id)
    }

    /// The services that need this one and ran at a line.
    pub(super) fn needing(&self, needed: &Name, line: usize) -> Vec<AppId> {
        let Some(needed) = self.service(needed) else { return Vec::new() };
        let services = self.world.cast().services().map(|(_, service)| service);
        let needing = services.filter(|other| needed.about.is_needed_by(&other.about));
        needing.map(ServiceProgram::id).filter(|id| self.ran_at(id, line)).collect()
    }

    fn lives(&self, id: &AppId) -> &[Life] {
        self.lives.get(id).map_or(&[], |lives| lives)
    }

    /// The filters of a caller's session that mean an application, when the call is made.
    pub(super) fn filters(&self, made: &Made<'_>, application: &Affected) -> Vec<&'a Filter> {
        let mut filters: Vec<&Filter> = Vec::new();
        let same = self.calls.iter().filter(|other| other.who.process == made.who.process);
        for other in same.take_while(|other| other.begun < made.begun) {
            if other.opened() == made.call.session() {
                filters.clear();
            }
            if other.call.session() != made.call.session() {
                continue;
            }
            for (_, _, effect, _) in &other.effects {
                match effect {
                    Effect::KeepFilter(filter) => {
                        filters.retain(|kept| !kept.target.same(&filter.target));
                        filters.push(filter);
                    }
                    Effect::DropFilter(target) => filters.retain(|kept| !kept.target.same(target)),
                    _ => {}
                }
            }
        }
        filters.retain(|filter| filter.hits(application, self.rules));
        filters
    }

    /// The calls of the same session before this one, the latest first.
    pub(super) fn earlier(&self, made: &Made<'_>) -> impl Iterator<Item = &Made<'a>> {
        let session = made.call.session();
        let (process, begun) = (made.who.process, made.begun);
        let own = self.calls.iter().rev().filter(move |other| other.who.process == process);
        let before = own.filter(move |other| other.begun < begun);
        before
            .take_while(move |other| other.opened() != session)
            .filter(move |other| other.call.session() == session)
    }
}
