//! Transcripts of every version of the format that there was can be read, and those of no other.

use rm_check::Boundary;
use rm_check::boundary::{FORMAT, Step, VERSION, lifted};

const OLDER: &[(u32, Step)] =
    &[(1, |text| text.replace("one", "two")), (2, |text| text.replace("two", "three"))];

#[test]
fn an_earlier_version_is_lifted_step_by_step() {
    let text = format!("{FORMAT} 1\none\n");
    assert_eq!(lifted(&text, 1, OLDER).as_deref(), Ok(&*text));
    assert_eq!(lifted(&text, 3, OLDER).as_deref(), Ok(&*format!("{FORMAT} 1\nthree\n")));
}

#[test]
fn a_version_that_nobody_knows_is_refused_with_its_number() {
    for (first, said) in [("2", "version 2"), ("0", "version 0"), ("x", "expected"), ("", "expected")] {
        let refused = Boundary::parse(&format!("{FORMAT} {first}\n")).map(drop).expect_err("it is unknown");
        assert!(refused.line == 1 && refused.message.contains(said), "{refused}");
    }
    let known = format!("{FORMAT} {VERSION}\nwhy = \"\"\n[installer.setup]\n---\n");
    let known = Boundary::parse(&known).map(drop);
    assert!(known.is_ok(), "{known:?}");
}
