//! Cases: a world, what goes wrong in it, the policy in force, and what happens. They predict no answer:
//! which handles, keys and processes exist is read off the machine when a call is made.

mod cast;

use std::fmt;

use rm_core::rules::{Latitude, Policy};
use rm_sim::fault::{Failure, Within};

pub use cast::{Drawn, DrawnService, Setup, SharedHost};

/// How many files there are to use and register.
pub const FILES: u8 = 3;

/// The file, by its number, that is a directory.
pub const DIRECTORY: u8 = FILES;

/// How many services there are at most; a call may name more.
pub const SERVICES: u8 = 4;

/// How many installers there are.
pub const INSTALLERS: u8 = 2;

/// Something that happens in a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// An installer's thread begins a call, unless it is in one.
    Begin(Who, Ask),
    /// The same, and carries it to the end.
    Make(Who, Ask),
    /// A thread with a call in flight moves on by one effect.
    Step(u8),
    /// A thread carries its call to the end, time passing where it waits.
    Finish(u8),
    /// Time passes to the next thing that happens by itself.
    Pass,
    /// A program exits by itself.
    Exit(u8),
    /// A program starts.
    Spawn(u8),
    /// A service stops by itself.
    Stop(u8),
    /// A service is started by somebody.
    Serve(u8),
    /// An installer dies.
    Die(u8),
    /// An installer dies while it registers files, after so many effects.
    Cut(u8, u8),
    /// An installer starts so many sessions.
    Crowd(u8, u8),
}

/// A thread of an installer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    /// Which installer.
    pub installer: u8,
    /// Which of its threads.
    pub thread: u32,
}

/// A call, but for the handle: which of the caller's handles is meant, if there are any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// `RmStartSession`.
    Start,
    /// `RmJoinSession` with one of the keys handed out so far.
    Join(u8),
    /// `RmRegisterResources` with these files, as bits, and maybe a process.
    Register(u8, u8, Option<u8>),
    /// `RmRegisterResources` with these services, as bits.
    Services(u8, u8),
    /// `RmGetList` with this capacity.
    List(u8, u8),
    /// `RmShutdown` with these flags.
    Shutdown(u8, u32),
    /// `RmRestart`.
    Restart(u8),
    /// `RmAddFilter` with this action.
    AddFilter(u8, Aim, u32),
    /// `RmRemoveFilter`.
    RemoveFilter(u8, Aim),
    /// `RmGetFilterList` with a buffer of this size.
    FilterList(u8, u32),
    /// `RmCancelCurrentTask`.
    Cancel(u8),
    /// `RmEndSession`.
    End(u8),
    /// A call with an argument that cannot be taken, or hardly; which, by number.
    Odd(u8, u8),
}

/// At whom a filter aims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// The executable of a program.
    Program(u8),
    /// A running process.
    Process(u8),
    /// A service, by its short name.
    Service(u8),
}

/// Something that goes wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mishap {
    /// Whose effects are counted.
    pub by: Who,
    /// Only those of this name.
    pub effect: Option<&'static str>,
    /// Which of them, counted from 1.
    pub nth: u32,
    /// Where they are counted.
    pub within: Option<Within>,
    /// What goes wrong.
    pub what: Wrong,
}

/// What goes wrong; programs by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The effect fails.
    Fails(Failure),
    /// The caller dies before it.
    Dies,
    /// A cancel arrives before it.
    Cancel,
    /// A process of the program, or a host of services, exits before it.
    Exit(u8),
    /// A process of the program starts before it.
    Spawn(u8),
    /// A process of the first program is gone before it, and one of the second has its id.
    Replace(u8, u8),
}

/// A world and what happens in it.
#[derive(Clone, Default, PartialEq)]
pub struct Case {
    /// The programs. Whatever else a world may have goes here too, with a drawing in `draw`, a line in
    /// `stage` and a way to leave it out in `shrink`.
    pub programs: Vec<Drawn>,
    /// The services.
    pub services: Vec<DrawnService>,
    /// The process that some of them share.
    pub host: SharedHost,
    /// Who the installers are.
    pub setups: [Setup; INSTALLERS as usize],
    /// What goes wrong.
    pub mishaps: Vec<Mishap>,
    /// Where the policy is not the default one.
    pub answers: Vec<(Latitude, u8)>,
    /// What happens.
    pub acts: Vec<Act>,
}

impl Case {
    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let set = |policy: Policy, (latitude, answer): &(Latitude, u8)| {
            policy.with(*latitude, *answer).unwrap_or(policy)
        };
        self.answers.iter().fold(Policy::default(), set)
    }
}

/// One line a thing.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for program in &self.programs {
            writeln!(f, "{program:?}")?;
        }
        for service in &self.services {
            writeln!(f, "{service:?}")?;
        }
        if self.host != SharedHost::default() {
            writeln!(f, "{:?}", self.host)?;
        }
        if self.setups != <[Setup; INSTALLERS as usize]>::default() {
            writeln!(f, "{:?}", self.setups)?;
        }
        for mishap in &self.mishaps {
            writeln!(f, "{mishap:?}")?;
        }
        for (latitude, answer) in &self.answers {
            writeln!(f, "{latitude} {}", char::from(b'a' + answer))?;
        }
        for act in &self.acts {
            writeln!(f, "{act:?}")?;
        }
        Ok(())
    }
}

/// The name of a file; the last is a directory.
#[must_use]
pub fn file(n: u8) -> String {
    if n == DIRECTORY { r"C:\App\plugins".into() } else { format!(r"C:\App\file{n}.dll") }
}

/// The name of a service.
#[must_use]
pub fn service(n: u8) -> String {
    format!("svc{n}")
}
