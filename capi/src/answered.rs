//! What a caller gets back: a code, and what is to be written to its memory.

use rm_core::{Entry, Filter, FilterTarget, Output, Reply};
use serde::{Deserialize, Serialize};

use crate::asked::{Process, Units};

/// The result of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answered {
    pub(crate) code: u32,
    pub(crate) written: Written,
}

/// What the model says was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Written {
    Nothing,
    /// A handle, the units of the key, and whether a NUL follows them.
    Started(u32, Units, bool),
    Joined(u32),
    List {
        needed: u32,
        count: u32,
        reasons: u32,
        entries: Vec<Listed>,
    },
    Filters {
        needed: u32,
        filters: Vec<Filtered>,
    },
}

/// An `RM_PROCESS_INFO`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) process: Process,
    pub(crate) app_name: Units,
    pub(crate) service: Units,
    pub(crate) app_type: u32,
    pub(crate) status: u32,
    pub(crate) ts_session: u32,
    pub(crate) restartable: bool,
}

/// An `RM_FILTER_INFO`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Filtered {
    pub(crate) action: u32,
    pub(crate) trigger: Trigger,
}

/// To whom a filter applies: `FilterTrigger` and what goes with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Trigger {
    File(Units),
    Process(Process),
    Service(Units),
}

impl From<Reply> for Answered {
    fn from(reply: Reply) -> Self {
        let written = match reply.output {
            Output::Nothing => Written::Nothing,
            Output::Started(handle, key, terminated) => {
                Written::Started(handle.0, key.text().units().to_vec(), terminated)
            }
            Output::Joined(handle) => Written::Joined(handle.0),
            Output::List(list) => Written::List {
                needed: list.needed,
                count: list.count,
                reasons: list.reasons.0,
                entries: list.entries.iter().map(Listed::from).collect(),
            },
            Output::FilterList(list) => Written::Filters {
                needed: list.needed,
                filters: list.filters.iter().map(Filtered::from).collect(),
            },
        };
        Self { code: reply.code.0, written }
    }
}

impl From<&Entry> for Listed {
    fn from(entry: &Entry) -> Self {
        Self {
            process: entry.process.into(),
            app_name: entry.app_name.units().to_vec(),
            service: entry.service.units().to_vec(),
            app_type: entry.app_type as u32,
            status: entry.status.0,
            ts_session: entry.ts_session,
            restartable: entry.restartable,
        }
    }
}

impl From<&Filter> for Filtered {
    fn from(filter: &Filter) -> Self {
        let trigger = match &filter.target {
            FilterTarget::File(path) => Trigger::File(path.units().to_vec()),
            FilterTarget::Process(process) => Trigger::Process((*process).into()),
            FilterTarget::Service(name) => Trigger::Service(name.units().to_vec()),
        };
        Self { action: filter.action.0, trigger }
    }
}
