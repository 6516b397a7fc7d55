//! What values come down to: 128 bits that stand for a value, so that equal ones are found by it.

use core::hash::{Hash, Hasher};

/// Mixes words into 128 bits, one multiplication each; the same on all machines that keep numbers in memory alike.
/// Of two values that differ in one word alone the prints always differ, as every step can be undone; else they are
/// as good as random. It is no protection against whoever wants two to be the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mixer(u128);

/// Digits of the golden ratio, as an odd number, and of pi.
const ODD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
const FIRST: u128 = 0x243f_6a88_85a3_08d3_1319_8a2e_0370_7344;

impl Mixer {
    /// What a value comes down to.
    #[must_use]
    pub fn print<T: Hash + ?Sized>(value: &T) -> u128 {
        let mut mixer = Self(FIRST);
        value.hash(&mut mixer);
        Self::mixed(mixer.0)
    }

    /// Spreads every bit of a word over all of it. No two words become the same.
    #[must_use]
    pub const fn mixed(word: u128) -> u128 {
        let product = word.wrapping_mul(ODD);
        product ^ (product >> 67)
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.write_u64(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.write_u64(u64::from_le_bytes(last));
        self.write_u64(bytes.len() as u64);
    }

    fn write_u8(&mut self, word: u8) {
        self.write_u64(word.into());
    }

    fn write_u16(&mut self, word: u16) {
        self.write_u64(word.into());
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }

    fn write_u64(&mut self, word: u64) {
        self.write_u128(word.into());
    }

    fn write_u128(&mut self, word: u128) {
        self.0 = Self::mixed(self.0 ^ word);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn finish(&self) -> u64 {
        Self::mixed(self.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::Mixer;
    use alloc::collections::BTreeSet;
    use alloc::vec;
    use core::hash::Hasher;

    #[test]
    fn values_that_differ_come_down_to_different_prints() {
        let mut prints = BTreeSet::new();
        for length in 0..20_usize {
            for at in 0..length {
                let mut bytes = vec![0_u8; length];
                for value in 1..=255 {
                    bytes[at] = value;
                    assert!(prints.insert(Mixer::print(&*bytes)), "{length} bytes, {value} at {at}");
                }
            }
        }
        for (number, other) in [(0_u64, 1_u64), (1, 0), (1, 1), (0, 0)] {
            assert!(prints.insert(Mixer::print(&(number, other))), "{number}, {other}");
        }
    }

    #[test]
    fn numbers_of_every_width_come_down_to_different_prints() {
        assert_ne!(Mixer::print(&1_u8), Mixer::print(&2_u8));
        assert_ne!(Mixer::print(&1_u16), Mixer::print(&2_u16));
        assert_ne!(Mixer::print(&1_u32), Mixer::print(&2_u32));
        assert_ne!(Mixer::print(&1_u128), Mixer::print(&2_u128));
        assert_ne!(Mixer::print(&1_usize), Mixer::print(&2_usize));
    }

    #[test]
    fn short_prints_tell_values_apart_too() {
        let short = |value: u8| {
            let mut mixer = Mixer::default();
            mixer.write_u8(value);
            mixer.finish()
        };
        let values: BTreeSet<_> = (0..=255).map(short).collect();
        assert_eq!(values.len(), 256);
    }

    #[test]
    fn what_stands_for_a_value_is_the_same_on_every_machine() {
        assert_eq!(Mixer::print(&(1_u8, "two", 3_usize)), 0x899b_8c88_b1fa_6153_697f_b937_39ea_f79e);
    }
}
