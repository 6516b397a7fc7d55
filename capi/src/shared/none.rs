//! Where there are no Unix sockets: a machine is that of one process.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use windows_sys::Win32::Foundation::ERROR_NOT_SUPPORTED;

use crate::answered::Answered;
use crate::asked::{Asked, Process};
use crate::failure::Failure;
use crate::host::{Host, Steer, Steered, Token};

/// The way to a machine in another process, which there is not.
#[derive(Debug)]
pub(crate) struct Client;

fn not_here<T>() -> Result<T, Failure> {
    Err(Failure::new(ERROR_NOT_SUPPORTED, "on this system a machine cannot be shared by processes"))
}

pub(crate) fn serve(_: Arc<Host>, _: &Path) -> Result<(), Failure> {
    not_here()
}

impl Client {
    pub(crate) fn new(_: PathBuf) -> Self {
        Self
    }

    pub(crate) fn claim(&self, _: Option<&str>) -> Result<Process, Failure> {
        not_here()
    }

    pub(crate) fn call(
        &self,
        _: Process,
        _: Token,
        _: Asked,
        _: &mut dyn FnMut(u8),
    ) -> Result<Answered, Failure> {
        not_here()
    }

    pub(crate) fn steer(&self, _: Steer) -> Result<Steered, Failure> {
        not_here()
    }

    pub(crate) fn note(&self, _: String) {}
}
