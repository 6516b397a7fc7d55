//! The programs of a scenario, as the world knows them.

use std::collections::BTreeSet;
use std::sync::Arc;

use rm_core::{AppType, Description, Millis, Name, RestartSettings};
use toml::Spanned;

use super::paths;
use crate::scenario::Problem;
use crate::scenario::format::{self, File, Kind, Registration};
use crate::world::{Behavior, Program, ProgramId, Registers, Respawn, Window};

fn image(name: &str, program: &format::Program) -> String {
    program.image.clone().unwrap_or_else(|| format!(r"C:\Programs\{name}.exe"))
}

/// The executables that a program is started by, its parent's first.
fn ancestors(file: &File, program: &format::Program) -> Result<Vec<Name>, Problem> {
    let (mut found, mut next) = (Vec::new(), program.child_of.as_ref());
    while let Some(parent) = next {
        let known = file.program.iter().find(|(name, _)| name.get_ref() == parent.get_ref());
        let missing = || Problem::new(parent.span(), format!("there is no program `{}`", parent.get_ref()));
        let (name, about) = known.ok_or_else(missing)?;
        if found.len() > file.program.len() {
            return Err(Problem::new(parent.span(), "a program cannot descend from itself"));
        }
        found.push(image(name.get_ref(), about).as_str().into());
        next = about.child_of.as_ref();
    }
    Ok(found)
}

/// A program as the world knows it.
pub(super) fn called(file: &File, name: &str, program: &format::Program) -> Result<Program, Problem> {
    let image = image(name, program);
    let app_type = match program.kind {
        Kind::Unknown => AppType::Unknown,
        Kind::MainWindow => AppType::MainWindow,
        Kind::OtherWindow => AppType::OtherWindow,
        Kind::Explorer => AppType::Explorer,
        Kind::Console => AppType::Console,
        Kind::Critical => AppType::Critical,
    };
    let about = Description {
        ts_session: program.ts_session,
        user: program.user.as_str().into(),
        elevated: program.elevated,
        ancestors: ancestors(file, program)?,
        console: program.console.as_ref().map(|console| number(file, console)),
        ..Description::new(program.title.as_deref().unwrap_or(name), image.as_str(), app_type)
    };
    let restart = program.restart.as_ref().map(|arguments| settings(arguments, program.restart_flags));
    Ok(Program {
        uses: paths(&program.uses),
        restart,
        behavior: behavior(program)?,
        permitted: program.permitted,
        launchable: program.launchable,
        ready: program.ready,
        dies_with: program.dies_with.as_ref().map(|owner| owner_of(file, name, owner)).transpose()?,
        respawn: program.respawn.as_ref().map(respawn).transpose()?,
        reuses_pid: program.reuses_pid,
        ..Program::new(name, about)
    })
}

fn settings(arguments: &str, flags: u32) -> Arc<RestartSettings> {
    Arc::new(RestartSettings { command_line: arguments.into(), flags })
}

fn behavior(program: &format::Program) -> Result<Behavior, Problem> {
    let set = Behavior::default();
    let own = Window {
        query: program.query.clone().unwrap_or(set.query),
        end_session: program.end_session.clone().unwrap_or(set.end_session),
        close: program.close.clone().unwrap_or(set.close),
    };
    let mut windows = Vec::new();
    if let Some(given) = &program.windows {
        if given.get_ref().is_empty() {
            let message =
                "there is at least one window; leave `windows` out for one that does as its program says";
            return Err(Problem::new(given.span(), message));
        }
        windows.extend(given.get_ref().iter().map(|window| Window {
            query: window.query.clone().unwrap_or_else(|| own.query.clone()),
            end_session: window.end_session.clone().unwrap_or_else(|| own.end_session.clone()),
            close: window.close.clone().unwrap_or_else(|| own.close.clone()),
        }));
    }
    let Window { query, end_session, close } = own;
    Ok(Behavior {
        query,
        end_session,
        close,
        control: program.control.clone().unwrap_or(set.control),
        windows,
        at_query: program.at_query.as_ref().map(registers),
        at_end_session: program.at_end_session.as_ref().map(registers),
    })
}

fn registers(registration: &Registration) -> Registers {
    match registration {
        Registration::As(arguments, flags) => Registers::As(settings(arguments, *flags)),
        Registration::Not => Registers::Not,
    }
}

/// Programs are added to the cast first, in the order of the file.
fn owner_of(file: &File, name: &str, owner: &Spanned<String>) -> Result<ProgramId, Problem> {
    if owner.get_ref() == name {
        return Err(Problem::new(owner.span(), "a program cannot be what it dies with itself"));
    }
    let place = (0..).zip(file.program.keys()).find(|(_, other)| other.get_ref() == owner.get_ref());
    let missing = || Problem::new(owner.span(), format!("there is no program `{}`", owner.get_ref()));
    place.map(|(place, _)| ProgramId(place)).ok_or_else(missing)
}

/// The number of a console: its place among the names of all.
fn number(file: &File, console: &str) -> u32 {
    let all: BTreeSet<_> = file.program.values().filter_map(|program| program.console.as_deref()).collect();
    (1..).zip(all).find(|(_, name)| *name == console).map_or(0, |(number, _)| number)
}

/// How somebody is brought back.
pub(super) fn respawn(given: &Spanned<format::Respawn>) -> Result<Respawn, Problem> {
    match *given.get_ref() {
        format::Respawn { after: Some(after), times } if after > Millis(0) && times > 0 => {
            Ok(Respawn { after, times })
        }
        _ => Err(Problem::new(
            given.span(),
            "whoever comes back takes some time for it, and comes back at least once",
        )),
    }
}
