//! Sets the stage: the machine a scenario begins with.

use std::sync::Arc;

use rm_core::rules::{Latitude, Policy, Rule};
use rm_core::{AppType, Description, Identity, Installer, Name, RestartSettings, Rules, UniqueProcess};

use super::Problem;
use super::format::{self, File, Kind};
use crate::choice::Script;
use crate::machine::Machine;
use crate::simulation::Simulation;
use crate::transcript::{Event, Transcript};
use crate::world::{Behavior, Cast, Program, ProgramId, World};

/// The machine as the scenario describes it, ready for the first step.
pub(super) fn set(file: &File) -> Result<Simulation<Script>, Problem> {
    let rules = Rules::new(policy(file)?);
    for rule in &file.rules {
        if Rule::find(rule.get_ref()).is_none() {
            return Err(Problem::new(rule.span(), format!("there is no rule `{}`", rule.get_ref())));
        }
    }
    for number in file.logged_on.keys() {
        if number.get_ref().parse::<u32>().is_err() {
            let message = format!("`{}` is no number of a terminal session", number.get_ref());
            return Err(Problem::new(number.span(), message));
        }
    }
    let mut cast = Cast::default();
    for directory in &file.directories {
        cast.add_directory(&Name::from(directory.as_str()));
    }
    for path in &file.files {
        cast.add_file(&path.as_str().into());
    }
    for (alias, of) in &file.links {
        cast.add_link(&alias.as_str().into(), &of.as_str().into());
    }
    let mut running = Vec::new();
    for (name, program) in &file.program {
        if file.installer.contains_key(name) {
            return Err(Problem::new(name.span(), format!("`{}` is an installer too", name.get_ref())));
        }
        let id = cast.add(program_of(file, name.get_ref(), program)?);
        if program.running {
            running.push((id, name, program.pid));
        }
    }
    let mut installers = Vec::new();
    for (name, installer) in &file.installer {
        installers.push((cast.add(installer_of(name.get_ref(), installer)), name, installer));
    }
    let mut machine = Machine::new(World::new(cast));
    let mut transcript = Transcript::default();
    transcript.add(None, Event::Note(file.why.clone()));
    for (id, name, installer) in installers {
        let process = start(&mut machine, &mut transcript, id, name, installer.pid)?;
        machine.add(Installer::new(identity(file, installer, process)));
    }
    for (id, name, pid) in running {
        start(&mut machine, &mut transcript, id, name, pid)?;
    }
    Ok(Simulation { machine, rules, choose: Script::default(), transcript })
}

fn identity(file: &File, installer: &format::Installer, process: UniqueProcess) -> Identity {
    Identity {
        ts_session: installer.ts_session(),
        user: installer.user().into(),
        logged_on: file.logged_on(installer.ts_session()).into(),
        elevated: installer.elevated,
        service: installer.service,
        ..Identity::new(process)
    }
}

fn start(
    machine: &mut Machine,
    transcript: &mut Transcript,
    program: ProgramId,
    name: &toml::Spanned<String>,
    pid: Option<u32>,
) -> Result<UniqueProcess, Problem> {
    if pid.is_some_and(|pid| machine.world.processes().any(|process| process.id.id == pid)) {
        return Err(Problem::new(name.span(), format!("the process id of `{}` is taken", name.get_ref())));
    }
    let process = machine.world.spawn(program, pid);
    transcript.names.add(process, name.get_ref());
    if let Some(program) = machine.world.cast().program(program) {
        transcript.add(None, Event::Runs(process, program.about.clone(), program.uses.clone()));
    }
    Ok(process)
}

fn policy(file: &File) -> Result<Policy, Problem> {
    let mut policy = match &file.policy {
        None => Policy::default(),
        Some(name) => match name.get_ref().as_str() {
            "default" => Policy::seen(),
            "documented" => Policy::documented(),
            other => {
                let message = format!("there is no policy `{other}`; expected `default` or `documented`");
                return Err(Problem::new(name.span(), message));
            }
        },
    };
    for (id, letter) in &file.answers {
        let Some(latitude) = Latitude::find(id.get_ref()) else {
            return Err(Problem::new(id.span(), format!("there is no latitude `{}`", id.get_ref())));
        };
        let answer = match letter.get_ref().as_bytes() {
            [letter @ b'a'..=b'h'] => policy.with(latitude, letter - b'a'),
            _ => None,
        };
        let count = u8::try_from(latitude.row().answers().count()).unwrap_or_default();
        policy = answer.ok_or_else(|| {
            let last = char::from(b'a' + count.saturating_sub(1));
            let message =
                format!("`{latitude}` has no answer `{}`; expected `a` to `{last}`", letter.get_ref());
            Problem::new(letter.span(), message)
        })?;
    }
    Ok(policy)
}

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

fn program_of(file: &File, name: &str, program: &format::Program) -> Result<Program, Problem> {
    let image = image(name, program);
    let restart = program.restart.as_ref().map(|arguments| RestartSettings {
        command_line: arguments.as_str().into(),
        flags: program.restart_flags,
    });
    let set = Behavior::default();
    Ok(Program {
        name: name.into(),
        about: Arc::new(Description {
            app_name: program.title.as_deref().unwrap_or(name).into(),
            image: image.as_str().into(),
            app_type: match program.kind {
                Kind::Unknown => AppType::Unknown,
                Kind::MainWindow => AppType::MainWindow,
                Kind::OtherWindow => AppType::OtherWindow,
                Kind::Explorer => AppType::Explorer,
                Kind::Console => AppType::Console,
                Kind::Critical => AppType::Critical,
            },
            ts_session: program.ts_session,
            restart,
            service: None,
            ancestors: ancestors(file, program)?,
        }),
        uses: program.uses.iter().map(|file| file.as_str().into()).collect(),
        behavior: Behavior {
            query: program.query.unwrap_or(set.query),
            end_session: program.end_session.unwrap_or(set.end_session),
            close: program.close.unwrap_or(set.close),
            control: program.control.unwrap_or(set.control),
        },
        permitted: program.permitted,
        launchable: program.launchable,
    })
}

fn installer_of(name: &str, installer: &format::Installer) -> Program {
    Program {
        name: name.into(),
        about: Arc::new(Description {
            app_name: name.into(),
            image: format!(r"C:\Installers\{name}.exe").as_str().into(),
            app_type: AppType::MainWindow,
            ts_session: installer.ts_session(),
            restart: None,
            service: None,
            ancestors: Vec::new(),
        }),
        uses: installer.uses.iter().map(|file| file.as_str().into()).collect(),
        behavior: Behavior::default(),
        permitted: true,
        launchable: true,
    }
}
