//! The list refresh: who uses what is registered. `RmGetList` shows it, `RmShutdown` begins with it
//! (RM-SHUT-02).

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::mutex::Mutex;
use super::register::readable;
use super::resources::missing_fails_list;
use super::{Ledger, Operation, View, cite, directories};
use crate::application::Affected;
use crate::call::Call;
use crate::effect::{Effect, Outcome};
use crate::library::{Application, Session};
use crate::name::Name;
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
    found: Found,
    /// The registered files that exist, where that matters (OQ-28.missing).
    existing: Option<Vec<Name>>,
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
        let cancelled = operation.sees_cancel(view.rules);
        let refusal = self.refusal.filter(|refusal| refusal.stands(view.rules));
        let stopped = refusal.is_some() || cancelled;
        let read = || {
            let slot = operation.seat.map(|seat| seat.slot)?;
            (!stopped && self.found == Found::Nothing).then_some(Effect::ReadSession(slot))
        };
        let locks = !matches!(operation.call, Call::GetList { .. })
            || view.rules.ask::<ListLocks>() == ListLocks::Locks;
        if let Some(effect) = if locks { self.mutex.guard(view.rules, read) } else { read() } {
            return Progress::Do(effect);
        }
        if let Some(refusal) = self.mutex.refusal(cite::environment(&operation.call)).or(refusal) {
            return match refusal {
                Refusal::DirectoryRegistered => spoilt(operation, view),
                refusal => Progress::Refused(refusal),
            };
        }
        let was_met = view.session(operation).is_some_and(|session| session.met_directory);
        match &self.found {
            Found::Candidates(_) | Found::Affected(_)
                if was_met
                    && !directories::look(&operation.call, view.rules).past_directories
                    && directories::still_fails(view.rules) =>
            {
                spoilt(operation, view)
            }
            Found::Affected(affected) => Progress::Ready(affected),
            _ if cancelled => Progress::Refused(Refusal::Cancelled(cite::cancelled(&operation.call))),
            Found::Candidates(processes) => {
                Progress::Do(Effect::Describe(with_known(processes, view.session(operation))))
            }
            Found::Resources { files, .. } if self.existing.is_none() && missing_fails_list(view.rules) => {
                Progress::Do(Effect::Exist(directories::matching(files)))
            }
            Found::Resources { files, .. } => {
                let look = directories::look(&operation.call, view.rules);
                if !look.past_directories && directories::spoilt(files, self.existing.as_deref(), view.rules)
                {
                    return spoilt(operation, view);
                }
                Progress::Do(Effect::Users(directories::matching(files), look))
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
                    self.found = resources(&record);
                }
            }
            (Effect::Lock(..), _) => {}
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

/// The refresh fails for a directory, or for what spoils a list as one does.
fn spoilt<'a>(operation: &Operation, view: &View<'_>) -> Progress<'a> {
    let refusal = directories::refusal(&operation.call, view.rules);
    Progress::Refused(refusal.unwrap_or(Refusal::DirectoryRegistered))
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
