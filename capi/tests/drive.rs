//! Calls the library as bytes say: with sound arguments and unsound ones, from callbacks too.
//!
//! The random test and the fuzz target share it. Whatever the bytes are, the library has to give a code
//! back, keep within the memory it was given, and never have to catch a panic.
#![expect(unsafe_code, reason = "the functions are called as their users call them, and worse")]

use std::cell::RefCell;
use std::ptr::{null, null_mut};

use rstrtmgr::*;

const SCENARIO: &str = r#"
why = "A bit of everything."
directories = ['C:\App\plugins']
[installer.setup]
uses = ['C:\App\self.dll']
[installer.helper]
[program.editor]
title   = "Text Editor"
image   = 'C:\App\editor.exe'
kind    = "main-window"
uses    = ['C:\App\core.dll', 'C:\App\index.dll']
restart = "/restore"
query   = "choose"
close   = "exits after 2s"
[program.shell]
kind    = "console"
uses    = ['C:\App\core.dll']
control = "stays"
[service.indexer]
title = "Search Indexer"
uses  = ['C:\App\index.dll']
"#;

/// The bytes that are left, taken from the front; zeros when there are none.
struct Bytes(Vec<u8>);

impl Bytes {
    fn byte(&mut self) -> u8 {
        self.0.pop().unwrap_or(0)
    }

    fn number(&mut self) -> u32 {
        match self.byte() % 8 {
            0..=2 => 0,
            3 => 1,
            4 => 2,
            5 => u32::MAX,
            6 => u32::from(self.byte()),
            _ => u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()]),
        }
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::from(self.byte()) % from.len()]
    }

    /// The pointer, or null, or one that is off by a byte.
    fn pointer<T>(&mut self, sound: *mut T) -> *mut T {
        match self.byte() % 16 {
            0 => null_mut(),
            // One of an odd number of bytes less is misaligned for everything but bytes.
            1 if align_of::<T>() > 1 => sound.wrapping_byte_add(1),
            _ => sound,
        }
    }
}

/// Memory for outputs, with guards right before and behind that nobody may touch.
#[repr(C)]
struct Guarded<T, const N: usize> {
    before: [u8; 16],
    values: [T; N],
    after: [u8; 16],
}

const GUARD: [u8; 16] = [0xfe; 16];

impl<T: Copy, const N: usize> Guarded<T, N> {
    const fn new(value: T) -> Self {
        Self { before: GUARD, values: [value; N], after: GUARD }
    }

    fn check(&self) {
        assert!(self.before == GUARD && self.after == GUARD, "written outside of what was given");
    }
}

/// What the calls share.
struct Caller {
    bytes: Bytes,
    sessions: Vec<u32>,
    keys: Vec<[u16; 33]>,
    /// How deep in callbacks a call is made.
    depth: u32,
}

thread_local! {
    static CALLER: RefCell<Option<Caller>> = const { RefCell::new(None) };
}

/// Calls as the bytes say.
pub(crate) fn drive(bytes: &[u8]) {
    let machine = Machine::new(SCENARIO).expect("a scenario");
    let _entered = machine.enter();
    let bytes = Bytes(bytes.iter().rev().copied().collect());
    CALLER.set(Some(Caller { bytes, sessions: Vec::new(), keys: Vec::new(), depth: 0 }));
    let caught = caught();
    while CALLER.with_borrow(|caller| caller.as_ref().is_some_and(|caller| !caller.bytes.0.is_empty())) {
        one_call();
    }
    assert_eq!(rstrtmgr::caught(), caught, "a panic had to be caught");
    // Whatever happened can be told.
    assert!(machine.transcript(true).is_ok());
}

/// A status callback, which may call back in.
extern "system" fn called_back(percent: u32) {
    assert!(percent <= 100);
    let calls = with(|caller| {
        caller.depth += 1;
        if caller.depth > 2 { 0 } else { caller.bytes.byte() % 3 }
    });
    (0..calls).for_each(|_| one_call());
    with(|caller| caller.depth -= 1);
}

/// Looks at what the calls share; not while one is made, which may call back.
fn with<T>(look: impl FnOnce(&mut Caller) -> T) -> T {
    CALLER.with_borrow_mut(|caller| look(caller.as_mut().expect("somebody drives")))
}

fn session() -> u32 {
    with(|caller| match caller.bytes.byte() % 8 {
        0 => caller.bytes.number(),
        _ if caller.sessions.is_empty() => 0,
        at => caller.sessions[usize::from(at) % caller.sessions.len()],
    })
}

/// A text in a buffer as long as the library may read.
fn name() -> Option<Vec<u16>> {
    let known = [
        r"C:\App\core.dll",
        r"c:\app\INDEX.dll",
        r"C:\App\plugins",
        r"C:\App\self.dll",
        r"C:\App\editor.exe",
        "indexer",
        "",
        "relative.dll",
        r"C:\*?",
        r"\\server\share\x",
    ];
    with(|caller| match caller.bytes.byte() % 12 {
        0 => None,
        1 => Some(vec![u16::from(b'x'); 32_768]),
        2 => {
            let bytes = &mut caller.bytes;
            let units = (0..bytes.byte() % 40).map(|_| u16::from_le_bytes([bytes.byte(), bytes.byte()]));
            Some(units.collect::<Vec<_>>().into_iter().chain([0]).collect())
        }
        _ => Some(caller.bytes.pick(&known).encode_utf16().chain([0]).collect()),
    })
}

/// Where a text stands: null where there is none, and now and then misaligned.
fn at(text: &Option<Vec<u16>>) -> PCWSTR {
    let sound = text.as_ref().map_or(null(), |text| text.as_ptr());
    with(|caller| if sound.is_null() { sound } else { caller.bytes.pointer(sound.cast_mut()).cast_const() })
}

fn process() -> RM_UNIQUE_PROCESS {
    let mut process = RM_UNIQUE_PROCESS::default();
    let which = with(|caller| caller.bytes.pick(&[c"editor", c"shell", c"setup"]));
    // SAFETY: both are memory of this function. A name that runs no more leaves the process at 0.
    unsafe { RmSimProcess(which.as_ptr(), &mut process) };
    process
}

fn one_call() {
    match with(|caller| caller.bytes.byte() % 16) {
        0 | 1 => start(),
        2 => join(),
        3..=5 => register(),
        6 | 7 => list(),
        8 => shutdown_or_restart(),
        9 | 10 => filter(),
        11 => filters(),
        // SAFETY: it takes no pointer.
        12 => drop(unsafe { RmCancelCurrentTask(session()) }),
        // SAFETY: it takes no pointer.
        13 => drop(unsafe { RmEndSession(session()) }),
        14 => steer(),
        // SAFETY: the text has its NUL.
        _ => unsafe {
            RmSimActAs(with(|caller| caller.bytes.pick(&[c"setup", c"helper"])).as_ptr());
        },
    }
}

fn start() {
    let (mut handle, mut key) = (Guarded::<u32, 1>::new(7), Guarded::<u16, 33>::new(0));
    let (handle_at, flags, key_at) = with(|caller| {
        let bytes = &mut caller.bytes;
        (bytes.pointer(handle.values.as_mut_ptr()), bytes.number(), bytes.pointer(key.values.as_mut_ptr()))
    });
    // SAFETY: what is neither null nor misaligned is memory of this function.
    let code = unsafe { RmStartSession(handle_at, flags, key_at) };
    handle.check();
    key.check();
    if code == 0 {
        assert!(key.values[..32].iter().all(|unit| *unit != 0));
        with(|caller| {
            caller.sessions.push(handle.values[0]);
            caller.keys.push(key.values);
        });
    }
}

fn join() {
    let mut handle = Guarded::<u32, 1>::new(7);
    let (handle_at, key) = with(|caller| {
        let bytes = &mut caller.bytes;
        let mut key = if caller.keys.is_empty() { [b'0'.into(); 33] } else { bytes.pick(&caller.keys) };
        if bytes.byte() % 4 == 0 {
            key[usize::from(bytes.byte()) % 33] = bytes.byte().into();
        }
        (bytes.pointer(handle.values.as_mut_ptr()), key)
    });
    let key_at = at(&Some(key.to_vec()));
    let key_at = if key_at.is_null() || !key_at.is_aligned() { key_at } else { key.as_ptr() };
    // SAFETY: what is neither null nor misaligned is memory of this function, 33 units of it.
    let code = unsafe { RmJoinSession(handle_at, key_at) };
    handle.check();
    if code == 0 {
        with(|caller| caller.sessions.push(handle.values[0]));
    }
}

fn register() {
    let names: Vec<_> = (0..4).map(|_| name()).collect();
    let (files, services): (Vec<_>, Vec<_>) =
        (names[..2].iter().map(at).collect(), names[2..].iter().map(at).collect());
    let processes = [process(), process()];
    let count = || with(|caller| caller.bytes.pick(&[0, 1, 2, u32::MAX]));
    let counts = [count(), count(), count()];
    let (files_at, processes_at, services_at) = with(|caller| {
        let bytes = &mut caller.bytes;
        let pointer = |bytes: &mut Bytes, sound: *const PCWSTR| bytes.pointer(sound.cast_mut()).cast_const();
        let processes_at = bytes.pointer(processes.as_ptr().cast_mut()).cast_const();
        (pointer(bytes, files.as_ptr()), processes_at, pointer(bytes, services.as_ptr()))
    });
    // SAFETY: what is neither null nor misaligned is memory of this function; counts are those of the
    // arrays, or so great that nothing is read.
    unsafe {
        RmRegisterResources(session(), counts[0], files_at, counts[1], processes_at, counts[2], services_at);
    }
}

fn list() {
    let (mut needed, mut count, mut reasons) =
        (Guarded::<u32, 1>::new(7), Guarded::new(0), Guarded::<u32, 1>::new(7));
    let mut apps = Guarded::<RM_PROCESS_INFO, 5>::new(RM_PROCESS_INFO::default());
    let room = with(|caller| caller.bytes.pick(&[0, 1, 2, 5]));
    count.values = [room];
    let pointers = with(|caller| {
        let bytes = &mut caller.bytes;
        (
            bytes.pointer(needed.values.as_mut_ptr()),
            bytes.pointer(count.values.as_mut_ptr()),
            bytes.pointer(apps.values.as_mut_ptr()),
            bytes.pointer(reasons.values.as_mut_ptr()),
        )
    });
    // SAFETY: what is neither null nor misaligned is memory of this function.
    let code = unsafe { RmGetList(session(), pointers.0, pointers.1, pointers.2, pointers.3) };
    needed.check();
    count.check();
    reasons.check();
    apps.check();
    if code == 0 && !pointers.2.is_null() {
        assert!(count.values[0] <= room && needed.values[0] == count.values[0]);
        for app in apps.values.iter().take(count.values[0] as usize) {
            assert!(app.strAppName.contains(&0) && app.strServiceShortName.contains(&0));
        }
    }
}

fn shutdown_or_restart() {
    let (is_shutdown, flags, calls_back) = with(|caller| {
        (
            caller.bytes.byte() % 2 == 0,
            caller.bytes.pick(&[0, 1, 0x10, 0x11, u32::MAX]),
            caller.bytes.byte() % 2 == 0,
        )
    });
    let callback: RM_WRITE_STATUS_CALLBACK = if calls_back { Some(called_back) } else { None };
    // SAFETY: the callback is a function of this file.
    unsafe {
        if is_shutdown {
            RmShutdown(session(), flags, callback)
        } else {
            RmRestart(session(), flags, callback)
        };
    }
}

fn filter() {
    let (module, service, process) = (name(), name(), process());
    let (adds, targets, action) = with(|caller| {
        (caller.bytes.byte() % 4 != 0, caller.bytes.byte(), caller.bytes.number().cast_signed())
    });
    let given = |bit: u8| targets & bit != 0;
    let module_at = if given(1) { at(&module) } else { null() };
    let service_at = if given(2) { at(&service) } else { null() };
    let sound = (&raw const process).cast_mut();
    let process_at = if given(4) { with(|caller| caller.bytes.pointer(sound)) } else { null_mut() };
    // SAFETY: what is neither null nor misaligned is memory of this function.
    unsafe {
        if adds {
            RmAddFilter(session(), module_at, process_at, service_at, action);
        } else {
            RmRemoveFilter(session(), module_at, process_at, service_at);
        }
    }
}

fn filters() {
    let (mut buffer, mut needed) = (Guarded::<u8, 400>::new(0xcd), Guarded::<u32, 1>::new(7));
    let (buffer_at, size, needed_at) = with(|caller| {
        let size = caller.bytes.pick(&[0, 31, 32, 100, 399]);
        let odd = usize::from(caller.bytes.byte() % 2);
        let sound = buffer.values.as_mut_ptr().wrapping_add(odd);
        (caller.bytes.pointer(sound), size, caller.bytes.pointer(needed.values.as_mut_ptr()))
    });
    // SAFETY: what is neither null nor misaligned is memory of this function.
    let code = unsafe { RmGetFilterList(session(), buffer_at, size, needed_at) };
    buffer.check();
    needed.check();
    if code == 0 && !buffer_at.is_null() && needed.values[0] > 0 {
        assert!(needed.values[0] <= size);
        let written = (buffer_at.addr() - buffer.values.as_ptr().addr())..;
        let chain = &buffer.values[written][..needed.values[0] as usize];
        let next =
            |at: usize| u32::from_le_bytes(chain[at + 8..at + 12].try_into().expect("four bytes")) as usize;
        let mut at = 0;
        while next(at) != 0 {
            at += next(at);
        }
        assert!(at + 32 <= chain.len());
    }
}

fn steer() {
    let (what, time) = with(|caller| (caller.bytes.byte() % 5, u32::from(caller.bytes.byte()) * 100));
    let program = with(|caller| caller.bytes.pick(&[c"editor", c"shell", c"indexer", c"helper", c"nobody"]));
    let mut running = 0;
    // SAFETY: every pointer is one to memory of this function.
    unsafe {
        match what {
            0 => RmSimAdvance(time),
            1 => RmSimSpawn(program.as_ptr(), null_mut()),
            2 => RmSimExit(program.as_ptr()),
            3 => RmSimChoose(with(|caller| caller.bytes.pick(&[c"yes", c"no", c"never"])).as_ptr()),
            _ => RmSimIsRunning(program.as_ptr(), &mut running),
        };
    }
}
