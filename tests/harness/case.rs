//! Cases: a setting, and what happens. They predict no answer: which handles, keys and processes exist is read off
//! the machine when a call is made.

use std::fmt;

use rm_sim::strategies::{Happening, Setting, Who, each, fewer};

/// How many files there are to use and register.
pub const FILES: u8 = 3;

/// The file, by its number, that is a directory.
pub const DIRECTORY: u8 = FILES;

/// How many services there are at most; a call may name more.
pub const SERVICES: u8 = 4;

/// How many installers there are.
pub const INSTALLERS: u8 = 2;

/// What they are called.
pub const NAMES: [&str; INSTALLERS as usize] = ["setup0", "setup1"];

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
    /// Something happens beside the calls.
    Happens(Happening),
    /// An installer dies while it registers files, after so many effects.
    Cut(u8, u8),
    /// An installer starts so many sessions.
    Crowd(u8, u8),
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

/// A world and what happens in it.
#[derive(Clone, Default, PartialEq)]
pub struct Case {
    /// What there is, what goes wrong, and the policy.
    pub setting: Setting,
    /// What happens.
    pub acts: Vec<Act>,
}

impl Case {
    /// Every case that is the next smaller one in some way: acts go from the back, then whatever else can be spared.
    #[must_use]
    pub fn smaller(&self) -> Vec<Self> {
        let mut all = fewer(self, |case| &mut case.acts);
        all.extend(self.setting.smaller().into_iter().map(|setting| Self { setting, ..self.clone() }));
        all.extend(each(self, |case| &mut case.acts, |act| act.plainer().into_iter().collect()));
        all
    }
}

impl Act {
    /// A call that is made in one piece is easier to read than one that is begun and finished.
    const fn plainer(&self) -> Option<Self> {
        match *self {
            Self::Begin(who, ask) => Some(Self::Make(who, ask)),
            Self::Step(pick) => Some(Self::Finish(pick)),
            Self::Crowd(installer, many) if many > 1 => Some(Self::Crowd(installer, many - 1)),
            _ => None,
        }
    }
}

/// One line a thing.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.setting.fmt(f)?;
        self.acts.iter().try_for_each(|act| writeln!(f, "{act:?}"))
    }
}

/// The name of a file; the last is a directory.
#[must_use]
pub fn file(n: u8) -> String {
    if n == DIRECTORY { r"C:\App\plugins".into() } else { format!(r"C:\App\file{n}.dll") }
}
