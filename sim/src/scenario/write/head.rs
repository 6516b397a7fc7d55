//! The machine a scenario begins with: [`stage`](super::super::stage) the other way round. What is usual
//! goes without saying.

use std::collections::BTreeMap;
use std::fmt::Write;

use rm_core::rules::{Latitude, Policy};
use rm_core::{Identity, Millis, Rules, UniqueProcess};

use super::super::faults::FUNCTIONS;
use super::toml::{key, list, quoted, table};
use crate::fault::{Planned, Strike};
use crate::machine::Machine;
use crate::transcript::{Names, words};
use crate::world::{Answer, Behavior, Program, ProgramId, Reaction, Shown};

/// Everything before the steps, but for the faults.
pub(super) fn head(machine: &Machine, rules: &Rules, names: &Names, why: &str) -> String {
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
    let mut logged_on = BTreeMap::new();
    let mut ids = Ids::default();
    for (process, installer) in machine.installers() {
        let program = machine.world.process(*process).and_then(|running| cast.program(running.program));
        let pid = ids.unusual(*process);
        installer_of(&mut text, &names.of(*process), &installer.me, program, pid);
        logged_on.insert(installer.me.ts_session, installer.me.logged_on.to_string());
    }
    for (id, program) in cast.programs() {
        let process = machine.world.processes_of(id).next();
        if process.is_none_or(|process| machine.installer(process).is_none()) {
            let pid = process.and_then(|process| ids.unusual(process));
            program_of(&mut text, program, process.is_some(), pid);
        }
    }
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

fn program_of(text: &mut String, program: &Program, running: bool, pid: Option<u32>) {
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
        (!permitted, "permitted", "false".into()),
        (!launchable, "launchable", "false".into()),
        (*ready != Some(Millis(0)), "ready", quoted(&becomes_ready)),
        (!running, "running", "false".into()),
        (pid.is_some(), "pid", pid.unwrap_or_default().to_string()),
        (behavior.query != usual.query, "query", quoted(&answers(behavior.query))),
        (behavior.end_session != usual.end_session, "end-session", quoted(&reacts(behavior.end_session))),
        (behavior.close != usual.close, "close", quoted(&reacts(behavior.close))),
        (behavior.control != usual.control, "control", quoted(&reacts(behavior.control))),
    ];
    section(text, &format!("program.{}", key(name)), &fields);
}

fn uses(program: Option<&Program>) -> (bool, &'static str, String) {
    let files = program.map_or(&[][..], |program| &program.uses);
    (!files.is_empty(), "uses", list(files.iter().map(|file| quoted(&file.to_string()))))
}

fn section(text: &mut String, name: &str, fields: &[(bool, &str, String)]) {
    let _ = write!(text, "\n[{name}]\n");
    for (_, field, value) in fields.iter().filter(|(is_said, ..)| *is_said) {
        let _ = writeln!(text, "{field} = {value}");
    }
}

fn answers(answer: Answer) -> String {
    match answer {
        Answer::Yes(after) => format!("yes after {}", Shown(after)),
        Answer::No(after) => format!("no after {}", Shown(after)),
        Answer::Exits(after) => format!("exits after {}", Shown(after)),
        Answer::Never => "never".into(),
        Answer::Choose => "choose".into(),
    }
}

fn reacts(reaction: Reaction) -> String {
    match reaction {
        Reaction::Exits(after) => format!("exits after {}", Shown(after)),
        Reaction::Stays => "stays".into(),
        Reaction::Never => "never".into(),
        Reaction::Choose => "choose".into(),
    }
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
