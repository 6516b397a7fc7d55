//! What the judge prints and how it exits.

mod rmsim;

use std::path::Path;

use insta::assert_snapshot;
use insta_cmd::assert_cmd_snapshot;
use rmsim::rmsim;

#[test]
fn five_planted_mistakes_are_told_so_that_a_person_knows_what_to_mend() {
    assert_cmd_snapshot!(rmsim(&["judge", "fixtures/transcripts/planted"]));
}

#[test]
fn what_remains_open_is_told_with_the_lines_that_decided() {
    assert_cmd_snapshot!(rmsim(&["judge", "--open", "fixtures/transcripts/refused.seen"]));
}

#[test]
fn a_damaged_transcript_exits_with_2_and_shows_its_place() {
    assert_cmd_snapshot!(rmsim(&["judge", "fixtures/transcripts/broken/a-code-that-is-none.seen"]));
}

#[test]
fn for_programs_a_report_is_one_object() {
    let mistake = "fixtures/transcripts/planted/a-key-of-no-session-is-joined.seen";
    assert_cmd_snapshot!(rmsim(&["judge", "--format", "json", mistake]));
}

#[test]
fn a_handle_that_should_not_have_been_given_is_told_once_and_gone_on_with() {
    assert_cmd_snapshot!(rmsim(&["judge", "--policy", "documented", "fixtures/transcripts/refused.seen"]));
}

/// Its second shutdown has more explanations than are followed, with every question open.
#[test]
fn of_the_tour_is_learned_what_can_be_where_restart_manager_made_what_changed() {
    let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tour.seen");
    let seen = seen.to_str().expect("it is UTF-8");
    let run = rmsim(&["run", "fixtures/tour.toml", "--boundary", seen]).output().expect("it runs");
    assert!(run.status.success(), "{run:?}");
    let judged = rmsim(&["judge", "--open", seen]).output().expect("it runs");
    let told = String::from_utf8(judged.stdout).expect("it is UTF-8");
    assert_snapshot!(told.replace(seen, "tour.seen"));
}
