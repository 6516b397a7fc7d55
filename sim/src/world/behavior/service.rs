//! How services answer the service control manager.

use std::fmt;
use std::str::FromStr;

use rm_core::Millis;

use super::time::{Shown, word_and_delay};
use super::{NotUnderstood, Open};

/// How a service answers the stop control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stopping {
    /// It stops, after this time.
    Stops(Millis),
    /// It does not take the control at this moment.
    Refuses,
    /// It takes the control, and hangs.
    Never,
    /// Whoever makes the choices says.
    Choose,
}

/// How a service starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Starting {
    /// It runs, after this time.
    Starts(Millis),
    /// It cannot be started.
    Fails,
    /// It hangs on the way.
    Never,
}

impl Open for Stopping {
    const ANY: Self = Self::Choose;
    const CHOICES: &'static [Self] = &[Self::Stops(Millis(0)), Self::Refuses, Self::Never];
    const NAMES: &'static [&'static str] = &["stops", "refuses", "never"];
}

impl FromStr for Stopping {
    type Err = NotUnderstood;

    fn from_str(text: &str) -> Result<Self, NotUnderstood> {
        match word_and_delay(text)? {
            ("stops", after) => Ok(Self::Stops(after.unwrap_or_default())),
            ("refuses", None) => Ok(Self::Refuses),
            ("never", None) => Ok(Self::Never),
            ("choose", None) => Ok(Self::Choose),
            _ => Err(NotUnderstood {
                found: text.into(),
                expected: "`stops` (may end in `after 2s`), `refuses`, `never` or `choose`",
            }),
        }
    }
}

impl FromStr for Starting {
    type Err = NotUnderstood;

    fn from_str(text: &str) -> Result<Self, NotUnderstood> {
        match word_and_delay(text)? {
            ("starts", after) => Ok(Self::Starts(after.unwrap_or_default())),
            ("fails", None) => Ok(Self::Fails),
            ("never", None) => Ok(Self::Never),
            _ => Err(NotUnderstood {
                found: text.into(),
                expected: "`starts` (may end in `after 2s`), `fails` or `never`",
            }),
        }
    }
}

/// As it is read.
impl fmt::Display for Stopping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stops(after) => write!(f, "stops after {}", Shown(*after)),
            Self::Refuses => f.write_str("refuses"),
            Self::Never => f.write_str("never"),
            Self::Choose => f.write_str("choose"),
        }
    }
}

/// As it is read.
impl fmt::Display for Starting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starts(after) => write!(f, "starts after {}", Shown(*after)),
            Self::Fails => f.write_str("fails"),
            Self::Never => f.write_str("never"),
        }
    }
}
