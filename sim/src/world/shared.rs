//! What never changes in a run, behind one pointer.

use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// Something shared that never changes. It does not count in a hash: all that is hashed beside it in one run
/// has the same one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shared<T>(Arc<T>);

impl<T> Shared<T> {
    pub(super) fn new(shared: T) -> Self {
        Self(Arc::new(shared))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
