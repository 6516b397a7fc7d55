//! What never changes in a run, shared behind one pointer.

use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// Something that never changes in a run. The moments of a run all have the same, which is why it adds
/// nothing to their hashes, and comparing it with itself costs nothing.
#[derive(Clone, Debug, Default, Eq, PartialOrd, Ord)]
pub(super) struct Fixed<T>(Arc<T>);

impl<T> Fixed<T> {
    pub(super) fn new(fixed: T) -> Self {
        Self(Arc::new(fixed))
    }
}

impl<T: PartialEq> PartialEq for Fixed<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl<T> Hash for Fixed<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl<T> Deref for Fixed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
