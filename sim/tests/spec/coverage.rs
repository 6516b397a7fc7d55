//! What of the demands is exercised, and the list of those that can not be shown yet.

use rm_core::rules::Rule;
use rm_sim::spec::{AreaCount, Coverage, Exercise, NotShown};

#[test]
fn a_list_that_is_not_sound_is_refused_with_its_place() {
    let problem = |text: &str| {
        let problem = NotShown::parse(text).expect_err(text);
        (problem.span, problem.message)
    };
    let missing = "a line that says why it can not be shown is missing";
    assert_eq!(problem("RM-FILT-01\n"), (0..10, missing.into()));
    assert_eq!(problem("RM-FILT-01\nRM-FILT-02\n    why\n"), (0..10, missing.into()));
    assert_eq!(problem("    why\n").1, "a reason has to stand below the demand it is for");
    assert_eq!(problem("# no\nRM-X\n").1, "there is no rule `RM-X`; expected a demand");
    assert_eq!(problem("OQ-56.code\n").1, "there is no rule `OQ-56.code`; expected a demand");
    assert_eq!(problem("RM-CANCEL-04\n").1, "`RM-CANCEL-04` is of kind permit; expected a demand");
    let twice = "RM-FILT-01\n    why\n\nRM-FILT-01\n    why\n";
    assert_eq!(problem(twice), (20..30, "`RM-FILT-01` is in this list already".into()));
}

#[test]
fn a_demand_is_exercised_excused_or_bare() {
    let list = "RM-RST-02\n    one\n    reason\nRM-RST-03\n    another\n";
    let list = NotShown::parse(list).expect("it is sound");
    assert_eq!(list.excuses[0].reason, "one reason");
    let mut exercise = Exercise::default();
    exercise.add_invariants("a.rs", "/// RM-RST-02, RM-RST-04\npub fn f() {}");
    let rules = ["RM-RST-02", "RM-RST-03", "RM-RST-04", "RM-RST-05", "RM-CANCEL-04"];
    let rules = rules.map(|id| Rule::find(id).expect(id));
    let coverage = Coverage::new(rules.into_iter(), &exercise, &list);
    assert_eq!(coverage.areas, [AreaCount { area: "RM-RST", demands: 4, exercised: 2, not_shown: 1 }]);
    assert_eq!(coverage.bare, [rules[3]]);
    assert_eq!(coverage.outdated[0].span, 0..9);
    assert!(!coverage.is_complete());
    let only = |at: usize| Coverage::new([rules[at]].into_iter(), &exercise, &list).is_complete();
    assert_eq!([only(0), only(1), only(2), only(3)], [false, true, true, false]);
}
