//! The eleven functions: arguments are read, the call is made, and what it gave is written back.
#![expect(unsafe_code, reason = "these are the functions that C calls, with pointers of its own")]

use windows_sys::Win32::Foundation::FILETIME;

use crate::answered::{Answered, Filtered, Listed, Trigger, Written};
use crate::asked::{Asked, Process, Target, Units};
use crate::failure::Failure;
use crate::guard;
use crate::machine::Machine;
use crate::memory::{self, Input, LONGEST, Output};
use crate::types::{
    CCH_RM_SESSION_KEY, PCWSTR, PWSTR, RM_FILTER_ACTION, RM_FILTER_INFO, RM_PROCESS_INFO, RM_UNIQUE_PROCESS,
    RM_WRITE_STATUS_CALLBACK, RmFilterTriggerFile, RmFilterTriggerProcess, RmFilterTriggerService,
    WIN32_ERROR,
};

/// The units of a session key with its NUL.
const KEY_UNITS: usize = CCH_RM_SESSION_KEY as usize + 1;

/// Makes a call without a status callback.
fn call(asked: Asked) -> Result<Answered, Failure> {
    Machine::current()?.call(asked, &mut |_| {})
}

/// Does the work of a function. What the boundary refuses is written down beside what the model does.
fn answer(function: &str, work: impl FnOnce() -> Result<u32, Failure>) -> WIN32_ERROR {
    guard::answer(function, || {
        work().inspect_err(|failure| {
            if let Ok(machine) = Machine::current() {
                machine.note(format!("{function} = {}: {failure}", failure.code));
            }
        })
    })
}

/// Opens a session.
///
/// # Safety
/// `psessionhandle` is null or can be written to; so is `strsessionkey`, for 33 units.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmStartSession(
    psessionhandle: *mut u32,
    dwsessionflags: u32,
    strsessionkey: PWSTR,
) -> WIN32_ERROR {
    answer("RmStartSession", || {
        // SAFETY: as the caller promises.
        let handle = unsafe { Output::new(psessionhandle, 1, "pSessionHandle") }?;
        // SAFETY: as the caller promises.
        let key = unsafe { Output::new(strsessionkey, KEY_UNITS, "strSessionKey") }?;
        let asked = Asked::Start { handle: handle.is_some(), flags: dwsessionflags, key: key.is_some() };
        let answered = call(asked)?;
        if let (Written::Started(number, text, terminated), Some(handle), Some(key)) =
            (answered.written, handle, key)
        {
            handle.set(0, number);
            let end = terminated.then_some(0);
            text.into_iter().chain(end).enumerate().for_each(|(at, unit)| key.set(at, unit));
        }
        Ok(answered.code)
    })
}

/// Joins the session that has a key.
///
/// # Safety
/// `psessionhandle` is null or can be written to; `strsessionkey` is null or can be read up to a NUL, or
/// for 33 units.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmJoinSession(psessionhandle: *mut u32, strsessionkey: PCWSTR) -> WIN32_ERROR {
    answer("RmJoinSession", || {
        // SAFETY: as the caller promises.
        let handle = unsafe { Output::new(psessionhandle, 1, "pSessionHandle") }?;
        // SAFETY: as the caller promises.
        let key = unsafe { memory::text(strsessionkey, KEY_UNITS, "strSessionKey") }?;
        let answered = call(Asked::Join { handle: handle.is_some(), key })?;
        if let (Written::Joined(number), Some(handle)) = (answered.written, handle) {
            handle.set(0, number);
        }
        Ok(answered.code)
    })
}

/// Ends a session, or leaves it.
///
/// # Safety
/// Nothing is asked of the caller; it is `unsafe` because the one of `windows-sys` is.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmEndSession(dwsessionhandle: u32) -> WIN32_ERROR {
    answer("RmEndSession", || Ok(call(Asked::End { session: dwsessionhandle })?.code))
}

/// Registers files, processes and services.
///
/// # Safety
/// Each array is null or can be read for as many elements as counted; each text in it is null or can be
/// read up to a NUL, or for 32 768 units.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmRegisterResources(
    dwsessionhandle: u32,
    nfiles: u32,
    rgsfilenames: *const PCWSTR,
    napplications: u32,
    rgapplications: *const RM_UNIQUE_PROCESS,
    nservices: u32,
    rgsservicenames: *const PCWSTR,
) -> WIN32_ERROR {
    answer("RmRegisterResources", || {
        // SAFETY: as the caller promises.
        let files = |text| unsafe { memory::text(text, LONGEST, "rgsFileNames[]") };
        // SAFETY: as the caller promises.
        let services = |text| unsafe { memory::text(text, LONGEST, "rgsServiceNames[]") };
        // SAFETY: as the caller promises.
        let asked = unsafe {
            Asked::Register {
                session: dwsessionhandle,
                files: memory::array(rgsfilenames, nfiles, "rgsFileNames", files)?,
                processes: memory::array(rgapplications, napplications, "rgApplications", |one| {
                    Ok(process_of(one))
                })?,
                services: memory::array(rgsservicenames, nservices, "rgsServiceNames", services)?,
            }
        };
        Ok(call(asked)?.code)
    })
}

/// Lists the applications that use what was registered.
///
/// # Safety
/// Each pointer is null or can be read and written, `rgaffectedapps` for `*pnprocinfo` elements.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmGetList(
    dwsessionhandle: u32,
    pnprocinfoneeded: *mut u32,
    pnprocinfo: *mut u32,
    rgaffectedapps: *mut RM_PROCESS_INFO,
    lpdwrebootreasons: *mut u32,
) -> WIN32_ERROR {
    answer("RmGetList", || {
        // SAFETY: as the caller promises.
        let needed_at = unsafe { Output::new(pnprocinfoneeded, 1, "pnProcInfoNeeded") }?;
        // SAFETY: as the caller promises.
        let count_at = unsafe { Output::new(pnprocinfo, 1, "pnProcInfo") }?;
        // SAFETY: as the caller promises.
        let reasons_at = unsafe { Output::new(lpdwrebootreasons, 1, "lpdwRebootReasons") }?;
        let capacity = count_at.as_ref().and_then(Output::get);
        let room = usize::try_from(capacity.unwrap_or_default()).unwrap_or(usize::MAX);
        // SAFETY: as the caller promises.
        let entries_at = unsafe { Output::new(rgaffectedapps, room, "rgAffectedApps") }?;
        let answered = call(Asked::GetList {
            session: dwsessionhandle,
            needed: needed_at.is_some(),
            capacity,
            entries: entries_at.is_some(),
            reasons: reasons_at.is_some(),
        })?;
        if let Written::List { needed, count, reasons, entries } = answered.written {
            for (at, value) in [(needed_at, needed), (count_at, count), (reasons_at, reasons)] {
                if let Some(at) = at {
                    at.set(0, value);
                }
            }
            if let Some(entries_at) = entries_at {
                entries.iter().enumerate().for_each(|(at, entry)| entries_at.set(at, info(entry)));
            }
        }
        Ok(answered.code)
    })
}

/// Stops the applications that use what was registered.
///
/// # Safety
/// `fnstatus` is null or a function that can be called on this thread.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmShutdown(
    dwsessionhandle: u32,
    lactionflags: u32,
    fnstatus: RM_WRITE_STATUS_CALLBACK,
) -> WIN32_ERROR {
    answer("RmShutdown", || {
        let callback = fnstatus.is_some();
        operation(Asked::Shutdown { session: dwsessionhandle, flags: lactionflags, callback }, fnstatus)
    })
}

/// Starts again what was stopped.
///
/// # Safety
/// `fnstatus` is null or a function that can be called on this thread.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmRestart(
    dwsessionhandle: u32,
    dwrestartflags: u32,
    fnstatus: RM_WRITE_STATUS_CALLBACK,
) -> WIN32_ERROR {
    answer("RmRestart", || {
        let callback = fnstatus.is_some();
        operation(Asked::Restart { session: dwsessionhandle, flags: dwrestartflags, callback }, fnstatus)
    })
}

/// Asks for the operation that runs on a session to be cancelled.
///
/// # Safety
/// Nothing is asked of the caller; it is `unsafe` because the one of `windows-sys` is.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmCancelCurrentTask(dwsessionhandle: u32) -> WIN32_ERROR {
    answer("RmCancelCurrentTask", || Ok(call(Asked::Cancel { session: dwsessionhandle })?.code))
}

/// Keeps an application from being stopped or started again.
///
/// # Safety
/// `pprocess` is null or can be read; each text is null or can be read up to a NUL, or for 32 768 units.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmAddFilter(
    dwsessionhandle: u32,
    strmodulename: PCWSTR,
    pprocess: *const RM_UNIQUE_PROCESS,
    strserviceshortname: PCWSTR,
    filteraction: RM_FILTER_ACTION,
) -> WIN32_ERROR {
    answer("RmAddFilter", || {
        // SAFETY: as the caller promises.
        let target = unsafe { target(strmodulename, pprocess, strserviceshortname) }?;
        let action = filteraction.cast_unsigned();
        Ok(call(Asked::AddFilter { session: dwsessionhandle, target, action })?.code)
    })
}

/// Takes a filter back.
///
/// # Safety
/// As for [`RmAddFilter`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmRemoveFilter(
    dwsessionhandle: u32,
    strmodulename: PCWSTR,
    pprocess: *const RM_UNIQUE_PROCESS,
    strserviceshortname: PCWSTR,
) -> WIN32_ERROR {
    answer("RmRemoveFilter", || {
        // SAFETY: as the caller promises.
        let target = unsafe { target(strmodulename, pprocess, strserviceshortname) }?;
        Ok(call(Asked::RemoveFilter { session: dwsessionhandle, target })?.code)
    })
}

/// Lists the filters.
///
/// # Safety
/// `pbfilterbuf` is null or can be written for `cbfilterbuf` bytes; `cbfilterbufneeded` is null or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RmGetFilterList(
    dwsessionhandle: u32,
    pbfilterbuf: *mut u8,
    cbfilterbuf: u32,
    cbfilterbufneeded: *mut u32,
) -> WIN32_ERROR {
    answer("RmGetFilterList", || {
        let room = usize::try_from(cbfilterbuf).unwrap_or(usize::MAX);
        // SAFETY: as the caller promises.
        let buffer = unsafe { Output::new(pbfilterbuf, room, "pbFilterBuf") }?;
        // SAFETY: as the caller promises.
        let needed_at = unsafe { Output::new(cbfilterbufneeded, 1, "cbFilterBufNeeded") }?;
        let answered = call(Asked::GetFilterList {
            session: dwsessionhandle,
            buffer: buffer.is_some(),
            size: cbfilterbuf,
            needed: needed_at.is_some(),
        })?;
        if let Written::Filters { needed, filters } = answered.written {
            if let Some(needed_at) = needed_at {
                needed_at.set(0, needed);
            }
            if let Some(buffer) = buffer {
                write_filters(&buffer, &filters);
            }
        }
        Ok(answered.code)
    })
}

/// Carries out a shutdown or a restart, telling the callback how far it is.
fn operation(asked: Asked, callback: RM_WRITE_STATUS_CALLBACK) -> Result<u32, Failure> {
    let answered = Machine::current()?.call(asked, &mut |percent| {
        if let Some(callback) = callback {
            // SAFETY: the caller of the operation promises that the callback can be called here.
            unsafe { callback(percent.into()) };
        }
    })?;
    Ok(answered.code)
}

const fn process_of(process: RM_UNIQUE_PROCESS) -> Process {
    let FILETIME { dwLowDateTime: low, dwHighDateTime: high } = process.ProcessStartTime;
    Process { id: process.dwProcessId, start_time: (high as u64) << 32 | low as u64 }
}

pub(crate) const fn unique(process: Process) -> RM_UNIQUE_PROCESS {
    let Process { id, start_time } = process;
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
    let time = FILETIME { dwLowDateTime: start_time as u32, dwHighDateTime: (start_time >> 32) as u32 };
    RM_UNIQUE_PROCESS { dwProcessId: id, ProcessStartTime: time }
}

/// # Safety
/// As for [`RmAddFilter`].
unsafe fn target(
    module: PCWSTR,
    process: *const RM_UNIQUE_PROCESS,
    service: PCWSTR,
) -> Result<Target, Failure> {
    // SAFETY: as the caller promises.
    let process = unsafe { Input::new(process, 1, "pProcess") }?;
    Ok(Target {
        // SAFETY: as the caller promises.
        module: unsafe { memory::text(module, LONGEST, "strModuleName") }?,
        process: process.and_then(|process| process.get(0)).map(process_of),
        // SAFETY: as the caller promises.
        service: unsafe { memory::text(service, LONGEST, "strServiceShortName") }?,
    })
}

/// A text in a field of fixed size, with NULs behind it; the model keeps it shorter than that.
fn field<const SIZE: usize>(text: &Units) -> [u16; SIZE] {
    let mut field = [0; SIZE];
    field.iter_mut().zip(text).for_each(|(unit, of)| *unit = *of);
    field
}

fn info(entry: &Listed) -> RM_PROCESS_INFO {
    RM_PROCESS_INFO {
        Process: unique(entry.process),
        strAppName: field(&entry.app_name),
        strServiceShortName: field(&entry.service),
        ApplicationType: entry.app_type.cast_signed(),
        AppStatus: entry.status,
        TSSessionId: entry.ts_session,
        bRestartable: entry.restartable.into(),
    }
}

/// The records one behind the other, each with the offset from it to the next, and 0 in the last; then
/// the texts they point at (OQ-98.layout).
fn write_filters(buffer: &Output<u8>, filters: &[Filtered]) {
    let record = size_of::<RM_FILTER_INFO>();
    let mut text_at = record * filters.len();
    for (at, filter) in filters.iter().enumerate() {
        let mut put = |text: &Units| {
            let address = buffer.address(text_at);
            for unit in text.iter().chain(&[0]) {
                buffer.put(text_at, *unit);
                text_at += size_of::<u16>();
            }
            address
        };
        let mut info = RM_FILTER_INFO { FilterAction: filter.action.cast_signed(), ..Default::default() };
        match &filter.trigger {
            Trigger::File(path) => {
                (info.FilterTrigger, info.Anonymous.strFilename) = (RmFilterTriggerFile, put(path));
            }
            Trigger::Process(process) => {
                (info.FilterTrigger, info.Anonymous.Process) = (RmFilterTriggerProcess, unique(*process));
            }
            Trigger::Service(name) => {
                (info.FilterTrigger, info.Anonymous.strServiceShortName) =
                    (RmFilterTriggerService, put(name));
            }
        }
        if at + 1 < filters.len() {
            info.cbNextOffset = rm_core::Filter::RECORD_SIZE;
        }
        buffer.put(at * record, info);
    }
}
