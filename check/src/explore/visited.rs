//! What was visited, for whoever looks back: every state's print and parent, by its place.

use super::print::Print;

/// A state, by its place in the visited set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id(pub(super) u32);

impl Id {
    /// The parent of a state that has none.
    pub(super) const NONE: Self = Self(u32::MAX);

    /// So many states are before it in this part of so many.
    pub(super) fn new(parts: usize, part: usize, at: usize) -> Self {
        Self(u32::try_from(at * parts + part).unwrap_or(u32::MAX))
    }

    /// The place as an index. Not all of them are taken.
    pub(super) fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// Where a state was met from: another state, if it is not one of the beginning. Of several the least counts: the one
/// whose print has the least [`beginning`](super::print::beginning), which is what comes first here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin(u64);

impl Origin {
    /// Nowhere: it can begin there.
    pub(super) const NONE: Self = Self(Id::NONE.0 as u64);

    /// Another state, of which this is the beginning of its print.
    pub(super) fn new(beginning: u32, parent: Id) -> Self {
        Self(u64::from(beginning) << u32::BITS | u64::from(parent.0))
    }

    /// The state it was met from.
    pub(super) const fn parent(self) -> Id {
        Id(self.0 as u32)
    }
}

/// What was visited.
pub(super) struct Visited<P> {
    /// Each state's print and its parent, in the parts of the visited set.
    pub(super) parts: Vec<Vec<(P, Id)>>,
}

impl<P: Print> Visited<P> {
    fn get(&self, id: Id) -> Option<(P, Id)> {
        let parts = self.parts.len();
        self.parts.get(id.index() % parts)?.get(id.index() / parts).copied()
    }

    /// The print of a state.
    pub(super) fn print(&self, id: Id) -> Option<P> {
        self.get(id).map(|(print, _)| print)
    }

    /// The states that nothing leads to but the beginning.
    pub(super) fn first(&self) -> impl Iterator<Item = Id> {
        let parts = self.parts.len();
        self.parts.iter().enumerate().flat_map(move |(number, part)| {
            let first = part.iter().enumerate().filter(|(_, (_, parent))| *parent == Id::NONE);
            first.map(move |(at, _)| Id::new(parts, number, at))
        })
    }

    /// The prints on the way to a state, from where it began.
    pub(super) fn way_to(&self, id: Id) -> Vec<P> {
        let (mut way, mut at) = (Vec::new(), id);
        // No way is longer than all states together.
        for _ in 0..self.places() {
            let Some((print, parent)) = self.get(at) else { break };
            way.push(print);
            at = parent;
        }
        way.reverse();
        way
    }

    /// One more than the greatest place that is taken.
    pub(super) fn places(&self) -> usize {
        self.parts.iter().map(Vec::len).max().unwrap_or_default() * self.parts.len()
    }
}
