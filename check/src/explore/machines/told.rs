//! A way through a small world, told as a transcript and written as a scenario.

use rm_sim::choice::Script;
use rm_sim::scenario::{Problem, written};
use rm_sim::{Move, Simulation, Transcript};

use super::{Machines, Moment, Step};
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
    pub fn told(&self, path: &Path<Moment, Step>, why: &str) -> Result<Told, Problem> {
        let moves: Vec<_> =
            self.before.iter().cloned().chain(path.steps.iter().map(|(step, _)| made(step))).collect();
        let mut simulation = self.again(path)?;
        for made in &moves {
            // Whatever blocks goes on later.
            let _ = simulation.make(made);
        }
        let transcript = simulation.transcript;
        Ok(Told { transcript, scenario: written(self.again(path)?, &moves, why) })
    }

    /// The world before anything happened, with the choices of a way.
    fn again(&self, path: &Path<Moment, Step>) -> Result<Simulation<Script>, Problem> {
        let (_, mut start) = self.scenario.small_world()?;
        for (step, _) in &path.steps {
            if let Step::Goes(_, _, answers) = step {
                start.choose.left.extend(answers.iter().map(|answer| (*answer).to_string()));
            }
        }
        Ok(start)
    }
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
