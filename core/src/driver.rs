//! The one loop that carries a call out, and the trait of whatever carries out effects.

use core::cell::RefCell;

use crate::call::Call;
use crate::effect::Effect;
use crate::installer::Installer;
use crate::operation::Next;
use crate::outcome::Outcome;
use crate::process::{Caller, Thread};
use crate::reply::Reply;
use crate::rules::Rules;

/// Carries out effects: one per thread, a cheap handle to the machine. Recording, injecting faults
/// and replaying are each a backend around another.
pub trait Backend {
    /// Carries out one effect, blocking for as long as it takes. The outcome has to be one that
    /// [`Effect::accepts`].
    fn perform(&mut self, who: Caller, effect: &Effect) -> Outcome;

    /// Blocks until some call of the same process has ended ([`Next::Wait`]).
    fn await_turn(&mut self, who: Caller);
}

/// An installer that the threads of its process share.
pub trait Shared {
    /// Looks at it or changes it, alone.
    fn with<T>(&self, act: impl FnOnce(&mut Installer) -> T) -> T;
}

/// An installer all of whose calls are made on one thread.
impl Shared for RefCell<Installer> {
    fn with<T>(&self, act: impl FnOnce(&mut Installer) -> T) -> T {
        act(&mut self.borrow_mut())
    }
}

/// Makes a call and carries it out to its end. No lock is held while an effect is performed, so
/// that a status callback may call back in.
pub fn run(
    installer: &impl Shared,
    thread: Thread,
    call: Call,
    rules: &Rules,
    backend: &mut impl Backend,
) -> Reply {
    let who = installer.with(|installer| {
        installer.begin(thread, call);
        Caller { process: installer.me.process, thread }
    });
    loop {
        match installer.with(|installer| installer.poll_effect(thread, rules)) {
            Next::Do(effect) => {
                let outcome = backend.perform(who, &effect);
                installer.with(|installer| installer.handle_outcome(thread, &effect, outcome));
            }
            Next::Wait => backend.await_turn(who),
            Next::Done(reply) => {
                installer.with(|installer| installer.finish(thread));
                return reply;
            }
        }
    }
}
