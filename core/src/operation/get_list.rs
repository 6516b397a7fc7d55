//! `RmGetList`: the affected applications, and what Restart Manager did to them.

use alloc::vec::Vec;

use super::plan::{eligible::restartable, reasons};
use super::refresh::{Progress, Refresh, Refreshed};
use super::status::{history, masks, recent};
use super::{Ledger, Next, Operation, View};
use super::{absent, causes, consoles, earlier};
use crate::app_status::AppStatus;
use crate::application::{Affected, AppId, AppType};
use crate::call::{Call, Out};
use crate::effect::{Effect, Note};
use crate::filter::FilterAction;
use crate::library::{Application, Session};
use crate::name::Name;
use crate::outcome::Outcome;
use crate::process::{Identity, UniqueProcess};
use crate::reboot::RebootReasons;
use crate::refusal::Refusal;
use crate::reply::{Entry, Grounds, List, Output, Reply};
use crate::rule;
use crate::rules::{Citation, Rules, latitude::answers};

answers! {
    /// `bRestartable` of what a filter keeps from being restarted.
    RestartableFiltered = "OQ-43.filter" { Yes, No }
}
answers! {
    /// What `*pnProcInfo` is when the array is too small.
    CountOnMoreData = "OQ-34.count" { Capacity, Zero }
}
answers! {
    /// Whether the reboot reasons are written when the array is too small.
    ReasonsOnMoreData = "OQ-34.reasons" { Valid, NotWritten }
}
answers! {
    /// Which entries there are once a shutdown has met applications.
    AfterShutdown = "OQ-38" { OnlyMet, MetAndPresent, OnlyPresent }
}
answers! {
    /// Which process the entry of a restarted application names.
    RestartedEntry = "OQ-39" { Old, New, Both }
}
answers! {
    /// What becomes of the array when it is too small.
    ArrayOnMoreData = "OQ-34.array" { LeftAlone, Filled }
}

answers! {
    /// Entries of several affected services in one process.
    SharedHost = "OQ-41" { OneEach, OneEntry }
}
answers! {
    /// Whether services that have to be stopped along with others are listed.
    ListedDependants = "OQ-131" { Listed, OnceStopped }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct GetList {
    refresh: Refresh,
}

impl GetList {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        match self.refresh.poll(operation, view) {
            Progress::Do(effect) => Next::Do(effect),
            Progress::Refused(refusal) => view.refuse(refusal),
            Progress::Ready(found) => {
                let reply = reply(operation, view, found, self.refresh.occupants());
                let held = reply.refusal.is_none().then(|| earlier::to_remember(view.session, found, view));
                match held.flatten() {
                    Some(held) => Next::Do(Effect::Remember(Note::Listed(held))),
                    None => Next::Done(reply),
                }
            }
        }
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.refresh.handle(ledger, effect, outcome);
    }
}

fn reply(operation: &Operation, view: &View<'_>, found: &Refreshed, occupants: Option<&[AppId]>) -> Reply {
    let Call::GetList { capacity, entries, .. } = operation.call() else {
        return Reply::success(Output::Nothing);
    };
    let capacity = if *entries == Out::Null { 0 } else { capacity.unwrap_or_default() };
    let mut all = listed(view.session, found, view);
    let known = view.session.map_or(&[][..], |session| &session.applications);
    all.extend(earlier::entries(view.session, found, view));
    all.extend(absent::entries(found, occupants, known, view.rules));
    let needed = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let reasons = reasons(&found.affected, view.session, view);
    let causes = causes::of_reasons(&found.affected, view.session, view);
    if needed <= capacity {
        let output = Output::List(List { needed, count: needed, reasons, entries: all });
        return Reply { causes, ..Reply::success(output) };
    }
    let count = match view.rules.ask::<CountOnMoreData>() {
        CountOnMoreData::Capacity => capacity,
        CountOnMoreData::Zero => 0,
    };
    match view.rules.ask::<ArrayOnMoreData>() {
        ArrayOnMoreData::LeftAlone => all.clear(),
        ArrayOnMoreData::Filled => all.truncate(usize::try_from(capacity).unwrap_or(usize::MAX)),
    }
    let (reasons, causes) = match view.rules.ask::<ReasonsOnMoreData>() {
        ReasonsOnMoreData::Valid => (reasons, causes),
        ReasonsOnMoreData::NotWritten => (RebootReasons::NONE, Vec::new()),
    };
    let output = Output::List(List { needed, count, reasons, entries: all });
    Reply { output, causes, ..Reply::refused(Refusal::MoreData(rule!("RM-LIST-05")), view.rules) }
}

/// OQ-38: the applications that were acted on, and whoever else uses the resources now.
fn listed(session: Option<&Session>, found: &Refreshed, view: &View<'_>) -> Vec<Entry> {
    let known = session.map_or(&[][..], |session| &session.applications);
    let acted_on = |one: &&Affected| known.iter().any(|known| known.id() == one.id());
    let holds = if known.is_empty() { AfterShutdown::MetAndPresent } else { view.rules.ask() };
    let others = found.affected.iter().filter(|one| !acted_on(one) && holds != AfterShutdown::OnlyMet);
    let others = others.filter(|one| !found.is_dependant(one) || shows_dependants(view.rules)).map(|one| {
        let masks = masks(one, AppStatus::UNKNOWN, session, view.rules);
        let status = recent(AppStatus::UNKNOWN, true, view.rules).with(masks);
        entry(one, status, affected_by(one, found), session, view)
    });
    let is_affected = |known: &Application| found.affected.iter().any(|one| one.id() == known.id());
    let shown = known.iter().filter(|known| holds != AfterShutdown::OnlyPresent || is_affected(known));
    let known = shown.filter_map(|known| {
        let status = history(known, found.is_running(&known.id()), view.rules)?;
        // A filter aims at the process that it is now, not at the one that was stopped; a service that
        // others started again is found elsewhere.
        let found_in = found.affected.iter().find(|one| one.id() == known.id()).map(|one| one.process);
        let process = found_in.unwrap_or_else(|| known.process());
        let now = Affected { process, ..known.was.clone() };
        let status = status.with(masks(&now, known.masks, session, view.rules));
        let listed =
            if is_affected(known) { affected_by(&now, found) } else { Citation::Rule(rule!("RM-LIST-29")) };
        let own = entry(&now, status, listed, session, view);
        let named = named(known, process, view.rules).into_iter();
        Some(named.map(move |process| Entry { process, ..own.clone() }))
    });
    let all = known.flatten().chain(others).collect();
    if found.affected.iter().any(|one| one.shares_process) { hosts_together(all, view.rules) } else { all }
}

/// The processes that an application has an entry for; `new` is the one that it is in now.
fn named(known: &Application, new: UniqueProcess, rules: &Rules) -> Vec<UniqueProcess> {
    let old = known.was.process;
    if known.restarted_as.is_none() {
        return alloc::vec![new];
    }
    match rules.ask::<RestartedEntry>() {
        RestartedEntry::Old => alloc::vec![old],
        RestartedEntry::New => alloc::vec![new],
        // A service is the same one in another process (RM-LIST-19).
        RestartedEntry::Both if known.was.is_service() => alloc::vec![new],
        RestartedEntry::Both => alloc::vec![old, new],
    }
}

/// What makes an application affected: that it uses something, that nothing tells it from a service
/// that does, that it needs a service that is affected, or that it shares a console.
fn affected_by(one: &Affected, found: &Refreshed) -> Citation {
    let id = one.id();
    let in_whole_process = |other: &Affected| other.whole_process && other.id() == id;
    if let Some(answer) = consoles::why_listed(found, &id) {
        return answer;
    }
    Citation::Rule(if found.is_dependant(one) {
        rule!("RM-SHUT-39")
    } else if found.affected.iter().any(in_whole_process) {
        rule!("RM-SHUT-43")
    } else {
        rule!("RM-LIST-01")
    })
}

fn shows_dependants(rules: &Rules) -> bool {
    rules.ask::<ListedDependants>() == ListedDependants::Listed
}

/// Services of one process, as an entry each or as one.
fn hosts_together(mut all: Vec<Entry>, rules: &Rules) -> Vec<Entry> {
    if rules.ask::<SharedHost>() == SharedHost::OneEntry {
        let mut seen = Vec::new();
        all.retain(|entry| {
            let is_new = entry.service.is_empty() || !seen.contains(&entry.process);
            seen.push(entry.process);
            is_new
        });
    }
    all
}

pub(super) fn entry(
    one: &Affected,
    status: AppStatus,
    listed: Citation,
    session: Option<&Session>,
    view: &View<'_>,
) -> Entry {
    let app_type = shown_type(one, view.me);
    let service = one.about.service.as_ref();
    let (restartable, because) = match restartable(one, app_type, view.me, view.rules) {
        (true, _) if is_filtered_out(one, session, view.rules) => {
            (false, Citation::answer(RestartableFiltered::No))
        }
        restartable => restartable,
    };
    let critical = (app_type == AppType::Critical).then_some(Citation::Rule(rule!("RM-TYPE-17")));
    Entry {
        process: one.process,
        app_name: shown_name(one, app_type, view.me).truncated(Entry::MAX_APP_NAME),
        service: service.map_or_else(|| "".into(), |own| own.name.truncated(Entry::MAX_SERVICE_NAME)),
        app_type,
        status,
        ts_session: one.about.ts_session,
        restartable,
        grounds: Grounds { listed, critical, restartable: because },
    }
}

/// RM-TYPE-17: what may not be stopped, and the installer itself, is listed as critical.
fn shown_type(one: &Affected, me: &Identity) -> AppType {
    if one.process == me.process || !one.permitted { AppType::Critical } else { one.about.app_type }
}

/// RM-LIST-21: an elevated installer sees the executable of what is critical; RM-LIST-20 of the rest.
fn shown_name(one: &Affected, app_type: AppType, me: &Identity) -> Name {
    if app_type == AppType::Critical && me.elevated && !me.service {
        one.about.image.file_name()
    } else {
        one.about.app_name.clone()
    }
}

/// Whether a filter makes an application one that Restart Manager cannot restart.
fn is_filtered_out(one: &Affected, session: Option<&Session>, rules: &Rules) -> bool {
    session.and_then(|session| session.filters.action(one, rules)).is_some_and(FilterAction::is_known)
        && rules.ask::<RestartableFiltered>() == RestartableFiltered::No
}
