//! A thread of the walk: finds what follows the states of a layer, and looks it up among what is known.

use std::sync::atomic::Ordering;

use super::model::{Model, Must};
use super::print::{Print, together};
use super::seen::{PARTS, beginning, part_of};
use super::visited::Id;
use super::walk::Shared;
use super::walked::Found;

/// States to go on from.
pub(super) type Chunk<M> = Vec<(Id, <M as Model>::Print, <M as Model>::Packed)>;

/// How many states a thread takes at a time.
const CHUNK: usize = 256;

/// How many flat states of one part of the visited set are put aside before they are looked up.
const ASIDE: usize = 4096;

/// How many of them are fetched at once: about as many as a processor can wait for.
const AT_ONCE: usize = 16;

/// What a thread of the walk has come to.
pub(super) struct Worker<M: Model> {
    pub(super) next: Vec<Chunk<M>>,
    /// The state that is gone on from.
    current: Option<M::State>,
    pub(super) states: u64,
    pub(super) transitions: u64,
    /// The digest so far: a sum over states, each with all that follow it.
    pub(super) sum: u128,
    pub(super) ends: Vec<Id>,
    pub(super) found: Vec<Option<Found<M::Print>>>,
    /// Flat states that were met and not looked up yet, by the part of the visited set.
    aside: Vec<Vec<Met<M>>>,
    /// What came of looking them up.
    looked_up: Vec<Option<(Id, bool)>>,
    /// Every step, where something has to happen in the end.
    edges: Vec<(Id, Id)>,
    /// For each property of that kind the states in which it has happened.
    happened: Vec<Vec<Id>>,
}

/// A state that was met, and where it was met from.
struct Met<M: Model> {
    print: M::Print,
    of_parent: u32,
    parent: Id,
    state: M::State,
}

impl<M: Model> Worker<M> {
    /// Whether a state is a few words and nothing else. Such states are put aside and looked up many at a time:
    /// then the processor fetches several places of the visited set at once, which is what takes longest.
    const IS_FLAT: bool = !std::mem::needs_drop::<M::State>() && size_of::<M::State>() <= 64;

    pub(super) fn new(properties: usize, current: Option<M::State>) -> Self {
        let (mut found, mut happened, mut aside) = (Vec::new(), Vec::new(), Vec::new());
        found.resize_with(properties, || None);
        happened.resize_with(properties, Vec::new);
        aside.resize_with(PARTS, Vec::new);
        Self {
            next: Vec::new(),
            current,
            states: 0,
            transitions: 0,
            sum: 0,
            ends: Vec::new(),
            found,
            aside,
            looked_up: Vec::new(),
            edges: Vec::new(),
            happened,
        }
    }

    /// Goes on from states to all that follow them.
    pub(super) fn leave(&mut self, shared: &Shared<'_, M>, scratch: &mut M::Scratch, chunk: Chunk<M>) {
        let (many, known) = (chunk.len() as u64, self.states);
        let Some(mut state) = self.current.take() else { return };
        for (id, print, packed) in chunk {
            shared.model.unpack(&packed, &mut state);
            let of_parent = beginning(print);
            let (before, mut following) = (self.transitions, 0_u128);
            shared.model.successors(&state, scratch, |step, next| {
                self.transitions += 1;
                if shared.looks_at_steps {
                    self.look_at_step(shared, (id, print, &state), &step, next);
                }
                let next_print = shared.model.print(next);
                following = following.wrapping_add(next_print.bits());
                self.meet(shared, next, next_print, (id, of_parent));
            });
            self.sum = self.sum.wrapping_add(together(print, following));
            if self.transitions == before {
                self.ends.push(id);
            }
        }
        self.current = Some(state);
        let new = self.states - known;
        shared.meter.states.fetch_add(new, Ordering::Relaxed);
        shared.meter.frontier.fetch_add(new.wrapping_sub(many), Ordering::Relaxed);
    }

    /// Where it can begin.
    pub(super) fn begin(&mut self, shared: &Shared<'_, M>, state: &M::State) {
        let print = shared.model.print(state);
        self.meet(shared, state, print, (Id::NONE, 0));
    }

    /// Comes to a state, which may be known, from another.
    fn meet(
        &mut self,
        shared: &Shared<'_, M>,
        state: &M::State,
        print: M::Print,
        (parent, of_parent): (Id, u32),
    ) {
        if !Self::IS_FLAT {
            let known =
                shared.seen.part(part_of(print)).and_then(|mut part| part.add(print, parent, of_parent));
            return self.knows(shared, state, print, parent, known);
        }
        if let Some(aside) = self.aside.get_mut(part_of(print)) {
            aside.push(Met { print, of_parent, parent, state: state.clone() });
            if aside.len() == ASIDE {
                self.look_up_part(shared, part_of(print));
            }
        }
    }

    /// Looks up all that was put aside.
    pub(super) fn look_up(&mut self, shared: &Shared<'_, M>) {
        (0..self.aside.len()).for_each(|part| self.look_up_part(shared, part));
    }

    fn look_up_part(&mut self, shared: &Shared<'_, M>, number: usize) {
        let Some(mut all) = self.aside.get_mut(number).map(std::mem::take) else { return };
        let mut looked_up = std::mem::take(&mut self.looked_up);
        if let Some(mut part) = shared.seen.part(number) {
            for few in all.chunks(AT_ONCE) {
                part.fetch(few.iter().map(|met| met.print));
                looked_up.extend(few.iter().map(|met| part.add(met.print, met.parent, met.of_parent)));
            }
        }
        for (met, known) in all.drain(..).zip(looked_up.drain(..)) {
            self.knows(shared, &met.state, met.print, met.parent, known);
        }
        self.looked_up = looked_up;
        if let Some(aside) = self.aside.get_mut(number) {
            *aside = all;
        }
    }

    /// What was met has a place now, and may be new.
    fn knows(
        &mut self,
        shared: &Shared<'_, M>,
        state: &M::State,
        print: M::Print,
        parent: Id,
        known: Option<(Id, bool)>,
    ) {
        let Some((id, is_new)) = known else { return };
        if shared.keeps_edges && parent != Id::NONE {
            self.edges.push((parent, id));
        }
        if !is_new {
            return;
        }
        self.states += 1;
        self.sum = self.sum.wrapping_add(together(print, shared.depth.into()));
        self.look_at_state(shared, id, print, state);
        match self.next.last_mut().filter(|chunk| chunk.len() < CHUNK) {
            Some(chunk) => chunk.push((id, print, shared.model.pack(state))),
            None => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push((id, print, shared.model.pack(state)));
                self.next.push(chunk);
            }
        }
    }

    fn look_at_state(&mut self, shared: &Shared<'_, M>, id: Id, print: M::Print, state: &M::State) {
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
        (from, print, state): (Id, M::Print, &M::State),
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
                let to = shared.model.print(next);
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
