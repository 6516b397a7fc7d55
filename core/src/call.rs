//! Calls: one variant per function of the API, with the arguments of its prototype.
//!
//! A pointer argument that may be null is an `Option` or an [`Out`], so that whatever the real
//! functions refuse can be said here and is refused.

use alloc::sync::Arc;

use crate::filter::FilterAction;
use crate::name::Name;
use crate::process::UniqueProcess;
use crate::session::SessionHandle;

/// A pointer to memory the function writes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Out {
    /// A valid pointer.
    #[default]
    Given,
    /// `NULL`.
    Null,
}

/// A count and an array: the arguments `n…` and `rgs…` of `RmRegisterResources`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Array<T> {
    /// An array of as many elements as were counted.
    Given(Arc<[T]>),
    /// `NULL`, with this count.
    Null(u32),
}

impl<T> Array<T> {
    /// The elements; none for `NULL`.
    #[must_use]
    pub fn elements(&self) -> &[T] {
        match self {
            Self::Given(elements) => elements,
            Self::Null(_) => &[],
        }
    }

    /// Whether elements were counted that are not there (RM-REG-07).
    #[must_use]
    pub const fn lacks_elements(&self) -> bool {
        matches!(self, Self::Null(1..))
    }
}

impl<T> Default for Array<T> {
    fn default() -> Self {
        Self::Null(0)
    }
}

impl<T> FromIterator<T> for Array<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self::Given(elements.into_iter().collect())
    }
}

/// A call of the Restart Manager API.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Call {
    /// `RmStartSession`.
    Start {
        /// `pSessionHandle`.
        handle: Out,
        /// `dwSessionFlags`: reserved.
        flags: u32,
        /// `strSessionKey`.
        key: Out,
    },
    /// `RmJoinSession`.
    Join {
        /// `pSessionHandle`.
        handle: Out,
        /// `strSessionKey`.
        key: Option<Name>,
    },
    /// `RmRegisterResources`.
    Register {
        /// `dwSessionHandle`.
        session: SessionHandle,
        /// `nFiles`, `rgsFileNames`: full paths.
        files: Array<Option<Name>>,
        /// `nApplications`, `rgApplications`.
        processes: Array<UniqueProcess>,
        /// `nServices`, `rgsServiceNames`: short names.
        services: Array<Option<Name>>,
    },
    /// `RmGetList`.
    GetList {
        /// `dwSessionHandle`.
        session: SessionHandle,
        /// `pnProcInfoNeeded`.
        needed: Out,
        /// `pnProcInfo`: on input the capacity; `None` is a null pointer.
        capacity: Option<u32>,
        /// `rgAffectedApps`.
        entries: Out,
        /// `lpdwRebootReasons`.
        reasons: Out,
    },
    /// `RmShutdown`.
    Shutdown {
        /// `dwSessionHandle`.
        session: SessionHandle,
        /// `lActionFlags`.
        flags: ShutdownFlags,
        /// Whether `fnStatus` was given.
        callback: bool,
    },
    /// `RmRestart`.
    Restart {
        /// `dwSessionHandle`.
        session: SessionHandle,
        /// `dwRestartFlags`: reserved.
        flags: u32,
        /// Whether `fnStatus` was given.
        callback: bool,
    },
    /// `RmAddFilter`.
    AddFilter {
        /// `dwSessionHandle`.
        session: SessionHandle,
        /// `strModuleName`, `pProcess`, `strServiceShortName`.
        target: Target,
        /// `FilterAction`.
        action: FilterAction,
    },
    /// `RmRemoveFilter`.
    RemoveFilter {
        /// `dwSessionHandle`.
        session: SessionHandle,
        /// `strModuleName`, `pProcess`, `strServiceShortName`.
        target: Target,
    },
    /// `RmGetFilterList`.
    GetFilterList {
        /// `dwSessionHandle`.
        session: SessionHandle,
        /// `pbFilterBuf`.
        buffer: Out,
        /// `cbFilterBuf`: the size of the buffer in bytes.
        size: u32,
        /// `cbFilterBufNeeded`.
        needed: Out,
    },
    /// `RmCancelCurrentTask`.
    Cancel {
        /// `dwSessionHandle`.
        session: SessionHandle,
    },
    /// `RmEndSession`.
    End {
        /// `dwSessionHandle`.
        session: SessionHandle,
    },
}

impl Call {
    /// The name of the function.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        match self {
            Self::Start { .. } => "RmStartSession",
            Self::Join { .. } => "RmJoinSession",
            Self::Register { .. } => "RmRegisterResources",
            Self::GetList { .. } => "RmGetList",
            Self::Shutdown { .. } => "RmShutdown",
            Self::Restart { .. } => "RmRestart",
            Self::AddFilter { .. } => "RmAddFilter",
            Self::RemoveFilter { .. } => "RmRemoveFilter",
            Self::GetFilterList { .. } => "RmGetFilterList",
            Self::Cancel { .. } => "RmCancelCurrentTask",
            Self::End { .. } => "RmEndSession",
        }
    }

    /// The session the call is about; none for the two that open one.
    #[must_use]
    pub const fn session(&self) -> Option<SessionHandle> {
        match self {
            Self::Start { .. } | Self::Join { .. } => None,
            Self::Register { session, .. }
            | Self::GetList { session, .. }
            | Self::Shutdown { session, .. }
            | Self::Restart { session, .. }
            | Self::AddFilter { session, .. }
            | Self::RemoveFilter { session, .. }
            | Self::GetFilterList { session, .. }
            | Self::Cancel { session }
            | Self::End { session } => Some(*session),
        }
    }

    /// The same call about another session; one that opens a session stays as it is.
    #[must_use]
    pub fn on(mut self, other: SessionHandle) -> Self {
        match &mut self {
            Self::Start { .. } | Self::Join { .. } => {}
            Self::Register { session, .. }
            | Self::GetList { session, .. }
            | Self::Shutdown { session, .. }
            | Self::Restart { session, .. }
            | Self::AddFilter { session, .. }
            | Self::RemoveFilter { session, .. }
            | Self::GetFilterList { session, .. }
            | Self::Cancel { session }
            | Self::End { session } => *session = other,
        }
        self
    }

    /// Whether it is one of the three filter functions.
    #[must_use]
    pub const fn is_about_filters(&self) -> bool {
        matches!(self, Self::AddFilter { .. } | Self::RemoveFilter { .. } | Self::GetFilterList { .. })
    }

    /// Whether the call has to wait for others of its kind on the same session (OQ-05, OQ-21,
    /// OQ-48). The others go beside whatever runs.
    #[must_use]
    pub const fn takes_turns(&self) -> bool {
        matches!(self, Self::Shutdown { .. } | Self::Restart { .. } | Self::End { .. })
    }
}

/// The three target arguments of a filter function; exactly one is not null (RM-FILT-05).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Target {
    /// `strModuleName`: full path of an executable.
    pub module: Option<Name>,
    /// `pProcess`.
    pub process: Option<UniqueProcess>,
    /// `strServiceShortName`.
    pub service: Option<Name>,
}

/// `lActionFlags` of `RmShutdown` (RM-TYPE-07).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ShutdownFlags(pub u32);

impl ShutdownFlags {
    /// `RmForceShutdown`.
    pub const FORCE: Self = Self(0x1);
    /// `RmShutdownOnlyRegistered`.
    pub const ONLY_REGISTERED: Self = Self(0x10);

    /// Whether unresponsive applications are ended by force (RM-SHUT-12).
    #[must_use]
    pub const fn force(self) -> bool {
        self.0 & Self::FORCE.0 != 0
    }

    /// Whether nothing is stopped unless everything can be restarted (RM-SHUT-17).
    #[must_use]
    pub const fn only_registered(self) -> bool {
        self.0 & Self::ONLY_REGISTERED.0 != 0
    }

    /// Whether bits are set that mean nothing.
    #[must_use]
    pub const fn has_unknown(self) -> bool {
        self.0 & !(Self::FORCE.0 | Self::ONLY_REGISTERED.0) != 0
    }
}
