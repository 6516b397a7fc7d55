//! What a shutdown did with a process, and why.

use rm_core::{
    AppStatus, Decision, Effect, Fault, Filter, Message, Outcome, Refusal, Reply, UniqueProcess, Verdict,
};

use super::facts::{Facts, Made};
use super::list::nothing;
use super::verdict::{Conclusion, Stage};
use super::{Statement, Told, listed, named, unaffected, unended};
use crate::transcript::words::filter;

/// What `RmShutdown` meant to a process.
pub(super) fn told(facts: &Facts<'_>, made: &Made<'_>, process: UniqueProcess) -> Told {
    let name = facts.name(process);
    if !made.has_decided() {
        return undecided(facts, made, process);
    }
    let Some(decision) = made.decision(process) else {
        let (reason, because) = unaffected::reason(facts, made, process);
        let text = format!("{name} was not affected: {reason}.");
        let conclusion = Conclusion::new(Stage::Unaffected, reason, [because]);
        return Told { statements: vec![Statement::new(text, [because])], conclusion };
    };
    let decided = match decision.verdict {
        Verdict::Act => format!("{name} was to be stopped."),
        Verdict::Leave => format!("{name} was left alone{}.", protected(facts, made, decision)),
        Verdict::Fail => format!("{name} could not be stopped{}.", protected(facts, made, decision)),
    };
    let mut statements = vec![Statement::new(decided, [decision.because])];
    let happened = happened(made, process);
    if !happened.is_empty() {
        statements.push(Statement::new(format!("It {}.", listed(&happened)), []));
    }
    let ending = ending(facts, made, decision);
    if decision.verdict == Verdict::Act {
        statements.push(ending.statement(format!("It {}.", ending.text)));
    }
    Told { statements, conclusion: ending }
}

/// A shutdown that came to nothing before anything was decided.
fn undecided(facts: &Facts<'_>, made: &Made<'_>, process: UniqueProcess) -> Told {
    let name = facts.name(process);
    let Some(reply) = made.reply else {
        let why = unended(facts, made);
        let text = format!("Nothing was stopped: {why}.");
        let conclusion = Conclusion::new(Stage::Stopped, format!("was not stopped: {why}"), []);
        return Told { statements: vec![Statement::new(text, [])], conclusion };
    };
    let (statement, conclusion) = refused(facts, made, reply, Some(process));
    let mut statements = vec![statement];
    // What was looked at before the call was refused.
    let looked = made.effects.iter().any(|(_, _, _, outcome)| matches!(outcome, Outcome::Described(_)));
    if looked && unaffected::resources(facts, made, process).is_empty() {
        let (reason, because) = unaffected::reason(facts, made, process);
        statements.push(Statement::new(format!("{name} was not affected anyway: {reason}."), [because]));
        return Told { statements, conclusion: Conclusion::new(Stage::Unaffected, reason, [because]) };
    }
    Told { statements, conclusion }
}

/// What a shutdown that was refused says of itself, and of a process that it would have stopped.
pub(super) fn refused(
    facts: &Facts<'_>,
    made: &Made<'_>,
    reply: &Reply,
    process: Option<UniqueProcess>,
) -> (Statement, Conclusion) {
    let (why, because) = nothing(facts, made, reply, process);
    let conclusion = Conclusion::new(Stage::Stopped, format!("was not stopped: {why}"), because);
    (conclusion.statement(format!("Nothing was stopped: {why}.")), conclusion)
}

/// The filters that mean an application, as a reason.
pub(super) fn protected(facts: &Facts<'_>, made: &Made<'_>, decision: &Decision) -> String {
    let shown = |one: &&Filter| format!("`{}`", filter(one, &facts.transcript.names));
    let filters: Vec<_> = facts.filters(made, &decision.application).iter().map(shown).collect();
    match filters.len() {
        0 => String::new(),
        1 => format!(", because of the filter {}", listed(&filters)),
        _ => format!(", because of the filters {}", listed(&filters)),
    }
}

/// What was done to a process and what it answered, each behind an `it`.
fn happened(made: &Made<'_>, process: UniqueProcess) -> Vec<String> {
    let happened = made.effects.iter().filter_map(|(_, _, effect, outcome)| match effect {
        Effect::Send(to, message, _) if *to == process => Some(sent(*message, outcome).into()),
        Effect::ControlEvent(to, _) if *to == process => Some(match outcome {
            Outcome::Gone => "was gone before CTRL_C_EVENT reached it".into(),
            _ => "was sent CTRL_C_EVENT".into(),
        }),
        Effect::Terminate(it) if *it == process => Some(match outcome {
            Outcome::Gone => "was gone before it could be ended by force".into(),
            Outcome::Failed(fault) => format!("could not be ended by force ({})", failure(*fault)),
            _ => "was ended by force".into(),
        }),
        Effect::WaitAny(those) if those.contains(&process.into()) => match outcome {
            Outcome::Exited(exited) if exited.contains(&process.into()) => Some("exited".into()),
            Outcome::DeadlinePassed => Some("was still there when its time was over".into()),
            _ => None,
        },
        Effect::AreAlive(those) if those.contains(&process.into()) => match outcome {
            Outcome::Alive(alive) if !alive.contains(&process.into()) => Some("was gone then".into()),
            _ => None,
        },
        _ => None,
    });
    happened.collect()
}

const fn sent(message: Message, outcome: &Outcome) -> &'static str {
    match (message, outcome) {
        (Message::QueryEndSession, Outcome::Agreed) => "was asked by WM_QUERYENDSESSION and said yes",
        (Message::QueryEndSession, Outcome::Refused) => "was asked by WM_QUERYENDSESSION and said no",
        (Message::QueryEndSession, Outcome::NoAnswer) => {
            "was asked by WM_QUERYENDSESSION and did not answer in time"
        }
        (Message::QueryEndSession, Outcome::Died) => "was asked by WM_QUERYENDSESSION and exited instead",
        (Message::QueryEndSession, Outcome::Gone) => "was gone before WM_QUERYENDSESSION reached it",
        (Message::QueryEndSession, _) => "was being asked by WM_QUERYENDSESSION when the cancel came",
        (Message::EndSession, Outcome::NoAnswer) => {
            "was told to end by WM_ENDSESSION and did not answer in time"
        }
        (Message::EndSession, Outcome::Died) => "was told to end by WM_ENDSESSION and exited",
        (Message::EndSession, Outcome::Gone) => "was gone before WM_ENDSESSION reached it",
        (Message::EndSession, _) => "was told to end by WM_ENDSESSION",
        (Message::StaySession, Outcome::Gone | Outcome::Died) => "exited although it was told to stay",
        (Message::StaySession, _) => "was told to stay (WM_ENDSESSION with FALSE)",
        (Message::Close, Outcome::Gone) => "was gone before WM_CLOSE reached it",
        (Message::Close, _) => "was sent WM_CLOSE",
    }
}

/// What went wrong in the machine, in words.
pub(super) const fn failure(fault: Fault) -> &'static str {
    match fault {
        Fault::AccessDenied => "access denied",
        Fault::OutOfMemory => "not enough memory",
        Fault::WriteFault => "the registry failed",
    }
}

/// What became of a process that something was decided about.
fn ending(facts: &Facts<'_>, made: &Made<'_>, decision: &Decision) -> Conclusion {
    let refusers = refusers(made);
    let process = decision.application.process;
    let vetoed = match made.reply {
        Some(Reply { refusal: Some(Refusal::Vetoed), .. }) if refusers.contains(&process) => {
            ": it refused".to_string()
        }
        Some(Reply { refusal: Some(Refusal::Vetoed), .. }) => {
            format!(": {} refused", named(facts, refusers.iter().copied()))
        }
        _ => String::new(),
    };
    if let Some(settled) = made.settlement(process) {
        let has = |bits| settled.status.contains(bits);
        let text = if has(AppStatus::STOPPED) {
            "was stopped".to_string()
        } else if has(AppStatus::STOPPED_OTHER) {
            "exited by itself and counts as stopped by something else".to_string()
        } else if has(AppStatus::ERROR_ON_STOP) {
            format!("was not stopped and counts as a failure{vetoed}")
        } else {
            format!("was not stopped and stays as it is{vetoed}")
        };
        let also = made.reply.and_then(|reply| reply.because).filter(|_| !vetoed.is_empty());
        let conclusion = Conclusion::new(Stage::Stopped, text, [settled.because].into_iter().chain(also));
        return conclusion.gone(has(AppStatus::STOPPED) || has(AppStatus::STOPPED_OTHER));
    }
    match (decision.verdict, made.reply) {
        (Verdict::Leave, _) => {
            let text = format!("was left alone{}", protected(facts, made, decision));
            Conclusion::new(Stage::Stopped, text, [decision.because])
        }
        (Verdict::Fail, _) => {
            let text = format!("could not be stopped{}", protected(facts, made, decision));
            Conclusion::new(Stage::Stopped, text, [decision.because])
        }
        (Verdict::Act, Some(reply)) => {
            let why = reply.refusal.map_or_else(String::new, |refusal| format!(": {refusal}"));
            Conclusion::new(Stage::Stopped, format!("was not stopped{why}"), reply.because)
        }
        (Verdict::Act, None) => {
            let text = format!("was not dealt with to the end: {}", unended(facts, made));
            Conclusion::new(Stage::Stopped, text, [])
        }
    }
}

/// Who answered FALSE.
fn refusers(made: &Made<'_>) -> Vec<UniqueProcess> {
    let refused = made.effects.iter().filter_map(|(_, _, effect, outcome)| match (effect, outcome) {
        (Effect::Send(process, ..), Outcome::Refused) => Some(*process),
        _ => None,
    });
    refused.collect()
}

/// Whether a filter keeps something from happening, whatever it is.
pub(super) const fn is_masked(decision: &Decision) -> bool {
    decision.masks.0 != AppStatus::UNKNOWN.0 && matches!(decision.verdict, Verdict::Leave)
}
