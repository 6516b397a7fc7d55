//! What a shutdown did with an application, and why.

use rm_core::rules::Citation;
use rm_core::{AppId, AppStatus, Decision, Effect, Outcome, Refusal, Reply, Settlement, Verdict};

use super::facts::Facts;
use super::happened::{declined, happened, own};
use super::made::Made;
use super::reasons::{id_of, kept, nothing};
use super::verdict::{Conclusion, Stage};
use super::written::resources;
use super::{Statement, Told, listed, named, unaffected, unended};

/// What `RmShutdown` meant to an application.
pub(super) fn told(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Told {
    let name = facts.name(id);
    if !made.has_decided() {
        return undecided(facts, made, id);
    }
    let Some(decision) = made.decision(id) else { return passed_by(facts, made, id) };
    let decided = match decision.verdict {
        Verdict::Act => format!("{name} was to be stopped{}.", affected(facts, made, id)),
        Verdict::Leave | Verdict::Fail => format!("{name} {}.", unstopped(facts, made, decision)),
    };
    let mut statements = vec![Statement::new(decided, [decision.because])];
    let happened = happened(facts, made, id);
    if !happened.is_empty() {
        statements.push(Statement::new(format!("It {}.", listed(&happened)), []));
    }
    let ending = ending(facts, made, decision);
    if decision.verdict == Verdict::Act {
        statements.push(ending.statement(format!("It {}.", ending.text)));
    }
    Told { statements, conclusion: ending }
}

/// A shutdown that had nothing to decide about an application. A service may go with its process all the
/// same.
fn passed_by(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Told {
    let (reason, because) = unaffected::reason(facts, made, id);
    let text = format!("{} was not affected: {reason}.", facts.name(id));
    let mut statements = vec![Statement::new(text, [because])];
    let happened = happened(facts, made, id);
    if happened.is_empty() {
        return Told { statements, conclusion: Conclusion::new(Stage::Unaffected, reason, [because]) };
    }
    let happened = listed(&happened);
    statements.push(Statement::new(format!("It {happened}."), []));
    let text = format!("was not affected, and {happened}");
    Told { statements, conclusion: Conclusion::new(Stage::Stopped, text, [because]) }
}

/// A shutdown that came to nothing before anything was decided.
fn undecided(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Told {
    let name = facts.name(id);
    let Some(reply) = made.reply else {
        let why = unended(facts, made);
        let text = format!("Nothing was stopped: {why}.");
        let conclusion = Conclusion::new(Stage::Stopped, format!("was not stopped: {why}"), []);
        return Told { statements: vec![Statement::new(text, [])], conclusion };
    };
    let (statement, conclusion) = refused(facts, made, reply, Some(id));
    let mut statements = vec![statement];
    // What was looked at before the call was refused.
    let looked = made.effects.iter().any(|(_, _, _, outcome)| matches!(outcome, Outcome::Described(_)));
    if looked && resources(facts, made, id).is_empty() {
        let (reason, because) = unaffected::reason(facts, made, id);
        statements.push(Statement::new(format!("{name} was not affected anyway: {reason}."), [because]));
        return Told { statements, conclusion: Conclusion::new(Stage::Unaffected, reason, [because]) };
    }
    Told { statements, conclusion }
}

/// What a shutdown that was refused says of itself, and of an application that it would have stopped.
pub(super) fn refused(
    facts: &Facts<'_>,
    made: &Made<'_>,
    reply: &Reply,
    id: Option<&AppId>,
) -> (Statement, Conclusion) {
    let (why, because) = nothing(facts, made, reply, id);
    let conclusion = Conclusion::new(Stage::Stopped, format!("was not stopped: {why}"), because);
    (conclusion.statement(format!("Nothing was stopped: {why}.")), conclusion)
}

/// What makes an application one to be stopped, as a reason.
fn affected(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> String {
    let resources = resources(facts, made, id);
    if resources.is_empty() { String::new() } else { format!(": {}", listed(&resources)) }
}

/// What was decided of an application that was not to be stopped.
fn unstopped(facts: &Facts<'_>, made: &Made<'_>, decision: &Decision) -> String {
    let what = if decision.verdict == Verdict::Fail { "could not be stopped" } else { "was left alone" };
    format!("{what}{}", kept(facts, made, decision))
}

/// What became of an application that something was decided about.
fn ending(facts: &Facts<'_>, made: &Made<'_>, decision: &Decision) -> Conclusion {
    let id = decision.application.id();
    if let Some(settled) = made.settlement(&id) {
        return settled_as(facts, made, decision, settled);
    }
    let (text, because) = match (decision.verdict, made.reply) {
        (Verdict::Leave | Verdict::Fail, _) => (unstopped(facts, made, decision), Some(decision.because)),
        (Verdict::Act, Some(reply)) => {
            let why = reply.refusal.map_or_else(String::new, |refusal| format!(": {refusal}"));
            (format!("was not stopped{why}"), reply.because)
        }
        (Verdict::Act, None) => (format!("was not dealt with to the end: {}", unended(facts, made)), None),
    };
    Conclusion::new(Stage::Stopped, text, because)
}

fn settled_as(facts: &Facts<'_>, made: &Made<'_>, decision: &Decision, settled: &Settlement) -> Conclusion {
    let has = |bits| settled.status.contains(bits);
    let vetoed = vetoed(facts, made, &settled.id);
    let text = if has(AppStatus::STOPPED) {
        "was stopped".to_string()
    } else if has(AppStatus::STOPPED_OTHER) {
        let went = own(&settled.id, "exited by itself", "stopped by itself");
        format!("{went} and counts as stopped by something else")
    } else if has(AppStatus::ERROR_ON_STOP) {
        let why = vetoed.clone().or_else(|| beyond_force(facts, made, decision, settled));
        let why = why.or_else(|| Some(format!(": {}", declined(facts, made, &settled.id)?)));
        format!("was not stopped and counts as a failure{}", why.unwrap_or_default())
    } else {
        format!("was not stopped and stays as it is{}", vetoed.clone().unwrap_or_default())
    };
    let also = made.reply.and_then(|reply| reply.because).filter(|_| vetoed.is_some());
    let conclusion = Conclusion::new(Stage::Stopped, text, [settled.because].into_iter().chain(also));
    conclusion.gone(has(AppStatus::STOPPED) || has(AppStatus::STOPPED_OTHER))
}

/// Whose refusal called the shutdown off, as a reason.
fn vetoed(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Option<String> {
    let Some(Reply { refusal: Some(Refusal::Vetoed), .. }) = made.reply else { return None };
    let refusers = refusers(made);
    if refusers.contains(id) {
        return Some(": it refused".into());
    }
    Some(format!(": {} refused", named(facts, &refusers)))
}

/// Why force did not end a service, as a reason (OQ-62).
fn beyond_force(
    facts: &Facts<'_>,
    made: &Made<'_>,
    decision: &Decision,
    settled: &Settlement,
) -> Option<String> {
    let Citation::Latitude(_, answer) = settled.because else { return None };
    if id_of(settled.because) != "OQ-62" {
        return None;
    }
    let host = decision.application.process;
    let neighbors: Vec<_> = facts.hosted(host, made.begun).filter(|id| **id != settled.id).collect();
    let host = facts.process_name(host);
    Some(match (answer, neighbors.len()) {
        (0, 1) => {
            format!(": {host} is not ended by force, since {} lives in it too", named(facts, neighbors))
        }
        (0, _) => format!(": {host} is not ended by force, since {} live in it too", named(facts, neighbors)),
        _ => ": no service is ended by force".into(),
    })
}

/// Who answered FALSE.
fn refusers(made: &Made<'_>) -> Vec<AppId> {
    let refused = made.effects.iter().filter_map(|(_, _, effect, outcome)| match (effect, outcome) {
        (Effect::Send(process, ..), Outcome::Refused) => Some(AppId::from(*process)),
        _ => None,
    });
    refused.collect()
}

/// Whether a filter keeps something from happening, whatever it is.
pub(super) const fn is_masked(decision: &Decision) -> bool {
    decision.masks.0 != AppStatus::UNKNOWN.0 && matches!(decision.verdict, Verdict::Leave)
}
