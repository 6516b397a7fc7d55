//! The functions of a library, by their names.
#![expect(unsafe_code, reason = "what a library exports is taken at its word")]

use std::ffi::c_char;
use std::path::Path;

use libloading::{Library, Symbol};
use windows_sys::Win32::System::RestartManager::{
    RM_FILTER_ACTION, RM_PROCESS_INFO, RM_UNIQUE_PROCESS, RM_WRITE_STATUS_CALLBACK,
};
use windows_sys::core::{BOOL, PCWSTR, PWSTR};

macro_rules! functions {
    ($(#[$about:meta])* $name:ident { $($field:ident = $export:literal ($($argument:ty),*);)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name {
            $(pub(crate) $field: unsafe extern "system" fn($($argument),*) -> u32,)+
        }

        impl $name {
            fn of(library: &Library) -> Result<Self, String> {
                // SAFETY: functions of these names have these types; the library stays loaded.
                unsafe { Ok(Self { $($field: find(library, $export)?,)+ }) }
            }
        }
    };
}

/// # Safety
/// What has this name has this type.
unsafe fn find<F: Copy>(library: &Library, name: &str) -> Result<F, String> {
    // SAFETY: as the caller promises.
    let found: Result<Symbol<'_, F>, _> = unsafe { library.get(name) };
    found.map(|function| *function).map_err(|_| format!("it does not export `{name}`"))
}

functions! {
    /// The functions of Restart Manager.
    Exports {
        start = "RmStartSession" (*mut u32, u32, PWSTR);
        join = "RmJoinSession" (*mut u32, PCWSTR);
        end = "RmEndSession" (u32);
        register = "RmRegisterResources" (u32, u32, *const PCWSTR, u32, *const RM_UNIQUE_PROCESS, u32, *const PCWSTR);
        list = "RmGetList" (u32, *mut u32, *mut u32, *mut RM_PROCESS_INFO, *mut u32);
        shutdown = "RmShutdown" (u32, u32, RM_WRITE_STATUS_CALLBACK);
        restart = "RmRestart" (u32, u32, RM_WRITE_STATUS_CALLBACK);
        cancel = "RmCancelCurrentTask" (u32);
        add_filter = "RmAddFilter" (u32, PCWSTR, *const RM_UNIQUE_PROCESS, PCWSTR, RM_FILTER_ACTION);
        remove_filter = "RmRemoveFilter" (u32, PCWSTR, *const RM_UNIQUE_PROCESS, PCWSTR);
        filters = "RmGetFilterList" (u32, *mut u8, u32, *mut u32);
    }
}

functions! {
    /// The functions that steer a simulated machine.
    Steering {
        load = "RmSimLoad" (*const c_char);
        serve = "RmSimServe" (*const c_char);
        hold = "RmSimHold" (BOOL);
        advance = "RmSimAdvance" (u32);
        now = "RmSimNow" (*mut u64);
        pending = "RmSimPending" (*mut u32, *mut u32);
        spawn = "RmSimSpawn" (*const c_char, *mut RM_UNIQUE_PROCESS);
        exit = "RmSimExit" (*const c_char);
        is_running = "RmSimIsRunning" (*const c_char, *mut BOOL);
        process = "RmSimProcess" (*const c_char, *mut RM_UNIQUE_PROCESS);
        process_at = "RmSimProcessAt" (u32, *mut RM_UNIQUE_PROCESS, *mut *const c_char);
    }
}

/// Loads a library; the functions that steer are none where it has no machine of its own.
pub(crate) fn load(path: &Path) -> Result<(Exports, Option<Steering>), String> {
    // SAFETY: loading runs what the library does when it is loaded, which is what is to be tested.
    let library = unsafe { Library::new(path) }.map_err(|error| format!("it cannot be loaded: {error}"))?;
    // Its functions are called until the process ends.
    let library = Box::leak(Box::new(library));
    Ok((Exports::of(library)?, Steering::of(library).ok()))
}
