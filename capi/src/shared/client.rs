//! The side of a process that uses the machine of another.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::Foundation::ERROR_NOT_READY;

use super::wire::{Request, Response, Wire};
use crate::answered::Answered;
use crate::asked::{Asked, Process};
use crate::failure::Failure;
use crate::host::{Steer, Steered, Token};

/// The way to a machine in another process.
pub(crate) struct Client {
    path: PathBuf,
    /// The connections that say which installers this process is. They close when it ends.
    claims: Mutex<Vec<Wire>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({})", self.path.display())
    }
}

impl Client {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, claims: Mutex::default() }
    }

    pub(crate) fn claim(&self, installer: Option<&str>) -> Result<Process, Failure> {
        let mut wire = self.send(&Request::Claim(installer.map(String::from)))?;
        match self.receive(&mut wire)? {
            Response::Process(process) => {
                self.claims.lock().unwrap_or_else(PoisonError::into_inner).push(wire);
                Ok(process)
            }
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) fn call(
        &self,
        process: Process,
        token: Token,
        asked: Asked,
        report: &mut dyn FnMut(u8),
    ) -> Result<Answered, Failure> {
        let mut wire = self.send(&Request::Call(process, token, asked))?;
        loop {
            match self.receive(&mut wire)? {
                Response::Report(percent) => {
                    report(percent);
                    wire.send(&Request::GoOn).map_err(|error| self.lost(&error))?;
                }
                Response::Answered(answered) => return Ok(answered),
                other => return Err(unexpected(&other)),
            }
        }
    }

    pub(crate) fn steer(&self, steer: Steer) -> Result<Steered, Failure> {
        let mut wire = self.send(&Request::Steer(steer))?;
        match self.receive(&mut wire)? {
            Response::Steered(steered) => Ok(steered),
            other => Err(unexpected(&other)),
        }
    }

    /// Writes down what the boundary refused. The call has its result already, whatever comes of this.
    pub(crate) fn note(&self, text: String) {
        let _ = self.send(&Request::Note(text)).and_then(|mut wire| self.receive(&mut wire));
    }

    fn send(&self, request: &Request) -> Result<Wire, Failure> {
        let wire = UnixStream::connect(&self.path).and_then(Wire::new);
        let mut wire = wire.map_err(|error| self.lost(&error))?;
        wire.send(request).map_err(|error| self.lost(&error))?;
        Ok(wire)
    }

    fn receive(&self, wire: &mut Wire) -> Result<Response, Failure> {
        match wire.receive().map_err(|error| self.lost(&error))? {
            Response::Failed(code, message) => Err(Failure::new(code, message)),
            response => Ok(response),
        }
    }

    fn lost(&self, error: &io::Error) -> Failure {
        let message = format!("the machine at `{}` cannot be reached: {error}", self.path.display());
        Failure::new(ERROR_NOT_READY, message)
    }
}

fn unexpected(response: &Response) -> Failure {
    Failure::internal(format!("the machine answered {response:?}"))
}
