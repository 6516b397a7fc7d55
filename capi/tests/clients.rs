//! Clients in C do on the simulated machine what they would do on Windows.

use std::process::Command;

use crate::tools::{compile, is_there, package, printed, scratch};

fn client(name: &str) -> Option<Command> {
    if !is_there("gcc", "--version", &format!("the client {name}.c")) {
        return None;
    }
    let program = scratch("clients").join(name);
    compile(&package().join("clients/c").join(name).with_extension("c"), &program, &[]);
    let mut command = Command::new(program);
    command.env("RSTRTMGR_SCENARIO", package().join("clients").join(name).with_extension("toml"));
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
