//! A transcript made ready for judging: which line belongs to which call, and when a change can have been.

use rm_core::{Call, Caller, Seen};
use std::collections::BTreeMap;

use super::keys::Keys;
use crate::boundary::{Boundary, Change, Event};

/// A call, by its place among the calls.
pub(super) type CallId = usize;

/// A call as it was seen.
pub(super) struct Made {
    pub(super) who: Caller,
    pub(super) call: Call,
    /// Whether a status callback makes it.
    pub(super) inside: bool,
    /// The line with which it begins, by its place among the lines.
    pub(super) begins: usize,
    /// What came of it, if that was seen.
    pub(super) seen: Option<Seen>,
    /// The line with which it comes back, if that was seen.
    pub(super) ends: Option<usize>,
    /// What its status callback was told.
    pub(super) progress: Vec<u32>,
}

/// What a line is to whoever judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Begins(CallId),
    Replied(CallId),
    /// The world changes; the earliest line after which that can have been, if no time says so.
    Changes(usize),
    /// Heard when the call is over.
    Progress(Option<CallId>),
}

/// The lines and the calls.
pub(super) struct Script {
    pub(super) what: Vec<What>,
    pub(super) calls: Vec<Made>,
    /// The lines that are changes.
    changes: Vec<usize>,
    /// Whether the time of any of them is uncertain.
    uncertain: bool,
}

impl Script {
    pub(super) fn of(boundary: &Boundary) -> Self {
        let (mut calls, mut what, mut under_way) = (Vec::<Made>::new(), Vec::new(), BTreeMap::new());
        let mut keys = Keys::default();
        // Where changes of one moment begin, and where what is told next in it can begin.
        let (mut group, mut tells) = (0, 0);
        for (at, line) in boundary.lines.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| boundary.lines.get(before));
            let joins = before.is_some_and(|before| {
                matches!(before.event, Event::Changes(_)) && before.at == line.at && before.since.is_none()
            });
            if !joins {
                (group, tells) = (at, at);
            }
            what.push(match &line.event {
                Event::Begins(who, call, inside) => {
                    under_way.insert(*who, calls.len());
                    let (who, call, inside) = (*who, keys.in_call(call), *inside);
                    let (seen, ends, progress) = (None, None, Vec::new());
                    calls.push(Made { who, call, inside, begins: at, seen, ends, progress });
                    What::Begins(calls.len() - 1)
                }
                Event::Progress(who, percent) => {
                    let of = under_way.get(who).copied();
                    if let Some(made) = of.and_then(|of| calls.get_mut(of)) {
                        made.progress.push(*percent);
                    }
                    What::Progress(of)
                }
                Event::Replied(who, _, seen) => {
                    let of = under_way.remove(who).unwrap_or_default();
                    if let Some(made) = calls.get_mut(of) {
                        (made.seen, made.ends) = (Some(keys.in_reply(seen)), Some(at));
                    }
                    What::Replied(of)
                }
                // What applications are told has an order, within a moment, too.
                Event::Changes(Change::Told(..)) => What::Changes(std::mem::replace(&mut tells, at + 1)),
                Event::Changes(_) => What::Changes(group),
            });
        }
        let is_change = |at: &usize| matches!(what.get(*at), Some(What::Changes(_)));
        let changes = (0..what.len()).filter(is_change).collect();
        let uncertain = boundary.lines.iter().any(|line| line.since.is_some());
        Self { what, calls, changes, uncertain }
    }

    /// Whether a call comes back before another one begins, of its own process or, if so asked, of any.
    pub(super) fn is_undisturbed(&self, call: CallId, next: usize, by_anybody: bool) -> bool {
        let Some(made) = self.calls.get(call) else { return false };
        let Some(ends) = made.ends else { return false };
        let lines = self.what.get(next..ends).unwrap_or_default();
        lines.iter().all(|what| match what {
            What::Begins(other) => {
                let other = self.calls.get(*other).map(|other| other.who.process);
                !by_anybody && other != Some(made.who.process)
            }
            _ => true,
        })
    }

    /// Whether it is known of every change from a line on after which line it can have been.
    pub(super) fn is_certain_from(&self, next: usize) -> bool {
        !self.uncertain || self.changes.last().is_none_or(|last| *last < next)
    }

    /// The changes that can have happened when the line at `next` is the next one and it is `now`.
    pub(super) fn possible<'a>(
        &'a self,
        boundary: &'a Boundary,
        next: usize,
        now: u64,
    ) -> impl Iterator<Item = (usize, &'a Change)> {
        let first = self.changes.partition_point(|at| *at < next);
        let later = self.changes.get(first..).unwrap_or_default().iter().map(move |at| {
            let (line, what) = (boundary.lines.get(*at)?, self.what.get(*at)?);
            let (Event::Changes(change), What::Changes(group)) = (&line.event, what) else { return None };
            let is_open = match line.since {
                Some(since) => since <= now,
                None => *group <= next,
            };
            Some((is_open, *at, change))
        });
        // Where no time is uncertain, those that are possible come first.
        let goes_on =
            move |one: &Option<(bool, usize, &Change)>| self.uncertain || one.is_some_and(|one| one.0);
        later
            .take_while(goes_on)
            .flatten()
            .filter(|(is_open, ..)| *is_open)
            .map(|(_, at, change)| (at, change))
    }
}
