//! The header says what the Rust types say, and declares what the library exports.

use std::fmt::Write;
use std::mem::{align_of, offset_of, size_of};
use std::process::Command;

use rstrtmgr::*;

use crate::tools::{compiles, is_there, library_file, package, scratch, text};

/// C that does not compile unless the header has the numbers that Rust has.
fn assertions() -> String {
    let mut code = String::from("#include <stddef.h>\n#include \"rstrtmgr.h\"\n");
    macro_rules! layout {
        ($($type:ident { $($field:ident),+ })+) => { $(
            let _ = writeln!(code, "_Static_assert(sizeof({0}) == {1}, \"{0}\");", stringify!($type), size_of::<$type>());
            let _ = writeln!(code, "_Static_assert(_Alignof({0}) == {1}, \"{0}\");", stringify!($type), align_of::<$type>());
            $(let _ = writeln!(
                code, "_Static_assert(offsetof({0}, {1}) == {2}, \"{0}.{1}\");",
                stringify!($type), stringify!($field), offset_of!($type, $field)
            );)+
        )+ };
    }
    layout! {
        FILETIME { dwLowDateTime, dwHighDateTime }
        RM_UNIQUE_PROCESS { dwProcessId, ProcessStartTime }
        RM_PROCESS_INFO {
            Process, strAppName, strServiceShortName, ApplicationType, AppStatus, TSSessionId, bRestartable
        }
        RM_FILTER_INFO { FilterAction, FilterTrigger, cbNextOffset }
    }
    // In C the union has no name; its members are where Rust has the union.
    for member in ["strFilename", "Process", "strServiceShortName"] {
        let at = offset_of!(RM_FILTER_INFO, Anonymous);
        let _ = writeln!(code, "_Static_assert(offsetof(RM_FILTER_INFO, {member}) == {at}, \"{member}\");");
    }
    macro_rules! numbers {
        ($($name:ident)+) => { $(
            let _ = writeln!(code, "_Static_assert({0} == {1}, \"{0}\");", stringify!($name), $name);
        )+ };
    }
    numbers! {
        CCH_RM_SESSION_KEY CCH_RM_MAX_APP_NAME CCH_RM_MAX_SVC_NAME RM_INVALID_TS_SESSION RM_INVALID_PROCESS
        RmUnknownApp RmMainWindow RmOtherWindow RmService RmExplorer RmConsole RmCritical
        RmForceShutdown RmShutdownOnlyRegistered
        RmStatusUnknown RmStatusRunning RmStatusStopped RmStatusStoppedOther RmStatusRestarted
        RmStatusErrorOnStop RmStatusErrorOnRestart RmStatusShutdownMasked RmStatusRestartMasked
        RmRebootReasonNone RmRebootReasonPermissionDenied RmRebootReasonSessionMismatch
        RmRebootReasonCriticalProcess RmRebootReasonCriticalService RmRebootReasonDetectedSelf
        RmFilterTriggerInvalid RmFilterTriggerFile RmFilterTriggerProcess RmFilterTriggerService
        RmInvalidFilterAction RmNoRestart RmNoShutdown
        ERROR_SUCCESS ERROR_FILE_NOT_FOUND ERROR_ACCESS_DENIED ERROR_INVALID_HANDLE ERROR_OUTOFMEMORY
        ERROR_WRITE_FAULT ERROR_SEM_TIMEOUT ERROR_BAD_ARGUMENTS ERROR_MORE_DATA ERROR_FAIL_NOACTION_REBOOT
        ERROR_FAIL_SHUTDOWN ERROR_FAIL_RESTART ERROR_MAX_SESSIONS_REACHED ERROR_REQUEST_OUT_OF_SEQUENCE
        ERROR_SESSION_CREDENTIAL_CONFLICT ERROR_CANCELLED
        ERROR_NOT_READY ERROR_NOT_SUPPORTED ERROR_INVALID_PARAMETER ERROR_NOACCESS ERROR_PROCESS_ABORTED
        ERROR_POSSIBLE_DEADLOCK ERROR_NOT_FOUND ERROR_INTERNAL_ERROR ERROR_TIMEOUT
    }
    code + "_Static_assert(sizeof(WCHAR) == 2 && sizeof(u\"\") == 2, \"WCHAR\");\nint main(void) { return 0; }\n"
}

#[test]
fn the_header_has_the_layouts_and_numbers_of_windows_sys() {
    if !is_there("gcc", &["--version"], "the header is not compared with the Rust types") {
        return;
    }
    let source = scratch("layout").join("layout.c");
    std::fs::write(&source, assertions()).expect("a file can be written");
    for arguments in [&["-std=c11"][..], &["-std=c17", "-pedantic"], &["-std=c11", "-fshort-wchar"]] {
        compiles("gcc", arguments, &source);
    }
}

#[test]
fn the_header_is_one_for_cpp_too() {
    if !is_there("g++", &["--version"], "the header is not compiled as C++") {
        return;
    }
    let source = scratch("layout").join("use.cpp");
    let code =
        "#include \"rstrtmgr.h\"\nLPCWSTR file = TEXT;\nint main() { return sizeof(WCHAR) == 2 ? 0 : 1; }\n";
    std::fs::write(&source, code).expect("a file can be written");
    for text in [&["-DTEXT=u\"C:\""][..], &["-fshort-wchar", "-DTEXT=L\"C:\""]] {
        compiles("g++", &[&["-std=c++17"], text].concat(), &source);
    }
}

#[test]
fn the_header_declares_what_the_library_exports() {
    if !is_there("nm", &["--version"], "the exports are not compared with the header") {
        return;
    }
    let output =
        Command::new("nm").args(["-D", "--defined-only"]).arg(library_file()).output().expect("nm runs");
    let symbols = text(&output.stdout);
    let mut exported: Vec<_> = symbols
        .lines()
        .filter_map(|line| line.split(' ').next_back())
        .filter(|name| name.starts_with("Rm"))
        .collect();
    let header = std::fs::read_to_string(package().join("include/rstrtmgr.h")).expect("there is a header");
    let calls = header.split("WINAPI ").filter_map(|rest| rest.split_once('(')).map(|(name, _)| name);
    let mut declared: Vec<_> = calls.filter(|name| name.starts_with("Rm")).collect();
    exported.sort_unstable();
    declared.sort_unstable();
    assert_eq!(exported, declared);
    let of_windows: Vec<_> = exported.iter().filter(|name| !name.starts_with("RmSim")).collect();
    assert_eq!(of_windows.len(), 11, "{of_windows:?}");
}
