//! `RmGetList`: the affected applications, and what Restart Manager did to them.

use alloc::vec::Vec;

use super::plan::is_restartable;
use super::refresh::{Progress, Refresh};
use super::{Ledger, Next, Operation, View};
use crate::application::{Affected, AppStatus, AppType};
use crate::call::{Call, Out};
use crate::effect::{Effect, Outcome};
use crate::library::{Application, Session};
use crate::process::Identity;
use crate::reboot::RebootReasons;
use crate::refusal::Refusal;
use crate::reply::{Entry, List, Output, Reply};
use crate::rules::{Rules, latitude::answers};

answers! {
    /// Status of an application that nothing was done to.
    Untouched = "OQ-33.untouched" { Running, Unknown }
}
answers! {
    /// Whether `Running` stays beside `Stopped`.
    Stopped = "OQ-33.stopped" { Alone, WithRunning }
}
answers! {
    /// Whether `Running` stays beside `ErrorOnStop`.
    FailedToStop = "OQ-33.failed" { Alone, WithRunning }
}
answers! {
    /// What stands beside `Restarted`.
    Restarted = "OQ-33.restarted" { Alone, WithStopped, WithRunning, WithBoth }
}
answers! {
    /// Whether `Stopped` stays beside `ErrorOnRestart`.
    FailedToRestart = "OQ-33.unrestarted" { Alone, WithStopped }
}
answers! {
    /// Whether a second shutdown clears what the first left in the status.
    Retry = "OQ-113.retry" { Kept, Cleared }
}
answers! {
    /// Whether a shutdown after a restart clears what was there before.
    Cycle = "OQ-113.cycle" { Kept, Cleared }
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
            Progress::Ready(affected) => Next::Done(reply(operation, view, affected)),
        }
    }

    pub(super) fn handle(&mut self, ledger: &Ledger<'_>, effect: &Effect, outcome: Outcome) {
        self.refresh.handle(ledger, effect, outcome);
    }
}

fn reply(operation: &Operation, view: &View<'_>, affected: &[Affected]) -> Reply {
    let Call::GetList { capacity, entries, .. } = operation.call else {
        return Reply::success(Output::Nothing);
    };
    let capacity = if entries == Out::Null { 0 } else { capacity.unwrap_or_default() };
    let mut all = listed(view.session(operation), affected, view);
    let needed = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let reasons = RebootReasons::of(affected, view.me);
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
    Reply { output, ..Reply::refused(Refusal::MoreData, view.rules) }
}

/// OQ-38: the applications that were acted on, and whoever else uses the resources now.
fn listed(session: Option<&Session>, affected: &[Affected], view: &View<'_>) -> Vec<Entry> {
    let known = session.map_or(&[][..], |session| &session.applications);
    let acted_on = |one: &&Affected| known.iter().any(|known| known.process() == one.process);
    let others = affected.iter().filter(|one| !acted_on(one));
    let known = known.iter().map(|known| {
        let running = affected.iter().any(|one| one.process == known.process());
        Entry { process: known.process(), ..entry(&known.was, history(known, running, view.rules), view) }
    });
    let untouched = match view.rules.ask::<Untouched>() {
        Untouched::Running => AppStatus::RUNNING,
        Untouched::Unknown => AppStatus::UNKNOWN,
    };
    known.chain(others.map(|one| entry(one, untouched, view))).collect()
}

/// The status bits an application's history shows as: this shutdown's, and earlier ones' (OQ-113).
fn history(application: &Application, running: bool, rules: &Rules) -> AppStatus {
    let Application { before_retry, before_cycle, .. } = *application;
    let mut status = recent(application.status, running, rules);
    if before_retry != AppStatus::UNKNOWN && rules.ask::<Retry>() == Retry::Kept {
        status = status.with(before_retry);
    }
    if before_cycle != AppStatus::UNKNOWN && rules.ask::<Cycle>() == Cycle::Kept {
        status = status.with(before_cycle);
    }
    status
}

/// The status bits that what happened since the last shutdown shows as (OQ-33, RM-TYPE-06).
fn recent(status: AppStatus, running: bool, rules: &Rules) -> AppStatus {
    if status.contains(AppStatus::RESTARTED) {
        let (stopped, running) = match rules.ask::<Restarted>() {
            Restarted::Alone => (false, false),
            Restarted::WithStopped => (true, false),
            Restarted::WithRunning => (false, true),
            Restarted::WithBoth => (true, true),
        };
        let kept = if stopped { status } else { status.without(AppStatus::STOPPED) };
        return if running { kept.with(AppStatus::RUNNING) } else { kept };
    }
    let keep_stopped = !status.contains(AppStatus::ERROR_ON_RESTART)
        || rules.ask::<FailedToRestart>() == FailedToRestart::WithStopped;
    let shown = if keep_stopped { status } else { status.without(AppStatus::STOPPED) };
    let with_running = if status.contains(AppStatus::STOPPED) {
        rules.ask::<Stopped>() == Stopped::WithRunning
    } else if status.contains(AppStatus::ERROR_ON_STOP) {
        running && rules.ask::<FailedToStop>() == FailedToStop::WithRunning
    } else {
        running
    };
    if with_running { shown.with(AppStatus::RUNNING) } else { shown }
}

fn entry(one: &Affected, status: AppStatus, view: &View<'_>) -> Entry {
    let app_type = shown_type(one, view.me);
    Entry {
        process: one.process,
        app_name: one.about.app_name.truncated(Entry::MAX_APP_NAME),
        service: "".into(),
        app_type,
        status,
        ts_session: one.about.ts_session,
        restartable: app_type != AppType::Critical && is_restartable(one, view.rules),
    }
}

/// RM-TYPE-17: what may not be stopped, and the installer itself, is listed as critical.
fn shown_type(one: &Affected, me: Identity) -> AppType {
    if one.process == me.process || !one.permitted { AppType::Critical } else { one.about.app_type }
}
