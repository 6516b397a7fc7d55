//! Replies: what a call gives back.

use alloc::vec::Vec;

use crate::application::{AppStatus, AppType};
use crate::filter::Filter;
use crate::name::Name;
use crate::process::UniqueProcess;
use crate::reboot::RebootReasons;
use crate::refusal::{ErrorCode, Refusal};
use crate::rules::{Citation, Rules};
use crate::session::{SessionHandle, SessionKey};

/// The result of a call: a code, why it is not 0, and what was written to the caller's memory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Reply {
    /// The return value.
    pub code: ErrorCode,
    /// Why it is not 0.
    pub refusal: Option<Refusal>,
    /// The rule or latitude that made it so.
    pub because: Option<Citation>,
    /// The output parameters.
    pub output: Output,
}

impl Reply {
    /// `ERROR_SUCCESS` with these outputs.
    #[must_use]
    pub const fn success(output: Output) -> Self {
        Self { code: ErrorCode::SUCCESS, refusal: None, because: None, output }
    }

    /// The code of a refusal, with nothing written.
    #[must_use]
    pub fn refused(refusal: Refusal, rules: &Rules) -> Self {
        let because = Some(refusal.citation(rules));
        Self { code: refusal.code(rules), refusal: Some(refusal), because, output: Output::Nothing }
    }
}

/// What a call wrote to its output parameters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Output {
    /// Nothing.
    Nothing,
    /// A new session: handle, key, and whether a NUL was put behind the key (OQ-10).
    Started(SessionHandle, SessionKey, bool),
    /// A session joined: the handle.
    Joined(SessionHandle),
    /// The affected applications.
    List(List),
    /// The filters in force.
    FilterList(FilterList),
}

/// What `RmGetFilterList` wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct FilterList {
    /// `*cbFilterBufNeeded`.
    pub needed: u32,
    /// The records, in the order of the chain.
    pub filters: Vec<Filter>,
}

/// What `RmGetList` wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct List {
    /// `*pnProcInfoNeeded`.
    pub needed: u32,
    /// `*pnProcInfo`.
    pub count: u32,
    /// `*lpdwRebootReasons`.
    pub reasons: RebootReasons,
    /// The entries filled in.
    pub entries: Vec<Entry>,
}

/// `RM_PROCESS_INFO`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Entry {
    /// `Process`.
    pub process: UniqueProcess,
    /// `strAppName`, at most 255 units.
    pub app_name: Name,
    /// `strServiceShortName`, at most 63 units; empty for what is no service.
    pub service: Name,
    /// `ApplicationType`.
    pub app_type: AppType,
    /// `AppStatus`.
    pub status: AppStatus,
    /// `TSSessionId`.
    pub ts_session: u32,
    /// `bRestartable`.
    pub restartable: bool,
}

impl Entry {
    /// `CCH_RM_MAX_APP_NAME` (RM-TYPE-01).
    pub const MAX_APP_NAME: usize = 255;
}
