//! Random policies: an answer of its own to each of a random set of open questions.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use rm_core::rules::{Latitude, LatitudeKind};

/// Questions about listing, stopping and starting that the model asks and the properties do not know
/// yet: under other answers than the default they would object to what is allowed. The scenarios show
/// these answers.
const NOT_DRAWN: &[&str] = &[
    "OQ-29", "OQ-34", "OQ-38", "OQ-39", "OQ-43", "OQ-46", "OQ-53", "OQ-54", "OQ-59", "OQ-60", "OQ-61",
    "OQ-64", "OQ-65", "OQ-66", "OQ-68", "OQ-69", "OQ-70", "OQ-72", "OQ-73", "OQ-74", "OQ-75", "OQ-76",
    "OQ-77", "OQ-78", "OQ-94", "OQ-112", "OQ-114", "OQ-115", "OQ-117", "OQ-130", "OQ-131",
];

/// The questions that a policy can answer in more than one way.
static OPEN: LazyLock<Vec<Latitude>> = LazyLock::new(|| {
    let is_open = |latitude: &Latitude| {
        matches!(latitude.row().kind, LatitudeKind::Switch | LatitudeKind::Occasion)
            && latitude.row().answers().count() > 1
            && is_drawn(*latitude)
    };
    Latitude::all().filter(is_open).collect()
});

/// Whether the properties know what the other answers to a question allow.
#[must_use]
pub fn is_drawn(latitude: Latitude) -> bool {
    !NOT_DRAWN.iter().any(|family| latitude.row().id.split('.').next() == Some(family))
}

/// Answers to any of the open questions, from none of them to all.
pub fn answers() -> impl Strategy<Value = Vec<(Latitude, u8)>> {
    let all = OPEN.len();
    (subsequence(OPEN.clone(), 0..=all), vec(any::<u8>(), all)).prop_map(|(latitudes, picks)| {
        let answer = |(latitude, pick): (Latitude, u8)| {
            let count = u8::try_from(latitude.row().answers().count()).unwrap_or(1);
            (latitude, pick % count)
        };
        latitudes.into_iter().zip(picks).map(answer).collect()
    })
}
