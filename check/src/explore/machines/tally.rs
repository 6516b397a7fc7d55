//! What was met on the way: codes, rules and latitudes, and what came of what went wrong.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::Caller;
use rm_core::rules::{Citation, Latitude, Rule};
use rm_sim::Moved;
use rm_sim::fault::Strike;
use rm_sim::world::Mutex;

use super::steps::Went;
use super::{Blow, Position, fault};

/// What was met on the way. Sums and unions: it does not matter who met what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many steps return a code, by function.
    pub codes: BTreeMap<(&'static str, u32), u64>,
    /// The rules that something went back to.
    pub rules: BTreeSet<Rule>,
    /// The answers that something went back to.
    pub latitudes: BTreeSet<(Latitude, u8)>,
    /// What came of what went wrong, by the effect and what it was.
    pub matrix: BTreeMap<(&'static str, &'static str), Tried>,
}

/// How often something went wrong, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// How many steps it was tried in.
    pub times: u64,
    /// The codes that the calls returned, by function, and in how many steps.
    pub codes: BTreeMap<(&'static str, u32), u64>,
    /// What callers that died left behind for others, and in how many steps.
    pub left: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(super) fn add(&mut self, went: &Went, next: &mut Position) {
        if let Some(wrong) = went.wrong {
            let tried = self.matrix.entry((wrong.effect, fault::name(wrong.strike))).or_default();
            tried.times += 1;
            if wrong.strike == Strike::Dies {
                left_behind(next, went.who).for_each(|what| *tried.left.entry(what).or_default() += 1);
            }
        }
        let Some(moved) = &went.moved else { return };
        if let Moved::Replied(call, reply) = moved {
            let code = (call.function(), reply.code.0);
            *self.codes.entry(code).or_default() += 1;
            let is_open = |blow: &Blow| !blow.replied && blow.who == went.who;
            if next.progress.struck.iter().any(is_open) {
                for blow in next.progress.struck.iter_mut().filter(|blow| is_open(blow)) {
                    blow.replied = true;
                    let tried = self.matrix.entry((blow.effect, blow.what)).or_default();
                    *tried.codes.entry(code).or_default() += 1;
                }
            }
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
        for (wrong, tried) in &other.matrix {
            let all = self.matrix.entry(*wrong).or_default();
            all.times += tried.times;
            for (code, many) in &tried.codes {
                *all.codes.entry(*code).or_default() += many;
            }
            for (what, many) in &tried.left {
                *all.left.entry(what).or_default() += many;
            }
        }
        self.rules.extend(&other.rules);
        self.latitudes.extend(&other.latitudes);
    }
}

/// What a caller that is gone has left behind for others.
fn left_behind(position: &Position, who: Caller) -> impl Iterator<Item = &'static str> {
    let registry = &position.machine.world.registry;
    let its_own = || registry.keys.values().filter(|record| record.owner() == Some(who.process));
    let whole = its_own().any(|record| record.is_whole());
    // A key whose owner is not written yet is nobody's.
    let torn = registry.keys.values().any(|record| !record.is_whole());
    let mutex = registry.mutexes.values().any(|mutex| *mutex == Mutex::Abandoned);
    let all = [(whole, "a key that is whole"), (torn, "a key that is torn"), (mutex, "the mutex")];
    let nothing = (!whole && !torn && !mutex).then_some("nothing");
    all.into_iter().filter_map(|(is_so, what)| is_so.then_some(what)).chain(nothing)
}
