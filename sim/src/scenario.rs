//! Scenarios: a world and a script of calls in one file, with what to expect.
//!
//! `fixtures/readme.toml` explains the format by a scenario that runs. [`Scenario::parse`] reads a
//! text, [`Scenario::run`] plays it and compares what happens with what was expected. [`written`] goes the
//! other way: it makes a scenario of a run.

mod acts;
mod app;
mod caller;
mod calls;
mod expect;
mod faults;
mod format;
mod needs;
mod play;
mod small;
mod stage;
mod steps;
mod write;

use std::collections::BTreeSet;
use std::ops::Range;

pub use acts::{Act, Acts, Calling};
pub use needs::Need;
pub use play::Run;
pub use small::{First, Opened, Scripted, SmallWorld};
pub use write::{head, written};

use format::File;

use crate::choice::Script;
use crate::machine::Machine;
use crate::simulation::Simulation;

/// A scenario, read and not yet run.
#[derive(Clone, Debug)]
pub struct Scenario {
    file: File,
}

/// Something wrong with a scenario: what, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// What is wrong, and what was expected.
    pub message: String,
    /// Where, in bytes of the text.
    pub span: Range<usize>,
}

impl Problem {
    pub(crate) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), span }
    }

    /// A problem that has no place of its own is one of what surrounds it.
    fn or_at(self, surroundings: Range<usize>) -> Self {
        if self.span == (0..0) { Self { span: surroundings, ..self } } else { self }
    }
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// When the text is no TOML, has a field that does not exist, or a value that is not understood.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        match toml::from_str(text) {
            Ok(file) => Ok(Self { file }),
            Err(error) => Err(Problem::new(error.span().unwrap_or_default(), error.message())),
        }
    }

    /// What the scenario shows, in one sentence.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.file.why
    }

    /// The ids of the rules it says it checks.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.file.rules.iter().map(|rule| rule.get_ref().as_str())
    }

    /// The names of its installers, in the order of the file.
    #[must_use]
    pub fn installers(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.file.installer.keys().collect();
        names.sort_by_key(|name| name.span().start);
        names.into_iter().map(|name| name.get_ref().as_str()).collect()
    }

    /// The machine before the script, with what is to go wrong on it: for whoever makes the calls.
    ///
    /// # Errors
    /// When something names what does not exist.
    pub fn stage(&self) -> Result<Simulation<Script>, Problem> {
        let mut simulation = stage::set(&self.file)?;
        faults::plan(&self.file, &mut simulation.machine, &mut simulation.transcript.names)?;
        Ok(simulation)
    }

    /// What is done in it, one act after the other, by whoever drives an implementation; on this machine, as
    /// [`stage`](Self::stage) gives it.
    #[must_use]
    pub fn acts<'a>(&'a self, machine: &'a Machine) -> Acts<'a> {
        Acts::new(self, machine)
    }

    /// What a machine has to be able to do for this scenario to be played on it.
    #[must_use]
    pub fn needs(&self) -> BTreeSet<Need> {
        needs::of(&self.file)
    }

    /// The scenario as a small world: what its threads do, in whatever order; and its machine before
    /// anything happened, with the choices of what happens first.
    ///
    /// # Errors
    /// When something names what does not exist, or a step is none that can happen in any order.
    pub fn small_world(&self) -> Result<(SmallWorld, Simulation<Script>), Problem> {
        small::world(self)
    }

    /// Plays the scenario.
    ///
    /// # Errors
    /// When a step names something that does not exist, or a call cannot go on as the script wants.
    /// What turns out otherwise than expected is no error but part of the [`Run`].
    pub fn run(&self) -> Result<Run, Problem> {
        play::play(self)
    }
}
