//! What a restart did with an application, and why.

use rm_core::rules::Citation;
use rm_core::{
    AppId, AppStatus, Effect, Launch, Millis, Outcome, Reply, Settlement, UniqueProcess, Verdict, rule,
};

use super::facts::Facts;
use super::happened::failure;
use super::made::Made;
use super::reasons::{self, kept, nothing, with_arguments};
use super::shutdown::is_masked;
use super::verdict::{Conclusion, Stage};
use super::{Statement, Told, unended};
use crate::transcript::words::quoted;
use crate::world::Shown;

/// What `RmRestart` meant to an application.
pub(super) fn told(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Told {
    let name = facts.name(id);
    if !made.has_decided() {
        let Some(reply) = made.reply else {
            let why = unended(facts, made);
            let text = format!("Nothing was started again: {why}.");
            let conclusion = Conclusion::new(Stage::Restarted, format!("was not started again: {why}"), []);
            return Told { statements: vec![Statement::new(text, [])], conclusion };
        };
        let (statement, conclusion) = refused(facts, made, reply, Some(id));
        return Told { statements: vec![statement], conclusion };
    }
    let Some(decision) = made.decision(id) else {
        let conclusion = passed_over(facts, made, id);
        return Told {
            statements: vec![conclusion.statement(format!("{name} {}.", conclusion.text))],
            conclusion,
        };
    };
    let why = reasons::restart(facts, made, decision);
    if decision.verdict != Verdict::Act {
        let kept = if is_masked(decision) { kept(facts, made, decision) } else { String::new() };
        let why = if kept.is_empty() { format!(": {why}") } else { kept };
        let shown = made.settlement(id).map(|settled| settled.because); // OQ-72.status
        let because = [decision.because].into_iter().chain(shown);
        let conclusion = Conclusion::new(Stage::Restarted, format!("was not started again{why}"), because);
        return Told {
            statements: vec![conclusion.statement(format!("{name} {}.", conclusion.text))],
            conclusion,
        };
    }
    let mut statements =
        vec![Statement::new(format!("{name} was to be started again: {why}."), [decision.because])];
    statements.extend(started(facts, made, id).map(|text| Statement::new(text, [])));
    let ending = ending(facts, made, id);
    statements.push(ending.statement(format!("It {}.", ending.text)));
    Told { statements, conclusion: ending }
}

/// What a restart that was refused says of itself, and of an application that it would have started.
pub(super) fn refused(
    facts: &Facts<'_>,
    made: &Made<'_>,
    reply: &Reply,
    id: Option<&AppId>,
) -> (Statement, Conclusion) {
    let (why, because) = nothing(facts, made, reply, id);
    let conclusion = Conclusion::new(Stage::Restarted, format!("was not started again: {why}"), because);
    (conclusion.statement(format!("Nothing was started again: {why}.")), conclusion)
}

/// Why a restart had nothing to decide about an application: what the session had done to it before.
fn passed_over(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Conclusion {
    // A process was started under another id; a service is the same whatever it lives in.
    let is_new = |settled: &Settlement| match id {
        AppId::Process(process) => settled.restarted_as == Some(*process),
        AppId::Service(_) => settled.id == *id && settled.restarted_as.is_some(),
    };
    let mut before = facts.earlier(made).flat_map(|earlier| {
        let settled = earlier.settlements().filter(|settled| settled.id == *id || is_new(settled));
        settled.collect::<Vec<_>>().into_iter().rev()
    });
    let not_stopped = [Citation::Rule(rule!("RM-RST-24"))];
    match before.next() {
        Some(settled) if is_new(settled) => {
            let text = "was started again before, and was not stopped since";
            Conclusion::new(Stage::Nothing, text, [settled.because])
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

/// How an application was started, and what came of that.
fn started(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Option<String> {
    made.effects.iter().find_map(|(_, _, effect, outcome)| match effect {
        Effect::Launch(launch) if launch.application.id() == *id => Some(launched(launch, outcome)),
        Effect::StartService(name, limit) if *id == AppId::Service(name.clone()) => {
            Some(format!("The service control manager {}.", served(facts, *limit, outcome)))
        }
        _ => None,
    })
}

fn launched(launch: &Launch, outcome: &Outcome) -> String {
    let (image, arguments) = (quoted(&launch.application.about.image), with_arguments(&launch.command_line));
    let console = if launch.new_console { " in a new console" } else { "" };
    let failed = match outcome {
        Outcome::Failed(fault) => format!(", which failed ({})", failure(*fault)),
        Outcome::NotStartable => ", which failed (there is nothing that can be started)".into(),
        _ => String::new(),
    };
    format!("{image} was started {arguments}{console}{failed}.")
}

fn served(facts: &Facts<'_>, limit: Millis, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Launched(host) if limit == Millis(0) => {
            format!("was asked to start it, which it did in {}", facts.process_name(*host))
        }
        Outcome::Launched(host) => format!("started it in {}", facts.process_name(*host)),
        Outcome::RunsAlready(host) => format!("had it running already, in {}", facts.process_name(*host)),
        Outcome::Failed(fault) => format!("could not start it ({})", failure(*fault)),
        _ => format!("was asked to start it, and it did not run within {}", Shown(limit)),
    }
}

fn ending(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Conclusion {
    let (text, because) = match (made.settlement(id), made.reply) {
        (Some(settled), _) => (settled_as(facts, id, settled), Some(settled.because)),
        (None, Some(reply)) => {
            let why = reply.refusal.map_or_else(String::new, |refusal| format!(": {refusal}"));
            (format!("was not started again{why}"), reply.because)
        }
        (None, None) => (format!("was not started again: {}", unended(facts, made)), None),
    };
    Conclusion::new(Stage::Restarted, text, because)
}

fn settled_as(facts: &Facts<'_>, id: &AppId, settled: &Settlement) -> String {
    let failed = settled.status.contains(AppStatus::ERROR_ON_RESTART);
    let place = |process: UniqueProcess| {
        let place = if id.process().is_some() { "as" } else { "in" };
        format!("{place} {}", facts.process_name(process))
    };
    match settled.restarted_as {
        None if settled.status == AppStatus::UNKNOWN => {
            "was not started: it ran again already, or nothing could be started".into()
        }
        None => "could not be started again".into(),
        Some(new) if settled.status.contains(AppStatus::RESTARTED) => {
            format!("was started again {}", place(new))
        }
        Some(new) => {
            let counts = if failed { "which counts as a failure" } else { "which counts as no failure" };
            format!("ran again already {}, {counts}", place(new))
        }
    }
}
