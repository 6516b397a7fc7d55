//! The command, as a person at a terminal of a hundred columns would call it in the folder of the project.

use std::path::{Path, PathBuf};
use std::process::Command;

use insta_cmd::get_cargo_bin;

/// The folder of the project.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The command with these arguments.
pub(crate) fn rmsim(arguments: &[&str]) -> Command {
    let mut command = Command::new(get_cargo_bin("rmsim"));
    command.current_dir(root()).args(arguments);
    command.env("NO_COLOR", "1").env("COLUMNS", "100");
    command
}
