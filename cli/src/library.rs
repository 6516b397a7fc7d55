//! `rmsim library`: what this program is asked to be while it tests a library (docs/conform.md).

use std::io;
use std::path::PathBuf;

use clap::Args;
use rm_library::Role;

use crate::Exit;

/// What `rmsim library` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The library.
    path: PathBuf,
    /// What to be: `suite` answers the suite, `installer` makes calls.
    role: Role,
}

/// Takes the role.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Exit> {
    rm_library::run(&arguments.path, arguments.role)?;
    Ok(Exit::AsExpected)
}
