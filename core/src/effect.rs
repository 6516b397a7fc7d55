//! Effects and outcomes: the whole border between the model and the world.
//!
//! An operation asks for one [`Effect`] at a time and is told its [`Outcome`]. Between two outcomes
//! of a thread exactly one effect happens; that is where a cancel, a fault, a death or another
//! thread's move can come in. *Private* effects touch nothing outside the installer: they are the
//! moments at which a decision becomes state, and the place where it is cited.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::application::{Affected, AppStatus};
use crate::filter::{Filter, FilterTarget};
use crate::limits::Millis;
use crate::name::Name;
use crate::process::{Thread, UniqueProcess};
use crate::refusal::Fault;
use crate::rules::Citation;
use crate::session::{Scope, SessionHandle, SessionKey, Slot};
use crate::store::{Data, Record, SlotEntry, ValueName};

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
    /// Which of these processes run.
    AreAlive(Arc<[UniqueProcess]>),

    /// Keep a filter. Private.
    KeepFilter(Filter),
    /// Forget the filter of a target. Private.
    DropFilter(FilterTarget),

    /// What is decided of every affected application. Private.
    Decide(Arc<[Decision]>),
    /// The fate of applications: bits added to their statuses, and why. Private.
    Settle(Arc<[Settlement]>),

    /// Send a message to an application's windows and wait this long for the answer.
    Send(UniqueProcess, Message, Millis),
    /// Send `CTRL_C_EVENT` to a console application (RM-SHUT-34).
    ControlEvent(UniqueProcess),
    /// Start counting a time limit for what this thread waits for next.
    Arm(Millis),
    /// Wait until one of these exits, the limit passes, or somebody interrupts.
    WaitAny(Arc<[UniqueProcess]>),
    /// End a process by force.
    Terminate(UniqueProcess),
    /// Start an application again.
    Launch(Launch),

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Note {
    /// The next operation on the session is cancelled (OQ-79).
    CancelNext,
    /// The shutdown was cancelled; whether what it stopped stays stopped (OQ-82).
    ShutdownCancelled {
        /// Whether a restart passes over what it stopped.
        stays_stopped: bool,
    },
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Settlement {
    /// The application.
    pub process: UniqueProcess,
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
}

/// What came of an effect.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Outcome {
    /// It was done.
    Done,
    /// It could not be done.
    Failed(Fault),
    /// The mutex is held.
    Held,
    /// The mutex is held; its last owner died holding it.
    Abandoned,
    /// The mutex was not free in time.
    NotFree,
    /// The slots that exist, the lowest first.
    Slots(Vec<SlotEntry>),
    /// The session's key, if it exists.
    Session(Option<Record>),
    /// A key that no session has.
    Key(SessionKey),
    /// A handle that this process does not use.
    Handle(SessionHandle),
    /// The users of the files, each once.
    Users(Vec<UniqueProcess>),
    /// Paths: those that exist, or all names of a file.
    Paths(Vec<Name>),
    /// A registered path is a directory.
    Directory,
    /// The processes that run, with what they are.
    Described(Vec<Affected>),
    /// The processes that run.
    Alive(Vec<UniqueProcess>),
    /// All windows answered TRUE, or took the message.
    Agreed,
    /// A window answered FALSE.
    Refused,
    /// No answer in time.
    NoAnswer,
    /// The process was gone before anything reached it.
    Gone,
    /// The process exited instead of answering.
    Died,
    /// These exited.
    Exited(Vec<UniqueProcess>),
    /// The time limit passed.
    DeadlinePassed,
    /// Somebody asked for the operation to be cancelled.
    Interrupted,
    /// The application runs again.
    Launched(UniqueProcess),
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
    KeepFilter DropFilter Users Exist NamesOf Describe AreAlive Decide Settle Send ControlEvent Arm WaitAny Terminate
    Launch Report Interrupt Request InterruptOwner Remember
}

impl Effect {
    /// Whether the effect touches nothing outside the installer.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        matches!(
            self,
            Self::Decide(_)
                | Self::Settle(_)
                | Self::ReleaseHandle(_)
                | Self::KeepFilter(_)
                | Self::DropFilter(_)
                | Self::Request(_)
                | Self::Remember(_)
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
            Self::Describe(_) => matches!(outcome, O::Described(_) | O::Failed(_)),
            Self::AreAlive(_) => matches!(outcome, O::Alive(_)),
            Self::Send(_, Message::Close, _) | Self::ControlEvent(_) => matches!(outcome, O::Done | O::Gone),
            Self::Send(_, Message::QueryEndSession, _) => {
                matches!(outcome, O::Agreed | O::Refused | O::NoAnswer | O::Gone | O::Died | O::Interrupted)
            }
            Self::Send(..) => matches!(outcome, O::Agreed | O::NoAnswer | O::Gone | O::Died | O::Interrupted),
            Self::WaitAny(_) => matches!(outcome, O::Exited(_) | O::DeadlinePassed | O::Interrupted),
            Self::Terminate(_) => matches!(outcome, O::Done | O::Gone | O::Failed(_)),
            Self::Launch(_) => matches!(outcome, O::Launched(_) | O::Failed(_)),
            Self::Unlock
            | Self::ReleaseHandle(_)
            | Self::KeepFilter(_)
            | Self::DropFilter(_)
            | Self::Decide(_)
            | Self::Settle(_)
            | Self::Arm(_)
            | Self::Report(_)
            | Self::AwaitPhase(_)
            | Self::Request(_)
            | Self::Remember(_)
            | Self::Interrupt(_) => matches!(outcome, O::Done),
        }
    }
}
