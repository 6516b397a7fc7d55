//! Fingerprints: 128 bits that stand for a state.

use std::fmt;
use std::hash::{Hash, Hasher};

/// What a state comes down to. The same on every machine, as long as the state hashes the same things in the
/// same order. (Packed, or a place in the visited set would be a third larger.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(Rust, packed(8))]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// The fingerprint of something.
    #[must_use]
    pub fn of<T: Hash + ?Sized>(thing: &T) -> Self {
        let mut mixer = Mixer(FIRST);
        thing.hash(&mut mixer);
        mixer.print()
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
        mixed(self.0.rotate_left(37) ^ other)
    }
}

/// Mixes words into 128 bits, one multiplication each. Of two states that differ in one word alone the prints
/// always differ, as every step can be undone; else they are as good as random. It is no protection against
/// whoever wants two to be the same. (What is large in a machine comes as a print already, by another hash.)
struct Mixer(u128);

/// Digits of the golden ratio, as an odd number, and of pi.
const ODD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
const FIRST: u128 = 0x243f_6a88_85a3_08d3_1319_8a2e_0370_7344;

const fn mixed(word: u128) -> u128 {
    let product = word.wrapping_mul(ODD);
    product ^ (product >> 67)
}

impl Mixer {
    const fn word(&mut self, word: u64) {
        self.0 = mixed(self.0 ^ word as u128);
    }

    const fn print(&self) -> Fingerprint {
        Fingerprint(mixed(mixed(self.0)))
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            self.word(u64::from_le_bytes(word));
        }
        self.word(bytes.len() as u64);
    }

    fn write_u8(&mut self, word: u8) {
        self.word(word.into());
    }

    fn write_u16(&mut self, word: u16) {
        self.word(word.into());
    }

    fn write_u32(&mut self, word: u32) {
        self.word(word.into());
    }

    fn write_u64(&mut self, word: u64) {
        self.word(word);
    }

    fn write_usize(&mut self, word: usize) {
        self.word(word as u64);
    }

    fn finish(&self) -> u64 {
        self.print().half()
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", { self.0 })
    }
}
