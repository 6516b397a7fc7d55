//! Outcomes: what the world answers to an effect.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::application::{Affected, AppId, RestartSettings};
use crate::name::Name;
use crate::process::UniqueProcess;
use crate::refusal::Fault;
use crate::session::{SessionHandle, SessionKey};
use crate::store::{Record, SlotEntry};

/// Which services to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ServiceQuery {
    /// Those that live in these processes.
    pub hosts: Vec<UniqueProcess>,
    /// Those of these short names.
    pub names: Vec<Name>,
    /// The files of which to tell whether a service uses them.
    pub files: Arc<[Name]>,
}

/// A service that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Serving {
    /// The service, with its host as process; with none if it does not run.
    pub affected: Affected,
    /// Whether it uses any of the files.
    pub uses: Tag,
}

/// What service tagging says of a service in a host and the files that the host uses (RM-SHUT-43).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Tag {
    /// The service uses one of them.
    Uses,
    /// It uses none.
    DoesNot,
    /// Tagging failed: any service of the host may be the one.
    Failed,
}

impl Serving {
    /// Whether the service runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.affected.process != UniqueProcess::NONE
    }
}

/// A process of an application that was born after the application's own had gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Again {
    /// The process.
    pub process: UniqueProcess,
    /// Whether Restart Manager started it, for whatever session.
    pub by_restart_manager: bool,
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
    /// The services.
    Services(Vec<Serving>),
    /// The processes that run, and how they are registered.
    Registrations(Vec<(UniqueProcess, Option<Arc<RestartSettings>>)>),
    /// Those that run.
    Alive(Vec<AppId>),
    /// All windows answered TRUE, or took the message.
    Agreed,
    /// A window answered FALSE, or the service control manager does not stop the service.
    Refused,
    /// No answer in time.
    NoAnswer,
    /// The process was gone before anything reached it.
    Gone,
    /// The process exited instead of answering.
    Died,
    /// These exited.
    Exited(Vec<AppId>),
    /// The time limit passed.
    DeadlinePassed,
    /// Somebody asked for the operation to be cancelled.
    Interrupted,
    /// The application runs again.
    Launched(UniqueProcess),
    /// The service runs in this process; nobody had to start it.
    RunsAlready(UniqueProcess),
    /// Whether the application runs again, and who started it.
    Again(Option<Again>),
    /// There is nothing that could be started: the executable is gone, or cannot be run.
    NotStartable,
}
