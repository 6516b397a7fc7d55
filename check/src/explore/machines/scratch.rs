//! What a thread of the walk keeps while it goes from one position to the next.

use rm_core::Rules;
use rm_sim::choice::{Choice, Choose, Odometer};

use super::{Position, Tally};

/// What a thread of the walk keeps.
pub struct Scratch {
    /// Where successors are made.
    pub(super) next: Position,
    pub(super) rules: Rules,
    /// What was met so far.
    pub tally: Tally,
}

impl Scratch {
    pub(super) fn new(next: Position, rules: Rules) -> Self {
        Self { next, rules, tally: Tally::default() }
    }
}

/// Takes every combination of answers, and remembers the one it has just taken.
#[derive(Default)]
pub(super) struct Chosen {
    odometer: Odometer,
    /// The answers of this round.
    pub(super) answers: Vec<&'static str>,
}

impl Chosen {
    /// Goes on to the next combination, if there is one.
    pub(super) fn next_round(&mut self) -> bool {
        self.answers.clear();
        self.odometer.next_round()
    }
}

impl Choose for Chosen {
    fn choose(&mut self, choice: &Choice) -> Option<usize> {
        let at = self.odometer.choose(choice)?;
        self.answers.extend(choice.answers.get(at));
        Some(at)
    }
}
