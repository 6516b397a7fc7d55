//! A session as an installer holds it: the functions of the API that take a handle.

use rm_core::{
    Array, Call, ErrorCode, FilterAction, FilterList, List, Name, Out, Output, SessionHandle, SessionKey,
    ShutdownFlags, Target, UniqueProcess,
};

use super::{Error, Installer, Pending};

/// A handle to a session, in the hands of one thread. It is not ended by being dropped: a handle that is
/// forgotten stays open, as with the API.
#[derive(Clone, Copy, Debug)]
pub struct Session<'lab> {
    pub(super) by: Installer<'lab>,
    pub(super) handle: SessionHandle,
    pub(super) key: Option<SessionKey>,
}

impl<'lab> Session<'lab> {
    /// The handle, which may be 0 (OQ-02).
    #[must_use]
    pub const fn handle(self) -> SessionHandle {
        self.handle
    }

    /// The key with which other installers join; none if this one has joined.
    #[must_use]
    pub fn key(self) -> Option<Name> {
        self.key.map(SessionKey::text)
    }

    /// The same handle in the hands of another thread of the installer.
    #[must_use]
    pub fn on_thread(self, name: &str) -> Self {
        Self { by: self.by.thread(name), ..self }
    }

    /// `RmRegisterResources`: full paths of files, processes, and short names of services.
    ///
    /// # Errors
    /// When it is refused.
    pub fn register_resources(
        self,
        files: &[&str],
        processes: &[UniqueProcess],
        services: &[&str],
    ) -> Result<(), Error> {
        let names = |names: &[&str]| names.iter().map(|name| Some(Name::from(*name))).collect();
        let processes: Array<_> = processes.iter().copied().collect();
        let (session, files, services) = (self.handle, names(files), names(services));
        self.by.call(Call::Register { session, files, processes, services }).map(drop)
    }

    /// `RmRegisterResources` with files alone.
    ///
    /// # Errors
    /// When it is refused.
    pub fn register_files(self, files: &[&str]) -> Result<(), Error> {
        self.register_resources(files, &[], &[])
    }

    /// `RmGetList` with room for so many entries.
    ///
    /// # Errors
    /// When it is refused: with 234 if there is not room enough, and then [`Refused::output`] says how many
    /// entries are needed.
    ///
    /// [`Refused::output`]: super::Refused::output
    pub fn get_list(self, room: u32) -> Result<List, Error> {
        let (needed, entries, reasons) = (Out::Given, Out::Given, Out::Given);
        let call = Call::GetList { session: self.handle, needed, capacity: Some(room), entries, reasons };
        match self.by.call(call)? {
            Output::List(list) => Ok(list),
            _ => Ok(List { needed: 0, count: 0, reasons: Default::default(), entries: Vec::new() }),
        }
    }

    /// `RmGetList` as often as it takes to have room for everybody.
    ///
    /// # Errors
    /// When it is refused for another reason than want of room.
    pub fn list(self) -> Result<List, Error> {
        let mut room = 0;
        loop {
            match self.get_list(room) {
                Err(error) if error.code() == Some(ErrorCode::MORE_DATA) => {
                    // More may have come by the time of the next call.
                    room = match error.refused().map(super::Refused::output) {
                        Some(Output::List(list)) => list.needed.max(room.saturating_add(1)),
                        _ => room.saturating_add(1),
                    };
                }
                listed => return listed,
            }
        }
    }

    /// `RmShutdown`.
    ///
    /// # Errors
    /// When it is refused, or cannot go on.
    pub fn shutdown(self, flags: ShutdownFlags) -> Result<(), Error> {
        self.begin_shutdown(flags)?.finish().map(drop)
    }

    /// `RmShutdown` with a status callback, which is told the percentage and may call back in.
    ///
    /// # Errors
    /// When it is refused, or cannot go on.
    pub fn shutdown_with(self, flags: ShutdownFlags, status: impl FnMut(u8)) -> Result<(), Error> {
        let call = Call::Shutdown { session: self.handle, flags, callback: true };
        self.by.begin(call)?.finish_with(status).map(drop)
    }

    /// Begins `RmShutdown`, for the test to say who moves.
    ///
    /// # Errors
    /// When the thread is in a call already, or its process runs no more.
    pub fn begin_shutdown(self, flags: ShutdownFlags) -> Result<Pending<'lab>, Error> {
        self.by.begin(Call::Shutdown { session: self.handle, flags, callback: false })
    }

    /// `RmRestart`.
    ///
    /// # Errors
    /// When it is refused, or cannot go on.
    pub fn restart(self) -> Result<(), Error> {
        self.begin_restart()?.finish().map(drop)
    }

    /// `RmRestart` with a status callback, which is told the percentage and may call back in.
    ///
    /// # Errors
    /// When it is refused, or cannot go on.
    pub fn restart_with(self, status: impl FnMut(u8)) -> Result<(), Error> {
        let call = Call::Restart { session: self.handle, flags: 0, callback: true };
        self.by.begin(call)?.finish_with(status).map(drop)
    }

    /// Begins `RmRestart`, for the test to say who moves.
    ///
    /// # Errors
    /// When the thread is in a call already, or its process runs no more.
    pub fn begin_restart(self) -> Result<Pending<'lab>, Error> {
        self.by.begin(Call::Restart { session: self.handle, flags: 0, callback: false })
    }

    /// `RmAddFilter`.
    ///
    /// # Errors
    /// When it is refused.
    pub fn add_filter(self, target: Target, action: FilterAction) -> Result<(), Error> {
        self.by.call(Call::AddFilter { session: self.handle, target, action }).map(drop)
    }

    /// `RmRemoveFilter`.
    ///
    /// # Errors
    /// When it is refused.
    pub fn remove_filter(self, target: Target) -> Result<(), Error> {
        self.by.call(Call::RemoveFilter { session: self.handle, target }).map(drop)
    }

    /// `RmGetFilterList` with a buffer of so many bytes.
    ///
    /// # Errors
    /// When it is refused: with 234 if the buffer is too small.
    pub fn get_filter_list(self, size: u32) -> Result<FilterList, Error> {
        let (buffer, needed) = (Out::Given, Out::Given);
        match self.by.call(Call::GetFilterList { session: self.handle, buffer, size, needed })? {
            Output::FilterList(list) => Ok(list),
            _ => Ok(FilterList { needed: 0, filters: Vec::new() }),
        }
    }

    /// `RmCancelCurrentTask`, from another thread than the one in the operation, or from its callback.
    ///
    /// # Errors
    /// When it is refused.
    pub fn cancel(self) -> Result<(), Error> {
        self.by.call(Call::Cancel { session: self.handle }).map(drop)
    }

    /// `RmEndSession`.
    ///
    /// # Errors
    /// When it is refused.
    pub fn end(self) -> Result<(), Error> {
        self.by.call(Call::End { session: self.handle }).map(drop)
    }
}
