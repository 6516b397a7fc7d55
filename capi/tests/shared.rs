//! A machine that the test itself has, and other processes use.
#![expect(unsafe_code, reason = "the functions are called as their users call them")]

use std::process::Command;

use rstrtmgr::*;

use crate::boundary::{SCENARIO, entered, opened};
use crate::tools::{is_there, library_file, package, scratch};

/// A process that joins the session whose key it is given, and does something more.
fn helper(socket: &std::path::Path, key: &[u16; 33], then: &str) -> Option<Command> {
    if !is_there("python3", &["--version"], "a secondary installer in Python") {
        return None;
    }
    let key = String::from_utf16_lossy(&key[..32]);
    let program =
        format!("import os, rstrtmgr\nsession = rstrtmgr.Session(rstrtmgr.wide('{key}'))\n{then}\n");
    let mut command = Command::new("python3");
    command
        .args(["-c", &program])
        .env("PYTHONPATH", package().join("clients/python"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("RSTRTMGR_LIBRARY", library_file())
        .env(SHARED, socket)
        .env(INSTALLER, "helper");
    Some(command)
}

#[test]
fn a_test_shares_its_machine_and_steers_it_again_and_again() {
    let socket = scratch("shared").join("machine.socket");
    for _ in 0..3 {
        let (machine, _entered) = entered();
        machine.serve(&socket).expect("nothing is in the way");
        let (session, key) = opened();
        let Some(mut helper) = helper(&socket, &key, r"session.register(r'C:\App\index.dll')") else {
            return;
        };
        assert!(helper.status().expect("it runs").success());
        machine.await_left(std::time::Duration::from_secs(10));
        // SAFETY: it takes no pointer.
        assert_eq!(unsafe { RmEndSession(session) }, 0);
        let transcript = machine.transcript(false).expect("it is here");
        assert!(transcript.contains("helper       < RmRegisterResources = 0"), "{transcript}");
        assert!(transcript.contains("helper is gone"), "{transcript}");
    }
}

#[test]
fn a_process_that_dies_while_its_call_blocks_dies_there() {
    let socket = scratch("shared").join("dies.socket");
    let scenario = format!(
        "{SCENARIO}\n[program.stubborn]\nkind = 'main-window'\nuses = ['C:\\App\\slow.dll']\nquery = 'never'\n"
    );
    let machine = Machine::new(&scenario).expect("a scenario");
    let _entered = machine.enter();
    machine.hold(true).expect("it is here");
    machine.serve(&socket).expect("nothing is in the way");
    let (_, key) = opened();
    // The helper is a primary of its own, and waits for a program that never answers.
    let then = r"own = rstrtmgr.Session(); own.register(r'C:\App\slow.dll'); own.shutdown()";
    let Some(mut helper) = helper(&socket, &key, then) else { return };
    let mut child = helper.spawn().expect("it runs");
    machine.await_blocked(1, 10_000).expect("it comes to block");
    child.kill().expect("it still runs");
    child.wait().expect("it has ended");
    machine.await_left(std::time::Duration::from_secs(10));
    assert_eq!(machine.is_running("helper"), Ok(false));
    assert_eq!(machine.is_running("stubborn"), Ok(true));
}

#[test]
fn a_machine_that_is_gone_is_said_to_be() {
    let socket = scratch("shared").join("nobody.socket");
    let Some(mut helper) = helper(&socket, &[0x30; 33], "") else { return };
    let output = helper.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("cannot be reached") && said.contains("RmJoinSession returned 21"), "{said}");
}
