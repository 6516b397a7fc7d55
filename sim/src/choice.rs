//! Choices: whatever in a run could go either way, and who decides it.

use std::collections::VecDeque;
use std::fmt;

use rm_core::{Call, Caller, Effect, Outcome, Reply, UniqueProcess};

use crate::world::World;

/// A question that a run meets, and the answers it can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which program is asked.
    pub program: String,
    /// What about: `query`, `end-session`, `close` or `control`.
    pub about: &'static str,
    /// The answers, by the names a scenario uses.
    pub answers: &'static [&'static str],
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.program, self.about)
    }
}

/// Whoever makes the choices.
pub trait Choose {
    /// Picks an answer by its place in `choice.answers`; `None` leaves the question open, and the
    /// run stops there.
    fn choose(&mut self, choice: &Choice) -> Option<usize>;

    /// Hears which window it is of a process that refuses, counted from 0, if it has several. For those
    /// who keep a record.
    fn refused(&mut self, _: UniqueProcess, _window: usize) {}

    /// May put another effect in the place of the one that a call wants, and may answer it instead of the
    /// world. For whoever plays a broken implementation: the model itself is never broken.
    fn instead(&mut self, _: &World, _: Caller, _: &mut Effect) -> Option<Outcome> {
        None
    }

    /// May change what a call is told of an effect. For whoever plays a broken implementation.
    fn told(&mut self, _: Caller, _: &Effect, _: &mut Outcome) {}

    /// May change what a caller gets. For whoever plays a broken implementation.
    fn replied(&mut self, _: Caller, _: &Call, _: &mut Reply) {}
}

/// Makes no choice: for worlds in which every behavior is fixed.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoChoice;

impl Choose for NoChoice {
    fn choose(&mut self, _: &Choice) -> Option<usize> {
        None
    }
}

/// The answers in the order in which they are needed, by name.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// What is still to be answered.
    pub left: VecDeque<String>,
}

impl Choose for Script {
    fn choose(&mut self, choice: &Choice) -> Option<usize> {
        let next = self.left.front()?;
        let at = choice.answers.iter().position(|answer| answer == next)?;
        self.left.pop_front();
        Some(at)
    }
}

/// Every combination of answers, one a round: `while odometer.next_round() { … }`.
///
/// The first round takes each first answer; each further round changes the last answer that can
/// still be changed. What comes after it is asked anew, so that rounds may ask different questions.
#[derive(Clone, Debug, Default)]
pub struct Odometer {
    digits: Vec<(usize, usize)>,
    at: usize,
    begun: bool,
}

impl Odometer {
    /// Goes on to the next combination; `false` when all have been taken.
    pub fn next_round(&mut self) -> bool {
        self.at = 0;
        if !self.begun {
            self.begun = true;
            return true;
        }
        while let Some((answer, of)) = self.digits.pop() {
            if answer + 1 < of {
                self.digits.push((answer + 1, of));
                return true;
            }
        }
        false
    }
}

impl Choose for Odometer {
    fn choose(&mut self, choice: &Choice) -> Option<usize> {
        let of = choice.answers.len();
        if self.at == self.digits.len() {
            self.digits.push((0, of));
        }
        let (answer, _) = *self.digits.get(self.at)?;
        self.at += 1;
        (answer < of).then_some(answer)
    }
}
