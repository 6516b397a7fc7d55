//! What one process knows of its sessions: the state behind the handles.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::application::{Affected, AppStatus};
use crate::effect::{Decision, Settlement};
use crate::process::{Thread, UniqueProcess};
use crate::session::{Role, SessionHandle, Slot};

/// The library state of one process.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Library {
    /// The sessions this process holds handles to.
    pub sessions: BTreeMap<SessionHandle, Session>,
}

/// What a handle stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Seat {
    /// What the handle allows.
    pub role: Role,
    /// Where the session lies in the registry.
    pub slot: Slot,
    /// Its session hash, which tells it from a later session in the same slot.
    pub hash: u64,
}

/// A session as one of its handles knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Session {
    /// What the handle stands for.
    pub seat: Seat,
    /// The thread whose shutdown, restart or end has its turn (RM-LIFE-14).
    pub busy: Option<Thread>,
    /// Whether `RmShutdown` has been called: what lifts 776 (OQ-70).
    pub shutdown_called: bool,
    /// The applications that Restart Manager acted on, in the order it met them.
    pub applications: Vec<Application>,
}

/// An application that Restart Manager acted on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Application {
    /// The application as it was when the shutdown met it.
    pub was: Affected,
    /// Its history; `Running` is not kept but seen anew by each list.
    pub status: AppStatus,
    /// The process it was restarted as.
    pub restarted_as: Option<UniqueProcess>,
}

impl Application {
    /// The process it runs as, or last ran as (OQ-39).
    #[must_use]
    pub fn process(&self) -> UniqueProcess {
        self.restarted_as.unwrap_or(self.was.process)
    }

    /// Whether it was stopped and not started again: what a restart looks at.
    #[must_use]
    pub const fn is_stopped(&self) -> bool {
        self.status.contains(AppStatus::STOPPED) && !self.status.contains(AppStatus::RESTARTED)
    }
}

impl Session {
    /// A session nothing was done with yet.
    #[must_use]
    pub const fn new(seat: Seat) -> Self {
        Self { seat, busy: None, shutdown_called: false, applications: Vec::new() }
    }

    /// Begins the history of what a shutdown acts on. What earlier shutdowns stopped stays to be
    /// restarted (OQ-46); what is met again, or did not come to be stopped, begins anew.
    pub(crate) fn adopt(&mut self, decisions: &[Decision]) {
        self.applications.retain(|known| {
            known.is_stopped() && !decisions.iter().any(|new| new.application.process == known.process())
        });
        self.applications.extend(decisions.iter().map(|decision| Application {
            was: decision.application.clone(),
            status: AppStatus::UNKNOWN,
            restarted_as: None,
        }));
    }

    /// Adds bits to histories.
    pub(crate) fn settle(&mut self, settlements: &[Settlement]) {
        for settled in settlements {
            let known = self.applications.iter_mut().find(|known| known.was.process == settled.process);
            if let Some(application) = known {
                application.status = application.status.with(settled.status);
                application.restarted_as = settled.restarted_as.or(application.restarted_as);
            }
        }
    }
}
