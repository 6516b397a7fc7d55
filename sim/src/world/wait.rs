//! Effects that block: the mutex, questions to programs, waiting for programs to exit.
//!
//! Trying one makes a [`Wait`] of it, which is asked again until it has an outcome. A wait that is
//! over at once was never seen to block.

use std::collections::BTreeMap;

use rm_core::{AppId, Caller, Effect, Fault, Message, Millis, Name, Outcome};

use super::{About, Mutex, Tried, World};
use crate::choice::{Choice, Choose};

/// What a thread inside an effect waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wait {
    /// The effect. It is carried out to its end, whatever its operation learns meanwhile.
    effect: Effect,
    /// The time left, and the outcome when it has passed. A wait for exits has the thread's time
    /// limit instead.
    left: Option<(Millis, Outcome)>,
    /// Whether somebody interrupted the wait.
    interrupted: bool,
}

/// What threads wait for, and for how long.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Waits {
    pub(super) inside: BTreeMap<Caller, Wait>,
    /// The time limits that threads count, for all they wait for or for one application.
    pub(super) limits: BTreeMap<(Caller, Option<AppId>), Millis>,
}

impl World {
    /// The effect that a thread is in the midst of, if it blocks.
    #[must_use]
    pub fn blocked_in(&self, who: Caller) -> Option<&Effect> {
        self.waits.inside.get(&who).map(|wait| &wait.effect)
    }

    /// Whether trying the thread's effect would come to anything: it is not in one that blocks, or
    /// what it waits for is there.
    #[must_use]
    pub fn is_ready(&self, who: Caller) -> bool {
        self.waits.inside.get(&who).is_none_or(|wait| self.came(who, wait).is_some())
    }

    /// The times left of what threads wait for.
    pub(super) fn times_left(&self) -> impl Iterator<Item = Millis> {
        self.waits.inside.iter().filter_map(|(who, wait)| match &wait.left {
            Some((left, _)) => Some(*left),
            None => self.limit(*who, &wait.effect),
        })
    }

    /// Lets time pass for what threads wait for.
    pub(super) fn pass_waits(&mut self, by: Millis) {
        let pass = |left: &mut Millis| left.0 = left.0.saturating_sub(by.0);
        if *self.waits == Waits::default() {
            return;
        }
        self.waits.inside.values_mut().filter_map(|wait| wait.left.as_mut()).for_each(|(left, _)| pass(left));
        self.waits.limits.values_mut().for_each(pass);
    }

    /// What is left of the limit that a thread counts for what it waits for: that of the application,
    /// if it is one with its own.
    fn limit(&self, who: Caller, effect: &Effect) -> Option<Millis> {
        let only = match effect {
            Effect::WaitAny(all) if let [only] = &**all => Some(only.clone()),
            Effect::Send(process, ..) => Some((*process).into()),
            _ => None,
        };
        let own = only.and_then(|only| self.waits.limits.get(&(who, Some(only))));
        own.or_else(|| self.waits.limits.get(&(who, None))).copied()
    }

    pub(crate) fn interrupt(&mut self, who: Caller) {
        if let Some(wait) = self.waits.inside.get_mut(&who) {
            wait.interrupted = true;
        }
    }

    /// Forgets what a thread is in the midst of; a mutex that it held is free.
    pub(crate) fn forget(&mut self, who: Caller) {
        self.waits.inside.remove(&who);
        self.disarm(who);
        self.registry.release(who);
    }

    pub(super) fn block(&mut self, who: Caller, effect: &Effect, choose: &mut dyn Choose) -> Tried {
        let before = self.waits.inside.get(&who).cloned();
        let is_new = before.is_none();
        let wait = match before {
            Some(wait) => wait,
            None if self.is_out_of_reach(effect) => return Tried::Outcome(Outcome::Gone),
            None if let Some(outcome) = self.comes_at_once(effect) => return Tried::Outcome(outcome),
            None => match self.times(who, effect, choose) {
                Ok(left) => Wait { effect: effect.clone(), left, interrupted: false },
                Err(choice) => return Tried::Open(choice),
            },
        };
        let Some(outcome) = self.came(who, &wait) else {
            if is_new {
                self.waits.inside.insert(who, wait);
            }
            return Tried::Blocked;
        };
        if !is_new {
            self.waits.inside.remove(&who);
        }
        if let (Effect::Lock(scope, _), Outcome::Held | Outcome::Abandoned) = (effect, &outcome) {
            let realm = self.realm(who.process, *scope);
            self.registry.mutexes.insert(realm, Mutex::Held(who));
        }
        Tried::Outcome(outcome)
    }

    fn is_out_of_reach(&self, effect: &Effect) -> bool {
        matches!(effect, Effect::Send(process, ..) if !self.is_alive(*process))
    }

    /// The outcome of a wait, if it is over.
    fn came(&self, who: Caller, wait: &Wait) -> Option<Outcome> {
        let over = || wait.left.as_ref().filter(|(left, _)| *left == Millis(0)).map(|(_, then)| then.clone());
        let interrupted = || wait.interrupted.then_some(Outcome::Interrupted);
        match &wait.effect {
            Effect::Lock(scope, _) => match self.registry.mutex(&self.realm(who.process, *scope)) {
                Mutex::Free => Some(Outcome::Held),
                Mutex::Abandoned => Some(Outcome::Abandoned),
                Mutex::Held(_) => over(),
            },
            // An answer that is there counts, even if the program is gone by now.
            Effect::AwaitReady(process, _) if !self.is_alive(*process) => Some(Outcome::Died),
            Effect::Send(process, ..) if !self.is_alive(*process) => over().or(Some(Outcome::Died)),
            Effect::WaitAny(all) => {
                let exited: Vec<_> = all.iter().filter(|one| !self.is_running(one)).cloned().collect();
                let passed = || self.limit(who, &wait.effect) == Some(Millis(0));
                let any = (!exited.is_empty()).then_some(Outcome::Exited(exited));
                any.or_else(interrupted).or_else(|| passed().then_some(Outcome::DeadlinePassed))
            }
            Effect::StartService(name, _) => {
                let runs = self.runs(name).map(Outcome::Launched);
                let fails = || (!self.serves(name)).then_some(Outcome::Failed(Fault::AccessDenied));
                runs.or_else(over).or_else(interrupted).or_else(fails)
            }
            Effect::AwaitPhase(slot) => {
                self.is_past_operation(&self.place(who.process, *slot)).then_some(Outcome::Done)
            }
            // An answer that is there counts, even if a cancel has come as well.
            _ => over().or_else(interrupted),
        }
    }

    /// How long an effect blocks at most, and what comes of it then. Programs learn of a message
    /// here, and react.
    fn times(
        &mut self,
        who: Caller,
        effect: &Effect,
        choose: &mut dyn Choose,
    ) -> Result<Option<(Millis, Outcome)>, Choice> {
        let (process, message, limit) = match effect {
            Effect::Lock(_, limit) => return Ok(Some((*limit, Outcome::NotFree))),
            Effect::StartService(name, limit) => return Ok(Some(self.service_comes(name, *limit))),
            Effect::AwaitReady(process, limit) => return Ok(Some(self.becomes_ready(*process, *limit))),
            Effect::Send(process, message, limit) => {
                (*process, *message, limit.or_else(|| self.limit(who, effect)))
            }
            _ => return Ok(None),
        };
        let patience = limit.unwrap_or(Millis(u32::MAX));
        let left = match message {
            Message::QueryEndSession => self.ask(process, patience, choose)?,
            // A program that hangs answers nothing, also when it may stay.
            Message::StaySession if self.hangs(process) => (patience, Outcome::NoAnswer),
            Message::StaySession | Message::Close => (Millis(0), Outcome::Agreed),
            Message::EndSession => self
                .tell(process, About::EndSession, patience, choose)?
                .unwrap_or((Millis(0), Outcome::Agreed)),
        };
        // Without a limit nobody stops waiting for an answer that does not come.
        let comes = limit.is_some() || left.1 != Outcome::NoAnswer;
        Ok(comes.then_some(left))
    }

    /// What comes of an effect before it could block. Starting a service begins here.
    fn comes_at_once(&mut self, effect: &Effect) -> Option<Outcome> {
        match effect {
            Effect::StartService(name, _) => self.start_service(name),
            _ => None,
        }
    }

    /// How long the start of a service is waited for, and what comes of it then; a start that is only
    /// requested is over at once.
    fn service_comes(&self, name: &Name, limit: Millis) -> (Millis, Outcome) {
        let host = self.host_of(name).filter(|_| limit == Millis(0));
        (limit, host.map_or(Outcome::NoAnswer, Outcome::Launched))
    }
}
