//! Effects and outcomes as text.

use rm_core::store::{Data, SlotEntry};
use rm_core::{
    AppId, Decision, Effect, Message, Millis, Note, Outcome, Reach, Scope, ServiceQuery, Serving, Settlement,
    Tag, UniqueProcess, Verdict,
};

use super::Names;
use super::words::{app_type, filter as shown_filter, filter_target, joined, quoted};
use crate::fault::{Incident, Struck};
use crate::world::Shown;

/// An effect with its outcome; `Done` goes without saying.
pub(super) fn effect(effect: &Effect, outcome: &Outcome, names: &Names) -> String {
    let asked = asked(effect, names);
    let said =
        if asked.is_empty() { effect.name().to_string() } else { format!("{} {asked}", effect.name()) };
    match came(outcome, names) {
        None => said,
        Some(came) => format!("{said} = {came}"),
    }
}

/// What a fault did, and where.
pub(super) fn struck(struck: &Struck, names: &Names) -> String {
    match struck {
        Struck::Failed(effect, failure) => format!("{} fails with {}", effect.name(), failure.name()),
        Struck::Before(effect, incident) => format!("before {effect}: {}", happened(*incident, names)),
    }
}

fn happened(incident: Incident, names: &Names) -> String {
    match incident {
        Incident::Died => "the caller dies".into(),
        Incident::Cancelled(..) => "a cancel arrives".into(),
        Incident::Exited(process) => format!("{} exits", names.of(process)),
        Incident::Started(process) => format!("{} starts", names.of(process)),
        Incident::Replaced(old, new) => format!("{} takes the place of {}", names.of(new), names.of(old)),
    }
}

fn asked(effect: &Effect, names: &Names) -> String {
    let all = |processes: &[UniqueProcess]| processes_in_runs(processes, names);
    let apps = |ids: &[AppId]| ids_in_runs(ids, names);
    match effect {
        Effect::Arm(limit) => Shown(*limit).to_string(),
        Effect::ArmFor(one, limit) => format!("{} for {}", Shown(*limit), names.app(one)),
        // What goes without saying: the mutex and the places of a terminal session.
        Effect::Lock(Scope::TsSession, limit) => Shown(*limit).to_string(),
        Effect::Lock(scope, limit) => format!("{} of the {}", Shown(*limit), shared(*scope)),
        Effect::ReadRoot(Scope::TsSession) | Effect::Unlock | Effect::NewKey => String::new(),
        Effect::ReadRoot(scope) => format!("of the {}", shared(*scope)),
        Effect::AwaitPhase(slot) | Effect::InterruptOwner(slot) => slot.to_string(),
        Effect::Exist(files) => joined(files.iter(), quoted),
        Effect::NamesOf(file) => quoted(file),
        Effect::Remember(note) => noted(note, names),
        Effect::ReadSession(slot) | Effect::DeleteSession(slot) => slot.to_string(),
        Effect::WriteValue(slot, name, value) => format!("{slot} {name} {}", data(value, names)),
        Effect::DeleteValue(slot, name) => format!("{slot} {name}"),
        Effect::NewHandle(_) => String::new(),
        Effect::ReleaseHandle(handle) => handle.to_string(),
        Effect::KeepFilter(filter) => shown_filter(filter, names),
        Effect::DropFilter(target) => filter_target(target, names),
        Effect::Users(files, look) => {
            let past = if look.past_directories { " past directories" } else { "" };
            let by = if look.by_identity { " by identity" } else { "" };
            format!("{}{by}{past}", joined(files.iter(), quoted))
        }
        Effect::Describe(processes) | Effect::Registrations(processes) | Effect::Occupants(processes) => {
            all(processes)
        }
        Effect::Attached(consoles) => {
            format!("to {}", joined(consoles.iter(), |console| format!("console {console}")))
        }
        Effect::AreAlive(ids) | Effect::WaitAny(ids) => apps(ids),
        Effect::Services(query) => asked_services(query, names),
        Effect::StopService(name) => name.to_string(),
        Effect::StartService(name, Millis(0)) => name.to_string(),
        Effect::StartService(name, limit) => format!("{name} within {}", Shown(*limit)),
        Effect::Decide(decisions) => joined(decisions.iter(), |decision| decided(decision, names)),
        Effect::Settle(settlements) => joined(settlements.iter(), |settled| settlement(settled, names)),
        Effect::CallOff(refusal) => format!("because {refusal}"),
        Effect::Send(process, message, limit) => {
            let limit = limit.filter(|_| *message != Message::Close);
            let within = limit.map_or_else(String::new, |limit| format!(" within {}", Shown(limit)));
            format!("{message:?} to {}{within}", names.of(*process))
        }
        Effect::ControlEvent(process, reach) => {
            let whom = if *reach == Reach::Console { "the console of " } else { "" };
            format!("CTRL_C to {whom}{}", names.of(*process))
        }
        Effect::Terminate(process) => names.of(*process),
        Effect::RunningAgain(one, _) => names.of(one.process),
        Effect::AwaitReady(process, limit) => format!("{} within {}", names.of(*process), Shown(*limit)),
        Effect::Launch(launch) => {
            let console = if launch.new_console { " in a new console" } else { "" };
            let (about, arguments) = (&launch.application.about, quoted(&launch.command_line));
            let user = if launch.user == about.user { String::new() } else { format!(" as {}", launch.user) };
            format!("{} {arguments}{console}{user}", quoted(&about.image))
        }
        Effect::Report(percent) => format!("{percent}%"),
        Effect::Interrupt(thread) | Effect::Request(thread) => format!("thread {thread}"),
    }
}

fn came(outcome: &Outcome, names: &Names) -> Option<String> {
    let all = |processes: &[UniqueProcess]| processes_in_runs(processes, names);
    let apps = |ids: &[AppId]| ids_in_runs(ids, names);
    Some(match outcome {
        Outcome::Done => return None,
        Outcome::Failed(fault) => format!("Failed {fault:?}"),
        Outcome::Slots(slots) => slots_in_runs(slots, names),
        Outcome::Session(None) => "no such key".into(),
        Outcome::Session(Some(record)) => format!("{} values", record.values.len()),
        Outcome::Key(key) => key.to_string(),
        Outcome::Handle(handle) => handle.to_string(),
        Outcome::Paths(paths) => joined(paths, quoted),
        Outcome::Users(processes) => all(processes),
        Outcome::Alive(ids) => apps(ids),
        Outcome::Services(serving) => joined(serving, |one| served(one, names)),
        Outcome::Registrations(all) => joined(all, |(process, settings)| {
            let settings =
                settings.as_ref().map_or_else(|| "not".into(), |settings| quoted(&settings.command_line));
            format!("{} {settings}", names.of(*process))
        }),
        Outcome::Again(None) => "no".into(),
        Outcome::Again(Some(again)) => {
            let by = if again.by_restart_manager { " by Restart Manager" } else { "" };
            format!("as {}{by}", names.of(again.process))
        }
        Outcome::RunsAlready(process) => format!("RunsAlready in {}", names.of(*process)),
        Outcome::Described(affected) => joined(affected, |one| {
            let permitted = if one.permitted { "" } else { " not permitted" };
            format!("{} {}{permitted}", names.of(one.process), app_type(one.about.app_type))
        }),
        Outcome::Exited(ids) => format!("Exited {}", apps(ids)),
        Outcome::Launched(process) => names.of(*process),
        Outcome::Held
        | Outcome::Abandoned
        | Outcome::NotFree
        | Outcome::Directory
        | Outcome::Agreed
        | Outcome::Refused
        | Outcome::NoAnswer
        | Outcome::Gone
        | Outcome::NotStartable
        | Outcome::Died
        | Outcome::DeadlinePassed
        | Outcome::Interrupted => format!("{outcome:?}"),
    })
}

fn asked_services(query: &ServiceQuery, names: &Names) -> String {
    let hosts = query.hosts.iter().map(|host| format!("in {}", names.of(*host)));
    let named = query.names.iter().map(|name| format!("called {name}"));
    joined(hosts.chain(named), |one| one)
}

fn served(one: &Serving, names: &Names) -> String {
    let name = names.app(&one.affected.id());
    if !one.runs() {
        return format!("{name} stopped");
    }
    let permitted = if one.affected.permitted { "" } else { " not permitted" };
    let uses = match one.uses {
        Tag::Uses => " uses them",
        Tag::DoesNot => "",
        Tag::Failed => " may use them",
    };
    format!("{name} in {}{uses}{permitted}", names.of(one.affected.process))
}

/// Processes, one that is named several times in a row only once.
fn processes_in_runs(processes: &[UniqueProcess], names: &Names) -> String {
    ids_in_runs(&processes.iter().copied().map(AppId::Process).collect::<Vec<_>>(), names)
}

/// Applications, one that is named several times in a row only once.
fn ids_in_runs(ids: &[AppId], names: &Names) -> String {
    joined(ids.chunk_by(|a, b| a == b), |run| match run {
        [only, _, _, ..] => format!("{} x {}", names.app(only), run.len()),
        _ => joined(run, |id| names.app(id)),
    })
}

/// Slots, many of one owner in a row as one.
fn slots_in_runs(slots: &[SlotEntry], names: &Names) -> String {
    let follows = |a: &SlotEntry, b: &SlotEntry| {
        (a.owner, a.elsewhere) == (b.owner, b.elsewhere)
            && a.slot.number.checked_add(1) == Some(b.slot.number)
    };
    let shown = |entry: &SlotEntry, slot: String| {
        let owner = entry.owner.map_or_else(|| "nobody".into(), |owner| names.of(owner));
        let elsewhere = if entry.elsewhere { " elsewhere" } else { "" };
        format!("{slot} of {owner}{elsewhere}")
    };
    joined(slots.chunk_by(follows), |run| match run {
        [first, _, .., last] => shown(first, format!("{} to {}", first.slot, last.slot)),
        _ => joined(run, |entry| shown(entry, entry.slot.to_string())),
    })
}

fn decided(decision: &Decision, names: &Names) -> String {
    let verdict = match decision.verdict {
        Verdict::Act => "yes",
        Verdict::Leave => "no",
        Verdict::Fail => "cannot be",
    };
    format!("{} {verdict} ({})", names.app(&decision.application.id()), decision.because)
}

fn settlement(settled: &Settlement, names: &Names) -> String {
    let process = names.app(&settled.id);
    if settled.status == rm_core::AppStatus::UNKNOWN {
        return format!("{process} left alone ({})", settled.because);
    }
    let anew = settled.restarted_as.map_or_else(String::new, |new| format!(" as {}", names.of(new)));
    format!("{process} {}{anew} ({})", settled.status, settled.because)
}

const fn shared(scope: Scope) -> &'static str {
    match scope {
        Scope::User => "user",
        Scope::TsSession => "terminal session",
        Scope::Machine => "machine",
    }
}

fn noted(note: &Note, names: &Names) -> String {
    match note {
        Note::CancelNext => "that the next operation is cancelled".into(),
        Note::ShutdownCancelled { stays_stopped: false } => "that the shutdown was cancelled".into(),
        Note::ShutdownCancelled { stays_stopped: true } => {
            "that the shutdown was cancelled and what it stopped stays so".into()
        }
        Note::Uncounted(because) => format!("that the shutdown does not count ({because})"),
        Note::Listed(held) => {
            format!("that the list held {}", joined(held.iter(), |one| names.app(&one.id())))
        }
        Note::Left(_) => "that the session was left".into(),
        Note::Busy => "that the mutex was not free".into(),
    }
}

fn data(data: &Data, names: &Names) -> String {
    match data {
        Data::Process(process) => names.of(*process),
        Data::Number(number) => number.to_string(),
        Data::Hash(hash) => format!("{hash:016x}"),
        Data::Strings(strings) => joined(strings.iter(), quoted),
    }
}
