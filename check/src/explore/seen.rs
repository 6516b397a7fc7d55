//! The visited set while it grows: for each state its print and where it was first met from.
//!
//! States themselves are not kept. What it costs is 16 bytes for each state, or 24 where prints have 128 bits, a
//! quarter more at most since the list grows by that, and 11 to 43 bytes of a table ([`Table`]) that grows fourfold.
//!
//! For several threads it comes in parts, each with a lock of its own.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::print::{Parts, Print, tag};
use super::table::Table;
use super::visited::{Id, Origin, Visited};

/// A state that is known.
#[derive(Clone, Copy)]
struct Known<P> {
    print: P,
    origin: Origin,
}

/// A part of the visited set.
pub(super) struct Part<P> {
    number: usize,
    of_parts: usize,
    table: Table,
    /// Its states in the order in which they came.
    states: Vec<Known<P>>,
    /// The first state of the layer that is being found.
    first: usize,
}

/// The visited set.
pub(super) struct Seen<P> {
    /// Into which parts it comes.
    pub(super) divided: Parts,
    parts: Vec<Mutex<Part<P>>>,
}

impl<P: Print> Part<P> {
    fn new(number: usize, of_parts: usize) -> Self {
        Self { number, of_parts, table: Table::new(), states: Vec::new(), first: 0 }
    }

    fn id(&self, at: usize) -> Id {
        Id::new(self.of_parts, self.number, at)
    }

    /// Has the places at hand where these prints are looked for first.
    pub(super) fn fetch(&self, prints: impl Iterator<Item = P>) {
        self.table.fetch(prints.map(tag));
    }

    /// Adds a state; tells whether it is new. Of several origins in the layer before it the least counts; of two whose
    /// prints begin with the same 32 bits, which is one in 2^32, the one that has the first place.
    pub(super) fn add(&mut self, print: P, origin: Origin) -> Option<(Id, bool)> {
        let states = &mut self.states;
        let is_it = |at: usize| states.get(at).is_some_and(|known| known.print == print);
        let new = states.len();
        if let Some(at) = self.table.find_or_add(tag(print), new, is_it) {
            if at >= self.first {
                let known = states.get_mut(at)?;
                known.origin = known.origin.min(origin);
            }
            return Some((self.id(at), false));
        }
        if new == states.capacity() {
            states.reserve_exact(new / 4 + 16);
        }
        states.push(Known { print, origin });
        Some((self.id(new), true))
    }
}

impl<P: Print> Seen<P> {
    /// The most states that have a place.
    pub(super) const MOST: u64 = 1 << 31;

    pub(super) fn new(divided: Parts) -> Self {
        let part = |number| Mutex::new(Part::new(number, divided.numbers().len()));
        Self { divided, parts: divided.numbers().map(part).collect() }
    }

    /// A part of it.
    pub(super) fn part(&self, number: usize) -> Option<MutexGuard<'_, Part<P>>> {
        self.parts.get(number).map(lock)
    }

    /// From now on another layer is found.
    pub(super) fn begin_layer(&self) {
        for part in &self.parts {
            let mut part = lock(part);
            part.first = part.states.len();
        }
    }

    /// How much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let of_part = |part: &Mutex<Part<P>>| {
            let part = lock(part);
            part.table.bytes() + part.states.capacity() * size_of::<Known<P>>()
        };
        self.parts.iter().map(of_part).sum()
    }

    /// What was visited, by place.
    pub(super) fn visited(&self) -> Visited<P> {
        let of_part = |part: &Mutex<Part<P>>| {
            lock(part).states.iter().map(|known| (known.print, known.origin.parent())).collect()
        };
        Visited { parts: self.parts.iter().map(of_part).collect() }
    }
}

/// A part whose lock nobody can have left in a bad state: nothing in `add` panics half way, and a property that is
/// looked at meanwhile does not touch it.
fn lock<P>(part: &Mutex<Part<P>>) -> MutexGuard<'_, Part<P>> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}
