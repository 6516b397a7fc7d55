//! Makes a call, with memory as C has it, and reads what was written there.
#![expect(unsafe_code, reason = "these are calls into a library that was not written in Rust")]

use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::{ERROR_MORE_DATA, ERROR_SUCCESS, FILETIME};
use windows_sys::Win32::System::RestartManager::{
    CCH_RM_SESSION_KEY, RM_FILTER_INFO, RM_PROCESS_INFO, RM_UNIQUE_PROCESS, RM_WRITE_STATUS_CALLBACK,
    RmFilterTriggerFile, RmFilterTriggerProcess, RmFilterTriggerService,
};

use crate::exports::Exports;
use crate::said::{Asked, Entry, Filter, Process, Reply};

/// The units of a session key with its NUL.
const KEY: usize = CCH_RM_SESSION_KEY as usize + 1;
/// More entries than this are not asked for.
const MOST: u32 = 1 << 16;
/// What a buffer holds that nobody has written to.
const UNTOUCHED: u16 = 0xFFFF;

/// Makes a call; what was written that cannot be read is an error.
pub(crate) fn make(
    exports: &Exports,
    asked: &Asked,
    callback: RM_WRITE_STATUS_CALLBACK,
) -> Result<Reply, String> {
    let session = asked.session;
    let callback = if asked.callback { callback } else { None };
    // SAFETY: the functions have these types, and numbers need no memory.
    let code = unsafe {
        match asked.call.as_str() {
            "RmStartSession" => return start(exports, asked),
            "RmJoinSession" => return Ok(join(exports, asked)),
            "RmRegisterResources" => register(exports, asked),
            "RmGetList" => return list(exports, asked),
            "RmShutdown" => (exports.shutdown)(session, asked.flags, callback),
            "RmRestart" => (exports.restart)(session, asked.flags, callback),
            "RmAddFilter" | "RmRemoveFilter" => filter(exports, asked),
            "RmGetFilterList" => return filters(exports, asked),
            "RmCancelCurrentTask" => (exports.cancel)(session),
            "RmEndSession" => (exports.end)(session),
            other => return Err(format!("there is no function `{other}`")),
        }
    };
    Ok(Reply { code, ..Reply::default() })
}

fn start(exports: &Exports, asked: &Asked) -> Result<Reply, String> {
    let (mut handle, mut key) = (0, [UNTOUCHED; KEY]);
    // SAFETY: each pointer is null or to memory of this function, which is as long as it has to be.
    let code = unsafe {
        (exports.start)(asked.out("handle", &mut handle), asked.flags, asked.out("key", &mut key[0]))
    };
    if code != ERROR_SUCCESS {
        return Ok(Reply { code, ..Reply::default() });
    }
    let (last, units) = key.split_last().ok_or("a key has units")?;
    let end = units.iter().position(|unit| *unit == 0).unwrap_or(units.len());
    if units.iter().take(end).any(|unit| *unit == UNTOUCHED) {
        return Err("RmStartSession succeeded, and wrote no key".into());
    }
    let is_open = end == units.len() && *last != 0;
    let key = String::from_utf16_lossy(units.get(..end).unwrap_or_default());
    Ok(Reply { code, handle: Some(handle), key: Some(key), unterminated: is_open, ..Reply::default() })
}

fn join(exports: &Exports, asked: &Asked) -> Reply {
    let (mut handle, key) = (0, Text::new(asked.key.as_deref()));
    // SAFETY: each pointer is null or to memory of this function; the key ends with a NUL.
    let code = unsafe { (exports.join)(asked.out("handle", &mut handle), key.pointer()) };
    Reply { code, handle: (code == ERROR_SUCCESS).then_some(handle), ..Reply::default() }
}

fn register(exports: &Exports, asked: &Asked) -> u32 {
    let texts = |names: &Option<Vec<Option<String>>>| -> Option<Vec<Text>> {
        Some(names.as_ref()?.iter().map(|name| Text::new(name.as_deref())).collect())
    };
    let (files, services) = (texts(&asked.files), texts(&asked.services));
    let pointers = |texts: &Option<Vec<Text>>| -> Option<Vec<*const u16>> {
        Some(texts.as_ref()?.iter().map(Text::pointer).collect())
    };
    let (files_at, services_at) = (pointers(&files), pointers(&services));
    let processes: Option<Vec<_>> =
        asked.processes.as_ref().map(|processes| processes.iter().map(|one| unique(*one)).collect());
    // SAFETY: each array is null or has as many elements as said; each text in it ends with a NUL.
    unsafe {
        (exports.register)(
            asked.session,
            asked.file_count,
            files_at.as_ref().map_or(null(), Vec::as_ptr),
            asked.process_count,
            processes.as_ref().map_or(null(), Vec::as_ptr),
            asked.service_count,
            services_at.as_ref().map_or(null(), Vec::as_ptr),
        )
    }
}

fn list(exports: &Exports, asked: &Asked) -> Result<Reply, String> {
    let room = asked.capacity.unwrap_or_default();
    if room > MOST {
        return Err(format!("a list of {room} entries is more than is asked for"));
    }
    let (mut needed, mut count, mut reasons) = (0, room, 0);
    // One more than said, so that the pointer to an empty array is one to memory, too.
    let mut apps = vec![RM_PROCESS_INFO::default(); room as usize + 1];
    let count_at = if asked.capacity.is_some() { &raw mut count } else { null_mut() };
    // SAFETY: each pointer is null or to memory of this function, which is as long as said.
    let code = unsafe {
        (exports.list)(
            asked.session,
            asked.out("needed", &mut needed),
            count_at,
            if asked.is_null("entries") { null_mut() } else { apps.as_mut_ptr() },
            asked.out("reasons", &mut reasons),
        )
    };
    if code != ERROR_SUCCESS && code != ERROR_MORE_DATA {
        return Ok(Reply { code, ..Reply::default() });
    }
    let written = if code == ERROR_SUCCESS && !asked.is_null("entries") { count.min(room) } else { 0 };
    let entries: Result<_, _> = apps.iter().take(written as usize).map(entry).collect();
    Ok(Reply { code, needed: Some(needed), count, reasons, entries: entries?, ..Reply::default() })
}

fn entry(app: &RM_PROCESS_INFO) -> Result<Entry, String> {
    let text = |units: &[u16], field: &str| {
        let end = units.iter().position(|unit| *unit == 0);
        let end = end.ok_or_else(|| format!("`{field}` of an entry does not end"))?;
        Ok::<_, String>(String::from_utf16_lossy(units.get(..end).unwrap_or_default()))
    };
    Ok(Entry {
        process: process(app.Process),
        name: text(&app.strAppName, "strAppName")?,
        service: text(&app.strServiceShortName, "strServiceShortName")?,
        app_type: app.ApplicationType.cast_unsigned(),
        status: app.AppStatus,
        session: app.TSSessionId,
        restartable: app.bRestartable != 0,
    })
}

fn filter(exports: &Exports, asked: &Asked) -> u32 {
    let (module, service) = (Text::new(asked.module.as_deref()), Text::new(asked.service.as_deref()));
    let process = asked.process.map(unique);
    let process_at = process.as_ref().map_or(null(), std::ptr::from_ref);
    let (module_at, service_at) = (module.pointer(), service.pointer());
    // SAFETY: each pointer is null or to memory of this function; each text ends with a NUL.
    unsafe {
        if asked.call == "RmAddFilter" {
            (exports.add_filter)(asked.session, module_at, process_at, service_at, asked.action.cast_signed())
        } else {
            (exports.remove_filter)(asked.session, module_at, process_at, service_at)
        }
    }
}

fn filters(exports: &Exports, asked: &Asked) -> Result<Reply, String> {
    if asked.size > MOST {
        return Err(format!("a buffer of {} bytes is more than is asked for", asked.size));
    }
    // Units of eight bytes, as records have to be aligned; one more than said, so that there is memory.
    let mut buffer = vec![0_u64; asked.size as usize / 8 + 1];
    let mut needed = 0;
    // SAFETY: each pointer is null or to memory of this function, which is as long as said.
    let code = unsafe {
        (exports.filters)(
            asked.session,
            asked.out("buffer", buffer.as_mut_ptr().cast()),
            asked.size,
            asked.out("needed", &mut needed),
        )
    };
    if code != ERROR_SUCCESS && code != ERROR_MORE_DATA {
        return Ok(Reply { code, ..Reply::default() });
    }
    let is_written = code == ERROR_SUCCESS && !asked.is_null("buffer") && needed > 0;
    let filters = if is_written { chain(&buffer, needed.min(asked.size))? } else { Vec::new() };
    Ok(Reply { code, needed: Some(needed), filters, ..Reply::default() })
}

/// The filters in a buffer, each so many bytes behind the one before.
fn chain(buffer: &[u64], size: u32) -> Result<Vec<Filter>, String> {
    let base: *const u8 = buffer.as_ptr().cast();
    let (size, record) = (size as usize, size_of::<RM_FILTER_INFO>());
    let (mut at, mut filters) = (0, Vec::new());
    loop {
        if at + record > size || at % 8 != 0 {
            return Err(format!("a record of RmGetFilterList begins at byte {at} of {size}"));
        }
        // SAFETY: the record lies within the buffer, aligned, and any bytes are one.
        let info = unsafe { base.add(at).cast::<RM_FILTER_INFO>().read() };
        filters.push(filter_of(&info, base, size)?);
        if info.cbNextOffset == 0 {
            return Ok(filters);
        }
        at += info.cbNextOffset as usize;
    }
}

fn filter_of(info: &RM_FILTER_INFO, base: *const u8, size: usize) -> Result<Filter, String> {
    let action = info.FilterAction.cast_unsigned();
    // SAFETY: any bytes are each of the members.
    let (text, of) = unsafe { (info.Anonymous.strFilename, info.Anonymous.Process) };
    let read = || {
        let from = text.addr().wrapping_sub(base.addr());
        let mut units = Vec::new();
        for at in (from..size.saturating_sub(1)).step_by(2) {
            // SAFETY: both bytes lie within the buffer.
            match unsafe { base.add(at).cast::<u16>().read_unaligned() } {
                0 => return Ok(Some(String::from_utf16_lossy(&units))),
                unit => units.push(unit),
            }
        }
        Err("a text of RmGetFilterList does not lie within the buffer".to_string())
    };
    let filter = Filter { action, ..Filter::default() };
    match info.FilterTrigger {
        one if one == RmFilterTriggerFile => Ok(Filter { module: read()?, ..filter }),
        one if one == RmFilterTriggerProcess => Ok(Filter { process: Some(process(of)), ..filter }),
        one if one == RmFilterTriggerService => Ok(Filter { service: read()?, ..filter }),
        other => Err(format!("a record of RmGetFilterList has the trigger {other}")),
    }
}

impl Asked {
    fn is_null(&self, output: &str) -> bool {
        self.null.iter().any(|name| name == output)
    }

    fn out<T>(&self, output: &str, at: *mut T) -> *mut T {
        if self.is_null(output) { null_mut() } else { at }
    }
}

/// A text with its NUL, or none.
struct Text(Option<Vec<u16>>);

impl Text {
    fn new(text: Option<&str>) -> Self {
        Self(text.map(|text| text.encode_utf16().chain([0]).collect()))
    }

    fn pointer(&self) -> *const u16 {
        self.0.as_ref().map_or(null(), Vec::as_ptr)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
const fn unique(Process { pid, start }: Process) -> RM_UNIQUE_PROCESS {
    let time = FILETIME { dwLowDateTime: start as u32, dwHighDateTime: (start >> 32) as u32 };
    RM_UNIQUE_PROCESS { dwProcessId: pid, ProcessStartTime: time }
}

/// A process as the library has it.
pub(crate) const fn process(of: RM_UNIQUE_PROCESS) -> Process {
    let FILETIME { dwLowDateTime: low, dwHighDateTime: high } = of.ProcessStartTime;
    Process { pid: of.dwProcessId, start: (high as u64) << 32 | low as u64 }
}
