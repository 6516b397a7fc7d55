//! Writes a boundary transcript.

use rm_core::arr::Ask;
use rm_core::{
    AppId, AppType, Caller, FilterAction, FilterTarget, Seen, SeenEntry, SeenFilters, SeenList, SeenOutput,
};
use rm_sim::transcript::{Words, arguments};

use super::{Boundary, Change, Contact, Event, Line};

impl Boundary {
    /// The transcript as text.
    #[must_use]
    pub fn text(&self) -> String {
        self.told().text()
    }

    /// Who a line is about, and what it says; a list says one more for each entry.
    #[must_use]
    pub fn said(&self, line: &Line) -> (String, Vec<String>) {
        let words = self.words();
        match &line.event {
            Event::Begins(who, call, inside) => {
                let inside = if *inside { " inside" } else { "" };
                let said = format!("> {}{}{inside}", call.function(), arguments(call, &words));
                (self.caller(*who), vec![said])
            }
            Event::Progress(who, percent) => (self.caller(*who), vec![format!("% {percent}")]),
            Event::Replied(who, function, seen) => (self.caller(*who), replied(function, seen, &words)),
            Event::Changes(change) => ("-".into(), vec![format!("* {}", self.changed(change))]),
        }
    }

    pub(super) const fn words(&self) -> Words<'_> {
        Words { names: &self.names, exact: true }
    }

    /// Who makes a call: a process, and the thread if it has a name.
    #[must_use]
    pub fn caller(&self, who: Caller) -> String {
        let words = self.words();
        let process = words.process(who.process);
        match self.names.thread_name(who) {
            Some(thread) if !thread.is_empty() => format!("{process}/{}", words.word(thread)),
            _ => process,
        }
    }

    /// A change of the world in words.
    #[must_use]
    pub fn changed(&self, change: &Change) -> String {
        let words = self.words();
        match change {
            Change::Starts(process) => {
                let program = self.newcomers.iter().find(|(one, _)| one == process);
                let program = program.map(|(_, program)| words.word(program)).unwrap_or_default();
                let (id, start) = (process.id, process.start_time);
                format!("{} of {program} starts pid={id} start={start}", words.process(*process))
            }
            Change::Gone(process) => format!("{} is gone", words.process(*process)),
            Change::Serves(service, host) => {
                format!("service {} starts in {}", words.name(service), words.process(*host))
            }
            Change::Stopped(service) => format!("service {} has stopped", words.name(service)),
            Change::Deleted(path) => format!("path {} is deleted", words.name(path)),
            Change::Directory(path) => format!("path {} is made a directory", words.name(path)),
            Change::Declares(process, Ask::RegisterRestart { command_line, flags }) => {
                let line = command_line.as_ref().map_or_else(|| "null".into(), |line| words.name(line));
                format!("{} registers {line} flags={flags}", words.process(*process))
            }
            Change::Declares(process, _) => format!("{} unregisters", words.process(*process)),
            Change::Told(id, contact) => {
                let whom = match id {
                    AppId::Process(process) => words.process(*process),
                    AppId::Service(name) => format!("service {}", words.name(name)),
                };
                match contact {
                    Contact::Arguments(given) => format!("{whom} {} {}", contact.words(), words.name(given)),
                    _ => format!("{whom} {}", contact.words()),
                }
            }
        }
    }
}

fn replied(function: &str, seen: &Seen, words: &Words<'_>) -> Vec<String> {
    let said = format!("< {function} = {}", seen.code.0);
    match &seen.output {
        SeenOutput::Nothing => vec![said],
        SeenOutput::Started(handle, key, terminated) => {
            let end = if *terminated { "" } else { " unterminated" };
            vec![format!("{said} handle={handle} key={key}{end}")]
        }
        SeenOutput::StartedAs(handle, key, terminated) => {
            let end = if *terminated { "" } else { " unterminated" };
            vec![format!("{said} handle={handle} key={}{end}", words.name(key))]
        }
        SeenOutput::Joined(handle) => vec![format!("{said} handle={handle}")],
        SeenOutput::List(SeenList { needed, count, reasons, entries }) => {
            let reasons =
                bits(reasons.0, &rm_core::RebootReasons::NAMES.map(|(bit, name)| (bit.0, name)), "none");
            let list = format!("{said} needed={needed} count={count} reasons={reasons}");
            std::iter::once(list).chain(entries.iter().map(|one| entry(one, words))).collect()
        }
        SeenOutput::FilterList(SeenFilters { needed, filters }) => {
            let records = filters.iter().map(|(target, action)| filter(target, *action, words));
            std::iter::once(format!("{said} needed={needed}")).chain(records).collect()
        }
    }
}

/// An entry of a list.
#[must_use]
pub(crate) fn entry(entry: &SeenEntry, words: &Words<'_>) -> String {
    let process = words.process(entry.process);
    let whom = if entry.service.is_empty() {
        process
    } else {
        format!("service {} in {process}", words.name(&entry.service))
    };
    let name = words.name(&entry.app_name);
    let app_type = match AppType::numbered(entry.app_type) {
        Some(known) => type_name(known).to_string(),
        None => entry.app_type.to_string(),
    };
    let restartable = if entry.restartable { " restartable" } else { "" };
    let status = status(entry.status);
    format!(": {whom} {name} {app_type} {status} session={}{restartable}", entry.ts_session)
}

/// What Restart Manager did to an application, in words.
#[must_use]
pub(crate) fn status(status: rm_core::AppStatus) -> String {
    bits(status.0, &rm_core::AppStatus::NAMES.map(|(bit, name)| (bit.0, name)), "unknown")
}

/// The types by the names scenarios use.
pub(super) const TYPES: [(AppType, &str); 7] = [
    (AppType::Unknown, "unknown"),
    (AppType::MainWindow, "main-window"),
    (AppType::OtherWindow, "other-window"),
    (AppType::Service, "service"),
    (AppType::Explorer, "explorer"),
    (AppType::Console, "console"),
    (AppType::Critical, "critical"),
];

/// The name of a type.
#[must_use]
pub(crate) fn type_name(app_type: AppType) -> &'static str {
    TYPES.iter().find(|(one, _)| *one == app_type).map_or("", |(_, name)| name)
}

fn bits(value: u32, names: &[(u32, &str)], none: &str) -> String {
    let known: Vec<_> =
        names.iter().filter(|(bit, _)| value & bit != 0).map(|(_, name)| (*name).to_string()).collect();
    let left = names.iter().fold(value, |left, (bit, _)| left & !bit);
    let odd = (left != 0).then(|| format!("{left:#x}"));
    let all: Vec<_> = known.into_iter().chain(odd).collect();
    if all.is_empty() { none.into() } else { all.join("+") }
}

/// A record of a filter list.
#[must_use]
pub(crate) fn filter(target: &FilterTarget, action: FilterAction, words: &Words<'_>) -> String {
    let target = match target {
        FilterTarget::File(path) => format!("file {}", words.name(path)),
        FilterTarget::Process(process) => format!("process {}", words.process(*process)),
        FilterTarget::Service(name) => format!("service {}", words.name(name)),
    };
    format!(": {target} {}", action.0)
}
