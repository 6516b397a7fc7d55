//! The invariants: what holds of every run, each with the rule it comes from.
//!
//! Those of moments look at a machine between two moves; those of stories at what calls did. Those of
//! [`after`] go on when a run is over. Random runs are held against them, and whatever is explored.

pub mod after;
mod cancel;
mod filters;
mod list;
mod lists;
mod registry;
mod restart;
mod results;
mod sessions;
mod shutdown;

use rm_core::{AppId, Call, Effect, Message, Rules, ShutdownFlags, UniqueProcess};
use rm_sim::Machine;

pub use cancel::*;
pub use filters::*;
pub use list::{BY_DEFAULT, OF_MOMENTS, OfMoment, OfStory, WHATEVER_THE_POLICY};
pub use lists::*;
pub use registry::*;
pub use restart::*;
pub use results::*;
pub use sessions::*;
pub use shutdown::*;

use crate::played::{Made, Played};

pub use crate::explore::Holds;

/// A machine between two moves, and what has gone wrong before.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The machine.
    pub machine: &'a Machine,
    /// The rules it is played by.
    pub rules: &'a Rules,
    /// How many installers there were.
    pub installers: usize,
    /// The effects that have failed, by their names.
    pub failed: &'a [&'static str],
}

fn holds(condition: bool, otherwise: impl FnOnce() -> String) -> Holds {
    if condition { Ok(()) } else { Err(otherwise()) }
}

fn shutdowns(played: &Played) -> impl Iterator<Item = (&Made, ShutdownFlags)> {
    played.made.iter().filter_map(|made| match made.call {
        Call::Shutdown { flags, .. } => Some((made, flags)),
        _ => None,
    })
}

/// The process that an effect does something to.
const fn touched(effect: &Effect) -> Option<UniqueProcess> {
    match effect {
        Effect::Send(process, ..) | Effect::ControlEvent(process, _) | Effect::Terminate(process) => {
            Some(*process)
        }
        _ => None,
    }
}

/// The application that an effect does something to: a process, or a service that is told to stop.
fn touched_app(effect: &Effect) -> Option<AppId> {
    match effect {
        Effect::StopService(name) => Some(AppId::Service(name.clone())),
        effect => touched(effect).map(AppId::Process),
    }
}

/// The application that an effect starts: the one that was stopped.
fn started(effect: &Effect) -> Option<AppId> {
    match effect {
        Effect::Launch(launch) => Some(launch.application.id()),
        Effect::StartService(name, _) => Some(AppId::Service(name.clone())),
        _ => None,
    }
}

/// Whether the effect makes an application end.
const fn ends_something(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Send(_, Message::EndSession | Message::Close, _)
            | Effect::ControlEvent(..)
            | Effect::Terminate(_)
            | Effect::StopService(_)
    )
}
