//! Effects and outcomes: the whole border between the model and the world.
//!
//! An operation asks for one [`Effect`] at a time and is told its [`Outcome`]. Between two outcomes
//! of a thread exactly one effect happens; that is where a cancel, a fault, a death or another
//! thread's move can come in. *Private* effects touch nothing outside the installer: they are the
//! moments at which a decision becomes state, and the place where it is cited.

use alloc::sync::Arc;

use crate::application::{Affected, AppId};
use crate::decision::{Decision, Launch, Settlement};
use crate::filter::{Filter, FilterTarget};
use crate::limits::Millis;
use crate::name::Name;
use crate::outcome::{Outcome, ServiceQuery};
use crate::process::{Thread, UniqueProcess};
use crate::refusal::Refusal;
use crate::rules::Citation;
use crate::session::{Scope, SessionHandle, Slot};
use crate::store::{Data, ValueName};

/// One thing asked of the world.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Effect {
    /// Take the registry write mutex that these share, waiting this long.
    Lock(Scope, Millis),
    /// Give the mutex back.
    Unlock,
    /// Look at every slot, counted among these.
    ReadRoot(Scope),
    /// Read all values of one session's key.
    ReadSession(Slot),
    /// Write one value; the key comes to be with its first.
    WriteValue(Slot, ValueName, Data),
    /// Delete one value.
    DeleteValue(Slot, ValueName),
    /// Delete a session's key with all its values.
    DeleteSession(Slot),
    /// Wait until the owner of a session is in no operation any more, or is gone (OQ-19, OQ-25).
    AwaitPhase(Slot),

    /// Make up a session key.
    NewKey,
    /// Find a handle that this process does not use; the lowest such is given.
    NewHandle(SessionHandle),
    /// Forget a handle. Private.
    ReleaseHandle(SessionHandle),

    /// Which processes use any of these files.
    Users(Arc<[Name]>, Look),
    /// Which of these paths exist (OQ-28.missing, OQ-94.missing).
    Exist(Arc<[Name]>),
    /// Every path of the file that this path names, itself included (OQ-100.path).
    NamesOf(Name),
    /// What these processes are; nothing for one that is gone.
    Describe(Arc<[UniqueProcess]>),
    /// Which services live in these hosts or have these names, and which of those that run depend on
    /// them.
    Services(Arc<ServiceQuery>),
    /// What the processes are that are attached to these consoles (OQ-115.list).
    Attached(Arc<[u32]>),
    /// How these processes are registered for restart at this moment (ARR-10).
    Registrations(Arc<[UniqueProcess]>),
    /// Which processes have the ids of these now (OQ-29).
    Occupants(Arc<[UniqueProcess]>),
    /// Which of these run.
    AreAlive(Arc<[AppId]>),

    /// Keep a filter. Private.
    KeepFilter(Filter),
    /// Forget the filter of a target. Private.
    DropFilter(FilterTarget),

    /// What is decided of every affected application. Private.
    Decide(Arc<[Decision]>),
    /// The fate of applications: bits added to their statuses, and why. Private.
    Settle(Arc<[Settlement]>),

    /// Decide that a shutdown stops nobody of the class at work any more, and why. Private.
    CallOff(Refusal),

    /// Send a message to an application's windows and wait this long for the answer; with no time
    /// given, as long as what is counted for the application or the thread, or for ever (OQ-59, OQ-60).
    Send(UniqueProcess, Message, Option<Millis>),
    /// Send `CTRL_C_EVENT` to a console application (RM-SHUT-34), and to whom with it.
    ControlEvent(UniqueProcess, Reach),
    /// Have the service control manager stop a service (RM-SHUT-38).
    StopService(Name),
    /// Start counting a time limit for what this thread waits for next.
    Arm(Millis),
    /// Start counting a time limit for all that this thread waits for of one application (OQ-60).
    ArmFor(AppId, Millis),
    /// Wait until one of these exits or stops, the limit passes, or somebody interrupts. The limit is
    /// that of the application, if it is one with its own; where none is counted, none passes.
    WaitAny(Arc<[AppId]>),
    /// End a process by force.
    Terminate(UniqueProcess),
    /// Whether an application runs again: a process of the same executable, user and terminal session
    /// that was born after the application's own had gone (OQ-74, OQ-114). Not these, which the session
    /// started in place of other instances.
    RunningAgain(Affected, Arc<[UniqueProcess]>),
    /// Start an application again.
    Launch(Launch),
    /// Wait this long until a process that was started is ready for use (OQ-76.application).
    AwaitReady(UniqueProcess, Millis),
    /// Have the service control manager start a service, and wait this long until it runs.
    StartService(Name, Millis),

    /// Tell the status callback how far the operation is, in percent.
    Report(u8),
    /// Wake another thread of this process from its waiting, and have it see the cancel.
    Interrupt(Thread),
    /// Have another thread of this process see the cancel once its wait is over (OQ-84.wait).
    /// Private.
    Request(Thread),
    /// Have whoever runs an operation on a session see a cancel, in whatever process (OQ-80).
    InterruptOwner(Slot),
    /// Remember what only some answer makes worth remembering. Private.
    Remember(Note),
}

/// Whom a control event reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Reach {
    /// Everybody attached to the console of the process.
    Console,
    /// The process alone.
    Process,
}

/// How to look for the users of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Look {
    /// Whether other names of the same file count too (OQ-31).
    pub by_identity: bool,
    /// Whether directories are passed over (OQ-108.shutdown).
    pub past_directories: bool,
}

/// What only some answer makes worth remembering.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Note {
    /// The next operation on the session is cancelled (OQ-79).
    CancelNext,
    /// The shutdown was cancelled; whether what it stopped stays stopped (OQ-82).
    ShutdownCancelled {
        /// Whether a restart passes over what it stopped.
        stays_stopped: bool,
    },
    /// No shutdown so far is one after which a restart has its place; what says so of the last
    /// (OQ-70).
    Uncounted(Citation),
    /// The applications that a list held before any shutdown (OQ-40).
    Listed(Arc<[Affected]>),
    /// A session with this hash was left (OQ-18).
    Left(u64),
    /// The call met a mutex that was not free (OQ-106).
    Busy,
}

/// A window message of Restart Manager; `lParam` always carries `ENDSESSION_CLOSEAPP` (RM-SHUT-27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Message {
    /// `WM_QUERYENDSESSION`: may it end?
    QueryEndSession,
    /// `WM_ENDSESSION` with `wParam` TRUE: end now.
    EndSession,
    /// `WM_ENDSESSION` with `wParam` FALSE: stay.
    StaySession,
    /// `WM_CLOSE`: posted, not waited for.
    Close,
}

/// Lists the variants once, for one name and for all.
macro_rules! effect_names {
    ($($variant:ident)+) => {
        impl Effect {
            /// The names of all effects.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($variant)),+];

            /// The name of this effect.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => stringify!($variant)),+ }
            }
        }
    };
}

effect_names! {
    Lock Unlock ReadRoot ReadSession WriteValue DeleteValue DeleteSession AwaitPhase NewKey NewHandle ReleaseHandle
    KeepFilter DropFilter Users Exist NamesOf Describe Services Attached Registrations Occupants AreAlive Decide Settle
    CallOff Send ControlEvent StopService Arm ArmFor WaitAny Terminate RunningAgain Launch AwaitReady StartService Report
    Interrupt Request InterruptOwner Remember
}

impl Effect {
    /// Whether the effect touches nothing outside the installer.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        matches!(
            self,
            Self::Decide(_)
                | Self::Settle(_)
                | Self::CallOff(_)
                | Self::ReleaseHandle(_)
                | Self::KeepFilter(_)
                | Self::DropFilter(_)
                | Self::Request(_)
                | Self::Remember(_)
        )
    }

    /// Whether the effect reads or writes the registry, which goes by the mutex.
    #[must_use]
    pub const fn is_of_registry(&self) -> bool {
        matches!(
            self,
            Self::ReadRoot(_)
                | Self::ReadSession(_)
                | Self::WriteValue(..)
                | Self::DeleteValue(..)
                | Self::DeleteSession(_)
        )
    }

    /// Whether this outcome can be the answer to this effect. A backend that gives another has a bug.
    #[must_use]
    pub const fn accepts(&self, outcome: &Outcome) -> bool {
        use Outcome as O;
        match self {
            Self::Lock(..) => matches!(outcome, O::Held | O::Abandoned | O::NotFree | O::Failed(_)),
            Self::ReadRoot(_) => matches!(outcome, O::Slots(_) | O::Failed(_)),
            Self::ReadSession(_) => matches!(outcome, O::Session(_) | O::Failed(_)),
            Self::WriteValue(..) | Self::DeleteValue(..) | Self::DeleteSession(_) => {
                matches!(outcome, O::Done | O::Failed(_))
            }
            Self::NewKey => matches!(outcome, O::Key(_) | O::Failed(_)),
            Self::NewHandle(_) => matches!(outcome, O::Handle(_)),
            Self::Users(..) => matches!(outcome, O::Users(_) | O::Directory | O::Failed(_)),
            Self::Exist(_) | Self::NamesOf(_) => matches!(outcome, O::Paths(_)),
            Self::InterruptOwner(_) => matches!(outcome, O::Done | O::Gone),
            Self::Describe(_) | Self::Attached(_) => matches!(outcome, O::Described(_) | O::Failed(_)),
            Self::Services(_) => matches!(outcome, O::Services(_) | O::Failed(_)),
            Self::Registrations(_) => matches!(outcome, O::Registrations(_)),
            Self::StopService(_) => matches!(outcome, O::Done | O::Gone | O::Refused | O::Failed(_)),
            Self::StartService(..) => matches!(
                outcome,
                O::Launched(_) | O::RunsAlready(_) | O::NoAnswer | O::Interrupted | O::Failed(_)
            ),
            Self::Occupants(_) | Self::AreAlive(_) => matches!(outcome, O::Alive(_)),
            Self::Send(_, Message::Close, _) | Self::ControlEvent(..) => matches!(outcome, O::Done | O::Gone),
            Self::Send(_, Message::QueryEndSession, _) => {
                matches!(outcome, O::Agreed | O::Refused | O::NoAnswer | O::Gone | O::Died | O::Interrupted)
            }
            Self::Send(..) => matches!(outcome, O::Agreed | O::NoAnswer | O::Gone | O::Died | O::Interrupted),
            Self::WaitAny(_) => matches!(outcome, O::Exited(_) | O::DeadlinePassed | O::Interrupted),
            Self::Terminate(_) => matches!(outcome, O::Done | O::Gone | O::Failed(_)),
            Self::RunningAgain(..) => matches!(outcome, O::Again(_)),
            Self::Launch(_) => matches!(outcome, O::Launched(_) | O::NotStartable | O::Failed(_)),
            Self::AwaitReady(..) => matches!(outcome, O::Done | O::NoAnswer | O::Died | O::Interrupted),
            Self::Unlock
            | Self::ReleaseHandle(_)
            | Self::KeepFilter(_)
            | Self::DropFilter(_)
            | Self::Decide(_)
            | Self::Settle(_)
            | Self::CallOff(_)
            | Self::Arm(_)
            | Self::ArmFor(..)
            | Self::Report(_)
            | Self::AwaitPhase(_)
            | Self::Request(_)
            | Self::Remember(_) => matches!(outcome, O::Done),
            Self::Interrupt(_) => matches!(outcome, O::Done | O::Failed(_)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Scope, Slot};

    #[test]
    fn an_outcome_belongs_to_some_effects_and_not_to_others() {
        let slot = Slot { scope: Scope::TsSession, number: 0 };
        assert!(Effect::Unlock.accepts(&Outcome::Done));
        assert!(!Effect::Unlock.accepts(&Outcome::Gone));
        assert!(Effect::DeleteSession(slot).accepts(&Outcome::Done));
        assert!(!Effect::DeleteSession(slot).accepts(&Outcome::Held));
    }
}
