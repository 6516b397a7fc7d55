//! One process that uses the API, by one of its threads.

use rm_core::{Call, Caller, Name, Out, Output, UniqueProcess};

use super::{Error, Lab, Pending, Session};
use crate::moves::Move;

/// A thread of an installer. Whatever it calls blocks, and costs no real time.
#[derive(Clone, Copy, Debug)]
pub struct Installer<'lab> {
    pub(super) lab: &'lab Lab,
    pub(super) who: Caller,
}

impl<'lab> Installer<'lab> {
    /// Another thread of the same process, by a name of your own.
    #[must_use]
    pub fn thread(self, name: &str) -> Self {
        let thread = self.lab.bench_mut().simulation.transcript.names.thread(self.who.process, name);
        Self { who: Caller { thread, ..self.who }, ..self }
    }

    /// The process.
    #[must_use]
    pub const fn process(self) -> UniqueProcess {
        self.who.process
    }

    /// `RmStartSession`.
    ///
    /// # Errors
    /// When it is refused.
    pub fn start_session(self) -> Result<Session<'lab>, Error> {
        let (handle, key) = (Out::Given, Out::Given);
        self.opened(self.call(Call::Start { handle, flags: 0, key })?)
    }

    /// `RmJoinSession`, with the [`key`](Session::key) of a session of another installer.
    ///
    /// # Errors
    /// When it is refused.
    pub fn join_session(self, key: &Name) -> Result<Session<'lab>, Error> {
        self.opened(self.call(Call::Join { handle: Out::Given, key: Some(key.clone()) })?)
    }

    fn opened(self, output: Output) -> Result<Session<'lab>, Error> {
        let (handle, key) = match output {
            Output::Started(handle, key, _) => (handle, Some(key)),
            Output::Joined(handle) => (handle, None),
            _ => return Err(Error::unknown("session", "that was opened", Vec::new())),
        };
        Ok(Session { by: self, handle, key })
    }

    /// Any call, with whatever arguments: what the methods of [`Session`] cannot say.
    ///
    /// # Errors
    /// When it is refused, or cannot go on.
    pub fn call(self, call: Call) -> Result<Output, Error> {
        self.begin(call)?.finish()
    }

    /// Begins a call and leaves it there, for the test to say who moves.
    ///
    /// # Errors
    /// When the thread is in a call already, or its process runs no more.
    pub fn begin(self, call: Call) -> Result<Pending<'lab>, Error> {
        let function = call.function();
        let who = self.lab.bench_mut().begin(self.who, call)?;
        Ok(Pending::new(self.lab, who, function))
    }

    /// Replaces a file, as an installer does when nobody uses it any more.
    ///
    /// # Errors
    /// When somebody does: [`Error::InUse`].
    pub fn replace(self, file: &str) -> Result<(), Error> {
        let users = self.lab.users(file);
        if !users.is_empty() {
            return Err(Error::InUse { file: file.into(), users });
        }
        self.lab.bench_mut().replaced.push(file.into());
        Ok(())
    }

    /// Ends a process by its id, as `OpenProcess` and `TerminateProcess` do: whichever has that id now.
    /// Whether there was one.
    pub fn terminate(self, id: u32) -> bool {
        let mut bench = self.lab.bench_mut();
        let mut all = bench.simulation.machine.world.processes().map(|process| process.id);
        let found = all.find(|process| process.id == id);
        drop(all);
        if let Some(process) = found {
            let before = bench.simulation.machine.world.clone();
            bench.terminated.push((process, before));
            bench.make(Move::End(process));
        }
        found.is_some()
    }

    /// When the process that has this id now was started, as `GetProcessTimes` tells. Together with the id
    /// that says which process it is: ids are used again.
    #[must_use]
    pub fn start_time(self, id: u32) -> Option<u64> {
        let bench = self.lab.bench();
        let mut all = bench.simulation.machine.world.processes().map(|process| process.id);
        all.find(|process| process.id == id).map(|process| process.start_time)
    }
}
