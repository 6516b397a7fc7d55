//! Restart Manager as a [`Model`]: a machine, and how far each thread is with its calls.
//!
//! No rule of Restart Manager is here. [`rm_sim::Machine`] moves; `steps.rs` says who may move: a thread that begins
//! its next call, a thread whose call goes on by one effect with whatever answer there is to be chosen,
//! something that happens on the machine; and when nobody can go on, time passes.
//!
//! What documents leave open is open too if [`Options::open`] says so, until the model asks: an implementation
//! that has given an answer gives no other. Before each effect something may go wrong, as often as
//! [`Options::faults`] says: with one fault in every order of the threads, with two in one order.

mod begin;
mod fault;
mod packed;
mod position;
mod properties;
mod reduce;
mod scratch;
mod steps;
mod stories;
mod summary;
mod tally;
mod told;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rm_core::rules::Policy;
use rm_core::{Call, Caller, Limits, Millis, Next, Rules};
use rm_sim::fault::Strike;
use rm_sim::scenario::{Problem, SmallWorld};
use rm_sim::{Machine, Move, Moved, Scenario, Transcript};

pub use packed::Packed;
pub use position::{Blow, Position};
pub use scratch::Scratch;
pub use summary::{Code, Held, Row, Summary};
pub use tally::{Tally, Tried};
pub use told::Told;

use super::model::{Model, Property};
use super::print::Fingerprint;
use reduce::Reducing;
pub use reduce::{Reduction, Reductions};

/// What to take besides every order and every answer of programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How many things go wrong, if the scenario is not to say.
    pub faults: Option<u8>,
    /// Whether the answers that documents leave open are all taken.
    pub open: bool,
    /// Which steps that nobody else can notice are taken in one order.
    pub reduce: Reductions,
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
    reduction: Reducing,
    policy: Policy,
    limits: Limits,
    first: Position,
    /// What was told up to there.
    transcript: Transcript,
    /// The moves that lead there.
    before: Vec<Move>,
    /// The only property to look at, if there is one.
    only: Option<String>,
    /// What positions that wait are made of.
    store: Mutex<packed::Store>,
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
        let reduction = Reducing::new(options, &world, &first, &policy);
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
            store: Mutex::default(),
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

    fn store(&self) -> MutexGuard<'_, packed::Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rules in force at a position.
    fn rules(&self, position: &Position) -> Rules {
        let mut rules = Rules::new(position.progress.policy.as_deref().copied().unwrap_or(self.policy));
        rules.limits = self.limits;
        rules
    }
}

impl Model for Machines {
    type State = Position;
    type Print = Fingerprint;
    type Step = Step;
    type Packed = Packed;
    type Scratch = Scratch;

    fn scratch(&self) -> Scratch {
        Scratch::new(self.first.clone(), self.rules(&self.first))
    }

    fn print(&self, position: &Position) -> Fingerprint {
        Fingerprint::of(position)
    }

    fn initial(&self) -> Vec<Position> {
        vec![self.first.clone()]
    }

    fn pack(&self, position: &Position) -> Packed {
        self.store().pack(position)
    }

    fn unpack(&self, packed: &Packed, position: &mut Position) {
        self.store().unpack(packed, position);
    }

    fn successors(&self, position: &Position, scratch: &mut Scratch, mut visit: impl FnMut(Step, &Position)) {
        self.leave(position, scratch, &mut visit);
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
