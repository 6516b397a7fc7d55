//! What a list says of an application, and why.

use rm_core::rules::Citation;
use rm_core::{Affected, AppId, Entry, List, Output, RebootReasons, Reply};

use super::facts::Facts;
use super::made::{Made, is_about};
use super::reasons::{self, ground};
use super::verdict::{Conclusion, Stage};
use super::written::resources;
use super::{Statement, Told, listed, named, unaffected, unended};
use crate::transcript::words::app_type;

/// What `RmGetList` told of an application.
pub(super) fn told(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Told {
    let name = facts.name(id);
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
    let resources = resources(facts, made, id);
    if let Some(entry) = list.entries.iter().find(|entry| is_about(entry, id)) {
        let statements = entered(facts, made, reply, entry, id, &resources);
        return Told {
            statements,
            conclusion: Conclusion::new(Stage::Listed, "was listed", [entry.grounds.listed]),
        };
    }
    if !resources.is_empty()
        && let Some((but, because)) = left_out(facts, made, reply, list, id)
    {
        let text = format!("{name} is affected, since {}, but {but}.", listed(&resources));
        return only(Statement::new(text, because), Stage::Listed);
    }
    let (reason, because) = unaffected::reason(facts, made, id);
    let text = format!("{name} is not in the list: {reason}.");
    let conclusion = Conclusion::new(Stage::Unaffected, reason, [because]);
    Told { statements: vec![Statement::new(text, [because])], conclusion }
}

fn only(statement: Statement, stage: Stage) -> Told {
    let conclusion = Conclusion::new(stage, "was affected", []);
    Told { statements: vec![statement], conclusion }
}

/// Why an application is affected and yet has no entry: there is no room, or services are listed
/// otherwise.
fn left_out(
    facts: &Facts<'_>,
    made: &Made<'_>,
    reply: &Reply,
    list: &List,
    id: &AppId,
) -> Option<(String, Option<Citation>)> {
    if !usize::try_from(list.needed).is_ok_and(|needed| needed <= list.entries.len()) {
        let places =
            if list.needed == 1 { "1 place was".into() } else { format!("{} places were", list.needed) };
        return Some((format!("the array has no room: {places} needed"), reply.because));
    }
    let host = made.affected(id).filter(|one| one.is_service())?.process;
    let speaks_for_all = list.entries.iter().find(|entry| !entry.service.is_empty() && entry.process == host);
    if let Some(entry) = speaks_for_all {
        let (other, host) = (facts.name(&entry.id()), facts.process_name(host));
        return Some((format!("{other} is listed for all services of {host}"), facts.answer("OQ-41")));
    }
    Some(("it is listed only once it is stopped".into(), facts.answer("OQ-131")))
}

fn entered(
    facts: &Facts<'_>,
    made: &Made<'_>,
    reply: &Reply,
    entry: &Entry,
    id: &AppId,
    resources: &[String],
) -> Vec<Statement> {
    let name = facts.name(id);
    let why = match (resources, made.affected(id)) {
        ([_, ..], Some(_)) => listed(resources),
        // What is affected without a resource of its own is so for an answer (OQ-115.list).
        ([], Some(_)) if matches!(entry.grounds.listed, Citation::Latitude(..)) => {
            "it shares a console with what uses a resource".into()
        }
        _ => "this session dealt with it before".into(),
    };
    let about = about(facts, made, id);
    let really = about.as_ref().filter(|one| one.about.app_type != entry.app_type);
    let really = really.map_or_else(String::new, |one| format!(" (it is {})", app_type(one.about.app_type)));
    let host = match id {
        AppId::Service(_) => format!(" in {}", facts.process_name(entry.process)),
        AppId::Process(_) => String::new(),
    };
    let shown = format!("It is shown as {}{really}{host}, {}", app_type(entry.app_type), entry.status);
    let truth = if entry.restartable { "TRUE" } else { "FALSE" };
    let ground = about.map(|one| ground(facts, made, &one, entry.grounds.restartable));
    let ground = ground.map_or_else(String::new, |ground| format!("; {ground}"));
    vec![
        Statement::new(format!("{name} is in the list: {why}."), [entry.grounds.listed]),
        Statement::new(format!("{shown}."), entry.grounds.critical),
        Statement::new(format!("bRestartable is {truth}{ground}."), [entry.grounds.restartable]),
        reboot(facts, made, reply, id),
    ]
}

/// What the machine says of an application: in this call, or in an earlier one of the session.
fn about(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Option<Affected> {
    let before = || {
        facts.earlier(made).find_map(|earlier| {
            let one = earlier.affected(id)?.clone();
            let restart = earlier.registered(id).cloned();
            Some(Affected { restart: restart.unwrap_or(one.restart.clone()), ..one })
        })
    };
    made.affected(id).cloned().or_else(before)
}

fn reboot(facts: &Facts<'_>, made: &Made<'_>, reply: &Reply, id: &AppId) -> Statement {
    let own: Vec<_> = reply.causes.iter().filter(|cause| cause.id == *id).collect();
    if !own.is_empty() {
        let reason = |reason| format!("{reason} ({})", reasons::reboot(facts, made, id, reason));
        let reasons: Vec<_> = own.iter().map(|cause| reason(cause.reason)).collect();
        let text = format!("It gives the reboot reason {}.", listed(&reasons));
        return Statement::new(text, own.iter().map(|cause| cause.because));
    }
    if reply.causes.is_empty() {
        return Statement::new("It gives no reboot reason.", []);
    }
    let others = reply.causes.iter().map(|cause| &cause.id);
    let reasons = reply.causes.iter().fold(RebootReasons::NONE, |all, cause| all.with(cause.reason));
    let text = format!("It gives no reboot reason; {reasons} comes from {}.", named(facts, others));
    Statement::new(text, reply.causes.iter().map(|cause| cause.because))
}
