//! Parts of a machine that moments share.

use std::hash::{DefaultHasher, Hash, Hasher};

use rm_sim::Shared;

fn hashed(thing: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    thing.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn what_is_changed_is_changed_here_alone_and_hashes_anew() {
    let one = Shared::new(vec![1, 2]);
    let (before, mut other) = (hashed(&one), one.clone());
    other.push(3);
    assert_eq!((&*one, &*other), (&vec![1, 2], &vec![1, 2, 3]));
    assert_ne!(hashed(&other), before);
    other.pop();
    assert_eq!((one == other, hashed(&other)), (true, before));
}
