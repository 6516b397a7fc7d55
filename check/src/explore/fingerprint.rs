//! Fingerprints: 128 bits that stand for a state.

use std::fmt;
use std::hash::Hash;

use rm_core::Mixer;

/// What a state comes down to. The same on every machine, as long as the state hashes the same things in the
/// same order. (Packed, or a place in the visited set would be a third larger.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(Rust, packed(8))]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// The fingerprint of something.
    #[must_use]
    pub fn of<T: Hash + ?Sized>(thing: &T) -> Self {
        Self(Mixer::print(thing))
    }

    /// Half of it, for a table that picks its places by 64 bits.
    pub(super) const fn half(self) -> u64 {
        self.0 as u64
    }

    /// Seven of the other bits, to share states out by.
    #[doc(hidden)]
    #[must_use]
    pub const fn top(self) -> usize {
        (self.0 >> 121) as usize
    }

    /// What a step from this state to another adds to a digest: sums of it do not depend on the order.
    pub(super) const fn towards(self, other: u128) -> u128 {
        Mixer::mixed(self.0.rotate_left(37) ^ other)
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", { self.0 })
    }
}
