//! Random policies: an answer of its own to each of a random set of open questions.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use rm_core::rules::{Latitude, LatitudeKind};

/// The questions that a policy can answer in more than one way.
static OPEN: LazyLock<Vec<Latitude>> = LazyLock::new(|| {
    let is_open = |latitude: &Latitude| {
        matches!(latitude.row().kind, LatitudeKind::Switch | LatitudeKind::Occasion)
            && latitude.row().answers().count() > 1
    };
    Latitude::all().filter(is_open).collect()
});

/// Answers to any of the open questions, from none of them to all.
pub(in crate::strategies) fn answers() -> impl Strategy<Value = Vec<(Latitude, u8)>> {
    let all = OPEN.len();
    (subsequence(OPEN.clone(), 0..=all), vec(any::<u8>(), all)).prop_map(|(latitudes, picks)| {
        let answer = |(latitude, pick): (Latitude, u8)| {
            let count = u8::try_from(latitude.row().answers().count()).unwrap_or(1);
            (latitude, pick % count)
        };
        latitudes.into_iter().zip(picks).map(answer).collect()
    })
}
