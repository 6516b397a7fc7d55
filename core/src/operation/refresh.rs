//! The list refresh: who uses what is registered. `RmGetList` shows it, `RmShutdown` begins with it
//! (RM-SHUT-02).

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::mutex::Mutex;
use super::register::readable;
use super::{Ledger, Operation, View, cite};
use crate::application::Affected;
use crate::effect::{Effect, Outcome};
use crate::library::{Application, Session};
use crate::name::Name;
use crate::process::UniqueProcess;
use crate::refusal::{Fault, Refusal};
use crate::store::{Record, ResourceKind};

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Refresh {
    mutex: Mutex,
    refusal: Option<Refusal>,
    found: Found,
}

/// How far the refresh has come; each step needs only what the one before found.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
enum Found {
    #[default]
    Nothing,
    Resources {
        files: Arc<[Name]>,
        processes: Vec<UniqueProcess>,
    },
    /// Users of files and registered processes, in order.
    Candidates(Vec<UniqueProcess>),
    Affected(Refreshed),
}

/// What a refresh found.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Refreshed {
    /// The applications that are affected.
    pub(super) affected: Vec<Affected>,
    /// Those that earlier shutdowns met, that run and are affected no more.
    pub(super) others_alive: Vec<UniqueProcess>,
}

/// Where a refresh stands.
pub(super) enum Progress<'a> {
    Do(Effect),
    Refused(Refusal),
    Ready(&'a Refreshed),
}

impl Refresh {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Progress<'_> {
        let stopped = self.refusal.is_some() || operation.cancelled;
        let read = || {
            let slot = operation.seat.map(|seat| seat.slot)?;
            (!stopped && self.found == Found::Nothing).then_some(Effect::ReadSession(slot))
        };
        if let Some(effect) = self.mutex.guard(view.rules, read) {
            return Progress::Do(effect);
        }
        if let Some(refusal) = self.mutex.refusal(cite::environment(&operation.call)).or(self.refusal) {
            return Progress::Refused(refusal);
        }
        match &self.found {
            Found::Affected(affected) => Progress::Ready(affected),
            _ if operation.cancelled => {
                Progress::Refused(Refusal::Cancelled(cite::cancelled(&operation.call)))
            }
            Found::Candidates(processes) => {
                Progress::Do(Effect::Describe(with_known(processes, view.session(operation))))
            }
            Found::Resources { files, .. } => Progress::Do(Effect::Users(files.clone())),
            // Cannot be: the key was read, or the call is refused.
            Found::Nothing => Progress::Refused(Refusal::RegistryDamaged),
        }
    }

    pub(super) fn handle(&mut self, ledger: &Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.mutex.handle(effect, &outcome);
        match (effect, outcome) {
            (Effect::ReadSession(_), Outcome::Session(record)) => {
                match readable(record, ledger.seat, ledger.call) {
                    Ok(record) => self.found = resources(&record),
                    Err(refusal) => self.refusal = Some(refusal),
                }
            }
            (Effect::Lock(_), _) => {}
            (_, Outcome::Failed(Fault::AccessDenied)) => {
                self.refusal = Some(Refusal::Machine(Fault::AccessDenied, cite::denied(ledger.call)));
            }
            (_, Outcome::Failed(fault)) => {
                self.refusal = Some(Refusal::Machine(fault, cite::environment(ledger.call)));
            }
            (_, Outcome::Directory) => self.refusal = Some(Refusal::DirectoryRegistered),
            (_, Outcome::Users(users)) => {
                if let Found::Resources { processes, .. } = &self.found {
                    self.found = candidates(users, processes);
                }
            }
            (_, Outcome::Described(described)) => {
                if let Found::Candidates(candidates) = &self.found {
                    self.found = Found::Affected(Refreshed::new(described, candidates));
                }
            }
            _ => {}
        }
    }
}

fn resources(record: &Record) -> Found {
    let mut groups = record.groups(ResourceKind::Files);
    let files = match (groups.next(), groups.next()) {
        (Some(only), None) => only.clone(),
        _ => record.strings(ResourceKind::Files).cloned().collect(),
    };
    let processes = record.processes();
    if files.is_empty() { candidates(Vec::new(), &processes) } else { Found::Resources { files, processes } }
}

/// Users of files and registered processes (RM-REG-13), each once (RM-REG-18).
fn candidates(mut users: Vec<UniqueProcess>, registered: &[UniqueProcess]) -> Found {
    users.extend_from_slice(registered);
    users.sort_unstable();
    users.dedup();
    Found::Candidates(users)
}

/// The candidates, and the applications that earlier shutdowns met: the list has them too.
fn with_known(candidates: &[UniqueProcess], session: Option<&Session>) -> Arc<[UniqueProcess]> {
    let known = session.map_or(&[][..], |session| &session.applications);
    let known = known.iter().map(Application::process).filter(|process| !candidates.contains(process));
    candidates.iter().copied().chain(known).collect()
}

impl Refreshed {
    fn new(described: Vec<Affected>, candidates: &[UniqueProcess]) -> Self {
        let (affected, others): (Vec<_>, Vec<_>) =
            described.into_iter().partition(|one| candidates.binary_search(&one.process).is_ok());
        Self { affected, others_alive: others.into_iter().map(|one| one.process).collect() }
    }

    /// Whether an application that the list may have runs.
    pub(super) fn is_running(&self, process: UniqueProcess) -> bool {
        self.affected.iter().any(|one| one.process == process) || self.others_alive.contains(&process)
    }
}
