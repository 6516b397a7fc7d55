//! Libraries are tested in processes of their own: ours passes, stubs are told what is wrong, and one that
//! crashes takes nothing along.

mod rmsim;

use std::path::{Path, PathBuf};
use std::process::Command;

use insta_cmd::assert_cmd_snapshot;
use rmsim::rmsim;

/// The library of this project, which is built with the tests.
fn ours() -> PathBuf {
    use rstrtmgr as _;
    let file = format!("{}rstrtmgr{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let folder = std::env::current_exe().expect("a test has a file");
    let library = folder.with_file_name(file);
    assert!(library.exists(), "there is no {}", library.display());
    library
}

/// A library in C, if there is a compiler.
fn compiled(name: &str, source: &str) -> Option<PathBuf> {
    if Command::new("gcc").arg("--version").output().is_err() {
        eprintln!("not run: there is no gcc");
        return None;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (from, library) = (folder.join(format!("{name}.c")), folder.join(format!("{name}.so")));
    std::fs::write(&from, source).expect("a source can be written");
    let compiled = Command::new("gcc")
        .args(["-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(root.join("capi/include"))
        .arg("-o")
        .args([&library, &from])
        .status();
    assert!(compiled.expect("gcc runs").success());
    Some(library)
}

fn stubs() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/implementations/stubs.c");
    std::fs::read_to_string(path).expect("the stubs are there")
}

/// The command that tests a library of the folder it is called in with some of the cases.
fn conform(library: &Path, cases: &str) -> Command {
    let name = library.file_name().unwrap_or_default().display();
    let mut command = rmsim(&["conform", "--backend", &format!("lib:{name}"), "--case", cases]);
    command.current_dir(library.parent().unwrap_or(library));
    command
}

/// Our library passes some of the cases.
fn passes(cases: &str) {
    let output = conform(&ours(), cases).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[cfg(unix)]
fn our_library_passes_with_installers_in_processes_of_their_own() {
    ["start/", "join/", "filters/", "cancel/"].into_iter().for_each(passes);
}

#[test]
#[cfg(unix)]
fn programs_and_services_of_a_simulated_machine_are_stopped_and_started() {
    passes("restart/");
    passes("services/");
}

#[test]
#[cfg(unix)]
fn an_installer_that_dies_is_a_process_that_is_killed() {
    passes("processes/");
}

#[test]
#[cfg(unix)]
fn stubs_are_told_which_rules_they_break() {
    let Some(library) = compiled("stubs", &stubs()) else { return };
    let output = conform(&library, "start/").output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    // It runs on this machine, by its clock: when something was seen differs each time.
    let report = String::from_utf8_lossy(&output.stdout);
    let timeless: Vec<_> = report.lines().filter(|line| !line.ends_with(" s, setup:")).collect();
    insta::assert_snapshot!(timeless.join("\n"));
}

#[test]
#[cfg(unix)]
fn a_library_that_crashes_fails_its_case_and_takes_nothing_along() {
    let ends = "RmEndSession(DWORD session)\n{\n    (void)session;";
    let crashes = stubs().replace(ends, &format!("{ends}\n    *(volatile int *)0 = 1;"));
    let Some(library) = compiled("crashes", &crashes) else { return };
    assert_cmd_snapshot!(conform(&library, "end/when-the-primary"));
}

#[test]
fn a_file_that_is_no_library_fails_its_cases() {
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("text.so");
    std::fs::write(&library, "no library").expect("a file can be written");
    let output = conform(&library, "start/handles").output().expect("it runs");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(report.contains("it cannot be loaded"), "{report}");
}
