//! From one line of a transcript to the next: everything that can have happened in between.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use rm_core::{Effect, Millis, Next, Rules};
use rm_sim::fault::Failure;

use super::answers::Diagram;
use super::script::{CallId, Script, What};
use super::state::{State, States};
use super::wanted::{Asked, Ways};
use crate::boundary::{Boundary, Known};

/// The most explanations that are followed between two lines.
const MANY: usize = 50_000;

/// What is searched for.
pub(super) struct Search<'a> {
    pub(super) boundary: &'a Boundary,
    pub(super) script: &'a Script,
    /// The rules, and what has been asked of them.
    pub(super) rules: &'a Rules,
    /// The next line.
    pub(super) next: usize,
    /// When the last line was seen, and how much later the next one.
    pub(super) from: u64,
    pub(super) time: u64,
    /// The calls under way.
    pub(super) calls: &'a [CallId],
    /// What is let pass.
    pub(super) pass: Pass,
    /// What explanations came to that do not agree with what was seen.
    pub(super) astray: Vec<Astray>,
    /// Whether there were too many.
    pub(super) too_many: bool,
    /// How many moves were made.
    pub(super) moves: usize,
    /// The answers under which explanations hold.
    pub(super) diagram: &'a RefCell<Diagram>,
    /// Whether only one of several orders of calls under way is followed where they come to the same.
    pub(super) reduces: bool,
    /// What calls were found to want next: an installer is asked once under the same answers.
    pub(super) asked: RefCell<HashMap<Asked, Ways>>,
}

/// What is let pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pass {
    /// How many faults have been assumed so far at least.
    pub(super) base: usize,
    /// How many faults may be assumed in all.
    pub(super) faults: usize,
    /// How many moves may be made in all.
    pub(super) moves: usize,
    /// Whether the reply that comes next may be another one.
    pub(super) reply: bool,
    /// Whether who runs may be others than those who were seen to.
    pub(super) world: bool,
    /// Whether more time may pass than did.
    pub(super) overtime: bool,
    /// Whether what happens in the world may come from outside, not only from Restart Manager and as
    /// programs behave.
    pub(super) outside: bool,
    /// Whether time may pass while a call could go on.
    pub(super) late: bool,
}

/// An explanation that does not agree with what was seen.
#[derive(Clone, Debug)]
pub(super) enum Astray {
    /// A call would have come back with this.
    Reply(CallId, rm_core::Reply, Vec<rm_core::Difference>),
    /// Somebody would be gone, or be there, of whom that was not seen.
    World(rm_core::AppId, bool),
    /// An application would be told this.
    Told(rm_core::AppId, crate::boundary::Contact),
    /// A call would still be under way, and wait for this.
    Waits(CallId, Option<Effect>),
}

impl Search<'_> {
    /// All explanations up to the next line.
    pub(super) fn run(&mut self, from: Vec<State>) -> Vec<State> {
        let (mut known, mut found, mut left) = (States::default(), States::default(), VecDeque::new());
        let mut from = from;
        // Most often one explanation goes one way.
        while let [only] = &mut *from {
            match self.straight(only) {
                Straight::Lost => return Vec::new(),
                Straight::There => return from,
                Straight::Forks if self.is_there(only) || self.moves > self.pass.moves => break,
                Straight::Forks => from = self.expand(only),
            }
        }
        for state in from {
            self.follow(state, &mut known, &mut found, &mut left);
        }
        // The first comes first: what joins has joined before it is followed.
        while let Some(state) = left.pop_front() {
            if Rc::strong_count(&state) == 1 {
                continue; // It has joined another one.
            }
            if known.count() > MANY || self.moves > self.pass.moves {
                self.too_many = true;
                break;
            }
            for next in self.expand(&state) {
                self.follow(next, &mut known, &mut found, &mut left);
            }
        }
        found.into_all()
    }

    /// Carries a state on as long as it can go only one way, and keeps it where it can go several.
    fn follow(
        &mut self,
        mut state: State,
        known: &mut States,
        found: &mut States,
        left: &mut VecDeque<Rc<State>>,
    ) {
        match self.straight(&mut state) {
            Straight::Lost => {}
            Straight::There => drop(self.add(found, state)),
            Straight::Forks => self.keep(state, known, found, left),
        }
    }

    fn keep(&self, state: State, known: &mut States, found: &mut States, left: &mut VecDeque<Rc<State>>) {
        if self.is_there(&state) && !self.goes_on_there() {
            self.add(found, state);
            return;
        }
        let Some(state) = self.add(known, state) else { return };
        if self.is_there(&state) && !self.is_on_its_way(&state) {
            self.add(found, State::clone(&state));
        }
        left.push_back(state);
    }

    fn add(&self, to: &mut States, state: State) -> Option<Rc<State>> {
        to.add(state, &mut self.diagram.borrow_mut())
    }

    /// Whether a state agrees with the next line.
    fn is_there(&self, state: &State) -> bool {
        let in_time = state.now.passed == self.time || (self.pass.overtime && state.now.passed > self.time);
        in_time
            && match self.script.what.get(self.next) {
                Some(What::Begins(_) | What::Progress(_)) | None => true,
                Some(What::Replied(call)) => state.now.finished.contains(call),
                Some(What::Changes(_)) => state.now.happened.contains(&self.next),
            }
    }

    /// Whether what the others do before the next line differs from their doing it after it: only a call
    /// that begins meets what its own process does.
    fn goes_on_there(&self) -> bool {
        let Some(What::Begins(next)) = self.script.what.get(self.next) else { return false };
        let process = |call: CallId| self.script.calls.get(call).map(|made| made.who.process);
        self.calls.iter().any(|call| process(*call) == process(*next))
    }

    /// The calls under way that have not ended and whose caller lives.
    pub(super) fn moving<'s>(&'s self, state: &'s State) -> impl Iterator<Item = CallId> + use<'s> {
        self.calls.iter().copied().filter(|call| {
            let Some(made) = self.script.calls.get(*call) else { return false };
            let installer = state.now.machine.installer(made.who.process);
            installer.is_some_and(|installer| installer.tasks().contains_key(&made.who.thread))
                && !state.now.finished.contains(call)
        })
    }

    /// Moves a state in place as long as there is only one way.
    fn straight(&mut self, state: &mut State) -> Straight {
        loop {
            if self.pass.outside && self.has_open_changes(state) {
                return Straight::Forks;
            }
            let (first, more) = {
                let mut moving = self.moving(state);
                (moving.next(), moving.next())
            };
            match (first, more) {
                (None, _) => {
                    if state.now.passed >= self.time {
                        return if self.is_there(state) { Straight::There } else { Straight::Lost };
                    }
                    if !self.pass_time(state) {
                        return Straight::Lost;
                    }
                }
                (Some(call), None) if self.goes_only_on(call) => {
                    if self.is_there(state) {
                        return Straight::There;
                    }
                    match self.only(state, call) {
                        Only::Moved => {}
                        Only::Lost => return Straight::Lost,
                        Only::Forks => return Straight::Forks,
                    }
                }
                _ => return Straight::Forks,
            }
        }
    }

    /// Whether a call that is the only one under way just goes on to the next line: it ends there, or
    /// changes the world and nobody else does.
    fn goes_only_on(&self, call: CallId) -> bool {
        match self.script.what.get(self.next) {
            Some(What::Replied(next)) => *next == call,
            Some(What::Changes(_)) => !self.pass.outside,
            _ => false,
        }
    }

    fn only(&mut self, state: &mut State, call: CallId) -> Only {
        let Some(made) = self.script.calls.get(call) else { return Only::Lost };
        let blocked = state.now.machine.world.blocked_in(made.who).is_some();
        if blocked && !state.now.machine.world.is_ready(made.who) {
            let comes = state.now.machine.world.next_event();
            let left = self.time.saturating_sub(state.now.passed);
            let in_time = comes.is_some_and(|by| u64::from(by.0) <= left || self.pass.overtime);
            if !in_time || !self.pass_time(state) {
                self.waits(state, call);
                return Only::Lost;
            }
            return Only::Moved;
        }
        let Some(next) = self.settled(state, call) else { return Only::Forks };
        match &next {
            Next::Wait => {
                self.waits(state, call);
                return Only::Lost;
            }
            Next::Do(effect) => {
                let may_fail = state.now.faults < self.pass.faults && !Failure::of(effect.name()).is_empty();
                if (may_fail && !blocked)
                    || (self.pass.late && sees_time(effect) && self.time_matters(state))
                    || matches!(effect, Effect::NewHandle(_))
                {
                    return Only::Forks;
                }
            }
            Next::Done(_) => {
                return if self.ends_here(state, call, next) { Only::Moved } else { Only::Lost };
            }
        }
        self.acts(state, call, next)
    }

    /// Whether something can be different later on, before the next line.
    fn time_matters(&self, state: &State) -> bool {
        let left = self.time.saturating_sub(state.now.passed);
        left > 0 && state.now.machine.world.next_difference().is_some_and(|by| u64::from(by.0) <= left)
    }

    /// Lets time pass to what happens next by itself, or to the next line. False if that does not agree
    /// with what was seen.
    pub(super) fn pass_time(&mut self, state: &mut State) -> bool {
        let left = self.time.saturating_sub(state.now.passed);
        let world = &state.now.machine.world;
        let by = match world.next_difference() {
            Some(by) if left == 0 => u64::from(by.0),
            Some(by) => u64::from(by.0).min(left),
            None => left,
        };
        let by = u32::try_from(by).unwrap_or(u32::MAX);
        if by == 0 {
            return false;
        }
        state.now.machine.advance(Millis(by));
        state.now.passed += u64::from(by);
        self.moves += 1;
        self.looks(state)
    }

    pub(super) fn partly_known(&self) -> bool {
        self.boundary.world == Known::Partly
    }

    /// Notes that a call would still be under way.
    fn waits(&mut self, state: &State, call: CallId) {
        let who = self.script.calls.get(call).map(|made| made.who);
        let effect = who.and_then(|who| state.now.machine.world.blocked_in(who)).cloned();
        self.goes_astray(Astray::Waits(call, effect));
    }

    pub(super) fn goes_astray(&mut self, how: Astray) {
        if self.astray.len() < 256 {
            self.astray.push(how);
        }
    }
}

/// Whether somebody else could notice when an effect happens, or it could notice the world change.
pub(super) fn is_blind(effect: &Effect) -> bool {
    !sees_time(effect) && !matches!(effect, Effect::Lock(..) | Effect::NewHandle(_))
}

/// Where going straight ended.
enum Straight {
    /// At the next line.
    There,
    /// Where there is more than one way.
    Forks,
    /// Where it does not agree with what was seen.
    Lost,
}

pub(super) enum Only {
    Moved,
    Forks,
    Lost,
}

/// Whether an effect can see how much time has passed, or counts time from its moment on.
fn sees_time(effect: &Effect) -> bool {
    !effect.is_private()
        && !matches!(
            effect,
            Effect::Lock(..)
                | Effect::Unlock
                | Effect::ReadRoot(_)
                | Effect::ReadSession(_)
                | Effect::WriteValue(..)
                | Effect::DeleteValue(..)
                | Effect::DeleteSession(_)
                | Effect::NewKey
                | Effect::NewHandle(_)
                | Effect::Report(_)
        )
}
