//! The visited set while it grows: for each state its print and where it was first met from.
//!
//! States themselves are not kept. What it costs is 16 bytes, or 24 where prints have 128 bits, for each place of a
//! table of which three quarters are taken at most, and 4 to 8 for each state.
//!
//! It comes in parts, each with a lock of its own, so that several threads can add to it.

use std::hint::black_box;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::print::Print;
use super::visited::{Id, Visited};

/// How many parts there are.
pub(super) const PARTS: usize = 1 << PART_BITS;

/// The uppermost bits of half a print say which part it belongs to; those that follow, which place of it.
const PART_BITS: u32 = 7;

/// The part that a print belongs to.
pub(super) fn part_of(print: impl Print) -> usize {
    (print.half() >> (u64::BITS - PART_BITS)) as usize
}

/// The bits of a parent's print by which several parents are told apart.
pub(super) fn beginning(print: impl Print) -> u32 {
    (print.half() >> u32::BITS) as u32
}

/// A place of a table: free, or taken by a state.
#[derive(Clone, Copy)]
struct Place<P> {
    print: P,
    /// Which state of its part it is, or [`NOBODY`].
    at: u32,
    /// The [`beginning`] of its parent's print.
    of_parent: u32,
}

/// Who is at a place that is free.
const NOBODY: u32 = u32::MAX;

/// A part of the visited set: a table in which a state has the first place that is free from where its print says.
/// One look is enough for most, and it can be had for many states at once. Prints are in order but for that, so that
/// a table is doubled from its beginning to its end.
pub(super) struct Part<P> {
    number: usize,
    /// The places: a power of two.
    places: Vec<Place<P>>,
    /// Every state's parent.
    parents: Vec<Id>,
    /// The first state of the layer that is being found.
    first: u32,
}

/// The visited set.
pub(super) struct Seen<P> {
    parts: Vec<Mutex<Part<P>>>,
}

impl<P: Print> Part<P> {
    fn new(number: usize) -> Self {
        Self { number, places: free(8), parents: Vec::new(), first: 0 }
    }

    /// Where a print is looked for first.
    fn begins(&self, print: P) -> usize {
        (print.half() << PART_BITS >> (u64::BITS - self.places.len().trailing_zeros())) as usize
    }

    /// Has the places at hand where these prints are looked for first. Asked for together, they come together.
    pub(super) fn fetch(&self, prints: impl Iterator<Item = P>) {
        let at = |print| self.places.get(self.begins(print)).map_or(0, |place| place.at);
        black_box(prints.fold(0, |all, print| all ^ at(print)));
    }

    /// Adds a state that was met from another, if it is not one of the beginning; tells whether it is new. Of
    /// several parents in the layer before it the one whose print has the least [`beginning`] counts; of two with the
    /// same, which is one in 2^32, whoever comes first.
    pub(super) fn add(&mut self, print: P, parent: Id, of_parent: u32) -> Option<(Id, bool)> {
        let mut at = self.begins(print);
        loop {
            let place = self.places.get_mut(at)?;
            if place.at == NOBODY {
                break;
            }
            if place.print == print {
                if of_parent < place.of_parent && place.at >= self.first {
                    place.of_parent = of_parent;
                    *self.parents.get_mut(index(place.at))? = parent;
                }
                return Some((Id::new(self.number, index(place.at)), false));
            }
            at = (at + 1) & (self.places.len() - 1);
        }
        let new = self.parents.len();
        *self.places.get_mut(at)? = Place { print, at: u32::try_from(new).ok()?, of_parent };
        self.parents.push(parent);
        if self.parents.len() > self.places.len() / 4 * 3 {
            self.double();
        }
        Some((Id::new(self.number, new), true))
    }

    fn double(&mut self) {
        let twice = free(2 * self.places.len());
        for place in std::mem::replace(&mut self.places, twice) {
            if place.at == NOBODY {
                continue;
            }
            let mut at = self.begins(place.print);
            while self.places.get(at).is_some_and(|taken| taken.at != NOBODY) {
                at = (at + 1) & (self.places.len() - 1);
            }
            if let Some(free) = self.places.get_mut(at) {
                *free = place;
            }
        }
    }

    /// Its states in the order in which they came, each with its parent.
    fn visited(&self) -> Vec<(P, Id)> {
        let taken = self.places.iter().filter(|place| place.at != NOBODY);
        let mut states: Vec<_> = taken.map(|place| (place.at, place.print)).collect();
        states.sort_unstable_by_key(|(at, _)| *at);
        states.into_iter().zip(&self.parents).map(|((_, print), parent)| (print, *parent)).collect()
    }
}

/// So many places, all of them free.
fn free<P: Print>(places: usize) -> Vec<Place<P>> {
    vec![Place { print: P::default(), at: NOBODY, of_parent: 0 }; places]
}

impl<P: Print> Seen<P> {
    /// The most states that have a place.
    pub(super) const MOST: u64 = 1 << 31;

    pub(super) fn new() -> Self {
        Self { parts: (0..PARTS).map(|number| Mutex::new(Part::new(number))).collect() }
    }

    /// A part of it.
    pub(super) fn part(&self, number: usize) -> Option<MutexGuard<'_, Part<P>>> {
        self.parts.get(number).map(lock)
    }

    /// From now on another layer is found.
    pub(super) fn begin_layer(&self) {
        for part in &self.parts {
            let mut part = lock(part);
            part.first = u32::try_from(part.parents.len()).unwrap_or(NOBODY);
        }
    }

    /// How much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let of_part = |part: &Mutex<Part<P>>| {
            let part = lock(part);
            part.places.capacity() * size_of::<Place<P>>() + part.parents.capacity() * size_of::<Id>()
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
