//! The machine with the installers on it, and the moves that change it.

use std::collections::BTreeMap;

use rm_core::{
    Call, Caller, Effect, Installer, Millis, Next, Outcome, Part, Policy, Reply, Rules, Slot, Thread,
    UniqueProcess,
};

use crate::choice::{Choice, Choose};
use crate::fault::{FaultPlan, Struck};
use crate::world::{Member, Tried, World};

/// Everything that can differ between two moments of a run, as one plain value.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Machine {
    /// The world the installers act on.
    pub world: World,
    /// What is still to go wrong.
    pub faults: FaultPlan,
    pub(crate) installers: BTreeMap<UniqueProcess, Part<Installer>>,
}

/// What moving a thread came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// This effect was carried out.
    Did(Effect, Outcome),
    /// A fault of the plan struck. Unless it was the effect that failed, nothing was done yet.
    Struck(Struck),
    /// The effect blocks until time passes or another thread moves.
    Blocked(Effect),
    /// The call waits for another on the same session to end.
    Waits,
    /// Somebody has to make this choice first.
    Open(Choice),
    /// The call has ended.
    Replied(Call, Reply),
}

/// As derived, but what is copied into is used again.
impl Clone for Machine {
    fn clone(&self) -> Self {
        let Self { world, faults, installers } = self;
        Self { world: world.clone(), faults: faults.clone(), installers: installers.clone() }
    }

    fn clone_from(&mut self, from: &Self) {
        let Self { world, faults, installers } = self;
        world.clone_from(&from.world);
        faults.clone_from(&from.faults);
        if installers.keys().eq(from.installers.keys()) {
            installers
                .values_mut()
                .zip(from.installers.values())
                .for_each(|(one, from)| one.clone_from(from));
        } else {
            installers.clone_from(&from.installers);
        }
    }
}

impl Machine {
    /// A machine with this world and no installer.
    #[must_use]
    pub fn new(world: World) -> Self {
        Self { world, ..Self::default() }
    }

    /// Adds an installer; its process has to run in the world.
    pub fn add(&mut self, installer: Installer) {
        let me = &installer.me;
        self.world.enrol(me.process, Member { user: me.user.clone(), ts_session: me.ts_session });
        self.installers.insert(installer.me.process, Part::new(installer));
    }

    /// The installers, by process.
    #[must_use]
    pub const fn installers(&self) -> &BTreeMap<UniqueProcess, Part<Installer>> {
        &self.installers
    }

    /// The installer that runs as this process.
    #[must_use]
    pub fn installer(&self, process: UniqueProcess) -> Option<&Installer> {
        self.installers.get(&process).map(|installer| &**installer)
    }

    /// The threads with a call in flight.
    pub fn in_flight(&self) -> impl Iterator<Item = Caller> {
        self.installers.iter().flat_map(|(process, installer)| {
            installer.tasks().keys().map(|thread| Caller { process: *process, thread: *thread })
        })
    }

    /// Begins a call. Nothing happens when the installer is gone.
    pub fn begin(&mut self, who: Caller, call: Call) {
        if let Some(installer) = self.installers.get_mut(&who.process) {
            self.faults.begin(who, call.function());
            installer.begin(who.thread, call);
        }
    }

    /// What a thread's call wants next; `None` when it has no call in flight.
    #[must_use]
    pub fn next(&self, who: Caller, rules: &Rules) -> Option<Next> {
        if let Some(effect) = self.world.blocked_in(who) {
            return Some(Next::Do(effect.clone()));
        }
        let installer = self.installers.get(&who.process)?;
        installer.tasks().contains_key(&who.thread).then(|| installer.poll_effect(who.thread, rules))
    }

    /// Whether moving the thread would change anything.
    #[must_use]
    pub fn is_ready(&self, who: Caller, rules: &Rules) -> bool {
        self.ready(who, rules).is_some()
    }

    /// What the thread's call wants next, if moving the thread would change anything.
    #[must_use]
    pub fn ready(&self, who: Caller, rules: &Rules) -> Option<Next> {
        self.next(who, rules).filter(|next| match next {
            Next::Do(_) => self.world.is_ready(who),
            Next::Done(_) => true,
            Next::Wait => false,
        })
    }

    /// Moves a thread on by one effect, or ends its call. `None` when it has no call in flight.
    pub fn step(&mut self, who: Caller, rules: &Rules, choose: &mut dyn Choose) -> Option<Moved> {
        let next = self.next(who, rules)?;
        if let Next::Do(effect) = &next
            && let Some(struck) = self.strike(who, effect, rules)
        {
            return Some(Moved::Struck(struck));
        }
        self.act(who, next, choose)
    }

    /// Does what a thread's call wants next, as [`next`](Self::next) tells it; nothing goes wrong with
    /// that. `None` when it has no call in flight.
    pub fn act(&mut self, who: Caller, next: Next, choose: &mut dyn Choose) -> Option<Moved> {
        Some(match next {
            Next::Wait => Moved::Waits,
            Next::Done(mut reply) => {
                let call = self.reply(who, &mut reply, choose)?;
                Moved::Replied(call, reply)
            }
            Next::Do(mut effect) => match self.attempt(who, &mut effect, choose) {
                Tried::Blocked => Moved::Blocked(effect),
                Tried::Open(choice) => Moved::Open(choice),
                Tried::Outcome(mut outcome) => {
                    choose.told(who, &effect, &mut outcome);
                    self.tell(who, &effect, outcome.clone())?;
                    Moved::Did(effect, outcome)
                }
            },
        })
    }

    /// The same for whoever asks only whether it was done, false when somebody has to make a choice first: the judge
    /// does, step by step, and nothing is copied to be given back.
    pub fn go(&mut self, who: Caller, next: Next, choose: &mut dyn Choose) -> Option<bool> {
        match next {
            Next::Wait => {}
            Next::Done(mut reply) => drop(self.reply(who, &mut reply, choose)?),
            Next::Do(mut effect) => match self.attempt(who, &mut effect, choose) {
                Tried::Blocked => {}
                Tried::Open(_) => return Some(false),
                Tried::Outcome(mut outcome) => {
                    choose.told(who, &effect, &mut outcome);
                    self.tell(who, &effect, outcome)?;
                }
            },
        }
        Some(true)
    }

    /// Ends a thread's call.
    fn reply(&mut self, who: Caller, reply: &mut Reply, choose: &mut dyn Choose) -> Option<Call> {
        let call = self.installers.get_mut(&who.process)?.finish(who.thread)?;
        self.world.disarm(who);
        choose.replied(who, &call, reply);
        Some(call)
    }

    /// Tells a thread's operation what came of its effect; `None` when it is no more.
    pub fn tell(&mut self, who: Caller, effect: &Effect, outcome: Outcome) -> Option<()> {
        let installer = self.installers.get_mut(&who.process)?;
        installer.handle_outcome(who.thread, effect, outcome);
        Some(())
    }

    /// Has the world carry out an effect, or whoever answers it instead.
    fn attempt(&mut self, who: Caller, effect: &mut Effect, choose: &mut dyn Choose) -> Tried {
        match choose.instead(&self.world, who, effect) {
            Some(outcome) => Tried::Outcome(outcome),
            None => self.perform(who, effect, choose),
        }
    }

    /// Has an installer forget what none of the answers still allowed can show.
    pub fn forget(&mut self, process: UniqueProcess, policy: &Policy) {
        if let Some(installer) = self.installers.get_mut(&process) {
            installer.forget(policy);
        }
    }

    /// Has the world carry out an effect. An installer may be among those whom it ends.
    fn perform(&mut self, who: Caller, effect: &Effect, choose: &mut dyn Choose) -> Tried {
        let begins = !self.faults.is_empty() && self.world.blocked_in(who).is_none();
        if let Effect::InterruptOwner(slot) = effect {
            return Tried::Outcome(self.interrupt_owner(who, *slot));
        }
        let tried = self.world.perform(who, effect, choose);
        if begins && !matches!(tried, Tried::Open(_)) {
            self.count(who, effect);
        }
        if matches!(effect, Effect::Send(..) | Effect::ControlEvent(..) | Effect::Terminate(_)) {
            self.bury();
        }
        tried
    }

    /// Has whoever runs an operation on a session see a cancel.
    fn interrupt_owner(&mut self, who: Caller, slot: Slot) -> Outcome {
        let Some(hash) = self.world.session_hash(who, slot) else { return Outcome::Gone };
        let cancelled = self.installers.iter_mut().find_map(|(process, installer)| {
            Some(Caller { process: *process, thread: installer.cancel_from_outside(hash)? })
        });
        let Some(running) = cancelled else { return Outcome::Gone };
        self.world.interrupt(running);
        Outcome::Done
    }

    /// Begins a call that the status callback of a thread's operation makes; `who` is where it is
    /// made, as a thread of the same process.
    pub fn begin_inside(&mut self, who: Caller, call: Call, outer: Thread) {
        if let Some(installer) = self.installers.get_mut(&who.process) {
            self.faults.begin(who, call.function());
            installer.begin_inside(who.thread, call, Some(outer));
        }
    }

    /// Gives a thread's call up, which has no result then. For whoever carries calls on and cannot.
    pub fn give_up(&mut self, who: Caller) {
        if let Some(installer) = self.installers.get_mut(&who.process) {
            installer.finish(who.thread);
        }
        self.world.forget(who);
    }

    /// Forgets the installers whose process is gone.
    fn bury(&mut self) {
        self.installers.retain(|process, _| self.world.is_alive(*process));
    }

    /// Lets time pass to the next thing that happens by itself; `None` when nothing will.
    pub fn pass_time(&mut self) -> Option<(Millis, Vec<UniqueProcess>)> {
        let by = self.world.next_event()?;
        Some((by, self.advance(by)))
    }

    /// Lets this much time pass, and tells which processes exited. An installer may be among them.
    pub fn advance(&mut self, by: Millis) -> Vec<UniqueProcess> {
        let exited = self.world.advance(by);
        self.bury();
        exited
    }

    /// Ends a process, an installer's too: at once, in the midst of whatever it does.
    pub fn end(&mut self, process: UniqueProcess) {
        self.world.end(process);
        self.bury();
    }
}
