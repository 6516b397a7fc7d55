//! Fingerprints tell states apart, and share them out evenly.

use std::collections::BTreeSet;

use rm_check::explore::Fingerprint;

#[test]
fn prints_of_what_differs_a_little_differ_in_about_half_of_their_bits() {
    let all: Vec<_> = (0..1000_u64).map(|n| Fingerprint::of(&(n / 100, n % 100)).0).collect();
    let far = all.windows(2).all(|pair| matches!(pair, [a, b] if (32..96).contains(&(a ^ b).count_ones())));
    assert!(far);
    let parts: BTreeSet<_> = all.iter().map(|print| Fingerprint(*print).top()).collect();
    assert!(parts.len() > 120, "{}", parts.len());
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 1000);
}
