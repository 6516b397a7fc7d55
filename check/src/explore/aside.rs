//! What a thread has met and not looked up yet in the visited set: flat states, each once.
//!
//! Most steps lead to a state that was met a moment ago. Those are found here, in a table so small that it stays near
//! the processor, and only what is left is looked up in the visited set, many at a time.

use super::model::Model;
use super::print::{Parts, Print, tag};
use super::table::Table;
use super::visited::Origin;

/// When so many states are aside they are looked up: with those met last they still have room in a table of two
/// megabytes.
const MOST: usize = 190_000;

/// How many places are fetched at once: about as many as a processor can wait for.
pub(super) const AT_ONCE: usize = 32;

/// A state that was met, and where it was met from.
pub(super) struct Met<M: Model> {
    pub(super) print: M::Print,
    pub(super) origin: Origin,
    pub(super) state: M::State,
}

/// States put aside.
pub(super) struct Aside<M: Model> {
    divided: Parts,
    /// Those met last, which may be there already.
    last: Vec<Met<M>>,
    /// The others, by the part of the visited set, and all of them in one table.
    met: Vec<Vec<Met<M>>>,
    table: Table,
}

impl<M: Model> Aside<M> {
    pub(super) fn new(divided: Parts) -> Self {
        let met = divided.numbers().map(|_| Vec::new()).collect();
        Self { divided, last: Vec::with_capacity(2 * AT_ONCE), met, table: Table::new() }
    }

    /// Puts all aside that follow a state: how many they are, and the sum of their prints.
    pub(super) fn put_what_follows(
        &mut self,
        model: &M,
        state: &M::State,
        scratch: &mut M::Scratch,
        origin: Origin,
    ) -> (u64, u128) {
        let before = self.last.len();
        model.successors(state, scratch, |_, next| {
            self.last.push(Met { print: model.print(next), origin, state: next.clone() });
        });
        let met = self.last.get(before..).unwrap_or_default();
        (met.len() as u64, met.iter().fold(0, |sum, met| sum.wrapping_add(met.print.bits())))
    }

    /// Settles those met last, if they are many enough to be asked for together.
    pub(super) fn settle_many(&mut self) {
        if self.last.len() >= AT_ONCE {
            self.settle();
        }
    }

    /// Whether it is time to take them out.
    pub(super) const fn is_full(&self) -> bool {
        self.table.taken() >= MOST
    }

    /// Finds out which of those met last are there already.
    ///
    /// An index in the table may be one of another part's list; the print tells.
    #[inline(never)]
    fn settle(&mut self) {
        self.table.fetch(self.last.iter().map(|met| tag(met.print)));
        for met in self.last.drain(..) {
            let Some(all) = self.met.get_mut(self.divided.of(met.print)) else { continue };
            let is_it = |at: usize| all.get(at).is_some_and(|known| known.print == met.print);
            match self.table.find_or_add(tag(met.print), all.len(), is_it) {
                None => all.push(met),
                Some(at) => {
                    if let Some(known) = all.get_mut(at) {
                        known.origin = known.origin.min(met.origin);
                    }
                }
            }
        }
    }

    /// Takes out all that is aside.
    pub(super) fn take(&mut self, mut of_part: impl FnMut(usize, &[Met<M>])) {
        self.settle();
        for (number, met) in self.met.iter_mut().enumerate().filter(|(_, met)| !met.is_empty()) {
            of_part(number, met);
            met.clear();
        }
        if self.table.taken() > 0 {
            self.table.clear();
        }
    }
}
