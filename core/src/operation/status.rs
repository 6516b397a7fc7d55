//! What an application's history shows as in a list.

use crate::app_status::AppStatus;
use crate::application::Affected;
use crate::library::{Application, Session};
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
    /// Whether an application that exits before anything was done to it is still listed.
    ExitsUntouched = "OQ-40" { Dropped, StoppedOther }
}
answers! {
    /// Status of one that was told to end and exits after its shutdown was cancelled.
    ExitsAfterCancel = "OQ-117.cancelled" { Stopped, StoppedOther, Dropped }
}
answers! {
    /// Status of one that was told to end and exits after its shutdown gave it up.
    ExitsLate = "OQ-117.late" { Stopped, StoppedOther, NothingNew }
}

answers! {
    /// From when on the bits of a filter show.
    MasksShow = "OQ-89.when" { FromNextList, OnceRespected }
}
answers! {
    /// Whether the bits of a filter go when the filter is removed.
    MasksGo = "OQ-88.bit" { Go, Stay }
}

/// The mask bits an application shows: of the filter in force, and of those that were respected.
pub(super) fn masks(
    one: &Affected,
    respected: AppStatus,
    session: Option<&Session>,
    rules: &Rules,
) -> AppStatus {
    let action = session.and_then(|session| session.filters.action(one, rules));
    let mut shown = AppStatus::UNKNOWN;
    if let Some(action) = action {
        let masks = action.masks(rules);
        shown = match rules.ask::<MasksShow>() {
            MasksShow::FromNextList => masks,
            MasksShow::OnceRespected => AppStatus(masks.0 & respected.0),
        };
    }
    let stay = respected != AppStatus::UNKNOWN && rules.ask::<MasksGo>() == MasksGo::Stay;
    if stay { shown.with(respected) } else { shown }
}

/// The status bits an application's history shows as: this shutdown's, and earlier ones' (OQ-113).
/// `None` when it is not listed at all.
pub(super) fn history(application: &Application, running: bool, rules: &Rules) -> Option<AppStatus> {
    let Application { before_retry, before_cycle, .. } = *application;
    let gone = if running { AppStatus::UNKNOWN } else { exited(application, rules)? };
    let mut status = recent(application.status.with(gone), running, rules);
    if before_retry != AppStatus::UNKNOWN && rules.ask::<Retry>() == Retry::Kept {
        status = status.with(before_retry);
    }
    if before_cycle != AppStatus::UNKNOWN && rules.ask::<Cycle>() == Cycle::Kept {
        status = status.with(before_cycle);
    }
    Some(status)
}

/// What is added to the history of an application that runs no more although Restart Manager has
/// not stopped it (RM-LIST-35). `None` when it is listed no more.
fn exited(application: &Application, rules: &Rules) -> Option<AppStatus> {
    let status = application.status;
    let accounted = AppStatus::STOPPED.with(AppStatus::STOPPED_OTHER).with(AppStatus::RESTARTED);
    if status.0 & accounted.0 != 0 {
        return Some(AppStatus::UNKNOWN);
    }
    match (application.told, status.contains(AppStatus::ERROR_ON_STOP)) {
        (true, true) => Some(match rules.ask::<ExitsLate>() {
            ExitsLate::Stopped => AppStatus::STOPPED,
            ExitsLate::StoppedOther => AppStatus::STOPPED_OTHER,
            ExitsLate::NothingNew => AppStatus::UNKNOWN,
        }),
        (true, false) => match rules.ask::<ExitsAfterCancel>() {
            ExitsAfterCancel::Stopped => Some(AppStatus::STOPPED),
            ExitsAfterCancel::StoppedOther => Some(AppStatus::STOPPED_OTHER),
            ExitsAfterCancel::Dropped => None,
        },
        (false, true) => Some(AppStatus::STOPPED_OTHER),
        (false, false) => match rules.ask::<ExitsUntouched>() {
            ExitsUntouched::Dropped => None,
            ExitsUntouched::StoppedOther => Some(AppStatus::STOPPED_OTHER),
        },
    }
}

/// The status bits that what happened since the last shutdown shows as (OQ-33, RM-TYPE-06).
pub(super) fn recent(status: AppStatus, running: bool, rules: &Rules) -> AppStatus {
    if status == AppStatus::UNKNOWN {
        return match rules.ask::<Untouched>() {
            Untouched::Running => AppStatus::RUNNING,
            Untouched::Unknown => AppStatus::UNKNOWN,
        };
    }
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
    } else {
        running
            && status.contains(AppStatus::ERROR_ON_STOP)
            && rules.ask::<FailedToStop>() == FailedToStop::WithRunning
    };
    if with_running { shown.with(AppStatus::RUNNING) } else { shown }
}
