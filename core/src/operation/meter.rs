//! Progress: what the status callback is told.

use crate::rules::{Rules, latitude::answers};

answers! {
    /// Whether the callback hears of an operation at all.
    Least = "OQ-85.least" { NotNecessarily, Once }
}

/// The share of the applications that an operation has dealt with (RM-CB-04).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Meter {
    total: u32,
    done: u32,
    reported: Option<u8>,
}

impl Meter {
    pub(super) fn new(total: usize) -> Self {
        Self { total: u32::try_from(total).unwrap_or(u32::MAX), ..Self::default() }
    }

    /// Counts in more to deal with.
    pub(super) fn extend(&mut self, more: usize) {
        self.total = self.total.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
    }

    pub(super) const fn advance(&mut self) {
        self.done = self.done.saturating_add(1);
    }

    pub(super) const fn reported(&mut self, percent: u8) {
        self.reported = Some(percent);
    }

    /// The value to report now: larger than the last one (RM-CB-03), and none when there is nothing
    /// to do (RM-CB-10). The first comes before anything is done, so that one always comes.
    pub(super) fn due(&self, rules: &Rules) -> Option<u8> {
        let percent = u64::from(self.done) * 100 / u64::from(core::num::NonZero::new(self.total)?.get());
        let percent = u8::try_from(percent).unwrap_or(100);
        match self.reported {
            Some(last) => (percent > last).then_some(percent),
            None => (percent > 0 || rules.ask::<Least>() == Least::Once).then_some(percent),
        }
    }
}
