//! Restart Manager as a [`Model`]: a machine, and how far each thread is with its calls.
//!
//! No rule of Restart Manager is here. [`rm_sim::Machine`] moves; this says who may move: a thread that begins
//! its next call, a thread whose call goes on by one effect with whatever answer there is to be chosen,
//! something that happens on the machine; and when nobody can go on, time passes.
//!
//! What documents leave open is open too if [`Options::open`] says so, until the model asks: an implementation
//! that has given an answer gives no other. Before each effect something may go wrong, as often as
//! [`Options::faults`] says: with one fault in every order of the threads, with two in one order.

mod begin;
mod fault;
mod position;
mod properties;
mod reduce;
mod scratch;
mod stories;
mod summary;
mod tally;
mod told;

use std::sync::Arc;

use rm_core::rules::Policy;
use rm_core::{Call, Caller, Limits, Millis, Next, Rules};
use rm_sim::fault::Strike;
use rm_sim::scenario::{Problem, Scripted, SmallWorld};
use rm_sim::{Machine, Move, Moved, Scenario, Transcript};

pub use position::{Blow, Position};
pub use scratch::Scratch;
pub use summary::{Code, Held, Row, Summary};
pub use tally::{Tally, Tried};
pub use told::Told;

use super::model::{Model, Property};
use reduce::Reduction;
use scratch::Chosen;

/// What to take besides every order and every answer of programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How many things go wrong, if the scenario is not to say.
    pub faults: Option<u8>,
    /// Whether the answers that documents leave open are all taken.
    pub open: bool,
    /// Whether steps that nobody else can notice are taken in one order.
    pub reduce: bool,
    /// Whether each step is held against the invariants of stories, by the shortest story that leads there.
    pub stories: bool,
}

/// A small world, as something to explore.
pub struct Machines {
    scenario: Scenario,
    world: SmallWorld,
    options: Options,
    /// How many things go wrong.
    faults: u8,
    /// Which steps are taken in one order.
    reduction: Reduction,
    policy: Policy,
    limits: Limits,
    first: Position,
    /// What was told up to there.
    transcript: Transcript,
    /// The moves that lead there.
    before: Vec<Move>,
    /// The only property to look at, if there is one.
    only: Option<String>,
}

/// What leads from one position to the next.
#[derive(Clone, Debug)]
pub enum Step {
    /// A thread begins a call.
    Begins(Caller, Call),
    /// A call goes on, after what goes wrong before it, with these answers to what was to be chosen. It does
    /// not if its caller dies.
    Goes(Caller, Option<Wrong>, Option<Moved>, Vec<&'static str>),
    /// Nobody can go on, and time passes.
    Passes(Millis),
    /// Something happens on the machine.
    Happens(Move),
}

/// What goes wrong, and with which effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The effect that was next.
    pub effect: &'static str,
    /// What goes wrong.
    pub strike: Strike,
}

impl Machines {
    /// The small world of a scenario.
    ///
    /// # Errors
    /// When it is none, or what is to happen first does not come to its end.
    pub fn new(scenario: &Scenario, options: Options) -> Result<Self, Problem> {
        let (world, mut start) = scenario.small_world()?;
        let (before, opened) = begin::begin(&world, &mut start)?;
        let Rules { limits, policy, .. } = start.rules;
        let policy = if options.open { policy.opened() } else { policy };
        let policy = world.open.iter().fold(policy, |policy, latitude| policy.asking(*latitude));
        let is_open = options.open || !world.open.is_empty();
        let story = options.stories.then(|| Arc::new(start.transcript.clone()));
        let first = Position::new(start.machine, &world, opened, is_open.then_some(policy), story);
        let (scenario, transcript) = (scenario.clone(), start.transcript);
        let faults = options.faults.unwrap_or(world.faults);
        let reduction = Reduction::new(options, &world, &first, &policy);
        Ok(Self {
            scenario,
            world,
            options,
            faults,
            reduction,
            policy,
            limits,
            first,
            transcript,
            before,
            only: None,
        })
    }

    /// The small world.
    #[must_use]
    pub const fn world(&self) -> &SmallWorld {
        &self.world
    }

    /// The same, with this property alone.
    ///
    /// # Errors
    /// When there is no such property: the names of those that there are.
    pub fn only(self, name: &str) -> Result<Self, Vec<String>> {
        let names: Vec<_> = self.all_properties().into_iter().map(|property| property.name).collect();
        if names.iter().any(|known| known == name) {
            return Ok(Self { only: Some(name.into()), ..self });
        }
        Err(names)
    }

    /// The same with no property: for whoever only counts.
    #[must_use]
    pub fn without_properties(self) -> Self {
        Self { only: Some(String::new()), ..self }
    }

    /// The rules in force at a position.
    fn rules(&self, position: &Position) -> Rules {
        let mut rules = Rules::new(position.policy.as_deref().copied().unwrap_or(self.policy));
        rules.limits = self.limits;
        rules
    }

    /// The thread of this number, and the call that it makes next.
    fn next_call(&self, position: &Position, thread: usize) -> Option<(Caller, &Scripted)> {
        let (who, calls) = self.world.threads.get(thread)?;
        Some((*who, calls.get(usize::from(*position.at.get(thread)?))?))
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
        let Some(call) = next.call(&position.opened) else { return false };
        scratch.next.clone_from(position);
        scratch.next.machine.begin(who, call.clone());
        if let Some(at) = scratch.next.at.get_mut(thread) {
            *at += 1;
        }
        self.show(position, Step::Begins(who, call), &mut scratch.next, visit);
        true
    }

    /// Shows what comes of a thread that goes on with its call, if it can; tells whether it can.
    fn goes(&self, position: &Position, thread: usize, scratch: &mut Scratch, visit: &mut Visit<'_>) -> bool {
        let Some((who, _)) = self.world.threads.get(thread) else { return false };
        if let Some(policy) = &position.policy {
            return self.goes_openly(position, thread, policy, scratch, visit);
        }
        let Some(what) = position.machine.ready(*who, &scratch.rules) else { return false };
        let Scratch { next, rules, tally } = scratch;
        for wrong in self.wrongs(position, *who, &what) {
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
            for wrong in self.wrongs(position, *who, &what) {
                let next = &mut position.clone();
                let keep = &mut |went: Went, next: &mut Position| found.push((went, next.clone()));
                self.rounds(position, thread, (&what, wrong), rules, next, keep);
            }
            found
        }) {
            let learned = Arc::new(rules.policy.learned(policy));
            for (went, mut next) in found {
                can = true;
                next.policy = Some(learned.clone());
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
            if position.events >> at & 1 == 1 || !begin::is_possible(&position.machine, event) {
                continue;
            }
            scratch.next.clone_from(position);
            scratch.next.events |= 1 << at;
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
    fn is_in_flight(&self, position: &Position, thread: usize) -> Option<bool> {
        let (who, _) = self.world.threads.get(thread)?;
        Some(position.machine.installer(who.process)?.tasks().contains_key(&who.thread))
    }
}

/// Whoever is shown steps.
type Visit<'a> = dyn FnMut(Step, &Position) + 'a;

/// How a thread went on.
struct Went {
    who: Caller,
    wrong: Option<Wrong>,
    moved: Option<Moved>,
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

impl Model for Machines {
    type State = Position;
    type Step = Step;
    type Scratch = Scratch;

    fn scratch(&self) -> Scratch {
        Scratch::new(self.first.clone(), self.rules(&self.first))
    }

    fn initial(&self) -> Vec<Position> {
        vec![self.first.clone()]
    }

    fn successors(&self, position: &Position, scratch: &mut Scratch, mut visit: impl FnMut(Step, &Position)) {
        if self.faults > 1 {
            return self.in_one_order(position, scratch, &mut visit);
        }
        if let Some(thread) = self.goes_alone(position, &scratch.rules) {
            self.goes(position, thread, scratch, &mut visit);
            return;
        }
        let mut somebody_goes = false;
        for thread in 0..self.world.threads.len() {
            match self.is_in_flight(position, thread) {
                Some(true) => somebody_goes |= self.goes(position, thread, scratch, &mut visit),
                Some(false) => drop(self.begins(position, thread, scratch, &mut visit)),
                None => {}
            }
        }
        self.happens(position, scratch, &mut visit);
        if !somebody_goes {
            self.passes(position, scratch, &mut visit);
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let is_meant =
            |property: &Property<Self>| self.only.as_ref().is_none_or(|only| *only == property.name);
        self.all_properties().into_iter().filter(is_meant).collect()
    }
}

/// The effect that a thread is about to begin, if it is not in the midst of one.
fn about_to_begin(machine: &Machine, who: Caller, next: &Next) -> Option<&'static str> {
    match next {
        Next::Do(effect) if machine.world.blocked_in(who).is_none() => Some(effect.name()),
        Next::Do(_) | Next::Wait | Next::Done(_) => None,
    }
}
