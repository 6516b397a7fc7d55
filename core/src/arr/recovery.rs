//! The recovery callback. Restart Manager never calls it (ARR-24), and nothing here does.

use super::{Declared, HResult, Told};
use crate::rule;
use crate::rules::Citation;

/// `RECOVERY_DEFAULT_PING_INTERVAL` in milliseconds.
const DEFAULT_INTERVAL: u32 = 5_000;
/// `RECOVERY_MAX_PING_INTERVAL` in milliseconds.
const MAX_INTERVAL: u32 = 300_000;
/// How many units of 100 ns a millisecond has.
const UNITS: u64 = 10_000;

impl Declared {
    pub(super) fn register_recovery(&self, interval: u32) -> (Self, Told) {
        let rule = rule!("ARR-23");
        if interval > MAX_INTERVAL {
            return (self.clone(), Told::by(HResult::E_INVALIDARG, rule));
        }
        let interval = if interval == 0 { DEFAULT_INTERVAL } else { interval };
        (Self { recovery: Some(interval), ..self.clone() }, Told::by(HResult::S_OK, rule))
    }

    pub(super) fn recovery_callback(&self) -> Told {
        match self.recovery {
            None => Told::by(HResult::S_FALSE, rule!("ARR-27")),
            // ARR-28: it was set in milliseconds.
            Some(interval) => {
                let told = Told::by(HResult::S_OK, rule!("ARR-28"));
                Told { interval: Some(u64::from(interval) * UNITS), ..told }
            }
        }
    }
}

/// Nobody is inside a callback that Windows Error Reporting called.
pub(super) const fn in_progress(null: bool) -> Told {
    Told::by(if null { HResult::E_INVALIDARG } else { HResult::E_FAIL }, rule!("ARR-25"))
}

/// The process ends at once.
pub(super) fn finished() -> Told {
    Told { result: None, ..Told::new(HResult::S_OK, Citation::Rule(rule!("ARR-26"))) }
}
