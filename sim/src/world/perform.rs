//! How the simulated machine carries out effects. One arm per effect; what blocks says so.

use rm_core::{AppId, Caller, Effect, Fault, Message, Millis, Outcome, SessionKey, UniqueProcess};

use super::{About, World};
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

impl From<Result<Outcome, Choice>> for Tried {
    fn from(tried: Result<Outcome, Choice>) -> Self {
        match tried {
            Ok(outcome) => Self::Outcome(outcome),
            Err(choice) => Self::Open(choice),
        }
    }
}

impl World {
    /// Tries to carry out an effect for a thread. While it blocks, what it waits for is kept here;
    /// trying again with the same effect goes on waiting.
    pub fn perform(&mut self, who: Caller, effect: &Effect, choose: &mut dyn Choose) -> Tried {
        if let Some(outcome) = self.look(who, effect) {
            return Tried::Outcome(outcome);
        }
        let outcome = match effect {
            Effect::Send(process, Message::Close, _) => return self.post(*process, About::Close, choose),
            Effect::ControlEvent(process, reach) => return self.control(*process, *reach, choose).into(),
            Effect::Unlock => {
                self.registry.release(who);
                Outcome::Done
            }
            Effect::WriteValue(slot, name, data) => {
                let place = self.place(who.process, *slot);
                self.registry.write(place, *name, data.clone());
                Outcome::Done
            }
            Effect::DeleteValue(slot, name) => {
                let place = self.place(who.process, *slot);
                self.registry.delete_value(&place, *name);
                Outcome::Done
            }
            Effect::DeleteSession(slot) => {
                let place = self.place(who.process, *slot);
                self.registry.keys.remove(&place);
                Outcome::Done
            }
            Effect::NewKey => Outcome::Key(self.new_key()),
            Effect::NewHandle(lowest) => Outcome::Handle(*lowest),
            Effect::StopService(name) => return self.stop_service(who.process, name, choose).into(),
            Effect::Arm(limit) => self.arm(who, None, *limit),
            Effect::ArmFor(one, limit) => self.arm(who, Some(one.clone()), *limit),
            Effect::Terminate(process) => self.terminate(who.process, *process),
            Effect::Launch(launch) => self.launch(who.process, launch),
            Effect::Interrupt(thread) => {
                self.interrupt(Caller { thread: *thread, ..who });
                Outcome::Done
            }
            Effect::Lock(..)
            | Effect::Send(..)
            | Effect::WaitAny(_)
            | Effect::StartService(..)
            | Effect::AwaitReady(..)
            | Effect::AwaitPhase(_) => {
                return self.block(who, effect, choose);
            }
            Effect::KeepFilter(_)
            | Effect::DropFilter(_)
            | Effect::ReleaseHandle(_)
            | Effect::Decide(_)
            | Effect::Settle(_)
            | Effect::CallOff(_)
            | Effect::Request(_)
            | Effect::Remember(_)
            // A machine knows who runs what, and reaches across processes by itself.
            | Effect::InterruptOwner(_)
            | Effect::Report(_) => Outcome::Done,
            // What only looks was answered above.
            Effect::ReadRoot(_)
            | Effect::ReadSession(_)
            | Effect::Users(..)
            | Effect::Exist(_)
            | Effect::NamesOf(_)
            | Effect::Describe(_)
            | Effect::Services(_)
            | Effect::Attached(_)
            | Effect::Registrations(_)
            | Effect::Occupants(_)
            | Effect::RunningAgain(..)
            | Effect::AreAlive(_) => Outcome::Done,
        };
        Tried::Outcome(outcome)
    }

    /// What an effect sees that only looks at the machine; `None` for one that does more.
    fn look(&self, who: Caller, effect: &Effect) -> Option<Outcome> {
        Some(match effect {
            Effect::ReadRoot(scope) => Outcome::Slots(self.root(who, *scope)),
            Effect::ReadSession(slot) => {
                Outcome::Session(self.registry.keys.get(&self.place(who.process, *slot)).cloned())
            }
            Effect::Users(files, look) => self.users(files, *look).map_or(Outcome::Directory, Outcome::Users),
            Effect::Exist(files) => {
                Outcome::Paths(files.iter().filter(|file| self.exists(file)).cloned().collect())
            }
            Effect::NamesOf(path) => Outcome::Paths(self.names_of(path)),
            Effect::Describe(processes) => {
                let describe = |process: &UniqueProcess| self.describe(who.process, *process);
                Outcome::Described(processes.iter().filter_map(describe).collect())
            }
            Effect::Attached(consoles) => {
                let describe = |process: UniqueProcess| self.describe(who.process, process);
                let mut attached = self.attached(consoles);
                attached.sort_unstable();
                Outcome::Described(attached.into_iter().filter_map(describe).collect())
            }
            Effect::Services(query) => Outcome::Services(self.query(who.process, query)),
            Effect::Registrations(processes) => {
                let registered = |process: &UniqueProcess| {
                    Some((*process, self.process(*process)?.declared.restart.clone()))
                };
                Outcome::Registrations(processes.iter().filter_map(registered).collect())
            }
            Effect::RunningAgain(one, not) => Outcome::Again(self.again(one, not)),
            Effect::Occupants(all) => {
                let now = all.iter().filter_map(|one| self.scene.processes.get(&one.id));
                Outcome::Alive(now.map(|process| process.id.into()).collect())
            }
            Effect::AreAlive(all) => {
                Outcome::Alive(all.iter().filter(|one| self.is_running(one)).cloned().collect())
            }
            _ => return None,
        })
    }

    /// Starts counting a time limit of a thread, for one application or for all it waits for.
    fn arm(&mut self, who: Caller, only: Option<AppId>, limit: Millis) -> Outcome {
        self.waits.limits.insert((who, only), limit);
        Outcome::Done
    }

    /// Forgets the time limits of a thread: its call is over.
    pub fn disarm(&mut self, who: Caller) {
        if self.waits.limits.keys().any(|(thread, _)| *thread == who) {
            self.waits.limits.retain(|(thread, _), _| *thread != who);
        }
    }

    fn terminate(&mut self, caller: UniqueProcess, process: UniqueProcess) -> Outcome {
        if !self.is_alive(process) {
            return Outcome::Gone;
        }
        if !self.may_stop(caller, process) {
            return Outcome::Failed(Fault::AccessDenied);
        }
        self.end(process);
        Outcome::Done
    }

    fn new_key(&mut self) -> SessionKey {
        self.scene.keys += 1;
        // Any 128 bits that differ each time; spread out so that keys look like what they stand for.
        let spread =
            |seed: u64| seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31) ^ 0xbf58_476d_1ce4_e5b9;
        let high = spread(u64::from(self.scene.keys));
        SessionKey(u128::from(high) << 64 | u128::from(spread(high)))
    }
}
