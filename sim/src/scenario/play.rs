//! Plays a script, step by step.

use std::ops::Range;

use rm_core::rules::Latitude;
use rm_core::{Caller, Name, Reply, Rules, Seen};
use toml::Spanned;

use super::caller::caller;
use super::calls::{self, Opened};
use super::format::{Expect, File, Step};
use super::steps::{only_for_calls, only_one_action, until};
use super::{Problem, Scenario, app, expect, faults};
use crate::choice::Script;
use crate::machine::Machine;
use crate::simulation::{Simulation, Stuck, Until};
use crate::transcript::{Event, Transcript};
use crate::world::Named;

/// A scenario that was run.
#[derive(Clone, Debug)]
pub struct Run {
    /// What happened.
    pub transcript: Transcript,
    /// What turned out otherwise than expected: the message, and the place of the expectation.
    pub unmet: Vec<Problem>,
    /// How many expectations there were.
    pub expectations: usize,
    /// The machine as the script left it.
    pub machine: Machine,
    /// The rules it was played by, which know what was asked of them.
    pub rules: Rules,
}

struct Player<'a> {
    file: &'a File,
    simulation: Simulation<Script>,
    opened: Opened,
    /// The name that the handle of a session being opened will get, by caller.
    opening: Vec<(Caller, String, String)>,
    unmet: Vec<Problem>,
    expectations: usize,
}

pub(super) fn play(scenario: &Scenario) -> Result<Run, Problem> {
    let file = &scenario.file;
    let mut player = Player {
        file,
        simulation: scenario.stage()?,
        opened: Opened::default(),
        opening: Vec::new(),
        unmet: Vec::new(),
        expectations: 0,
    };
    for step in &file.step {
        // A problem that has no place of its own is a problem of its step.
        player.step(step).map_err(|problem| problem.or_at(step.span()))?;
    }
    player.unmet.extend(faults::never_struck(file, &player.simulation.machine));
    for id in file.answers.keys() {
        let asked = Latitude::find(id.get_ref()).is_some_and(|id| player.simulation.rules.was_asked(id));
        if !asked {
            let message =
                format!("nothing in this scenario asks `{}`: the answer changes nothing", id.get_ref());
            player.unmet.push(Problem::new(id.span(), message));
        }
    }
    let Player { simulation, unmet, expectations, .. } = player;
    let Simulation { machine, rules, transcript, .. } = simulation;
    Ok(Run { transcript, unmet, expectations, machine, rules })
}

impl Player<'_> {
    fn step(&mut self, spanned: &Spanned<Step>) -> Result<(), Problem> {
        let step = spanned.get_ref();
        only_one_action(step)?;
        if let Some(note) = &step.note {
            self.simulation.transcript.add(None, Event::Note(note.clone()));
        }
        if let Some(app) = &step.app {
            self.expectations += 1;
            self.unmet.extend(app::play(step, app, &mut self.simulation)?);
            return Ok(());
        }
        let changes = step.delete.as_ref().or(step.make_directory.as_ref());
        let happens = [step.exit.is_some(), step.spawn.is_some(), step.wait.is_some(), step.check.is_some()];
        if happens.contains(&true) || changes.is_some() {
            only_for_calls(step)?;
        }
        if let Some(name) = &step.exit {
            self.exit(name)?;
        } else if let Some(name) = &step.spawn {
            self.spawn(name)?;
        } else if let Some(path) = changes {
            return self.change(path, step.delete.is_some());
        } else if let Some(time) = step.wait {
            self.simulation.pass(time);
        } else if let Some(check) = &step.check {
            self.expectations += 1;
            self.unmet.extend(expect::machine(check, &self.simulation.machine, &self.simulation.transcript)?);
        } else {
            for _ in 0..step.times {
                self.call(step, spanned.span())?;
            }
        }
        Ok(())
    }

    /// A process exits, or a service stops.
    fn exit(&mut self, name: &Spanned<String>) -> Result<(), Problem> {
        let world = &self.simulation.machine.world;
        if let Some(Named::Service(service)) = world.cast().named(name.get_ref()) {
            if world.serving(service).is_none() {
                return Err(Problem::new(name.span(), format!("`{}` has stopped already", name.get_ref())));
            }
            self.simulation.stop(service);
            return Ok(());
        }
        let process = calls::process(name, &self.simulation.transcript.names)?;
        if !world.is_alive(process) {
            return Err(Problem::new(name.span(), self.runs_no_more(name.get_ref())));
        }
        self.simulation.end(process);
        Ok(())
    }

    /// A program or a service starts.
    fn spawn(&mut self, name: &Spanned<String>) -> Result<(), Problem> {
        let missing =
            || Problem::new(name.span(), format!("there is no program or service `{}`", name.get_ref()));
        let named = self.simulation.machine.world.cast().named(name.get_ref()).ok_or_else(missing)?;
        self.simulation.start(named);
        Ok(())
    }

    /// Deletes what is at a path, or makes a directory of it.
    fn change(&mut self, path: &Spanned<String>, deletes: bool) -> Result<(), Problem> {
        let (world, name) = (&mut self.simulation.machine.world, Name::from(path.get_ref().as_str()));
        let (done, problem) = if deletes {
            (world.delete(&name), "there is nothing at this path")
        } else {
            (world.make_directory(&name), "there is something at this path")
        };
        if !done {
            return Err(Problem::new(path.span(), problem));
        }
        self.simulation.transcript.add(None, Event::Changed(name, deletes));
        Ok(())
    }

    fn runs_no_more(&self, name: &str) -> String {
        let world = &self.simulation.machine.world;
        let running = world.cast().find(name).and_then(|program| world.processes_of(program).next());
        let now =
            running.map(|process| format!("; now it is `{}`", self.simulation.transcript.names.of(process)));
        format!("`{name}` runs no more{}", now.unwrap_or_default())
    }

    fn call(&mut self, step: &Step, place: Range<usize>) -> Result<(), Problem> {
        let Simulation { machine, transcript, .. } = &mut self.simulation;
        let (installer, mut who) = caller(self.file, step.by.as_ref(), machine, &mut transcript.names)?;
        let mut outer = None;
        if step.in_callback {
            outer = Some(who.thread);
            if !self.simulation.is_about_to(who, "Report") {
                let by = self.simulation.transcript.names.caller(who);
                let message = format!("`{by}` is in no callback: leave its call before `Report`");
                return Err(Problem::new(0..0, message));
            }
            let name = self.simulation.transcript.names.callback(who);
            who.thread = self.simulation.transcript.names.thread(who.process, &name);
        }
        if step.finish.is_none() {
            let names = &self.simulation.transcript.names;
            let Some((call, opens)) = calls::call(step, &installer, &self.opened, names)? else {
                return Ok(());
            };
            if self.simulation.machine.next(who, &self.simulation.rules).is_some() {
                let by = self.simulation.transcript.names.caller(who);
                return Err(Problem::new(
                    0..0,
                    format!("`{by}` has a call in flight: finish it, or use another thread"),
                ));
            }
            self.opening.retain(|(opening, ..)| *opening != who);
            self.opening.extend(opens.map(|name| (who, installer, name)));
            match outer {
                Some(outer) => self.simulation.begin_inside(who, call, outer),
                None => self.simulation.begin(who, call),
            }
        }
        self.simulation.choose.left.extend(step.choices.iter().cloned());
        let mut until = until(step)?;
        // A call that was left before such an effect goes past it first.
        if let (Until::Before(name, nth), true) = (&mut until, step.finish.is_some()) {
            *nth += u32::from(self.simulation.is_about_to(who, name));
        }
        let reply = match self.simulation.carry(who, &until) {
            Ok(reply) => reply,
            Err(Stuck::Waits | Stuck::Forever(_)) if step.leave.is_some() => None,
            Err(Stuck::Ended(effect)) => {
                let message = format!("the call ended before it came to `{effect}`");
                self.unmet.push(Problem::new(place, message));
                return Ok(());
            }
            Err(stuck) => return Err(Problem::new(0..0, stuck.to_string())),
        };
        if let Some(reply) = reply {
            return self.replied(step, place, who, &reply);
        }
        // A call that is left has nothing to expect; one whose caller died has no result.
        if let Some(expected) = &step.expect {
            self.unmet.push(Problem::new(expected.span(), "the caller died, and the call has no result"));
        }
        Ok(())
    }

    fn replied(
        &mut self,
        step: &Step,
        place: Range<usize>,
        who: Caller,
        reply: &Reply,
    ) -> Result<(), Problem> {
        if let Some(left) = self.simulation.choose.left.front() {
            let message = format!("nothing was to be chosen that `{left}` would answer");
            return Err(Problem::new(0..0, message));
        }
        if let Some(at) = self.opening.iter().position(|(opening, ..)| *opening == who) {
            let (_, installer, name) = self.opening.remove(at);
            let zeroed = step.start.as_ref().is_none_or(|start| start.zeroed);
            self.opened.note(installer, name, &Seen::from(reply).output, zeroed);
        }
        let (place, expected) = match &step.expect {
            Some(expected) => (expected.span(), expected.get_ref()),
            None => (place, &Expect::default()),
        };
        self.expectations += 1;
        self.unmet.extend(expect::reply(expected, place, who, reply, &self.simulation.transcript));
        Ok(())
    }
}
