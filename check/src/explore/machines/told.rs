//! A way through a small world, told as a transcript and written as a scenario.

use rm_core::rules::{Latitude, Policy};
use rm_sim::choice::Script;
use rm_sim::fault::{Place, Planned};
use rm_sim::scenario::{Problem, written};
use rm_sim::transcript::Event;
use rm_sim::{Move, Simulation, Transcript};

use super::{Machines, Position, Step, Wrong};
use crate::explore::Path;

/// A way through a small world.
#[derive(Clone, Debug)]
pub struct Told {
    /// What happens on it.
    pub transcript: Transcript,
    /// A scenario that goes the same way.
    pub scenario: String,
}

impl Machines {
    /// Tells of a way.
    ///
    /// # Errors
    /// When the world cannot be set up again, which it was before.
    pub fn told(&self, path: &Path<Position, Step>, why: &str) -> Result<Told, Problem> {
        let mut simulation = self.again(path)?;
        let mut faults = Vec::new();
        for made in &self.before {
            // Whatever blocks goes on later.
            let _ = simulation.make(made);
        }
        for (step, _) in &path.steps {
            faults.extend(make(&mut simulation, step));
        }
        let mut start = self.again(path)?;
        for planned in faults {
            start.machine.faults.add(planned);
        }
        let moves: Vec<_> =
            self.before.iter().cloned().chain(path.steps.iter().map(|(step, _)| made(step))).collect();
        Ok(Told { transcript: simulation.transcript, scenario: written(start, &moves, why) })
    }

    /// The world before anything happened, with the choices of a way and the answers that were learned on it.
    fn again(&self, path: &Path<Position, Step>) -> Result<Simulation<Script>, Problem> {
        let (_, mut start) = self.scenario.small_world()?;
        for (step, _) in &path.steps {
            start.choose.left.extend(answers(step));
        }
        let last = path.steps.last().map_or(&path.start, |(_, last)| last);
        if let Some(learned) = &last.progress.policy {
            start.rules.policy = settled(learned, &start.rules.policy);
        }
        Ok(start)
    }
}

/// The answers that were learned, and the usual ones where none was.
fn settled(learned: &Policy, usual: &Policy) -> Policy {
    Latitude::all().fold(*usual, |policy, latitude| {
        let mut answers = learned.answers(latitude);
        match (answers.next(), answers.next()) {
            (Some(only), None) => policy.with(latitude, only).unwrap_or(policy),
            _ => policy,
        }
    })
}

/// The answers that a step takes.
fn answers(step: &Step) -> Vec<String> {
    match step {
        Step::Goes(_, _, _, answers) => answers.iter().map(|answer| (*answer).to_string()).collect(),
        Step::Begins(..) | Step::Passes(_) | Step::Happens(_) => Vec::new(),
    }
}

/// Makes a step, and tells what a plan made in the beginning would have said of what goes wrong in it.
pub(super) fn make(simulation: &mut Simulation<Script>, step: &Step) -> Option<Planned> {
    let mut planned = None;
    if let Step::Goes(by, Some(Wrong { effect, strike }), ..) = step {
        let at = Place { by: *by, effect: Some(*effect), nth: 1, within: None };
        simulation.machine.faults.add(Planned { at, strike: *strike });
        let nth = at.nth + met(&simulation.transcript, at);
        planned = Some(Planned { at: Place { nth, ..at }, strike: *strike });
    }
    if simulation.choose.left.is_empty() {
        simulation.choose.left.extend(answers(step));
    }
    // Whatever blocks goes on later.
    let _ = simulation.make(&made(step));
    planned
}

/// How many such effects there have been.
fn met(transcript: &Transcript, at: Place) -> u32 {
    let is_it = |event: &Event| match event {
        Event::Did(effect, _) => Some(effect.name()) == at.effect,
        _ => false,
    };
    let count = transcript.lines.iter().filter(|line| line.who == Some(at.by) && is_it(&line.event)).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The move that makes a step.
fn made(step: &Step) -> Move {
    match step {
        Step::Begins(who, call) => Move::Begin(*who, call.clone()),
        Step::Goes(who, ..) => Move::Step(*who),
        Step::Passes(by) => Move::Pass(*by),
        Step::Happens(event) => event.clone(),
    }
}
