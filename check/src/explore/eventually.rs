//! What must happen in the end: no end is reached before it, and nothing goes round for ever without it.
//!
//! Only the states that can be reached before it happens matter. What is left of them when everything that
//! leads nowhere is taken away again and again goes round.

use std::collections::VecDeque;

use super::model::{Model, Must, Property};
use super::print::Print;
use super::seen::Seen;
use super::visited::{Id, Visited};
use super::walked::Found;
use super::worker::Worker;

/// The steps of a walk, by where they begin.
struct Graph {
    /// Where the steps from a state begin in `to`, by its place.
    from: Vec<usize>,
    to: Vec<Id>,
}

impl Graph {
    fn new<M: Model>(places: usize, workers: &[Worker<M>]) -> Self {
        let mut from = vec![0; places + 1];
        let edges = || workers.iter().flat_map(|worker| worker.edges().iter().copied());
        edges().for_each(|(state, _)| add(&mut from, state.index() + 1));
        let mut before = 0;
        for many in &mut from {
            before += *many;
            *many = before;
        }
        let mut free = from.clone();
        let mut to = vec![Id(0); edges().count()];
        for (state, next) in edges() {
            if let Some(place) = free.get_mut(state.index()) {
                if let Some(edge) = to.get_mut(*place) {
                    *edge = next;
                }
                *place += 1;
            }
        }
        Self { from, to }
    }

    fn next(&self, state: Id) -> &[Id] {
        let at = state.index();
        let range = self.from.get(at).copied().unwrap_or_default()
            ..self.from.get(at + 1).copied().unwrap_or_default();
        self.to.get(range).unwrap_or_default()
    }
}

fn add(counts: &mut [usize], at: usize) {
    if let Some(count) = counts.get_mut(at) {
        *count += 1;
    }
}

/// Says of every property of this kind whether it holds.
pub(super) fn judge<M: Model>(
    properties: &[Property<M>],
    seen: &Seen<M::Print>,
    workers: &[Worker<M>],
    found: &mut [Option<Found<M::Print>>],
) {
    if !properties.iter().any(|property| matches!(property.must, Must::Eventually(_))) {
        return;
    }
    let visited = &seen.visited();
    let graph = Graph::new(visited.places(), workers);
    let ends: Vec<_> = workers.iter().flat_map(|worker| worker.ends()).copied().collect();
    for (at, (property, found)) in properties.iter().zip(found).enumerate() {
        if !matches!(property.must, Must::Eventually(_)) {
            continue;
        }
        let mut happened = vec![false; visited.places()];
        let all = workers.iter().flat_map(|worker| worker.happened(at));
        all.for_each(|id| set(&mut happened, *id));
        let before = before(&graph, visited, &happened);
        let early = ends.iter().copied().filter(|id| is_set(&before, *id));
        let round = going_round(&graph, &before);
        let ends = early.map(|id| (id, "it ends before that"));
        let broken = ends.chain(round.map(|id| (id, "it goes round for ever without that")));
        let shortest =
            broken.filter_map(|(id, what)| Some((visited.way_to(id).len(), visited.print(id)?, id, what)));
        *found = shortest
            .min_by_key(|(length, print, ..)| (*length, *print))
            .map(|(_, print, id, what)| Found::State { id, print, what: what.into() });
    }
}

/// The states that can be reached before it has happened.
fn before(graph: &Graph, visited: &Visited<impl Print>, happened: &[bool]) -> Vec<bool> {
    let mut before = vec![false; happened.len()];
    let first = visited.first().filter(|id| !is_set(happened, *id));
    let mut left: VecDeque<_> = first.collect();
    left.iter().for_each(|id| set(&mut before, *id));
    while let Some(state) = left.pop_front() {
        for next in graph.next(state).iter().filter(|next| !is_set(happened, **next)) {
            if !is_set(&before, *next) {
                set(&mut before, *next);
                left.push_back(*next);
            }
        }
    }
    before
}

/// Those of some states from which it goes round among them for ever.
fn going_round(graph: &Graph, among: &[bool]) -> impl Iterator<Item = Id> {
    let places = || (0..among.len()).filter_map(|at| u32::try_from(at).ok()).map(Id);
    let inside: Vec<_> = places().filter(|id| is_set(among, *id)).collect();
    // Whoever leads to a state, and how many steps a state has left.
    let mut back: Vec<(Id, Id)> = Vec::new();
    let mut left = vec![0_usize; among.len()];
    for state in &inside {
        for next in graph.next(*state).iter().filter(|next| is_set(among, **next)) {
            back.push((*next, *state));
            add(&mut left, state.index());
        }
    }
    back.sort_unstable_by_key(|(to, _)| to.0);
    let mut round = among.to_vec();
    let is_over = |left: &[usize], id: Id| left.get(id.index()) == Some(&0);
    let mut over: Vec<_> = inside.iter().copied().filter(|id| is_over(&left, *id)).collect();
    while let Some(state) = over.pop() {
        if let Some(goes) = round.get_mut(state.index()) {
            *goes = false;
        }
        let from = back.partition_point(|(to, _)| to.0 < state.0);
        let to_it = back.get(from..).unwrap_or_default().iter().take_while(|(to, _)| *to == state);
        for (_, parent) in to_it {
            if let Some(many) = left.get_mut(parent.index()) {
                *many -= 1;
                if *many == 0 {
                    over.push(*parent);
                }
            }
        }
    }
    inside.into_iter().filter(move |id| is_set(&round, *id))
}

fn set(all: &mut [bool], id: Id) {
    if let Some(one) = all.get_mut(id.index()) {
        *one = true;
    }
}

fn is_set(all: &[bool], id: Id) -> bool {
    all.get(id.index()) == Some(&true)
}
