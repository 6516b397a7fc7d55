//! The crate takes the place of `windows-sys`: code under test changes one `use`.
#![expect(unsafe_code, reason = "the functions are called as their users call them")]

use rstrtmgr::Machine;

/// An updater's code, as it would be written for Windows, over whatever has the functions.
macro_rules! updater {
    ($($path:tt)+) => {
        pub(super) fn update(file: &str, replace: &mut dyn FnMut()) -> Result<Vec<String>, u32> {
            use $($path)+::*;
            fn ok(code: u32) -> Result<(), u32> {
                if code == 0 { Ok(()) } else { Err(code) }
            }
            let file: Vec<u16> = file.encode_utf16().chain([0]).collect();
            let (mut session, mut key) = (0, [0; CCH_RM_SESSION_KEY as usize + 1]);
            let (mut needed, mut count, mut reasons) = (0, 8, 0);
            let mut apps = [RM_PROCESS_INFO::default(); 8];
            // SAFETY: every pointer is one to memory of this function.
            unsafe {
                ok(RmStartSession(&mut session, 0, key.as_mut_ptr()))?;
                let registered = RmRegisterResources(
                    session, 1, [file.as_ptr()].as_ptr(), 0, std::ptr::null(), 0, std::ptr::null(),
                );
                ok(registered)?;
                ok(RmGetList(session, &mut needed, &mut count, apps.as_mut_ptr(), &mut reasons))?;
                ok(RmShutdown(session, RmForceShutdown as u32, None))?;
                replace();
                ok(RmRestart(session, 0, None))?;
                ok(RmEndSession(session))?;
            }
            let name = |app: &RM_PROCESS_INFO| {
                let end = app.strAppName.iter().position(|unit| *unit == 0).unwrap_or_default();
                String::from_utf16_lossy(&app.strAppName[..end])
            };
            Ok(apps.iter().take(count as usize).map(name).collect())
        }
    };
}

mod as_on_windows {
    updater!(windows_sys::Win32::System::RestartManager);
}

mod with_one_use_changed {
    updater!(rstrtmgr);
}

type Update = fn(&str, &mut dyn FnMut()) -> Result<Vec<String>, u32>;

const SCENARIO: &str = r#"
why = "An editor holds a library."
[installer.setup]
[program.editor]
title   = "Text Editor"
kind    = "main-window"
uses    = ['C:\App\core.dll']
restart = "/restore"
"#;

#[test]
fn code_for_windows_runs_with_one_use_changed_and_even_with_none() {
    for update in [with_one_use_changed::update as Update, as_on_windows::update] {
        let machine = Machine::new(SCENARIO).expect("a scenario");
        let _entered = machine.enter();
        let runs = || machine.is_running("editor").expect("there is an editor");
        let mut runs_meanwhile = true;
        let listed = update(r"C:\App\core.dll", &mut || runs_meanwhile = runs());
        assert_eq!(listed, Ok(vec!["Text Editor".into()]));
        assert!(!runs_meanwhile && runs());
    }
}

/// Compiles only if both functions have one type.
macro_rules! same {
    ($($name:ident: ($($argument:ty),*))+) => { $(
        let both: [unsafe extern "system" fn($($argument),*) -> u32; 2] =
            [windows_sys::Win32::System::RestartManager::$name, rstrtmgr::$name];
        // On systems without the real library these are even the same function.
        assert!(cfg!(windows) || std::ptr::fn_addr_eq(both[0], both[1]), stringify!($name));
    )+ };
}

#[test]
fn the_functions_have_the_types_of_windows_sys() {
    use rstrtmgr::*;
    same! {
        RmStartSession: (*mut u32, u32, PWSTR)
        RmJoinSession: (*mut u32, PCWSTR)
        RmEndSession: (u32)
        RmRegisterResources: (u32, u32, *const PCWSTR, u32, *const RM_UNIQUE_PROCESS, u32, *const PCWSTR)
        RmGetList: (u32, *mut u32, *mut u32, *mut RM_PROCESS_INFO, *mut u32)
        RmShutdown: (u32, u32, RM_WRITE_STATUS_CALLBACK)
        RmRestart: (u32, u32, RM_WRITE_STATUS_CALLBACK)
        RmCancelCurrentTask: (u32)
        RmAddFilter: (u32, PCWSTR, *const RM_UNIQUE_PROCESS, PCWSTR, RM_FILTER_ACTION)
        RmRemoveFilter: (u32, PCWSTR, *const RM_UNIQUE_PROCESS, PCWSTR)
        RmGetFilterList: (u32, *mut u8, u32, *mut u32)
    }
}

#[test]
fn threads_enter_a_machine_of_their_own() {
    let threads = (0..8).map(|_| {
        std::thread::spawn(|| {
            let machine = Machine::new(SCENARIO).expect("a scenario");
            let _entered = machine.enter();
            with_one_use_changed::update(r"C:\App\core.dll", &mut || ())
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        assert_eq!(thread.join().ok(), Some(Ok(vec!["Text Editor".into()])));
    }
}
