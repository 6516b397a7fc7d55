//! The walk: breadth first, one layer after the other.
//!
//! The states of a layer are shared out among the threads. Nothing of what is reported depends on how: counts
//! and digests are sums, and where several states or steps would do, the one with the least print is
//! taken. (Of two parents whose prints begin with the same 32 bits, whoever has the first place.)

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use super::model::{Model, Must, Property};
use super::print::Parts;
use super::seen::Seen;
use super::walked::{Bound, Found, Walked};
use super::worker::{Chunk, Worker};
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

/// What all threads look at.
pub(super) struct Shared<'a, M: Model> {
    pub(super) model: &'a M,
    pub(super) seen: &'a Seen<M::Print>,
    pub(super) meter: &'a Meter,
    pub(super) depth: u64,
    /// Whether steps are kept: something has to happen in the end.
    pub(super) keeps_edges: bool,
    /// Whether they are looked at, to be kept or because something is asked of them.
    pub(super) looks_at_steps: bool,
    /// What is asked of states, each with its place among the properties: what was found in an earlier layer is not.
    pub(super) of_states: Vec<Asked<'a, M>>,
    /// What is asked of steps.
    pub(super) of_steps: Vec<Asked<'a, M>>,
}

/// A property, and its place among all of them.
type Asked<'a, M> = (usize, &'a Property<M>);

impl<'a, M: Model> Shared<'a, M> {
    /// Asks for what was not found yet.
    fn ask(&mut self, properties: &'a [Property<M>], found: &[Option<Found<M::Print>>]) {
        let left = properties.iter().enumerate().filter(|(at, _)| matches!(found.get(*at), Some(None)));
        (self.of_steps, self.of_states) =
            left.partition(|(_, property)| matches!(property.must, Must::EveryStep(_) | Must::SomeStep(_)));
    }
}

/// Visits every state.
pub fn walk<M: Model>(model: &M, bounds: &Bounds, meter: &Meter) -> Walked<M> {
    let properties = model.properties();
    let threads = bounds.threads.max(1);
    let seen = Seen::new(Parts::for_threads(threads));
    let is_any = |is: fn(&Must<M>) -> bool| properties.iter().any(|property| is(&property.must));
    let keeps_edges = is_any(|must| matches!(must, Must::Eventually(_)));
    let looks_at_steps = keeps_edges || is_any(|must| matches!(must, Must::EveryStep(_) | Must::SomeStep(_)));
    let mut shared = Shared {
        model,
        seen: &seen,
        meter,
        depth: 0,
        keeps_edges,
        looks_at_steps,
        of_states: Vec::new(),
        of_steps: Vec::new(),
    };
    let mut scratches: Vec<_> = (0..threads).map(|_| model.scratch()).collect();
    let initial = model.initial();
    let worker = |_| Worker::new(properties.len(), initial.first().cloned(), &shared);
    let mut workers: Vec<_> = (0..threads).map(worker).collect();
    let (mut found, mut depths, mut bound) = (Vec::new(), Vec::new(), None);
    found.resize_with(properties.len(), || None);
    shared.ask(&properties, &found);
    if let Some(first) = workers.first_mut() {
        initial.iter().for_each(|state| first.begin(&shared, state));
    }
    loop {
        let layer = gather(&mut workers, &shared, &mut found, &mut depths);
        shared.ask(&properties, &found);
        let violated = properties.iter().zip(&found).any(|(property, found)| {
            found.is_some() && matches!(property.must, Must::Always(_) | Must::EveryStep(_))
        });
        if layer.is_empty() {
            break;
        }
        if violated && !bounds.past_violations {
            bound = Some(Bound::Violation);
            break;
        }
        if depths.iter().sum::<u64>() > bounds.max_states.min(Seen::<M::Print>::MOST) {
            bound = Some(Bound::States(bounds.max_states.min(Seen::<M::Print>::MOST)));
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
    let visited = OnceLock::new();
    Walked { properties, seen, visited, found, depths, transitions, ends: all_ends, digest, bound, scratches }
}

/// Takes the layer that was found from the workers, and what else they came to in it.
fn gather<M: Model>(
    workers: &mut [Worker<M>],
    shared: &Shared<'_, M>,
    found: &mut [Option<Found<M::Print>>],
    depths: &mut Vec<u64>,
) -> Vec<Chunk<M>> {
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
    if states > 0 {
        depths.push(states);
    }
    shared.meter.states.store(depths.iter().sum(), Ordering::Relaxed);
    shared.meter.frontier.store(states, Ordering::Relaxed);
    shared.meter.depth.store(shared.depth, Ordering::Relaxed);
    layer
}

/// Finds the layer after this one.
fn expand<M: Model>(
    workers: &mut [Worker<M>],
    scratches: &mut [M::Scratch],
    shared: &Shared<'_, M>,
    layer: Vec<Chunk<M>>,
) {
    let left = Mutex::new(layer);
    let take = || left.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let work = |worker: &mut Worker<M>, scratch: &mut M::Scratch| {
        while let Some(chunk) = take() {
            worker.leave(shared, scratch, chunk);
        }
        worker.look_up(shared);
    };
    let mut all = workers.iter_mut().zip(scratches);
    let own = all.next();
    thread::scope(|scope| {
        for (worker, scratch) in all {
            let work = &work;
            scope.spawn(move || work(worker, scratch));
        }
        if let Some((worker, scratch)) = own {
            work(worker, scratch);
        }
    });
}
