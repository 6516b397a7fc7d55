//! Parts of a machine that most moves leave as they are.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

use rustc_stable_hash::{FromStableHash, SipHasher128Hash, StableSipHasher128};

/// A part of a machine, shared by all the moments in which it is the same. Copying it costs nothing; changing
/// it copies it first, if another moment has it too. What it hashes to is found out once.
#[derive(Default)]
pub struct Shared<T>(Arc<Part<T>>);

#[derive(Default)]
struct Part<T> {
    value: T,
    print: OnceLock<[u64; 2]>,
}

struct Print([u64; 2]);

impl FromStableHash for Print {
    type Hash = SipHasher128Hash;

    fn from(SipHasher128Hash(print): SipHasher128Hash) -> Self {
        Self(print)
    }
}

impl<T: Clone> Clone for Part<T> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), print: OnceLock::new() }
    }
}

impl<T> Shared<T> {
    /// A part that nobody shares so far.
    pub fn new(value: T) -> Self {
        Self(Arc::new(Part { value, print: OnceLock::new() }))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        let part = Arc::make_mut(&mut self.0);
        part.print = OnceLock::new();
        &mut part.value
    }
}

impl<T: Hash> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let print = self.0.print.get_or_init(|| {
            let mut hasher = StableSipHasher128::new();
            self.0.value.hash(&mut hasher);
            hasher.finish::<Print>().0
        });
        print.hash(state);
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.value == other.0.value
    }
}

impl<T: Eq> Eq for Shared<T> {}

impl<T: PartialOrd> PartialOrd for Shared<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.0.value.partial_cmp(&other.0.value)
    }
}

impl<T: Ord> Ord for Shared<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.value.cmp(&other.0.value)
    }
}

/// As what is shared.
impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.value.fmt(f)
    }
}
