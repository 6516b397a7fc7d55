//! What is known of the world and of an implementation: keys of any spelling, worlds that are known in part,
//! answers that nobody saw.

use rm_check::judge::{Report, Verdict};
use rm_check::{Boundary, judge};
use rm_core::rule;
use rm_core::rules::Citation;
use rm_sim::Scenario;

const WORLD: &str = "why = \"One program.\"\n[installer.setup]\n[installer.helper]\n[program.editor]\n\
    kind = \"main-window\"\nuses = ['C:\\App\\core.dll']\n";

fn judged(head: &str, lines: &str) -> (Boundary, Report) {
    let text = format!("restart manager boundary transcript 1\nfaults: none\n{head}\n{WORLD}---\n{lines}");
    let boundary = Boundary::parse(&text).expect("it is a transcript");
    assert_eq!(Boundary::parse(&boundary.text()).as_ref(), Ok(&boundary), "{}", boundary.text());
    let report = judge(&boundary, &boundary.policy);
    (boundary, report)
}

/// A session with this key that somebody joins by that one, and what comes of the join.
fn joined_by(key: &str, other: &str, comes_to: &str) -> Report {
    judged(
        "",
        &format!(
            "0.000 setup > RmStartSession flags=0\n0.000 setup < RmStartSession = 0 handle=0 key={key}\n\
             0.000 helper > RmJoinSession key='{other}'\n0.000 helper < RmJoinSession = {comes_to}\n"
        ),
    )
    .1
}

#[test]
fn a_key_of_other_characters_opens_its_session_and_nothing_else_does() {
    let (key, other) = ("{A-key-of-32-characters,-no-hex}", "{B-key-of-32-characters,-no-hex}");
    let quoted = format!("'{key}'");
    assert_eq!(joined_by(&quoted, key, "0 handle=0").verdict(), Verdict::Accepted);
    assert_eq!(joined_by(&quoted, key, "1219").verdict(), Verdict::Rejected);
    assert_eq!(joined_by(&quoted, other, "1219").verdict(), Verdict::Accepted);
    assert_eq!(joined_by(&quoted, other, "0 handle=0").verdict(), Verdict::Rejected);
    assert_eq!(joined_by(&quoted, &key.to_uppercase(), "1219").verdict(), Verdict::Accepted);
}

#[test]
fn a_key_that_is_too_short_or_holds_a_control_character_is_rejected() {
    for key in ["'00fd7967d3ff5965bde0e7c9ee45239'", "''", r"'00fd7967d3ff5965bde0e7c9ee45239\u{0}'"] {
        let report = judged(
            "",
            &format!(
                "0.000 setup > RmStartSession flags=0\n0.000 setup < RmStartSession = 0 handle=0 key={key}\n"
            ),
        )
        .1;
        let broken: Vec<_> = report.rejections.iter().flat_map(|one| &one.broken).collect();
        assert_eq!(broken, [&Citation::Rule(rule!("RM-START-07"))], "{key}");
    }
}

const BEGUN: &str = "0.000 setup > RmStartSession flags=0\n\
    0.000 setup < RmStartSession = 0 handle=0 key=00fd7967d3ff5965bde0e7c9ee452394\n\
    0.000 setup > RmRegisterResources handle=0 files=['C:\\App\\core.dll'] processes=[] services=[]\n\
    0.000 setup < RmRegisterResources = 0\n";

#[test]
fn what_depends_on_a_world_that_is_known_in_part_is_never_accepted() {
    let list = "0.000 setup > RmGetList handle=0 capacity=100\n\
        0.000 setup < RmGetList = 0 needed=0 count=0 reasons=none\n";
    let lines = format!("{BEGUN}{list}");
    assert_eq!(judged("", &lines).1.verdict(), Verdict::Rejected);
    let (boundary, report) = judged("world: partly known", &lines);
    assert_eq!(report.verdict(), Verdict::Inconclusive);
    let [doubt] = &*report.doubts else { panic!("{:?}", report.doubts) };
    assert!(doubt.why.contains("RmGetList") && boundary.calls() == 3, "{doubt:?}");
}

#[test]
fn what_does_not_depend_on_the_world_is_judged_where_that_is_known_in_part() {
    assert_eq!(judged("world: partly known", BEGUN).1.verdict(), Verdict::Accepted);
    let restart = "0.000 setup > RmRestart handle=0 flags=0\n0.000 setup < RmRestart = ";
    let (out_of_sequence, wrong) = (format!("{BEGUN}{restart}776\n"), format!("{BEGUN}{restart}14\n"));
    assert_eq!(judged("world: partly known", &wrong).1.verdict(), Verdict::Rejected);
    assert_ne!(judged("world: partly known", &out_of_sequence).1.verdict(), Verdict::Rejected);
    let refused = BEGUN.replace("RmRegisterResources = 0", "RmRegisterResources = 5");
    assert_eq!(judged("world: partly known", &refused).1.verdict(), Verdict::Rejected);
}

/// A shutdown of a program that answers so, as it is seen where nobody sees what it answers.
fn unseen(answer: &str) -> Report {
    let world = WORLD.replace("[installer.helper]\n", "");
    let scenario = format!(
        "{world}query = \"{answer}\"\n[[step]]\nstart = {{}}\n[[step]]\nregister = {{ files = ['C:\\App\\core.dll'] }}\n\
         [[step]]\nshutdown = {{}}\n[[step]]\nlist = {{}}\n"
    );
    let scenario = Scenario::parse(&scenario).expect("it is a scenario");
    let run = scenario.run().expect("it runs");
    let seen = Boundary::of_run(&scenario, &run).expect("it has a stage").text();
    let seen = seen.replace(&format!("query = \"{answer}\""), "query = \"choose\"");
    let boundary = Boundary::parse(&seen).expect("it reads as it was written");
    judge(&boundary, &boundary.policy)
}

#[test]
fn answers_that_nobody_saw_may_come_late() {
    for answer in ["yes", "no", "yes after 2s", "no after 3s"] {
        let report = unseen(answer);
        assert_eq!(report.verdict(), Verdict::Accepted, "{answer}: {:#?}", report.rejections);
    }
}
