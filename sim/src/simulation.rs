//! A run: a machine, the rules in force, who makes the choices, and a record of what happens.

use rm_core::{Call, Caller, Effect, Millis, Outcome, Reply, Rules, Thread, UniqueProcess};

use crate::choice::{Choice, Choose};
use crate::fault::Struck;
use crate::machine::{Machine, Moved};
use crate::transcript::{Event, Transcript, Unsaid};
use crate::world::{Named, ProgramId, ServiceId, World};

/// A machine being run.
#[derive(Clone, Debug)]
pub struct Simulation<C> {
    /// The machine.
    pub machine: Machine,
    /// The answers and limits in force.
    pub rules: Rules,
    /// Whoever makes the choices.
    pub choose: C,
    /// What happened so far, and when.
    pub transcript: Transcript,
}

/// How far to carry a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    /// To its end.
    End,
    /// To the moment before the n-th effect of this name, counted from 1 and from here; or before the
    /// reply, by the name [`REPLY`](Self::REPLY).
    Before(String, u32),
    /// To the moment before an effect of this name, or before the reply.
    Reached(&'static str),
    /// For this long, if it does not end before.
    Passed(Millis),
}

impl Until {
    /// What the end of a call is called where an effect could be named.
    pub const REPLY: &'static str = "reply";
}

/// More effects than any call needs: a list of a hundred thousand processes takes a dozen, a shutdown
/// half a dozen for each application.
const MANY: u32 = 1_000_000;

/// Why a call does not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stuck {
    /// A choice that nobody makes.
    #[error("nobody chooses how {} answers `{}`: name one of {}", .0.program, .0.about, .0.answers.join(", "))]
    Open(Choice),
    /// It waits for another call on the session that was left unfinished.
    #[error("the call waits for another one on the same session: finish that first")]
    Waits,
    /// It waits for something that will never happen.
    #[error("the call waits for something that never happens: {0:?}")]
    Forever(Effect),
    /// It goes on and on: a bug of the model.
    #[error("the call took more than {0} moves and has not ended")]
    Endless(u32),
    /// The thread makes no call.
    #[error("the thread has no call in flight")]
    NoCall,
    /// The call ended before the effect at which it was to be left.
    #[error("the call ended before it came to `{0}`")]
    Ended(String),
}

impl<C: Choose> Simulation<C> {
    /// Begins a call.
    pub fn begin(&mut self, who: Caller, call: Call) {
        self.transcript.add(Some(who), Event::Called(call.clone()));
        self.machine.begin(who, call);
    }

    /// Begins a call that the status callback of a thread's operation makes.
    pub fn begin_inside(&mut self, who: Caller, call: Call, outer: Thread) {
        self.transcript.leave_unsaid(Unsaid::Inside(who));
        self.transcript.add(Some(who), Event::Called(call.clone()));
        self.machine.begin_inside(who, call, outer);
    }

    /// Makes a call and carries it to its end, letting time pass where it waits.
    ///
    /// # Errors
    /// When it cannot go on; it stays in flight.
    pub fn call(&mut self, who: Caller, call: Call) -> Result<Reply, Stuck> {
        self.begin(who, call);
        match self.carry(who, &Until::End)? {
            Some(reply) => Ok(reply),
            None => Err(Stuck::NoCall),
        }
    }

    /// Carries a thread's call on. `None` when it was left before its end, or its caller died.
    ///
    /// # Errors
    /// When it cannot go on; it stays in flight.
    pub fn carry(&mut self, who: Caller, until: &Until) -> Result<Option<Reply>, Stuck> {
        self.carry_within(who, until, MANY)
    }

    /// Carries a thread's call on by at most so many moves.
    ///
    /// # Errors
    /// When it cannot go on, or has not ended; it stays in flight.
    pub fn carry_within(&mut self, who: Caller, until: &Until, moves: u32) -> Result<Option<Reply>, Stuck> {
        let (mut met, mut passed, mut goes_on) = (0, 0, false);
        for _ in 0..moves {
            if let Until::Reached(name) = until
                && let Some(next) = self.comes_next(who)
                && [*name, Until::REPLY].contains(&next)
            {
                return Ok(None);
            }
            if let Until::Before(name, nth) = until
                && !goes_on
                && self.is_about_to(who, name)
            {
                met += 1;
                if met == *nth {
                    return Ok(None);
                }
            }
            let Some(moved) = self.step(who) else {
                let died = self.machine.installer(who.process).is_none();
                return if died { Ok(None) } else { Err(Stuck::NoCall) };
            };
            // Whether the next effect is one that was met before: it blocks, or a fault came before it.
            goes_on = matches!(moved, Moved::Blocked(_) | Moved::Struck(Struck::Before(..)));
            match moved {
                Moved::Did(..) | Moved::Struck(_) => {}
                Moved::Replied(_, reply) => {
                    return match until {
                        Until::Before(name, _) => Err(Stuck::Ended(name.clone())),
                        Until::End | Until::Reached(_) | Until::Passed(_) => Ok(Some(reply)),
                    };
                }
                Moved::Waits => return Err(Stuck::Waits),
                Moved::Open(choice) => return Err(Stuck::Open(choice)),
                Moved::Blocked(effect) => {
                    let next = self.machine.world.next_event();
                    let is_later = |left: u32| next.is_none_or(|next| next.0 > left);
                    match until {
                        Until::Passed(limit) if is_later(limit.0.saturating_sub(passed)) => {
                            self.pass(Millis(limit.0 - passed));
                            return Ok(None);
                        }
                        _ => {
                            let next = next.ok_or(Stuck::Forever(effect))?;
                            passed = next.0.saturating_add(passed);
                            self.pass(next);
                        }
                    }
                }
            }
        }
        Err(Stuck::Endless(moves))
    }

    /// Moves a thread on by one effect. `None` when it has no call in flight.
    pub fn step(&mut self, who: Caller) -> Option<Moved> {
        let choose = &mut Noted { choose: &mut self.choose, transcript: &mut self.transcript, who };
        let before = self.machine.world.census();
        let moved = self.machine.step(who, &self.rules, choose)?;
        match &moved {
            Moved::Did(effect, outcome) => {
                self.transcript.add(Some(who), Event::Did(effect.clone(), outcome.clone()));
            }
            Moved::Struck(struck) => self.struck(who, struck),
            Moved::Replied(call, reply) => {
                self.transcript.add(Some(who), Event::Replied(call.function(), reply.clone()));
            }
            Moved::Blocked(_) | Moved::Waits | Moved::Open(_) => {}
        }
        if self.machine.world.census() != before {
            self.transcript.note_changes(&self.machine.world);
        }
        Some(moved)
    }

    /// Lets this much time pass, from one thing that happens to the next. Calls in flight that are
    /// not carried on stay where they are.
    pub fn pass(&mut self, mut time: Millis) {
        while time > Millis(0) {
            let by = self.machine.world.next_event().map_or(time, |next| next.min(time));
            let before: Vec<_> = self.machine.world.serving_now().collect();
            self.machine.advance(by);
            self.transcript.pass(by);
            self.transcript.note_changes(&self.machine.world);
            let world = &self.machine.world;
            for service in world.serving_now().filter(|service| !before.contains(service)) {
                if let Some((name, host)) = world.where_it_serves(service) {
                    self.transcript.add(None, Event::Serves(name, host));
                }
            }
            time.0 -= by.0;
        }
    }

    /// Starts a process of a program.
    pub fn spawn(&mut self, program: ProgramId) -> UniqueProcess {
        let process = self.machine.world.start(program, None);
        self.transcript.note_changes(&self.machine.world);
        process
    }

    /// Has a program or a service start, from outside; the new process, of a program.
    pub fn start(&mut self, named: Named) -> Option<UniqueProcess> {
        match named {
            Named::Program(program) => Some(self.spawn(program)),
            Named::Service(service) => {
                self.serve(service);
                None
            }
        }
    }

    /// Has a service start, from outside.
    pub fn serve(&mut self, service: ServiceId) {
        self.machine.world.serve(service);
        self.transcript.note_changes(&self.machine.world);
        if let Some((name, host)) = self.machine.world.where_it_serves(service) {
            self.transcript.add(None, Event::Serves(name, host));
        }
    }

    /// Has a service stop, from outside.
    pub fn stop(&mut self, service: ServiceId) {
        self.machine.world.stop(service);
        self.transcript.note_changes(&self.machine.world);
    }

    /// Writes down what a fault did.
    fn struck(&mut self, who: Caller, struck: &Struck) {
        self.transcript.add(Some(who), Event::Struck(struck.clone()));
        match struck {
            Struck::Failed(effect, failure) => {
                self.transcript.add(Some(who), Event::Did(effect.clone(), failure.outcome()));
            }
            Struck::Before(..) => self.transcript.note_changes(&self.machine.world),
        }
    }

    /// Ends a process from outside: it crashes, or somebody closes it.
    pub fn end(&mut self, process: UniqueProcess) {
        self.machine.end(process);
        self.transcript.note_changes(&self.machine.world);
    }

    /// Whether the next effect of a thread's call has this name, or its reply is what comes next.
    pub fn is_about_to(&self, who: Caller, name: &str) -> bool {
        self.comes_next(who) == Some(name)
    }

    /// The name of what comes next in a thread's call; `None` while it waits for another call.
    pub fn comes_next(&self, who: Caller) -> Option<&'static str> {
        match self.machine.next(who, &self.rules)? {
            rm_core::Next::Do(effect) => Some(effect.name()),
            rm_core::Next::Done(_) => Some(Until::REPLY),
            rm_core::Next::Wait => None,
        }
    }
}

/// Writes the choices down as they are made.
struct Noted<'a, C> {
    choose: &'a mut C,
    transcript: &'a mut Transcript,
    who: Caller,
}

impl<C: Choose> Choose for Noted<'_, C> {
    fn choose(&mut self, choice: &Choice) -> Option<usize> {
        let at = self.choose.choose(choice)?;
        let answer = choice.answers.get(at).copied()?;
        self.transcript.add(Some(self.who), Event::Chose(choice.to_string(), answer));
        Some(at)
    }

    fn refused(&mut self, process: UniqueProcess, window: usize) {
        self.transcript.add(Some(self.who), Event::WindowRefused(process, window + 1));
    }

    fn instead(&mut self, world: &World, who: Caller, effect: &mut Effect) -> Option<Outcome> {
        self.choose.instead(world, who, effect)
    }

    fn told(&mut self, who: Caller, effect: &Effect, outcome: &mut Outcome) {
        self.choose.told(who, effect, outcome);
    }

    fn replied(&mut self, who: Caller, call: &Call, reply: &mut Reply) {
        self.choose.replied(who, call, reply);
    }
}
