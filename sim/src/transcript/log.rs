//! The event log of a run, read off its transcript.

use std::collections::BTreeMap;

use rm_core::{AppId, Call, Caller, EventLog, LogEvent, Logged};
use serde::Serialize;

use super::words::joined;
use super::{Event, Names, Transcript};

/// An event in the log, and when it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// When, in milliseconds of virtual time.
    pub at: u64,
    /// Whose call wrote it.
    pub who: Caller,
    /// What.
    #[serde(flatten)]
    pub logged: Logged,
}

impl Transcript {
    /// What Restart Manager wrote to the event log of Windows.
    #[must_use]
    pub fn event_log(&self) -> Vec<LogLine> {
        let (mut log, mut lines) = (EventLog::default(), Vec::new());
        let mut calls: BTreeMap<Caller, &Call> = BTreeMap::new();
        for line in &self.lines {
            if let Event::Exited(AppId::Process(process)) = &line.event {
                log.forget(*process);
                calls.retain(|who, _| who.process != *process);
            }
            let Some(who) = line.who else { continue };
            if let Event::Called(call) = &line.event {
                calls.insert(who, call);
            }
            let Some(call) = calls.get(&who) else { continue };
            let logged = match &line.event {
                Event::Did(effect, outcome) => log.did(who, call, effect, outcome),
                Event::Replied(_, reply) => log.replied(who, call, reply),
                _ => continue,
            };
            lines.extend(logged.into_iter().map(|logged| LogLine { at: line.at, who, logged }));
        }
        lines
    }

    /// An event of the log as text: its number, its session's number, and what it says.
    #[must_use]
    pub fn logged(&self, logged: &Logged) -> String {
        let session = logged.session.map_or_else(String::new, |number| format!(" session {number}:"));
        format!("{}{session} {}", logged.event, said(&logged.event, &self.names))
    }
}

fn said(event: &LogEvent, names: &Names) -> String {
    match event {
        LogEvent::Starting => "starts".into(),
        LogEvent::Ending => "ends".into(),
        LogEvent::ShuttingDown(id) => format!("shutting down {}", names.app(id)),
        LogEvent::Restarting(id) => format!("restarting {}", names.app(id)),
        LogEvent::Registering(files, processes, services) => {
            format!("registering files={files} processes={processes} services={services}")
        }
        LogEvent::RestartRequired(ids) => {
            format!("the machine has to be restarted: {}", joined(ids, |id| names.app(id)))
        }
        LogEvent::NotShutDown(id) => format!("{} could not be shut down", names.app(id)),
        LogEvent::NotRestarted(id) => format!("{} could not be restarted", names.app(id)),
        LogEvent::InternalError(code) => format!("internal error {code}"),
        LogEvent::TaggingFailed(host) => format!("service tagging failed for {}", names.of(*host)),
        LogEvent::OtherIdentity(id) => format!("{} is of another identity and not restarted", names.app(id)),
    }
}
