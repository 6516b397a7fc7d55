//! The list refresh: who uses what is registered. `RmGetList` shows it, `RmShutdown` begins with it
//! (RM-SHUT-02).

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::absent::{self, AbsentService};
use super::mutex::Mutex;
use super::register::readable;
use super::resources::missing_fails_list;
use super::{Ledger, Operation, View, cite, consoles, directories, services};
use crate::application::{Affected, AppId};
use crate::call::Call;
use crate::effect::Effect;
use crate::library::{Application, Session};
use crate::name::Name;
use crate::outcome::Outcome;
use crate::part::Part;
use crate::process::UniqueProcess;
use crate::refusal::{Fault, Refusal};
use crate::rules::latitude::answers;
use crate::store::{Record, ResourceKind};

answers! {
    /// Whether a list takes the mutex.
    ListLocks = "OQ-111" { Locks, DoesNot }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Refresh {
    mutex: Mutex,
    refusal: Option<Refusal>,
    found: Part<Found>,
    /// The registered files that exist, where that matters (OQ-28.missing).
    existing: Option<Vec<Name>>,
    /// The processes that have the ids of the registered ones, where that matters (OQ-29).
    occupants: Option<Vec<AppId>>,
    /// Whether those were looked for who share a console with what is affected (OQ-115.list).
    consoles_seen: bool,
}

/// How far the refresh has come; each step needs only what the one before found.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
enum Found {
    #[default]
    Nothing,
    Resources(Resources),
    /// The users of files with all else that is registered.
    Users(Users, Resources),
    /// What the processes among them are.
    Described(Vec<Affected>, Users, Resources),
    Affected(Refreshed),
}

/// What is registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Resources {
    pub(super) files: Arc<[Name]>,
    pub(super) processes: Vec<UniqueProcess>,
    pub(super) services: Vec<Name>,
}

/// The processes that use registered files, in order, each once.
type Users = Vec<UniqueProcess>;

/// What a refresh found.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Refreshed {
    /// The applications that are affected.
    pub(super) affected: Vec<Affected>,
    /// Those of the affected that only have to be stopped along with another service.
    pub(super) dependants: Vec<AppId>,
    /// Those of the affected that only share a console with what uses something registered.
    pub(super) on_console: Vec<AppId>,
    /// Those that earlier shutdowns met, that run and are affected no more.
    pub(super) others_alive: Vec<AppId>,
    /// The registered processes, and the registered services that do not run.
    pub(super) registered: Vec<UniqueProcess>,
    pub(super) absent_services: Vec<AbsentService>,
}

/// Where a refresh stands.
pub(super) enum Progress<'a> {
    Do(Effect),
    Refused(Refusal),
    Ready(&'a Refreshed),
}

impl Refresh {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Progress<'_> {
        let cancelled = operation.sees_cancel(view.rules);
        let refusal = self.refusal.filter(|refusal| refusal.stands(view.rules));
        let stopped = refusal.is_some() || cancelled;
        let read = || {
            let slot = operation.seat.map(|seat| seat.slot)?;
            (!stopped && *self.found == Found::Nothing).then_some(Effect::ReadSession(slot))
        };
        let locks = !matches!(operation.call(), Call::GetList { .. })
            || view.rules.ask::<ListLocks>() == ListLocks::Locks;
        if let Some(effect) = if locks { self.mutex.guard(view.rules, read) } else { read() } {
            return Progress::Do(effect);
        }
        if let Some(refusal) = self.mutex.refusal(cite::environment(operation.call())).or(refusal) {
            return match refusal {
                Refusal::DirectoryRegistered => spoilt(operation, view),
                refusal => Progress::Refused(refusal),
            };
        }
        let session = view.session;
        let was_met = session.is_some_and(|session| session.met_directory);
        match &*self.found {
            Found::Users(..) | Found::Described(..) | Found::Affected(_)
                if was_met
                    && !directories::look(operation.call(), view.rules).past_directories
                    && directories::still_fails(view.rules) =>
            {
                spoilt(operation, view)
            }
            Found::Affected(found) => match consoles::look(found, self.consoles_seen, view.rules) {
                Some(effect) if !cancelled => Progress::Do(effect),
                _ => Progress::Ready(found),
            },
            _ if cancelled => Progress::Refused(Refusal::Cancelled(cite::cancelled(operation.call()))),
            Found::Users(_, resources)
                if self.occupants.is_none()
                    && !resources.processes.is_empty()
                    && matches!(operation.call(), Call::GetList { .. })
                    && absent::processes_are_listed(view.rules) =>
            {
                Progress::Do(Effect::Occupants(resources.processes.clone().into()))
            }
            Found::Users(users, resources) => {
                Progress::Do(Effect::Describe(with_known(&candidates(users, resources), session)))
            }
            Found::Described(described, _, resources) => {
                Progress::Do(Effect::Services(services::query(described, resources, session).into()))
            }
            Found::Resources(resources) if self.existing.is_none() && missing_fails_list(view.rules) => {
                Progress::Do(Effect::Exist(directories::matching(&resources.files)))
            }
            Found::Resources(resources) => {
                let look = directories::look(operation.call(), view.rules);
                let existing = self.existing.as_deref();
                if !look.past_directories && directories::spoilt(&resources.files, existing, view.rules) {
                    return spoilt(operation, view);
                }
                Progress::Do(Effect::Users(directories::matching(&resources.files), look))
            }
            // Cannot be: the key was read, or the call is refused.
            Found::Nothing => Progress::Refused(Refusal::RegistryDamaged),
        }
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.mutex.handle(effect, &outcome);
        match (effect, outcome) {
            (Effect::ReadSession(_), Outcome::Session(record)) => {
                let (record, refusal) = readable(record, ledger.seat, ledger.call);
                self.refusal = refusal;
                if !matches!(refusal, Some(Refusal::UnknownSession(_))) {
                    self.found = registered(&record).into();
                }
            }
            (Effect::Occupants(_), Outcome::Alive(occupants)) => self.occupants = Some(occupants),
            (Effect::Attached(_), Outcome::Described(attached)) => {
                self.consoles_seen = true;
                if let Found::Affected(found) = &mut *self.found {
                    consoles::add(found, attached);
                }
            }
            (_, Outcome::Paths(paths)) => self.existing = Some(paths),
            (_, Outcome::Failed(Fault::AccessDenied)) => {
                self.refusal = Some(Refusal::Machine(Fault::AccessDenied, cite::denied(ledger.call)));
            }
            (_, Outcome::Failed(fault)) => {
                self.refusal = Some(Refusal::Machine(fault, cite::environment(ledger.call)));
            }
            (_, Outcome::Directory) => {
                self.refusal = Some(Refusal::DirectoryRegistered);
                if let Some(session) = ledger.session() {
                    session.met_directory = true;
                }
            }
            (_, outcome @ (Outcome::Users(_) | Outcome::Described(_) | Outcome::Services(_))) => {
                let found = core::mem::take(&mut self.found).into_inner();
                self.found = found.next(outcome, ledger.seen()).into();
            }
            _ => {}
        }
    }
}

impl Refresh {
    /// The processes that have the ids of the registered ones, if that was looked at.
    pub(super) fn occupants(&self) -> Option<&[AppId]> {
        self.occupants.as_deref()
    }
}

/// The refresh fails for a directory, or for what spoils a list as one does.
fn spoilt<'a>(operation: &Operation, view: &View<'_>) -> Progress<'a> {
    let refusal = directories::refusal(operation.call(), view.rules);
    Progress::Refused(refusal.unwrap_or(Refusal::DirectoryRegistered))
}

impl Found {
    /// The next step of the way.
    fn next(self, outcome: Outcome, session: Option<&Session>) -> Self {
        match (self, outcome) {
            (Self::Resources(resources), Outcome::Users(users)) => Self::Users(users, resources),
            (Self::Users(users, resources), Outcome::Described(described)) => {
                if services::are_asked_for(&described, &resources, session) {
                    return Self::Described(described, users, resources);
                }
                let (affected, others) = processes(described, &candidates(&users, &resources));
                let others_alive = others.into_iter().map(|one| one.id()).collect();
                let registered = resources.processes;
                Self::Affected(Refreshed { affected, others_alive, registered, ..Refreshed::default() })
            }
            (Self::Described(described, users, resources), Outcome::Services(serving)) => {
                let (mut affected, others) = processes(described, &candidates(&users, &resources));
                affected.retain(|one| !one.about.is_host());
                let found = services::affected(&serving, &users, &resources);
                let is_found = |one: &AppId| found.affected.iter().any(|found| found.id() == *one);
                let running = serving.iter().filter(|one| one.runs()).map(|one| one.affected.id());
                let mut others_alive: Vec<_> = running.filter(|id| !is_found(id)).collect();
                others_alive.extend(others.iter().map(Affected::id));
                affected.extend(found.affected);
                Self::Affected(Refreshed {
                    affected,
                    dependants: found.dependants,
                    others_alive,
                    absent_services: absent::services(&resources.services, &serving),
                    registered: resources.processes,
                    ..Refreshed::default()
                })
            }
            (found, _) => found,
        }
    }
}

fn registered(record: &Record) -> Found {
    let mut groups = record.groups(ResourceKind::Files);
    let files = match (groups.next(), groups.next()) {
        (Some(only), None) => only.clone(),
        _ => record.strings(ResourceKind::Files).cloned().collect(),
    };
    let services = record.strings(ResourceKind::Services).cloned().collect();
    let resources = Resources { files, processes: record.processes(), services };
    if resources.files.is_empty() { Found::Users(Vec::new(), resources) } else { Found::Resources(resources) }
}

/// Users of files and registered processes (RM-REG-13), in order and each once (RM-REG-18).
fn candidates(users: &[UniqueProcess], resources: &Resources) -> Vec<UniqueProcess> {
    let mut all: Vec<_> = users.iter().chain(&resources.processes).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The candidates, and the processes that earlier shutdowns met: the list has them too.
fn with_known(candidates: &[UniqueProcess], session: Option<&Session>) -> Arc<[UniqueProcess]> {
    let known = session.map_or(&[][..], |session| &session.applications);
    let known = known.iter().filter(|known| !known.was.is_service()).map(Application::process);
    let listed = session.map_or(&[][..], |session| &session.listed);
    let known = known.chain(listed.iter().filter(|one| !one.is_service()).map(|one| one.process));
    let known = known.filter(|process| candidates.binary_search(process).is_err());
    candidates.iter().copied().chain(known).collect()
}

/// The processes that are affected, and the others.
fn processes(described: Vec<Affected>, candidates: &[UniqueProcess]) -> (Vec<Affected>, Vec<Affected>) {
    described.into_iter().partition(|one| candidates.binary_search(&one.process).is_ok())
}

impl Refreshed {
    /// Whether an application that the list may have runs.
    pub(super) fn is_running(&self, id: &AppId) -> bool {
        self.affected.iter().any(|one| one.id() == *id) || self.others_alive.contains(id)
    }

    /// Whether an application only has to be stopped along with another service.
    pub(super) fn is_dependant(&self, one: &Affected) -> bool {
        !self.dependants.is_empty() && self.dependants.contains(&one.id())
    }
}
