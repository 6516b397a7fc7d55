//! What a list says of a process, and why.

use rm_core::rules::Citation;
use rm_core::{Affected, Entry, List, Name, Output, RebootReasons, Reply, RestartSettings, UniqueProcess};

use super::facts::{Facts, Made};
use super::verdict::{Conclusion, Stage};
use super::{Statement, Told, caller, listed, named, unaffected, unended};
use crate::transcript::words::{app_type, quoted};

/// What `RmGetList` told of a process.
pub(super) fn told(facts: &Facts<'_>, made: &Made<'_>, process: UniqueProcess) -> Told {
    let name = facts.name(process);
    let Some(reply) = made.reply else {
        return only(
            Statement::new(format!("No list was given: {}.", unended(facts, made)), []),
            Stage::Nothing,
        );
    };
    let Output::List(list) = &reply.output else {
        let refusal = reply.refusal.map_or_else(String::new, |refusal| format!(": {refusal}"));
        return only(Statement::new(format!("No list was given{refusal}."), reply.because), Stage::Nothing);
    };
    let resources = unaffected::resources(facts, made, process);
    if let Some(entry) = list.entries.iter().find(|entry| entry.process == process) {
        let statements = entered(facts, made, reply, entry, &resources);
        return Told {
            statements,
            conclusion: Conclusion::new(Stage::Listed, "was listed", [entry.grounds.listed]),
        };
    }
    let room = usize::try_from(list.needed).is_ok_and(|needed| needed <= list.entries.len());
    if !room && !resources.is_empty() {
        let (why, places) = (listed(&resources), places(list));
        let text = format!("{name} is affected, since {why}, but the array has no room: {places} needed.");
        return only(Statement::new(text, reply.because), Stage::Listed);
    }
    let (reason, because) = unaffected::reason(facts, made, process);
    let text = format!("{name} is not in the list: {reason}.");
    let conclusion = Conclusion::new(Stage::Unaffected, reason, [because]);
    Told { statements: vec![Statement::new(text, [because])], conclusion }
}

fn only(statement: Statement, stage: Stage) -> Told {
    let conclusion = Conclusion::new(stage, "was affected", []);
    Told { statements: vec![statement], conclusion }
}

fn places(list: &List) -> String {
    match list.needed {
        1 => "1 place was".into(),
        more => format!("{more} places were"),
    }
}

fn entered(
    facts: &Facts<'_>,
    made: &Made<'_>,
    reply: &Reply,
    entry: &Entry,
    resources: &[String],
) -> Vec<Statement> {
    let name = facts.name(entry.process);
    let runs = made.described(entry.process);
    let why = match (resources, runs) {
        ([_, ..], Some(_)) => listed(resources),
        // What is affected without a resource of its own is so for an answer (OQ-115.list).
        ([], Some(_)) if matches!(entry.grounds.listed, Citation::Latitude(..)) => {
            "it shares a console with what uses a resource".into()
        }
        _ => "this session dealt with it before".into(),
    };
    let about = about(facts, made, entry.process);
    let really = about.map(|one| &one.about).filter(|about| about.app_type != entry.app_type);
    let really = really.map_or_else(String::new, |about| format!(" (it is {})", app_type(about.app_type)));
    let shown = format!("It is shown as {}{really}, {}", app_type(entry.app_type), entry.status);
    let truth = if entry.restartable { "TRUE" } else { "FALSE" };
    let registered = about.map_or_else(String::new, |about| format!("; {}", registration(about)));
    vec![
        Statement::new(format!("{name} is in the list: {why}."), [entry.grounds.listed]),
        Statement::new(format!("{shown}."), entry.grounds.critical),
        Statement::new(format!("bRestartable is {truth}{registered}."), [entry.grounds.restartable]),
        reboot(facts, made, reply, entry.process),
    ]
}

/// What the machine says of a process: in this call, or in an earlier one of the session.
fn about<'a>(facts: &'a Facts<'_>, made: &'a Made<'_>, process: UniqueProcess) -> Option<&'a Affected> {
    let now = made.described(process);
    let before = || facts.earlier(made).find_map(|earlier| earlier.described(process));
    now.or_else(before)
}

/// The arguments of a command line.
pub(super) fn with_arguments(command_line: &Name) -> String {
    if command_line.is_empty() {
        "without arguments".into()
    } else {
        format!("with {}", quoted(command_line))
    }
}

/// What an application registered with the system.
pub(super) fn registration(one: &Affected) -> String {
    match one.restart.as_deref() {
        None => "it is not registered for restart".into(),
        Some(RestartSettings { command_line, flags }) => {
            let but = if flags & RestartSettings::NO_PATCH == 0 { "" } else { ", but with RESTART_NO_PATCH" };
            format!("it is registered for restart {}{but}", with_arguments(command_line))
        }
    }
}

fn reboot(facts: &Facts<'_>, made: &Made<'_>, reply: &Reply, process: UniqueProcess) -> Statement {
    let own: Vec<_> = reply.causes.iter().filter(|cause| cause.id == process.into()).collect();
    if !own.is_empty() {
        let reason = |reason| format!("{reason} ({})", clause(facts, made, process, reason));
        let reasons: Vec<_> = own.iter().map(|cause| reason(cause.reason)).collect();
        let text = format!("It gives the reboot reason {}.", listed(&reasons));
        return Statement::new(text, own.iter().map(|cause| cause.because));
    }
    if reply.causes.is_empty() {
        return Statement::new("It gives no reboot reason.", []);
    }
    let others = reply.causes.iter().filter_map(|cause| cause.id.process());
    let reasons = reply.causes.iter().fold(RebootReasons::NONE, |all, cause| all.with(cause.reason));
    let text = format!("It gives no reboot reason; {reasons} comes from {}.", named(facts, others));
    Statement::new(text, reply.causes.iter().map(|cause| cause.because))
}

/// What is behind a reboot reason that a process gives, in words.
pub(super) fn clause(
    facts: &Facts<'_>,
    made: &Made<'_>,
    process: UniqueProcess,
    reason: RebootReasons,
) -> String {
    let installer = caller(facts, made.who);
    match reason {
        RebootReasons::DETECTED_SELF => format!("it is {installer}, the installer that asks"),
        RebootReasons::PERMISSION_DENIED => format!("{installer} may not stop it"),
        RebootReasons::SESSION_MISMATCH => {
            let where_ = made.described(process).map_or(0, |one| one.about.ts_session);
            let cast = facts.world.cast();
            let own = cast.find(&facts.transcript.names.base_of(made.who.process));
            let own = own.and_then(|own| cast.program(own)).map_or(0, |own| own.about.ts_session);
            format!("it runs in terminal session {where_}, {installer} in {own}")
        }
        _ => "it is critical".into(),
    }
}

/// What a whole call did not do, and on whose account; with what that goes back to.
pub(super) fn nothing(
    facts: &Facts<'_>,
    made: &Made<'_>,
    reply: &Reply,
    process: Option<UniqueProcess>,
) -> (String, Vec<Citation>) {
    let refusal = reply.refusal.map_or_else(String::new, |refusal| refusal.to_string());
    let because: Vec<_> =
        reply.because.into_iter().chain(reply.causes.iter().map(|one| one.because)).collect();
    let whom: Vec<_> = reply
        .causes
        .iter()
        .map(|cause| {
            let who = facts.transcript.names.app(&cause.id);
            let own = cause.id.process();
            let who = if own.is_some() && own == process { format!("{who} itself") } else { who };
            match cause.reason {
                RebootReasons::NONE => match own.and_then(|own| made.described(own)) {
                    Some(one) => format!("{who} ({})", registration(one)),
                    None => who,
                },
                reason => {
                    format!("{who} ({})", clause(facts, made, own.unwrap_or(UniqueProcess::NONE), reason))
                }
            }
        })
        .collect();
    let account = if whom.is_empty() { String::new() } else { format!(", because of {}", listed(&whom)) };
    (format!("{refusal}{account}"), because)
}
