//! The moves of an explanation: a call goes on, the world changes, time passes.

use rm_core::{
    AppId, Call, Effect, Next, Outcome, Policy, Reach, Refusal, Reply, Seen, SeenOutput, SessionHandle,
    breaks_progress,
};
use rm_sim::choice::{NoChoice, Odometer};
use rm_sim::fault::Failure;
use rm_sim::world::Named;
use rm_sim::{Machine, Moved};

use super::script::{CallId, What};
use super::search::{Astray, Only, Search, is_blind};
use super::state::{Assumed, Running, State};
use crate::boundary::Change;

impl Search<'_> {
    /// Everything that one move can lead to.
    pub(super) fn expand(&mut self, state: &State) -> Vec<State> {
        let moving: Vec<_> = self.moving(state).collect();
        if let Some(alone) = self.alone(state, &moving) {
            return self.step(state, alone);
        }
        let (mut found, mut could_go_on) = (Vec::new(), false);
        for call in moving {
            let Some(who) = self.script.calls.get(call).map(|made| made.who) else { continue };
            if state.now.machine.world.is_ready(who) {
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

    /// A call whose next effect nobody else can notice: it is as good as any to go on with.
    fn alone(&self, state: &State, moving: &[CallId]) -> Option<CallId> {
        let process = |call: CallId| self.script.calls.get(call).map(|made| made.who.process);
        if let [only] = *moving
            && !self.may_die(state, only)
            && self.script.is_undisturbed(only, self.next, true)
        {
            let is_alike = |next: &Next| match next {
                Next::Do(effect) if self.pass.late && state.now.passed < self.time => is_blind(effect),
                Next::Do(effect) => self.is_apart(state, effect),
                Next::Done(_) => true,
                Next::Wait => false,
            };
            let who = self.script.calls.get(only).map(|made| made.who);
            let is_ready = who.is_some_and(|who| state.now.machine.world.is_ready(who));
            if is_ready && self.alternatives(state, only).iter().all(|(_, next)| is_alike(next)) {
                return Some(only);
            }
        }
        moving.iter().copied().find(|call| {
            let is_only_one = moving.iter().filter(|other| process(**other) == process(*call)).count() == 1;
            let next = || self.alternatives(state, *call);
            is_only_one
                && self.script.is_undisturbed(*call, self.next, false)
                && next().iter().all(|(_, next)| matches!(next, Next::Do(effect) if effect.is_private()))
        })
    }

    /// Whether an effect has nothing to do with any change of the world that may come.
    fn is_apart(&self, state: &State, effect: &Effect) -> bool {
        if is_blind(effect) {
            return true;
        }
        let goes_along = |(_, program): (_, &rm_sim::world::Program)| program.dies_with.is_some();
        let now = self.from + state.now.passed;
        let mut open = self
            .script
            .possible(self.boundary, self.next, now)
            .filter(|(at, _)| !state.now.happened.contains(at));
        !self.pass.outside
            || (open.all(|(_, change)| !touches(effect, change))
                && !state.now.machine.world.cast().programs().any(goes_along))
    }

    /// Whether the caller can be gone before the next line.
    fn may_die(&self, state: &State, call: CallId) -> bool {
        let process = self.script.calls.get(call).map(|made| made.who.process);
        let now = self.from + self.time;
        let mut possible = self.script.possible(self.boundary, self.next, now);
        possible.any(|(at, change)| {
            !state.now.happened.contains(&at)
                && matches!(change, Change::Gone(gone) if Some(*gone) == process)
        })
    }

    /// What the next effect of a call can lead to.
    fn step(&mut self, state: &State, call: CallId) -> Vec<State> {
        let mut found = Vec::new();
        for (policy, next) in self.alternatives(state, call) {
            let narrowed = State { policy, ..state.clone() };
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
            let moved = chosen.now.machine.act(who, next.clone(), &mut odometer);
            self.moves += 1;
            if !matches!(moved, None | Some(Moved::Open(_))) && self.looks(&mut chosen) {
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
            machine.tell(made.who, effect, &Outcome::Key(*key));
            return Only::Moved;
        }
        if matches!(next, Next::Do(Effect::Report(_))) && !state.now.reported.contains(&call) {
            state.now.reported.push(call);
        }
        let moved = machine.act(made.who, next, &mut NoChoice);
        self.moves += 1;
        match moved {
            Some(Moved::Open(_)) => Only::Forks,
            None => Only::Lost,
            Some(_) => {
                if self.looks(state) {
                    Only::Moved
                } else {
                    Only::Lost
                }
            }
        }
    }

    /// The handle that a call was seen to give.
    fn seen_handle(&self, call: CallId) -> Option<SessionHandle> {
        match self.script.calls.get(call)?.seen.as_ref()?.output {
            SeenOutput::Started(handle, ..) | SeenOutput::Joined(handle) => Some(handle),
            _ => None,
        }
    }

    /// A call finds the handle that it was seen to give.
    fn handed(&self, state: &State, call: CallId, effect: &Effect, handle: SessionHandle) -> Vec<State> {
        let Some(who) = self.script.calls.get(call).map(|made| made.who) else { return Vec::new() };
        let Some(installer) = state.now.machine.installer(who.process) else { return Vec::new() };
        let ways = self.ways(state.policy, |rules| installer.admits_handle(who.thread, handle, rules));
        let mut found = Vec::new();
        for (policy, admits) in ways {
            let mut handed = State { policy, ..state.clone() };
            match (effect, admits) {
                (_, true) => drop(handed.now.machine.tell(who, effect, &Outcome::Handle(handle))),
                // What it would be otherwise is told when the call ends.
                (Effect::NewHandle(lowest), false) => {
                    handed.now.machine.tell(who, effect, &Outcome::Handle(*lowest));
                }
                (_, false) => continue,
            }
            found.push(handed);
        }
        found
    }

    /// The next effect of a call fails, if that may be assumed.
    fn fails(&self, state: &State, call: CallId, effect: &Effect) -> Vec<State> {
        let Some(made) = self.script.calls.get(call) else { return Vec::new() };
        if state.now.faults >= self.pass.faults || state.now.machine.world.blocked_in(made.who).is_some() {
            return Vec::new();
        }
        let failed = Failure::of(effect.name()).iter().map(|failure| {
            let mut failed = state.clone();
            failed.now.machine.tell(made.who, effect, &failure.outcome());
            failed.now.faults += 1;
            failed.assumed.push(Assumed { call, effect: effect.name(), failure: *failure });
            failed
        });
        failed.collect()
    }

    /// A call ends: with what was seen of it, or it goes astray.
    fn ends(&mut self, state: &State, call: CallId, next: Next) -> Vec<State> {
        let ways = self.endings(state, call, &next);
        let ended = ways.into_iter().map(|policy| {
            let mut ended = State { policy, ..state.clone() };
            self.end(&mut ended, call, next.clone());
            ended
        });
        ended.collect()
    }

    /// The same in place, where no open question has a part in it.
    pub(super) fn ends_here(&mut self, state: &mut State, call: CallId, next: Next) -> bool {
        let Some(policy) = self.endings(state, call, &next).pop() else { return false };
        state.policy = policy;
        self.end(state, call, next);
        true
    }

    fn end(&self, state: &mut State, call: CallId, next: Next) {
        let Some(made) = self.script.calls.get(call) else { return };
        state.now.machine.act(made.who, next, &mut NoChoice);
        state.now.finished.push(call);
        state.now.finished.sort_unstable();
        state.now.reported.retain(|one| *one != call);
    }

    /// The answers under which a call can end so.
    fn endings(&mut self, state: &State, call: CallId, next: &Next) -> Vec<Policy> {
        let Some(made) = self.script.calls.get(call) else { return Vec::new() };
        // It was not seen to come back.
        let Some(seen) = &made.seen else { return Vec::new() };
        let Next::Done(reply) = next else { return Vec::new() };
        let passes = self.partly_known() && depends_on_world(&made.call, reply);
        let mut differences = reply.differences(seen, &made.call);
        if passes {
            differences.clear();
        }
        let mut ways = vec![(state.policy, None)];
        if differences.is_empty() && !passes {
            let reported = state.now.reported.contains(&call);
            ways =
                self.ways(state.policy, |rules| breaks_progress(&made.call, &made.progress, reported, rules));
        }
        let is_next = self.script.what.get(self.next) == Some(&What::Replied(call));
        let mut found = Vec::new();
        for (policy, broken) in ways {
            let all: Vec<_> = differences.iter().cloned().chain(broken).collect();
            if !all.is_empty() {
                if state.now.faults <= self.pass.base {
                    self.goes_astray(Astray::Reply(call, reply.clone(), all));
                }
                if !(self.pass.reply && is_next) {
                    continue;
                }
            }
            found.push(policy);
        }
        found
    }

    /// Whether something can have changed that has not yet.
    pub(super) fn has_open_changes(&self, state: &State) -> bool {
        self.script
            .possible(self.boundary, self.next, self.from + state.now.passed)
            .any(|(at, _)| !state.now.happened.contains(&at))
    }

    /// What changes of the world can lead to that come from outside.
    fn changes(&mut self, state: &State) -> Vec<State> {
        let now = self.from + state.now.passed;
        let possible: Vec<_> = self
            .script
            .possible(self.boundary, self.next, now)
            .filter(|(at, _)| !state.now.happened.contains(at))
            .collect();
        let mut found = Vec::new();
        for (at, change) in possible {
            let mut changed = state.clone();
            if !self.change(&mut changed.now.machine, change) {
                continue;
            }
            self.moves += 1;
            if !matches!(change, Change::Starts(_) | Change::Gone(_) | Change::Stopped(_)) {
                changed.now.happened.push(at);
                changed.now.happened.sort_unstable();
            }
            if self.looks(&mut changed) {
                found.push(changed);
            }
        }
        found
    }

    /// Changes a machine from outside, if it can be so.
    fn change(&self, machine: &mut Machine, change: &Change) -> bool {
        match change {
            Change::Starts(process) => {
                let program = self.boundary.newcomers.iter().find(|(one, _)| one == process);
                let program = program.and_then(|(_, program)| machine.world.cast().find(program));
                let Some(program) = program else { return false };
                // The process of services comes with the first of them.
                let is_host = machine.world.cast().program(program).is_none_or(|one| one.about.is_host());
                !is_host && machine.world.start(program, None) == *process
            }
            Change::Gone(process) => {
                let is_alive = machine.world.is_alive(*process);
                machine.end(*process);
                is_alive
            }
            Change::Serves(name, _) | Change::Stopped(name) => {
                let Some(Named::Service(service)) = machine.world.cast().named(&name.to_string()) else {
                    return false;
                };
                if matches!(change, Change::Serves(..)) {
                    machine.world.serve(service);
                    return true;
                }
                let was_serving = machine.world.serving(service).is_some();
                machine.world.stop(service);
                was_serving
            }
            Change::Deleted(path) => machine.world.delete(path),
            Change::Directory(path) => machine.world.make_directory(path),
            Change::Declares(process, ask) => {
                machine.world.declare(*process, *process, ask, self.rules).is_some()
            }
        }
    }

    /// Looks who runs now. Whoever is gone or new must have been seen to be; false if somebody was not.
    pub(super) fn looks(&mut self, state: &mut State) -> bool {
        if state.now.machine.world.census() == state.running.census {
            return true;
        }
        let running = Running::on(&state.now.machine);
        let now = self.from + state.now.passed;
        let mut agrees = true;
        let gone = state.running.all.iter().filter(|id| !running.all.contains(id)).map(|id| (id, true));
        let came = running.all.iter().filter(|id| !state.running.all.contains(id)).map(|id| (id, false));
        for (id, is_gone) in gone.chain(came) {
            let is_it = |change: &Change| match (change, id) {
                (Change::Gone(process), AppId::Process(one)) => is_gone && process == one,
                (Change::Starts(process), AppId::Process(one)) => !is_gone && process == one,
                (Change::Stopped(name), AppId::Service(one)) => is_gone && name.same(one),
                (Change::Serves(name, _), AppId::Service(one)) => !is_gone && name.same(one),
                _ => false,
            };
            let mut possible = self.script.possible(self.boundary, self.next, now);
            let seen = possible.find(|(at, change)| is_it(change) && !state.now.happened.contains(at));
            drop(possible);
            match seen {
                Some((at, _)) => state.now.happened.push(at),
                // That a service runs which Restart Manager started goes without saying.
                None if !is_gone && matches!(id, AppId::Service(_)) => {}
                None => {
                    self.goes_astray(Astray::World(id.clone(), is_gone));
                    agrees = false;
                }
            }
        }
        state.now.happened.sort_unstable();
        state.running = running;
        agrees || self.pass.world || self.partly_known()
    }
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

/// Whether an effect may have to do with a change of the world.
fn touches(effect: &Effect, change: &Change) -> bool {
    let (Change::Gone(process) | Change::Starts(process)) = change else { return true };
    match effect {
        Effect::Send(other, ..) | Effect::Terminate(other) | Effect::AwaitReady(other, _) => other == process,
        Effect::ControlEvent(other, Reach::Process) => other == process,
        Effect::WaitAny(all) | Effect::AreAlive(all) => {
            all.iter().any(|one| one.process().is_none_or(|one| one == *process))
        }
        Effect::Describe(all) | Effect::Registrations(all) => all.contains(process),
        Effect::Occupants(all) => all.iter().any(|one| one.id == process.id),
        Effect::Arm(_) | Effect::ArmFor(..) => false,
        _ => true,
    }
}
