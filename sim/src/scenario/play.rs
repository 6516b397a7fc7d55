//! Plays a script, step by step.

use std::ops::Range;

use rm_core::{Caller, Output, Reply};
use toml::Spanned;

use super::calls::{self, Opened};
use super::expect;
use super::format::{Expect, File, Leave, Step};
use super::{Problem, stage};
use crate::choice::Script;
use crate::machine::Machine;
use crate::simulation::{Simulation, Stuck, Until};
use crate::transcript::{Event, Transcript};
use crate::world::parse_millis;

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

pub(super) fn play(file: &File) -> Result<Run, Problem> {
    let simulation = stage::set(file)?;
    let mut player = Player {
        file,
        simulation,
        opened: Opened::default(),
        opening: Vec::new(),
        unmet: Vec::new(),
        expectations: 0,
    };
    for step in &file.step {
        // A problem that has no place of its own is a problem of its step.
        player.step(step).map_err(|problem| match problem.span {
            Range { start: 0, end: 0 } => Problem { span: step.span(), ..problem },
            _ => problem,
        })?;
    }
    let Player { simulation, unmet, expectations, .. } = player;
    Ok(Run { transcript: simulation.transcript, unmet, expectations, machine: simulation.machine })
}

impl Player<'_> {
    fn step(&mut self, spanned: &Spanned<Step>) -> Result<(), Problem> {
        let step = spanned.get_ref();
        only_one_action(step)?;
        if let Some(note) = &step.note {
            self.simulation.transcript.add(None, Event::Note(note.clone()));
        }
        if let Some(name) = &step.exit {
            let process = calls::process(name, &self.simulation.transcript.names)?;
            self.simulation.end(process);
        } else if let Some(name) = &step.spawn {
            let program = self.simulation.machine.world.cast().find(name.get_ref());
            let missing = || Problem::new(name.span(), format!("there is no program `{}`", name.get_ref()));
            self.simulation.spawn(program.ok_or_else(missing)?);
        } else if let Some(time) = step.wait {
            self.simulation.pass(time);
        } else if let Some(check) = &step.check {
            self.expectations += 1;
            self.unmet.extend(expect::machine(check, &self.simulation.machine)?);
        } else {
            return self.call(step, spanned.span());
        }
        Ok(())
    }

    fn call(&mut self, step: &Step, place: Range<usize>) -> Result<(), Problem> {
        let (installer, who) = self.caller(step)?;
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
            self.simulation.begin(who, call);
        }
        self.simulation.choose.left.extend(step.choices.iter().cloned());
        let until = until(step)?;
        let reply = match self.simulation.carry(who, &until) {
            Ok(reply) => reply,
            Err(Stuck::Ended(effect)) => {
                let message = format!("the call ended before it came to `{effect}`");
                self.unmet.push(Problem::new(place, message));
                return Ok(());
            }
            Err(stuck) => return Err(Problem::new(0..0, stuck.to_string())),
        };
        match reply {
            None => Ok(()),
            Some(reply) => self.replied(step, place, who, &reply),
        }
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
            let opened = (installer, name);
            match reply.output {
                Output::Started(handle, key) => {
                    self.opened.keys.insert(opened.clone(), key.text());
                    self.opened.handles.insert(opened, handle);
                }
                Output::Joined(handle) => {
                    self.opened.handles.insert(opened, handle);
                }
                Output::Nothing | Output::List(_) => {}
            }
        }
        let (place, expected) = match &step.expect {
            Some(expected) => (expected.span(), expected.get_ref()),
            None => (place, &Expect::default()),
        };
        self.expectations += 1;
        self.unmet.extend(expect::reply(expected, place, who, reply, &self.simulation.transcript));
        Ok(())
    }

    /// Who makes the call: the only installer, or the one that is named.
    fn caller(&mut self, step: &Step) -> Result<(String, Caller), Problem> {
        let (name, thread, span) = match &step.by {
            Some(by) => {
                let (name, thread) = by.get_ref().split_once('/').unwrap_or((by.get_ref(), ""));
                (name, thread, by.span())
            }
            None => match self.file.installer.first_key_value() {
                Some((only, _)) if self.file.installer.len() == 1 => (only.get_ref().as_str(), "", 0..0),
                _ => return Err(Problem::new(0..0, "say who makes the call: `by = \"…\"`")),
            },
        };
        let names = &mut self.simulation.transcript.names;
        let process =
            names.find(name).filter(|process| self.simulation.machine.installer(*process).is_some());
        let message = || format!("there is no installer `{name}`, or it runs no more");
        let process = process.ok_or_else(|| Problem::new(span, message()))?;
        names.thread(process, "");
        Ok((name.to_string(), Caller { process, thread: names.thread(process, thread) }))
    }
}

fn until(step: &Step) -> Result<Until, Problem> {
    let Some(leave) = &step.leave else { return Ok(Until::End) };
    if step.expect.is_some() {
        return Err(Problem::new(leave.span(), "a call that is left unfinished has no result to expect"));
    }
    match leave.get_ref() {
        Leave::Before(name) if rm_core::Effect::NAMES.contains(&name.get_ref().as_str()) => {
            Ok(Until::Before(name.get_ref().clone(), 1))
        }
        Leave::Before(name) => {
            let known = rm_core::Effect::NAMES.join("`, `");
            Err(Problem::new(
                name.span(),
                format!("there is no effect `{}`; expected one of `{known}`", name.get_ref()),
            ))
        }
        Leave::After(time) => match parse_millis(time.get_ref()) {
            Ok(time) => Ok(Until::Passed(time)),
            Err(error) => Err(Problem::new(time.span(), error.to_string())),
        },
    }
}

fn only_one_action(step: &Step) -> Result<(), Problem> {
    let actions = [
        ("start", step.start.is_some()),
        ("join", step.join.is_some()),
        ("register", step.register.is_some()),
        ("list", step.list.is_some()),
        ("shutdown", step.shutdown.is_some()),
        ("restart", step.restart.is_some()),
        ("cancel", step.cancel.is_some()),
        ("end", step.end.is_some()),
        ("finish", step.finish.is_some()),
        ("exit", step.exit.is_some()),
        ("spawn", step.spawn.is_some()),
        ("wait", step.wait.is_some()),
        ("check", step.check.is_some()),
    ];
    let given: Vec<_> = actions.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    if given.len() == 1 {
        return Ok(());
    }
    let found = if given.is_empty() { "none".into() } else { format!("`{}`", given.join("`, `")) };
    let all = actions.map(|(name, _)| name).join("`, `");
    Err(Problem::new(
        0..0,
        format!("a step does one thing, and this one has {found}; expected one of `{all}`"),
    ))
}
