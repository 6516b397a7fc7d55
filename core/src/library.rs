//! What one process knows of its sessions: the state behind the handles.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::app_status::AppStatus;
use crate::application::{Affected, AppId, RestartSettings};
use crate::decision::{Decision, Settlement};
use crate::effect::Note;
use crate::filter::Filters;
use crate::part::Part;
use crate::process::{Thread, UniqueProcess};
use crate::rules::Citation;
use crate::session::{Role, SessionHandle, Slot};

/// The library state of one process.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Library {
    /// The sessions this process holds handles to.
    pub sessions: BTreeMap<SessionHandle, Part<Session>>,
    /// The hashes of sessions that were joined and left, where that matters (OQ-18).
    pub left: BTreeSet<u64>,
    /// The calls that met a mutex that was not free, where that matters (OQ-106).
    pub busy: BTreeSet<(&'static str, Option<SessionHandle>)>,
}

impl Library {
    /// The session behind a handle, to be changed.
    pub(crate) fn session_mut(&mut self, handle: SessionHandle) -> Option<&mut Session> {
        self.sessions.get_mut(&handle).map(|session| &mut **session)
    }

    /// The handle of the session that a list through this handle is about: that of the primary where it is
    /// here and the handle a joined one (OQ-03.list d).
    pub(crate) fn listed_through(&self, handle: SessionHandle) -> SessionHandle {
        let Some(joined) = self.sessions.get(&handle).filter(|one| one.seat.role == Role::Secondary) else {
            return handle;
        };
        let primary = Seat { role: Role::Primary, ..joined.seat };
        self.sessions.iter().find(|(_, one)| one.seat == primary).map_or(handle, |(handle, _)| *handle)
    }

    /// Remembers something about the session of a call, or about the process.
    pub(crate) fn remember(&mut self, note: &Note, function: &'static str, handle: Option<SessionHandle>) {
        let about = match note {
            Note::Listed(_) => handle.map(|handle| self.listed_through(handle)),
            _ => handle,
        };
        let session = about.and_then(|handle| self.session_mut(handle));
        match (note, session) {
            (Note::Left(hash), _) => {
                self.left.insert(*hash);
            }
            (Note::Busy, _) => {
                self.busy.insert((function, handle));
            }
            (Note::CancelNext, Some(session)) => session.cancel_next = true,
            (Note::ShutdownCancelled { stays_stopped }, Some(session)) => {
                session.shutdown_cancelled = true;
                for known in &mut session.applications {
                    known.stays_stopped |= *stays_stopped && known.is_stopped() && !known.stopped_earlier;
                }
            }
            (Note::Uncounted(because), Some(session)) => {
                (session.shutdown_called, session.uncounted) = (false, Some(*because));
            }
            (Note::Listed(held), Some(session)) => session.listed = held.to_vec(),
            (
                Note::CancelNext | Note::ShutdownCancelled { .. } | Note::Uncounted(_) | Note::Listed(_),
                None,
            ) => {}
        }
    }
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
    /// The filters in force.
    pub filters: Filters,
    /// The thread whose shutdown, restart or end has its turn (RM-LIFE-14).
    pub busy: Option<Thread>,
    /// Whether `RmShutdown` has been called: what lifts 776 (OQ-70).
    pub shutdown_called: bool,
    /// Why the shutdowns that were called do not count, while none does (OQ-70).
    pub uncounted: Option<Citation>,
    /// Whether `RmRestart` has been called since `RmShutdown` was, whatever came of that (OQ-71).
    pub restart_called: bool,
    /// Whether `RmRestart` has been called since a shutdown last met applications (OQ-113.cycle).
    pub cycled: bool,
    /// Whether the last shutdown was cancelled, where that matters (OQ-82).
    pub shutdown_cancelled: bool,
    /// Whether the next operation is cancelled from its beginning (OQ-79).
    pub cancel_next: bool,
    /// Whether a look at the registered files has met a directory (OQ-108.lasting).
    pub met_directory: bool,
    /// The applications that lists held so far, before any shutdown, where that matters (OQ-40).
    pub listed: Vec<Affected>,
    /// The applications that Restart Manager acted on, in the order it met them.
    pub applications: Vec<Application>,
}

/// An application that Restart Manager met in a shutdown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Application {
    /// The application as it was when the shutdown met it.
    pub was: Affected,
    /// Its history; `Running` is not kept but seen anew by each list.
    pub status: AppStatus,
    /// The mask bits of filters that a shutdown or restart has respected.
    pub masks: AppStatus,
    /// Whether it was told to end.
    pub told: bool,
    /// What an earlier shutdown left in the history, with no restart in between (OQ-113.retry).
    pub before_retry: AppStatus,
    /// What an earlier shutdown and the restart after it left in the history (OQ-113.cycle).
    pub before_cycle: AppStatus,
    /// The process it was restarted as.
    pub restarted_as: Option<UniqueProcess>,
    /// How many applications had been stopped before it, if it was stopped (OQ-66.restart).
    pub stopped_as: Option<u16>,
    /// Whether an earlier shutdown than the last one stopped it.
    pub stopped_earlier: bool,
    /// Whether an earlier shutdown stopped it and another one followed with no restart in between
    /// (OQ-46).
    pub superseded: bool,
    /// Whether a restart passes over it (OQ-82.restart).
    pub stays_stopped: bool,
    /// The application as a later shutdown met it, until that shutdown does something to it; and
    /// whether there was a restart in between.
    again: Option<(Affected, bool)>,
}

impl Application {
    /// An application that a shutdown meets for the first time.
    const fn new(was: Affected) -> Self {
        let none = AppStatus::UNKNOWN;
        let (before_retry, before_cycle) = (none, none);
        Self {
            was,
            status: none,
            masks: none,
            told: false,
            before_retry,
            before_cycle,
            restarted_as: None,
            stopped_as: None,
            stopped_earlier: false,
            superseded: false,
            stays_stopped: false,
            again: None,
        }
    }

    /// Adds bits. The first that a later shutdown adds begin the history anew; what it was is kept
    /// aside. What a restart adds belongs to the shutdown that stopped the application.
    fn settle(&mut self, status: AppStatus) {
        let of_shutdown = AppStatus::STOPPED.with(AppStatus::STOPPED_OTHER).with(AppStatus::ERROR_ON_STOP);
        if let Some((now, cycled)) = self.again.take_if(|_| status.0 & of_shutdown.0 != 0) {
            let (retry, cycle) = (self.before_retry, self.before_cycle);
            let (before_retry, before_cycle) = if cycled {
                (AppStatus::UNKNOWN, cycle.with(retry).with(self.status))
            } else {
                (retry.with(self.status), cycle)
            };
            *self = Self { before_retry, before_cycle, told: self.told, masks: self.masks, ..Self::new(now) };
        }
        self.status = self.status.with(status);
    }

    /// Which application it is now: after a restart another process, but the same service (OQ-39).
    #[must_use]
    pub fn id(&self) -> AppId {
        if self.was.is_service() { self.was.id() } else { AppId::Process(self.process()) }
    }

    /// What is known of it as the latest shutdown met it.
    fn now_mut(&mut self) -> &mut Affected {
        self.again.as_mut().map_or(&mut self.was, |(now, _)| now)
    }

    /// The process it runs in, or last ran in.
    #[must_use]
    pub fn process(&self) -> UniqueProcess {
        self.restarted_as.unwrap_or(self.was.process)
    }

    /// Whether it was told to end, and nothing came of that as long as anybody looked (OQ-117).
    #[must_use]
    pub const fn is_told_and_open(&self) -> bool {
        let settled = AppStatus::STOPPED.with(AppStatus::STOPPED_OTHER).with(AppStatus::RESTARTED);
        self.told && self.status.0 & settled.0 == 0
    }

    /// Whether it was stopped and not started again: what a restart looks at.
    #[must_use]
    pub const fn is_stopped(&self) -> bool {
        self.status.contains(AppStatus::STOPPED)
            && !self.status.contains(AppStatus::RESTARTED)
            && !self.stays_stopped
    }
}

impl Session {
    /// A session nothing was done with yet.
    #[must_use]
    pub fn new(seat: Seat) -> Self {
        Self {
            seat,
            filters: Filters::default(),
            busy: None,
            shutdown_called: false,
            uncounted: None,
            restart_called: false,
            cycled: false,
            shutdown_cancelled: false,
            cancel_next: false,
            met_directory: false,
            listed: Vec::new(),
            applications: Vec::new(),
        }
    }

    /// Takes in what a shutdown is going to deal with. What earlier shutdowns stopped stays to be
    /// restarted (OQ-46); whatever else they met is kept only if it is met again.
    pub(crate) fn adopt(&mut self, decisions: &[Decision]) {
        let cycled = core::mem::take(&mut self.cycled);
        self.listed.clear();
        let met =
            |known: &Application| decisions.iter().any(|decision| decision.application.id() == known.id());
        self.applications.retain(|known| known.is_stopped() || met(known));
        for known in &mut self.applications {
            known.stopped_earlier = known.is_stopped();
            known.superseded = known.is_stopped() && !cycled;
        }
        self.meet(decisions, cycled);
    }

    /// Takes in applications, some of them for the first time.
    pub(crate) fn meet(&mut self, decisions: &[Decision], cycled: bool) {
        for decision in decisions {
            let now = decision.application.clone();
            match self.applications.iter_mut().find(|known| known.id() == now.id()) {
                Some(known) => {
                    (known.again, known.told) = (Some((now, cycled)), false);
                    known.masks = known.masks.with(decision.masks);
                }
                None => {
                    self.applications.push(Application { masks: decision.masks, ..Application::new(now) })
                }
            }
        }
    }

    /// Notes the filters that a restart respects.
    pub(crate) fn respect(&mut self, decisions: &[Decision]) {
        for decision in decisions {
            let id = decision.application.id();
            for known in self.applications.iter_mut().filter(|known| known.was.id() == id) {
                known.masks = known.masks.with(decision.masks);
            }
        }
    }

    /// Notes how processes are registered for restart (OQ-77).
    pub(crate) fn registered(&mut self, registrations: Vec<(UniqueProcess, Option<Arc<RestartSettings>>)>) {
        for (process, settings) in registrations {
            if let Some(known) = self.applications.iter_mut().find(|known| known.id() == process.into()) {
                known.now_mut().restart = settings;
            }
        }
    }

    /// Forgets in which order applications were stopped.
    pub(crate) fn forget_stops(&mut self) {
        self.applications.iter_mut().for_each(|known| known.stopped_as = None);
    }

    /// Notes that an application was told to end.
    pub(crate) fn told(&mut self, id: &AppId) {
        for known in self.applications.iter_mut().filter(|known| known.id() == *id) {
            known.told = true;
        }
    }

    /// Adds bits to histories.
    pub(crate) fn settle(&mut self, settlements: &[Settlement]) {
        for settled in settlements {
            let stopped_before = self.applications.iter().filter_map(|known| known.stopped_as).max();
            let is_it = |known: &&mut Application| known.id() == settled.id;
            if let Some(application) = self.applications.iter_mut().find(is_it) {
                application.settle(settled.status);
                if settled.status.contains(AppStatus::STOPPED) {
                    application.stopped_as =
                        Some(stopped_before.map_or(0, |before| before.saturating_add(1)));
                }
                application.restarted_as = settled.restarted_as.or(application.restarted_as);
            }
        }
    }
}
