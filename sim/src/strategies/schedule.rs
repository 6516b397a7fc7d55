//! Schedules: what else happens while an installer works.

use rm_core::{Call, Caller, Next, Reply, Thread};

use super::stage::{Staged, THREADS, picked};
use crate::transcript::Event;
use crate::{Move, Stuck};

/// Something that happens beside the calls; to whom, by number, counted round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Time passes to the next thing that happens by itself.
    Pass,
    /// A process exits that is no installer's.
    Exit(u8),
    /// A program starts.
    Spawn(u8),
    /// A service stops by itself.
    Stop(u8),
    /// A service is started by somebody.
    Serve(u8),
    /// An installer dies.
    Die(u8),
    /// Another thread of an installer cancels what it is at.
    Cancel(u8),
}

/// Something that happens, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meanwhile {
    /// After so many moves of the calls since the one before.
    pub after: u32,
    /// What.
    pub what: Happening,
}

/// What happens while calls are made, in order. Playing it uses it up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// What has not happened yet.
    pub left: Vec<Meanwhile>,
}

impl Schedule {
    /// What happens before the next move of a call. To be asked before each of them until there is nothing more.
    pub fn due(&mut self) -> Option<Happening> {
        let next = self.left.first_mut()?;
        if next.after > 0 {
            next.after -= 1;
            return None;
        }
        Some(self.left.remove(0).what)
    }
}

impl Staged {
    /// Makes a move, and keeps it for [`Setting::scenario`](super::Setting::scenario).
    ///
    /// # Errors
    /// When a call that is to be finished cannot go on.
    pub fn make(&mut self, made: Move) -> Result<(), Stuck> {
        let outcome = self.simulation.make(&made);
        self.moves.push(made);
        outcome
    }

    /// The moves by which something happens just now; none if there is nobody to whom it could.
    #[must_use]
    pub fn moves_of(&self, what: Happening) -> Vec<Move> {
        let machine = &self.simulation.machine;
        let world = &machine.world;
        let one = match what {
            Happening::Pass => world.next_event().map(Move::Pass),
            Happening::Exit(pick) => {
                let all = world.processes().map(|process| process.id);
                let others: Vec<_> = all.filter(|process| !self.installers.contains(process)).collect();
                picked(&others, pick).map(Move::End)
            }
            Happening::Spawn(pick) => picked(&self.programs, pick).map(Move::Spawn),
            Happening::Stop(pick) => {
                let all = self.services.iter().copied();
                let serving: Vec<_> = all.filter(|id| world.serving(*id).is_some()).collect();
                picked(&serving, pick).map(Move::Stop)
            }
            Happening::Serve(pick) => picked(&self.services, pick).map(Move::Serve),
            Happening::Die(pick) => {
                let process = picked(&self.installers, pick);
                process.filter(|process| world.is_alive(*process)).map(Move::End)
            }
            Happening::Cancel(pick) => return self.cancels(pick).unwrap_or_default(),
        };
        one.into_iter().collect()
    }

    /// A call of `RmCancelCurrentTask`, by a thread that has nothing else to do.
    fn cancels(&self, pick: u8) -> Option<Vec<Move>> {
        let process = picked(&self.installers, pick)?;
        let tasks = self.simulation.machine.installer(process)?.tasks();
        let session = tasks.values().find_map(|operation| operation.call().session())?;
        let thread = (0..).zip(THREADS).map(|(n, _)| Thread(n)).find(|thread| !tasks.contains_key(thread))?;
        let who = Caller { process, thread };
        Some(vec![Move::Begin(who, Call::Cancel { session }), Move::Finish(who)])
    }

    /// Makes a call and carries it to its end, time passing where it waits, while the schedule goes on. What came of
    /// it, unless the installer dies on the way or is dead.
    ///
    /// # Errors
    /// When the call cannot go on; it stays in flight.
    ///
    /// # Panics
    /// When the thread has a call in flight already.
    pub fn call(&mut self, who: Caller, call: Call) -> Result<Option<Reply>, Stuck> {
        if self.simulation.machine.installer(who.process).is_none() {
            return Ok(None);
        }
        let from = self.simulation.transcript.lines.len();
        self.make(Move::Begin(who, call))?;
        for _ in 0..Move::MANY {
            while let Some(what) = self.meanwhile.due() {
                for made in self.moves_of(what) {
                    // A cancel that has to wait stays where it is.
                    let _ = self.make(made);
                }
            }
            let machine = &self.simulation.machine;
            let moved = match machine.next(who, &self.simulation.rules) {
                None => return Ok(self.replied(who, from)),
                Some(_) if self.meanwhile.left.is_empty() => Move::Finish(who),
                Some(Next::Wait) => return Err(Stuck::Waits),
                Some(Next::Do(effect)) if !machine.world.is_ready(who) => {
                    Move::Pass(machine.world.next_event().ok_or(Stuck::Forever(effect))?)
                }
                Some(_) => Move::Step(who),
            };
            self.make(moved)?;
        }
        Err(Stuck::Endless(Move::MANY))
    }

    /// What a thread's call came to, of those that ended since then.
    fn replied(&self, who: Caller, from: usize) -> Option<Reply> {
        let lines = self.simulation.transcript.lines.iter().skip(from);
        lines.rev().find_map(|line| match &line.event {
            Event::Replied(_, reply) if line.who == Some(who) => Some(reply.clone()),
            _ => None,
        })
    }
}
