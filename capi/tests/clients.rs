//! Clients in C do on the simulated machine what they would do on Windows.

use std::path::PathBuf;
use std::process::Command;

use crate::tools::{compile, is_there, package, printed, scratch};

/// A client, compiled.
fn built(name: &str) -> Option<PathBuf> {
    if !is_there("gcc", &["--version"], &format!("the client {name}.c")) {
        return None;
    }
    let program = scratch("clients").join(name);
    compile(&package().join("clients/c").join(name).with_extension("c"), &program);
    Some(program)
}

fn scenario(name: &str) -> PathBuf {
    package().join("clients").join(name).with_extension("toml")
}

/// A client on the machine of its scenario.
fn client(name: &str) -> Option<Command> {
    let mut command = Command::new(built(name)?);
    command.env("RSTRTMGR_SCENARIO", scenario(name));
    Some(command)
}

#[test]
fn the_documentation_s_sample_goes_through_its_order_of_calls() {
    let Some(mut sample) = client("sample") else { return };
    let expected = "\
RmStartSession = 0, handle 0
RmRegisterResources = 0
RmGetList = 234, 2 needed
RmGetList = 0, 2 needed
  pid 104 status 0x01 type 1 restartable Calculator
  pid 108 status 0x01 type 5 helper
  0 %
  50 %
  100 %
RmShutdown = 0
the files are replaced
  0 %
  100 %
RmRestart = 0
RmGetList = 234, 2 needed
RmGetList = 0, 2 needed
  pid 104 status 0x0a type 1 restartable Calculator
  pid 108 status 0x02 type 5 helper
RmEndSession = 0
";
    assert_eq!(printed(&mut sample), expected);
}

#[test]
fn a_lock_finder_names_who_holds_a_file() {
    let Some(mut locks) = client("locks") else { return };
    locks.args([r"C:\App\spelling.dll", r"c:\app\INDEX.DAT", r"C:\App\free.dll", r"C:\App\plugins"]);
    let expected = r"C:\App\spelling.dll: Text Editor, Search Indexer (service indexer)
c:\app\INDEX.DAT: Search Indexer (service indexer)
C:\App\free.dll: nobody
C:\App\plugins: error 5
";
    assert_eq!(printed(&mut locks), expected);
}

#[test]
fn a_second_thread_cancels_while_a_program_is_waited_for() {
    let Some(mut cancel) = client("cancel") else { return };
    let expected = "  0 %
  50 %
blocked: 0
advance: 0
after 12000 ms:
quick is gone
stubborn runs
RmCancelCurrentTask = 0
RmShutdown = 1223
after 12000 ms:
quick is gone
stubborn runs
RmRestart = 0
quick runs
RmEndSession = 0
";
    assert_eq!(printed(&mut cancel), expected);
}

/// Runs a primary and its secondary on a machine that they share.
fn primary(arguments: &str) -> Option<(String, String)> {
    let (primary, secondary) = (built("primary")?, built("secondary")?);
    let transcript = scratch("clients").join(format!("primary-{}.txt", arguments.len()));
    let calls = format!("P={} S={}; {arguments}", primary.display(), secondary.display());
    let mut machine = Command::new(env!("CARGO_BIN_EXE_rstrtmgr-machine"));
    machine.arg("--transcript").arg(&transcript).arg(scenario("primary")).args(["sh", "-c", &calls]);
    let printed = printed(&mut machine);
    Some((printed, std::fs::read_to_string(transcript).expect("there is a transcript")))
}

#[test]
fn a_secondary_installer_is_another_process() {
    let Some((printed, transcript)) = primary("$P $S") else { return };
    let expected = "\
primary: RmStartSession = 0
primary: RmRegisterResources = 0
  secondary: RmJoinSession = 0
  secondary: RmRegisterResources = 0
  secondary: RmGetList = 1219
  secondary: RmEndSession = 0
primary: the helper exits with 0
primary: RmGetList = 0
primary: Text Editor
primary: Indexer
primary: RmShutdown = 0
primary: RmRestart = 0
primary: RmEndSession = 0
";
    assert_eq!(printed, expected);
    let calls: Vec<_> = transcript.lines().filter(|line| line.contains("helper")).collect();
    assert!(calls.iter().any(|line| line.contains("> RmJoinSession")), "{transcript}");
    assert!(transcript.contains("helper is gone") && transcript.contains("setup is gone"), "{transcript}");
}

#[test]
fn an_installer_that_is_killed_has_died_on_the_machine_too() {
    let Some((printed, transcript)) = primary("$P $S die; $P $S") else { return };
    assert!(printed.contains("primary: dies\nprimary: RmStartSession = 0\n"), "{printed}");
    assert!(
        printed.ends_with("primary: RmShutdown = 0\nprimary: RmRestart = 0\nprimary: RmEndSession = 0\n")
    );
    let at = |what: &str| transcript.find(what).unwrap_or_else(|| panic!("no `{what}` in\n{transcript}"));
    assert!(at("setup is gone") < at("setup.2 starts"));
    assert!(at("helper is gone") < at("helper.2 starts"));
    assert!(at("setup.2      > RmStartSession") < at("setup.2 is gone"));
}
