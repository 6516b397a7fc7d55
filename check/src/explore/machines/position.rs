//! One moment of a small world.

use rm_core::Caller;
use rm_sim::Machine;
use rm_sim::scenario::{Opened, Scripted, SmallWorld};

/// All that the future of a small world depends on.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The machine.
    pub machine: Machine,
    /// How many of its calls each thread has begun.
    pub(super) at: Vec<u8>,
    /// What has happened on the machine, as bits.
    pub(super) events: u64,
    /// The sessions that have been opened.
    pub(super) opened: Vec<Option<Opened>>,
}

impl Moment {
    pub(super) fn new(machine: Machine, world: &SmallWorld, opened: Vec<Option<Opened>>) -> Self {
        Self { machine, at: vec![0; world.threads.len()], events: 0, opened }
    }

    /// Whether no call is in flight, and none will be.
    pub(super) fn is_at_rest(&self, threads: &[(Caller, Vec<Scripted>)]) -> bool {
        if self.machine.in_flight().next().is_some() {
            return false;
        }
        let begins = |((who, calls), at): (&(Caller, Vec<Scripted>), &u8)| {
            let next = calls.get(usize::from(*at)).is_some_and(|next| next.is_possible(&self.opened));
            next && self.machine.installer(who.process).is_some()
        };
        !threads.iter().zip(&self.at).any(begins)
    }
}

/// As derived, but what is copied into is used again.
impl Clone for Moment {
    fn clone(&self) -> Self {
        let Self { machine, at, events, opened } = self;
        Self { machine: machine.clone(), at: at.clone(), events: *events, opened: opened.clone() }
    }

    fn clone_from(&mut self, from: &Self) {
        self.machine.clone_from(&from.machine);
        self.at.clone_from(&from.at);
        self.events = from.events;
        self.opened.clone_from(&from.opened);
    }
}
