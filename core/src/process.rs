//! Processes and the threads in them.

use core::fmt;

use crate::name::Name;

/// `RM_UNIQUE_PROCESS`: a process id together with the creation time, so that a reused id is not
/// mistaken for the process that had it before (RM-REG-15, RM-TYPE-23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct UniqueProcess {
    /// The process id.
    pub id: u32,
    /// Creation time as `GetProcessTimes` reports it, in 100 ns units (a `FILETIME`).
    pub start_time: u64,
}

impl UniqueProcess {
    /// No process, with the id `RM_INVALID_PROCESS` (RM-TYPE-03).
    pub const NONE: Self = Self { id: u32::MAX, start_time: 0 };
}

/// The process id alone: what a reader tells processes apart by until an id is reused.
impl fmt::Display for UniqueProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.id)
    }
}

/// Who an installer process is to the machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Identity {
    /// The process itself.
    pub process: UniqueProcess,
    /// The terminal session it runs in.
    pub ts_session: u32,
    /// The user it runs as.
    pub user: Name,
    /// The user who is logged on to its terminal session.
    pub logged_on: Name,
    /// Whether it runs elevated.
    pub elevated: bool,
    /// Whether it is a service.
    pub service: bool,
}

impl Identity {
    /// The user of those that nobody gave another.
    pub const USER: &'static str = "user";

    /// What most installers are: elevated, of the user who is logged on, in terminal session 1.
    #[must_use]
    pub fn new(process: UniqueProcess) -> Self {
        let user = Name::from(Self::USER);
        Self { process, ts_session: 1, logged_on: user.clone(), user, elevated: true, service: false }
    }
}

/// A thread of an installer process: the place of at most one call at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Thread(pub u32);

impl fmt::Display for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Who makes a call: a thread of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Caller {
    /// The installer's process.
    pub process: UniqueProcess,
    /// The thread in it.
    pub thread: Thread,
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_process_is_shown_by_its_id() {
        assert_eq!(UniqueProcess { id: 104, start_time: 7 }.to_string(), "104");
    }
}
