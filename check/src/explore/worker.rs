//! A thread of the walk: finds what follows the states of a layer, and looks it up among what is known.

use std::sync::atomic::Ordering;

use super::aside::{AT_ONCE, Aside, Met};
use super::model::{Model, Must};
use super::print::{Print, beginning, together};
use super::visited::{Id, Origin};
use super::walk::Shared;
use super::walked::Found;

/// States to go on from.
pub(super) type Chunk<M> = Vec<(Id, <M as Model>::Print, <M as Model>::Packed)>;

/// How many states a thread takes at a time.
const CHUNK: usize = 256;

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
    /// Flat states that were met and not looked up yet.
    aside: Option<Aside<M>>,
    /// Every step, where something has to happen in the end.
    edges: Vec<(Id, Id)>,
    /// For each property of that kind the states in which it has happened.
    happened: Vec<Vec<Id>>,
}

impl<M: Model> Worker<M> {
    /// Whether a state is a few words and nothing else. Such states are put aside and looked up many at a time, if no
    /// step is looked at: then the processor fetches several places at once, which is what takes longest.
    const IS_FLAT: bool = !std::mem::needs_drop::<M::State>() && size_of::<M::State>() <= 64;

    pub(super) fn new(properties: usize, current: Option<M::State>, shared: &Shared<'_, M>) -> Self {
        let (mut found, mut happened) = (Vec::new(), Vec::new());
        found.resize_with(properties, || None);
        happened.resize_with(properties, Vec::new);
        Self {
            next: Vec::new(),
            current,
            states: 0,
            transitions: 0,
            sum: 0,
            ends: Vec::new(),
            found,
            aside: (Self::IS_FLAT && !shared.looks_at_steps).then(|| Aside::new(shared.seen.divided)),
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
            let (steps, following) = match &mut self.aside {
                Some(aside) => {
                    let origin = Origin::new(beginning(print), id);
                    let put = aside.put_what_follows(shared.model, &state, scratch, origin);
                    aside.settle_many();
                    put
                }
                None => self.meet_what_follows(shared, scratch, (id, print, &state)),
            };
            self.transitions += steps;
            self.sum = self.sum.wrapping_add(together(print, following));
            if steps == 0 {
                self.ends.push(id);
            }
            if self.aside.as_ref().is_some_and(Aside::is_full) {
                self.look_up(shared);
            }
        }
        self.current = Some(state);
        let new = self.states - known;
        shared.meter.states.fetch_add(new, Ordering::Relaxed);
        shared.meter.frontier.fetch_add(new.wrapping_sub(many), Ordering::Relaxed);
    }

    /// Where it can begin.
    pub(super) fn begin(&mut self, shared: &Shared<'_, M>, state: &M::State) {
        self.meet(shared, state, shared.model.print(state), Origin::NONE);
    }

    /// Comes to all that follow a state: how many they are, and the sum of their prints.
    fn meet_what_follows(
        &mut self,
        shared: &Shared<'_, M>,
        scratch: &mut M::Scratch,
        (id, print, state): (Id, M::Print, &M::State),
    ) -> (u64, u128) {
        let (mut steps, mut sum) = (0, 0_u128);
        shared.model.successors(state, scratch, |step, next| {
            let next_print = shared.model.print(next);
            steps += 1;
            sum = sum.wrapping_add(next_print.bits());
            self.look_at_step(shared, (id, print, state), &step, (next_print, next));
            self.meet(shared, next, next_print, Origin::new(beginning(print), id));
        });
        (steps, sum)
    }

    /// Comes to a state, which may be known.
    fn meet(&mut self, shared: &Shared<'_, M>, state: &M::State, print: M::Print, origin: Origin) {
        let part = shared.seen.part(shared.seen.divided.of(print));
        let Some((id, is_new)) = part.and_then(|mut part| part.add(print, origin)) else { return };
        if shared.keeps_edges && origin != Origin::NONE {
            self.edges.push((origin.parent(), id));
        }
        if is_new {
            self.is_new(shared, id, print, state);
        }
    }

    /// Looks up all that was put aside.
    pub(super) fn look_up(&mut self, shared: &Shared<'_, M>) {
        if let Some(mut aside) = self.aside.take() {
            aside.take(|part, met| self.look_up_part(shared, part, met));
            self.aside = Some(aside);
        }
    }

    fn look_up_part(&mut self, shared: &Shared<'_, M>, number: usize, met: &[Met<M>]) {
        let Some(mut part) = shared.seen.part(number) else { return };
        for few in met.chunks(AT_ONCE) {
            part.fetch(few.iter().map(|met| met.print));
            for met in few {
                if let Some((id, true)) = part.add(met.print, met.origin) {
                    self.is_new(shared, id, met.print, &met.state);
                }
            }
        }
    }

    /// Has met a state that nobody met before.
    fn is_new(&mut self, shared: &Shared<'_, M>, id: Id, print: M::Print, state: &M::State) {
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
        for &(at, property) in &shared.of_states {
            let what = match &property.must {
                Must::Always(holds) => holds(state).err(),
                Must::Sometimes(is_so) => is_so(state).then(String::new),
                Must::Eventually(is_so) => {
                    if let Some(happened) = self.happened.get_mut(at).filter(|_| is_so(state)) {
                        happened.push(id);
                    }
                    continue;
                }
                Must::EveryStep(_) | Must::SomeStep(_) => continue,
            };
            if let Some(what) = what {
                self.keep(at, Found::State { id, print, what });
            }
        }
    }

    fn look_at_step(
        &mut self,
        shared: &Shared<'_, M>,
        (from, print, state): (Id, M::Print, &M::State),
        step: &M::Step,
        (to, next): (M::Print, &M::State),
    ) {
        for &(at, property) in &shared.of_steps {
            let what = match &property.must {
                Must::EveryStep(holds) => holds(state, step, next).err(),
                Must::SomeStep(is_so) => is_so(state, step, next).then(String::new),
                Must::Always(_) | Must::Sometimes(_) | Must::Eventually(_) => continue,
            };
            if let Some(what) = what {
                self.keep(at, Found::Step { from, print, to, what });
            }
        }
    }

    /// Keeps what was found for a property, if it is the least.
    #[cold]
    fn keep(&mut self, property: usize, found: Found<M::Print>) {
        if let Some(known) = self.found.get_mut(property) {
            Found::keep_least(known, found);
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
