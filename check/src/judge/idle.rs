//! Questions of which nothing in a transcript tells the answers apart: nobody is there who could notice.
//!
//! Some answers have something written down for others to come. Where none come, what is written only makes more
//! of the same situations. Such a question is taken as usual, and all its answers remain.

use rm_core::rules::Latitude;
use rm_core::{Call, Policy};
use rm_sim::Machine;

use super::script::{Made, Script};
use crate::boundary::{Boundary, Change, Event, Known};

/// Where places and mutexes are counted among others than of one user and terminal session.
const PLACES: [Latitude; 2] = [Latitude::named("OQ-13", 2), Latitude::named("OQ-110", 2)];
/// What becomes of a session whose primary dies.
const DEATH: [Latitude; 1] = [Latitude::named("OQ-23.data", 2)];
/// What comes of a call that finds a primary in its operation or after it.
pub(super) const LATE: [Latitude; 5] = [
    Latitude::named("OQ-19.during", 4),
    Latitude::named("OQ-19.after", 3),
    Latitude::named("OQ-25.shutdown", 3),
    Latitude::named("OQ-25.restart", 3),
    Latitude::named("OQ-25.during", 4),
];
/// Whether who was listed and has gone is still listed.
const LISTED: [Latitude; 1] = [Latitude::named("OQ-40", 2)];

/// Whether a callback hears of an operation at all.
const PROGRESS: [Latitude; 1] = [Latitude::named("OQ-85.least", 2)];

struct Seen<'a> {
    boundary: &'a Boundary,
    script: &'a Script,
}

/// The open questions that are idle in a transcript.
pub(super) fn idle(boundary: &Boundary, script: &Script, policy: &Policy) -> Vec<Latitude> {
    let seen = Seen { boundary, script };
    let is_open = |latitude: &&Latitude| policy.set(**latitude).count_ones() > 1;
    let mut idle = Vec::new();
    let mut add = |questions: &[Latitude], is_noticed: fn(&Seen<'_>) -> bool| {
        let mut open = questions.iter().filter(is_open).peekable();
        if open.peek().is_some() && boundary.world == Known::Whole && !is_noticed(&seen) {
            idle.extend(open);
        }
    };
    add(&PLACES, |seen| !is_one_place(&seen.boundary.machine));
    add(&DEATH, |seen| seen.installers_that_die());
    add(&LATE, |seen| seen.late_comers());
    add(&LISTED, |seen| seen.leavers());
    add(&PROGRESS, |seen| seen.silent_operations());
    idle
}

/// Whether all installers are of one user and terminal session.
pub(super) fn is_one_place(machine: &Machine) -> bool {
    let mut places = machine.installers().values().map(|one| (&one.me.user, one.me.ts_session));
    let first = places.next();
    places.all(|place| Some(place) == first)
}

/// The policy with the usual answer to each of some questions, or the first that it allows.
pub(super) fn closed(policy: &Policy, questions: &[Latitude]) -> Policy {
    if questions.is_empty() {
        return *policy;
    }
    let usual = Policy::default();
    questions.iter().fold(*policy, |policy, latitude| {
        let answers = policy.set(*latitude);
        let first = answers & answers.wrapping_neg();
        let usual = usual.set(*latitude) & answers;
        policy.with_any(*latitude, if usual == 0 { first } else { usual }).unwrap_or(policy)
    })
}

impl Seen<'_> {
    fn changes(&self) -> impl Iterator<Item = &Change> {
        self.boundary.lines.iter().filter_map(|line| match &line.event {
            Event::Changes(change) => Some(change),
            _ => None,
        })
    }

    fn installers_that_die(&self) -> bool {
        let is_one = |process| self.boundary.machine.installer(process).is_some();
        self.changes().any(|change| matches!(change, Change::Gone(process) if is_one(*process)))
    }

    /// Joins and registrations that are not over when the first operation begins.
    fn late_comers(&self) -> bool {
        let is_operation = |made: &&Made| matches!(made.call, Call::Shutdown { .. } | Call::Restart { .. });
        let Some(first) = self.script.calls.iter().find(is_operation) else { return false };
        let comes = |made: &Made| {
            let looks = matches!(made.call, Call::Join { .. } | Call::Register { .. });
            looks && made.ends.is_none_or(|ends| ends > first.begins)
        };
        self.script.calls.iter().any(comes)
    }

    /// Anybody who goes.
    fn leavers(&self) -> bool {
        self.changes().any(|change| matches!(change, Change::Gone(_) | Change::Stopped(_)))
    }

    /// Operations whose callback was told nothing.
    fn silent_operations(&self) -> bool {
        let is_silent = |made: &Made| match made.call {
            Call::Shutdown { callback, .. } | Call::Restart { callback, .. } => {
                callback && made.progress.is_empty()
            }
            _ => false,
        };
        self.script.calls.iter().any(is_silent)
    }
}
