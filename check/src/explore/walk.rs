//! The walk: breadth first, one layer after the other.
//!
//! The states of a layer are shared out among the threads. Nothing of what is reported depends on how: counts
//! and digests are sums, and where several states or steps would do, the one with the least print is
//! taken. (Of two parents whose prints begin with the same 32 bits, whoever comes first.)

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use super::model::{Model, Must, Property};
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
    pub(super) properties: &'a [Property<M>],
    pub(super) seen: &'a Seen<M::Print>,
    pub(super) meter: &'a Meter,
    pub(super) depth: u64,
    pub(super) keeps_edges: bool,
    pub(super) looks_at_steps: bool,
    /// What was found in earlier layers, and need not be looked for.
    pub(super) known: Vec<bool>,
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
    let initial = model.initial();
    let worker = |_| Worker::new(properties.len(), initial.first().cloned());
    let mut workers: Vec<_> = (0..threads).map(worker).collect();
    let (mut found, mut depths, mut bound) = (Vec::new(), Vec::new(), None);
    found.resize_with(properties.len(), || None);
    if let Some(first) = workers.first_mut() {
        initial.iter().for_each(|state| first.begin(&shared, state));
        first.look_up(&shared);
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
    shared: &mut Shared<'_, M>,
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
    for (known, found) in shared.known.iter_mut().zip(found) {
        *known = found.is_some();
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
    if let ([worker], [scratch]) = (&mut *workers, &mut *scratches) {
        while let Some(chunk) = take() {
            worker.leave(shared, scratch, chunk);
        }
        worker.look_up(shared);
        return;
    }
    thread::scope(|scope| {
        for (worker, scratch) in workers.iter_mut().zip(scratches) {
            let take = &take;
            scope.spawn(move || {
                while let Some(chunk) = take() {
                    worker.leave(shared, scratch, chunk);
                }
                worker.look_up(shared);
            });
        }
    });
}
