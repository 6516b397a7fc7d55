//! What can go wrong in a test: the API refuses, a call cannot go on, or an assertion does not hold.

use std::fmt;

use rm_core::rules::Citation;
use rm_core::{ErrorCode, Output, Reply};

use crate::scenario::Problem;
use crate::simulation::Stuck;

/// Why something in a test did not go well.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The API returned a code other than 0.
    #[error("{0}")]
    Refused(Box<Refused>),
    /// The installer's process died before the call returned.
    #[error("{installer} died in {function}")]
    Died {
        /// Which installer.
        installer: String,
        /// In which function.
        function: &'static str,
    },
    /// The call cannot go on; it stays in flight.
    #[error("{function} of {thread} cannot go on: {stuck}")]
    Stuck {
        /// Whose call.
        thread: String,
        /// Of which function.
        function: &'static str,
        /// Why.
        stuck: Stuck,
    },
    /// The thread is in a call, and makes one at a time.
    #[error("{thread} is in {function}: finish that first, or use another thread")]
    Busy {
        /// Which thread.
        thread: String,
        /// In which function.
        function: &'static str,
    },
    /// A file that programs use cannot be replaced: what Windows calls a sharing violation.
    #[error("`{file}` is in use by {}", .users.join(", "))]
    InUse {
        /// The file.
        file: String,
        /// Who uses it.
        users: Vec<String>,
    },
    /// Nothing is called so.
    #[error("there is no {what} `{name}`; expected one of `{}`", .known.join("`, `"))]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// By which name.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The scenario has something wrong in it.
    #[error("the scenario, at byte {at}: {0}", at = .0.span.start)]
    Scenario(Box<Problem>),
    /// An assertion does not hold.
    #[error("{0}")]
    Broken(Box<Broken>),
}

/// A call that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Who made the call.
    pub thread: String,
    /// The function.
    pub function: &'static str,
    /// What it gave back, the output parameters included.
    pub reply: Reply,
}

/// An assertion that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what}\n\nWhat happened:\n{story}\n\
     Saved as a file, this scenario is replayed by `rmsim run`:\n\n{scenario}"
)]
pub struct Broken {
    /// What does not hold.
    pub what: String,
    /// What happened up to there.
    pub story: String,
    /// The same as a scenario.
    pub scenario: String,
}

impl Error {
    /// The code that the API returned, if it did.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        self.refused().map(|refused| refused.reply.code)
    }

    /// The call that was refused, if that is what went wrong.
    #[must_use]
    pub fn refused(&self) -> Option<&Refused> {
        if let Self::Refused(refused) = self { Some(refused) } else { None }
    }

    /// What does not hold, with the story and the scenario, if that is what went wrong.
    #[must_use]
    pub fn broken(&self) -> Option<&Broken> {
        if let Self::Broken(broken) = self { Some(broken) } else { None }
    }

    pub(super) fn scenario(problem: Problem) -> Self {
        Self::Scenario(Box::new(problem))
    }

    pub(super) fn unknown(what: &'static str, name: &str, mut known: Vec<String>) -> Self {
        known.sort();
        Self::Unknown { what, name: name.into(), known }
    }
}

/// As it is displayed: it is what `cargo test` prints of a test that returns an error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Refused {
    /// The rule or the open question that made it so.
    #[must_use]
    pub const fn because(&self) -> Option<Citation> {
        self.reply.because
    }

    /// What was written to the caller's memory all the same.
    #[must_use]
    pub const fn output(&self) -> &Output {
        &self.reply.output
    }
}

/// The code, its name, why, and the rule.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { thread, function, reply } = self;
        write!(f, "{function} of {thread} returned {}", reply.code)?;
        if let Some(symbol) = reply.code.symbol() {
            write!(f, " {symbol}")?;
        }
        if let Some(refusal) = reply.refusal {
            write!(f, ": {refusal}")?;
        }
        if let Some(because) = reply.because {
            write!(f, " ({because})")?;
        }
        Ok(())
    }
}
