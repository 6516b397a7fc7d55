//! A script as what is done, one act after the other: for whoever drives another implementation by it.

use std::collections::VecDeque;

use rm_core::arr::Ask;
use rm_core::{Call, Caller, Millis, Name, SeenOutput, Thread, UniqueProcess};

use super::caller::caller;
use super::calls::{self, Opened};
use super::format::{File, Step};
use super::steps::{only_one_action, until};
use super::{Problem, Scenario, app};
use crate::machine::Machine;
use crate::simulation::Until;
use crate::transcript::Names;

/// What is done next.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A thread makes a call, or carries on the one it left.
    Call(Calling),
    /// A process exits, an installer dies, or a service stops.
    Exit(String),
    /// A program or a service starts.
    Spawn(String),
    /// Time passes.
    Pass(Millis),
    /// What is at a path is deleted.
    Delete(Name),
    /// A directory is made.
    MakeDirectory(Name),
    /// A process says how it wants to be started again, or that it does not.
    Declare(UniqueProcess, Ask),
}

/// A call that is made or carried on.
#[derive(Clone, Debug, PartialEq)]
pub struct Calling {
    /// Whose it is.
    pub who: Caller,
    /// The call; none where one is carried on.
    pub call: Option<Call>,
    /// The thread whose status callback makes it.
    pub inside: Option<Thread>,
    /// How far it is carried.
    pub until: Until,
    /// How programs answer what is left to be chosen.
    pub choices: Vec<String>,
}

/// The acts of a scenario.
#[derive(Debug)]
pub struct Acts<'a> {
    file: &'a File,
    machine: &'a Machine,
    left: VecDeque<&'a Step>,
    opened: Opened,
    /// Who opens a session, what it will be called, and whether the buffer for its key was zeroed.
    opening: Vec<(Caller, String, String, bool)>,
}

impl<'a> Acts<'a> {
    pub(super) fn new(scenario: &'a Scenario, machine: &'a Machine) -> Self {
        let steps = scenario.file.step.iter().map(toml::Spanned::get_ref);
        let left = steps.flat_map(|step| (0..step.times).map(move |_| step)).collect();
        Self { file: &scenario.file, machine, left, opened: Opened::default(), opening: Vec::new() }
    }

    /// What is done next, by these names of processes; none when all is done.
    ///
    /// # Errors
    /// When a step names something that does not exist.
    pub fn next(&mut self, names: &mut Names) -> Result<Option<Act>, Problem> {
        while let Some(step) = self.left.pop_front() {
            if let Some(act) = self.act(step, names)? {
                return Ok(Some(act));
            }
        }
        Ok(None)
    }

    /// Takes note of what a call wrote to its output parameters.
    pub fn came_back(&mut self, who: Caller, output: &SeenOutput) {
        if let Some(at) = self.opening.iter().position(|(opening, ..)| *opening == who) {
            let (_, installer, session, zeroed) = self.opening.remove(at);
            self.opened.note(installer, session, output, zeroed);
        }
    }

    fn act(&mut self, step: &Step, names: &mut Names) -> Result<Option<Act>, Problem> {
        only_one_action(step)?;
        let path = |path: &toml::Spanned<String>| Name::from(path.get_ref().as_str());
        Ok(if let Some(app) = &step.app {
            app::declares(app.get_ref(), names)?
        } else if let Some(name) = &step.exit {
            Some(Act::Exit(name.get_ref().clone()))
        } else if let Some(name) = &step.spawn {
            Some(Act::Spawn(name.get_ref().clone()))
        } else if let Some(deleted) = &step.delete {
            Some(Act::Delete(path(deleted)))
        } else if let Some(made) = &step.make_directory {
            Some(Act::MakeDirectory(path(made)))
        } else if let Some(time) = step.wait {
            Some(Act::Pass(time))
        } else if step.check.is_some() {
            None
        } else {
            Some(Act::Call(self.calling(step, names)?))
        })
    }

    fn calling(&mut self, step: &Step, names: &mut Names) -> Result<Calling, Problem> {
        let (installer, mut who) = caller(self.file, step.by.as_ref(), self.machine, names)?;
        let mut inside = None;
        if step.in_callback {
            inside = Some(who.thread);
            let name = names.callback(who);
            who.thread = names.thread(who.process, &name);
        }
        let mut call = None;
        if step.finish.is_none()
            && let Some((made, opens)) = calls::call(step, &installer, &self.opened, names)?
        {
            let zeroed = step.start.as_ref().is_none_or(|start| start.zeroed);
            self.opening.retain(|(opening, ..)| *opening != who);
            self.opening.extend(opens.map(|session| (who, installer, session, zeroed)));
            call = Some(made);
        }
        Ok(Calling { who, call, inside, until: until(step)?, choices: step.choices.clone() })
    }
}
