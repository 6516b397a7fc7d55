//! Policy files are read, and written from what was learned.

use rm_check::judge::Learned;
use rm_check::profile::{read, written};
use rm_core::rules::Latitude;

#[test]
fn what_is_learned_reads_as_it_is_written() {
    let latitude = Latitude::find("OQ-14").expect("it is in the catalogue");
    let text = "policy = \"documented\"\n[answers]\n\"OQ-14\" = \"ac\"\n";
    let policy = read(text).expect("it is a policy");
    assert_eq!(policy.answers(latitude).collect::<Vec<_>>(), [0, 2]);
    let learned = Learned {
        latitude: "OQ-14".into(),
        question: "",
        remaining: "ac".into(),
        answers: Vec::new(),
        decided: Vec::new(),
    };
    let again = read(&written(&[learned], false)).expect("it is a policy");
    assert_eq!(again.answers(latitude).collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn what_does_not_exist_is_told_with_its_place() {
    for (text, place) in [
        ("policy = \"mine\"", "\"mine\""),
        ("answers = { \"OQ-999\" = \"a\" }", "\"OQ-999\""),
        ("answers = { \"OQ-14\" = \"x\" }", "\"x\""),
        ("answers = { \"OQ-14\" = \"\" }", "\"\""),
    ] {
        let problem = read(text).expect_err("it is none");
        assert_eq!(text.get(problem.span), Some(place), "{}", problem.message);
    }
}
