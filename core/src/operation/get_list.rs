//! `RmGetList`: the affected applications, and what Restart Manager did to them.

use alloc::vec::Vec;

use super::plan::{is_restartable, reasons};
use super::refresh::{Progress, Refresh, Refreshed};
use super::status::{history, masks, recent};
use super::{Ledger, Next, Operation, View};
use crate::application::{Affected, AppStatus, AppType};
use crate::call::{Call, Out};
use crate::effect::{Effect, Outcome};
use crate::filter::FilterAction;
use crate::library::Session;
use crate::process::Identity;
use crate::refusal::Refusal;
use crate::reply::{Entry, List, Output, Reply};
use crate::rule;
use crate::rules::{Rules, latitude::answers};

answers! {
    /// `bRestartable` of what a filter keeps from being restarted.
    RestartableFiltered = "OQ-43.filter" { Yes, No }
}
answers! {
    /// What `*pnProcInfo` is when the array is too small.
    CountOnMoreData = "OQ-34.count" { Capacity, Zero }
}
answers! {
    /// What becomes of the array when it is too small.
    ArrayOnMoreData = "OQ-34.array" { LeftAlone, Filled }
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
            Progress::Ready(found) => Next::Done(reply(operation, view, found)),
        }
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.refresh.handle(ledger, effect, outcome);
    }
}

fn reply(operation: &Operation, view: &View<'_>, found: &Refreshed) -> Reply {
    let Call::GetList { capacity, entries, .. } = operation.call else {
        return Reply::success(Output::Nothing);
    };
    let capacity = if entries == Out::Null { 0 } else { capacity.unwrap_or_default() };
    let mut all = listed(view.session(operation), found, view);
    let needed = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let reasons = reasons(&found.affected, view.session(operation), view);
    if needed <= capacity {
        return Reply::success(Output::List(List { needed, count: needed, reasons, entries: all }));
    }
    let count = match view.rules.ask::<CountOnMoreData>() {
        CountOnMoreData::Capacity => capacity,
        CountOnMoreData::Zero => 0,
    };
    match view.rules.ask::<ArrayOnMoreData>() {
        ArrayOnMoreData::LeftAlone => all.clear(),
        ArrayOnMoreData::Filled => all.truncate(usize::try_from(capacity).unwrap_or(usize::MAX)),
    }
    let output = Output::List(List { needed, count, reasons, entries: all });
    Reply { output, ..Reply::refused(Refusal::MoreData(rule!("RM-LIST-05")), view.rules) }
}

/// OQ-38: the applications that were acted on, and whoever else uses the resources now.
fn listed(session: Option<&Session>, found: &Refreshed, view: &View<'_>) -> Vec<Entry> {
    let known = session.map_or(&[][..], |session| &session.applications);
    let acted_on = |one: &&Affected| known.iter().any(|known| known.process() == one.process);
    let others = found.affected.iter().filter(|one| !acted_on(one));
    let others = others.map(|one| {
        let masks = masks(one, AppStatus::UNKNOWN, session, view.rules);
        entry(one, recent(AppStatus::UNKNOWN, true, view.rules).with(masks), session, view)
    });
    let known = known.iter().filter_map(|known| {
        let status = history(known, found.is_running(known.process()), view.rules)?;
        let status = status.with(masks(&known.was, known.masks, session, view.rules));
        Some(Entry { process: known.process(), ..entry(&known.was, status, session, view) })
    });
    known.chain(others).collect()
}

fn entry(one: &Affected, status: AppStatus, session: Option<&Session>, view: &View<'_>) -> Entry {
    let app_type = shown_type(one, view.me);
    Entry {
        process: one.process,
        app_name: one.about.app_name.truncated(Entry::MAX_APP_NAME),
        service: "".into(),
        app_type,
        status,
        ts_session: one.about.ts_session,
        restartable: app_type != AppType::Critical
            && is_restartable(one, view.rules)
            && !is_filtered_out(one, session, view.rules),
    }
}

/// RM-TYPE-17: what may not be stopped, and the installer itself, is listed as critical.
fn shown_type(one: &Affected, me: &Identity) -> AppType {
    if one.process == me.process || !one.permitted { AppType::Critical } else { one.about.app_type }
}

/// Whether a filter makes an application one that Restart Manager cannot restart.
fn is_filtered_out(one: &Affected, session: Option<&Session>, rules: &Rules) -> bool {
    session.and_then(|session| session.filters.action(one, rules)).is_some_and(FilterAction::is_known)
        && rules.ask::<RestartableFiltered>() == RestartableFiltered::No
}
