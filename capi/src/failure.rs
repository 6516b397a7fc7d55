//! Why something cannot be done that has nothing to do with Restart Manager: a code and a sentence.

use std::fmt;

use windows_sys::Win32::Foundation::{
    ERROR_INTERNAL_ERROR, ERROR_INVALID_PARAMETER, ERROR_NOT_FOUND, ERROR_POSSIBLE_DEADLOCK,
    ERROR_PROCESS_ABORTED,
};

/// Why the library cannot do what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The Win32 code that the caller gets.
    pub code: u32,
    /// What is wrong, for the log and for `RmSimMessage`.
    pub message: String,
}

impl Failure {
    pub(crate) fn new(code: u32, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The library itself cannot go on.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(ERROR_INTERNAL_ERROR, message)
    }

    /// An argument of a steering function means nothing.
    pub(crate) fn parameter(message: impl Into<String>) -> Self {
        Self::new(ERROR_INVALID_PARAMETER, message)
    }

    /// There is nothing of this name on the machine.
    pub(crate) fn not_found(name: &str) -> Self {
        Self::new(ERROR_NOT_FOUND, format!("there is no program, service or process `{name}` on the machine"))
    }

    /// A status callback made a call that waits for the operation whose callback it is. A real one would
    /// hang.
    pub(crate) fn deadlock() -> Self {
        Self::new(ERROR_POSSIBLE_DEADLOCK, "the call waits for the operation whose status callback makes it")
    }

    /// The caller's process is no more on the simulated machine: a call that never returns on a real one.
    pub(crate) fn died() -> Self {
        Self::new(ERROR_PROCESS_ABORTED, "the calling process has ended on the simulated machine")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
