//! Parts of a state that most moves leave as they are.

use alloc::sync::Arc;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicU64, Ordering};

use crate::mixer::Mixer;

/// A part of a state, shared by all the states in which it is the same. Copying it costs nothing; changing it
/// copies it first, if another state has it too. What it hashes to is found out once.
#[derive(Default)]
pub struct Part<T>(Arc<Inner<T>>);

#[derive(Default)]
struct Inner<T> {
    value: T,
    print: Print,
}

/// What something comes down to, once somebody has asked; until then both halves are 0.
#[derive(Default)]
struct Print {
    low: AtomicU64,
    high: AtomicU64,
}

impl Print {
    /// The upper half is written first, so that whoever sees the lower one sees both. If several threads
    /// find it out, they write the same.
    fn get_or_find(&self, find: impl FnOnce() -> u128) -> u128 {
        let low = self.low.load(Ordering::Acquire);
        if low != 0 {
            return u128::from(self.high.load(Ordering::Relaxed)) << 64 | u128::from(low);
        }
        let print = find();
        self.high.store((print >> 64) as u64, Ordering::Relaxed);
        self.low.store(print as u64, Ordering::Release);
        print
    }
}

impl<T: Clone> Clone for Inner<T> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), print: Print::default() }
    }
}

impl<T> Part<T> {
    /// A part that nobody shares so far.
    pub fn new(value: T) -> Self {
        Self(Arc::new(Inner { value, print: Print::default() }))
    }

    /// The part by itself.
    pub fn into_inner(self) -> T
    where
        T: Clone,
    {
        Arc::try_unwrap(self.0).map_or_else(|shared| shared.value.clone(), |inner| inner.value)
    }
}

impl<T> Clone for Part<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }

    /// What is shared already stays so.
    fn clone_from(&mut self, from: &Self) {
        if !Arc::ptr_eq(&self.0, &from.0) {
            self.0 = from.0.clone();
        }
    }
}

impl<T> Deref for Part<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: Clone> DerefMut for Part<T> {
    fn deref_mut(&mut self) -> &mut T {
        let inner = Arc::make_mut(&mut self.0);
        *inner.print.low.get_mut() = 0;
        &mut inner.value
    }
}

impl<T> From<T> for Part<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Hash> Hash for Part<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.0.print.get_or_find(|| Mixer::print(&self.0.value)));
    }
}

impl<T: PartialEq> PartialEq for Part<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.value == other.0.value
    }
}

impl<T: Eq> Eq for Part<T> {}

impl<T: PartialOrd> PartialOrd for Part<T> {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        self.0.value.partial_cmp(&other.0.value)
    }
}

impl<T: Ord> Ord for Part<T> {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.0.value.cmp(&other.0.value)
    }
}

/// As what is shared.
impl<T: fmt::Debug> fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.value.fmt(f)
    }
}

/// As what is shared.
#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for Part<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.value.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::{Mixer, Part};
    use alloc::{format, vec};

    #[test]
    fn what_is_changed_is_changed_here_alone_and_hashes_anew() {
        let one = Part::new(vec![1, 2]);
        let (before, mut other) = (Mixer::print(&one), one.clone());
        other.push(3);
        assert_eq!((&*one, &*other), (&vec![1, 2], &vec![1, 2, 3]));
        assert_ne!(Mixer::print(&other), before);
        other.pop();
        assert_eq!((one == other, Mixer::print(&other)), (true, before));
        assert_eq!((one.into_inner(), other.into_inner()), (vec![1, 2], vec![1, 2]));
    }

    #[test]
    fn a_print_that_is_known_is_the_one_that_was_found() {
        let part = Part::new("part");
        assert_eq!(Mixer::print(&part), Mixer::print(&part));
        assert_eq!(Mixer::print(&part), Mixer::print(&Mixer::print("part")));
    }

    #[test]
    fn what_is_copied_into_a_part_is_what_it_was_copied_from() {
        let (one, other) = (Part::new(1), Part::new(2));
        let mut copy = one.clone();
        copy.clone_from(&other);
        assert_eq!((*copy, copy == other, *one), (2, true, 1));
    }

    #[test]
    fn a_part_is_told_and_ordered_as_what_it_holds() {
        let (one, other) = (Part::new(1), Part::new(2));
        assert_eq!(format!("{one:?}"), "1");
        assert!(one < other && one.max(other) == Part::new(2));
    }
}
