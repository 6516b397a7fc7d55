//! The judge is not deaf: an answer that was altered is rejected.

use harness::check::each;
use harness::draw::cases_under_any_policy;
use rm_check::judge;
use rm_check::judge::{Verdict, judge_under};
use rm_sim::strategies::Wrong;

use super::alter::{Dice, altered};
use super::sources::of_case;

/// How many answers are altered.
const MANY: u32 = 40;

#[test]
fn an_altered_answer_is_rejected() {
    let (mut all, mut rejected, mut undecided, mut number) = (0, 0, 0, 0);
    let mut passed = Vec::new();
    each(MANY, cases_under_any_policy(), |case| {
        number += 1;
        let mut case = case.clone();
        case.setting.mishaps.retain(|mishap| !matches!(mishap.what, Wrong::Fails(_)));
        let Ok(boundary) = of_case(&case) else { return };
        let Some(one) = altered(&boundary, &mut Dice::new(number)) else { return };
        all += 1;
        let report = judge(&one.boundary, &boundary.policy);
        match report.verdict() {
            Verdict::Rejected => rejected += 1,
            Verdict::Inconclusive if report.too_many => undecided += 1,
            _ => passed.push((one, boundary)),
        }
    });
    // What passes is let pass by something that may differ each time: without that it is rejected.
    for (one, boundary) in &passed {
        let strictly = judge_under(&one.boundary, &boundary.policy).verdict();
        assert_eq!(strictly, Verdict::Rejected, "{}\n{}", one.what, boundary.text());
    }
    let decided = all - undecided;
    assert!(rejected * 1000 >= decided * 995, "{rejected} of {decided} are rejected");
    assert!(undecided * 100 <= all, "{undecided} of {all} are undecided");
}
