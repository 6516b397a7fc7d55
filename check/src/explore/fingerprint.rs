//! Fingerprints: 128 bits that stand for a state.

use std::fmt;
use std::hash::Hash;

use rustc_stable_hash::{FromStableHash, SipHasher128Hash, StableSipHasher128};

/// What a state comes down to. The same on every machine, as long as the state hashes the same things in the
/// same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// The fingerprint of something.
    #[must_use]
    pub fn of<T: Hash + ?Sized>(thing: &T) -> Self {
        let mut hasher = StableSipHasher128::new();
        thing.hash(&mut hasher);
        hasher.finish()
    }

    /// Half of it, for a table that picks its places by 64 bits.
    pub(super) const fn half(self) -> u64 {
        self.0 as u64
    }

    /// The other bits, to share states out by.
    pub(super) const fn top(self) -> usize {
        (self.0 >> 121) as usize
    }

    /// What a step from this state to another adds to a digest: sums of it do not depend on the order.
    pub(super) const fn towards(self, other: u128) -> u128 {
        let odd = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
        let mixed = (self.0.rotate_left(37) ^ other).wrapping_mul(odd);
        mixed ^ (mixed >> 64)
    }
}

impl FromStableHash for Fingerprint {
    type Hash = SipHasher128Hash;

    fn from(SipHasher128Hash([high, low]): SipHasher128Hash) -> Self {
        Self(u128::from(high) << 64 | u128::from(low))
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
