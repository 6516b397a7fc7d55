//! Transcripts: what happened, in order, one line per event.
//!
//! Two layers. The *call boundary* is who called what and got what: all that a real DLL can show.
//! The *inside* is effects, outcomes and the rules cited. A transcript is output and never state:
//! absolute time and the names of processes are kept here and nowhere else.

mod declared;
mod effects;
mod log;
mod names;
mod text;
pub(crate) mod words;

use std::sync::Arc;

use rm_core::arr::{Ask, Told};
use rm_core::{
    AppId, Call, Caller, Description, Effect, Millis, Name, Outcome, Part, Reply, RestartSettings,
    UniqueProcess,
};
use serde::Serialize;

pub use log::LogLine;
pub use names::Names;
pub use text::{VERSION, arguments, time};
pub use words::Words;

use crate::fault::Struck;
use crate::world::World;

/// What happened in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Transcript {
    /// The events, in order.
    pub lines: Vec<Line>,
    /// What processes and threads are called.
    #[serde(skip)]
    pub names: Names,
    now: u64,
    /// What no line tells although it can be seen from outside, each with the number of lines before it.
    #[serde(skip)]
    unsaid: Vec<(usize, Unsaid)>,
    #[serde(skip)]
    silent: bool,
}

/// What goes without saying for a reader who sees everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsaid {
    /// A process came that is there for services.
    Came(UniqueProcess),
    /// The call that this thread begins next is made by a status callback.
    Inside(Caller),
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// When, in milliseconds of virtual time.
    pub at: u64,
    /// Whose thread; none for what happens on the machine.
    pub who: Option<Caller>,
    /// What.
    pub event: Event,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Event {
    /// Somebody tells the reader what is going on.
    Note(String),
    /// A call begins.
    Called(Call),
    /// A call ends: the function and its result.
    Replied(&'static str, Reply),
    /// An effect was carried out.
    Did(Effect, Outcome),
    /// A fault struck.
    Struck(Struck),
    /// A choice was made: which, and how.
    Chose(String, &'static str),
    /// Which window of a process it is that refuses, counted from 1.
    WindowRefused(UniqueProcess, usize),
    /// A process or a service runs from the beginning.
    Runs(Runs),
    /// A process started.
    Started(UniqueProcess),
    /// A service started, in this process.
    Serves(String, UniqueProcess),
    /// A process exited, or a service stopped.
    Exited(AppId),
    /// A process said something of itself, or asked for the settings of the second one: what came of
    /// it.
    Declared(UniqueProcess, UniqueProcess, Ask, Told),
    /// What was at a path was deleted, or else a directory was made.
    Changed(Name, bool),
}

/// A process or a service that runs from the beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Runs {
    /// Its process; the host of a service.
    pub process: UniqueProcess,
    /// What it is.
    pub about: Part<Description>,
    /// How it is registered for restart.
    pub restart: Option<Arc<RestartSettings>>,
    /// The files it holds.
    pub uses: Vec<Name>,
}

/// How much of a transcript to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Calls, replies, and what applications notice.
    #[default]
    Story,
    /// Everything.
    Full,
}

impl Transcript {
    /// A transcript that keeps nothing, for runs in which nobody reads it.
    #[must_use]
    pub fn silent() -> Self {
        Self { silent: true, ..Self::default() }
    }

    /// Adds an event that happens now.
    pub fn add(&mut self, who: Option<Caller>, event: Event) {
        if self.silent {
            return;
        }
        if let Event::Did(Effect::Launch(launch), Outcome::Launched(new)) = &event {
            let name = self.names.base_of(launch.application.process);
            self.names.add(*new, &name);
        }
        self.lines.push(Line { at: self.now, who, event });
    }

    /// The moment up to which it tells, in milliseconds of virtual time.
    #[must_use]
    pub const fn now(&self) -> u64 {
        self.now
    }

    /// Lets time pass.
    pub const fn pass(&mut self, by: Millis) {
        self.now += by.0 as u64;
    }

    /// Adds an event for each process and service that ran at the last look and does no more, and for
    /// each process that is new, and names it. The host of a service goes without saying.
    pub fn note_changes(&mut self, world: &World) {
        for id in self.names.take_exited(world) {
            self.add(None, Event::Exited(id));
        }
        for (process, is_host) in self.names.take_in(world) {
            if is_host {
                self.leave_unsaid(Unsaid::Came(process));
            } else {
                self.add(None, Event::Started(process));
            }
        }
    }

    /// Keeps what no line tells.
    pub fn leave_unsaid(&mut self, what: Unsaid) {
        if !self.silent {
            self.unsaid.push((self.lines.len(), what));
        }
    }

    /// What no line tells, each with the number of lines before it.
    #[must_use]
    pub fn unsaid(&self) -> &[(usize, Unsaid)] {
        &self.unsaid
    }
}

impl Line {
    /// Whether a reader who is not interested in the inside wants to see it.
    #[must_use]
    pub const fn is_in(&self, view: View) -> bool {
        match (&self.event, view) {
            (_, View::Full) => true,
            (Event::Did(effect, _), View::Story) => matches!(
                effect,
                Effect::Send(..)
                    | Effect::ControlEvent(..)
                    | Effect::StopService(_)
                    | Effect::WaitAny(_)
                    | Effect::Terminate(_)
                    | Effect::Launch(_)
                    | Effect::AwaitReady(..)
                    | Effect::StartService(..)
                    | Effect::Settle(_)
                    | Effect::Report(_)
            ),
            (_, View::Story) => true,
        }
    }
}
