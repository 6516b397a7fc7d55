//! Boundary transcripts: what can be seen from outside of an implementation of Restart Manager.
//!
//! The world as far as it is known, who called what with which arguments, what came back, and what
//! changed in the world; nothing of the inside. `docs/transcripts.md` has the grammar. A transcript is
//! read with [`Boundary::parse`], or made of a run of the simulator with [`Boundary::of`];
//! [`Boundary::text`] writes it, and what is written reads as it was.

mod contact;
mod of_run;
mod parse;
mod print;
mod told;
mod version;

use rm_core::arr::Ask;
use rm_core::{AppId, Call, Caller, Name, Rules, Seen, UniqueProcess};
use rm_sim::Machine;
use rm_sim::transcript::Names;
use serde::{Deserialize, Serialize};

pub use contact::Contact;
pub(crate) use of_run::{Watcher, as_far_as_asked};
pub use parse::Damaged;
pub use told::{Told, ToldLine};
pub use version::{FORMAT, VERSION};
#[doc(hidden)]
pub use version::{Step, lifted};

/// The line between the world and what happens in it.
const RULE: &str = "---";

/// What was seen of a run from outside.
#[derive(Clone, Debug)]
pub struct Boundary {
    /// What the environment may have done wrong.
    pub faults: Budget,
    /// How much of the world the head tells.
    pub world: Known,
    /// Whether it tells what applications are told.
    pub messages: bool,
    /// The world in the beginning, as a scenario describes it.
    pub head: String,
    /// What happened, in the order in which it was seen.
    pub lines: Vec<Line>,
    /// The machine that the head describes.
    pub machine: Machine,
    /// The answers it says are in force.
    pub policy: rm_core::Policy,
    /// What processes and threads are called.
    pub names: Names,
    /// The processes that came later, in the order in which they did, with what their program is called.
    pub newcomers: Vec<(UniqueProcess, String)>,
}

/// How much an environment may have done wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Budget {
    /// Nothing failed that is not told.
    None,
    /// Nobody says so.
    Unstated,
}

/// How much of the world is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// Everything that matters, and every change is told.
    Whole,
    /// Something of it.
    #[serde(rename = "partly-known")]
    Partly,
}

/// Something that was seen, and when.
#[derive(Clone, Debug)]
pub struct Line {
    /// The line of the text, counted from 1; 0 for what was never text.
    pub number: usize,
    /// From when on it may have been, if that is earlier than when it was seen; in milliseconds.
    pub since: Option<u64>,
    /// When it was seen.
    pub at: u64,
    /// What it was.
    pub event: Event,
}

/// What can be seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A call begins; whether the status callback of an operation of the same process makes it.
    Begins(Caller, Call, bool),
    /// The status callback of a thread's call is told how far it is.
    Progress(Caller, u32),
    /// A call comes back: the function, and what its caller finds.
    Replied(Caller, &'static str, Seen),
    /// Something changes in the world.
    Changes(Change),
}

/// A change of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A process starts.
    Starts(UniqueProcess),
    /// A process is gone.
    Gone(UniqueProcess),
    /// A service starts, in this process.
    Serves(Name, UniqueProcess),
    /// A service has stopped.
    Stopped(Name),
    /// What was at a path is deleted.
    Deleted(Name),
    /// A directory is made.
    Directory(Name),
    /// A process says how it wants to be started again, or that it does not.
    Declares(UniqueProcess, Ask),
    /// An application is told something, and has dealt with it, or is waited for no more.
    Told(AppId, Contact),
}

/// Equal if they say the same: the machine and the policy follow from the head.
impl PartialEq for Boundary {
    fn eq(&self, other: &Self) -> bool {
        (self.faults, self.world, self.messages) == (other.faults, other.world, other.messages)
            && self.head.trim() == other.head.trim()
            && self.lines == other.lines
            && self.newcomers == other.newcomers
    }
}

/// Equal if they say the same, wherever in a text they stand.
impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        (self.since, self.at) == (other.since, other.at) && self.event == other.event
    }
}

impl Line {
    /// What was seen just then.
    #[must_use]
    pub const fn new(at: u64, event: Event) -> Self {
        Self { number: 0, since: None, at, event }
    }
}

impl Boundary {
    /// The rules under which the transcript says it came to be.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules::new(self.policy)
    }

    /// How many calls begin.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.lines.iter().filter(|line| matches!(line.event, Event::Begins(..))).count()
    }
}
