//! The visited set while it grows: for each state its print and where it was first met from.
//!
//! States themselves are not kept. What it costs is 24 bytes, or 16 where prints have 64 bits, for each place in a
//! table of which seven eighths are taken at most.
//!
//! It comes in parts, each with a lock of its own, so that several threads can add to it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::print::Print;
use super::visited::{Id, Visited};

/// How many parts there are: as many as [`Print::part`] tells apart.
pub(super) const PARTS: usize = 128;

/// A state of an earlier layer.
struct Known<P> {
    print: P,
    /// Which state of its part it is.
    at: u32,
    parent: Id,
}

/// A state of the layer that is being found.
struct Fresh<P> {
    known: Known<P>,
    /// Half of the print of its parent.
    of_parent: u64,
}

/// A part of the visited set.
///
/// Most states that are met are met again in the layer that is being found. Its states have a table of their own,
/// which the processor can keep at hand; all others are far away.
pub(super) struct Part<P> {
    number: usize,
    known: HashTable<Known<P>>,
    fresh: HashTable<Fresh<P>>,
}

/// The visited set.
pub(super) struct Seen<P> {
    parts: Vec<Mutex<Part<P>>>,
}

impl<P: Print> Known<P> {
    fn half(&self) -> u64 {
        self.print.half()
    }
}

impl<P: Print> Part<P> {
    /// Adds a state that was met from another, if it is not one of the beginning; tells whether it is new. Of
    /// several parents in the layer before it the one with the least print counts, whoever comes first.
    pub(super) fn add(&mut self, print: P, parent: Id, of_parent: u64) -> Option<(Id, bool)> {
        let Self { number, known, fresh } = self;
        let new = known.len() + fresh.len();
        let is_it = |fresh: &Fresh<P>| fresh.known.print == print;
        match fresh.entry(print.half(), is_it, |fresh| fresh.known.half()) {
            Entry::Occupied(mut found) => {
                let fresh = found.get_mut();
                if of_parent < fresh.of_parent {
                    (fresh.of_parent, fresh.known.parent) = (of_parent, parent);
                }
                Some((Id::new(*number, index(fresh.known.at)), false))
            }
            Entry::Vacant(free) => {
                if let Some(known) = known.find(print.half(), |known| known.print == print) {
                    return Some((Id::new(*number, index(known.at)), false));
                }
                let known = Known { print, at: u32::try_from(new).ok()?, parent };
                free.insert(Fresh { known, of_parent });
                Some((Id::new(*number, new), true))
            }
        }
    }

    /// Its states by place, each with its parent.
    fn visited(&self) -> Vec<(P, Id)> {
        let all = self.known.iter().chain(self.fresh.iter().map(|fresh| &fresh.known));
        let mut states: Vec<_> = all.map(|known| (known.at, (known.print, known.parent))).collect();
        states.sort_unstable_by_key(|(at, _)| *at);
        states.into_iter().map(|(_, state)| state).collect()
    }

    /// What was found is known from now on.
    fn begin_layer(&mut self) {
        self.known.reserve(self.fresh.len(), Known::half);
        for Fresh { known, .. } in self.fresh.drain() {
            self.known.insert_unique(known.half(), known, Known::half);
        }
    }
}

impl<P: Print> Seen<P> {
    /// The most states that have a place.
    pub(super) const MOST: u64 = 1 << 31;

    pub(super) fn new() -> Self {
        let part = |number| Mutex::new(Part { number, known: HashTable::new(), fresh: HashTable::new() });
        Self { parts: (0..PARTS).map(part).collect() }
    }

    /// The part that a state with this print belongs to.
    pub(super) fn part(&self, number: usize) -> Option<MutexGuard<'_, Part<P>>> {
        self.parts.get(number).map(lock)
    }

    /// From now on another layer is found.
    pub(super) fn begin_layer(&self) {
        self.parts.iter().for_each(|part| lock(part).begin_layer());
    }

    /// How much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let of_part = |part: &Mutex<Part<P>>| {
            let part = lock(part);
            part.known.allocation_size() + part.fresh.allocation_size()
        };
        self.parts.iter().map(of_part).sum()
    }

    /// What was visited, by place.
    pub(super) fn visited(&self) -> Visited<P> {
        Visited { parts: self.parts.iter().map(|part| lock(part).visited()).collect() }
    }
}

fn index(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// A part whose lock nobody can have left in a bad state: nothing in `add` panics half way.
fn lock<P>(part: &Mutex<Part<P>>) -> MutexGuard<'_, Part<P>> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}
