//! What was met on the way: codes, rules and latitudes.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::rules::{Citation, Latitude, Rule};
use rm_sim::Moved;

/// What was met on the way. Sums and unions: it does not matter who met what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many steps return a code, by function.
    pub codes: BTreeMap<(&'static str, u32), u64>,
    /// The rules that something went back to.
    pub rules: BTreeSet<Rule>,
    /// The answers that something went back to.
    pub latitudes: BTreeSet<(Latitude, u8)>,
}

impl Tally {
    pub(super) fn add(&mut self, moved: &Moved) {
        if let Moved::Replied(call, reply) = moved {
            *self.codes.entry((call.function(), reply.code.0)).or_default() += 1;
        }
        for because in moved.citations() {
            match because {
                Citation::Rule(rule) => drop(self.rules.insert(rule)),
                Citation::Latitude(latitude, answer) => drop(self.latitudes.insert((latitude, answer))),
            }
        }
    }

    /// Takes in what somebody else has met.
    pub fn merge(&mut self, other: &Self) {
        for (code, many) in &other.codes {
            *self.codes.entry(*code).or_default() += many;
        }
        self.rules.extend(&other.rules);
        self.latitudes.extend(&other.latitudes);
    }
}
