//! What a restart did with a process, and why.

use rm_core::rules::Citation;
use rm_core::{AppStatus, Decision, Effect, Outcome, Reply, Settlement, UniqueProcess, Verdict, rule};

use super::facts::{Facts, Made};
use super::list::{nothing, registration, with_arguments};
use super::shutdown::{failure, is_masked, protected};
use super::verdict::{Conclusion, Stage};
use super::{Statement, Told, unended};
use crate::transcript::words::quoted;

/// What `RmRestart` meant to a process.
pub(super) fn told(facts: &Facts<'_>, made: &Made<'_>, process: UniqueProcess) -> Told {
    let name = facts.name(process);
    if !made.has_decided() {
        let Some(reply) = made.reply else {
            let why = unended(facts, made);
            let text = format!("Nothing was started again: {why}.");
            let conclusion = Conclusion::new(Stage::Restarted, format!("was not started again: {why}"), []);
            return Told { statements: vec![Statement::new(text, [])], conclusion };
        };
        let (statement, conclusion) = refused(facts, made, reply, Some(process));
        return Told { statements: vec![statement], conclusion };
    }
    let Some(decision) = made.decision(process) else {
        let conclusion = passed_over(facts, made, process);
        return Told {
            statements: vec![conclusion.statement(format!("{name} {}.", conclusion.text))],
            conclusion,
        };
    };
    let registered = registration(&decision.application);
    if decision.verdict != Verdict::Act {
        let why = if is_masked(decision) { protected(facts, made, decision) } else { String::new() };
        let why = if why.is_empty() { format!(": {registered}") } else { why };
        let shown = made.settlement(process).map(|settled| settled.because); // OQ-72.status
        let because = [decision.because].into_iter().chain(shown);
        let conclusion = Conclusion::new(Stage::Restarted, format!("was not started again{why}"), because);
        return Told {
            statements: vec![conclusion.statement(format!("{name} {}.", conclusion.text))],
            conclusion,
        };
    }
    let mut statements =
        vec![Statement::new(format!("{name} was to be started again: {registered}."), [decision.because])];
    statements.extend(launched(made, decision));
    let ending = ending(facts, made, process);
    statements.push(ending.statement(format!("It {}.", ending.text)));
    Told { statements, conclusion: ending }
}

/// What a restart that was refused says of itself, and of a process that it would have started.
pub(super) fn refused(
    facts: &Facts<'_>,
    made: &Made<'_>,
    reply: &Reply,
    process: Option<UniqueProcess>,
) -> (Statement, Conclusion) {
    let (why, because) = nothing(facts, made, reply, process);
    let conclusion = Conclusion::new(Stage::Restarted, format!("was not started again: {why}"), because);
    (conclusion.statement(format!("Nothing was started again: {why}.")), conclusion)
}

/// Why a restart had nothing to decide about a process: what the session had done to it before.
fn passed_over(facts: &Facts<'_>, made: &Made<'_>, process: UniqueProcess) -> Conclusion {
    let mut before = facts.earlier(made).flat_map(|earlier| {
        let settled = earlier
            .settlements()
            .filter(|settled| settled.id == process.into() || settled.restarted_as == Some(process));
        settled.collect::<Vec<_>>().into_iter().rev()
    });
    let not_stopped = [Citation::Rule(rule!("RM-RST-24"))];
    match before.next() {
        Some(Settlement { restarted_as: Some(new), because, .. }) if *new == process => {
            Conclusion::new(Stage::Nothing, "was started again before, and was not stopped since", [*because])
        }
        Some(settled) if settled.status.contains(AppStatus::ERROR_ON_RESTART) => {
            let text = "was not tried once more: starting it failed before";
            Conclusion::new(Stage::Nothing, text, facts.answer("OQ-71"))
        }
        Some(settled) if settled.status.contains(AppStatus::STOPPED_OTHER) => {
            let text = "was not started again: it was something else that stopped it";
            Conclusion::new(Stage::Restarted, text, not_stopped)
        }
        _ => {
            let text = "was not started again: this session has not stopped it";
            Conclusion::new(Stage::Nothing, text, not_stopped)
        }
    }
}

fn launched(made: &Made<'_>, decision: &Decision) -> Option<Statement> {
    let process = decision.application.process;
    made.effects.iter().find_map(|(_, _, effect, outcome)| {
        let Effect::Launch(launch) = effect else { return None };
        if launch.application.process != process {
            return None;
        }
        let (image, arguments) =
            (quoted(&launch.application.about.image), with_arguments(&launch.command_line));
        let console = if launch.new_console { " in a new console" } else { "" };
        let failed = match outcome {
            Outcome::Failed(fault) => format!(", which failed ({})", failure(*fault)),
            Outcome::NotStartable => ", which failed (there is nothing that can be started)".into(),
            _ => String::new(),
        };
        Some(Statement::new(format!("{image} was started {arguments}{console}{failed}."), []))
    })
}

fn ending(facts: &Facts<'_>, made: &Made<'_>, process: UniqueProcess) -> Conclusion {
    match (made.settlement(process), made.reply) {
        (Some(Settlement { restarted_as: Some(new), because, .. }), _) => {
            let text = format!("was started again as {}", facts.name(*new));
            Conclusion::new(Stage::Restarted, text, [*because])
        }
        (Some(settled), _) if settled.status == AppStatus::UNKNOWN => {
            let ran = made.effects.iter().find_map(|(_, _, effect, outcome)| match (effect, outcome) {
                (Effect::RunningAgain(one), Outcome::Again(Some(again))) if one.process == process => {
                    Some(again.process)
                }
                _ => None,
            });
            let why = ran.map_or_else(
                || "there was nothing that could be started".to_string(),
                |ran| format!("it ran again already as {}", facts.name(ran)),
            );
            Conclusion::new(Stage::Restarted, format!("was not started: {why}"), [settled.because])
        }
        (Some(settled), _) => {
            Conclusion::new(Stage::Restarted, "could not be started again", [settled.because])
        }
        (None, Some(reply)) => {
            let why = reply.refusal.map_or_else(String::new, |refusal| format!(": {refusal}"));
            Conclusion::new(Stage::Restarted, format!("was not started again{why}"), reply.because)
        }
        (None, None) => {
            let text = format!("was not started again: {}", unended(facts, made));
            Conclusion::new(Stage::Restarted, text, [])
        }
    }
}
