//! What an implementation has to offer to be driven by the suite: calls, and a world around them.

use std::collections::BTreeMap;

use rm_core::arr::Ask;
use rm_core::{Call, Caller, Millis, Name, Thread, UniqueProcess};
use rm_sim::Until;
use rm_sim::scenario::Need;

use crate::boundary::Line;

/// A whole implementation of Restart Manager: the model, the real library, a process in another language.
pub trait Implementation {
    /// A thread begins a call. `inside` is the thread whose status callback makes it, if one does.
    fn begin(&mut self, who: Caller, call: Call, inside: Option<Thread>);

    /// What is seen next, at most so much later: a call that comes back, a status callback that is told
    /// something, a change of the world. None when nothing is.
    fn next(&mut self, patience: Millis) -> Option<Line>;
}

/// Why an implementation cannot do what is asked of its surroundings.
pub type Unable = String;

/// The world that an implementation works in, as far as it can be set up.
///
/// Whatever is not provided for is refused, and the cases that need it are skipped with that reason.
pub trait Surroundings {
    /// What it cannot do, and why: cases that need it are skipped.
    fn cannot(&self) -> BTreeMap<Need, Unable>;

    /// Sets the world of a case up: the tables of a scenario that describe it. What follows is about it.
    ///
    /// # Errors
    /// When there can be no such world.
    fn set_up(&mut self, world: &str) -> Result<(), Unable>;

    /// Starts a program or a service, by name.
    ///
    /// # Errors
    /// When it cannot.
    fn start(&mut self, name: &str) -> Result<(), Unable>;

    /// Has a process or an installer die, or a service stop, by name.
    ///
    /// # Errors
    /// When it cannot.
    fn stop(&mut self, name: &str) -> Result<(), Unable>;

    /// How many milliseconds have passed since the world was set up.
    fn now(&self) -> u64;

    /// Whether it sees what applications are told, and tells it.
    fn hears(&self) -> bool {
        false
    }

    /// Why it answers no more, if it does not: it died, or does not come back.
    fn died(&self) -> Option<String> {
        None
    }

    /// The program of a process that came later.
    fn program(&self, _: UniqueProcess) -> Option<String> {
        None
    }

    /// Carries a call to a moment of what it does inside, and holds it there until it is let go on; false if
    /// it does not come to it.
    ///
    /// # Errors
    /// When it cannot.
    fn hold(&mut self, _: Caller, _until: &Until) -> Result<bool, Unable> {
        Err("it cannot look into a call".into())
    }

    /// Lets a call go on that was held.
    fn release(&mut self, _: Caller) {}

    /// Says how programs answer what is left to be chosen.
    ///
    /// # Errors
    /// When it cannot.
    fn choose(&mut self, _answers: &[String]) -> Result<(), Unable> {
        Err("how programs answer cannot be chosen while they are asked".into())
    }

    /// Has a process register for restart, or take that back.
    ///
    /// # Errors
    /// When it cannot.
    fn declare(&mut self, _: UniqueProcess, _: &Ask) -> Result<(), Unable> {
        Err("programs cannot be told to register for restart".into())
    }

    /// Deletes what is at a path, or makes a directory.
    ///
    /// # Errors
    /// When it cannot.
    fn change(&mut self, _path: &Name, _deletes: bool) -> Result<(), Unable> {
        Err("paths cannot be changed".into())
    }
}

/// Something the suite can drive.
pub trait Subject: Implementation + Surroundings {}

impl<T: Implementation + Surroundings> Subject for T {}
