//! Prints tell states apart, and share them out evenly.

use std::collections::BTreeSet;

use rm_check::explore::{Exact, Fingerprint, Print};

#[test]
fn prints_of_what_differs_a_little_differ_in_about_half_of_their_bits() {
    let all: Vec<_> = (0..1000_u64).map(|n| Fingerprint::of(&(n / 100, n % 100)).0).collect();
    let far = all.windows(2).all(|pair| matches!(pair, [a, b] if (32..96).contains(&(a ^ b).count_ones())));
    assert!(far);
    let parts: BTreeSet<_> = all.iter().map(|print| Fingerprint(*print).half() >> 57).collect();
    assert!(parts.len() > 120, "{}", parts.len());
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 1000);
}

#[test]
fn exact_prints_of_what_differs_differ_and_are_shared_out_evenly() {
    let all: Vec<_> = (0..64).flat_map(|bit| (0..1000_u64).map(move |n| Exact::of(n << bit))).collect();
    let states = (0..64).flat_map(|bit| (0..1000_u64).map(move |n| n << bit)).collect::<BTreeSet<_>>();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), states.len());
    for first in [0, 7, 14, 32] {
        let places: BTreeSet<_> = all.iter().map(|print| print.half() << first >> 57).collect();
        assert_eq!(places.len(), 128, "seven bits from bit {first}");
    }
}
