//! As robust as a system library has to be: whatever pointers and numbers come, a code goes back.
#![expect(unsafe_code, reason = "the functions are called as their users call them, and worse")]

use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};

use rstrtmgr::*;

pub(crate) const SCENARIO: &str = r#"
why = "An editor closes, a viewer closes, and there is a helper."
[installer.setup]
[installer.helper]
[program.editor]
title   = "Text Editor"
kind    = "main-window"
uses    = ['C:\App\core.dll']
restart = "/restore"
[program.viewer]
title   = "Viewer"
kind    = "main-window"
uses    = ['C:\App\core.dll']
close   = "exits after 10s"
"#;

pub(crate) fn entered() -> (Machine, Entered) {
    let machine = Machine::new(SCENARIO).expect("a scenario");
    let entered = machine.enter();
    (machine, entered)
}

pub(crate) fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// A pointer that is off by one byte.
fn off<T>(pointer: *mut T) -> *mut T {
    pointer.wrapping_byte_add(1)
}

/// Opens a session and registers what the programs hold.
pub(crate) fn opened() -> (u32, [u16; 33]) {
    let (mut session, mut key) = (u32::MAX, [0xcdcd; 33]);
    let file = wide(r"C:\App\core.dll");
    // SAFETY: every pointer is one to memory of this function.
    unsafe {
        assert_eq!(RmStartSession(&mut session, 0, key.as_mut_ptr()), 0);
        assert_eq!(RmRegisterResources(session, 1, [file.as_ptr()].as_ptr(), 0, null(), 0, null()), 0);
    }
    (session, key)
}

/// The list, with room for eight.
fn listed(session: u32) -> (u32, Vec<RM_PROCESS_INFO>) {
    let (mut needed, mut count, mut reasons) = (0, 8, 0);
    let mut apps = [RM_PROCESS_INFO::default(); 8];
    // SAFETY: every pointer is one to memory of this function.
    let code = unsafe { RmGetList(session, &mut needed, &mut count, apps.as_mut_ptr(), &mut reasons) };
    (code, apps[..if code == 0 { count as usize } else { 0 }].to_vec())
}

pub(crate) fn message() -> String {
    // SAFETY: it is a text with a NUL that lives until the next call.
    unsafe { std::ffi::CStr::from_ptr(RmSimMessage()) }.to_string_lossy().into_owned()
}

#[test]
fn a_null_pointer_is_what_the_model_says_it_is() {
    let _machine = entered();
    let (session, mut key) = opened();
    let mut number = 0;
    let name = wide("x");
    // SAFETY: what is not null is a pointer to memory of this function.
    unsafe {
        assert_eq!(RmStartSession(null_mut(), 0, key.as_mut_ptr()), 160);
        assert_eq!(RmStartSession(&mut number, 0, null_mut()), 160);
        assert_eq!(RmJoinSession(null_mut(), key.as_ptr()), 160);
        assert_eq!(RmJoinSession(&mut number, null()), 160);
        assert_eq!(RmRegisterResources(session, 1, null(), 0, null(), 0, null()), 160);
        assert_eq!(RmRegisterResources(session, 0, null(), 1, null(), 0, null()), 160);
        assert_eq!(RmRegisterResources(session, 0, null(), 0, null(), 1, null()), 160);
        // Seen on Windows: a null among the files is passed over (OQ-27.null).
        assert_eq!(RmRegisterResources(session, 1, [null()].as_ptr(), 0, null(), 0, null()), 0);
        assert_eq!(RmGetList(session, null_mut(), &mut 0, null_mut(), &mut 0), 160);
        assert_eq!(RmGetList(session, &mut 0, null_mut(), null_mut(), &mut 0), 160);
        assert_eq!(RmGetList(session, &mut 0, &mut 0, null_mut(), null_mut()), 160);
        // No array but room in it: a question for the size (OQ-35), and so is a buffer (OQ-99.buffer).
        assert_eq!(RmGetList(session, &mut 0, &mut 1, null_mut(), &mut 0), 234);
        assert_eq!(RmAddFilter(session, null(), null(), null(), RmNoRestart), 160);
        assert_eq!(RmAddFilter(session, name.as_ptr(), null(), name.as_ptr(), RmNoRestart), 160);
        assert_eq!(RmRemoveFilter(session, null(), null(), null()), 160);
        assert_eq!(RmRemoveFilter(session, null(), null(), name.as_ptr()), 2);
        assert_eq!(RmGetFilterList(session, null_mut(), 1, &mut number), 0);
        assert_eq!(RmGetFilterList(session, null_mut(), 0, null_mut()), 160);
    }
}

#[test]
fn a_misaligned_pointer_is_refused_and_the_log_says_which() {
    let (machine, _entered) = entered();
    let (session, mut key) = opened();
    let (mut numbers, mut apps) = ([0_u32; 2], [RM_PROCESS_INFO::default(); 2]);
    let number = numbers.as_mut_ptr();
    let process = RM_UNIQUE_PROCESS::default();
    let name = wide("name");
    // Every other pointer is off by a byte; the memory behind it is there.
    let texts = [off(name.as_ptr().cast_mut()).cast_const()];
    // SAFETY: what is not misaligned is a pointer to memory of this function.
    let codes = unsafe {
        [
            RmStartSession(off(number), 0, key.as_mut_ptr()),
            RmStartSession(number, 0, off(key.as_mut_ptr())),
            RmJoinSession(off(number), key.as_ptr()),
            RmJoinSession(number, texts[0]),
            RmRegisterResources(session, 1, off(texts.as_ptr().cast_mut()), 0, null(), 0, null()),
            RmRegisterResources(session, 1, texts.as_ptr(), 0, null(), 0, null()),
            RmRegisterResources(session, 0, null(), 1, off((&raw const process).cast_mut()), 0, null()),
            RmRegisterResources(session, 0, null(), 0, null(), 1, texts.as_ptr()),
            RmGetList(session, off(number), &mut 1, apps.as_mut_ptr(), &mut 0),
            RmGetList(session, &mut 0, off(number), apps.as_mut_ptr(), &mut 0),
            RmGetList(session, &mut 0, &mut 1, off(apps.as_mut_ptr()), &mut 0),
            RmGetList(session, &mut 0, &mut 1, apps.as_mut_ptr(), off(number)),
            RmAddFilter(session, texts[0], null(), null(), RmNoRestart),
            RmAddFilter(session, null(), off((&raw const process).cast_mut()), null(), RmNoRestart),
            RmRemoveFilter(session, null(), null(), texts[0]),
            RmGetFilterList(session, null_mut(), 0, off(number)),
        ]
    };
    assert_eq!(codes, [998; 16]);
    assert_eq!(message(), "RmGetFilterList: the pointer `cbFilterBufNeeded` is misaligned (998)");
    let transcript = machine.transcript(false).expect("it is here");
    assert!(
        transcript.contains("# RmGetList = 998: the pointer `rgAffectedApps` is misaligned"),
        "{transcript}"
    );
}

#[test]
fn counts_that_cannot_be_do_no_harm() {
    let _machine = entered();
    let (session, _) = opened();
    let file = wide(r"C:\App\core.dll");
    // SAFETY: every pointer is one to memory of this function; no array is read for such a count.
    unsafe {
        for count in [u32::MAX, 0x8000_0000, (1 << 20) + 1] {
            let files = [file.as_ptr()];
            assert_eq!(RmRegisterResources(session, count, files.as_ptr(), 0, null(), 0, null()), 29);
            assert_eq!(RmRegisterResources(session, count, null(), 0, null(), 0, null()), 160);
        }
        // An array of none is not looked at.
        let nothing = std::ptr::dangling::<u16>().wrapping_byte_add(1).cast::<PCWSTR>();
        assert_eq!(RmRegisterResources(session, 0, nothing, 0, null(), 0, null()), 0);
        // Room for more than there is: only what there is, is written.
        let mut apps = [RM_PROCESS_INFO::default(); 2];
        let mut count = u32::MAX;
        assert_eq!(RmGetList(session, &mut 0, &mut count, apps.as_mut_ptr(), &mut 0), 0);
        assert_eq!(count, 2);
    }
}

#[test]
fn a_text_without_end_ends() {
    let _machine = entered();
    let (session, mut key) = opened();
    let mut number = 0;
    let endless = vec![u16::from(b'A'); 32_768];
    // SAFETY: the texts can be read as far as the functions say that they read.
    unsafe {
        let files = [endless.as_ptr()];
        // Such a path is too long, which matches nothing (OQ-28.long).
        assert_eq!(RmRegisterResources(session, 1, files.as_ptr(), 0, null(), 0, null()), 0);
        assert_eq!(RmAddFilter(session, endless.as_ptr(), null(), null(), RmNoShutdown), 0);
        // 32 units and no NUL are not the key, though they begin like it.
        key[32] = u16::from(b'0');
        assert_eq!(RmJoinSession(&mut number, key.as_ptr()), 1219);
        key[32] = 0;
        assert_eq!(RmJoinSession(&mut number, key.as_ptr()), 0);
    }
}

#[test]
fn handles_from_thin_air_are_no_handles() {
    let _machine = entered();
    let (session, _) = opened();
    let name = wide(r"C:\App\core.dll");
    let name = name.as_ptr();
    for handle in [session + 1, 0x7fff_ffff, 0xdead_beef, u32::MAX] {
        // SAFETY: every pointer is one to memory of this function.
        let codes = unsafe {
            [
                RmEndSession(handle),
                RmRegisterResources(handle, 1, [name].as_ptr(), 0, null(), 0, null()),
                RmGetList(handle, &mut 0, &mut 0, null_mut(), &mut 0),
                RmShutdown(handle, 0, None),
                RmRestart(handle, 0, None),
                RmCancelCurrentTask(handle),
                RmAddFilter(handle, name, null(), null(), RmNoRestart),
                RmRemoveFilter(handle, name, null(), null()),
                RmGetFilterList(handle, null_mut(), 0, &mut 0),
            ]
        };
        assert_eq!(codes, [6; 9]);
    }
}

#[test]
fn filters_are_read_back_as_a_chain_of_records_whatever_the_buffer() {
    let _machine = entered();
    let (session, _) = opened();
    let (file, service) = (wide(r"C:\App\core.dll"), wide("indexer"));
    let process = RM_UNIQUE_PROCESS { dwProcessId: 7, ..Default::default() };
    let mut bytes = [0xcd_u8; 512];
    for shift in 0..8 {
        let mut needed = 0;
        // SAFETY: every pointer is one to memory of this function, and the records are in it.
        unsafe {
            assert_eq!(RmAddFilter(session, file.as_ptr(), null(), null(), RmNoRestart), 0);
            assert_eq!(RmAddFilter(session, null(), &process, null(), RmNoShutdown), 0);
            assert_eq!(RmAddFilter(session, null(), null(), service.as_ptr(), RmNoRestart), 0);
            assert_eq!(RmGetFilterList(session, bytes.as_mut_ptr(), 8, &mut needed), 234);
            let buffer = bytes.as_mut_ptr().add(shift);
            assert_eq!(RmGetFilterList(session, buffer, needed, &mut needed), 0);
            let mut at = buffer;
            let mut seen = Vec::new();
            loop {
                let info = at.cast::<RM_FILTER_INFO>().read_unaligned();
                let text = |at: *const u16| {
                    let units = (0..).map(|unit| at.add(unit).read_unaligned()).take_while(|unit| *unit != 0);
                    String::from_utf16_lossy(&units.collect::<Vec<_>>())
                };
                let trigger = info.FilterTrigger;
                seen.push(if trigger == RmFilterTriggerFile {
                    text(info.Anonymous.strFilename)
                } else if trigger == RmFilterTriggerService {
                    text(info.Anonymous.strServiceShortName)
                } else {
                    info.Anonymous.Process.dwProcessId.to_string()
                });
                if info.cbNextOffset == 0 {
                    break;
                }
                at = at.add(info.cbNextOffset as usize);
            }
            assert_eq!(seen, [r"C:\App\core.dll", "7", "indexer"]);
            assert_eq!(bytes[shift + needed as usize], 0xcd, "written behind the end");
        }
    }
}

static SESSION: AtomicU32 = AtomicU32::new(0);
static INSIDE: AtomicU32 = AtomicU32::new(0);

/// A status callback that calls back in, on the thread of the operation.
extern "system" fn calls_back(percent: u32) {
    let session = SESSION.load(Ordering::Relaxed);
    assert_eq!(listed(session).0, 0);
    // SAFETY: it takes no pointer.
    INSIDE.store(unsafe { RmEndSession(session) }, Ordering::Relaxed);
    assert!(percent <= 100);
}

#[test]
fn a_callback_may_call_back_in_and_what_would_hang_is_refused() {
    let _machine = entered();
    let (session, _) = opened();
    SESSION.store(session, Ordering::Relaxed);
    // SAFETY: the callback is a function of this file.
    unsafe {
        assert_eq!(RmShutdown(session, 0, Some(calls_back)), 0);
        // It waits for the operation whose callback it is in: a real one might hang.
        assert_eq!(INSIDE.load(Ordering::Relaxed), 1131);
        assert_eq!(RmRestart(session, 0, None), 0);
        assert_eq!(RmEndSession(session), 0);
    }
}

#[test]
fn many_threads_use_many_sessions_at_once() {
    let (machine, _entered) = entered();
    let threads: Vec<_> = (0..16)
        .map(|_| {
            let machine = machine.clone();
            std::thread::spawn(move || {
                let _entered = machine.enter();
                for _ in 0..20 {
                    let (session, _) = opened();
                    assert_eq!(listed(session).0, 0);
                    // SAFETY: it takes no pointer.
                    assert_eq!(unsafe { RmEndSession(session) }, 0);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no thread fails");
    }
}

/// A session that a thread keeps until it ends, when most of what it has is gone already.
struct Kept(u32);

impl Drop for Kept {
    fn drop(&mut self) {
        // SAFETY: it takes no pointer.
        assert_eq!(unsafe { RmEndSession(self.0) }, 21);
    }
}

thread_local! {
    static KEPT: std::cell::RefCell<Option<Kept>> = const { std::cell::RefCell::new(None) };
}

#[test]
fn a_call_of_a_thread_that_ends_comes_to_a_code() {
    let thread = std::thread::spawn(|| {
        // First of all, so that it goes last.
        KEPT.set(Some(Kept(0)));
        let (_machine, _entered) = entered();
        opened();
    });
    thread.join().expect("it ends");
}

#[test]
fn without_a_machine_every_call_says_so() {
    // This process has none: its other tests enter machines of their own.
    let (code, _) = listed(0);
    assert_eq!(code, 21);
    assert!(message().contains("name a scenario file in RSTRTMGR_SCENARIO"), "{}", message());
}

#[test]
fn a_thread_can_act_as_another_installer_and_an_installer_can_die() {
    let (machine, _entered) = entered();
    let (session, key) = opened();
    let mut joined = 0;
    // SAFETY: every pointer is one to memory of this function.
    unsafe {
        assert_eq!(RmSimActAs(c"helper".as_ptr()), 0);
        assert_eq!(RmJoinSession(&mut joined, key.as_ptr()), 0);
        assert_eq!(listed(joined).0, 1219);
        assert_eq!(RmSimExit(c"helper".as_ptr()), 0);
        assert_eq!(RmEndSession(joined), 1067);
        // Run again, it is another process, and has no session.
        assert_eq!(RmSimActAs(c"helper".as_ptr()), 0);
        assert_eq!(RmEndSession(joined), 6);
        assert_eq!(RmSimActAs(null()), 0);
        assert_eq!(listed(session).1.len(), 2);
        assert_eq!(RmSimActAs(c"nobody".as_ptr()), 87);
    }
    assert!(message().contains("there are: setup, helper"), "{}", message());
    assert!(machine.transcript(false).expect("it is here").contains("helper.2 starts"));
}
