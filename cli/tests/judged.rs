//! What the judge prints and how it exits.

mod rmsim;

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
