//! What a walk came to.

use std::sync::OnceLock;

use super::Fingerprint;
use super::model::{Model, Must, Property};
use super::print::Print;
use super::seen::Seen;
use super::visited::{Id, Visited};

/// What a walk came to.
pub struct Walked<M: Model> {
    pub(super) properties: Vec<Property<M>>,
    pub(super) seen: Seen<M::Print>,
    /// The same by place, made when somebody looks back.
    pub(super) visited: OnceLock<Visited<M::Print>>,
    /// What was met of each property: what breaks it, or an example.
    pub(super) found: Vec<Option<Found<M::Print>>>,
    /// How many states there are at each distance from where it began.
    pub depths: Vec<u64>,
    /// How many steps there are.
    pub transitions: u64,
    pub(super) ends: Vec<Id>,
    /// What all states and steps come down to, the same for any number of threads.
    pub digest: Fingerprint,
    /// What stopped it before the end, if anything did.
    pub bound: Option<Bound>,
    /// What the threads have kept.
    pub scratches: Vec<M::Scratch>,
}

/// What stopped a walk before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// There were more states than this.
    States(u64),
    /// Something did not hold.
    Violation,
}

/// What was met of a property.
#[derive(Clone, Debug)]
pub(super) enum Found<P> {
    /// A state.
    State { id: Id, print: P, what: String },
    /// A step.
    Step { from: Id, print: P, to: P, what: String },
}

/// Whether a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds, or has an example.
    Holds,
    /// It does not.
    Fails,
    /// A bound stopped the walk before that could be said.
    Unknown,
}

/// A shortest way to something.
#[derive(Clone, Debug)]
pub struct Path<S, T> {
    /// Where it begins.
    pub start: S,
    /// The steps, each with the state that it leads to.
    pub steps: Vec<(T, S)>,
    /// What is met at its end.
    pub what: String,
}

impl<P: Print> Found<P> {
    fn what(&self) -> &str {
        match self {
            Self::State { what, .. } | Self::Step { what, .. } => what,
        }
    }

    /// What decides between several in one layer.
    const fn order(&self) -> (P, Option<P>) {
        match self {
            Self::State { print, .. } => (*print, None),
            Self::Step { print, to, .. } => (*print, Some(*to)),
        }
    }

    /// Keeps one of two that were met in one layer, always the same.
    pub(super) fn keep_least(kept: &mut Option<Self>, other: Self) {
        if kept.as_ref().is_none_or(|kept| other.order() < kept.order()) {
            *kept = Some(other);
        }
    }
}

impl<M: Model> Walked<M> {
    /// How many states there are.
    #[must_use]
    pub fn states(&self) -> u64 {
        self.depths.iter().sum()
    }

    /// How many of them nothing leads on from.
    #[must_use]
    pub const fn ends(&self) -> usize {
        self.ends.len()
    }

    /// Whether every state was visited.
    #[must_use]
    pub const fn is_exhaustive(&self) -> bool {
        self.bound.is_none()
    }

    /// The memory that the visited set takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.seen.bytes()
    }

    /// Every property: what it is, and whether it holds.
    pub fn verdicts(&self) -> impl Iterator<Item = (&Property<M>, Verdict)> {
        self.properties.iter().zip(&self.found).map(|(property, found)| {
            let verdict = match (&property.must, found.is_some()) {
                (Must::Sometimes(_) | Must::SomeStep(_), true) => Verdict::Holds,
                (_, true) => Verdict::Fails,
                _ if !self.is_exhaustive() => Verdict::Unknown,
                (Must::Sometimes(_) | Must::SomeStep(_), false) => Verdict::Fails,
                (_, false) => Verdict::Holds,
            };
            (property, verdict)
        })
    }

    /// The shortest way to what was met of a property: what breaks it, or an example.
    pub fn path(&self, model: &M, property: &str) -> Option<Path<M::State, M::Step>> {
        let at = self.properties.iter().position(|one| one.name == property)?;
        let (found, property) = (self.found.get(at)?.as_ref()?, self.properties.get(at)?);
        match found {
            Found::State { id, what, .. } => self.way(model, *id, what.clone()),
            Found::Step { from, to, .. } => {
                let mut path = self.way(model, *from, found.what().into())?;
                let state = path.steps.last().map_or(&path.start, |(_, state)| state).clone();
                let is_it = |step: &M::Step, next: &M::State| match &property.must {
                    Must::EveryStep(holds) => holds(&state, step, next).is_err(),
                    Must::SomeStep(is_so) => is_so(&state, step, next),
                    Must::Always(_) | Must::Sometimes(_) | Must::Eventually(_) => true,
                };
                path.steps.push(step_to(model, &state, *to, is_it)?);
                Some(path)
            }
        }
    }

    /// A shortest way to each end.
    pub fn ways_to_ends(&self, model: &M) -> impl Iterator<Item = Path<M::State, M::Step>> {
        let mut ends = self.ends.clone();
        ends.sort_by_key(|id| self.visited().print(*id));
        ends.into_iter().filter_map(|id| self.way(model, id, String::new()))
    }

    fn visited(&self) -> &Visited<M::Print> {
        self.visited.get_or_init(|| self.seen.visited())
    }

    fn way(&self, model: &M, id: Id, what: String) -> Option<Path<M::State, M::Step>> {
        let mut way = self.visited().way_to(id).into_iter();
        let first = way.next()?;
        let start = model.initial().into_iter().find(|state| model.print(state) == first)?;
        let (mut state, mut steps) = (start.clone(), Vec::new());
        for print in way {
            let (step, next) = step_to(model, &state, print, |_, _| true)?;
            state = next.clone();
            steps.push((step, next));
        }
        Some(Path { start, steps, what })
    }
}

/// The first step from a state to the one with this print that is such a one.
fn step_to<M: Model>(
    model: &M,
    state: &M::State,
    to: M::Print,
    is_it: impl Fn(&M::Step, &M::State) -> bool,
) -> Option<(M::Step, M::State)> {
    let mut found = None;
    model.successors(state, &mut model.scratch(), |step, next| {
        if found.is_none() && model.print(next) == to && is_it(&step, next) {
            found = Some((step, next.clone()));
        }
    });
    found
}
