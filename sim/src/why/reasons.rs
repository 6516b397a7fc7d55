//! What is behind a citation or a reboot reason, in words, for one application.

use rm_core::rules::Citation;
use rm_core::{
    Affected, AppId, AppType, Decision, Filter, Name, RebootReasons, Reply, RestartSettings, Verdict,
};

use super::facts::Facts;
use super::made::Made;
use super::{caller, listed};
use crate::spec::Entry;
use crate::transcript::words::{filter, quoted};

/// The id of what is cited.
pub(super) fn id_of(because: Citation) -> &'static str {
    match because {
        Citation::Rule(rule) => Entry::Rule(rule).id(),
        Citation::Latitude(latitude, _) => Entry::Latitude(latitude).id(),
    }
}

/// What it is about an application that the citation goes by, when it says whether that can be started
/// again.
pub(super) fn ground(facts: &Facts<'_>, made: &Made<'_>, one: &Affected, because: Citation) -> String {
    match id_of(because) {
        "RM-RST-04" | "RM-LIST-26" => "it is a service, which needs no registration".into(),
        "RM-RST-13" | "OQ-43.elevated" | "OQ-53.elevated" => "it runs elevated".into(),
        "RM-RST-14" | "OQ-43.user" | "OQ-53.user" | "OQ-78" => user(facts, made, &one.about.user),
        "OQ-73" | "OQ-43.young" => "it has run for less than 60 seconds".into(),
        "OQ-64.restart" | "OQ-43.explorer" | "OQ-53.explorer" => {
            "it is Explorer and has not registered".into()
        }
        "OQ-43.filter" | "OQ-52.norestart" => "a filter keeps it from being started again".into(),
        "OQ-53.unknown" => "only force can stop it".into(),
        "RM-LIST-27" => "it is critical".into(),
        _ => registration(one),
    }
}

/// As whom it runs, and why that matters.
fn user(facts: &Facts<'_>, made: &Made<'_>, user: &Name) -> String {
    let me = facts.identity(made.who);
    match me.filter(|me| me.logged_on == *user) {
        Some(me) => {
            let (user, own) = (quoted(user), quoted(&me.user));
            format!("it runs as {user}, who is logged on, and {} as {own}", caller(facts, made.who))
        }
        None => format!("it runs as {}, who is not logged on", quoted(user)),
    }
}

/// What an application registered with the system.
fn registration(one: &Affected) -> String {
    format!("it is {}", registered_with(one.restart.as_deref()))
}

/// How an application is registered for restart; behind an `is`.
pub(super) fn registered_with(settings: Option<&RestartSettings>) -> String {
    match settings {
        None => "not registered for restart".into(),
        Some(settings) => {
            let but = if settings.allows_update() { "" } else { ", but with RESTART_NO_PATCH" };
            format!("registered for restart {}{but}", with_arguments(&settings.command_line))
        }
    }
}

/// The arguments of a command line.
pub(super) fn with_arguments(command_line: &Name) -> String {
    if command_line.is_empty() {
        "without arguments".into()
    } else {
        format!("with {}", quoted(command_line))
    }
}

/// Why an application that was stopped is to be started again, or not.
pub(super) fn restart(facts: &Facts<'_>, made: &Made<'_>, decision: &Decision) -> String {
    let one = &decision.application;
    let ground = ground(facts, made, one, decision.because);
    if decision.verdict == Verdict::Act && one.restart.is_some() && ground != registration(one) {
        format!("{}, although {ground}", registration(one))
    } else {
        ground
    }
}

/// What is behind a reboot reason that an application gives, in words.
pub(super) fn reboot(facts: &Facts<'_>, made: &Made<'_>, id: &AppId, reason: RebootReasons) -> String {
    let (installer, one) = (caller(facts, made.who), made.affected(id));
    let own = facts.program(made.who.process).map(|program| &program.about);
    match (reason, one) {
        (RebootReasons::DETECTED_SELF, _) => format!("it is {installer}, the installer that asks"),
        (RebootReasons::PERMISSION_DENIED, Some(one)) if one.permitted => {
            let own = own.map(|about| quoted(&about.user)).unwrap_or_default();
            format!("it runs as {}, and {installer} as {own}", quoted(&one.about.user))
        }
        (RebootReasons::PERMISSION_DENIED, _) => format!("{installer} may not stop it"),
        (RebootReasons::SESSION_MISMATCH, one) => {
            let where_ = one.map_or(0, |one| one.about.ts_session);
            let own = own.map_or(0, |about| about.ts_session);
            format!("it runs in terminal session {where_}, {installer} in {own}")
        }
        (RebootReasons::CRITICAL_SERVICE, Some(one)) if one.about.app_type != AppType::Critical => {
            "it does not accept being stopped".into()
        }
        _ => "it is critical".into(),
    }
}

/// What keeps an application from being stopped or started again, as a reason: the filters that mean it or
/// what it shares its process with; of one that cannot be stopped, the reboot reasons that it gives.
pub(super) fn kept(facts: &Facts<'_>, made: &Made<'_>, decision: &Decision) -> String {
    let filters = filters(facts, made, &decision.application);
    if !filters.is_empty() {
        return because_of(&filters, "");
    }
    if decision.verdict == Verdict::Fail {
        return unreachable(facts, made, decision);
    }
    let same_process = |other: &&Decision| {
        other.application.process == decision.application.process && decision.application.is_service()
    };
    let neighbors = made.decisions().filter(same_process);
    let filtered = neighbors.filter_map(|other| {
        let filters = self::filters(facts, made, &other.application);
        let name = facts.name(&other.application.id());
        (!filters.is_empty())
            .then(|| because_of(&filters, &format!(" for {name}, which lives in the same process")))
    });
    filtered.take(1).collect()
}

fn because_of(filters: &[String], whose: &str) -> String {
    let filter = if filters.len() == 1 { "filter" } else { "filters" };
    format!(", because of the {filter} {}{whose}", listed(filters))
}

fn filters(facts: &Facts<'_>, made: &Made<'_>, one: &Affected) -> Vec<String> {
    let filters = facts.filters(made, one);
    filters.into_iter().map(|one: &Filter| format!("`{}`", filter(one, &facts.transcript.names))).collect()
}

/// The reboot reasons that an application gives, as the core has them.
fn unreachable(facts: &Facts<'_>, made: &Made<'_>, decision: &Decision) -> String {
    let Some(me) = facts.identity(made.who) else { return String::new() };
    let given = RebootReasons::of_one(&decision.application, me, facts.rules);
    let bits = RebootReasons::RULES.into_iter().filter(|(bit, _)| given.0 & bit.0 != 0);
    let id = decision.application.id();
    let reasons: Vec<_> = bits.map(|(bit, _)| reboot(facts, made, &id, bit)).collect();
    if reasons.is_empty() { String::new() } else { format!(": {}", listed(&reasons)) }
}

/// What a whole call did not do, and on whose account; with what that goes back to.
pub(super) fn nothing(
    facts: &Facts<'_>,
    made: &Made<'_>,
    reply: &Reply,
    id: Option<&AppId>,
) -> (String, Vec<Citation>) {
    let refusal = reply.refusal.map_or_else(String::new, |refusal| refusal.to_string());
    let causes = reply.causes.iter().map(|one| one.because);
    let because = reply.because.into_iter().chain(causes).collect();
    let whom = reply.causes.iter().map(|cause| {
        let itself = if id == Some(&cause.id) { " itself" } else { "" };
        let why = match (cause.reason, made.affected(&cause.id)) {
            (RebootReasons::NONE, one) => one.map(|one| ground(facts, made, one, cause.because)),
            (reason, _) => Some(reboot(facts, made, &cause.id, reason)),
        };
        let why = why.map_or_else(String::new, |why| format!(" ({why})"));
        format!("{}{itself}{why}", facts.name(&cause.id))
    });
    let whom: Vec<_> = whom.collect();
    let account = if whom.is_empty() { String::new() } else { format!(", because of {}", listed(&whom)) };
    (format!("{refusal}{account}"), because)
}
