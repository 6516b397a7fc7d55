//! Time limits: how long Restart Manager waits for whom.

/// A span of time in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Millis(pub u32);

/// The limits in force. The core names a limit and never reads a clock: the backend keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limits {
    /// For an answer to each of `WM_QUERYENDSESSION` and `WM_ENDSESSION` (RM-SHUT-32).
    pub message: Millis,
    /// From `WM_CLOSE` until an application with windows has to be gone (RM-SHUT-33).
    pub close: Millis,
    /// From the control event until a console application has to be gone (RM-SHUT-35).
    pub console: Millis,
    /// From the stop control until a service has to have stopped, and from its start until it has to
    /// run (RM-SHUT-14).
    pub service: Millis,
    /// For the registry write mutex; not documented (OQ-105).
    pub mutex: Millis,
    /// How many times as long a shutdown without force waits, where it waits longer; not documented
    /// (OQ-59 b).
    pub patience: u32,
}

impl Limits {
    /// A limit of a shutdown that waits longer than a forced one.
    #[must_use]
    pub const fn longer(&self, limit: Millis) -> Millis {
        Millis(limit.0.saturating_mul(self.patience))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: Millis(5_000),
            close: Millis(30_000),
            console: Millis(30_000),
            service: Millis(20_000),
            mutex: Millis(60_000),
            patience: 2,
        }
    }
}
