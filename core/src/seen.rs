//! What a caller sees of a reply: the code and the output parameters, and nothing of why.

mod relation;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;

pub use relation::{Difference, Point, breaks_progress};

use crate::app_status::AppStatus;
use crate::application::{AppId, AppType};
use crate::filter::{FilterAction, FilterTarget};
use crate::name::Name;
use crate::process::UniqueProcess;
use crate::reboot::RebootReasons;
use crate::refusal::ErrorCode;
use crate::reply::{Entry, Output, Reply};
use crate::session::{SessionHandle, SessionKey};

/// A reply as its caller sees it, of whatever implementation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Seen {
    /// The return value.
    pub code: ErrorCode,
    /// The output parameters.
    pub output: SeenOutput,
}

/// What a caller finds in its output parameters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum SeenOutput {
    /// Nothing it could count on.
    Nothing,
    /// A new session: handle, key, and whether a NUL was put behind the key.
    Started(SessionHandle, SessionKey, bool),
    /// The same, with a key that is not written as 32 hexadecimal digits in lower case (OQ-09).
    StartedAs(SessionHandle, Name, bool),
    /// A session joined: the handle.
    Joined(SessionHandle),
    /// The affected applications.
    List(SeenList),
    /// The filters in force.
    FilterList(SeenFilters),
}

impl SeenOutput {
    /// A new session, with its key as it was written.
    #[must_use]
    pub fn started(handle: SessionHandle, key: &Name, terminated: bool) -> Self {
        match SessionKey::written(key) {
            Some(key) => Self::Started(handle, key, terminated),
            None => Self::StartedAs(handle, key.clone(), terminated),
        }
    }
}

/// What `RmGetList` wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SeenList {
    /// `*pnProcInfoNeeded`.
    pub needed: u32,
    /// `*pnProcInfo`.
    pub count: u32,
    /// `*lpdwRebootReasons`.
    pub reasons: RebootReasons,
    /// The entries filled in.
    pub entries: Vec<SeenEntry>,
}

/// `RM_PROCESS_INFO`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SeenEntry {
    /// `Process`.
    pub process: UniqueProcess,
    /// `strAppName`.
    pub app_name: Name,
    /// `strServiceShortName`.
    pub service: Name,
    /// `ApplicationType`, as a number: it may be none that is known.
    pub app_type: u32,
    /// `AppStatus`.
    pub status: AppStatus,
    /// `TSSessionId`.
    pub ts_session: u32,
    /// `bRestartable`.
    pub restartable: bool,
}

/// What `RmGetFilterList` wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SeenFilters {
    /// `*cbFilterBufNeeded`.
    pub needed: u32,
    /// The records: to whom, and what.
    pub filters: Vec<(FilterTarget, FilterAction)>,
}

impl SeenEntry {
    /// Which application the entry is about.
    #[must_use]
    pub fn id(&self) -> AppId {
        AppId::listed(self.process, &self.service)
    }
}

impl From<&Reply> for Seen {
    fn from(reply: &Reply) -> Self {
        let output = match &reply.output {
            Output::Nothing => SeenOutput::Nothing,
            Output::Started(handle, key, terminated) => SeenOutput::Started(*handle, *key, *terminated),
            Output::Joined(handle) => SeenOutput::Joined(*handle),
            Output::List(list) => SeenOutput::List(SeenList {
                needed: list.needed,
                count: list.count,
                reasons: list.reasons,
                entries: list.entries.iter().map(SeenEntry::from).collect(),
            }),
            Output::FilterList(list) => SeenOutput::FilterList(SeenFilters {
                needed: list.needed,
                filters: list.filters.iter().map(|one| (one.target.clone(), one.action)).collect(),
            }),
        };
        Self { code: reply.code, output }
    }
}

impl From<&Entry> for SeenEntry {
    fn from(entry: &Entry) -> Self {
        Self {
            process: entry.process,
            app_name: entry.app_name.clone(),
            service: entry.service.clone(),
            app_type: entry.app_type as u32,
            status: entry.status,
            ts_session: entry.ts_session,
            restartable: entry.restartable,
        }
    }
}

impl AppType {
    /// The type with this number.
    #[must_use]
    pub const fn numbered(number: u32) -> Option<Self> {
        Some(match number {
            0 => Self::Unknown,
            1 => Self::MainWindow,
            2 => Self::OtherWindow,
            3 => Self::Service,
            4 => Self::Explorer,
            5 => Self::Console,
            1000 => Self::Critical,
            _ => return None,
        })
    }
}
