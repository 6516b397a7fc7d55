//! What a caller asks for, as the boundary read it from memory: plain data, which may also travel to
//! the process that has the machine.

use rm_core::{Array, Call, FilterAction, Name, Out, SessionHandle, ShutdownFlags, UniqueProcess};
use serde::{Deserialize, Serialize};

/// A text as its UTF-16 units, ill-formed ones included; a null pointer is `None` where one may be.
pub(crate) type Units = Vec<u16>;

/// `RM_UNIQUE_PROCESS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    pub(crate) id: u32,
    pub(crate) start_time: u64,
}

/// A count and an array.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Elements<T> {
    Given(Vec<T>),
    Null(u32),
}

/// The three target arguments of a filter function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) module: Option<Units>,
    pub(crate) process: Option<Process>,
    pub(crate) service: Option<Units>,
}

/// A call: a [`Call`] that knows nothing but what stood in the caller's memory. Of a pointer to write
/// to it is said whether there is one. The model's own form would lose something on the way to another
/// process: it writes names as text, which ill-formed units do not survive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Asked {
    Start {
        handle: bool,
        flags: u32,
        key: bool,
    },
    Join {
        handle: bool,
        key: Option<Units>,
    },
    Register {
        session: u32,
        files: Elements<Option<Units>>,
        processes: Elements<Process>,
        services: Elements<Option<Units>>,
    },
    GetList {
        session: u32,
        needed: bool,
        capacity: Option<u32>,
        entries: bool,
        reasons: bool,
    },
    Shutdown {
        session: u32,
        flags: u32,
        callback: bool,
    },
    Restart {
        session: u32,
        flags: u32,
        callback: bool,
    },
    AddFilter {
        session: u32,
        target: Target,
        action: u32,
    },
    RemoveFilter {
        session: u32,
        target: Target,
    },
    GetFilterList {
        session: u32,
        buffer: bool,
        size: u32,
        needed: bool,
    },
    Cancel {
        session: u32,
    },
    End {
        session: u32,
    },
}

impl From<Process> for UniqueProcess {
    fn from(Process { id, start_time }: Process) -> Self {
        Self { id, start_time }
    }
}

impl From<UniqueProcess> for Process {
    fn from(UniqueProcess { id, start_time }: UniqueProcess) -> Self {
        Self { id, start_time }
    }
}

fn name(units: &Units) -> Name {
    Name::from_units(units)
}

const fn out(given: bool) -> Out {
    if given { Out::Given } else { Out::Null }
}

fn array<T, U>(elements: Elements<T>, element: impl Fn(T) -> U) -> Array<U> {
    match elements {
        Elements::Given(elements) => elements.into_iter().map(element).collect(),
        Elements::Null(count) => Array::Null(count),
    }
}

fn names(elements: Elements<Option<Units>>) -> Array<Option<Name>> {
    array(elements, |element| element.as_ref().map(name))
}

impl From<Target> for rm_core::Target {
    fn from(Target { module, process, service }: Target) -> Self {
        Self {
            module: module.as_ref().map(name),
            process: process.map(Into::into),
            service: service.as_ref().map(name),
        }
    }
}

impl From<Asked> for Call {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Start { handle, flags, key } => Self::Start { handle: out(handle), flags, key: out(key) },
            Asked::Join { handle, key } => Self::Join { handle: out(handle), key: key.as_ref().map(name) },
            Asked::Register { session, files, processes, services } => Self::Register {
                session: SessionHandle(session),
                files: names(files),
                processes: array(processes, Into::into),
                services: names(services),
            },
            Asked::GetList { session, needed, capacity, entries, reasons } => Self::GetList {
                session: SessionHandle(session),
                needed: out(needed),
                capacity,
                entries: out(entries),
                reasons: out(reasons),
            },
            Asked::Shutdown { session, flags, callback } => {
                Self::Shutdown { session: SessionHandle(session), flags: ShutdownFlags(flags), callback }
            }
            Asked::Restart { session, flags, callback } => {
                Self::Restart { session: SessionHandle(session), flags, callback }
            }
            Asked::AddFilter { session, target, action } => Self::AddFilter {
                session: SessionHandle(session),
                target: target.into(),
                action: FilterAction(action),
            },
            Asked::RemoveFilter { session, target } => {
                Self::RemoveFilter { session: SessionHandle(session), target: target.into() }
            }
            Asked::GetFilterList { session, buffer, size, needed } => Self::GetFilterList {
                session: SessionHandle(session),
                buffer: out(buffer),
                size,
                needed: out(needed),
            },
            Asked::Cancel { session } => Self::Cancel { session: SessionHandle(session) },
            Asked::End { session } => Self::End { session: SessionHandle(session) },
        }
    }
}
