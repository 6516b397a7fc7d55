//! The visited set: for each state its fingerprint and where it was first met from.
//!
//! States themselves are not kept. Two that differ could have the same fingerprint, and one of them would not
//! be visited: among n states with odds of n² in 2^129, which is one in 10^24 for ten million. What it costs
//! is 20 bytes a state, and 5 to 10 for the table.
//!
//! It comes in parts, each with a lock of its own, so that several threads can add to it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::Fingerprint;

/// How many parts there are: as many as [`Fingerprint::top`] tells apart.
const PARTS: usize = 128;

/// A state, by its place in the visited set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id(pub(super) u32);

impl Id {
    /// The parent of a state that has none.
    const NONE: Self = Self(u32::MAX);

    fn new(part: usize, at: usize) -> Self {
        Self(u32::try_from(at * PARTS + part).unwrap_or(u32::MAX))
    }

    fn part(self) -> usize {
        self.index() % PARTS
    }

    fn at(self) -> usize {
        self.index() / PARTS
    }

    /// The place as an index. Not all of them are taken.
    pub(super) fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

#[derive(Default)]
struct Part {
    table: HashTable<u32>,
    prints: Vec<Fingerprint>,
    parents: Vec<Id>,
    /// Where the layer begins that is being found.
    layer: usize,
    /// The fingerprints of the parents of that layer's states.
    of_parents: Vec<Fingerprint>,
}

/// The visited set.
pub(super) struct Seen {
    parts: Vec<Mutex<Part>>,
}

impl Seen {
    /// The most states that have a place.
    pub(super) const MOST: u64 = 1 << 31;

    pub(super) fn new() -> Self {
        Self { parts: (0..PARTS).map(|_| Mutex::default()).collect() }
    }

    /// Adds a state that was met from another; tells whether it is new. Of several parents in the layer
    /// before it the one with the least fingerprint counts, whoever comes first.
    pub(super) fn add(&self, print: Fingerprint, from: Option<(Id, Fingerprint)>) -> Option<(Id, bool)> {
        let number = print.top();
        let part = &mut *lock(self.parts.get(number)?);
        let Part { table, prints, parents, layer, of_parents } = part;
        let is_it = |at: &u32| prints.get(index(*at)) == Some(&print);
        let hash = |at: &u32| prints.get(index(*at)).map_or(0, |print| print.half());
        match table.entry(print.half(), is_it, hash) {
            Entry::Occupied(found) => {
                let at = index(*found.get());
                if let (Some((parent, of_parent)), Some(in_layer)) = (from, at.checked_sub(*layer))
                    && let Some(known) = of_parents.get_mut(in_layer).filter(|known| of_parent < **known)
                    && let Some(link) = parents.get_mut(at)
                {
                    (*known, *link) = (of_parent, parent);
                }
                Some((Id::new(number, at), false))
            }
            Entry::Vacant(free) => {
                let at = prints.len();
                free.insert(u32::try_from(at).ok()?);
                prints.push(print);
                parents.push(from.map_or(Id::NONE, |(parent, _)| parent));
                of_parents.push(from.map_or(print, |(_, of_parent)| of_parent));
                Some((Id::new(number, at), true))
            }
        }
    }

    /// From now on another layer is found.
    pub(super) fn begin_layer(&self) {
        for part in &self.parts {
            let mut part = lock(part);
            part.layer = part.prints.len();
            part.of_parents.clear();
        }
    }

    /// The fingerprint of a state.
    pub(super) fn print(&self, id: Id) -> Option<Fingerprint> {
        lock(self.parts.get(id.part())?).prints.get(id.at()).copied()
    }

    /// The states that nothing leads to but the beginning.
    pub(super) fn first(&self) -> impl Iterator<Item = Id> {
        self.parts.iter().enumerate().flat_map(|(number, part)| {
            let part = lock(part);
            let parents = part.parents.iter().enumerate();
            let first = parents.filter(|(_, parent)| **parent == Id::NONE).map(|(at, _)| Id::new(number, at));
            first.collect::<Vec<_>>()
        })
    }

    /// The fingerprints on the way to a state, from where it began.
    pub(super) fn way_to(&self, id: Id) -> Vec<Fingerprint> {
        let (mut way, mut at) = (Vec::new(), id);
        while let Some(print) = self.print(at) {
            way.push(print);
            let Some(part) = self.parts.get(at.part()) else { break };
            let parent = lock(part).parents.get(at.at()).copied().unwrap_or(Id::NONE);
            at = parent;
        }
        way.reverse();
        way
    }

    /// One more than the greatest place that is taken.
    pub(super) fn places(&self) -> usize {
        self.parts.iter().map(|part| lock(part).prints.len()).max().unwrap_or_default() * PARTS
    }

    /// How much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let of_part = |part: &Mutex<Part>| {
            let part = lock(part);
            part.table.allocation_size()
                + part.prints.capacity() * size_of::<Fingerprint>()
                + part.parents.capacity() * size_of::<Id>()
                + part.of_parents.capacity() * size_of::<Fingerprint>()
        };
        self.parts.iter().map(of_part).sum()
    }
}

fn index(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// A part whose lock nobody can have left in a bad state: nothing in `add` panics half way.
fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}
