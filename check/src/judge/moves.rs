//! The moves of an explanation: a call goes on, the world changes, time passes.

use rm_core::{
    Call, Difference, Effect, Next, Outcome, Output, Point, Refusal, Reply, Seen, SeenOutput, SessionHandle,
    breaks_progress,
};
use rm_sim::choice::{NoChoice, Odometer};
use rm_sim::fault::Failure;

use super::answers::Answers;
use super::script::{CallId, What};
use super::search::{Astray, Only, Search};
use super::state::{Assumed, Objection, State};

impl Search<'_> {
    /// Everything that one move can lead to.
    pub(super) fn expand(&mut self, state: &State) -> Vec<State> {
        let moving: Vec<_> = self.moving(state).collect();
        if let Some(alone) = self.alone(state, &moving) {
            return self.step(state, alone);
        }
        let (mut found, mut could_go_on) = (Vec::new(), false);
        for call in moving.iter().copied() {
            let Some(who) = self.script.calls.get(call).map(|made| made.who) else { continue };
            if state.now.machine.world.is_ready(who) && !self.rests(state, call, &moving) {
                let mut steps = self.step(state, call);
                could_go_on |= !steps.is_empty();
                found.append(&mut steps);
            }
        }
        if self.pass.outside {
            found.append(&mut self.changes(state));
        }
        let has_time = state.now.passed < self.time || self.pass.overtime;
        if has_time && (self.pass.late || !could_go_on) {
            let mut later = state.clone();
            if self.pass_time(&mut later) {
                found.push(later);
            }
        }
        found
    }

    /// What the next effect of a call can lead to.
    fn step(&mut self, state: &State, call: CallId) -> Vec<State> {
        let mut found = Vec::new();
        for (answers, next) in self.alternatives(state, call).iter() {
            let (answers, next) = (*answers, next.clone());
            let narrowed = State { answers, ..state.clone() };
            match &next {
                Next::Wait => {}
                Next::Done(_) => found.append(&mut self.ends(&narrowed, call, next)),
                Next::Do(effect) => {
                    found.append(&mut self.fails(&narrowed, call, effect));
                    if let Effect::NewHandle(_) = effect
                        && let Some(handle) = self.seen_handle(call)
                    {
                        found.append(&mut self.handed(&narrowed, call, effect, handle));
                    } else {
                        self.each_choice(narrowed, call, next, &mut found);
                    }
                }
            }
        }
        found
    }

    /// Carries out an effect under each choice that somebody has to make for it.
    fn each_choice(&mut self, mut state: State, call: CallId, next: Next, found: &mut Vec<State>) {
        match self.acts(&mut state, call, next.clone()) {
            Only::Moved => return found.push(state),
            Only::Lost => return,
            Only::Forks => {}
        }
        let Some(who) = self.script.calls.get(call).map(|made| made.who) else { return };
        let mut odometer = Odometer::default();
        while odometer.next_round() {
            let mut chosen = state.clone();
            let went = self.goes(&mut chosen, who, next.clone(), &mut odometer);
            if went == Some(true) && self.looks(&mut chosen) {
                found.push(chosen);
            }
        }
    }

    /// Carries out an effect in place. It forks where somebody has to choose; nothing has changed then.
    pub(super) fn acts(&mut self, state: &mut State, call: CallId, next: Next) -> Only {
        let Some(made) = self.script.calls.get(call) else { return Only::Lost };
        let machine = &mut state.now.machine;
        if let (
            Next::Do(effect @ Effect::NewKey),
            Some(Seen { output: SeenOutput::Started(_, key, _), .. }),
        ) = (&next, &made.seen)
        {
            machine.tell(made.who, effect, Outcome::Key(*key));
            return Only::Moved;
        }
        if matches!(next, Next::Do(Effect::Report(_))) && !state.now.reported.contains(&call) {
            state.now.reported.push(call);
        }
        let settles = matches!(next, Next::Do(Effect::Settle(_)));
        let went = self.goes(state, made.who, next, &mut NoChoice);
        if settles {
            state.now.machine.forget(made.who.process, &self.diagram.borrow_mut().hull(state.answers));
        }
        match went {
            Some(false) => Only::Forks,
            Some(true) if self.looks(state) => Only::Moved,
            _ => Only::Lost,
        }
    }

    /// The handle that a call was seen to give.
    fn seen_handle(&self, call: CallId) -> Option<SessionHandle> {
        match self.script.calls.get(call)?.seen.as_ref()?.output {
            SeenOutput::Started(handle, ..)
            | SeenOutput::StartedAs(handle, ..)
            | SeenOutput::Joined(handle) => Some(handle),
            _ => None,
        }
    }

    /// A call finds the handle that it was seen to give.
    fn handed(&self, state: &State, call: CallId, effect: &Effect, handle: SessionHandle) -> Vec<State> {
        let Some(who) = self.script.calls.get(call).map(|made| made.who) else { return Vec::new() };
        let Some(installer) = state.now.machine.installer(who.process) else { return Vec::new() };
        let Effect::NewHandle(lowest) = effect else { return Vec::new() };
        // Another session's handle says nothing of which of the two is meant from now on.
        let told = if installer.uses_handle(handle) { *lowest } else { handle };
        let ways = self.ways(state.answers, |rules| installer.objection_to_handle(who.thread, handle, rules));
        let handed = ways.into_iter().map(|(answers, objection)| {
            let mut handed = State { answers, ..state.clone() };
            handed.now.machine.tell(who, effect, Outcome::Handle(told));
            if told == handle {
                let objected = |because| Objection { call, instead: *lowest, because };
                handed.now.objections.extend(objection.map(objected));
            }
            handed
        });
        handed.collect()
    }

    /// The next effect of a call fails, if that may be assumed.
    fn fails(&self, state: &State, call: CallId, effect: &Effect) -> Vec<State> {
        let Some(made) = self.script.calls.get(call) else { return Vec::new() };
        if state.now.faults >= self.pass.faults || state.now.machine.world.blocked_in(made.who).is_some() {
            return Vec::new();
        }
        let failed = Failure::of(effect.name()).iter().map(|failure| {
            let mut failed = state.clone();
            failed.now.machine.tell(made.who, effect, failure.outcome());
            failed.now.faults += 1;
            failed.assumed.push(Assumed { call, effect: effect.name(), failure: *failure });
            failed
        });
        failed.collect()
    }

    /// A call ends: with what was seen of it, or it goes astray.
    fn ends(&mut self, state: &State, call: CallId, next: Next) -> Vec<State> {
        let ways = self.endings(state, call, &next);
        let ended = ways.into_iter().map(|answers| {
            let mut ended = State { answers, ..state.clone() };
            self.end(&mut ended, call, next.clone());
            ended
        });
        ended.collect()
    }

    /// The same in place, where no open question has a part in it.
    pub(super) fn ends_here(&mut self, state: &mut State, call: CallId, next: Next) -> bool {
        let Some(answers) = self.ending(state, call, &next) else { return false };
        state.answers = answers;
        self.end(state, call, next);
        true
    }

    /// All the answers under which a call can end so.
    fn ending(&mut self, state: &State, call: CallId, next: &Next) -> Option<Answers> {
        let ways = self.endings(state, call, next).into_iter();
        ways.reduce(|one, other| self.diagram.borrow_mut().united(one, other))
    }

    fn end(&self, state: &mut State, call: CallId, next: Next) {
        let Some(made) = self.script.calls.get(call) else { return };
        state.now.machine.go(made.who, next, &mut NoChoice);
        state.now.finished.push(call);
        state.now.finished.sort_unstable();
        state.now.reported.retain(|one| *one != call);
        state.now.objections.retain(|one| one.call != call);
    }

    /// Whether a call can end with this reply as far as what it fills in is concerned.
    pub(super) fn fits(&self, call: CallId, reply: &Reply) -> bool {
        let Some(made) = self.script.calls.get(call) else { return false };
        let Some(seen) = &made.seen else { return false };
        let passes = self.partly_known() && depends_on_world(&made.call, reply);
        passes || reply.differences(seen, &made.call).is_empty()
    }

    /// The answers under which a call can end so.
    fn endings(&mut self, state: &State, call: CallId, next: &Next) -> Vec<Answers> {
        let Some(made) = self.script.calls.get(call) else { return Vec::new() };
        // It was not seen to come back.
        let Some(seen) = &made.seen else { return Vec::new() };
        let Next::Done(reply) = next else { return Vec::new() };
        let passes = self.partly_known() && depends_on_world(&made.call, reply);
        let mut differences = reply.differences(seen, &made.call);
        let objection = state.now.objections.iter().find(|one| one.call == call);
        differences.extend(objection.map(|one| Difference { point: Point::Handle, because: one.because }));
        if passes {
            differences.clear();
        }
        let mut ways = vec![(state.answers, None)];
        if differences.is_empty() && !passes {
            let reported = state.now.reported.contains(&call);
            ways = self
                .ways(state.answers, |rules| breaks_progress(&made.call, &made.progress, reported, rules));
        }
        let is_next = self.script.what.get(self.next) == Some(&What::Replied(call));
        let mut found = Vec::new();
        for (answers, broken) in ways {
            let all: Vec<_> = differences.iter().cloned().chain(broken).collect();
            if !all.is_empty() {
                if state.now.faults <= self.pass.base {
                    let reply =
                        objection.map_or_else(|| reply.clone(), |one| with_handle(reply, one.instead));
                    self.goes_astray(Astray::Reply(call, reply, all));
                }
                if !(self.pass.reply && is_next) {
                    continue;
                }
            }
            found.push(answers);
        }
        found
    }
}

/// A reply with another handle.
fn with_handle(reply: &Reply, handle: SessionHandle) -> Reply {
    let mut reply = reply.clone();
    if let Output::Started(own, ..) | Output::Joined(own) = &mut reply.output {
        *own = handle;
    }
    reply
}

/// Whether a reply says something of the world, which has to be known for it to be judged.
pub(super) fn depends_on_world(call: &Call, reply: &Reply) -> bool {
    if !matches!(call, Call::GetList { .. } | Call::Shutdown { .. } | Call::Restart { .. }) {
        return false;
    }
    let of_world = matches!(
        reply.refusal,
        Some(
            Refusal::MoreData(_)
                | Refusal::DirectoryRegistered
                | Refusal::RebootNeeded(_)
                | Refusal::NotRegistered
                | Refusal::Vetoed
                | Refusal::NotStopped
                | Refusal::NotRestarted
        )
    );
    of_world || reply.refusal.is_none()
}
