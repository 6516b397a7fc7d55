//! What a transcript tells of an implementation: the answers that remain for each question it touched.

use rm_core::rules::{Latitude, LatitudeKind};
use rm_core::{Policy, Rules};
use serde::Serialize;

use super::answers::Diagram;
use super::state::State;
use crate::boundary::Boundary;

/// A question that a transcript touched, and the answers that remain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Learned {
    /// The question's id.
    pub latitude: String,
    /// The question.
    pub question: &'static str,
    /// The answers that remain, by letter.
    pub remaining: String,
    /// The answers themselves.
    pub answers: Vec<&'static str>,
    /// The lines that decided, and what each of them ruled out.
    pub decided: Vec<Decided>,
}

/// A line that ruled answers out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// The line of the transcript.
    pub line: usize,
    /// The answers it ruled out, by letter.
    pub ruled_out: String,
}

/// What remains while a transcript is read.
pub(super) struct Lessons {
    /// What was open in the beginning, and the questions that nothing can answer.
    all: Policy,
    idle: Vec<Latitude>,
    remaining: Policy,
    decided: Vec<(Latitude, usize, u8)>,
    switches: Vec<Latitude>,
    has_occasions: bool,
}

impl Lessons {
    pub(super) fn new(policy: &Policy, idle: Vec<Latitude>) -> Self {
        let is_open = |latitude: &Latitude| policy.set(*latitude).count_ones() > 1;
        let of = |kind| Latitude::all().filter(move |latitude| latitude.row().kind == kind);
        Self {
            all: *policy,
            idle,
            remaining: *policy,
            decided: Vec::new(),
            switches: of(LatitudeKind::Switch).filter(is_open).collect(),
            has_occasions: of(LatitudeKind::Occasion).any(|latitude| is_open(&latitude)),
        }
    }

    pub(super) const fn has_occasions(&self) -> bool {
        self.has_occasions
    }

    /// Notes what a line has ruled out.
    pub(super) fn after(
        &mut self,
        line: usize,
        boundary: &Boundary,
        states: &[State],
        diagram: &mut Diagram,
    ) {
        if self.switches.is_empty() {
            return;
        }
        let Some((first, more)) = states.split_first() else { return };
        let mut hull = |state: &State| diagram.hull(state.answers);
        let now = more.iter().fold(hull(first), |all, state| all.united(&hull(state)));
        let now = self.idle.iter().fold(now, |now, latitude| now.answering_as(&self.all, *latitude));
        let number = boundary.lines.get(line).map_or(0, |line| line.number);
        for latitude in &self.switches {
            let out = self.remaining.set(*latitude) & !now.set(*latitude);
            if out != 0 {
                self.decided.push((*latitude, number, out));
            }
        }
        self.remaining = now;
    }

    /// What was learned of the questions that were asked.
    pub(super) fn learned(&self, rules: &Rules) -> Vec<Learned> {
        let touched = self.switches.iter().filter(|latitude| rules.was_asked(**latitude));
        touched.map(|latitude| self.of(*latitude)).collect()
    }

    fn of(&self, latitude: Latitude) -> Learned {
        let row = latitude.row();
        let set = self.remaining.set(latitude);
        let remains = |(at, _): &(usize, &str)| set >> at & 1 == 1;
        Learned {
            latitude: row.id.into(),
            question: row.question,
            remaining: letters(set),
            answers: row.answers().enumerate().filter(remains).map(|(_, answer)| answer).collect(),
            decided: self
                .decided
                .iter()
                .filter(|(one, ..)| *one == latitude)
                .map(|(_, line, out)| Decided { line: *line, ruled_out: letters(*out) })
                .collect(),
        }
    }
}

/// Answers by letter, the first being `a`.
#[must_use]
pub fn letters(set: u8) -> String {
    (0..8u8).filter(|answer| set >> answer & 1 == 1).map(|answer| char::from(b'a' + answer)).collect()
}
