//! Which thing of a list has this print? Answered by one look into memory, for many prints at once if that helps.

use std::hint::black_box;

/// A table of the things of a list, each by its [`tag`](super::print::tag). A thing has the first place that is free
/// from where its tag says; so tags are in order but for that, and a table is made larger from its beginning to its
/// end. A place costs 8 bytes; of a table that has grown between 3 and 12 of 16 are taken. The list knows the rest.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// The places, a power of two: of each the tag and the index of who has it.
    places: Vec<(u32, u32)>,
    taken: usize,
    /// How many bits of a tag say nothing about its place.
    unused: u32,
}

/// What is at a place that is free.
const FREE: (u32, u32) = (0, u32::MAX);

/// How many places there are at first.
const FIRST: usize = 16;

/// How many times as large a table is made. With 2, a sixth of the time of a walk goes into it; with 4, a tenth.
const GROWTH: usize = 4;

impl Table {
    pub(super) fn new() -> Self {
        Self { places: vec![FREE; FIRST], taken: 0, unused: u32::BITS - FIRST.trailing_zeros() }
    }

    /// Where a tag is looked for first.
    fn begins(&self, tag: u32) -> usize {
        (tag >> self.unused) as usize
    }

    /// The place after this one; the first comes after the last.
    fn after(&self, at: usize) -> usize {
        (at + 1) & (self.places.len() - 1)
    }

    /// What is at the place where a tag is looked for first.
    fn first_look(&self, tag: u32) -> u32 {
        self.places.get(self.begins(tag)).map_or(0, |(_, who)| *who)
    }

    /// Has the places at hand where these tags are looked for first. Asked for together, they come together.
    pub(super) fn fetch(&self, tags: impl Iterator<Item = u32>) {
        black_box(tags.fold(0, |all, tag| all ^ self.first_look(tag)));
    }

    /// The index of the thing that has this tag and is the one; if none is, the new thing of this index has a place now.
    /// An index has 31 bits at most, which is tested after each layer (`Seen::MOST`).
    pub(super) fn find_or_add(
        &mut self,
        tag: u32,
        new: usize,
        is_it: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let mut at = self.begins(tag);
        loop {
            let place = self.places.get_mut(at)?;
            let (its, who) = *place;
            if who == FREE.1 {
                *place = (tag, new as u32);
                break;
            }
            if its == tag && is_it(who as usize) {
                return Some(who as usize);
            }
            at = self.after(at);
        }
        self.taken += 1;
        if self.taken > self.places.len() / 4 * 3 {
            self.grow();
        }
        None
    }

    fn grow(&mut self) {
        let more = vec![FREE; GROWTH * self.places.len()];
        self.unused -= GROWTH.trailing_zeros();
        for place in std::mem::replace(&mut self.places, more) {
            if place == FREE {
                continue;
            }
            let mut at = self.begins(place.0);
            while self.places.get(at).is_some_and(|taken| *taken != FREE) {
                at = self.after(at);
            }
            if let Some(free) = self.places.get_mut(at) {
                *free = place;
            }
        }
    }

    /// How many have a place.
    pub(super) const fn taken(&self) -> usize {
        self.taken
    }

    /// Nothing has a place any more.
    pub(super) fn clear(&mut self) {
        self.places.fill(FREE);
        self.taken = 0;
    }

    /// How much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<(u32, u32)>()
    }
}
