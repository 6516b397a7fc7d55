//! `rstrtmgr-machine`: a simulated machine that several processes share, for as long as a command runs.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus, id};
use std::time::Duration;

use clap::Parser;
use rstrtmgr::{Machine, SCENARIO, SHARED};

/// A simulated machine that several processes share, for as long as a command runs.
///
/// The command finds the machine by RSTRTMGR_SHARED, and so do the processes it starts, each as the installer
/// that RSTRTMGR_INSTALLER names. Exits as the command does; with 2 on bad input.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Keep what happened on the machine in this file
    #[arg(long, value_name = "FILE")]
    transcript: Option<PathBuf>,
    /// Every effect in it, and not the story alone
    #[arg(long)]
    full: bool,
    /// Time passes only when the processes say so
    #[arg(long)]
    held: bool,
    /// The scenario that the machine begins with
    scenario: PathBuf,
    /// What to run, and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(problem) => {
            eprintln!("rstrtmgr-machine: {problem}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitStatus, String> {
    let Some((program, rest)) = arguments.command.split_first() else {
        return Err("there is no command".into());
    };
    let machine = Machine::from_file(&arguments.scenario).map_err(|failure| failure.to_string())?;
    machine.hold(arguments.held).map_err(|failure| failure.to_string())?;
    let socket = env::temp_dir().join(format!("rstrtmgr-{}.socket", id()));
    machine.serve(&socket).map_err(|failure| failure.to_string())?;
    let status = Command::new(program).args(rest).env(SHARED, &socket).env_remove(SCENARIO).status();
    let _ = std::fs::remove_file(&socket);
    let status = status.map_err(|error| format!("`{}` cannot be run: {error}", program.display()))?;
    // What the command left running is not waited for long.
    machine.await_left(Duration::from_secs(1));
    if let Some(path) = &arguments.transcript {
        let text = machine.transcript(arguments.full).map_err(|failure| failure.to_string())?;
        std::fs::write(path, text)
            .map_err(|error| format!("`{}` cannot be written: {error}", path.display()))?;
    }
    Ok(status)
}
