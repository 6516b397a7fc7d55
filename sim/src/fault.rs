//! Faults: what may go wrong on the machine, and a plan of when it does.
//!
//! # The fault model
//!
//! Instead of being carried out, an effect may fail:
//!
//! | effect | may fail with | because |
//! | --- | --- | --- |
//! | `Lock` | `not-free`, `out-of-memory` | somebody outside sits on the mutex; there is nothing to make it of |
//! | `ReadRoot`, `ReadSession`, `WriteValue`, `DeleteValue`, `DeleteSession` | `write-fault`, `out-of-memory` | the registry does not take or give it |
//! | `NewKey` | `out-of-memory` | |
//! | `Users`, `Describe`, `Services` | `access-denied`, `out-of-memory` | a process, a handle of it or a service may not be opened |
//! | `Terminate`, `StopService`, `Launch`, `StartService` | `access-denied`, `out-of-memory` | |
//! | `Interrupt` | `out-of-memory` | a cancel does not get through; an end that cancels what is in its way tries again |
//!
//! Before any effect something may happen ([`Strike`]):
//!
//! | what | which is |
//! | --- | --- |
//! | the caller dies | its process ends in the midst of the call; a mutex it held is abandoned |
//! | a cancel arrives | another thread of the process calls `RmCancelCurrentTask` on the same session |
//! | an application exits, starts, or is replaced | the last by another process under the same id |
//!
//! # What is left out, and why
//!
//! * A failure that has happened all the same (a value is written and the write reports a failure):
//!   no caller could tell what to do, and no document speaks of it.
//! * A failure of what has no failure in [`Effect::accepts`]: giving the mutex back, sending a
//!   message, waiting. How programs answer is their [`Behavior`](crate::world::Behavior), no fault.
//! * The time a failure takes: each comes at once, `not-free` too.
//!
//! A plan says when something goes wrong and never changes what is true: the
//! [`World`](crate::World) knows nothing of it. It lies over the one place where a machine carries out
//! effects, [`Machine::step`](crate::Machine::step), and is off unless somebody adds a fault.

mod strike;

use rm_core::{Caller, Effect, Fault, Outcome};
use serde::Serialize;

pub use strike::{Incident, Struck};

use crate::world::ProgramId;
use Failure::{AccessDenied, NotFree, OutOfMemory, WriteFault};

/// How an effect fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The mutex is not free in time.
    NotFree,
    /// Something may not be touched.
    AccessDenied,
    /// There is not enough memory.
    OutOfMemory,
    /// The registry cannot be read or written.
    WriteFault,
}

const REGISTRY: &[Failure] = &[WriteFault, OutOfMemory];
const PROCESSES: &[Failure] = &[AccessDenied, OutOfMemory];

/// Which effect may fail how: the first table above.
pub const MODEL: &[(&str, &[Failure])] = &[
    ("Lock", &[NotFree, OutOfMemory]),
    ("ReadRoot", REGISTRY),
    ("ReadSession", REGISTRY),
    ("WriteValue", REGISTRY),
    ("DeleteValue", REGISTRY),
    ("DeleteSession", REGISTRY),
    ("NewKey", &[OutOfMemory]),
    ("Users", PROCESSES),
    ("Describe", PROCESSES),
    ("Services", PROCESSES),
    ("Terminate", PROCESSES),
    ("StopService", PROCESSES),
    ("Launch", PROCESSES),
    ("StartService", PROCESSES),
    ("Interrupt", &[OutOfMemory]),
];

impl Failure {
    /// All of them, with the names scenarios use.
    pub const ALL: [(Self, &'static str); 4] = [
        (NotFree, "not-free"),
        (AccessDenied, "access-denied"),
        (OutOfMemory, "out-of-memory"),
        (WriteFault, "write-fault"),
    ];

    /// How an effect of this name may fail.
    #[must_use]
    pub fn of(effect: &str) -> &'static [Self] {
        MODEL.iter().find(|(name, _)| *name == effect).map_or(&[], |(_, failures)| failures)
    }

    /// The name scenarios use.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(failure, _)| *failure == self).map_or("", |(_, name)| name)
    }

    /// What the operation is told.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            NotFree => Outcome::NotFree,
            AccessDenied => Outcome::Failed(Fault::AccessDenied),
            OutOfMemory => Outcome::Failed(Fault::OutOfMemory),
            WriteFault => Outcome::Failed(Fault::WriteFault),
        }
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strike {
    /// The effect fails.
    Fails(Failure),
    /// The caller's process dies before it.
    Dies,
    /// A cancel arrives before it.
    Cancel,
    /// A process of this program exits before it.
    Exit(ProgramId),
    /// A process of this program starts before it.
    Spawn(ProgramId),
    /// A process of the first program is gone before it, and one of the second has its id.
    Replace(ProgramId, ProgramId),
}

/// Which effect a fault waits for. What fails counts only the effects that may fail so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Whose effects are counted.
    pub by: Caller,
    /// Only those of this name.
    pub effect: Option<&'static str>,
    /// Which of them, counted from 1.
    pub nth: u32,
    /// Where they are counted; from the moment the fault was planned, if left out.
    pub within: Option<Within>,
}

/// Counting within one call: each call of the function counts from anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Within {
    /// The function, such as `RmRegisterResources`.
    pub function: &'static str,
    /// Only the n-th call of it by the caller, counted from 1.
    pub call: Option<u32>,
}

/// A fault to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Planned {
    /// When.
    pub at: Place,
    /// What.
    pub strike: Strike,
}

/// The faults still to come. One that has struck is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaultPlan {
    left: Vec<Waiting>,
}

/// A fault to come, and how much of the way to it has been gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Waiting {
    fault: Planned,
    /// What tells it from the others.
    number: u32,
    /// The calls counted so far, where calls are counted, and the effects.
    calls: u32,
    met: u32,
}

impl FaultPlan {
    /// Adds a fault; its counting begins now. The number tells it from the others that are left.
    pub fn add(&mut self, fault: Planned) -> u32 {
        let number = self.left.last().map_or(0, |last| last.number + 1);
        self.left.push(Waiting { fault, number, calls: 0, met: 0 });
        number
    }

    /// The faults that have not struck, by number.
    pub fn left(&self) -> impl Iterator<Item = (u32, &Planned)> {
        self.left.iter().map(|waiting| (waiting.number, &waiting.fault))
    }

    /// Whether nothing is still to go wrong.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// A call begins.
    pub(crate) fn begin(&mut self, who: Caller, function: &str) {
        for waiting in &mut self.left {
            let Place { by, within, .. } = waiting.fault.at;
            if by == who && within.is_some_and(|within| within.function == function) {
                waiting.calls += 1;
                waiting.met = 0;
            }
        }
    }

    /// An effect of a call of this function was begun, or has failed.
    fn count(&mut self, who: Caller, function: &str, effect: &Effect) {
        for waiting in self.left.iter_mut().filter(|waiting| waiting.counts(who, function, effect)) {
            waiting.met += 1;
        }
    }

    /// The fault that strikes at an effect that is to be begun, if it is possible there.
    fn take(
        &mut self,
        who: Caller,
        function: &str,
        effect: &Effect,
        is_possible: impl Fn(&Strike) -> bool,
    ) -> Option<Strike> {
        let at = self.left.iter().position(|waiting| {
            waiting.counts(who, function, effect)
                && waiting.met.checked_add(1) == Some(waiting.fault.at.nth)
                && is_possible(&waiting.fault.strike)
        })?;
        Some(self.left.remove(at).fault.strike)
    }
}

impl Waiting {
    /// Whether the effect is one of those that are counted.
    fn counts(&self, who: Caller, function: &str, effect: &Effect) -> bool {
        let Planned { at: Place { by, effect: name, within, .. }, strike } = &self.fault;
        let is_called_so = name.is_none_or(|name| name == effect.name());
        let lies_within = within.is_none_or(|within| {
            within.function == function && within.call.is_none_or(|call| call == self.calls)
        });
        let may_be =
            !matches!(strike, Strike::Fails(failure) if !Failure::of(effect.name()).contains(failure));
        *by == who && is_called_so && lies_within && may_be
    }
}
