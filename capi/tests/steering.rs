//! A test can hold time, and see what blocks, what comes and who runs.
#![expect(unsafe_code, reason = "the functions are called as their users call them")]

use std::ffi::CStr;
use std::ptr::{null, null_mut};

use rstrtmgr::*;

use crate::boundary::opened;

const SCENARIO: &str = r#"
why = "A viewer takes its time."
[installer.setup]
[program.viewer]
kind  = "main-window"
uses  = ['C:\App\core.dll']
query = "yes after 3s"
"#;

/// Who runs, by the names of their programs.
fn running() -> Vec<String> {
    let mut found = Vec::new();
    for index in 0.. {
        let (mut process, mut program) = (RM_UNIQUE_PROCESS::default(), null());
        // SAFETY: both are memory of this function; the name stays until the next call.
        unsafe {
            assert_eq!(RmSimProcessAt(index, &mut process, &mut program), 0);
            if program.is_null() {
                found.sort_unstable();
                return found;
            }
            found.push(CStr::from_ptr(program).to_string_lossy().into_owned());
        }
        assert_ne!(process.dwProcessId, 0);
    }
    found
}

#[test]
fn a_test_that_holds_time_sees_who_blocks_what_comes_and_who_runs() {
    let machine = Machine::new(SCENARIO).expect("a scenario");
    let _entered = machine.enter();
    let (mut blocked, mut next) = (7, 7);
    let mut pending = || {
        // SAFETY: both are memory of this function.
        assert_eq!(unsafe { RmSimPending(&mut blocked, &mut next) }, 0);
        (blocked, next)
    };
    assert_eq!(pending(), (0, u32::MAX));
    assert_eq!(running(), ["setup", "viewer"]);
    assert_eq!(RmSimHold(1), 0);
    let (session, _) = opened();
    let caller = std::thread::spawn(move || {
        let _entered = machine.enter();
        // SAFETY: there is no callback.
        unsafe { RmShutdown(session, 0, None) }
    });
    assert_eq!(RmSimAwaitBlocked(1, 10_000), 0);
    assert_eq!(pending(), (1, 3_000));
    assert_eq!(running(), ["setup", "viewer"]);
    assert_eq!(RmSimAdvance(3_000), 0);
    assert_eq!(caller.join().ok(), Some(0));
    assert_eq!(running(), ["setup"]);
    // SAFETY: null is what is refused here.
    assert_eq!(unsafe { RmSimProcessAt(0, null_mut(), null_mut()) }, ERROR_INVALID_PARAMETER);
}
