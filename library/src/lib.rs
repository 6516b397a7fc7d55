//! Drives a shared library that has the functions of the Windows Restart Manager, for the conformance suite.
//!
//! The library may be anybody's. Each installer of a case is a process of its own that loads it and makes the
//! calls it is told to, so that one that dies takes nothing along. The world around them is the machine it runs
//! on, of which little can be set up; or, where the library has the functions `RmSim…` (`librstrtmgr` of this
//! project has), a simulated machine that it makes from the world of the case.
//!
//! All of it speaks JSON lines on standard input and output: to the suite as any implementation in another
//! process does (docs/conform.md), and between its own processes in the same words. Nothing here knows a rule
//! of Restart Manager, or the model.
//!
//! ```no_run
//! // A program that is started with the command of `suite_side` comes here, and so do those it starts.
//! use rm_library::{Role, run};
//! # fn main() -> std::io::Result<()> {
//! run("target/debug/librstrtmgr.so".as_ref(), Role::Suite)
//! # }
//! ```
//!
//! | what | where |
//! | --- | --- |
//! | the functions, found in the library | `exports.rs` |
//! | a call as it is told, made, and what it gave | `said.rs`, `calls.rs` |
//! | an installer's process, with its threads | `installer.rs` |
//! | the suite's questions, and what is seen | `suite.rs`, `seen.rs` |
//! | the world: the real one, or a simulated one | `world.rs`, `simulated.rs` |

mod calls;
mod child;
mod exports;
mod installer;
mod said;
mod seen;
mod simulated;
mod suite;
mod world;

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::str::FromStr;

/// What a process is in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It answers the suite, and starts the others.
    Suite,
    /// It is an installer, and makes calls.
    Installer,
}

impl Role {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Suite => "suite",
            Self::Installer => "installer",
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let role = [Self::Suite, Self::Installer].into_iter().find(|role| role.word() == word);
        role.ok_or_else(|| format!("`{word}` is neither `suite` nor `installer`"))
    }
}

/// The verb of a program that calls [`run`] with the two arguments behind it.
pub const VERB: &str = "library";

/// The arguments with which a program of which [`VERB`] is a verb takes a role.
#[must_use]
pub fn arguments(library: &Path, role: Role) -> [OsString; 3] {
    [VERB.into(), library.into(), role.word().into()]
}

/// Takes a role until the standard input ends.
///
/// # Errors
/// When nobody reads or writes any more. What is wrong with the library is told to whoever asks.
pub fn run(library: &Path, role: Role) -> io::Result<()> {
    match role {
        Role::Suite => suite::run(library),
        Role::Installer => installer::run(library),
    }
}
