//! The registry write mutex around an operation's work on the registry.

use crate::effect::Effect;
use crate::outcome::Outcome;
use crate::refusal::{Fault, Refusal};
use crate::rules::{Rule, Rules, latitude::answers};
use crate::session::Scope;

answers! {
    /// Who shares one mutex.
    Shared = "OQ-110" { ThoseOfThePlaces, Machine }
}

/// Where an operation stands with the mutex. An abandoned mutex is a held one: what its last owner
/// left half done shows in the hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) enum Mutex {
    #[default]
    Wanted,
    Held,
    NotFree,
    Failed(Fault),
    Released,
}

impl Mutex {
    /// The next effect of work that needs the mutex: take it, what `inside` asks for as long as it
    /// asks for something, give it back. `None` when that is over, or never began.
    pub(super) fn guard(self, rules: &Rules, inside: impl FnOnce() -> Option<Effect>) -> Option<Effect> {
        match self {
            Self::Wanted => Some(Effect::Lock(scope(rules), rules.limits.mutex)),
            Self::Held => inside().or(Some(Effect::Unlock)),
            Self::NotFree | Self::Failed(_) | Self::Released => None,
        }
    }

    /// Why the mutex could not be had.
    pub(super) const fn refusal(self, rule: Rule) -> Option<Refusal> {
        match self {
            Self::NotFree => Some(Refusal::RegistryBusy(rule)),
            Self::Failed(fault) => Some(Refusal::Machine(fault, rule)),
            Self::Wanted | Self::Held | Self::Released => None,
        }
    }

    pub(super) const fn handle(&mut self, effect: &Effect, outcome: &Outcome) {
        match (effect, outcome) {
            (Effect::Lock(..), Outcome::Held | Outcome::Abandoned) => *self = Self::Held,
            (Effect::Lock(..), Outcome::NotFree) => *self = Self::NotFree,
            (Effect::Lock(..), Outcome::Failed(fault)) => *self = Self::Failed(*fault),
            (Effect::Unlock, _) => *self = Self::Released,
            _ => {}
        }
    }
}

fn scope(rules: &Rules) -> Scope {
    match rules.ask::<Shared>() {
        Shared::ThoseOfThePlaces => super::start::places(rules),
        Shared::Machine => Scope::Machine,
    }
}
