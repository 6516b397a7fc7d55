//! The machine a scenario begins with: [`stage`](super::super::stage) the other way round. What is usual
//! goes without saying.

mod services;

use std::collections::BTreeMap;
use std::fmt::Write;

use rm_core::rules::{Latitude, Policy};
use rm_core::{Identity, Millis, Name, Rules, UniqueProcess};

use super::super::faults::FUNCTIONS;
use super::toml::{key, list, quoted, table};
use crate::fault::{Planned, Strike};
use crate::machine::Machine;
use crate::transcript::{Names, words};
use crate::world::{Behavior, Cast, Process, Program, ProgramId, Registers, Respawn, Shown, Window, YOUNG};

/// The machine as a scenario begins with it, without faults and steps; and those answers to questions that
/// were asked under these rules, where they are not the usual ones.
#[must_use]
pub fn head(machine: &Machine, rules: &Rules, names: &Names, why: &str) -> String {
    let mut text = format!("why = {}\n", quoted(why));
    let asked = Latitude::all().filter(|latitude| rules.was_asked(*latitude));
    let answers: Vec<_> = asked.filter_map(|latitude| answer(latitude, &rules.policy)).collect();
    if !answers.is_empty() {
        let _ = writeln!(text, "answers = {{ {} }}", answers.join(", "));
    }
    let cast = machine.world.cast();
    let directories: Vec<_> = cast.directories().map(|path| quoted(&path.to_string())).collect();
    if !directories.is_empty() {
        let _ = writeln!(text, "directories = {}", list(directories));
    }
    let files: Vec<_> = cast.files().map(|path| quoted(&path.to_string())).collect();
    if !files.is_empty() {
        let _ = writeln!(text, "files = {}", list(files));
    }
    let link =
        |(alias, of): (&Name, &Name)| format!("{} = {}", quoted(&alias.to_string()), quoted(&of.to_string()));
    let links: Vec<_> = cast.links().map(link).collect();
    if !links.is_empty() {
        let _ = writeln!(text, "links = {{ {} }}", links.join(", "));
    }
    let mut logged_on = BTreeMap::new();
    let mut ids = Ids::default();
    for (process, installer) in machine.installers() {
        let program = machine.world.process(*process).and_then(|running| cast.program(running.program));
        let pid = ids.unusual(*process);
        installer_of(&mut text, &names.of(*process), &installer.me, program, pid);
        logged_on.insert(installer.me.ts_session, installer.me.logged_on.to_string());
    }
    for (id, program) in cast.programs().filter(|(_, program)| !program.about.is_host()) {
        let process = machine.world.processes_of(id).next();
        if process.is_none_or(|process| machine.installer(process).is_none()) {
            let pid = process.and_then(|process| ids.unusual(process));
            let running = process.and_then(|process| machine.world.process(process));
            program_of(&mut text, cast, program, running, pid);
        }
    }
    services::sections(&mut text, &machine.world, &mut ids);
    logged_on.retain(|_, user| user != Identity::USER);
    if !logged_on.is_empty() {
        text.push_str("\n[logged-on]\n");
        for (ts_session, user) in logged_on {
            let _ = writeln!(text, "{ts_session} = {}", quoted(&user));
        }
    }
    text
}

/// The process ids that a scenario would make up.
#[derive(Default)]
struct Ids(Vec<u32>);

impl Ids {
    /// The id of a process, if it is not the one that would be made up.
    fn unusual(&mut self, process: UniqueProcess) -> Option<u32> {
        let made_up = (1..).map(|n| 4 * (24 + n)).find(|id| !self.0.contains(id));
        self.0.push(process.id);
        (made_up != Some(process.id)).then_some(process.id)
    }
}

fn answer(latitude: Latitude, policy: &Policy) -> Option<String> {
    let given = policy.answers(latitude).next()?;
    let usual = Policy::default().answers(latitude).next();
    (usual != Some(given)).then(|| format!("\"{latitude}\" = \"{}\"", char::from(b'a' + given)))
}

fn installer_of(text: &mut String, name: &str, me: &Identity, program: Option<&Program>, pid: Option<u32>) {
    let (usual_session, usual_user) = if me.service { (0, "SYSTEM") } else { (1, Identity::USER) };
    let user = me.user.to_string();
    let fields = [
        (me.service, "service", "true".into()),
        (me.ts_session != usual_session, "ts-session", me.ts_session.to_string()),
        (user != usual_user, "user", quoted(&user)),
        (!me.elevated, "elevated", "false".into()),
        (pid.is_some(), "pid", pid.unwrap_or_default().to_string()),
        uses(program),
    ];
    section(text, &format!("installer.{}", key(name)), &fields);
}

fn program_of(
    text: &mut String,
    cast: &Cast,
    program: &Program,
    process: Option<&Process>,
    pid: Option<u32>,
) {
    let owner = program.dies_with.and_then(|owner| cast.program(owner));
    let running = process.is_some();
    let young_for = process.map_or(0, |process| process.young_for.0);
    let Program { name, about, restart, behavior, permitted, launchable, ready, .. } = program;
    let becomes_ready = ready.map_or_else(|| "never".into(), |after| format!("after {}", Shown(after)));
    let (image, title) = (about.image.to_string(), about.app_name.to_string());
    let user = about.user.to_string();
    let flags = restart.as_ref().map_or(0, |settings| settings.flags);
    let arguments = restart.as_ref().map(|settings| settings.command_line.to_string()).unwrap_or_default();
    let usual = Behavior::default();
    let fields = [
        (true, "kind", quoted(words::app_type(about.app_type))),
        (image != format!(r"C:\Programs\{name}.exe"), "image", quoted(&image)),
        (title != *name, "title", quoted(&title)),
        uses(Some(program)),
        (restart.is_some(), "restart", quoted(&arguments)),
        (flags != 0, "restart-flags", flags.to_string()),
        (about.ts_session != 1, "ts-session", about.ts_session.to_string()),
        (user != Identity::USER, "user", quoted(&user)),
        (about.elevated, "elevated", "true".into()),
        child_of(cast, program),
        (!permitted, "permitted", "false".into()),
        (!launchable, "launchable", "false".into()),
        (*ready != Some(Millis(0)), "ready", quoted(&becomes_ready)),
        (!running, "running", "false".into()),
        (pid.is_some(), "pid", pid.unwrap_or_default().to_string()),
        (behavior.query != usual.query, "query", quoted(&behavior.query.to_string())),
        (behavior.end_session != usual.end_session, "end-session", quoted(&behavior.end_session.to_string())),
        (behavior.close != usual.close, "close", quoted(&behavior.close.to_string())),
        (behavior.control != usual.control, "control", quoted(&behavior.control.to_string())),
        (!behavior.windows.is_empty(), "windows", windows(&behavior.windows)),
        registers("at-query", behavior.at_query.as_ref()),
        registers("at-end-session", behavior.at_end_session.as_ref()),
        (young_for > 0, "ran", quoted(&format!("{}ms", YOUNG.0.saturating_sub(young_for)))),
        (owner.is_some(), "dies-with", quoted(owner.map_or("", |owner| owner.name.as_str()))),
        respawns(program.respawn),
        (program.reuses_pid, "reuses-pid", "true".into()),
        (about.console.is_some(), "console", quoted(&format!("{:05}", about.console.unwrap_or_default()))),
    ];
    section(text, &format!("program.{}", key(name)), &fields);
}

/// The program that it was started by.
fn child_of(cast: &Cast, program: &Program) -> (bool, &'static str, String) {
    let (parent, others) = match program.about.ancestors.split_first() {
        Some((parent, others)) => (Some(parent), others),
        None => (None, &[][..]),
    };
    let is_it = |one: &Program| Some(&one.about.image) == parent && one.about.ancestors == others;
    let found = cast.programs().find(|(_, one)| is_it(one)).map(|(_, one)| quoted(&one.name));
    (found.is_some(), "child-of", found.unwrap_or_default())
}

fn uses(program: Option<&Program>) -> (bool, &'static str, String) {
    paths("uses", program.map_or(&[][..], |program| &program.uses))
}

fn paths(field: &'static str, paths: &[Name]) -> (bool, &'static str, String) {
    (!paths.is_empty(), field, list(paths.iter().map(|path| quoted(&path.to_string()))))
}

fn section(text: &mut String, name: &str, fields: &[(bool, &str, String)]) {
    let _ = write!(text, "\n[{name}]\n");
    for (_, field, value) in fields.iter().filter(|(is_said, ..)| *is_said) {
        let _ = writeln!(text, "{field} = {value}");
    }
}

/// The windows of a program that has several.
fn windows(windows: &[Window]) -> String {
    list(windows.iter().map(|window| {
        table(&[
            ("query", quoted(&window.query.to_string())),
            ("end-session", quoted(&window.end_session.to_string())),
            ("close", quoted(&window.close.to_string())),
        ])
    }))
}

/// What a program does about its registration for restart at some moment.
fn registers(field: &'static str, registers: Option<&Registers>) -> (bool, &'static str, String) {
    let value = match registers {
        Some(Registers::As(settings)) => table(&[
            ("restart", quoted(&settings.command_line.to_string())),
            ("restart-flags", settings.flags.to_string()),
        ]),
        Some(Registers::Not) => quoted("unregisters"),
        None => String::new(),
    };
    (registers.is_some(), field, value)
}

fn respawns(respawn: Option<Respawn>) -> (bool, &'static str, String) {
    let value = respawn.map(|respawn| {
        table(&[("after", quoted(&Shown(respawn.after).to_string())), ("times", respawn.times.to_string())])
    });
    (value.is_some(), "respawn", value.unwrap_or_default())
}

/// A fault of the plan.
pub(super) fn fault(text: &mut String, planned: &Planned, machine: &Machine, names: &Names) {
    let Planned { at, strike } = planned;
    let program =
        |id: ProgramId| quoted(machine.world.cast().program(id).map_or("", |program| program.name.as_str()));
    let said = |name: &str| FUNCTIONS.iter().find(|(_, function)| *function == name).map(|(step, _)| *step);
    let within = at.within.and_then(|within| said(within.function));
    let place: Vec<_> = [
        ("effect", at.effect.map(quoted)),
        ("nth", (at.nth != 1).then(|| at.nth.to_string())),
        ("in", within.map(quoted)),
        ("call", at.within.and_then(|within| within.call).map(|call| call.to_string())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    let what = match strike {
        Strike::Fails(failure) => format!("fails = {}", quoted(failure.name())),
        Strike::Dies => "dies = true".into(),
        Strike::Cancel => "cancel = true".into(),
        Strike::Exit(id) => format!("exit = {}", program(*id)),
        Strike::Spawn(id) => format!("spawn = {}", program(*id)),
        Strike::Replace(old, new) if old == new => format!("replace = {}", program(*old)),
        Strike::Replace(old, new) => format!("replace = {}\nwith = {}", program(*old), program(*new)),
    };
    let by = quoted(&names.caller(at.by));
    let _ = write!(text, "\n[[fault]]\nby = {by}\nat = {}\n{what}\n", table(&place));
}
