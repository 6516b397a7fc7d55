//! `rstrtmgr-machine`: a simulated machine that several processes share, for as long as a command runs.
//!
//! ```console
//! $ rstrtmgr-machine [--transcript FILE] [--full] [--held] SCENARIO COMMAND [ARGUMENT …]
//! ```
//!
//! The command finds the machine by `RSTRTMGR_SHARED`, and so do the processes it starts, each as the
//! installer that `RSTRTMGR_INSTALLER` names. It exits as the command does; with 2 on bad input.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus, id};
use std::time::Duration;

use rstrtmgr::{Machine, SCENARIO, SHARED};

const USAGE: &str =
    "usage: rstrtmgr-machine [--transcript FILE] [--full] [--held] SCENARIO COMMAND [ARGUMENT …]";

#[derive(Default)]
struct Arguments {
    transcript: Option<PathBuf>,
    full: bool,
    held: bool,
    scenario: PathBuf,
    command: Vec<OsString>,
}

fn main() -> ExitCode {
    match arguments(env::args_os().skip(1)).and_then(|arguments| run(&arguments)) {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(problem) => {
            eprintln!("rstrtmgr-machine: {problem}");
            ExitCode::from(2)
        }
    }
}

fn arguments(mut given: impl Iterator<Item = OsString>) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    while let Some(argument) = given.next() {
        match argument.to_str() {
            Some("--transcript") => {
                arguments.transcript = Some(given.next().ok_or(USAGE)?.into());
            }
            Some("--full") => arguments.full = true,
            Some("--held") => arguments.held = true,
            Some(option) if option.starts_with('-') => {
                return Err(format!("unknown option `{option}`\n{USAGE}"));
            }
            _ => {
                arguments.scenario = argument.into();
                arguments.command = given.collect();
                break;
            }
        }
    }
    if arguments.command.is_empty() { Err(USAGE.into()) } else { Ok(arguments) }
}

fn run(arguments: &Arguments) -> Result<ExitStatus, String> {
    let [program, rest @ ..] = &*arguments.command else { return Err(USAGE.into()) };
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
