//! Stories: what happened on one of the shortest ways to a position, and the invariants that speak of it.
//!
//! Every step is held against them, by one story that takes it. Other stories that lead to the same position
//! are not told again: what is to come depends on the position alone.

use rm_core::rules::Policy;
use rm_core::{Limits, Rules};
use rm_sim::choice::Script;
use rm_sim::{Simulation, Transcript};

use super::told::make;
use super::{Machines, Position, Step};
use crate::explore::model::Property;
use crate::invariants::{BY_DEFAULT, OfStory, WHATEVER_THE_POLICY};
use crate::played::Played;

impl Machines {
    /// The story of a step: that of where it begins, and what the step adds.
    pub(super) fn story(&self, before: &Position, step: &Step) -> Transcript {
        let transcript = before.story.as_deref().unwrap_or(&self.transcript).clone();
        let machine = before.machine.clone();
        let mut simulation =
            Simulation { machine, rules: self.rules(before), choose: Script::default(), transcript };
        make(&mut simulation, step);
        simulation.transcript
    }
}

/// The invariants of stories, each as a property.
pub(super) fn properties(policy: Policy, limits: Limits) -> Vec<Property<Machines>> {
    let by_default = BY_DEFAULT.iter().filter(|_| policy == Policy::default());
    let all: Vec<_> = WHATEVER_THE_POLICY.iter().chain(by_default).copied().collect();
    let of_story = |(name, invariant): OfStory| {
        Property::every_step(name, move |_: &Position, _: &Step, next: &Position| {
            let Some(story) = next.story.as_deref() else { return Ok(()) };
            let mut rules = Rules::new(next.progress.policy.as_deref().copied().unwrap_or(policy));
            rules.limits = limits;
            invariant(&Played::new(next.machine.clone(), story.clone(), rules))
        })
    };
    all.into_iter().map(of_story).collect()
}
