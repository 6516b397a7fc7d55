//! A call in flight: the test says how far it goes.

use rm_core::{Caller, Effect, Output, Reply};

use super::bench::Bench;
use super::{Error, Lab, Refused};
use crate::moves::Move;
use crate::simulation::{Stuck, Until};

/// A call that was begun. It stays in flight until it is finished, or its installer dies.
#[derive(Debug)]
#[must_use = "a call that nobody carries on does nothing"]
pub struct Pending<'lab> {
    lab: &'lab Lab,
    who: Caller,
    function: &'static str,
    reply: Option<Reply>,
}

impl<'lab> Pending<'lab> {
    pub(super) const fn new(lab: &'lab Lab, who: Caller, function: &'static str) -> Self {
        Self { lab, who, function, reply: None }
    }

    /// What comes next: the name of an effect, as `rmsim run --view full` shows them, or `reply`. None while
    /// the call waits for another one, and when it has ended.
    #[must_use]
    pub fn next(&self) -> Option<&'static str> {
        self.lab.bench().simulation.comes_next(self.who)
    }

    /// Whether it waits for time to pass, or for somebody else.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        let bench = self.lab.bench();
        let simulation = &bench.simulation;
        self.reply.is_none() && !simulation.machine.is_ready(self.who, &simulation.rules)
    }

    /// Whether it has come to its end.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.reply.is_some()
    }

    /// Moves the call by one effect, or ends it. One that waits stays where it is.
    ///
    /// # Errors
    /// When it cannot go on, or the installer dies.
    pub fn step(&mut self) -> Result<(), Error> {
        self.carry(|bench, who| bench.carry(Move::Step(who)))
    }

    /// Carries the call on, time passing where it waits, to the moment before the next effect of this name,
    /// or before its reply. Whether it came to that effect.
    ///
    /// # Errors
    /// When there is no such effect, it cannot go on, or the installer dies.
    pub fn reach(&mut self, effect: &str) -> Result<bool, Error> {
        let known = || Effect::NAMES.iter().copied().chain([Until::REPLY]);
        let Some(name) = known().find(|name| *name == effect) else {
            return Err(Error::unknown("effect", effect, known().map(String::from).collect()));
        };
        self.carry(|bench, who| bench.carry_to(who, Some(name)))?;
        Ok(self.next() == Some(name))
    }

    /// Carries the call to its end, time passing where it waits.
    ///
    /// # Errors
    /// When it is refused, it cannot go on, or the installer dies.
    pub fn finish(mut self) -> Result<Output, Error> {
        self.carry(|bench, who| bench.carry_to(who, None))?;
        self.ended()
    }

    /// The same, with a status callback that is told the percentage. What it calls is called inside.
    ///
    /// # Errors
    /// When it is refused, it cannot go on, or the installer dies.
    pub fn finish_with(mut self, mut status: impl FnMut(u8)) -> Result<Output, Error> {
        while self.reach("Report")? {
            let percent = self.percent();
            self.lab.bench_mut().enter_callback(self.who);
            if let Some(percent) = percent {
                status(percent);
            }
            self.lab.bench_mut().leave_callback();
            self.step()?;
        }
        self.finish()
    }

    fn percent(&self) -> Option<u8> {
        let bench = self.lab.bench();
        match bench.simulation.machine.next(self.who, &bench.simulation.rules) {
            Some(rm_core::Next::Do(Effect::Report(percent))) => Some(percent),
            _ => None,
        }
    }

    fn carry(
        &mut self,
        on: impl FnOnce(&mut Bench, Caller) -> Result<Option<Reply>, Stuck>,
    ) -> Result<(), Error> {
        if self.reply.is_some() {
            return Ok(());
        }
        let mut bench = self.lab.bench_mut();
        let carried = on(&mut bench, self.who);
        let names = &bench.simulation.transcript.names;
        match carried {
            Ok(reply) => self.reply = reply,
            Err(stuck) => {
                return Err(Error::Stuck { thread: names.caller(self.who), function: self.function, stuck });
            }
        }
        if self.reply.is_none() && bench.simulation.machine.installer(self.who.process).is_none() {
            return Err(Error::Died { installer: names.of(self.who.process), function: self.function });
        }
        Ok(())
    }

    fn ended(self) -> Result<Output, Error> {
        let thread = self.lab.bench().simulation.transcript.names.caller(self.who);
        match self.reply {
            Some(reply) if reply.code.0 == 0 => Ok(reply.output),
            Some(reply) => Err(Error::Refused(Box::new(Refused { thread, function: self.function, reply }))),
            None => Err(Error::Stuck { thread, function: self.function, stuck: Stuck::NoCall }),
        }
    }
}
