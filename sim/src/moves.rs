//! Moves: what somebody does with a machine, as values. A run that was made of moves can be made again.

use rm_core::{Call, Caller, Millis, Reply, Thread, UniqueProcess};

use crate::choice::Choose;
use crate::fault::Struck;
use crate::machine::Moved;
use crate::simulation::{Simulation, Stuck, Until};
use crate::world::{ProgramId, ServiceId};

/// One thing done with a machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// A thread begins a call.
    Begin(Caller, Call),
    /// The status callback of this thread's operation begins a call, on a thread of the callback's own.
    BeginInside(Caller, Call, Thread),
    /// A thread tries its next effect, after whatever a fault puts before it.
    Step(Caller),
    /// A thread carries its call to the end, time passing where it waits.
    Finish(Caller),
    /// A thread carries its call on to the moment before an effect of this name, or before its reply.
    Reach(Caller, &'static str),
    /// Time passes.
    Pass(Millis),
    /// A process ends by itself.
    End(UniqueProcess),
    /// A program starts.
    Spawn(ProgramId),
    /// A service stops by itself.
    Stop(ServiceId),
    /// Somebody starts a service.
    Serve(ServiceId),
}

impl Move {
    /// The most moves that [`Finish`](Self::Finish) takes a call to need.
    pub const MANY: u32 = 2_000;

    /// Whose call it moves.
    #[must_use]
    pub const fn who(&self) -> Option<Caller> {
        match self {
            Self::Begin(who, _)
            | Self::BeginInside(who, ..)
            | Self::Step(who)
            | Self::Finish(who)
            | Self::Reach(who, _) => Some(*who),
            Self::Pass(_) | Self::End(_) | Self::Spawn(_) | Self::Stop(_) | Self::Serve(_) => None,
        }
    }
}

impl<C: Choose> Simulation<C> {
    /// Makes a move; the reply, if a call ended with it.
    ///
    /// # Errors
    /// When a call that is to be finished cannot go on, or somebody has to make a choice first.
    pub fn make(&mut self, made: &Move) -> Result<Option<Reply>, Stuck> {
        match made {
            Move::Begin(who, call) => self.begin(*who, call.clone()),
            Move::BeginInside(who, call, outer) => self.begin_inside(*who, call.clone(), *outer),
            Move::Step(who) => loop {
                match self.step(*who) {
                    Some(Moved::Struck(Struck::Before(..))) => {}
                    Some(Moved::Open(choice)) => return Err(Stuck::Open(choice)),
                    Some(Moved::Replied(_, reply)) => return Ok(Some(reply)),
                    _ => break,
                }
            },
            Move::Finish(who) => return self.carry_within(*who, &Until::End, Move::MANY),
            Move::Reach(who, name) => return self.carry_within(*who, &Until::Reached(name), Move::MANY),
            Move::Pass(time) => self.pass(*time),
            Move::End(process) => self.end(*process),
            Move::Spawn(program) => drop(self.spawn(*program)),
            Move::Stop(service) => self.stop(*service),
            Move::Serve(service) => self.serve(*service),
        }
        Ok(None)
    }
}
