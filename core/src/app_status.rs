//! `AppStatus`: what Restart Manager did to an application, as bits.

use core::fmt;

/// `RM_APP_STATUS`: bits that tell the history of an application (RM-TYPE-05, RM-TYPE-06).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct AppStatus(pub u32);

impl AppStatus {
    /// No other state fits.
    pub const UNKNOWN: Self = Self(0);
    /// Running.
    pub const RUNNING: Self = Self(0x1);
    /// Stopped by Restart Manager.
    pub const STOPPED: Self = Self(0x2);
    /// Stopped by something else.
    pub const STOPPED_OTHER: Self = Self(0x4);
    /// Restarted by Restart Manager.
    pub const RESTARTED: Self = Self(0x8);
    /// Could not be stopped.
    pub const ERROR_ON_STOP: Self = Self(0x10);
    /// Could not be restarted.
    pub const ERROR_ON_RESTART: Self = Self(0x20);
    /// Kept from being stopped by a filter.
    pub const SHUTDOWN_MASKED: Self = Self(0x40);
    /// Kept from being restarted by a filter.
    pub const RESTART_MASKED: Self = Self(0x80);

    /// The bits of the lowest order first, each with the name a reader knows it by.
    pub const NAMES: [(Self, &'static str); 8] = [
        (Self::RUNNING, "running"),
        (Self::STOPPED, "stopped"),
        (Self::STOPPED_OTHER, "stopped-other"),
        (Self::RESTARTED, "restarted"),
        (Self::ERROR_ON_STOP, "error-on-stop"),
        (Self::ERROR_ON_RESTART, "error-on-restart"),
        (Self::SHUTDOWN_MASKED, "shutdown-masked"),
        (Self::RESTART_MASKED, "restart-masked"),
    ];

    /// Whether every bit of `bits` is set.
    #[must_use]
    pub const fn contains(self, bits: Self) -> bool {
        self.0 & bits.0 == bits.0
    }

    /// Both histories together.
    #[must_use]
    pub const fn with(self, bits: Self) -> Self {
        Self(self.0 | bits.0)
    }

    /// The history without these bits.
    #[must_use]
    pub const fn without(self, bits: Self) -> Self {
        Self(self.0 & !bits.0)
    }
}

/// The names of the bits, joined by `+`; `unknown` for none.
impl fmt::Display for AppStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::UNKNOWN {
            return f.write_str("unknown");
        }
        let mut separator = "";
        for (bit, name) in Self::NAMES {
            if self.contains(bit) {
                write!(f, "{separator}{name}")?;
                separator = "+";
            }
        }
        Ok(())
    }
}
