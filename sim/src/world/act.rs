//! How programs act on what they are asked and told.
//!
//! A message goes to each top-level window of a process in turn, and each has the message's time limit
//! to answer. What comes of it for the process:
//!
//! * A query ends with the first window that answers FALSE in time: the process refuses, and the windows
//!   after it are not asked. A window that does not answer in time is passed over. If nobody refuses,
//!   the process gives no answer if one window gave none, and else agrees.
//! * `WM_ENDSESSION` reaches every window, whatever those before it did, as long as the process runs;
//!   there is no answer if one window gives none.
//! * The times that windows take add up: that of its answer, or the limit if there is none.
//! * A process that exits instead of answering is gone when its time has come, and no window after that
//!   one is asked.
//!
//! `WM_CLOSE` is posted: all windows get it at once. A control event is one for the process, not one for
//! each window, and may be one for all processes on its console.
//!
//! Whoever has to choose is asked before anything happens.

use rm_core::{Millis, Outcome, Reach, UniqueProcess};

use super::behavior::{About, Answer, InTurn, Open, Reaction, Registers};
use super::{Program, Tried, World};
use crate::choice::{Choice, Choose};

impl World {
    /// Asks a process whether it may end; how long the answer takes, and what it is.
    pub(super) fn ask(
        &mut self,
        process: UniqueProcess,
        limit: Millis,
        choose: &mut dyn Choose,
    ) -> Result<(Millis, Outcome), Choice> {
        let cast = self.scene.cast.clone();
        let Some(running) = self.process(process) else { return Ok((limit, Outcome::NoAnswer)) };
        let Some(program) = cast.program(running.program) else { return Ok((limit, Outcome::NoAnswer)) };
        let mut answers = Vec::new();
        for (window, turns) in program.behavior.queries().enumerate() {
            let answer = self.turn(process, About::Query, window, turns);
            let answer = answer.chosen(&program.name, About::Query.name(), choose)?;
            answers.push(answer);
            if matches!(answer, Answer::No(after) if after <= limit)
                || matches!(answer, Answer::Exits(after) if after < limit)
            {
                break;
            }
        }
        self.registers(process, program.behavior.at_query.as_ref());
        let (mut waited, mut outcome) = (Millis(0), Outcome::Agreed);
        for (window, (answer, turns)) in answers.into_iter().zip(program.behavior.queries()).enumerate() {
            self.acted(process, About::Query, window, turns);
            match answer {
                Answer::Yes(after) if after <= limit => waited = plus(waited, after),
                Answer::No(after) if after <= limit => {
                    if !program.behavior.windows.is_empty() {
                        choose.refused(process, window);
                    }
                    return Ok((plus(waited, after), Outcome::Refused));
                }
                Answer::Exits(after) => {
                    self.exit_in(process, plus(waited, after));
                    (waited, outcome) = (plus(waited, limit), Outcome::NoAnswer);
                }
                _ => (waited, outcome) = (plus(waited, limit), Outcome::NoAnswer),
            }
        }
        Ok((waited, outcome))
    }

    /// Tells a process something that its windows answer within this limit; how long that takes, and
    /// whether they all did. Nothing if the process is gone.
    pub(super) fn tell(
        &mut self,
        process: UniqueProcess,
        about: About,
        limit: Millis,
        choose: &mut dyn Choose,
    ) -> Result<Option<(Millis, Outcome)>, Choice> {
        let Some(reactions) = self.reactions(process, about, choose)? else { return Ok(None) };
        Ok(Some(self.react(process, about, reactions, limit)))
    }

    /// Sends a control event to a process, or to everybody on its console.
    pub(super) fn control(
        &mut self,
        process: UniqueProcess,
        reach: Reach,
        choose: &mut dyn Choose,
    ) -> Result<Outcome, Choice> {
        let console = self.program_of(process).and_then(|program| program.about.console);
        let reached = match (reach, console) {
            (Reach::Console, Some(console)) => self.attached(&[console]),
            _ => vec![process],
        };
        let mut all = Vec::new();
        for one in reached {
            all.extend(self.reactions(one, About::Control, choose)?.map(|reactions| (one, reactions)));
        }
        let outcome = if self.is_alive(process) { Outcome::Done } else { Outcome::Gone };
        for (one, reactions) in all {
            self.react(one, About::Control, reactions, Millis(0));
        }
        Ok(outcome)
    }

    /// The processes that are attached to any of these consoles.
    pub(super) fn attached(&self, consoles: &[u32]) -> Vec<UniqueProcess> {
        let is_attached = |program: &Program| program.about.console.is_some_and(|on| consoles.contains(&on));
        let programs = self.scene.cast.programs().filter(|(_, program)| is_attached(program));
        programs.flat_map(|(id, _)| self.processes_of(id)).collect()
    }

    /// What telling a process something will make each of its windows do; nothing if it is gone.
    fn reactions(
        &self,
        process: UniqueProcess,
        about: About,
        choose: &mut dyn Choose,
    ) -> Result<Option<Vec<Reaction>>, Choice> {
        let Some(program) = self.program_of(process) else { return Ok(None) };
        let mut reactions = Vec::new();
        for (window, turns) in program.behavior.reactions(about).into_iter().enumerate() {
            let reaction = self.turn(process, about, window, turns);
            reactions.push(reaction.chosen(&program.name, about.name(), choose)?);
            if reactions.last() == Some(&Reaction::Exits(Millis(0))) {
                break;
            }
        }
        Ok(Some(reactions))
    }

    fn react(
        &mut self,
        process: UniqueProcess,
        about: About,
        reactions: Vec<Reaction>,
        limit: Millis,
    ) -> (Millis, Outcome) {
        let cast = self.scene.cast.clone();
        let program = self.process(process).and_then(|running| cast.program(running.program));
        let Some(program) = program else { return (Millis(0), Outcome::Agreed) };
        if about == About::EndSession {
            self.registers(process, program.behavior.at_end_session.as_ref());
        }
        let (mut waited, mut outcome) = (Millis(0), Outcome::Agreed);
        for (window, (reaction, turns)) in
            reactions.into_iter().zip(program.behavior.reactions(about)).enumerate()
        {
            self.acted(process, about, window, turns);
            match reaction {
                Reaction::Exits(after) => self.exit_in(process, plus(waited, after)),
                Reaction::Never => (waited, outcome) = (plus(waited, limit), Outcome::NoAnswer),
                Reaction::Stays | Reaction::Choose => {}
            }
        }
        (waited, outcome)
    }

    /// What a window does this time.
    fn turn<T: Open>(&self, process: UniqueProcess, about: About, window: usize, turns: &InTurn<T>) -> T {
        let times = self.process(process).and_then(|running| running.acted.get(&(about, window)));
        turns.after(times.copied().unwrap_or(0))
    }

    /// Counts that a window has acted, as long as that makes a difference.
    fn acted<T: Open>(&mut self, process: UniqueProcess, about: About, window: usize, turns: &InTurn<T>) {
        if turns.bound() == 0 {
            return;
        }
        if let Some(running) =
            self.scene.processes.get_mut(&process.id).filter(|running| running.id == process)
        {
            let times = running.acted.entry((about, window)).or_default();
            *times = turns.bound().min(*times + 1);
        }
    }

    fn registers(&mut self, process: UniqueProcess, registers: Option<&Registers>) {
        let Some(registers) = registers else { return };
        if let Some(running) =
            self.scene.processes.get_mut(&process.id).filter(|running| running.id == process)
        {
            running.declared.restart = match registers {
                Registers::As(settings) => Some(settings.clone()),
                Registers::Not => None,
            };
        }
    }

    /// Whether a window hangs when it is asked.
    pub(super) fn hangs(&self, process: UniqueProcess) -> bool {
        let Some(program) = self.program_of(process) else { return false };
        let mut queries = program.behavior.queries().enumerate();
        queries.any(|(window, turns)| self.turn(process, About::Query, window, turns) == Answer::Never)
    }

    /// Settles that a process exits after this time, or earlier if that was settled before.
    fn exit_in(&mut self, process: UniqueProcess, after: Millis) {
        if after == Millis(0) {
            return self.end(process);
        }
        if let Some(running) =
            self.scene.processes.get_mut(&process.id).filter(|running| running.id == process)
        {
            running.exits_in = Some(running.exits_in.map_or(after, |before| before.min(after)));
        }
    }

    /// Tells a program to end without waiting for it.
    pub(super) fn post(&mut self, process: UniqueProcess, about: About, choose: &mut dyn Choose) -> Tried {
        match self.tell(process, about, Millis(0), choose) {
            Ok(Some(_)) => Tried::Outcome(Outcome::Done),
            Ok(None) => Tried::Outcome(Outcome::Gone),
            Err(choice) => Tried::Open(choice),
        }
    }
}

const fn plus(a: Millis, b: Millis) -> Millis {
    Millis(a.0.saturating_add(b.0))
}
