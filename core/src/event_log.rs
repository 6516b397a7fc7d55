//! The event log of Windows: what Restart Manager writes to it (RM-LIFE-16).
//!
//! It is output, read off effects and replies by whoever keeps it: nothing of it is in a state, and
//! no operation waits for it. What the numbers mean is known from TechNet and from reports; which
//! moment each belongs to is our reading.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::fmt;

use crate::app_status::AppStatus;
use crate::application::AppId;
use crate::call::Call;
use crate::decision::{Decision, Settlement, Verdict};
use crate::effect::{Effect, Message};
use crate::outcome::{Outcome, Serving, Tag};
use crate::process::{Caller, UniqueProcess};
use crate::refusal::{ErrorCode, Refusal};
use crate::reply::{Output, Reply};
use crate::rule;
use crate::rules::{Answer, Citation};
use crate::session::Slot;
use crate::store::ValueName;

/// An event in the log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Logged {
    /// The number of the session, by which events name it; from 0 (RM-LIFE-16).
    pub session: Option<u16>,
    /// What happened.
    pub event: LogEvent,
}

/// What can be logged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum LogEvent {
    /// 10000: a session starts.
    Starting,
    /// 10001: a session ends.
    Ending,
    /// 10002: an application is being stopped.
    ShuttingDown(AppId),
    /// 10003: an application is being started again.
    Restarting(AppId),
    /// 10004: so many files, processes and services were registered.
    Registering(u32, u32, u32),
    /// 10005: the machine has to be restarted, because of these.
    RestartRequired(Vec<AppId>),
    /// 10006: an application could not be stopped.
    NotShutDown(AppId),
    /// 10007: an application could not be started again.
    NotRestarted(AppId),
    /// 10008: a call failed for a reason of the machine, with this code.
    InternalError(ErrorCode),
    /// 10009: nothing tells which services in this process use a resource (RM-SHUT-43).
    TaggingFailed(UniqueProcess),
    /// 10010: an application cannot be started again because of whose it is (RM-RST-14).
    OtherIdentity(AppId),
}

impl LogEvent {
    /// The number of the event.
    #[must_use]
    pub const fn number(&self) -> u16 {
        match self {
            Self::Starting => 10000,
            Self::Ending => 10001,
            Self::ShuttingDown(_) => 10002,
            Self::Restarting(_) => 10003,
            Self::Registering(..) => 10004,
            Self::RestartRequired(_) => 10005,
            Self::NotShutDown(_) => 10006,
            Self::NotRestarted(_) => 10007,
            Self::InternalError(_) => 10008,
            Self::TaggingFailed(_) => 10009,
            Self::OtherIdentity(_) => 10010,
        }
    }
}

/// The number.
impl fmt::Display for LogEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}

/// Reads the event log off what happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventLog {
    calls: BTreeMap<Caller, Seen>,
}

/// What has been seen of a call in flight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    slot: Option<Slot>,
    told: BTreeSet<AppId>,
}

impl EventLog {
    /// What is logged when an effect of a call has been carried out.
    pub fn did(&mut self, who: Caller, call: &Call, effect: &Effect, outcome: &Outcome) -> Vec<Logged> {
        let seen = self.calls.entry(who).or_default();
        let events = match (effect, outcome) {
            (Effect::ReadSession(slot), _) => {
                seen.slot = Some(*slot);
                Vec::new()
            }
            (Effect::WriteValue(slot, ValueName::SessionHash, _), Outcome::Done) => {
                seen.slot = Some(*slot);
                alloc::vec![LogEvent::Starting]
            }
            (Effect::DeleteSession(slot), Outcome::Done) if matches!(call, Call::End { .. }) => {
                seen.slot = Some(*slot);
                alloc::vec![LogEvent::Ending]
            }
            (Effect::Send(process, Message::EndSession | Message::Close, _), _)
            | (Effect::ControlEvent(process, _) | Effect::Terminate(process), _) => {
                seen.tell(AppId::Process(*process))
            }
            (Effect::StopService(name), _) => seen.tell(AppId::Service(name.clone())),
            (Effect::Launch(launch), _) => alloc::vec![LogEvent::Restarting(launch.application.id())],
            (Effect::StartService(name, _), _) => {
                alloc::vec![LogEvent::Restarting(AppId::Service(name.clone()))]
            }
            (Effect::Settle(settlements), _) => settlements.iter().filter_map(failed).collect(),
            (Effect::Decide(decisions), _) => decisions.iter().filter_map(|one| decided(call, one)).collect(),
            (_, Outcome::Services(serving)) => untagged(serving),
            _ => Vec::new(),
        };
        let session = seen.slot.map(|slot| slot.number);
        events.into_iter().map(|event| Logged { session, event }).collect()
    }

    /// What is logged when a call ends.
    pub fn replied(&mut self, who: Caller, call: &Call, reply: &Reply) -> Vec<Logged> {
        let seen = self.calls.remove(&who).unwrap_or_default();
        let restart = matches!(&reply.output, Output::List(list) if list.reasons.any())
            || matches!(reply.refusal, Some(Refusal::RebootNeeded(_)));
        let event = match (call, reply.refusal) {
            (Call::Register { files, processes, services, .. }, None) => {
                let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
                Some(LogEvent::Registering(
                    count(files.elements().len()),
                    count(processes.elements().len()),
                    count(services.elements().len()),
                ))
            }
            _ if restart => {
                let ids: BTreeSet<_> = reply.causes.iter().map(|cause| cause.id.clone()).collect();
                Some(LogEvent::RestartRequired(ids.into_iter().collect()))
            }
            (_, Some(Refusal::Machine(..) | Refusal::RegistryBusy(_) | Refusal::RegistryDamaged)) => {
                Some(LogEvent::InternalError(reply.code))
            }
            _ => None,
        };
        let session = seen.slot.map(|slot| slot.number);
        event.map(|event| Logged { session, event }).into_iter().collect()
    }

    /// Forgets the calls of a process that has died.
    pub fn forget(&mut self, process: UniqueProcess) {
        self.calls.retain(|who, _| who.process != process);
    }
}

impl Seen {
    /// An application is told to end; it is logged the first time.
    fn tell(&mut self, id: AppId) -> Vec<LogEvent> {
        let is_first = self.told.insert(id.clone());
        is_first.then_some(LogEvent::ShuttingDown(id)).into_iter().collect()
    }
}

fn failed(settled: &Settlement) -> Option<LogEvent> {
    if settled.status.contains(AppStatus::ERROR_ON_STOP) {
        return Some(LogEvent::NotShutDown(settled.id.clone()));
    }
    settled.status.contains(AppStatus::ERROR_ON_RESTART).then(|| LogEvent::NotRestarted(settled.id.clone()))
}

/// What a decision says by itself: that somebody cannot be stopped, or not started for whose it is.
fn decided(call: &Call, decision: &Decision) -> Option<LogEvent> {
    let id = || decision.application.id();
    match (call, decision.verdict) {
        (Call::Shutdown { .. }, Verdict::Fail) => Some(LogEvent::NotShutDown(id())),
        (Call::Restart { .. }, Verdict::Leave | Verdict::Fail) if is_identity(decision.because) => {
            Some(LogEvent::OtherIdentity(id()))
        }
        _ => None,
    }
}

fn is_identity(because: Citation) -> bool {
    match because {
        Citation::Rule(rule) => rule == rule!("RM-RST-14"),
        Citation::Latitude(latitude, _) => latitude == crate::operation::StrangerRestarts::LATITUDE,
    }
}

fn untagged(serving: &[Serving]) -> Vec<LogEvent> {
    let failed = serving.iter().filter(|one| one.uses == Tag::Failed).map(|one| one.affected.process);
    let hosts: BTreeSet<_> = failed.collect();
    hosts.into_iter().map(LogEvent::TaggingFailed).collect()
}
