//! Decisions and fates: what is going to be done with an application, and what came of it.

use crate::app_status::AppStatus;
use crate::application::{Affected, AppId};
use crate::name::Name;
use crate::process::UniqueProcess;
use crate::rules::Citation;

/// What a shutdown or restart will do with an application, decided before anything is done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Decision {
    /// The application.
    pub application: Affected,
    /// What will be done with it.
    pub verdict: Verdict,
    /// The rule or latitude that decides it.
    pub because: Citation,
    /// The mask bits of the filter in force for it.
    pub masks: AppStatus,
}

/// What will be done with an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Verdict {
    /// It is acted on.
    Act,
    /// It is left alone, and that is as it should be.
    Leave,
    /// It cannot be acted on, and the operation fails for it.
    Fail,
}

/// Bits that an application's status gets, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Settlement {
    /// The application.
    pub id: AppId,
    /// The bits added; none when it is left as it is.
    pub status: AppStatus,
    /// The process it was restarted as.
    pub restarted_as: Option<UniqueProcess>,
    /// The rule or latitude that made it so.
    pub because: Citation,
}

/// How an application is started again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Launch {
    /// The application as it was when it was stopped.
    pub application: Affected,
    /// The registered arguments (RM-RST-22).
    pub command_line: Name,
    /// Whether it gets a new console (RM-RST-16).
    pub new_console: bool,
    /// The user that it runs as: its own, or the installer's (OQ-78).
    pub user: Name,
}
