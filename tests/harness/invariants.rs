//! The invariants: what holds of every run, each with the rule it comes from.
//!
//! Those of moments look at a machine between two moves; those of stories at what calls did.

mod registry;
mod restart;
mod results;
mod sessions;
mod shutdown;

use rm_core::{Call, ShutdownFlags};

pub use registry::*;
pub use restart::*;
pub use results::*;
pub use sessions::*;
pub use shutdown::*;

use crate::play::{Made, Played};

/// Whether an invariant holds; else what was met.
pub type Holds = Result<(), String>;

fn holds(condition: bool, otherwise: impl FnOnce() -> String) -> Holds {
    if condition { Ok(()) } else { Err(otherwise()) }
}

fn shutdowns(played: &Played) -> impl Iterator<Item = (&Made, ShutdownFlags)> {
    played.made.iter().filter_map(|made| match made.call {
        Call::Shutdown { flags, .. } => Some((made, flags)),
        _ => None,
    })
}
