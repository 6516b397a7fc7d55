//! Nothing unwinds into a caller, and a panic in a call leaves a machine that goes on.
#![expect(unsafe_code, reason = "the functions are called as their users call them")]

use std::ptr::{null, null_mut};

use rstrtmgr::*;

use crate::boundary::{entered, message, opened, wide};

/// Every export with sound arguments.
fn exports(session: u32) -> Vec<(&'static str, u32)> {
    let (mut handle, mut key) = (0, [0; 33]);
    let name = wide(r"C:\App\core.dll");
    let name = name.as_ptr();
    let calls: [(&str, &mut dyn FnMut() -> u32); 11] = [
        // SAFETY (of all of them): every pointer is one to memory of this function.
        // SAFETY: as said.
        ("RmStartSession", &mut || unsafe { RmStartSession(&mut handle, 0, key.as_mut_ptr()) }),
        // SAFETY: as said.
        ("RmJoinSession", &mut || unsafe { RmJoinSession(&mut 0, [0; 33].as_ptr()) }),
        // SAFETY: as said.
        ("RmRegisterResources", &mut || unsafe {
            RmRegisterResources(session, 1, [name].as_ptr(), 0, null(), 0, null())
        }),
        // SAFETY: as said.
        ("RmGetList", &mut || unsafe { RmGetList(session, &mut 0, &mut 0, null_mut(), &mut 0) }),
        // SAFETY: as said.
        ("RmShutdown", &mut || unsafe { RmShutdown(session, 0, None) }),
        // SAFETY: as said.
        ("RmRestart", &mut || unsafe { RmRestart(session, 0, None) }),
        // SAFETY: as said.
        ("RmCancelCurrentTask", &mut || unsafe { RmCancelCurrentTask(session) }),
        // SAFETY: as said.
        ("RmAddFilter", &mut || unsafe { RmAddFilter(session, name, null(), null(), RmNoRestart) }),
        // SAFETY: as said.
        ("RmRemoveFilter", &mut || unsafe { RmRemoveFilter(session, name, null(), null()) }),
        // SAFETY: as said.
        ("RmGetFilterList", &mut || unsafe { RmGetFilterList(session, null_mut(), 0, &mut 0) }),
        // SAFETY: as said.
        ("RmEndSession", &mut || unsafe { RmEndSession(session) }),
    ];
    calls.into_iter().map(|(name, call)| (name, call())).collect()
}

#[test]
fn a_panic_in_any_export_becomes_1359_and_a_line_of_the_log() {
    let sound = {
        let _machine = entered();
        exports(opened().0)
    };
    for (at, (name, _)) in sound.iter().enumerate() {
        let _machine = entered();
        let (session, _) = opened();
        plant(Some(Planted { inside: false, after: at }));
        let codes = exports(session);
        plant(None);
        assert_eq!(codes[at], (*name, 1359));
        assert!(message().starts_with(&format!("{name}: internal error: a panic")), "{}", message());
        assert_eq!(codes.iter().filter(|(_, code)| *code == 1359).count(), 1, "{codes:?}");
        // Nothing is left of it: but for the list, which may be empty now, all is as before.
        let again = exports(opened().0);
        let differ = |(now, then): &(&(&str, u32), &(&str, u32))| now != then && now.0 != "RmGetList";
        assert_eq!(again.iter().zip(&sound).filter(differ).count(), 0, "{again:?}");
    }
}

#[test]
fn after_a_panic_in_the_midst_of_a_call_the_machine_goes_on() {
    let _machine = entered();
    for effects in 0.. {
        let (session, _) = opened();
        plant(Some(Planted { inside: true, after: effects }));
        // SAFETY: it takes no pointer.
        let code = unsafe { RmShutdown(session, 0, None) };
        plant(None);
        // SAFETY: it takes no pointer.
        unsafe {
            assert_eq!(RmShutdown(session, 0, None), 0, "after {effects} effects");
            assert_eq!(RmRestart(session, 0, None), 0, "after {effects} effects");
            assert_eq!(RmEndSession(session), 0, "after {effects} effects");
        }
        assert_eq!(RmSimReset(), 0);
        if code == 0 {
            assert!(effects > 10, "only {effects} effects");
            break;
        }
        assert_eq!(code, 1359, "after {effects} effects");
    }
}

#[test]
fn a_panic_in_a_function_that_steers_becomes_1359_too() {
    let _machine = entered();
    plant(Some(Planted { inside: false, after: 0 }));
    assert_eq!(RmSimAdvance(1), ERROR_INTERNAL_ERROR);
    assert!(message().starts_with("RmSimAdvance: internal error: a panic"), "{}", message());
    assert_eq!(RmSimAdvance(1), 0);
}
