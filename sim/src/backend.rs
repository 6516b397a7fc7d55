//! The blocking form: a simulated machine as a [`Backend`] for [`rm_core::run`].

use rm_core::{Backend, Caller, Effect, Outcome};

use crate::choice::{Choice, Choose};
use crate::world::{Tried, World};

/// Carries out the effects of one thread on a world. Whatever would block lets time pass instead.
#[derive(Debug)]
pub struct SimBackend<'a, C> {
    /// The machine.
    pub world: &'a mut World,
    /// Whoever makes the choices.
    pub choose: C,
}

/// Takes the first answer where another makes no choice.
struct OrFirst<'a, C>(&'a mut C);

impl<C: Choose> Choose for OrFirst<'_, C> {
    fn choose(&mut self, choice: &Choice) -> Option<usize> {
        self.0.choose(choice).or(Some(0))
    }
}

impl<C: Choose> Backend for SimBackend<'_, C> {
    /// A choice that nobody makes is the first of its answers.
    fn perform(&mut self, who: Caller, effect: &Effect) -> Outcome {
        loop {
            match self.world.perform(who, effect, &mut OrFirst(&mut self.choose)) {
                Tried::Outcome(outcome) => return outcome,
                // Not Open: whatever nobody chooses is the first answer.
                Tried::Open(_) | Tried::Blocked => {
                    let next = self.world.next_event().expect("whatever blocks has a time limit");
                    self.world.advance(next);
                }
            }
        }
    }

    /// # Panics
    /// Always: a thread that has the world to itself waits for no other. Threads that share an
    /// installer are moved by a [`Simulation`](crate::Simulation).
    fn await_turn(&mut self, who: Caller) {
        unreachable!("thread {} has the machine to itself", who.thread);
    }
}
