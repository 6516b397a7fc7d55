//! The explorer's side.

use rm_check::explore::{Bounds, Exact, Meter, Model, Property, walk};

use crate::Counted;
use crate::toy;

/// The toy.
pub struct Toy<const MOMENTS: u64>;

impl<const MOMENTS: u64> Model for Toy<MOMENTS> {
    type State = toy::State;
    type Print = Exact;
    type Step = u8;
    type Packed = toy::State;
    type Scratch = ();

    fn scratch(&self) {}

    fn print(&self, state: &toy::State) -> Exact {
        Exact::of(*state)
    }

    fn initial(&self) -> Vec<toy::State> {
        vec![toy::FIRST]
    }

    fn pack(&self, state: &toy::State) -> toy::State {
        *state
    }

    fn unpack(&self, packed: &toy::State, state: &mut toy::State) {
        *state = *packed;
    }

    fn successors(&self, state: &toy::State, (): &mut (), mut visit: impl FnMut(u8, &toy::State)) {
        toy::successors::<MOMENTS>(*state, |step, next| visit(step, &next));
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("exclusive", |state| {
                if toy::is_exclusive(*state) { Ok(()) } else { Err("both are inside".into()) }
            }),
            Property::sometimes("over", |state| toy::is_over(*state)),
        ]
    }
}

/// Visits every state.
pub fn explore<M: Model>(model: &M, threads: usize) -> Counted {
    let walked = walk(model, &Bounds { threads, ..Bounds::default() }, &Meter::default());
    assert!(walked.is_exhaustive());
    Counted { states: walked.states(), steps: walked.transitions }
}
