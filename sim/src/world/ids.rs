//! Process ids: multiples of four, from 100; who starts gets the lowest that nobody has.

use std::collections::BTreeMap;

use super::Process;

/// The lowest process id that is not used: always that one, so that equal machines are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Unused(u32);

impl Default for Unused {
    fn default() -> Self {
        Self(100)
    }
}

impl Unused {
    /// That id, or the next that is not used if it is the one to avoid.
    pub(super) fn other_than(self, avoided: Option<u32>, used: &BTreeMap<u32, Process>) -> u32 {
        let mut next = self;
        if avoided == Some(next.0) {
            next.0 = next.0.saturating_add(4);
            next.skip(used);
        }
        next.0
    }

    /// Goes on to the next that is not used.
    pub(super) fn skip(&mut self, used: &BTreeMap<u32, Process>) {
        while used.contains_key(&self.0) {
            self.0 = self.0.saturating_add(4);
        }
    }

    /// An id is not used any more.
    pub(super) const fn free(&mut self, id: u32) {
        if id >= 100 && id.is_multiple_of(4) && id < self.0 {
            self.0 = id;
        }
    }
}
