//! Compares what came of a step with what was expected.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::Range;

use rm_core::arr::Told;
use rm_core::{Caller, Effect, List, Output, Reply};
use toml::Spanned;

use super::Problem;
use super::format::{Check, Expect};
use crate::machine::Machine;
use crate::transcript::{Event, Transcript};

/// What of a reply is otherwise than expected.
pub(super) fn reply(
    expected: &Expect,
    place: Range<usize>,
    who: Caller,
    reply: &Reply,
    transcript: &Transcript,
) -> Vec<Problem> {
    let mut unmet = Unmet { place, found: Vec::new() };
    if expected.speaks_of_an_application() {
        unmet.add("something was expected that only the call of an application gives".into());
    }
    let why = reply
        .refusal
        .zip(reply.because)
        .map(|(refusal, because)| format!(": {refusal} ({because})"))
        .unwrap_or_default();
    unmet.compare("the code", &expected.code, &reply.code.0, &why);
    if let Some(cites) = &expected.cites {
        let cited = reply.because.map_or_else(|| "nothing".into(), |because| because.to_string());
        unmet.compare("the rule cited", cites, &cited, "");
    }
    if let Some(handle) = expected.handle {
        match &reply.output {
            Output::Started(found, ..) | Output::Joined(found) => {
                unmet.compare("the handle", &handle, &found.0, "")
            }
            _ => unmet.add("a handle was expected, and none was given".into()),
        }
    }
    if let Some(progress) = &expected.progress {
        unmet.compare("the progress reported", &shown(progress), &shown(&reported(who, transcript)), "");
    }
    match &reply.output {
        Output::List(list) => unmet.list(expected, list, transcript),
        Output::FilterList(list) => {
            if let Some(needed) = expected.needed {
                unmet.compare("the number of bytes needed", &needed, &list.needed, "");
            }
            if let Some(filters) = &expected.filters {
                let found: Vec<_> = list.filters.iter().map(|one| transcript.names.filter(one)).collect();
                unmet.compare("the filter list", &filters.join(", "), &found.join(", "), "");
            }
        }
        _ if expected.speaks_of_a_list() => unmet.add("a list was expected, and none was given".into()),
        _ => {}
    }
    unmet.found
}

/// What of a call of an application is otherwise than expected.
pub(super) fn told(expected: &Expect, place: Range<usize>, told: &Told) -> Vec<Problem> {
    let mut unmet = Unmet { place, found: Vec::new() };
    if let Some(result) = told.result {
        let shown = |result: u32| format!("{result:#010x}");
        let why = format!(" ({})", told.because);
        unmet.compare("the result", &shown(expected.hresult.unwrap_or_default()), &shown(result.0), &why);
    } else if expected.hresult.is_some() {
        unmet.add("a result was expected, and the function has none".into());
    }
    if let Some(cites) = &expected.cites {
        unmet.compare("the rule cited", cites, &told.because.to_string(), "");
    }
    let command_line = told.command_line.as_ref().map(ToString::to_string);
    unmet.given("the command line", expected.command_line.as_ref(), command_line.as_ref());
    unmet.given("the size needed", expected.size.as_ref(), told.size.as_ref());
    unmet.given("the flags", expected.flags.as_ref(), told.flags.as_ref());
    unmet.given("the interval", expected.interval.as_ref(), told.interval.as_ref());
    unmet.found
}

/// What of the machine is otherwise than expected.
pub(super) fn machine(
    check: &Spanned<Check>,
    machine: &Machine,
    transcript: &Transcript,
) -> Result<Vec<Problem>, Problem> {
    let mut unmet = Unmet { place: check.span(), found: Vec::new() };
    let check = check.get_ref();
    let wanted =
        check.running.iter().map(|name| (name, true)).chain(check.gone.iter().map(|name| (name, false)));
    for (name, runs) in wanted {
        let Some(named) = machine.world.cast().named(name.get_ref()) else {
            let message = format!("there is no program or service `{}`", name.get_ref());
            return Err(Problem::new(name.span(), message));
        };
        let what = format!("`{}` running", name.get_ref());
        unmet.compare(&what, &runs, &machine.world.is_up(named), "");
    }
    if let Some(sessions) = check.sessions {
        unmet.compare(
            "the number of sessions in the registry",
            &sessions,
            &machine.world.registry.keys.len(),
            "",
        );
    }
    if let Some(log) = &check.log {
        let found: Vec<_> =
            transcript.event_log().iter().map(|line| transcript.logged(&line.logged)).collect();
        unmet.compare("the event log", &log.join("; "), &found.join("; "), "");
    }
    if let Some(free) = check.mutex_free {
        unmet.compare("the mutex being free", &free, &machine.world.registry.mutexes.is_empty(), "");
    }
    Ok(unmet.found)
}

struct Unmet {
    place: Range<usize>,
    found: Vec<Problem>,
}

impl Unmet {
    fn add(&mut self, message: String) {
        self.found.push(Problem::new(self.place.clone(), message));
    }

    fn compare<T: PartialEq + Display>(&mut self, what: &str, expected: &T, found: &T, why: &str) {
        if expected != found {
            self.add(format!("{what} was expected to be {expected}, and is {found}{why}"));
        }
    }

    /// Compares what is given only sometimes, if it was expected.
    fn given<T: PartialEq + Display>(&mut self, what: &str, expected: Option<&T>, found: Option<&T>) {
        match (expected, found) {
            (Some(expected), Some(found)) => self.compare(what, expected, found, ""),
            (Some(expected), None) => {
                self.add(format!("{what} was expected to be {expected}, and none was given"));
            }
            (None, _) => {}
        }
    }

    fn list(&mut self, expected: &Expect, list: &List, transcript: &Transcript) {
        if let Some(needed) = expected.needed {
            self.compare("the number of entries needed", &needed, &list.needed, "");
        }
        if let Some(count) = expected.count {
            self.compare("the number of entries filled in", &count, &list.count, "");
        }
        if let Some(reasons) = &expected.reasons {
            self.compare("the reboot reasons", reasons, &list.reasons.to_string(), "");
        }
        if let Some(restartable) = &expected.restartable {
            let found = list.entries.iter().filter(|entry| entry.restartable);
            let found: BTreeSet<_> = found.map(|entry| transcript.names.app(&entry.id())).collect();
            let expected: BTreeSet<_> = restartable.iter().cloned().collect();
            self.compare("what can be restarted", &named(&expected), &named(&found), "");
        }
        if let Some(sessions) = &expected.ts_sessions {
            let found =
                list.entries.iter().map(|entry| (transcript.names.app(&entry.id()), entry.ts_session));
            let found: BTreeMap<_, _> = found.collect();
            self.compare("the terminal sessions", &format!("{sessions:?}"), &format!("{found:?}"), "");
        }
        if let Some(apps) = &expected.apps {
            let named = list
                .entries
                .iter()
                .map(|entry| (transcript.names.app(&entry.id()), entry.status.to_string()));
            let found: BTreeMap<_, _> = named.collect();
            self.compare("the list", &listed(apps), &listed(&found), "");
        }
    }
}

fn listed(apps: &BTreeMap<String, String>) -> String {
    let entries: Vec<_> = apps.iter().map(|(name, status)| format!("{name} {status}")).collect();
    if entries.is_empty() { "empty".into() } else { entries.join(", ") }
}

fn named(names: &BTreeSet<String>) -> String {
    format!("{names:?}")
}

fn shown(progress: &[u8]) -> String {
    format!("{progress:?}")
}

/// Everything the callback was told in the caller's last call.
fn reported(who: Caller, transcript: &Transcript) -> Vec<u8> {
    let mut own = transcript.lines.iter().rev().filter(|line| line.who == Some(who));
    let since = own.by_ref().take_while(|line| !matches!(line.event, Event::Called(_)));
    let mut percents: Vec<_> = since
        .filter_map(|line| match &line.event {
            Event::Did(Effect::Report(percent), _) => Some(*percent),
            _ => None,
        })
        .collect();
    percents.reverse();
    percents
}
