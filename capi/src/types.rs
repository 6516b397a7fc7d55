//! The types and constants of the API: those of `windows-sys`, so that code changes one `use`.
//!
//! That they are laid out as Windows has them is checked here, while the crate compiles.

use std::mem::{align_of, offset_of, size_of};

pub use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_BAD_ARGUMENTS, ERROR_CANCELLED, ERROR_FAIL_NOACTION_REBOOT,
    ERROR_FAIL_RESTART, ERROR_FAIL_SHUTDOWN, ERROR_FILE_NOT_FOUND, ERROR_INTERNAL_ERROR,
    ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, ERROR_MAX_SESSIONS_REACHED, ERROR_MORE_DATA,
    ERROR_NOACCESS, ERROR_NOT_FOUND, ERROR_NOT_READY, ERROR_NOT_SUPPORTED, ERROR_OUTOFMEMORY,
    ERROR_POSSIBLE_DEADLOCK, ERROR_PROCESS_ABORTED, ERROR_REQUEST_OUT_OF_SEQUENCE, ERROR_SEM_TIMEOUT,
    ERROR_SESSION_CREDENTIAL_CONFLICT, ERROR_SUCCESS, ERROR_TIMEOUT, ERROR_WRITE_FAULT, FILETIME,
    WIN32_ERROR,
};
pub use windows_sys::Win32::System::RestartManager::{
    CCH_RM_MAX_APP_NAME, CCH_RM_MAX_SVC_NAME, CCH_RM_SESSION_KEY, RM_APP_STATUS, RM_APP_TYPE,
    RM_FILTER_ACTION, RM_FILTER_INFO, RM_FILTER_INFO_0, RM_FILTER_TRIGGER, RM_INVALID_PROCESS,
    RM_INVALID_TS_SESSION, RM_PROCESS_INFO, RM_REBOOT_REASON, RM_SHUTDOWN_TYPE, RM_UNIQUE_PROCESS,
    RM_WRITE_STATUS_CALLBACK, RmConsole, RmCritical, RmExplorer, RmFilterTriggerFile, RmFilterTriggerInvalid,
    RmFilterTriggerProcess, RmFilterTriggerService, RmForceShutdown, RmInvalidFilterAction, RmMainWindow,
    RmNoRestart, RmNoShutdown, RmOtherWindow, RmRebootReasonCriticalProcess, RmRebootReasonCriticalService,
    RmRebootReasonDetectedSelf, RmRebootReasonNone, RmRebootReasonPermissionDenied,
    RmRebootReasonSessionMismatch, RmService, RmShutdownOnlyRegistered, RmStatusErrorOnRestart,
    RmStatusErrorOnStop, RmStatusRestartMasked, RmStatusRestarted, RmStatusRunning, RmStatusShutdownMasked,
    RmStatusStopped, RmStatusStoppedOther, RmStatusUnknown, RmUnknownApp,
};
pub use windows_sys::core::{BOOL, PCWSTR, PWSTR};

/// Layouts on a 64-bit system (RM-TYPE-11 to RM-TYPE-13), and what the model says of them.
const _: () = {
    assert!(size_of::<RM_UNIQUE_PROCESS>() == 12 && align_of::<RM_UNIQUE_PROCESS>() == 4);
    assert!(offset_of!(RM_UNIQUE_PROCESS, dwProcessId) == 0);
    assert!(offset_of!(RM_UNIQUE_PROCESS, ProcessStartTime) == 4);

    assert!(size_of::<RM_PROCESS_INFO>() == 668 && align_of::<RM_PROCESS_INFO>() == 4);
    assert!(offset_of!(RM_PROCESS_INFO, Process) == 0);
    assert!(offset_of!(RM_PROCESS_INFO, strAppName) == 12);
    assert!(offset_of!(RM_PROCESS_INFO, strServiceShortName) == 524);
    assert!(offset_of!(RM_PROCESS_INFO, ApplicationType) == 652);
    assert!(offset_of!(RM_PROCESS_INFO, AppStatus) == 656);
    assert!(offset_of!(RM_PROCESS_INFO, TSSessionId) == 660);
    assert!(offset_of!(RM_PROCESS_INFO, bRestartable) == 664);

    assert!(size_of::<RM_FILTER_INFO>() == rm_core::Filter::RECORD_SIZE as usize);
    assert!(align_of::<RM_FILTER_INFO>() == 8);
    assert!(offset_of!(RM_FILTER_INFO, FilterAction) == 0);
    assert!(offset_of!(RM_FILTER_INFO, FilterTrigger) == 4);
    assert!(offset_of!(RM_FILTER_INFO, cbNextOffset) == 8);
    assert!(offset_of!(RM_FILTER_INFO, Anonymous) == 16);

    assert!(CCH_RM_MAX_APP_NAME as usize == rm_core::Entry::MAX_APP_NAME);
    assert!(CCH_RM_MAX_SVC_NAME as usize == rm_core::Entry::MAX_SERVICE_NAME);
    assert!(CCH_RM_SESSION_KEY == 32);
};
