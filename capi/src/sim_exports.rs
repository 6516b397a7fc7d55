//! The functions that steer the machine: what a test does besides calling the API.
//!
//! They take text as UTF-8 with a NUL and return a Win32 code; why it is not 0 says [`RmSimMessage`].
#![expect(unsafe_code, reason = "these are functions that C calls, with pointers of its own")]

use std::ffi::c_char;
use std::fs;

use windows_sys::Win32::Foundation::ERROR_WRITE_FAULT;

use crate::asked::Process;
use crate::exports::unique;
use crate::failure::Failure;
use crate::guard::{self, answer};
use crate::host::{Steer, Steered};
use crate::machine::Machine;
use crate::memory::{self, Output};
use crate::types::{BOOL, ERROR_SUCCESS, RM_UNIQUE_PROCESS, WIN32_ERROR};

fn steer(steer: Steer) -> Result<Steered, Failure> {
    Machine::current()?.steer(steer)
}

/// A text that has to be given.
///
/// # Safety
/// The pointer is null or a text with a NUL.
unsafe fn text(pointer: *const c_char, name: &str) -> Result<String, Failure> {
    // SAFETY: as the caller promises.
    let text = unsafe { memory::utf8(pointer, name) }?;
    text.ok_or_else(|| Failure::parameter(format!("`{name}` is null")))
}

/// Loads a scenario as the machine of this process. Calls in flight on the one before end with 1067.
///
/// # Safety
/// `scenario` is null or a text with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimLoad(scenario: *const c_char) -> WIN32_ERROR {
    answer("RmSimLoad", || {
        // SAFETY: as the caller promises.
        Machine::new(&unsafe { text(scenario, "scenario") }?)?.install();
        Ok(ERROR_SUCCESS)
    })
}

/// The same from a file.
///
/// # Safety
/// `path` is null or a text with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimLoadFile(path: *const c_char) -> WIN32_ERROR {
    answer("RmSimLoadFile", || {
        // SAFETY: as the caller promises.
        Machine::from_file(unsafe { text(path, "path") }?)?.install();
        Ok(ERROR_SUCCESS)
    })
}

/// The machine as its scenario begins. Calls in flight end with 1067.
#[unsafe(no_mangle)]
pub extern "system" fn RmSimReset() -> WIN32_ERROR {
    answer("RmSimReset", || {
        Machine::current()?.again()?.install();
        Ok(ERROR_SUCCESS)
    })
}

/// Has time pass only by [`RmSimAdvance`] from now on, or, with 0, whenever nobody can move.
#[unsafe(no_mangle)]
pub extern "system" fn RmSimHold(held: BOOL) -> WIN32_ERROR {
    answer("RmSimHold", || done(steer(Steer::Hold(held != 0))?))
}

/// Lets so many milliseconds pass. When it returns, every call has moved on as far as it can.
#[unsafe(no_mangle)]
pub extern "system" fn RmSimAdvance(milliseconds: u32) -> WIN32_ERROR {
    answer("RmSimAdvance", || done(steer(Steer::Advance(milliseconds))?))
}

/// How much time has passed on the machine, in milliseconds.
///
/// # Safety
/// `milliseconds` is null or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimNow(milliseconds: *mut u64) -> WIN32_ERROR {
    answer("RmSimNow", || {
        // SAFETY: as the caller promises.
        let at = given(unsafe { Output::new(milliseconds, 1, "milliseconds") }?, "milliseconds")?;
        if let Steered::Millis(now) = steer(Steer::Now)? {
            at.set(0, now);
        }
        Ok(ERROR_SUCCESS)
    })
}

/// Answers the next choice that is still open: how a program reacts whose scenario says `choose`. What
/// nobody answers is the first of its answers.
///
/// # Safety
/// `answer` is null or a text with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimChoose(answer: *const c_char) -> WIN32_ERROR {
    guard::answer("RmSimChoose", || {
        // SAFETY: as the caller promises.
        done(steer(Steer::Choose(unsafe { text(answer, "answer") }?))?)
    })
}

/// Starts a program or a service. `process` gets the new process; of a service it is left alone.
///
/// # Safety
/// `name` is null or a text with a NUL, `process` is null or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimSpawn(
    name: *const c_char,
    process: *mut RM_UNIQUE_PROCESS,
) -> WIN32_ERROR {
    answer("RmSimSpawn", || {
        // SAFETY: as the caller promises.
        let at = unsafe { Output::new(process, 1, "process") }?;
        // SAFETY: as the caller promises.
        let steered = steer(Steer::Spawn(unsafe { text(name, "name") }?))?;
        if let (Steered::Process(process), Some(at)) = (steered, at) {
            at.set(0, unique(process));
        }
        Ok(ERROR_SUCCESS)
    })
}

/// Ends a process, as if somebody closed it, or stops a service. An installer can end so too: its
/// calls in flight return 1067, and so does every later one.
///
/// # Safety
/// `name` is null or a text with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimExit(name: *const c_char) -> WIN32_ERROR {
    answer("RmSimExit", || {
        // SAFETY: as the caller promises.
        done(steer(Steer::Exit(unsafe { text(name, "name") }?))?)
    })
}

/// Whether a program runs, a service, or the process of this name in the transcript (`editor.2`).
///
/// # Safety
/// `name` is null or a text with a NUL, `running` is null or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimIsRunning(name: *const c_char, running: *mut BOOL) -> WIN32_ERROR {
    answer("RmSimIsRunning", || {
        // SAFETY: as the caller promises.
        let at = given(unsafe { Output::new(running, 1, "running") }?, "running")?;
        // SAFETY: as the caller promises.
        if let Steered::Is(running) = steer(Steer::IsRunning(unsafe { text(name, "name") }?))? {
            at.set(0, running.into());
        }
        Ok(ERROR_SUCCESS)
    })
}

/// The id and start time of a process that runs, by the name of its program or its own; null for the
/// calling process.
///
/// # Safety
/// `name` is null or a text with a NUL, `process` is null or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimProcess(
    name: *const c_char,
    process: *mut RM_UNIQUE_PROCESS,
) -> WIN32_ERROR {
    answer("RmSimProcess", || {
        // SAFETY: as the caller promises.
        let at = given(unsafe { Output::new(process, 1, "process") }?, "process")?;
        // SAFETY: as the caller promises.
        at.set(0, unique(process_called(unsafe { memory::utf8(name, "name") }?)?));
        Ok(ERROR_SUCCESS)
    })
}

/// The process at a place among those that run, and the name of its program, which stays until the next call.
/// Behind the last it is null.
///
/// # Safety
/// Each pointer is null or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimProcessAt(
    index: u32,
    process: *mut RM_UNIQUE_PROCESS,
    program: *mut *const c_char,
) -> WIN32_ERROR {
    answer("RmSimProcessAt", || {
        // SAFETY: as the caller promises.
        let process_at = unsafe { Output::new(process, 1, "process") }?;
        // SAFETY: as the caller promises.
        let program_at = given(unsafe { Output::new(program, 1, "program") }?, "program")?;
        let Steered::Running(running) = steer(Steer::ProcessAt(index))? else { return Ok(ERROR_SUCCESS) };
        let (process, program) =
            running.map_or((None, None), |(process, program)| (Some(process), Some(program)));
        if let (Some(at), Some(process)) = (process_at, process) {
            at.set(0, unique(process));
        }
        program_at.set(0, guard::kept(program));
        Ok(ERROR_SUCCESS)
    })
}

/// Has the calling thread act as another installer of the scenario; null for that of the process. If
/// that one has ended, it is run again, as another process.
///
/// # Safety
/// `installer` is null or a text with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimActAs(installer: *const c_char) -> WIN32_ERROR {
    answer("RmSimActAs", || {
        // SAFETY: as the caller promises.
        let installer = unsafe { memory::utf8(installer, "installer") }?;
        Machine::current()?.act_as(installer.as_deref())?;
        Ok(ERROR_SUCCESS)
    })
}

/// Waits until so many calls block and nobody else moves: for a test that cancels from outside. Gives
/// up with 1460 after so many milliseconds of real time.
#[unsafe(no_mangle)]
pub extern "system" fn RmSimAwaitBlocked(calls: u32, milliseconds: u32) -> WIN32_ERROR {
    answer("RmSimAwaitBlocked", || done(steer(Steer::AwaitBlocked(calls, milliseconds))?))
}

/// How many calls block just now, and in how many milliseconds something happens by itself: `0xFFFFFFFF`
/// if nothing will. For a test that holds time and lets it pass from one thing to the next.
///
/// # Safety
/// Each pointer is null or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimPending(blocked: *mut u32, milliseconds: *mut u32) -> WIN32_ERROR {
    answer("RmSimPending", || {
        // SAFETY: as the caller promises.
        let blocked_at = unsafe { Output::new(blocked, 1, "blocked") }?;
        // SAFETY: as the caller promises.
        let next_at = unsafe { Output::new(milliseconds, 1, "milliseconds") }?;
        if let Steered::Pending(blocked, next) = steer(Steer::Pending)? {
            for (at, value) in [(blocked_at, blocked), (next_at, next.unwrap_or(u32::MAX))] {
                if let Some(at) = at {
                    at.set(0, value);
                }
            }
        }
        Ok(ERROR_SUCCESS)
    })
}

/// Writes what happened so far to a file: as a story, or with every effect.
///
/// # Safety
/// `path` is null or a text with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimTranscript(path: *const c_char, full: BOOL) -> WIN32_ERROR {
    answer("RmSimTranscript", || {
        // SAFETY: as the caller promises.
        let path = unsafe { text(path, "path") }?;
        if let Steered::Text(transcript) = steer(Steer::Transcript(full != 0))? {
            fs::write(&path, transcript).map_err(|error| {
                Failure::new(ERROR_WRITE_FAULT, format!("`{path}` cannot be written: {error}"))
            })?;
        }
        Ok(ERROR_SUCCESS)
    })
}

/// Lets other processes use the machine of this one, through a socket at this path: each says by
/// `RSTRTMGR_SHARED` where it is, and by `RSTRTMGR_INSTALLER` who it is.
///
/// # Safety
/// `path` is null or a text with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmSimServe(path: *const c_char) -> WIN32_ERROR {
    answer("RmSimServe", || {
        // SAFETY: as the caller promises.
        Machine::current()?.serve(unsafe { text(path, "path") }?)?;
        Ok(ERROR_SUCCESS)
    })
}

/// Why the last call of this thread failed that did so for a reason that is not the API's own: in UTF-8,
/// valid until the next call. Empty if none did.
#[unsafe(no_mangle)]
pub extern "system" fn RmSimMessage() -> *const c_char {
    guard::message()
}

fn process_called(name: Option<String>) -> Result<Process, Failure> {
    let Some(name) = name else { return Machine::current()?.me() };
    match steer(Steer::Process(name))? {
        Steered::Process(process) => Ok(process),
        other => Err(Failure::internal(format!("{other:?} is no process"))),
    }
}

fn given<T>(output: Option<Output<T>>, name: &str) -> Result<Output<T>, Failure> {
    output.ok_or_else(|| Failure::parameter(format!("`{name}` is null")))
}

fn done(_: Steered) -> Result<u32, Failure> {
    Ok(ERROR_SUCCESS)
}
