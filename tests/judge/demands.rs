//! Whoever breaks a demand fails a case that is about it.

use std::collections::BTreeSet;

use rm_check::conform::{Driven, Model, NOT_SHOWN, Outcome, Suite, cases, drive};
use rm_core::Rule;
use rm_core::rules::RuleKind;
use rm_sim::spec::NotShown;

use super::alter::{Dice, altered};

/// How many altered answers are tried for a demand.
const TIMES: usize = 24;

#[test]
fn a_case_of_each_demand_fails_when_an_answer_is_altered() {
    let excuses = NotShown::parse(NOT_SHOWN).expect("the list can be read");
    let excused: BTreeSet<_> = excuses.excuses.iter().map(|excuse| excuse.rule).collect();
    let (suite, mut dice) = (Suite::default(), Dice::new(1));
    for rule in Rule::all().filter(|rule| rule.row().kind == RuleKind::Demand && rule.row().observable) {
        let mut about: Vec<_> = cases().iter().filter(|case| case.rules.contains(&rule)).collect();
        about.sort_by_key(|case| case.text.len());
        let mut tries = about.iter().cycle().take(if about.is_empty() { 0 } else { TIMES });
        let fails = tries.any(|case| {
            let Driven::Seen(boundary) = drive(case, &mut Model::new(None)) else { return false };
            let altered = altered(&boundary, &mut dice);
            altered.is_some_and(|one| matches!(suite.judged(case, one.boundary).outcome, Outcome::Failed(_)))
        });
        assert!(fails != excused.contains(&rule), "{rule}: whoever breaks it passes the cases about it");
    }
}
