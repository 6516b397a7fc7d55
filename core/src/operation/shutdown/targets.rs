//! What a shutdown still has to deal with, and how far it has come with each.

use alloc::vec::Vec;

use crate::application::{AppId, Class};
use crate::decision::{Decision, Verdict};
use crate::operation::plan::{OtherWindows, rank::ranks};
use crate::process::UniqueProcess;
use crate::rules::Citation;

/// An application whose fate is open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Target {
    pub(super) id: AppId,
    /// Its process; the host of a service.
    pub(super) process: UniqueProcess,
    pub(super) stage: Stage,
    pub(super) mark: Mark,
    /// The console it is attached to, if it may share one.
    pub(super) console: Option<u32>,
    /// Whether its registration for restart was read since it last could have changed it.
    pub(super) read: bool,
    /// Whether a time limit of its own runs (OQ-60).
    pub(super) armed: bool,
    /// Whether it has other windows and is therefore stopped only by force (OQ-65).
    pub(super) windows_by_force: bool,
    /// Of a service: whether it can be told to stop, and whether others live in its process.
    pub(super) accepts_stop: bool,
    pub(super) shares_process: bool,
}

/// Applications that are stopped at the same time: a class, and of services those that equally many
/// others have to stop before (RM-SHUT-26, RM-SHUT-40).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Stage {
    pub(super) class: Class,
    pub(super) rank: u8,
}

/// The applications that a shutdown acts on, in the order in which they are dealt with.
pub(super) fn targets(decisions: &[Decision]) -> Vec<Target> {
    let acted_on = decisions.iter().filter(|decision| decision.verdict == Verdict::Act);
    let acted_on: Vec<_> = acted_on.collect();
    let ranks = ranks(&acted_on.iter().map(|decision| &*decision.application.about).collect::<Vec<_>>());
    let mut targets: Vec<_> =
        acted_on.into_iter().zip(ranks).map(|(decision, rank)| target(decision, rank)).collect();
    targets.sort_by_key(|target| target.stage);
    targets
}

fn target(decision: &Decision, rank: u8) -> Target {
    let one = &decision.application;
    let service = one.about.service.as_ref();
    let windows_by_force = decision.because == Citation::answer(OtherWindows::OnlyByForce);
    // A critical service is never acted on; what else is one is stopped as one.
    let class = match service {
        Some(_) => Class::Service,
        None if windows_by_force => Class::Unknown,
        None => one.about.app_type.class(),
    };
    Target {
        id: one.id(),
        process: one.process,
        stage: Stage { class, rank },
        mark: Mark::Untouched,
        console: one.about.console,
        read: false,
        armed: false,
        windows_by_force,
        accepts_stop: service.is_some_and(|service| service.accepts_stop),
        shares_process: one.shares_process,
    }
}

/// What was done to an application so far, and what it answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) enum Mark {
    /// Nothing yet.
    Untouched,
    /// Asked, and all windows answered TRUE.
    Agreed,
    /// Asked, and a window answered FALSE.
    Refused,
    /// Asked, without an answer in time.
    Silent,
    /// Asked, and then told to stay after all.
    Staying,
    /// Told to end.
    Told,
    /// Told to end and still there.
    Lingering,
    /// Sent `WM_CLOSE` or a control event; its time limit runs.
    Closing,
    /// Its time limit has passed.
    Overdue,
    /// Gone, because of what was done to it.
    Stopped,
    /// Gone by itself, before anything reached it.
    Exited,
    /// Gone by itself, instead of answering.
    ExitedAsked,
    /// Gone by itself, although told to stay.
    ExitedAnyway,
    /// The service control manager does not stop it.
    Declined,
    /// Not even force ended it.
    Unstoppable,
}
