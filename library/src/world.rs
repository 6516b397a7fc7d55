//! The world that installers work in: the real one, or a simulated machine.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::Value;

use crate::exports::Steering;
use crate::said::Process;
use crate::simulated::Simulated;

/// What is not provided for, where a library has no machine of its own.
const REAL: &str = "the library runs on this machine, whose programs cannot be set up yet";

/// The world.
pub(crate) enum World {
    /// The machine this runs on.
    Real(Instant),
    /// A machine that the library simulates.
    Simulated(Box<Simulated>),
}

impl World {
    /// What cannot be set up in it, by the words of docs/conform.md.
    pub(crate) fn cannot(is_simulated: bool) -> BTreeMap<&'static str, &'static str> {
        if is_simulated {
            return BTreeMap::new();
        }
        let words =
            ["programs", "services", "users", "consoles", "families", "process-ids", "registration", "paths"];
        let mut cannot: BTreeMap<_, _> = words.into_iter().map(|word| (word, REAL)).collect();
        cannot.insert("time", "its clock cannot be set");
        cannot
    }

    /// Makes the world of a case.
    pub(crate) fn set_up(
        steering: Option<Steering>,
        tables: &serde_json::Map<String, Value>,
        processes: &BTreeMap<String, Process>,
    ) -> Result<Self, String> {
        match steering {
            Some(steering) => Ok(Self::Simulated(Box::new(Simulated::set_up(steering, tables, processes)?))),
            None => Ok(Self::Real(Instant::now())),
        }
    }

    /// How many milliseconds have passed.
    pub(crate) fn now(&self) -> Result<u64, String> {
        match self {
            Self::Real(since) => Ok(u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)),
            Self::Simulated(machine) => machine.now(),
        }
    }
}
