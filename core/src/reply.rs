//! Replies: what a call gives back.

use alloc::vec::Vec;

use crate::app_status::AppStatus;
use crate::application::{AppId, AppType};
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
    /// Which applications gave cause for the reboot reasons, or for doing nothing. No caller sees this.
    pub causes: Vec<Cause>,
}

/// What an affected application contributes to the result of a whole call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Cause {
    /// The application.
    pub id: AppId,
    /// The reboot reason it gives, one bit; none when it keeps a shutdown of only registered
    /// applications from acting.
    pub reason: RebootReasons,
    /// The rule or latitude that makes it so.
    pub because: Citation,
}

impl Reply {
    /// `ERROR_SUCCESS` with these outputs.
    #[must_use]
    pub const fn success(output: Output) -> Self {
        Self { code: ErrorCode::SUCCESS, refusal: None, because: None, output, causes: Vec::new() }
    }

    /// The code of a refusal, with nothing written.
    #[must_use]
    pub fn refused(refusal: Refusal, rules: &Rules) -> Self {
        let because = Some(refusal.citation(rules));
        let (code, output) = (refusal.code(rules), Output::Nothing);
        Self { code, refusal: Some(refusal), because, output, causes: Vec::new() }
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
    /// `*lpdwRebootReasons`; none where nothing is written (OQ-34.reasons).
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
    /// Why it is in the list and what it is in it. No caller sees this.
    pub grounds: Grounds,
}

/// What an entry of the list can be traced to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Grounds {
    /// Why it is in the list.
    pub listed: Citation,
    /// Why it is shown as critical, if it is.
    pub critical: Option<Citation>,
    /// Why it is restartable or not.
    pub restartable: Citation,
}

impl Entry {
    /// `CCH_RM_MAX_APP_NAME` (RM-TYPE-01).
    pub const MAX_APP_NAME: usize = 255;
    /// `CCH_RM_MAX_SVC_NAME` (RM-TYPE-01).
    pub const MAX_SERVICE_NAME: usize = 63;

    /// Which application the entry is about.
    #[must_use]
    pub fn id(&self) -> AppId {
        AppId::listed(self.process, &self.service)
    }
}
