//! How programs answer what is sent to their windows and consoles.

use std::fmt;
use std::str::FromStr;

use rm_core::Millis;

use super::time::{Shown, word_and_delay};
use super::{NotUnderstood, Open};

/// An answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// TRUE, after this time.
    Yes(Millis),
    /// FALSE, after this time.
    No(Millis),
    /// None at all: the program hangs.
    Never,
    /// It exits instead, after this time.
    Exits(Millis),
    /// Whoever makes the choices says.
    Choose,
}

/// What being told to end makes a program do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reaction {
    /// It exits, after this time.
    Exits(Millis),
    /// It takes notice and stays.
    Stays,
    /// It hangs: a message is not answered, nothing else happens.
    Never,
    /// Whoever makes the choices says.
    Choose,
}

impl Open for Answer {
    const ANY: Self = Self::Choose;
    const CHOICES: &'static [Self] =
        &[Self::Yes(Millis(0)), Self::No(Millis(0)), Self::Never, Self::Exits(Millis(0))];
    const NAMES: &'static [&'static str] = &["yes", "no", "never", "exits"];
}

impl Open for Reaction {
    const ANY: Self = Self::Choose;
    const CHOICES: &'static [Self] = &[Self::Exits(Millis(0)), Self::Stays];
    const NAMES: &'static [&'static str] = &["exits", "stays"];
}

impl FromStr for Answer {
    type Err = NotUnderstood;

    fn from_str(text: &str) -> Result<Self, NotUnderstood> {
        let (word, after) = word_and_delay(text)?;
        match (word, after) {
            ("yes", after) => Ok(Self::Yes(after.unwrap_or_default())),
            ("no", after) => Ok(Self::No(after.unwrap_or_default())),
            ("exits", after) => Ok(Self::Exits(after.unwrap_or_default())),
            ("never", None) => Ok(Self::Never),
            ("choose", None) => Ok(Self::Choose),
            _ => Err(NotUnderstood {
                found: text.into(),
                expected: "`yes`, `no`, `exits` (each may end in `after 2s`), `never` or `choose`",
            }),
        }
    }
}

impl FromStr for Reaction {
    type Err = NotUnderstood;

    fn from_str(text: &str) -> Result<Self, NotUnderstood> {
        let (word, after) = word_and_delay(text)?;
        match (word, after) {
            ("exits", after) => Ok(Self::Exits(after.unwrap_or_default())),
            ("stays", None) => Ok(Self::Stays),
            ("never", None) => Ok(Self::Never),
            ("choose", None) => Ok(Self::Choose),
            _ => Err(NotUnderstood {
                found: text.into(),
                expected: "`exits` (may end in `after 2s`), `stays`, `never` or `choose`",
            }),
        }
    }
}

/// As it is read.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yes(after) => write!(f, "yes after {}", Shown(*after)),
            Self::No(after) => write!(f, "no after {}", Shown(*after)),
            Self::Exits(after) => write!(f, "exits after {}", Shown(*after)),
            Self::Never => f.write_str("never"),
            Self::Choose => f.write_str("choose"),
        }
    }
}

/// As it is read.
impl fmt::Display for Reaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exits(after) => write!(f, "exits after {}", Shown(*after)),
            Self::Stays => f.write_str("stays"),
            Self::Never => f.write_str("never"),
            Self::Choose => f.write_str("choose"),
        }
    }
}
