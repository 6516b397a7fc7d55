//! What is tested: what the suite knows of, or a library, whose side this program takes itself.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use rm_check::conform::{Backend, Exec, Subject};
use rm_core::Policy;
use rm_library::{Role, arguments};

/// What is tested.
#[derive(Clone, Debug)]
pub(crate) enum Tested {
    /// What the suite knows of.
    Backend(Backend),
    /// A shared library with the functions.
    Library(PathBuf),
}

impl Tested {
    /// Whether it is known which answers to open questions it gives.
    pub(crate) const fn is_known(&self) -> bool {
        matches!(self, Self::Backend(backend) if backend.is_known())
    }

    /// A new one, on which nothing has happened yet; by these answers to open questions, if it can be told.
    pub(crate) fn new_subject(&self, policy: Option<Policy>) -> Box<dyn Subject> {
        match self {
            Self::Backend(backend) => backend.new_subject(policy),
            Self::Library(path) => {
                let me = std::env::current_exe().unwrap_or_else(|_| "rmsim".into());
                let mut command = Command::new(me);
                // A name without a folder would be looked for among the libraries of the system.
                let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                command.args(arguments(&path, Role::Suite));
                Box::new(Exec::of(command))
            }
        }
    }
}

impl fmt::Display for Tested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backend(backend) => backend.fmt(f),
            Self::Library(path) => write!(f, "lib:{}", path.display()),
        }
    }
}

impl FromStr for Tested {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "lib" if rest.is_empty() => Err("expected the path of a library after `lib:`".into()),
            // Without it every case would fail, one after the other.
            "lib" if !Path::new(rest).is_file() => Err(format!("there is no file `{rest}`")),
            "lib" => Ok(Self::Library(rest.into())),
            "model" | "zoo" | "exec" => text.parse().map(Self::Backend),
            _ => Err("expected `model`, `zoo:NAME`, `exec:COMMAND` or `lib:PATH`".into()),
        }
    }
}
