//! A flaw: what a broken implementation does otherwise than the model.

use std::fmt;

use rm_core::{AppId, Call, Caller, Effect, Outcome, Reply, Seen};
use rm_sim::World;
use rm_sim::choice::{Choice, Choose, Script};

use crate::boundary::{Change, Contact, Event};

/// What somebody does otherwise. The model stays as it is; a flaw stands between it and its callers, or
/// between it and the world.
pub trait Flaw: Send {
    /// May change a call before the model hears of it, or answer it without the model.
    fn call(&mut self, _: Caller, _: &mut Call) -> Option<Seen> {
        None
    }

    /// May do something else than the model wants done, or answer it without doing anything.
    fn effect(&mut self, _: &World, _: Caller, _: &mut Effect) -> Option<Outcome> {
        None
    }

    /// May tell the model something else than what came of an effect.
    fn outcome(&mut self, _: Caller, _: &Effect, _: &mut Outcome) {}

    /// May change what a caller gets.
    fn reply(&mut self, _: Caller, _: &Call, _: &mut Reply) {}

    /// May let something else be seen, more or less.
    fn seen(&mut self, event: Event, seen: &mut Vec<Event>) {
        seen.push(event);
    }
}

/// No flaw: the model itself.
#[derive(Clone, Copy, Debug)]
pub struct Sound;

impl Flaw for Sound {}

/// The choices of a script, and a flaw in everything else.
pub(crate) struct Flawed {
    pub(crate) script: Script,
    pub(crate) flaw: Box<dyn Flaw>,
    /// What the model thinks that applications were told, and the flaw kept from them.
    pub(crate) unheard: Vec<(AppId, Contact)>,
}

impl Flawed {
    /// Whether the flaw kept this from who would have been told it.
    pub(crate) fn kept(&mut self, event: &Event) -> bool {
        let Event::Changes(Change::Told(id, contact)) = event else { return false };
        let at = self.unheard.iter().position(|(one, unheard)| one == id && unheard == contact);
        at.map(|at| self.unheard.remove(at)).is_some()
    }
}

impl fmt::Debug for Flawed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flawed").field("script", &self.script).finish_non_exhaustive()
    }
}

impl Choose for Flawed {
    fn choose(&mut self, choice: &Choice) -> Option<usize> {
        self.script.choose(choice)
    }

    fn instead(&mut self, world: &World, who: Caller, effect: &mut Effect) -> Option<Outcome> {
        let outcome = self.flaw.effect(world, who, effect)?;
        self.unheard.extend(Contact::of(effect, &outcome));
        Some(outcome)
    }

    fn told(&mut self, who: Caller, effect: &Effect, outcome: &mut Outcome) {
        self.flaw.outcome(who, effect, outcome);
    }

    fn replied(&mut self, who: Caller, call: &Call, reply: &mut Reply) {
        self.flaw.reply(who, call, reply);
    }
}
