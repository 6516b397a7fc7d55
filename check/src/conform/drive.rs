//! Drives an implementation through a case, and writes down what is seen of it from outside.

use rm_core::{Caller, Millis, UniqueProcess};
use rm_sim::fault::Strike;
use rm_sim::scenario::{Act, Calling};
use rm_sim::transcript::Names;
use rm_sim::{FaultPlan, Simulation, Until};

use super::cases::Case;
use super::implementation::{Subject, Unable};
use crate::boundary::{Boundary, Budget, Change, Event, Known, Line};

/// Longer than any call takes.
const PATIENCE: Millis = Millis(u32::MAX);

/// What came of a case.
#[derive(Clone, Debug)]
pub enum Driven {
    /// This was seen.
    Seen(Box<Boundary>),
    /// This was seen, and then the case could not go on, for this reason.
    Partly(Box<Boundary>, String),
    /// This was seen, and then the implementation died or did not come back.
    Died(Box<Boundary>, String),
    /// The implementation cannot do what the case needs.
    Skipped(String),
}

/// Plays a case on an implementation.
#[must_use]
pub fn drive(case: &Case, subject: &mut dyn Subject) -> Driven {
    let cannot = subject.cannot();
    if let Some((need, why)) = case.needs.iter().find_map(|need| cannot.get_key_value(need)) {
        return Driven::Skipped(format!("{need}: {why}"));
    }
    let stage = match case.scenario.stage() {
        Ok(stage) => stage,
        Err(problem) => return Driven::Skipped(problem.to_string()),
    };
    let mut driver = Driver {
        names: stage.transcript.names.clone(),
        newcomers: Vec::new(),
        lines: Vec::new(),
        in_flight: Vec::new(),
        subject,
    };
    let played = driver.play(case, &stage);
    if let Some(why) = driver.subject.died() {
        return Driven::Died(Box::new(driver.boundary(case, stage)), why);
    }
    match played {
        Ok(()) => Driven::Seen(Box::new(driver.boundary(case, stage))),
        Err(why) if driver.lines.is_empty() => Driven::Skipped(why),
        Err(why) => {
            driver.look();
            Driven::Partly(Box::new(driver.boundary(case, stage)), why)
        }
    }
}

struct Driver<'a> {
    subject: &'a mut dyn Subject,
    names: Names,
    newcomers: Vec<(UniqueProcess, String)>,
    lines: Vec<Line>,
    in_flight: Vec<Caller>,
}

impl Driver<'_> {
    fn play<C>(&mut self, case: &Case, stage: &Simulation<C>) -> Result<(), Unable> {
        self.subject.set_up(case.text)?;
        let mut acts = case.scenario.acts(&stage.machine);
        loop {
            let from = self.lines.len();
            let act =
                acts.next(&mut self.names).map_err(|problem| format!("the case cannot go on: {problem}"))?;
            let Some(act) = act else { break };
            if !self.act(act)? {
                return Err("the case came to something else than it is about".into());
            }
            for line in self.lines.iter().skip(from) {
                if let Event::Replied(who, _, seen) = &line.event {
                    acts.came_back(*who, &seen.output);
                }
            }
        }
        self.look();
        Ok(())
    }

    /// Does what comes next; false where the case comes to something else than it is about.
    fn act(&mut self, act: Act) -> Result<bool, Unable> {
        match act {
            Act::Call(calling) => return self.call(calling),
            Act::Exit(name) => self.subject.stop(&name)?,
            Act::Spawn(name) => self.subject.start(&name)?,
            Act::Pass(time) => self.pass(time),
            Act::Delete(path) => self.subject.change(&path, true)?,
            Act::MakeDirectory(path) => self.subject.change(&path, false)?,
            Act::Declare(process, ask) => self.subject.declare(process, &ask)?,
        }
        self.look();
        Ok(true)
    }

    /// Lets time pass; calls that are not held go on.
    fn pass(&mut self, time: Millis) {
        let end = self.subject.now() + u64::from(time.0);
        while let Ok(left) = u32::try_from(end.saturating_sub(self.subject.now())) {
            match self.subject.next(Millis(left)) {
                Some(line) => self.see(line),
                None => return,
            }
        }
    }

    /// Takes in what is there to be seen at once.
    fn look(&mut self) {
        while let Some(line) = self.subject.next(Millis(0)) {
            self.see(line);
        }
    }

    fn call(&mut self, calling: Calling) -> Result<bool, Unable> {
        let Calling { who, call, inside, until, choices } = calling;
        if !choices.is_empty() {
            self.subject.choose(&choices)?;
        }
        match call {
            Some(call) => {
                let outer = inside.map(|thread| Caller { thread, ..who });
                if self.in_flight.contains(&who)
                    || outer.is_some_and(|outer| !self.in_flight.contains(&outer))
                {
                    return Ok(false);
                }
                let at = self.subject.now();
                self.lines.push(Line::new(at, Event::Begins(who, call.clone(), inside.is_some())));
                self.in_flight.push(who);
                self.subject.begin(who, call, inside);
            }
            None if until == Until::End => self.subject.release(who),
            None => {}
        }
        match until {
            Until::End => self.carry(who, PATIENCE),
            Until::Passed(time) => self.carry(who, time),
            Until::Before(..) | Until::Reached(_) => {
                let is_there = self.subject.hold(who, &until)?;
                self.look();
                return Ok(is_there);
            }
        }
        Ok(true)
    }

    /// Carries a call on for so long, or to its end.
    fn carry(&mut self, who: Caller, patience: Millis) {
        let end = self.subject.now() + u64::from(patience.0);
        while self.in_flight.contains(&who) {
            let left = end.saturating_sub(self.subject.now());
            let left = if patience == PATIENCE { PATIENCE } else { Millis(u32::try_from(left).unwrap_or(0)) };
            let Some(line) = self.subject.next(left) else { return };
            self.see(line);
        }
    }

    fn see(&mut self, line: Line) {
        match &line.event {
            Event::Replied(who, ..) => self.in_flight.retain(|one| one != who),
            Event::Changes(Change::Starts(process)) if self.names.named(*process).is_none() => {
                let program = self.subject.program(*process).unwrap_or_else(|| "unknown".into());
                self.names.add(*process, &program);
                self.newcomers.push((*process, program));
            }
            Event::Changes(Change::Gone(process)) => self.in_flight.retain(|one| one.process != *process),
            _ => {}
        }
        self.lines.push(line);
    }

    fn boundary<C>(self, case: &Case, stage: Simulation<C>) -> Boundary {
        let mut machine = stage.machine;
        let fails = machine.faults.left().any(|(_, fault)| matches!(fault.strike, Strike::Fails(_)));
        machine.faults = FaultPlan::default();
        Boundary {
            faults: if fails { Budget::Unstated } else { Budget::None },
            world: Known::Whole,
            messages: self.subject.hears(),
            head: case.head.clone(),
            lines: self.lines,
            machine,
            policy: case.policy,
            names: self.names,
            newcomers: self.newcomers,
        }
    }
}
