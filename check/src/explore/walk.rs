//! The walk: breadth first, one layer after the other.
//!
//! The states of a layer are shared out among the threads. Nothing of what is reported depends on how: counts
//! and digests are sums, and where several states or steps would do, the one with the least fingerprint is
//! taken.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::model::{Model, Must, Property};
use super::seen::{Id, Seen};
use super::walked::{Bound, Found, Walked};
use super::{Fingerprint, eventually};

/// How far to go.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many threads to use.
    pub threads: usize,
    /// No further layer is begun when there are more states than this.
    pub max_states: u64,
    /// Whether to go on when something does not hold.
    pub past_violations: bool,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { threads: 1, max_states: u64::MAX, past_violations: false }
    }
}

/// How far a walk is, for whoever looks on.
#[derive(Debug, Default)]
pub struct Meter {
    /// The states met.
    pub states: AtomicU64,
    /// The states met and not left yet.
    pub frontier: AtomicU64,
    /// The layer that is being found.
    pub depth: AtomicU64,
    /// The memory of the visited set, in bytes, at the last layer.
    pub bytes: AtomicUsize,
}

/// States to go on from.
type Chunk<S> = Vec<(Id, Fingerprint, S)>;

/// How many states a thread takes at a time.
const CHUNK: usize = 256;

/// What a thread of the walk has come to.
pub(super) struct Worker<M: Model> {
    next: Vec<Chunk<M::State>>,
    states: u64,
    transitions: u64,
    /// The digest so far: a sum over states and steps.
    sum: u128,
    ends: Vec<Id>,
    found: Vec<Option<Found>>,
    /// Every step, where something has to happen in the end.
    edges: Vec<(Id, Id)>,
    /// For each property of that kind the states in which it has happened.
    happened: Vec<Vec<Id>>,
}

/// What all threads look at.
struct Shared<'a, M: Model> {
    model: &'a M,
    properties: &'a [Property<M>],
    seen: &'a Seen,
    meter: &'a Meter,
    depth: u64,
    keeps_edges: bool,
    looks_at_steps: bool,
    /// What was found in earlier layers, and need not be looked for.
    known: Vec<bool>,
}

/// Visits every state.
pub fn walk<M: Model>(model: &M, bounds: &Bounds, meter: &Meter) -> Walked<M> {
    let properties = model.properties();
    let seen = Seen::new();
    let keeps_edges = properties.iter().any(|property| matches!(property.must, Must::Eventually(_)));
    let mut shared = Shared {
        model,
        properties: &properties,
        seen: &seen,
        meter,
        depth: 0,
        keeps_edges,
        looks_at_steps: properties
            .iter()
            .any(|property| matches!(property.must, Must::EveryStep(_) | Must::SomeStep(_))),
        known: properties.iter().map(|_| false).collect(),
    };
    let threads = bounds.threads.max(1);
    let mut scratches: Vec<_> = (0..threads).map(|_| model.scratch()).collect();
    let mut workers: Vec<_> = (0..threads).map(|_| Worker::new(properties.len())).collect();
    let (mut found, mut depths, mut bound) = (Vec::new(), Vec::new(), None);
    found.resize_with(properties.len(), || None);
    if let Some(first) = workers.first_mut() {
        model.initial().iter().for_each(|state| first.meet(&shared, state, None));
        meter.states.store(first.states, Ordering::Relaxed);
        meter.frontier.store(first.states, Ordering::Relaxed);
    }
    loop {
        let layer = gather(&mut workers, &mut shared, &mut found, &mut depths);
        let violated = shared.properties.iter().zip(&found).any(|(property, found)| {
            found.is_some() && matches!(property.must, Must::Always(_) | Must::EveryStep(_))
        });
        if layer.is_empty() {
            break;
        }
        if violated && !bounds.past_violations {
            bound = Some(Bound::Violation);
            break;
        }
        if depths.iter().sum::<u64>() > bounds.max_states.min(Seen::MOST) {
            bound = Some(Bound::States(bounds.max_states.min(Seen::MOST)));
            break;
        }
        shared.depth += 1;
        seen.begin_layer();
        meter.bytes.store(seen.bytes(), Ordering::Relaxed);
        expand(&mut workers, &mut scratches, &shared, layer);
    }
    let ends: u64 = workers.iter().map(|worker| worker.ends.len() as u64).sum();
    if bound.is_none() {
        eventually::judge(&properties, &seen, &workers, &mut found);
    }
    let transitions = workers.iter().map(|worker| worker.transitions).sum();
    let sum = workers.iter().fold(0_u128, |sum, worker| sum.wrapping_add(worker.sum));
    let digest = Fingerprint::of(&(sum, &depths, transitions, ends));
    let all_ends = workers.iter_mut().flat_map(|worker| std::mem::take(&mut worker.ends)).collect();
    Walked { properties, seen, found, depths, transitions, ends: all_ends, digest, bound, scratches }
}

/// Takes the layer that was found from the workers, and what else they came to in it.
fn gather<M: Model>(
    workers: &mut [Worker<M>],
    shared: &mut Shared<'_, M>,
    found: &mut [Option<Found>],
    depths: &mut Vec<u64>,
) -> Vec<Chunk<M::State>> {
    let mut layer = Vec::new();
    let mut states = 0;
    for worker in workers {
        layer.append(&mut worker.next);
        states += std::mem::take(&mut worker.states);
        for (all, mine) in found.iter_mut().zip(&mut worker.found) {
            if let Some(mine) = mine.take() {
                Found::keep_least(all, mine);
            }
        }
    }
    for (known, found) in shared.known.iter_mut().zip(found) {
        *known = found.is_some();
    }
    if states > 0 {
        depths.push(states);
    }
    shared.meter.depth.store(shared.depth, Ordering::Relaxed);
    layer
}

/// Finds the layer after this one.
fn expand<M: Model>(
    workers: &mut [Worker<M>],
    scratches: &mut [M::Scratch],
    shared: &Shared<'_, M>,
    layer: Vec<Chunk<M::State>>,
) {
    let left = Mutex::new(layer);
    let take = || left.lock().unwrap_or_else(PoisonError::into_inner).pop();
    if let ([worker], [scratch]) = (&mut *workers, &mut *scratches) {
        while let Some(chunk) = take() {
            worker.leave(shared, scratch, chunk);
        }
        return;
    }
    thread::scope(|scope| {
        for (worker, scratch) in workers.iter_mut().zip(scratches) {
            let take = &take;
            scope.spawn(move || {
                while let Some(chunk) = take() {
                    worker.leave(shared, scratch, chunk);
                }
            });
        }
    });
}

impl<M: Model> Worker<M> {
    fn new(properties: usize) -> Self {
        let (mut found, mut happened) = (Vec::new(), Vec::new());
        found.resize_with(properties, || None);
        happened.resize_with(properties, Vec::new);
        Self {
            next: Vec::new(),
            states: 0,
            transitions: 0,
            sum: 0,
            ends: Vec::new(),
            found,
            edges: Vec::new(),
            happened,
        }
    }

    /// Goes on from states to all that follow them.
    fn leave(&mut self, shared: &Shared<'_, M>, scratch: &mut M::Scratch, chunk: Chunk<M::State>) {
        let many = chunk.len() as u64;
        let known = self.states;
        for (id, print, state) in chunk {
            let before = self.transitions;
            shared.model.successors(&state, scratch, |step, next| {
                self.transitions += 1;
                if shared.looks_at_steps {
                    self.look_at_step(shared, (id, print, &state), &step, next);
                }
                self.meet(shared, next, Some((id, print)));
            });
            if self.transitions == before {
                self.ends.push(id);
            }
        }
        let new = self.states - known;
        shared.meter.states.fetch_add(new, Ordering::Relaxed);
        shared.meter.frontier.fetch_add(new.wrapping_sub(many), Ordering::Relaxed);
    }

    /// Comes to a state, which may be known.
    fn meet(&mut self, shared: &Shared<'_, M>, state: &M::State, from: Option<(Id, Fingerprint)>) {
        let print = Fingerprint::of(state);
        if let Some((_, of_parent)) = from {
            self.sum = self.sum.wrapping_add(of_parent.towards(print.0));
        }
        let Some((id, is_new)) = shared.seen.add(print, from) else { return };
        if let Some((parent, _)) = from.filter(|_| shared.keeps_edges) {
            self.edges.push((parent, id));
        }
        if !is_new {
            return;
        }
        self.states += 1;
        self.sum = self.sum.wrapping_add(print.towards(u128::from(shared.depth)));
        self.look_at_state(shared, id, print, state);
        match self.next.last_mut().filter(|chunk| chunk.len() < CHUNK) {
            Some(chunk) => chunk.push((id, print, state.clone())),
            None => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push((id, print, state.clone()));
                self.next.push(chunk);
            }
        }
    }

    fn look_at_state(&mut self, shared: &Shared<'_, M>, id: Id, print: Fingerprint, state: &M::State) {
        for (at, (property, known)) in shared.properties.iter().zip(&shared.known).enumerate() {
            let what = match &property.must {
                Must::Eventually(is_so) => {
                    if let Some(happened) = self.happened.get_mut(at).filter(|_| is_so(state)) {
                        happened.push(id);
                    }
                    continue;
                }
                _ if *known => continue,
                Must::Always(holds) => holds(state).err(),
                Must::Sometimes(is_so) => is_so(state).then(String::new),
                Must::EveryStep(_) | Must::SomeStep(_) => None,
            };
            if let (Some(what), Some(found)) = (what, self.found.get_mut(at)) {
                Found::keep_least(found, Found::State { id, print, what });
            }
        }
    }

    fn look_at_step(
        &mut self,
        shared: &Shared<'_, M>,
        (from, print, state): (Id, Fingerprint, &M::State),
        step: &M::Step,
        next: &M::State,
    ) {
        for (at, (property, known)) in shared.properties.iter().zip(&shared.known).enumerate() {
            let what = match &property.must {
                _ if *known => continue,
                Must::EveryStep(holds) => holds(state, step, next).err(),
                Must::SomeStep(is_so) => is_so(state, step, next).then(String::new),
                Must::Always(_) | Must::Sometimes(_) | Must::Eventually(_) => None,
            };
            if let (Some(what), Some(found)) = (what, self.found.get_mut(at)) {
                let to = Fingerprint::of(next);
                Found::keep_least(found, Found::Step { from, print, to, what });
            }
        }
    }

    /// The steps that were kept.
    pub(super) fn edges(&self) -> &[(Id, Id)] {
        &self.edges
    }

    /// The ends that were met.
    pub(super) fn ends(&self) -> &[Id] {
        &self.ends
    }

    /// The states in which this property has happened.
    pub(super) fn happened(&self, property: usize) -> &[Id] {
        self.happened.get(property).map_or(&[], Vec::as_slice)
    }
}
