//! Behaviors: how a simulated program answers what Restart Manager sends it.

use std::fmt;
use std::str::FromStr;

use rm_core::Millis;

/// How a program answers. Written in a scenario as text: `yes`, `no after 2s`, `exits`, `stays`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Behavior {
    /// To `WM_QUERYENDSESSION`.
    pub query: Answer,
    /// To `WM_ENDSESSION` with TRUE.
    pub end_session: Reaction,
    /// To `WM_CLOSE`.
    pub close: Reaction,
    /// To a control event.
    pub control: Reaction,
}

/// The well-behaved program: it agrees, and ends when it is told to.
impl Default for Behavior {
    fn default() -> Self {
        let exits = Reaction::Exits(Millis(0));
        Self { query: Answer::Yes(Millis(0)), end_session: exits, close: exits, control: exits }
    }
}

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

impl Stopping {
    /// What a choice offers.
    pub const CHOICES: [Self; 3] = [Self::Stops(Millis(0)), Self::Refuses, Self::Never];
    /// The names of what a choice offers.
    pub const NAMES: [&'static str; 3] = ["stops", "refuses", "never"];
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

impl Answer {
    /// What a choice offers.
    pub const CHOICES: [Self; 4] =
        [Self::Yes(Millis(0)), Self::No(Millis(0)), Self::Never, Self::Exits(Millis(0))];
    /// The names of what a choice offers.
    pub const NAMES: [&'static str; 4] = ["yes", "no", "never", "exits"];
}

impl Reaction {
    /// What a choice offers.
    pub const CHOICES: [Self; 2] = [Self::Exits(Millis(0)), Self::Stays];
    /// The names of what a choice offers.
    pub const NAMES: [&'static str; 2] = ["exits", "stays"];
}

/// A behavior or a time that was written in a way nobody understands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not understood here; expected {expected}")]
pub struct NotUnderstood {
    /// What was written.
    pub found: String,
    /// What could have been.
    pub expected: &'static str,
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

fn word_and_delay(text: &str) -> Result<(&str, Option<Millis>), NotUnderstood> {
    match text.split_once(" after ") {
        Some((word, delay)) => Ok((word.trim(), Some(parse_millis(delay)?))),
        None => Ok((text.trim(), None)),
    }
}

/// Reads a time: `300ms`, `2s`, `1.5s`.
///
/// # Errors
/// When it is none, or longer than 49 days.
pub fn parse_millis(text: &str) -> Result<Millis, NotUnderstood> {
    let not_understood =
        || NotUnderstood { found: text.into(), expected: "a time such as `300ms` or `2.5s`" };
    let text = text.trim();
    let (number, scale) = match text.strip_suffix("ms") {
        Some(number) => (number, 1.0),
        None => (text.strip_suffix('s').ok_or_else(not_understood)?, 1000.0),
    };
    let number: f64 = number.trim().parse().map_err(|_| not_understood())?;
    let millis = (number * scale).round();
    if !(0.0..=f64::from(u32::MAX)).contains(&millis) {
        return Err(not_understood());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within the range just checked"
    )]
    Ok(Millis(millis as u32))
}

/// A time as [`parse_millis`] reads it.
pub struct Shown(pub Millis);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.0 {
            whole if whole % 1000 == 0 => write!(f, "{}s", whole / 1000),
            millis if millis < 1000 => write!(f, "{millis}ms"),
            millis => write!(f, "{}s", f64::from(millis) / 1000.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behaviors_read_as_they_are_said() {
        assert_eq!("yes".parse(), Ok(Answer::Yes(Millis(0))));
        assert_eq!("no after 2.5s".parse(), Ok(Answer::No(Millis(2500))));
        assert_eq!("exits after 300ms".parse(), Ok(Reaction::Exits(Millis(300))));
        assert_eq!("never".parse(), Ok(Answer::Never));
        for bad in
            ["", "maybe", "never after 2s", "yes after", "yes after 2", "yes after -1s", "exits after 9e9s"]
        {
            assert!(bad.parse::<Answer>().is_err(), "{bad}");
        }
        assert!("yes".parse::<Reaction>().is_err());
    }

    #[test]
    fn times_are_shown_as_they_are_read() {
        for text in ["0s", "300ms", "2s", "2.5s", "1.001s"] {
            assert_eq!(Shown(parse_millis(text).unwrap()).to_string(), text);
        }
    }
}
