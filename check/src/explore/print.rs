//! Prints: what stands for a state in the visited set.

use std::fmt;
use std::hash::Hash;

use rm_core::Mixer;

/// What stands for a state. Its bits are spread evenly, as good as random.
pub trait Print: Copy + Eq + Ord + Send + Sync + fmt::Debug {
    /// 64 bits of it, for a table that picks its places by them.
    fn half(self) -> u64;

    /// All its bits.
    fn bits(self) -> u128;
}

/// The uppermost bits of half a print say to which part of the visited set it belongs.
const PART_BITS: u32 = 7;

/// Into how many parts the visited set comes: one for a single thread, many where several add to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts(usize);

impl Parts {
    /// As many as do for so many threads.
    pub(super) const fn for_threads(threads: usize) -> Self {
        Self(if threads > 1 { 1 << PART_BITS } else { 1 })
    }

    /// Their numbers.
    pub(super) const fn numbers(self) -> std::ops::Range<usize> {
        0..self.0
    }

    /// The one that a print belongs to.
    pub(super) fn of(self, print: impl Print) -> usize {
        (print.half() >> (u64::BITS - PART_BITS)) as usize & (self.0 - 1)
    }
}

/// The bits of a print by which it has a place in a table: those after the ones that say which part.
pub(super) fn tag(print: impl Print) -> u32 {
    (print.half() << PART_BITS >> u32::BITS) as u32
}

/// The bits of a parent's print by which several parents are told apart.
pub(super) fn beginning(print: impl Print) -> u32 {
    (print.half() >> u32::BITS) as u32
}

/// 128 bits that stand for a state of any size. Two states could have the same, and one of them would not be
/// visited: among n states with odds of n² in 2^129, which is one in 10^24 for ten million. The same on every
/// machine, as long as the state hashes the same things in the same order. (Packed, or what is kept of each
/// would be a third larger.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(Rust, packed(8))]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// The fingerprint of something.
    #[must_use]
    pub fn of<T: Hash + ?Sized>(thing: &T) -> Self {
        Self(Mixer::print(thing))
    }
}

impl Print for Fingerprint {
    fn half(self) -> u64 {
        self.0 as u64
    }

    fn bits(self) -> u128 {
        self.0
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", { self.0 })
    }
}

/// A state that fits into 64 bits, with its bits spread: no two states have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(u64);

impl Exact {
    /// The print of a state that these bits tell from every other. Each of its steps can be undone.
    #[must_use]
    pub const fn of(state: u64) -> Self {
        let once = (state ^ (state >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let twice = (once ^ (once >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        Self(twice ^ (twice >> 32))
    }
}

impl Print for Exact {
    fn half(self) -> u64 {
        self.0
    }

    fn bits(self) -> u128 {
        self.0.into()
    }
}

/// What a state and something that belongs to it add to a digest: sums of it do not depend on the order.
pub(super) fn together(print: impl Print, other: u128) -> u128 {
    Mixer::mixed(print.bits().rotate_left(37) ^ other)
}
