//! A call that was made, and what it decided.

use rm_core::store::Record;
use rm_core::{
    Affected, AppId, Call, Caller, Decision, Effect, Entry, Outcome, Output, Reply, RestartSettings, Serving,
    SessionHandle, Settlement, Slot,
};
use std::sync::Arc;

/// A call that was made.
pub(super) struct Made<'a> {
    pub(super) who: Caller,
    pub(super) call: &'a Call,
    /// When it began.
    pub(super) at: u64,
    /// The line at which it began.
    pub(super) begun: usize,
    /// Its effects, each with its line, time and outcome.
    pub(super) effects: Vec<(usize, u64, &'a Effect, &'a Outcome)>,
    /// Its result; none if it did not come to its end.
    pub(super) reply: Option<&'a Reply>,
}

impl<'a> Made<'a> {
    pub(super) const fn new(who: Caller, call: &'a Call, at: u64, begun: usize) -> Self {
        Self { who, call, at, begun, effects: Vec::new(), reply: None }
    }

    /// Whether it starts again what was stopped: `RmRestart`, or an end that does (OQ-24).
    pub(super) const fn is_restart(&self) -> bool {
        matches!(self.call, Call::Restart { .. } | Call::End { .. })
    }

    /// The handle of the session that the call opened.
    pub(super) fn opened(&self) -> Option<SessionHandle> {
        match self.reply?.output {
            Output::Started(handle, ..) | Output::Joined(handle) => Some(handle),
            _ => None,
        }
    }

    /// Whether a decision, a fate or the result names the application.
    pub(super) fn speaks_of(&self, id: &AppId) -> bool {
        let listed = match self.reply.map(|reply| &reply.output) {
            Some(Output::List(list)) => list.entries.iter().any(|entry| is_about(entry, id)),
            _ => false,
        };
        listed || self.decision(id).is_some() || self.settlement(id).is_some() || self.affected(id).is_some()
    }

    /// The session's key as the call read it, its slot, and the line where it did.
    pub(super) fn read(&self) -> Option<(Slot, &'a Record, usize)> {
        self.effects.iter().find_map(|(at, _, effect, outcome)| match (effect, outcome) {
            (Effect::ReadSession(slot), Outcome::Session(Some(record))) => Some((*slot, record, *at)),
            _ => None,
        })
    }

    /// What the machine said of an application that runs.
    pub(super) fn affected(&self, id: &AppId) -> Option<&'a Affected> {
        let AppId::Process(process) = id else {
            return self.served(id).filter(|one| one.runs()).map(|one| &one.affected);
        };
        self.effects.iter().find_map(|(_, _, _, outcome)| match outcome {
            Outcome::Described(described) => described.iter().find(|one| one.process == *process),
            _ => None,
        })
    }

    /// What the machine said of a service.
    pub(super) fn served(&self, id: &AppId) -> Option<&'a Serving> {
        self.effects.iter().find_map(|(_, _, _, outcome)| match outcome {
            Outcome::Services(all) => all.iter().find(|one| one.affected.id() == *id),
            _ => None,
        })
    }

    /// How a process was registered for restart when that was looked at last.
    pub(super) fn registered(&self, id: &AppId) -> Option<&'a Option<Arc<RestartSettings>>> {
        let process = id.process()?;
        self.effects.iter().rev().find_map(|(_, _, _, outcome)| registered(outcome, process))
    }

    /// Whether the call decided what to do, with whomever.
    pub(super) fn has_decided(&self) -> bool {
        self.effects.iter().any(|(_, _, effect, _)| matches!(effect, Effect::Decide(_)))
    }

    /// Everything that was decided.
    pub(super) fn decisions(&self) -> impl Iterator<Item = &'a Decision> {
        self.effects.iter().flat_map(|(_, _, effect, _)| match effect {
            Effect::Decide(decisions) => decisions.iter(),
            _ => [].iter(),
        })
    }

    /// What was decided of an application.
    pub(super) fn decision(&self, id: &AppId) -> Option<&'a Decision> {
        self.decisions().find(|decision| decision.application.id() == *id)
    }

    /// Every fate that was sealed.
    pub(super) fn settlements(&self) -> impl Iterator<Item = &'a Settlement> {
        self.effects.iter().flat_map(|(_, _, effect, _)| match effect {
            Effect::Settle(settlements) => settlements.iter(),
            _ => [].iter(),
        })
    }

    /// The fate of an application.
    pub(super) fn settlement(&self, id: &AppId) -> Option<&'a Settlement> {
        self.settlements().find(|settled| settled.id == *id)
    }
}

/// How a process is registered for restart, if that is what came.
pub(super) fn registered(
    outcome: &Outcome,
    process: rm_core::UniqueProcess,
) -> Option<&Option<Arc<RestartSettings>>> {
    let Outcome::Registrations(all) = outcome else { return None };
    all.iter().find(|(one, _)| *one == process).map(|(_, settings)| settings)
}

/// Whether an entry is about an application; it has no room for the whole name of every service.
pub(super) fn is_about(entry: &Entry, id: &AppId) -> bool {
    match id {
        AppId::Process(_) => entry.id() == *id,
        AppId::Service(name) => entry.service == name.truncated(Entry::MAX_SERVICE_NAME),
    }
}
