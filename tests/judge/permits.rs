//! What the documents permit is accepted, whichever side of it an implementation takes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rm_check::judge::Verdict;
use rm_check::{Boundary, judge};
use rm_core::Rule;
use rm_core::rules::{RuleKind, RuleRow};

use super::sources::of_scenario;

/// The sides of each permit, and where each is seen.
fn sides(text: &str) -> BTreeMap<&str, Vec<(&str, &str)>> {
    let (mut sides, mut permit) = (BTreeMap::<_, Vec<_>>::new(), "");
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("    ") {
            Some(side) => {
                sides.entry(permit).or_default().push(side.split_once(": ").expect("a side and a place"))
            }
            None => permit = line,
        }
    }
    sides
}

#[test]
fn each_side_of_each_permit_that_can_be_seen_is_accepted() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let folder = fixtures.join("transcripts/permits");
    let text = fs::read_to_string(folder.join("sides.txt")).expect("the list is there");
    let sides = sides(&text);
    // What a program asks of its own registration is no call of Restart Manager (`ARR-…`).
    let is_told = |row: &RuleRow| row.kind == RuleKind::Permit && row.observable && row.id.starts_with("RM-");
    for permit in Rule::all().map(Rule::row).filter(|row| is_told(row)) {
        let all = sides.get(permit.id).unwrap_or_else(|| panic!("{} has no sides", permit.id));
        assert!(all.len() > 1, "{} has one side", permit.id);
        let mut seen = Vec::new();
        for (side, place) in all {
            let boundary = if place.ends_with(".seen") {
                let text = fs::read_to_string(folder.join(place)).expect("the transcript is there");
                Boundary::parse(&text).unwrap_or_else(|damaged| panic!("{place}: {damaged}"))
            } else {
                of_scenario(&fixtures.join("scenarios").join(place).with_extension("toml"))
            };
            let report = judge(&boundary, &boundary.policy);
            assert_eq!(report.verdict(), Verdict::Accepted, "{}, {side}: {report:#?}", permit.id);
            seen.push(boundary.lines);
        }
        assert!(seen.windows(2).all(|pair| pair[0] != pair[1]), "the sides of {} are one", permit.id);
    }
    let known: Vec<_> = sides.keys().filter(|id| Rule::find(id).is_none()).collect();
    assert!(known.is_empty(), "there are no such rules: {known:?}");
}
