//! Why an application was not affected at the time of a call: nothing was decided about it, so what there
//! is to tell is what was registered and what ran.

use rm_core::rules::Citation;
use rm_core::store::{Data, Record, ResourceKind, ValueName};
use rm_core::{Caller, Name, Rule, UniqueProcess, rule};

use super::facts::{Facts, Made};
use super::subject::Subject;
use super::{caller, listed};
use crate::transcript::time;
use crate::transcript::words::quoted;

/// How many names are told before the rest is counted.
const MANY: usize = 3;

/// Why a process that ran was not affected; behind a colon.
pub(super) fn reason(facts: &Facts<'_>, made: &Made<'_>, process: UniqueProcess) -> (String, Citation) {
    let Some((slot, record, at)) = made.read() else {
        return ("the session was not looked at".into(), Citation::Rule(rule!("RM-LIST-01")));
    };
    let registered: Vec<_> = record
        .strings(ResourceKind::Files)
        .chain(record.strings(ResourceKind::Services))
        .map(quoted)
        .chain(record.processes().into_iter().map(|process| format!("the process {}", facts.name(process))))
        .collect();
    if registered.is_empty() {
        let later = later(facts, made, process);
        return (format!("nothing was registered with the session{later}"), cite(rule!("RM-LIST-32")));
    }
    if record.processes().iter().any(|other| other.id == process.id && *other != process) {
        let reason = format!("the process registered has its id, {}, and another start time", process.id);
        return (reason, cite(rule!("RM-REG-15")));
    }
    if !resources(facts, made, process).is_empty() {
        let when = if facts.exited_at(process).is_some() { "was gone" } else { "came too late" };
        return (format!("it {when} when the machine was looked at"), cite(rule!("RM-LIST-07")));
    }
    let uses = facts.uses(process);
    let uses = match uses {
        [] => "it holds no file".to_string(),
        uses => format!("it holds {}", some(uses.iter().map(quoted).collect())),
    };
    let what = format!("{uses}; registered was {}", some(registered));
    let later = facts
        .registered_later(slot, process, at)
        .map(|(what, who, when)| later_text(facts, &what, who, when));
    (format!("{what}{}", later.unwrap_or_default()), cite(rule!("RM-LIST-01")))
}

/// Why no process of an application could be affected.
pub(super) fn absent(facts: &Facts<'_>, made: &Made<'_>, subject: &Subject) -> (String, Citation) {
    let last = subject.processes.iter().rev().find(|process| facts.has_run(**process, made));
    let was_met = last.is_some_and(|last| facts.earlier(made).any(|earlier| earlier.speaks_of(*last)));
    let rule = if was_met { rule!("RM-LIST-35") } else { rule!("RM-LIST-01") };
    let why = match (last.and_then(|last| facts.exited_at(*last)), subject.processes.is_empty()) {
        (Some(at), _) => format!("it ran no more (gone at {})", moment(at)),
        (None, false) => "it did not run yet".into(),
        (None, true) => "no process of it ever ran".into(),
    };
    (why, cite(rule))
}

/// The registered resources that make a process affected, and who registered them.
pub(super) fn resources(facts: &Facts<'_>, made: &Made<'_>, process: UniqueProcess) -> Vec<String> {
    let Some((slot, record, at)) = made.read() else { return Vec::new() };
    let found = groups(record).filter_map(|(kind, name, strings)| {
        let what = facts.resource_of(process, kind, strings)?;
        let who = facts.writer(slot, name, at).map_or_else(|| "somebody".into(), |who| caller(facts, who));
        Some(match kind {
            ResourceKind::Files => format!("it holds {what}, which {who} registered"),
            _ => format!("{who} registered {what} itself"),
        })
    });
    found.collect()
}

/// A moment of virtual time in a sentence.
pub(super) fn moment(at: u64) -> String {
    format!("{} s", time(at).trim_start())
}

fn later(facts: &Facts<'_>, made: &Made<'_>, process: UniqueProcess) -> String {
    let found = made.read().and_then(|(slot, _, at)| facts.registered_later(slot, process, at));
    found.map_or_else(String::new, |(what, who, when)| later_text(facts, &what, who, when))
}

fn later_text(facts: &Facts<'_>, what: &str, who: Caller, when: u64) -> String {
    format!(", and {} registers {what} only later (at {})", caller(facts, who), moment(when))
}

fn groups(record: &Record) -> impl Iterator<Item = (ResourceKind, ValueName, &[Name])> {
    record.values.iter().filter_map(|(name, data)| match (name, data) {
        (ValueName::Group(kind, _), Data::Strings(strings)) => Some((*kind, *name, &**strings)),
        _ => None,
    })
}

fn some(all: Vec<String>) -> String {
    let mut names: Vec<String> = Vec::new();
    for name in all {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(MANY);
    if more > 1 {
        names.truncate(MANY);
        names.push(format!("{more} more"));
    }
    listed(&names)
}

const fn cite(rule: Rule) -> Citation {
    Citation::Rule(rule)
}
