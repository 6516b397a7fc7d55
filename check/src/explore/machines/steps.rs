//! The steps that lead on from a position: who begins a call, who goes on and how, what happens, how time passes.

use std::sync::Arc;

use rm_core::rules::Policy;
use rm_core::{Caller, Next, Rules};
use rm_sim::scenario::Scripted;
use rm_sim::{Machine, Moved};

use super::scratch::Chosen;
use super::{Machines, Position, Scratch, Step, Wrong, begin};

impl Machines {
    /// Shows every position that is one step away.
    pub(super) fn leave(&self, position: &Position, scratch: &mut Scratch, visit: &mut Visit<'_>) {
        if self.faults > 1 {
            return self.in_one_order(position, scratch, visit);
        }
        if let Some(thread) = self.goes_alone(position, &scratch.rules) {
            self.goes(position, thread, scratch, visit);
            return;
        }
        let mut somebody_goes = false;
        for thread in 0..self.world.threads.len() {
            match self.is_in_flight(position, thread) {
                Some(true) => somebody_goes |= self.goes(position, thread, scratch, visit),
                Some(false) => drop(self.begins(position, thread, scratch, visit)),
                None => {}
            }
        }
        self.happens(position, scratch, visit);
        if !somebody_goes {
            self.passes(position, scratch, visit);
        }
    }

    /// The thread of this number, and the call that it makes next.
    fn next_call(&self, position: &Position, thread: usize) -> Option<(Caller, &Scripted)> {
        let (who, calls) = self.world.threads.get(thread)?;
        Some((*who, calls.get(usize::from(*position.progress.at.get(thread)?))?))
    }

    /// Shows what comes of a thread that begins its next call, if it can; tells whether it can.
    fn begins(
        &self,
        position: &Position,
        thread: usize,
        scratch: &mut Scratch,
        visit: &mut Visit<'_>,
    ) -> bool {
        let Some((who, next)) = self.next_call(position, thread) else { return false };
        let Some(call) = next.call(&position.progress.opened) else { return false };
        scratch.next.clone_from(position);
        scratch.next.machine.begin(who, call.clone());
        if let Some(at) = scratch.next.progress.at.get_mut(thread) {
            *at += 1;
        }
        self.show(position, Step::Begins(who, call), &mut scratch.next, visit);
        true
    }

    /// Shows what comes of a thread that goes on with its call, if it can; tells whether it can.
    fn goes(&self, position: &Position, thread: usize, scratch: &mut Scratch, visit: &mut Visit<'_>) -> bool {
        let Some((who, _)) = self.world.threads.get(thread) else { return false };
        if let Some(policy) = &position.progress.policy {
            return self.goes_openly(position, thread, policy, scratch, visit);
        }
        let Some(what) = position.machine.ready(*who, &scratch.rules) else { return false };
        let Scratch { next, rules, tally } = scratch;
        for wrong in self.tries(position, *who, &what) {
            self.rounds(position, thread, (&what, wrong), rules, next, &mut |went, next| {
                tally.add(&went, next);
                let Went { wrong, moved, answers, .. } = went;
                self.show(position, Step::Goes(*who, wrong, moved, answers), next, visit);
            });
        }
        true
    }

    /// The same, where the answers of the documents are open.
    fn goes_openly(
        &self,
        position: &Position,
        thread: usize,
        policy: &Policy,
        scratch: &mut Scratch,
        visit: &mut Visit<'_>,
    ) -> bool {
        let Some((who, _)) = self.world.threads.get(thread) else { return false };
        let mut can = false;
        for (rules, found) in self.rules(position).alternatives(|rules| {
            let mut found = Vec::new();
            let Some(what) = position.machine.ready(*who, rules) else { return found };
            for wrong in self.tries(position, *who, &what) {
                let next = &mut position.clone();
                let keep = &mut |went: Went, next: &mut Position| found.push((went, next.clone()));
                self.rounds(position, thread, (&what, wrong), rules, next, keep);
            }
            found
        }) {
            let learned = Arc::new(rules.policy.learned(policy));
            for (went, mut next) in found {
                can = true;
                next.progress.policy = Some(learned.clone());
                scratch.tally.add(&went, &mut next);
                let Went { wrong, moved, answers, .. } = went;
                self.show(position, Step::Goes(*who, wrong, moved, answers), &mut next, visit);
            }
        }
        can
    }

    /// Every way a thread can go on with what is next, if this goes wrong before.
    fn rounds(
        &self,
        position: &Position,
        thread: usize,
        (what, wrong): (&Next, Option<Wrong>),
        rules: &Rules,
        next: &mut Position,
        found: &mut dyn FnMut(Went, &mut Position),
    ) {
        let Some((who, _)) = self.world.threads.get(thread) else { return };
        let mut chosen = Chosen::default();
        while chosen.next_round() {
            next.clone_from(position);
            let moved = match wrong {
                None => next.machine.act(*who, what.clone(), &mut chosen),
                Some(wrong) => {
                    next.strikes(*who, wrong);
                    go(&mut next.machine, *who, rules, &mut chosen)
                }
            };
            if !next.machine.faults.is_empty() {
                return; // It cannot go wrong so.
            }
            if let Some(Moved::Replied(_, reply)) = &moved
                && let Some(opened) = begin::opened(&reply.output)
            {
                next.opens(thread, &self.world, opened);
            }
            found(Went { who: *who, wrong, moved, answers: chosen.answers.clone() }, next);
        }
    }

    fn happens(&self, position: &Position, scratch: &mut Scratch, visit: &mut Visit<'_>) {
        for (at, event) in self.world.events.iter().enumerate() {
            if position.progress.events >> at & 1 == 1 || !begin::is_possible(&position.machine, event) {
                continue;
            }
            scratch.next.clone_from(position);
            scratch.next.progress.events |= 1 << at;
            begin::happen(&mut scratch.next.machine, event);
            self.show(position, Step::Happens(event.clone()), &mut scratch.next, visit);
        }
    }

    fn passes(&self, position: &Position, scratch: &mut Scratch, visit: &mut Visit<'_>) {
        scratch.next.clone_from(position);
        if let Some((by, _)) = scratch.next.machine.pass_time() {
            self.show(position, Step::Passes(by), &mut scratch.next, visit);
        }
    }

    /// Shows a position, with its story if stories are told.
    fn show(&self, before: &Position, step: Step, next: &mut Position, visit: &mut Visit<'_>) {
        if self.options.stories {
            next.story = Some(Arc::new(self.story(before, &step)));
        }
        visit(step, next);
    }

    /// In one order: the first thread that can go on does, else the first that can begin a call.
    fn in_one_order(&self, position: &Position, scratch: &mut Scratch, visit: &mut Visit<'_>) {
        let threads = 0..self.world.threads.len();
        let flies = |thread: &usize| self.is_in_flight(position, *thread) == Some(true);
        let rests = |thread: &usize| self.is_in_flight(position, *thread) == Some(false);
        if threads.clone().filter(flies).any(|thread| self.goes(position, thread, scratch, visit))
            || threads.filter(rests).any(|thread| self.begins(position, thread, scratch, visit))
        {
            return;
        }
        self.happens(position, scratch, visit);
        self.passes(position, scratch, visit);
    }

    /// Whether a thread has a call in flight; nothing if its process is gone.
    pub(super) fn is_in_flight(&self, position: &Position, thread: usize) -> Option<bool> {
        let (who, _) = self.world.threads.get(thread)?;
        Some(position.machine.installer(who.process)?.tasks().contains_key(&who.thread))
    }
}

/// Whoever is shown steps.
type Visit<'a> = dyn FnMut(Step, &Position) + 'a;

/// How a thread went on.
pub(super) struct Went {
    pub(super) who: Caller,
    pub(super) wrong: Option<Wrong>,
    pub(super) moved: Option<Moved>,
    answers: Vec<&'static str>,
}

/// Has a thread go on by one effect, after what happens before it.
fn go(machine: &mut Machine, who: Caller, rules: &Rules, chosen: &mut Chosen) -> Option<Moved> {
    loop {
        match machine.step(who, rules, chosen)? {
            Moved::Struck(rm_sim::fault::Struck::Before(..)) => {}
            moved => return Some(moved),
        }
    }
}
