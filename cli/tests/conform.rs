//! What the conformance suite and the zoo print, and how they exit.

mod rmsim;

use std::process::Command;

use insta_cmd::assert_cmd_snapshot;
use rmsim::rmsim;

#[test]
fn a_broken_implementation_is_told_what_to_mend() {
    let backend = ["conform", "--backend", "zoo:reboot-reasons-are-dropped"];
    assert_cmd_snapshot!(rmsim(&[&backend[..], &["--rule", "RM-LIST-11"]].concat()));
}

#[test]
fn for_programs_the_report_is_one_object() {
    let case = ["--case", "start/handles", "--format", "json"];
    assert_cmd_snapshot!(rmsim(&[&["conform", "--backend", "model"], &case[..]].concat()));
}

#[test]
fn for_systems_that_show_tests_every_case_is_one() {
    let case = ["--case", "start/null-outputs", "--format", "junit"];
    assert_cmd_snapshot!(rmsim(&[&["conform", "--backend", "zoo:null-is-87"], &case[..]].concat()));
}

/// As `rmsim … | head` does: whoever reads has read enough.
#[test]
fn a_reader_who_goes_away_is_no_error() {
    for format in ["text", "json", "junit"] {
        let case = ["--case", "start/null-outputs", "--format", format];
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut rmsim = rmsim(&[&["conform", "--backend", "zoo:null-is-87"], &case[..]].concat());
        let output = rmsim.stdout(writer).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
        assert_eq!(output.status.code(), Some(0), "{format}");
    }
}

#[test]
fn a_backend_that_does_not_exist_exits_with_2() {
    assert_cmd_snapshot!(rmsim(&["conform", "--backend", "zoo:nobody"]));
    assert_cmd_snapshot!(rmsim(&["conform", "--backend", "lib:no/such/library.so"]));
}

#[test]
fn a_member_of_the_zoo_is_shown_with_what_catches_it() {
    assert_cmd_snapshot!(rmsim(&["zoo", "a-veto-is-ignored", "every-call-succeeds"]));
}

#[test]
fn a_small_implementation_in_python_gets_a_report_that_can_be_acted_on() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("not run: there is no python3");
        return;
    }
    let backend = "exec:python3 fixtures/implementations/in_python.py";
    assert_cmd_snapshot!(rmsim(&["conform", "--backend", backend, "--case", "filters/a-filter"]));
}
