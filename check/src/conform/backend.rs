//! What the suite can be told to test, by a word.

use std::fmt;
use std::str::FromStr;

use rm_core::Policy;

use super::exec::Exec;
use super::implementation::Subject;
use super::model::Model;
use crate::zoo::Member;

/// What to test.
#[derive(Clone, Debug)]
pub enum Backend {
    /// The model.
    Model,
    /// A broken implementation of the zoo.
    Zoo(&'static Member),
    /// An implementation in another process, started by this command once for each case.
    Exec(String),
}

impl Backend {
    /// Whether it is known which answers to open questions it gives.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        matches!(self, Self::Model | Self::Zoo(_))
    }

    /// A new one, on which nothing has happened yet; by these answers to open questions, if it can be told.
    #[must_use]
    pub fn new_subject(&self, policy: Option<Policy>) -> Box<dyn Subject> {
        match self {
            Self::Model => Box::new(Model::new(policy)),
            Self::Zoo(member) => Box::new(Model::with((member.flaw)(), policy)),
            Self::Exec(command) => Box::new(Exec::new(command)),
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model => f.write_str("model"),
            Self::Zoo(member) => write!(f, "zoo:{}", member.name),
            Self::Exec(command) => write!(f, "exec:{command}"),
        }
    }
}

impl FromStr for Backend {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let missing = |name: &str| format!("there is no member `{name}` of the zoo; `rmsim zoo` lists them");
        match text.split_once(':') {
            None if text == "model" => Ok(Self::Model),
            Some(("zoo", name)) => Member::find(name).map(Self::Zoo).ok_or_else(|| missing(name)),
            Some(("exec", command)) if !command.trim().is_empty() => Ok(Self::Exec(command.into())),
            _ => Err("expected `model`, `zoo:NAME` or `exec:COMMAND`".into()),
        }
    }
}
