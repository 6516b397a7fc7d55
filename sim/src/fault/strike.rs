//! How a fault strikes: the one place where a plan lies over a machine.

use rm_core::{Call, Caller, Effect, ErrorCode, Rules, Thread, UniqueProcess};
use serde::Serialize;

use super::{Failure, Strike};
use crate::choice::NoChoice;
use crate::machine::{Machine, Moved};

/// What a fault did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Struck {
    /// The effect was not carried out; its operation was told of this.
    Failed(Effect, Failure),
    /// Something happened before an effect of this name. What comes next is asked anew.
    Before(&'static str, Incident),
}

/// What happened before an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Incident {
    /// The caller's process died.
    Died,
    /// A cancel was asked for, by this thread; and what came of that call, if it has ended.
    Cancelled(Thread, Option<ErrorCode>),
    /// This process exited.
    Exited(UniqueProcess),
    /// This process started.
    Started(UniqueProcess),
    /// The first process is gone, and the second has its id.
    Replaced(UniqueProcess, UniqueProcess),
}

impl Machine {
    /// Has a fault strike, if one waits for the effect that a thread is going to begin.
    pub(crate) fn strike(&mut self, who: Caller, effect: &Effect, rules: &Rules) -> Option<Struck> {
        if self.faults.is_empty() || self.world.blocked_in(who).is_some() {
            return None;
        }
        let call = self.installer(who.process)?.tasks().get(&who.thread)?.call();
        let (function, session) = (call.function(), call.session());
        let Self { faults, world, .. } = self;
        let strike = faults.take(who, function, effect, |strike| match strike {
            Strike::Exit(program) | Strike::Replace(program, _) => {
                world.processes_of(*program).next().is_some()
            }
            Strike::Cancel => session.is_some(),
            Strike::Fails(_) | Strike::Dies | Strike::Spawn(_) => true,
        })?;
        let Strike::Fails(failure) = strike else {
            return Some(Struck::Before(effect.name(), self.befall(who, strike, rules)?));
        };
        self.count(who, effect);
        self.tell(who, effect, failure.outcome())?;
        Some(Struck::Failed(effect.clone(), failure))
    }

    /// Counts an effect that was begun, or failed.
    pub(crate) fn count(&mut self, who: Caller, effect: &Effect) {
        let task = self.installer(who.process).and_then(|installer| installer.tasks().get(&who.thread));
        if let Some(function) = task.map(|task| task.call().function()) {
            self.faults.count(who, function, effect);
        }
    }

    fn befall(&mut self, who: Caller, strike: Strike, rules: &Rules) -> Option<Incident> {
        Some(match strike {
            Strike::Fails(_) => return None,
            Strike::Dies => {
                self.end(who.process);
                Incident::Died
            }
            Strike::Cancel => {
                let (thread, came) = self.cancel(who, rules)?;
                Incident::Cancelled(thread, came)
            }
            Strike::Exit(program) => {
                let process = self.world.processes_of(program).next()?;
                self.end(process);
                Incident::Exited(process)
            }
            Strike::Spawn(program) => Incident::Started(self.world.start(program, None)),
            Strike::Replace(program, with) => {
                let old = self.world.processes_of(program).next()?;
                self.end(old);
                Incident::Replaced(old, self.world.start(with, Some(old.id)))
            }
        })
    }

    /// Another thread of the process calls `RmCancelCurrentTask`: the model itself says what that does.
    fn cancel(&mut self, who: Caller, rules: &Rules) -> Option<(Thread, Option<ErrorCode>)> {
        let installer = self.installer(who.process)?;
        let session = installer.tasks().get(&who.thread)?.call().session()?;
        let is_idle = |thread: &Thread| !installer.tasks().contains_key(thread);
        let thread = (0..=u32::MAX).rev().map(Thread).find(is_idle)?;
        let canceller = Caller { thread, ..who };
        self.begin(canceller, Call::Cancel { session });
        loop {
            match self.step(canceller, rules, &mut NoChoice) {
                Some(Moved::Did(..) | Moved::Struck(_)) => {}
                Some(Moved::Replied(_, reply)) => return Some((thread, Some(reply.code))),
                _ => return Some((thread, None)),
            }
        }
    }
}
