//! The text form: `time who mark what`.
//!
//! | mark | what |
//! | --- | --- |
//! | `>` | a call begins |
//! | `<` | a call ends; list entries follow, each behind `:` |
//! | `.` | an effect and its outcome |
//! | `!` | a fault strikes |
//! | `?` | a choice |
//! | `*` | something happens on the machine |
//! | `#` | somebody tells the reader what is going on |

use std::fmt::Write;

use rm_core::{AppId, Call, Entry, List, Name, Out, Output, Reply, Target, UniqueProcess};

use super::declared::declared;
use super::effects::{effect, struck};
use super::words::{Words, app_type, filter, joined, quoted};
use super::{Event, Line, Names, Runs, Transcript, View};

/// The first line of every transcript.
pub const VERSION: &str = "restart manager transcript 1";

impl Transcript {
    /// The whole transcript as text.
    #[must_use]
    pub fn text(&self, view: View) -> String {
        let mut text = format!("{VERSION}\n");
        for line in self.lines.iter().filter(|line| line.is_in(view)) {
            for (mark, what) in self.said(line) {
                let _ = writeln!(text, "{} {:<12} {mark} {what}", time(line.at), self.who(line));
            }
        }
        text
    }

    /// Who a line is about.
    #[must_use]
    pub fn who(&self, line: &Line) -> String {
        line.who.map_or_else(|| "-".into(), |who| self.names.caller(who))
    }

    /// What a line says: its mark and text; a list says one more for each entry.
    #[must_use]
    pub fn said(&self, line: &Line) -> Vec<(char, String)> {
        let names = &self.names;
        match &line.event {
            Event::Note(note) => vec![('#', note.clone())],
            Event::Called(call) => {
                let words = Words { names, exact: false };
                vec![('>', format!("{}{}", call.function(), arguments(call, &words)))]
            }
            Event::Replied(function, reply) => replied(function, reply, names),
            Event::Did(what, outcome) => vec![('.', effect(what, outcome, names))],
            Event::Struck(what) => vec![('!', struck(what, names))],
            Event::WindowRefused(process, window) => {
                vec![('?', format!("window {window} of {} refuses", names.of(*process)))]
            }
            Event::Chose(choice, answer) => vec![('?', format!("{choice}: {answer}"))],
            Event::Runs(what) => vec![('*', runs(what, names))],
            Event::Started(process) => vec![('*', format!("{} starts", names.of(*process)))],
            Event::Declared(by, of, ask, told) => vec![('*', declared(*by, *of, ask, told, names))],
            Event::Changed(path, true) => vec![('*', format!("{} is deleted", quoted(path)))],
            Event::Changed(path, false) => vec![('*', format!("{} is made a directory", quoted(path)))],
            Event::Serves(service, host) => {
                vec![('*', format!("{service} starts in {}", names.of(*host)))]
            }
            Event::Exited(AppId::Process(process)) => vec![('*', format!("{} is gone", names.of(*process)))],
            Event::Exited(AppId::Service(name)) => vec![('*', format!("{name} has stopped"))],
        }
    }
}

/// A moment of virtual time, in seconds.
#[must_use]
pub fn time(at: u64) -> String {
    format!("{:>4}.{:03}", at / 1000, at % 1000)
}

fn runs(Runs { process, about, restart, uses }: &Runs, names: &Names) -> String {
    let app_type = app_type(about.app_type);
    let registered =
        restart.as_ref().map(|settings| format!(", restarts with {}", quoted(&settings.command_line)));
    let registered = registered.unwrap_or_default();
    let holds = if uses.is_empty() { String::new() } else { format!(", holds {}", joined(uses, quoted)) };
    let title = quoted(&about.app_name);
    let Some(service) = &about.service else {
        return format!("{} runs: {title} {app_type}{registered}{holds}", names.of(*process));
    };
    let needs = joined(&service.depends_on, ToString::to_string);
    let needs = if service.depends_on.is_empty() { String::new() } else { format!(", needs {needs}") };
    format!("{} runs in {}: {title} {app_type}{needs}{holds}", service.name, names.of(*process))
}

/// The arguments of a call, each with a blank before it.
#[must_use]
pub fn arguments(call: &Call, words: &Words<'_>) -> String {
    let out = |out: &Out, name| if *out == Out::Null { format!(" {name}=null") } else { String::new() };
    match call {
        Call::Start { handle, flags, key } => {
            format!(" flags={flags}{}{}", out(handle, "handle"), out(key, "key"))
        }
        Call::Join { handle, key } => {
            let key = key.as_ref().map_or_else(|| "null".into(), |key| words.name(key));
            format!(" key={key}{}", out(handle, "handle"))
        }
        Call::Register { session, files, processes, services } => {
            let name =
                |name: &Option<Name>| name.as_ref().map_or_else(|| "null".into(), |name| words.name(name));
            format!(
                " handle={session} files=[{}] processes=[{}] services=[{}]",
                elements(files, name),
                elements(processes, |process: &UniqueProcess| words.process(*process)),
                elements(services, name),
            )
        }
        Call::GetList { session, needed, capacity, entries, reasons } => {
            let capacity = capacity.map_or_else(|| "null".into(), |capacity| capacity.to_string());
            let nulls = [(needed, "needed"), (entries, "entries"), (reasons, "reasons")];
            let nulls: String = nulls.into_iter().map(|(pointer, name)| out(pointer, name)).collect();
            format!(" handle={session} capacity={capacity}{nulls}")
        }
        Call::Shutdown { session, flags, callback } => {
            format!(" handle={session} flags={:#x}{}", flags.0, if *callback { " callback" } else { "" })
        }
        Call::Restart { session, flags, callback } => {
            format!(" handle={session} flags={flags}{}", if *callback { " callback" } else { "" })
        }
        Call::AddFilter { session, target, action } => {
            format!(" handle={session}{} action={}", targets(target, words), action.0)
        }
        Call::RemoveFilter { session, target } => format!(" handle={session}{}", targets(target, words)),
        Call::GetFilterList { session, buffer, size, needed } => {
            format!(" handle={session} size={size}{}{}", out(buffer, "buffer"), out(needed, "needed"))
        }
        Call::Cancel { session } | Call::End { session } => format!(" handle={session}"),
    }
}

fn targets(target: &Target, words: &Words<'_>) -> String {
    let module = target.module.as_ref().map(|path| format!(" module={}", words.name(path)));
    let process = target.process.map(|process| format!(" process={}", words.process(process)));
    let service = target.service.as_ref().map(|name| format!(" service={}", words.name(name)));
    [module, process, service].into_iter().flatten().collect()
}

fn elements<T>(array: &rm_core::Array<T>, show: impl Fn(&T) -> String) -> String {
    match array {
        rm_core::Array::Null(0) => String::new(),
        rm_core::Array::Null(count) => format!("null x {count}"),
        rm_core::Array::Given(elements) => elements.iter().map(show).collect::<Vec<_>>().join(", "),
    }
}

fn replied(function: &str, reply: &Reply, names: &Names) -> Vec<(char, String)> {
    let mut said = format!("{function} = {}", reply.code);
    if let (Some(refusal), Some(because)) = (reply.refusal, reply.because) {
        let symbol = reply.code.symbol().unwrap_or_default();
        let _ = write!(said, " {symbol}: {refusal} ({because})");
    }
    match &reply.output {
        Output::Nothing => vec![('<', said)],
        Output::Started(handle, key, terminated) => {
            let end = if *terminated { "" } else { " without its end" };
            vec![('<', format!("{said} handle={handle} key={key}{end}"))]
        }
        Output::Joined(handle) => vec![('<', format!("{said} handle={handle}"))],
        Output::FilterList(list) => {
            let records = list.filters.iter().map(|one| (':', filter(one, names)));
            std::iter::once(('<', format!("{said} needed={}", list.needed))).chain(records).collect()
        }
        Output::List(List { needed, count, reasons, entries }) => {
            let list = format!("{said} needed={needed} count={count} reasons={reasons}");
            let entries = entries.iter().map(|one| (':', entry(one, names)));
            std::iter::once(('<', list)).chain(entries).collect()
        }
    }
}

fn entry(entry: &Entry, names: &Names) -> String {
    let restartable = if entry.restartable { " restartable" } else { "" };
    let name = quoted(&entry.app_name);
    let app_type = app_type(entry.app_type);
    format!(
        "{} {name} {app_type} {} session={}{restartable}",
        names.app(&entry.id()),
        entry.status,
        entry.ts_session
    )
}
