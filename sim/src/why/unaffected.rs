//! Why an application was not affected at the time of a call: nothing was decided about it, so what there
//! is to tell is what was registered and what ran.

use rm_core::rules::Citation;
use rm_core::store::ResourceKind;
use rm_core::{AppId, Caller, Outcome, Rule, UniqueProcess, rule};

use super::facts::Facts;
use super::happened::own;
use super::made::Made;
use super::subject::Subject;
use super::written::resources;
use super::{caller, listed};
use crate::transcript::time;
use crate::transcript::words::quoted;

/// How many names are told before the rest is counted.
const MANY: usize = 3;

/// Why an application that ran was not affected; behind a colon.
pub(super) fn reason(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> (String, Citation) {
    let Some((slot, record, at)) = made.read() else {
        return ("the session was not looked at".into(), Citation::Rule(rule!("RM-LIST-01")));
    };
    let processes = record.processes();
    let registered: Vec<_> = record
        .strings(ResourceKind::Files)
        .chain(record.strings(ResourceKind::Services))
        .map(quoted)
        .chain(processes.iter().map(|process| format!("the process {}", facts.process_name(*process))))
        .collect();
    let later = || {
        let found = facts.registered_later(slot, id, at);
        found.map_or_else(String::new, |(what, who, when)| later_text(facts, &what, who, when))
    };
    if registered.is_empty() {
        return (format!("nothing was registered with the session{}", later()), cite(rule!("RM-LIST-32")));
    }
    let reuses =
        |process: UniqueProcess| processes.iter().any(|other| other.id == process.id && *other != process);
    if let Some(process) = id.process().filter(|process| reuses(*process)) {
        let reason = format!("the process registered has its id, {}, and another start time", process.id);
        return (reason, cite(rule!("RM-REG-15")));
    }
    if !resources(facts, made, id).is_empty() {
        let gone = own(id, "was gone", "had stopped");
        let when = if facts.ended_at(id).is_some() { gone } else { "came too late" };
        return (format!("it {when} when the machine was looked at"), cite(rule!("RM-LIST-07")));
    }
    let uses = match facts.uses(id) {
        [] => "it holds no file".to_string(),
        uses => format!("it holds {}", some(uses.iter().map(quoted).collect())),
    };
    let told_apart = told_apart(facts, made, id);
    let rule = if told_apart.is_empty() { rule!("RM-LIST-01") } else { rule!("RM-SHUT-43") };
    (format!("{uses}; registered was {}{told_apart}{}", some(registered), later()), cite(rule))
}

/// That the process of a service holds what is registered, and that tags tell it to be for others in it.
fn told_apart(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> String {
    let host = made.served(id).map(|one| one.affected.process);
    let users = made.effects.iter().find_map(|(_, _, _, outcome)| match outcome {
        Outcome::Users(users) => Some(users),
        _ => None,
    });
    match host.filter(|host| users.is_some_and(|users| users.contains(host))) {
        Some(host) => {
            format!(", and what {} holds of that is for others, as its tags tell", facts.process_name(host))
        }
        None => String::new(),
    }
}

/// Why nothing of what was asked about could be affected.
pub(super) fn absent(facts: &Facts<'_>, made: &Made<'_>, subject: &Subject) -> (String, Citation) {
    let last = subject.apps.iter().rev().find(|id| facts.has_run(id, made));
    let was_met = last.is_some_and(|last| facts.earlier(made).any(|earlier| earlier.speaks_of(last)));
    let rule = if was_met { rule!("RM-LIST-35") } else { rule!("RM-LIST-01") };
    let ever_ran = subject.apps.iter().any(|id| facts.ended_at(id).is_some() || facts.runs(id));
    let why = match last.and_then(|last| Some((last, facts.ended_before(last, made.begun)?))) {
        Some((last, at)) => format!("it ran no more ({} at {})", own(last, "gone", "stopped"), moment(at)),
        None if ever_ran => "it did not run yet".into(),
        None => subject.never_ran().into(),
    };
    (why, cite(rule))
}

/// A moment of virtual time in a sentence.
pub(super) fn moment(at: u64) -> String {
    format!("{} s", time(at).trim_start())
}

fn later_text(facts: &Facts<'_>, what: &str, who: Caller, when: u64) -> String {
    format!(", and {} registers {what} only later (at {})", caller(facts, who), moment(when))
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
