//! Cases: a world, what goes wrong in it, the policy in force, and what happens. They predict no answer:
//! which handles, keys and processes exist is read off the machine when a call is made.

use std::fmt;

use rm_core::AppType;
use rm_core::rules::{Latitude, Policy};
use rm_sim::fault::{Failure, Within};
use rm_sim::world::Behavior;

/// How many files there are to use and register.
pub const FILES: u8 = 3;

/// The file, by its number, that is a directory.
pub const DIRECTORY: u8 = FILES;

/// How many installers there are.
pub const INSTALLERS: u8 = 2;

/// A program of a random world.
#[derive(Clone, PartialEq)]
pub struct Drawn {
    /// How it is classified.
    pub app_type: AppType,
    /// The files it holds.
    pub uses: Vec<u8>,
    /// How it answers.
    pub behavior: Behavior,
    /// The flags it registered for restart with, if it did.
    pub registered: Option<u32>,
    /// Whether installers may stop it.
    pub permitted: bool,
    /// Whether it can be started again.
    pub launchable: bool,
    /// The terminal session it runs in.
    pub ts_session: u32,
    /// Whether it runs from the beginning.
    pub running: bool,
}

impl Default for Drawn {
    /// A program that does what it is told and hides from nobody.
    fn default() -> Self {
        Self {
            app_type: AppType::MainWindow,
            uses: Vec::new(),
            behavior: Behavior::default(),
            registered: None,
            permitted: true,
            launchable: true,
            ts_session: 1,
            running: true,
        }
    }
}

/// What is usual goes without saying.
impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { app_type, uses, behavior, registered, permitted, launchable, ts_session, running } = self;
        let usual = Behavior::default();
        write!(f, "{app_type:?} uses {uses:?}")?;
        if let Some(flags) = registered {
            write!(f, ", registered {flags}")?;
        }
        if behavior.query != usual.query {
            write!(f, ", asked {:?}", behavior.query)?;
        }
        let reactions = [
            ("told", &behavior.end_session, &usual.end_session),
            ("closed", &behavior.close, &usual.close),
            ("controlled", &behavior.control, &usual.control),
        ];
        for (when, reaction, _) in reactions.into_iter().filter(|(_, reaction, usual)| reaction != usual) {
            write!(f, ", {when} {reaction:?}")?;
        }
        let others = [
            (!permitted, "not permitted"),
            (!launchable, "not launchable"),
            (*ts_session != 1, "in another session"),
            (!running, "not running"),
        ];
        for (_, what) in others.into_iter().filter(|(is_so, _)| *is_so) {
            write!(f, ", {what}")?;
        }
        Ok(())
    }
}

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
    /// A process of the program exits before it.
    Exit(u8),
    /// A process of the program starts before it.
    Spawn(u8),
    /// A process of the first program is gone before it, and one of the second has its id.
    Replace(u8, u8),
}

/// A world and what happens in it.
#[derive(Clone, PartialEq)]
pub struct Case {
    /// The programs. Whatever else a world may have goes here too, with a drawing in `draw`, a line in
    /// `stage` and a way to leave it out in `shrink`.
    pub programs: Vec<Drawn>,
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
