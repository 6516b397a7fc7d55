//! How the simulated machine carries out effects. One arm per effect; what blocks says so.

use rm_core::{Caller, Effect, Fault, Launch, Message, Millis, Name, Outcome, SessionKey, UniqueProcess};

use super::{Answer, Mutex, ProgramId, Reaction, Wait, World};
use crate::choice::{Choice, Choose};

/// What trying to carry out an effect came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It is done.
    Outcome(Outcome),
    /// It blocks: try again when time has passed or somebody else has moved.
    Blocked,
    /// Somebody has to make this choice first. Nothing has changed.
    Open(Choice),
}

impl World {
    /// Tries to carry out an effect for a thread. While it blocks, what it waits for is kept here;
    /// trying again with the same effect goes on waiting.
    pub fn perform(&mut self, who: Caller, effect: &Effect, choose: &mut dyn Choose) -> Tried {
        let outcome = match effect {
            Effect::Lock(limit) => return self.lock(who, *limit),
            Effect::Send(process, message, limit) => {
                return self.send(who, *process, *message, *limit, choose);
            }
            Effect::WaitAny(processes) => return self.wait_any(who, processes),
            Effect::ControlEvent(process) => match self.react(*process, "control", choose) {
                Ok(_) => Outcome::Done,
                Err(tried) => return tried,
            },
            Effect::Unlock => {
                self.registry.mutex = Mutex::Free;
                Outcome::Done
            }
            Effect::ReadRoot => Outcome::Slots(self.registry.root()),
            Effect::ReadSession(slot) => Outcome::Session(self.registry.keys.get(slot).cloned()),
            Effect::WriteValue(slot, name, data) => {
                self.registry.write(*slot, *name, data.clone());
                Outcome::Done
            }
            Effect::DeleteValue(slot, name) => {
                self.registry.delete_value(*slot, *name);
                Outcome::Done
            }
            Effect::DeleteSession(slot) => {
                self.registry.keys.remove(slot);
                Outcome::Done
            }
            Effect::NewKey => Outcome::Key(self.new_key()),
            Effect::NewHandle(lowest) => Outcome::Handle(*lowest),
            Effect::Users(files) => self.users(files).map_or(Outcome::Directory, Outcome::Users),
            Effect::Describe(processes) => {
                Outcome::Described(processes.iter().filter_map(|process| self.describe(*process)).collect())
            }
            Effect::AreAlive(processes) => {
                Outcome::Alive(processes.iter().copied().filter(|process| self.is_alive(*process)).collect())
            }
            Effect::Arm(limit) => {
                self.deadlines.insert(who, *limit);
                Outcome::Done
            }
            Effect::Terminate(process) => self.terminate(*process),
            Effect::Launch(launch) => self.launch(launch),
            Effect::Interrupt(thread) => {
                let other = Caller { thread: *thread, ..who };
                if let Some(wait) = self.waits.get_mut(&other) {
                    wait.interrupted = true;
                }
                Outcome::Done
            }
            Effect::ReleaseHandle(_) | Effect::Decide(_) | Effect::Settle(_) | Effect::Report(_) => {
                Outcome::Done
            }
        };
        Tried::Outcome(outcome)
    }

    /// Forgets what a thread waited for: its effect is over, or its call is.
    pub fn forget(&mut self, who: Caller) {
        self.waits.remove(&who);
    }

    /// Forgets the time limit of a thread: its call is over.
    pub fn disarm(&mut self, who: Caller) {
        self.deadlines.remove(&who);
    }

    /// Whether trying this effect again would come to anything: it was not tried yet, or what it
    /// waits for is there.
    #[must_use]
    pub fn is_ready(&self, who: Caller, effect: &Effect) -> bool {
        let Some(wait) = self.waits.get(&who) else { return true };
        let cancelled = wait.interrupted && !matches!(effect, Effect::Lock(_));
        let over = wait.then.is_some() && wait.left == Millis(0);
        cancelled
            || over
            || match effect {
                Effect::Lock(_) => !matches!(self.registry.mutex, Mutex::Held(_)),
                Effect::Send(process, ..) => !self.is_alive(*process),
                Effect::WaitAny(processes) => {
                    self.deadlines.get(&who) == Some(&Millis(0))
                        || processes.iter().any(|process| !self.is_alive(*process))
                }
                _ => true,
            }
    }

    fn lock(&mut self, who: Caller, limit: Millis) -> Tried {
        let outcome = match self.registry.mutex {
            Mutex::Free => Outcome::Held,
            Mutex::Abandoned => Outcome::Abandoned,
            Mutex::Held(_) => return self.wait(who, limit, Outcome::NotFree),
        };
        self.registry.mutex = Mutex::Held(who);
        self.done(who, outcome)
    }

    fn send(
        &mut self,
        who: Caller,
        process: UniqueProcess,
        message: Message,
        limit: Millis,
        choose: &mut dyn Choose,
    ) -> Tried {
        if !self.is_alive(process) {
            return self.done(who, Outcome::Gone);
        }
        if self.waits.contains_key(&who) {
            return self.wait(who, limit, Outcome::NoAnswer);
        }
        match message {
            Message::QueryEndSession => match self.answer(process, choose) {
                Ok(Answer::Yes(after)) => self.answers(who, after, limit, Outcome::Agreed),
                Ok(Answer::No(after)) => self.answers(who, after, limit, Outcome::Refused),
                Ok(Answer::Exits(after)) => {
                    self.exit_in(process, after);
                    if self.is_alive(process) {
                        return self.wait(who, limit, Outcome::NoAnswer);
                    }
                    self.done(who, Outcome::Gone)
                }
                Ok(Answer::Never | Answer::Choose) => self.wait(who, limit, Outcome::NoAnswer),
                Err(choice) => Tried::Open(choice),
            },
            Message::EndSession => match self.react(process, "end-session", choose) {
                Ok(Reaction::Never) => self.wait(who, limit, Outcome::NoAnswer),
                Ok(_) => self.done(who, Outcome::Agreed),
                Err(tried) => tried,
            },
            // A program that hangs answers nothing, also when it may stay.
            Message::StaySession => match self.program_of(process).map(|program| program.behavior.query) {
                Some(Answer::Never) => self.wait(who, limit, Outcome::NoAnswer),
                _ => self.done(who, Outcome::Agreed),
            },
            Message::Close => match self.react(process, "close", choose) {
                Ok(_) => self.done(who, Outcome::Done),
                Err(tried) => tried,
            },
        }
    }

    /// What waits: interrupted, over, or to be tried again.
    fn wait(&mut self, who: Caller, limit: Millis, then: Outcome) -> Tried {
        let wait = self.waits.entry(who).or_insert_with(|| Wait {
            left: limit,
            then: Some(then),
            interrupted: false,
        });
        if wait.interrupted && wait.then != Some(Outcome::NotFree) {
            return self.done(who, Outcome::Interrupted);
        }
        match (&wait.then, wait.left) {
            (Some(then), Millis(0)) => {
                let then = then.clone();
                self.done(who, then)
            }
            _ => Tried::Blocked,
        }
    }

    /// An answer that comes after some time, unless the limit passes first.
    fn answers(&mut self, who: Caller, after: Millis, limit: Millis, answer: Outcome) -> Tried {
        if after > limit { self.wait(who, limit, Outcome::NoAnswer) } else { self.wait(who, after, answer) }
    }

    fn wait_any(&mut self, who: Caller, processes: &[UniqueProcess]) -> Tried {
        let wait = self.waits.entry(who).or_insert(Wait { left: Millis(0), then: None, interrupted: false });
        let interrupted = wait.interrupted;
        let exited: Vec<_> = processes.iter().copied().filter(|process| !self.is_alive(*process)).collect();
        if !exited.is_empty() {
            return self.done(who, Outcome::Exited(exited));
        }
        if interrupted {
            return self.done(who, Outcome::Interrupted);
        }
        match self.deadlines.get(&who) {
            Some(Millis(0)) => self.done(who, Outcome::DeadlinePassed),
            _ => Tried::Blocked,
        }
    }

    fn done(&mut self, who: Caller, outcome: Outcome) -> Tried {
        self.waits.remove(&who);
        Tried::Outcome(outcome)
    }

    fn terminate(&mut self, process: UniqueProcess) -> Outcome {
        match self.program_of(process) {
            None => Outcome::Gone,
            Some(program) if !program.permitted => Outcome::Failed(Fault::AccessDenied),
            Some(_) => {
                self.end(process);
                Outcome::Done
            }
        }
    }

    fn launch(&mut self, launch: &Launch) -> Outcome {
        let image = &launch.application.about.image;
        match self.program_with(image) {
            Some(program) => Outcome::Launched(self.spawn(program, None)),
            None => Outcome::Failed(Fault::AccessDenied),
        }
    }

    /// The program whose executable this is, if it can be started.
    fn program_with(&self, image: &Name) -> Option<ProgramId> {
        let mut programs = self.cast.programs();
        programs.find(|(_, program)| program.about.image.same(image) && program.launchable).map(|(id, _)| id)
    }

    fn answer(&self, process: UniqueProcess, choose: &mut dyn Choose) -> Result<Answer, Choice> {
        let Some(program) = self.program_of(process) else { return Ok(Answer::Never) };
        if program.behavior.query != Answer::Choose {
            return Ok(program.behavior.query);
        }
        let choice = Choice { program: program.name.clone(), about: "query", answers: &Answer::NAMES };
        let at = choose.choose(&choice).ok_or(choice)?;
        Ok(Answer::CHOICES.get(at).copied().unwrap_or(Answer::Never))
    }

    /// Has a program react to being told to end. A program that is gone, or an open choice, is what
    /// the attempt came to.
    fn react(
        &mut self,
        process: UniqueProcess,
        about: &'static str,
        choose: &mut dyn Choose,
    ) -> Result<Reaction, Tried> {
        let Some(program) = self.program_of(process) else { return Err(Tried::Outcome(Outcome::Gone)) };
        let behavior = &program.behavior;
        let set = match about {
            "end-session" => behavior.end_session,
            "close" => behavior.close,
            _ => behavior.control,
        };
        let reaction = if set == Reaction::Choose {
            let choice = Choice { program: program.name.clone(), about, answers: &Reaction::NAMES };
            let at = choose.choose(&choice).ok_or(Tried::Open(choice))?;
            Reaction::CHOICES.get(at).copied().unwrap_or(Reaction::Stays)
        } else {
            set
        };
        if let Reaction::Exits(after) = reaction {
            self.exit_in(process, after);
        }
        Ok(reaction)
    }

    /// Settles that a process exits after this time, or earlier if that was settled before.
    fn exit_in(&mut self, process: UniqueProcess, after: Millis) {
        if after == Millis(0) {
            return self.end(process);
        }
        if let Some(running) = self.processes.get_mut(&process.id) {
            running.exits_in = Some(running.exits_in.map_or(after, |before| before.min(after)));
        }
    }

    fn new_key(&mut self) -> SessionKey {
        self.keys += 1;
        // Any 128 bits that differ each time; spread out so that keys look like what they stand for.
        let spread =
            |seed: u64| seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31) ^ 0xbf58_476d_1ce4_e5b9;
        let high = spread(u64::from(self.keys));
        SessionKey(u128::from(high) << 64 | u128::from(spread(high)))
    }
}
