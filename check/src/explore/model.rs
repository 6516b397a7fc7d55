//! What can be explored: states, how they follow one another, and what must be so of them.

use std::fmt;

use super::print::Print;

/// Whether something holds; else what was met.
pub type Holds = Result<(), String>;

/// Something that can be explored.
pub trait Model: Sync {
    /// What the thing consists of at one moment: all that its future depends on, and nothing else.
    type State: Clone + Eq + Send + Sync;

    /// What stands for a state in the visited set.
    type Print: Print;

    /// What leads from one state to the next; to tell of it, and no part of what is visited.
    type Step;

    /// What a state is while it waits to be gone on from: the same in less memory, if that helps.
    type Packed: Send;

    /// What a worker keeps while it goes from state to state: a state to make successors in, tallies.
    type Scratch: Send;

    /// Something for a worker to begin with.
    fn scratch(&self) -> Self::Scratch;

    /// What stands for a state.
    fn print(&self, state: &Self::State) -> Self::Print;

    /// Where it can begin.
    fn initial(&self) -> Vec<Self::State>;

    /// Makes a state smaller, while it waits.
    fn pack(&self, state: &Self::State) -> Self::Packed;

    /// Takes a state up again, in the place of another.
    fn unpack(&self, packed: &Self::Packed, state: &mut Self::State);

    /// Shows every state that is one step away, always in the same order. A state from which nothing
    /// leads on is an end.
    fn successors(
        &self,
        state: &Self::State,
        scratch: &mut Self::Scratch,
        visit: impl FnMut(Self::Step, &Self::State),
    );

    /// What must be so.
    fn properties(&self) -> Vec<Property<Self>>;
}

/// Something that must be so, and its name.
pub struct Property<M: Model + ?Sized> {
    /// Its name.
    pub name: String,
    /// What must be so.
    pub must: Must<M>,
}

/// What a property says.
pub enum Must<M: Model + ?Sized> {
    /// It holds of every state.
    Always(OfState<M, Holds>),
    /// It holds of every step, from one state to the next.
    EveryStep(OfStep<M, Holds>),
    /// It is so of some state; one that nobody reaches fails.
    Sometimes(OfState<M, bool>),
    /// Some step is such a one.
    SomeStep(OfStep<M, bool>),
    /// Whichever way it goes, there comes a state of which it is so: nothing ends before, and nothing goes
    /// round for ever without one.
    Eventually(OfState<M, bool>),
}

/// Something that is asked of a state.
pub type OfState<M, T> = Box<dyn Fn(&<M as Model>::State) -> T + Send + Sync>;

/// Something that is asked of a step: where it begins, what it is, where it leads.
pub type OfStep<M, T> =
    Box<dyn Fn(&<M as Model>::State, &<M as Model>::Step, &<M as Model>::State) -> T + Send + Sync>;

impl<M: Model + ?Sized> Property<M> {
    /// It holds of every state.
    pub fn always(name: &str, holds: impl Fn(&M::State) -> Holds + Send + Sync + 'static) -> Self {
        Self { name: name.into(), must: Must::Always(Box::new(holds)) }
    }

    /// It holds of every step.
    pub fn every_step(
        name: &str,
        holds: impl Fn(&M::State, &M::Step, &M::State) -> Holds + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), must: Must::EveryStep(Box::new(holds)) }
    }

    /// It is so of some state.
    pub fn sometimes(name: &str, is_so: impl Fn(&M::State) -> bool + Send + Sync + 'static) -> Self {
        Self { name: name.into(), must: Must::Sometimes(Box::new(is_so)) }
    }

    /// Some step is such a one.
    pub fn some_step(
        name: &str,
        is_so: impl Fn(&M::State, &M::Step, &M::State) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), must: Must::SomeStep(Box::new(is_so)) }
    }

    /// It is so in the end, whichever way it goes.
    pub fn eventually(name: &str, is_so: impl Fn(&M::State) -> bool + Send + Sync + 'static) -> Self {
        Self { name: name.into(), must: Must::Eventually(Box::new(is_so)) }
    }
}

impl<M: Model + ?Sized> fmt::Debug for Property<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Property").field("name", &self.name).field("must", &self.must).finish()
    }
}

impl<M: Model + ?Sized> Must<M> {
    /// The word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Always(_) | Self::EveryStep(_) => "always",
            Self::Sometimes(_) | Self::SomeStep(_) => "sometimes",
            Self::Eventually(_) => "eventually",
        }
    }
}

impl<M: Model + ?Sized> fmt::Debug for Must<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
