//! Registered processes and services that are not there (OQ-29): refused at registration, passed
//! over, or listed all the same.

use alloc::vec::Vec;

use super::refresh::Refreshed;
use crate::app_status::AppStatus;
use crate::application::{Affected, AppId, AppType};
use crate::library::Application;
use crate::name::Name;
use crate::outcome::Serving;
use crate::process::UniqueProcess;
use crate::refusal::{ErrorCode, Refusal};
use crate::reply::{Entry, Grounds};
use crate::rules::{Answer, Citation, Rules, latitude::answers};

answers! {
    /// A service that is not installed.
    UnknownService = "OQ-29.unknown" { MatchesNothing, Refused, ListedUnknown, ListedStopped }
}
answers! {
    /// A service that does not run.
    StoppedService = "OQ-29.stopped" { MatchesNothing, Refused, ListedUnknown, ListedStopped }
}
answers! {
    /// A process that has exited.
    ExitedProcess = "OQ-29.exited" { MatchesNothing, Refused, ListedUnknown, ListedStopped }
}
answers! {
    /// A process whose id another one has now.
    OtherProcess = "OQ-29.time" { MatchesNothing, Refused, ListedUnknown, ListedStopped }
}

/// Whether a registration has to look which services are there.
pub(super) fn services_are_refused(rules: &Rules) -> bool {
    rules.ask::<UnknownService>() == UnknownService::Refused
        || rules.ask::<StoppedService>() == StoppedService::Refused
}

/// Whether a registration has to look which processes are there.
pub(super) fn processes_are_refused(rules: &Rules) -> bool {
    rules.ask::<ExitedProcess>() == ExitedProcess::Refused
        || rules.ask::<OtherProcess>() == OtherProcess::Refused
}

/// Whether a list has to look which processes are there.
pub(super) fn processes_are_listed(rules: &Rules) -> bool {
    use {ExitedProcess as Exited, OtherProcess as Other};
    matches!(rules.ask(), Exited::ListedUnknown | Exited::ListedStopped)
        || matches!(rules.ask(), Other::ListedUnknown | Other::ListedStopped)
}

/// Why a service keeps a registration from working, if it is not there and that does.
pub(super) fn service_refused(name: &Name, found: &[Serving], rules: &Rules) -> Option<Refusal> {
    match found.iter().find(|one| one.affected.about.is_called(name)) {
        None => on(UnknownService::Refused, "there is no such service", rules),
        Some(one) if !one.runs() => on(StoppedService::Refused, "the service does not run", rules),
        Some(_) => None,
    }
}

/// The same of a process; `found` are those that have the ids of the registered ones.
pub(super) fn process_refused(process: UniqueProcess, found: &[AppId], rules: &Rules) -> Option<Refusal> {
    match occupant(process, found) {
        None => on(ExitedProcess::Refused, "the process has exited", rules),
        Some(now) if now != process => on(OtherProcess::Refused, "another process has this id", rules),
        Some(_) => None,
    }
}

fn occupant(process: UniqueProcess, found: &[AppId]) -> Option<UniqueProcess> {
    found.iter().filter_map(AppId::process).find(|now| now.id == process.id)
}

fn on<A: Answer + PartialEq>(refusing: A, why: &'static str, rules: &Rules) -> Option<Refusal> {
    (rules.ask::<A>() == refusing).then(|| Refusal::answered(why, ErrorCode::UNSPECIFIED, refusing))
}

/// The entries of what is registered and not there, nor was met by a shutdown. `occupants` are those
/// that have the ids of the registered processes, where that was looked at.
pub(super) fn entries(
    found: &Refreshed,
    occupants: Option<&[AppId]>,
    known: &[Application],
    rules: &Rules,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for process in occupants.map_or(&[][..], |_| &found.registered) {
        let is_known = known.iter().any(|one| one.was.process == *process || one.process() == *process);
        if let Some(shown) = process_shown(*process, occupants.unwrap_or_default(), rules)
            && !is_known
        {
            entries.push(entry(*process, None, shown));
        }
    }
    for service in &found.absent_services {
        let is_known = known.iter().any(|one| one.was.id() == AppId::Service(service.name().clone()));
        if let Some(shown) = service.shown(rules)
            && !is_known
        {
            entries.push(entry(UniqueProcess::NONE, Some(service), shown));
        }
    }
    entries
}

/// A registered service that does not run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) enum AbsentService {
    /// None is installed under this name.
    Unknown(Name),
    /// It is installed: what the machine says of it, and its short name.
    Stopped(Affected, Name),
}

/// The registered services that do not run.
pub(super) fn services(registered: &[Name], found: &[Serving]) -> Vec<AbsentService> {
    let absent = |name: &Name| match found.iter().find(|one| one.affected.about.is_called(name)) {
        None => Some(AbsentService::Unknown(name.clone())),
        Some(one) if one.runs() => None,
        Some(one) => {
            let name = one.affected.about.service.as_ref().map_or(name, |service| &service.name).clone();
            Some(AbsentService::Stopped(one.affected.clone(), name))
        }
    };
    let mut all: Vec<_> = registered.iter().filter_map(absent).collect();
    all.sort_unstable();
    all.dedup_by(|one, other| one.name().same(other.name()));
    all
}

impl AbsentService {
    const fn name(&self) -> &Name {
        match self {
            Self::Unknown(name) | Self::Stopped(_, name) => name,
        }
    }

    fn shown(&self, rules: &Rules) -> Option<Shown> {
        match self {
            Self::Unknown(_) => shown(rules, UnknownService::ListedUnknown, UnknownService::ListedStopped),
            Self::Stopped(..) => shown(rules, StoppedService::ListedUnknown, StoppedService::ListedStopped),
        }
    }
}

/// The status that something shows that is not there, and what says that it is listed.
type Shown = (AppStatus, Citation);

fn process_shown(process: UniqueProcess, found: &[AppId], rules: &Rules) -> Option<Shown> {
    match occupant(process, found) {
        None => shown(rules, ExitedProcess::ListedUnknown, ExitedProcess::ListedStopped),
        Some(now) if now != process => shown(rules, OtherProcess::ListedUnknown, OtherProcess::ListedStopped),
        Some(_) => None,
    }
}

fn shown<A: Answer + PartialEq>(rules: &Rules, unknown: A, stopped: A) -> Option<Shown> {
    let answer = rules.ask::<A>();
    let status = if answer == stopped { AppStatus::STOPPED_OTHER } else { AppStatus::UNKNOWN };
    (answer == unknown || answer == stopped).then(|| (status, Citation::answer(answer)))
}

/// The entry of something that is not there. Of a process nothing else is known any more.
fn entry(process: UniqueProcess, service: Option<&AbsentService>, (status, because): Shown) -> Entry {
    let app_name = match service {
        None => "".into(),
        Some(AbsentService::Unknown(name)) => name.truncated(Entry::MAX_APP_NAME),
        Some(AbsentService::Stopped(one, _)) => one.about.app_name.truncated(Entry::MAX_APP_NAME),
    };
    let name = service.map(|service| service.name().truncated(Entry::MAX_SERVICE_NAME));
    Entry {
        process,
        app_name,
        app_type: if service.is_some() { AppType::Service } else { AppType::Unknown },
        service: name.unwrap_or_else(|| "".into()),
        status,
        ts_session: u32::MAX, // RM_INVALID_TS_SESSION (RM-TYPE-03)
        restartable: false,
        grounds: Grounds { listed: because, critical: None, restartable: because },
    }
}
