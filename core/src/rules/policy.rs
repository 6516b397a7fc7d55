//! Policies: which answers to the open questions are still allowed.

use super::latitude::{COUNT, Latitude};

/// For every latitude the set of answers still allowed. A policy that allows one answer each is an
/// implementation fully described; one that allows several is a question put to whoever explores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Policy {
    allowed: [u8; COUNT],
}

impl Policy {
    /// What was seen on real Windows, else the default answer of the catalogue.
    #[must_use]
    pub fn seen() -> Self {
        Self::one_each(|latitude| latitude.seen().next().map(|seen| seen.answer).or(latitude.row().default))
    }

    /// The default answers of the catalogue, whatever was seen.
    #[must_use]
    pub fn documented() -> Self {
        Self::one_each(|latitude| latitude.row().default)
    }

    /// Every answer the catalogue allows.
    #[must_use]
    pub fn open() -> Self {
        let mut policy = Self { allowed: [0; COUNT] };
        for (latitude, allowed) in Latitude::all().zip(&mut policy.allowed) {
            *allowed = latitude.row().answers().fold(0, |set, _| set << 1 | 1);
        }
        policy
    }

    /// The policy with just this answer to one latitude; `None` if it has no such answer.
    #[must_use]
    pub fn with(mut self, latitude: Latitude, answer: u8) -> Option<Self> {
        let known = usize::from(answer) < latitude.row().answers().count();
        *self.allowed.get_mut(latitude.index())? = known.then_some(1 << answer)?;
        Some(self)
    }

    /// The answers still allowed, the lowest first.
    pub fn answers(&self, latitude: Latitude) -> impl Iterator<Item = u8> {
        let allowed = self.set(latitude);
        (0..8).filter(move |answer| allowed >> answer & 1 == 1)
    }

    pub(crate) fn set(&self, latitude: Latitude) -> u8 {
        self.allowed.get(latitude.index()).copied().unwrap_or_default()
    }

    fn one_each(answer: impl Fn(Latitude) -> Option<u8>) -> Self {
        let mut policy = Self { allowed: [0; COUNT] };
        for (latitude, allowed) in Latitude::all().zip(&mut policy.allowed) {
            *allowed = answer(latitude).map_or(0, |answer| 1 << answer);
        }
        policy
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::seen()
    }
}
